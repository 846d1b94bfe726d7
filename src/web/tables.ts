import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { moment } from '../database/columns.ts'

/** Counters of tries, by a keyed hash of what is counted; see `throttle.ts`. */
export const throttles = pgTable(
  'throttles',
  {
    keyHash: text('key_hash').primaryKey(),
    hits: integer().notNull(),
    resetsAt: moment('resets_at').notNull(),
  },
  (table) => [index('throttles_resets').on(table.resetsAt)],
)

export const throttlesHeld = classify(throttles, {
  says: 'Counters that stop guessing',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { until: 'resetsAt', says: 'at most an hour' },
  onErasure: { keep: 'A counter under a keyed hash names nobody', until: 'it expires, within an hour' },
  serves: ['security', 'operations'],
  columns: {
    keyHash: ['reference', 'A keyed hash of what is counted'],
    hits: ['record', 'How often'],
    resetsAt: ['record', 'When the counter is thrown away'],
  },
})
