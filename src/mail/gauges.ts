/** The outbox in numbers, for `/metrics`. */
import { and, count, gte, isNull, min } from 'drizzle-orm'
import { DAY, now } from '../clock.ts'
import { type Gauge, single } from '../web/gauges.ts'
import { letters } from './tables.ts'

// A letter is given up after about eight hours; the index by days keeps a large outbox from being walked through.
const LOOKED_BACK = 2 * DAY

/** How many letters wait for a mail server, and for how long the oldest has. */
export const lettersGauge: Gauge = async ({ db }) => {
  const since = new Date(now().getTime() - LOOKED_BACK)
  const [found] = await db.as('operations', (tx) =>
    tx
      .select({ waiting: count(), oldest: min(letters.writtenAt) })
      .from(letters)
      .where(and(gte(letters.writtenAt, since), isNull(letters.sentAt), isNull(letters.refusedAt), isNull(letters.heldAt))),
  )
  const seconds = found?.oldest ? Math.max(0, (now().getTime() - found.oldest.getTime()) / 1000) : 0
  return [
    single('cloudrun_letters_waiting', 'Letters that no mail server has taken yet', found?.waiting ?? 0),
    single('cloudrun_letter_oldest_seconds', 'For how long the oldest of them has waited', seconds),
  ]
}
