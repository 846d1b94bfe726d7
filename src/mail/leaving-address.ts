/**
 * An address that ends one subscription when a letter arrives at it, for mail programs that leave lists by
 * letter (RFC 2369). It is bound by a keyed hash: nobody can make one up, and it does nothing else. It names
 * the subscription and not the letter, so that it holds as long as the letter is kept.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Database } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { fromBase32, inBase32 } from './base32.ts'

/** What a letter there ends, and the end of the number of the issue that offered it. */
export interface Leaving {
  readonly subscriptionId: Id
  readonly issueMark: number
}

const MAC = 10
const BYTES = 16 + 4 + MAC

const macOf = (db: Database, body: Buffer): Buffer =>
  createHmac('sha256', db.keyring.own('leaving by letter')).update(body).digest().subarray(0, MAC)

/** The last four bytes of an issue's number: enough to find it among the issues, and short enough for an address. */
export const issueMark = (issueId: Id): number => Number.parseInt(issueId.slice(-8), 16)

/** The address; undefined where no door for letters is set up. */
export function leavingMailbox(
  { config, db }: House,
  { subscriptionId, issueId }: { subscriptionId: Id; issueId: Id },
): string | undefined {
  const [local, domain] = config.bounceAddress?.split('@') ?? []
  if (!local || !domain) return undefined
  const body = Buffer.from(subscriptionId.replaceAll('-', '') + issueId.slice(-8), 'hex')
  return `${local}+${inBase32(Buffer.concat([body, macOf(db, body)]))}@${domain}`
}

/** What the word in such an address stands for; undefined when it is not one of ours. */
export function leavingBehind(db: Database, word: string): Leaving | undefined {
  const bytes = fromBase32(word)
  if (bytes?.length !== BYTES) return undefined
  const body = bytes.subarray(0, -MAC)
  if (!timingSafeEqual(macOf(db, body), bytes.subarray(-MAC))) return undefined
  const subscriptionId = asId(body.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  return subscriptionId && { subscriptionId, issueMark: body.readUInt32BE(16) }
}
