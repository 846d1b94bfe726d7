/**
 * Limits on tries that survive restarts and hold for several processes: counters in the database,
 * raised in one statement. What is counted (an address, a network) is kept only as a keyed hash, and
 * the counter is thrown away within the hour.
 */
import { createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { HOUR, MINUTE, fromNow, now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { clientNetwork } from './client.ts'
import type { Web } from './house.ts'
import { Refusal } from './refusal.ts'

const newestLetter = 'Look for the newest letter from us: it says how to go on.'
const otherWays = 'You can also sign in with a code by e-mail or with a passkey.'

/**
 * How many in what time, and what one can do instead. These are all the limits that there are; why they are as they
 * are, and why nobody can lock somebody else out, stands in `docs/security.md`.
 */
export const limits = {
  'sign-up by network': { hits: 30, in: HOUR },
  'sign-in by network': { hits: 60, in: HOUR },
  'letters by network and address': { hits: 6, in: HOUR, instead: newestLetter },
  // As long as a code and its link are good, so that whoever is refused has a letter whose link works.
  'letters by address': { hits: 4, in: 10 * MINUTE, instead: newestLetter },
  'letters by person': { hits: 6, in: HOUR, instead: newestLetter },
  'password by network and address': { hits: 20, in: HOUR, instead: otherWays },
  'password by address': { hits: 200, in: HOUR, instead: otherWays },
  // Refuses nothing: at so many, the account’s owner hears of it.
  'wrong password by address': { hits: 5, in: HOUR },
  'password by person': { hits: 20, in: HOUR },
  'code by network': { hits: 60, in: HOUR },
  'second factor by person': { hits: 10, in: 15 * MINUTE },
  'updates by network': { hits: 30, in: HOUR },
  'updates by key': { hits: 1_000, in: HOUR },
  'wrong link by network': { hits: 60, in: HOUR },
  'link by network': { hits: 60, in: HOUR },
  'passkey by network': { hits: 120, in: HOUR },
  'new address by person': { hits: 6, in: HOUR },
  'test letter by person': { hits: 30, in: HOUR },
  'spam score by person': { hits: 60, in: HOUR },
  'copy by person': { hits: 20, in: HOUR },
  'requests by network': { hits: 20, in: HOUR },
  'requests by person': { hits: 20, in: HOUR },
  'requests by domain': { hits: 60, in: HOUR },
  'questions by network': { hits: 20, in: HOUR },
  'questions by person': { hits: 20, in: HOUR },
  'questions by domain': { hits: 60, in: HOUR },
  'votes by network': { hits: 60, in: HOUR },
  'card by person': { hits: 8, in: HOUR },
  'card by network': { hits: 20, in: HOUR },
  'invitation by person': { hits: 100, in: HOUR },
  'wrong key by network': { hits: 300, in: HOUR },
  'requests by key': { hits: 6_000, in: MINUTE },
} as const satisfies Record<string, { hits: number; in: number; instead?: string }>
export type Limit = keyof typeof limits

/**
 * Counts one try.
 * @throws Refusal 429, with the seconds to wait, once there were too many
 */
export async function limit(db: Database, which: Limit, subject: string): Promise<void> {
  const { hits, resetsAt } = await count(db, which, subject)
  const bound: { hits: number; instead?: string } = limits[which]
  if (hits <= bound.hits) return
  const seconds = Math.max(1, Math.ceil((resetsAt.getTime() - now().getTime()) / 1000))
  const wait = `Please wait ${inMinutes(seconds)} and try again.`
  throw new Refusal(429, ['That was tried too often.', bound.instead, wait].filter(Boolean).join(' '), {
    detail: which,
    retryAfter: seconds,
  })
}

/** What a letter that anybody can ask for leads to: each is counted apart, so that none uses up another's. */
export type Asked = 'sign-up' | 'sign-in' | 'reset' | 'updates' | 'preferences' | 'request' | 'question'

/** Counts one letter to an address that anybody may have typed. */
export async function limitLetters(c: Context<Web>, asked: Asked, email: string): Promise<void> {
  await limitLettersFrom(c, email)
  await limit(c.get('house').db, 'letters by address', `${asked}\n${email}`)
}

/** Counts one letter from this network alone: enough where the person who asks for it is counted, too. */
export const limitLettersFrom = (c: Context<Web>, email: string): Promise<void> =>
  limit(c.get('house').db, 'letters by network and address', `${clientNetwork(c)}\n${inbox(email)}`)

// ada+one@ and ada+two@ are one inbox to many providers.
const inbox = (email: string): string => email.replace(/\+[^@]*@/, '@')

/** Counts one try of a password for an address that anybody may have typed. */
export async function limitPasswords(c: Context<Web>, email: string): Promise<void> {
  const { db } = c.get('house')
  await limit(db, 'password by network and address', `${clientNetwork(c)}\n${email}`)
  await limit(db, 'password by address', email)
}

// One statement, so that a thousand tries at once are a thousand.
const COUNT = `
  insert into throttles as known (key_hash, hits, resets_at) values ($1, $2, $3)
  on conflict (key_hash) do update
    set hits = case when known.resets_at <= $4 then $2 else known.hits + $2 end,
        resets_at = case when known.resets_at <= $4 then $3 else known.resets_at end
  returning hits, resets_at as "resetsAt"`

/** Counts `by` tries at once, and says how many there were until when; what follows from it is up to the caller. */
export async function count(db: Database, which: Limit, subject: string, by = 1): Promise<{ hits: number; resetsAt: Date }> {
  const keyHash = createHmac('sha256', db.keyring.own('throttle')).update(`${which}\n${subject}`).digest('base64url')
  const fresh = { hits: by, resetsAt: fromNow(limits[which].in) }
  const values = [keyHash, by, fresh.resetsAt, now()]
  const [row] = await db.write<{ hits: number; resetsAt: Date }>('security', { name: 'throttle', text: COUNT, values })
  return row ?? fresh
}

const inMinutes = (seconds: number): string => (seconds < 90 ? 'a minute' : `${Math.ceil(seconds / 60)} minutes`)
