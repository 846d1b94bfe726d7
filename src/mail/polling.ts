/** Emptying the operator's mailbox: what is fetched goes the way of what comes by the door. */
import { log } from '../log.ts'
import { emptyMailbox } from '../processors/imap.ts'
import type { House } from '../web/house.ts'
import { answeredBy } from './coming-back.ts'
import { headOf, most, takeIn } from './incoming.ts'
import { mailboxFor, repliesAddress } from './mailboxes.ts'
import { addressesIn } from './plain-report.ts'

const VISIT = { letters: 200, bytes: most.bytes } as const

/** Fetches what lies in the mailbox, if the settings name one. */
export async function poll(house: House): Promise<void> {
  const { imapUrl } = house.config
  if (!imapUrl) return
  let kept = 0
  const fetched = await emptyMailbox(imapUrl, VISIT, async (raw) => {
    const taken = await takeIn(house, { from: '', to: recipientsIn(house, raw), raw })
    kept += taken
    if (taken === 0) await countReply(house, raw)
    return taken > 0
  })
  if (fetched > 0) log('mail.polled', { fetched, kept })
}

// An answer to an issue stays where it is, because somebody wants to read it; that there is one is counted.
async function countReply(house: House, raw: Buffer): Promise<void> {
  const to = repliesAddress(house)
  if (to && answeredBy(house, raw)) await takeIn(house, { from: '', to: [to], raw })
}

// Who a letter was for: what the server that delivered it noted in the head, or else what its writer did.
const NOTED = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to', 'to', 'cc']

function recipientsIn(house: House, raw: Buffer): string[] {
  const lines = headOf(raw)
    .toString('latin1')
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
  const named = lines.filter((line) => NOTED.includes(line.slice(0, line.indexOf(':')).toLowerCase()))
  const ours = addressesIn(named.join('\n')).filter((address) => mailboxFor(house, address))
  return [...new Set(ours)]
}
