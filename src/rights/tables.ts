import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { people } from '../people/tables.ts'

const person = () =>
  idOf('person_id')
    .notNull()
    .references(() => people.id, { onDelete: 'restrict' })
const YOU = ['reference', 'A number that stands for you'] as const

/** What an erasure did: how many rows of which table, and nothing about whose. */
export interface Counted {
  readonly table: string
  readonly rows: number
  /** The rows stay, without what stood for the erased person in them. */
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

/** That somebody was erased: a keyed hash of the number that stood for them, so that no backup brings them back. */
export const erasureMarks = pgTable(
  'erasure_marks',
  { mark: text().primaryKey(), erasedAt: moment('erased_at').notNull(), notedAt: moment('noted_at') },
  (table) => [index('erasure_marks_noted').on(table.notedAt), index('erasure_marks_at').on(table.erasedAt)],
)

export const erasureMarksHeld = classify(erasureMarks, {
  says: 'Marks of those who were erased, so that no backup brings them back',
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { days: 3650, after: 'erasedAt' },
  onErasure: { keep: 'A mark names nobody, and keeps a backup from bringing you back', until: 'ten years have passed' },
  serves: ['rights', 'operations'],
  columns: {
    mark: ['record', 'A keyed hash of a number that means nothing any more'],
    erasedAt: ['record', 'When somebody was erased'],
    notedAt: ['record', 'When that was noted outside the database'],
  },
})

/** An erasure that was asked for and waits, because a company that must forget the person first cannot be reached. */
export const erasuresAsked = pgTable('erasures_asked', {
  personId: person().primaryKey(),
  waitsFor: text('waits_for').notNull(),
  askedAt: moment('asked_at').notNull(),
})

export const erasuresAskedHeld = classify(erasuresAsked, {
  says: 'That you asked to be erased, while it has to wait',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { while: 'the erasure waits' },
  onErasure: 'delete',
  serves: ['rights'],
  columns: {
    personId: YOU,
    waitsFor: ['record', 'Who must forget you first, and cannot be reached'],
    askedAt: ['record', 'When you asked'],
  },
})

/** A copy that is too large to be handed out at once: asked for, in the making, or ready for a day. */
export const copies = pgTable(
  'copies',
  {
    id: ownId(),
    personId: person(),
    // Two workers never write the same copy: whoever begins it last puts a number here, and the other one stops.
    making: idOf('making'),
    rowsDone: integer('rows_done').notNull().default(0),
    rowsTotal: integer('rows_total').notNull(),
    bytes: bigint({ mode: 'number' }).notNull().default(0),
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
  keptFor: { until: 'expiresAt', says: 'a day after you asked' },
  onErasure: 'delete',
  serves: ['rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the copy'],
    personId: YOU,
    making: ['reference', 'A number that stands for the try to make it'],
    rowsDone: ['record', 'How many rows are in it so far'],
    rowsTotal: ['record', 'How many rows there were when you asked'],
    bytes: ['record', 'How large it is'],
    askedAt: ['record', 'When you asked for it'],
    readyAt: ['record', 'When it was ready'],
    expiresAt: ['record', 'When it is deleted'],
  },
})

/** A copy in pieces, each sealed under the person's key. */
export const copyParts = pgTable(
  'copy_parts',
  {
    copyId: idOf('copy_id')
      .notNull()
      .references(() => copies.id, { onDelete: 'restrict' }),
    part: integer().notNull(),
    personId: person(),
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
  says: 'The pieces of those copies',
  about: { person: 'personId' },
  repeats: true,
  basis: 'legal obligation',
  keptFor: { until: 'expiresAt', says: 'a day after you asked' },
  onErasure: 'delete',
  serves: ['rights', 'operations'],
  columns: {
    copyId: ['reference', 'The copy that it is a piece of'],
    part: ['record', 'Which piece it is'],
    personId: YOU,
    sealedBytes: ['sealed', 'The piece, sealed under your key'],
    expiresAt: ['record', 'When it is deleted'],
  },
})
