import { index, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { moment, ownId } from '../database/columns.ts'

/** What an erasure did: how many rows of which table, and nothing about whose. */
export interface Counted {
  readonly table: string
  readonly rows: number
  /** The rows are about others and stay; the number that stood for the erased person was taken out of them. */
  readonly emptied?: true
}

export const receipts = pgTable(
  'receipts',
  {
    id: ownId(),
    tokenHash: text('token_hash').notNull(),
    erased: jsonb().$type<Counted[]>().notNull(),
    kept: jsonb().$type<string[]>().notNull(),
    erasedAt: moment('erased_at').notNull(),
  },
  (table) => [uniqueIndex('receipts_token').on(table.tokenHash), index('receipts_at').on(table.erasedAt)],
)

export const receiptsHeld = classify(receipts, {
  says: 'Receipts of erasures',
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'erasedAt' },
  onErasure: { keep: 'A receipt counts rows and names nobody', until: 'two years have passed' },
  serves: ['rights', 'operations', 'support'],
  columns: {
    id: ['reference', 'A number that stands for the receipt'],
    tokenHash: ['reference', 'A hash of the link to the receipt'],
    erased: ['record', 'How many rows of which table were erased or emptied (keys: table, rows, emptied)'],
    kept: ['record', 'What stays, and until when'],
    erasedAt: ['record', 'When'],
  },
})
