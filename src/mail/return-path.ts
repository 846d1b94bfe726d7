/**
 * Where what comes back arrives: every letter has a return path of its own (VERP), which says which letter
 * it was. It is bound by a keyed hash, so that nobody can make one up and stop somebody else's letters.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Database } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { fromBase32, inBase32 } from './base32.ts'

/** What went out: a letter of the outbox, or an issue to one recipient. */
export interface Sent {
  readonly what: 'letter' | 'update'
  readonly id: Id
}

const KINDS: readonly Sent['what'][] = ['letter', 'update']
const MAC = 10
const BYTES = 1 + 16 + MAC

const macOf = (db: Database, body: Buffer): Buffer =>
  createHmac('sha256', db.keyring.own('return path')).update(body).digest().subarray(0, MAC)

/** The word that stands for what went out, such as in its return path. */
export function returnToken(db: Database, { what, id }: Sent): string {
  const body = Buffer.concat([Buffer.of(KINDS.indexOf(what)), Buffer.from(id.replaceAll('-', ''), 'hex')])
  return inBase32(Buffer.concat([body, macOf(db, body)]))
}

/** What such a word stands for; undefined when it is not one of ours. */
export function sentBehind(db: Database, token: string): Sent | undefined {
  const bytes = fromBase32(token.toLowerCase())
  if (bytes?.length !== BYTES) return undefined
  const body = bytes.subarray(0, -MAC)
  if (!timingSafeEqual(macOf(db, body), bytes.subarray(-MAC))) return undefined
  const what = KINDS[body[0] ?? -1]
  const id = asId(body.toString('hex', 1).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  return what && id && { what, id }
}

/** The return path of what went out; undefined where no door for what comes back is set up. */
export function returnPath({ config, db }: House, sent: Sent): string | undefined {
  const [local, domain] = config.bounceAddress?.split('@') ?? []
  return local && domain && `${local}+${returnToken(db, sent)}@${domain}`
}

/** The `Message-ID` of what went out. It names it, too, for servers that drop everything else. */
export const messageId = ({ config, db }: House, sent: Sent): string => `<${returnToken(db, sent)}@${new URL(config.origin).hostname}>`

/** Every word in a text that may stand for something that went out, each once. */
export function tokensIn(text: string): string[] {
  return [...new Set([...text.toLowerCase().matchAll(/(?<![a-z0-9])[a-z2-7]{44}(?=@)/g)].map(([token]) => token))]
}
