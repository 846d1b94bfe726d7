/**
 * Limits on tries that survive restarts and hold for several processes: counters in the database,
 * raised in one statement. What is counted (an address, a network) is kept only as a keyed hash, and
 * the counter is thrown away within the hour.
 */
import { createHmac } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { HOUR, MINUTE, fromNow, now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { Refusal } from './refusal.ts'
import { throttles } from './tables.ts'

/** How many in what time. These are all the limits that there are; `docs/security.md` repeats none. */
export const limits = {
  'sign-up by network': { hits: 30, in: HOUR },
  'sign-in by network': { hits: 60, in: HOUR },
  'letters by address': { hits: 6, in: HOUR },
  'password by address': { hits: 20, in: HOUR },
  'code by network': { hits: 60, in: HOUR },
  'second factor by person': { hits: 10, in: 15 * MINUTE },
  'updates by network': { hits: 30, in: HOUR },
  'wrong link by network': { hits: 60, in: HOUR },
  'link by network': { hits: 60, in: HOUR },
  'passkey by network': { hits: 120, in: HOUR },
  'new address by person': { hits: 6, in: HOUR },
  'copy by person': { hits: 20, in: HOUR },
  'invitation by person': { hits: 100, in: HOUR },
  'wrong key by network': { hits: 300, in: HOUR },
  'requests by key': { hits: 6_000, in: MINUTE },
} as const
export type Limit = keyof typeof limits

/**
 * Counts one try.
 * @throws Refusal 429, with the seconds to wait, once there were too many
 */
export async function limit(db: Database, which: Limit, subject: string): Promise<void> {
  const { hits, resetsAt } = await count(db, which, subject)
  if (hits <= limits[which].hits) return
  const seconds = Math.max(1, Math.ceil((resetsAt.getTime() - now().getTime()) / 1000))
  throw new Refusal(429, `That was tried too often. Please wait ${inMinutes(seconds)} and try again.`, {
    detail: which,
    retryAfter: seconds,
  })
}

/** Counts `by` tries at once, and says how many there were until when; what follows from it is up to the caller. */
export async function count(db: Database, which: Limit, subject: string, by = 1): Promise<{ hits: number; resetsAt: Date }> {
  const keyHash = createHmac('sha256', db.keyring.own('throttle')).update(`${which}\n${subject}`).digest('base64url')
  const fresh = { keyHash, hits: by, resetsAt: fromNow(limits[which].in) }
  const over = sql`${throttles.resetsAt} <= ${now().toISOString()}::timestamptz`
  const [row] = await db.as('security', (tx) =>
    tx
      .insert(throttles)
      .values(fresh)
      .onConflictDoUpdate({
        target: throttles.keyHash,
        set: {
          hits: sql`case when ${over} then ${by}::integer else ${throttles.hits} + ${by}::integer end`,
          resetsAt: sql`case when ${over} then excluded.resets_at else ${throttles.resetsAt} end`,
        },
      })
      .returning({ hits: throttles.hits, resetsAt: throttles.resetsAt }),
  )
  return row ?? fresh
}

const inMinutes = (seconds: number): string => (seconds < 90 ? 'a minute' : `${Math.ceil(seconds / 60)} minutes`)
