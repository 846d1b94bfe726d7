/** Whether whoever a letter names as its sender sent it: asked of their domain, and entered in the ledger before that. */
import type { For } from '../database/connection.ts'
import { enter } from '../egress/ledger.ts'
import { dns } from '../processors/dns.ts'
import { type Sender, senderOf } from '../processors/dns-sender.ts'
import type { House } from '../web/house.ts'
import type { Opened } from './incoming.ts'
import type { LetterIn } from './reading.ts'

const FIELDS = ['domain of the address that wrote to us']

/** Looks under the purpose of those who read such letters. Where nobody in particular is named, it is forged. */
export async function vouchedFor(
  { db }: House,
  purpose: 'rights' | 'support',
  letter: Opened,
  { from }: Pick<LetterIn, 'from'>,
): Promise<Sender> {
  if (!from) return 'forged'
  await db.as(purpose, (tx: For<'rights' | 'support'>) => enter(tx, { plate: dns, fields: FIELDS, id: letter.id }))
  return senderOf(letter.raw, letter)
}
