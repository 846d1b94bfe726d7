/**
 * A link in a letter that is good for one act about one subscription. It needs no row of its own, so a
 * million letters cost none: what it is about is sealed under a key of the house's own, which nobody
 * else can make or read, and every act has another key. It tells nothing about the subscriber.
 */
import type { Database } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'

/** What a link does: ends a subscription, or undoes that. */
export type Act = 'leave' | 'return'

export interface Link {
  readonly subscriptionId: Id
  readonly topic: string
  /** The issue that carries it, if it is one. */
  readonly issueId?: Id | undefined
}

const ID = 16
const NONE = Buffer.alloc(ID)
const TOKEN = /^[\w-]{40,200}$/

const bytesOf = (id: Id | undefined): Buffer => (id ? Buffer.from(id.replaceAll('-', ''), 'hex') : NONE)

function idIn(bytes: Buffer): Id | undefined {
  if (bytes.equals(NONE)) return undefined
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Id
}

const keyFor = (db: Database, act: Act): Buffer => db.keyring.own(`updates ${act}`)

/** The token of a link; another one every time, and all of them good. */
export function tokenFor(db: Database, act: Act, { subscriptionId, topic, issueId }: Link): string {
  return seal(keyFor(db, act), Buffer.concat([bytesOf(subscriptionId), bytesOf(issueId), Buffer.from(topic)])).toString('base64url')
}

/** What a token is about; undefined for one that this house did not make for this act. */
export function linkBehind(db: Database, act: Act, token: string): Link | undefined {
  if (!TOKEN.test(token)) return undefined
  try {
    const plain = unseal(keyFor(db, act), Buffer.from(token, 'base64url'))
    const subscriptionId = idIn(plain.subarray(0, ID))
    const topic = plain.subarray(2 * ID).toString()
    return subscriptionId && { subscriptionId, issueId: idIn(plain.subarray(ID, 2 * ID)), topic }
  } catch {
    return undefined
  }
}

/** The token with which a letter's reader leaves its topic. */
export const unsubscribeToken = (db: Database, link: Link): string => tokenFor(db, 'leave', link)

/** The address that a letter's foot offers for leaving. */
export const leavingAddress = ({ config, db }: House, link: Link): string =>
  `${config.origin}/updates/unsubscribe/${unsubscribeToken(db, link)}`
