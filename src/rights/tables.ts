import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { people } from '../people/tables.ts'

/** A copy of everything about one person, while it is made and until it is fetched. */
export const copies = pgTable(
  'copies',
  {
    id: ownId(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    rowsDone: integer('rows_done').notNull().default(0),
    rowsTotal: integer('rows_total').notNull(),
    askedAt: moment('asked_at').notNull(),
    readyAt: moment('ready_at'),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('copies_person').on(table.personId), index('copies_expires').on(table.expiresAt)],
)

export const copiesHeld = classify(copies, {
  says: 'Copies of your data that you asked for',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { until: 'expiresAt', says: 'one day' },
  onErasure: 'delete',
  serves: ['rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the copy'],
    personId: ['reference', 'A number that stands for you'],
    rowsDone: ['record', 'How much of it is done'],
    rowsTotal: ['record', 'How much there is'],
    askedAt: ['record', 'When you asked'],
    readyAt: ['record', 'When it was ready'],
    expiresAt: ['record', 'When it is deleted'],
  },
})

/** The copy's bytes, sealed under the person's key, in parts of about a megabyte. */
export const copyParts = pgTable(
  'copy_parts',
  {
    copyId: idOf('copy_id')
      .notNull()
      .references(() => copies.id, { onDelete: 'restrict' }),
    part: integer().notNull(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    sealedBytes: bytea('sealed_bytes').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.copyId, table.part] }),
    index('copy_parts_person').on(table.personId),
    index('copy_parts_expires').on(table.expiresAt),
  ],
)

export const copyPartsHeld = classify(copyParts, {
  says: 'The content of those copies',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { until: 'expiresAt', says: 'one day' },
  onErasure: 'delete',
  serves: ['rights', 'operations'],
  columns: {
    copyId: ['reference', 'The copy that it belongs to'],
    part: ['record', 'Its place in the copy'],
    personId: ['reference', 'A number that stands for you'],
    sealedBytes: ['sealed', 'The bytes, sealed under your key'],
    expiresAt: ['record', 'When they are deleted'],
  },
})

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
