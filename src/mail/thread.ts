/**
 * Letters to and fro: an answer stands where the person's mail program shows what they wrote, because it names
 * their last letter and ours before it (`In-Reply-To` and `References`, RFC 5322, 3.6.4); and what they answer is
 * known by the same numbers.
 */
import { createHmac } from 'node:crypto'
import type { Database } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { Refusal } from '../web/refusal.ts'
import { type Limit, limit } from '../web/throttle.ts'
import type { Letter } from './letter.ts'
import { supportAddress } from './mailboxes.ts'
import { messageId, sentBehind, tokensIn } from './return-path.ts'

/** How many letters an answer names at most; a thread needs no more. */
const MOST = 10

// What somebody else's program calls a letter goes into a header of ours: nothing but what RFC 5322 means by it.
const NUMBER = /^<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>$/

/** The letters that were written before: ours by their ids, oldest first, and the number of theirs that came last. */
export interface Earlier {
  readonly ours: readonly Id[]
  readonly theirs: string | undefined
}

/** A letter as an answer to what was written before. */
export function answering(house: House, letter: Letter, { ours, theirs }: Earlier): Letter {
  const named = ours.slice(-MOST).map((id) => messageId(house, { what: 'letter', id }))
  const earlier = theirs !== undefined && NUMBER.test(theirs) ? [...named, theirs] : named
  const [last] = earlier.slice(-1)
  return last ? { ...letter, answers: { 'In-Reply-To': last, References: earlier.join(' ') } } : letter
}

/** A keyed hash of a letter's own number, its `Message-ID`; undefined where it has none. */
export const numberHash = (db: Database, number: string): string | undefined =>
  number ? createHmac('sha256', db.keyring.own('threads')).update(number).digest('base64url') : undefined

/** What a letter says that it answers: letters of ours by their ids, others by the hashes of their numbers. */
export const answered = (db: Database, references: readonly string[]): { ours: Id[]; theirs: string[] } => ({
  ours: tokensIn(references.join(' ')).flatMap((token) => sentBehind(db, token)?.id ?? []),
  theirs: references.flatMap((reference) => numberHash(db, reference) ?? []),
})

/** Is this one of our own addresses? What comes from there is no letter of anybody. */
export const isOurs = (house: House, address: string): boolean => {
  const { privacyAddress, mailFrom, bounceAddress } = house.config
  const ours = [privacyAddress, supportAddress(house), mailFrom.replace(/^.*<|>.*$/g, ''), bounceAddress]
  return ours.some((one) => one?.toLowerCase() === address)
}

/** Whoever writes letters in somebody else's name must not make us flood that address, or a domain. */
export async function mayWriteTo({ db }: House, address: string, asked: { about: string; domain: Limit }): Promise<boolean> {
  try {
    await limit(db, 'letters by address', `${asked.about}\n${address}`)
    await limit(db, asked.domain, address.slice(address.lastIndexOf('@')))
    return true
  } catch (fault) {
    if (fault instanceof Refusal) return false
    throw fault
  }
}
