import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

const person = () =>
  idOf('person_id')
    .notNull()
    .references(() => people.id, { onDelete: 'restrict' })
const YOU = ['reference', 'A number that stands for you'] as const

/** What a recipient is told: that it must forget, correct, only store, or may use again; or that it owes the person its own copy. */
export const tellingActs = ['forget', 'correct', 'restrict', 'lift', 'access'] as const
export type TellingAct = (typeof tellingActs)[number]

/** By what a recipient confirmed. */
export const confirmations = ['deleted', 'read back', 'not held', 'taken', 'signed', 'removed'] as const
export type Confirmation = (typeof confirmations)[number]

/** A recipient of somebody who was erased, in the receipt: whom it stood for is told by none of it. */
export interface Told {
  readonly to: string
  /** Moments as text. */
  readonly since: string
  readonly at: string | null
  readonly how: Confirmation | null
  /** The message that tells it, and the program that it goes to, as long as that has not taken it. */
  readonly message?: Id
  readonly program?: Id
}

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
    told: jsonb().$type<Told[]>().notNull().default([]),
    /** The requests that are done once all recipients have confirmed. */
    requests: jsonb().$type<Id[]>().notNull().default([]),
    completeAt: moment('complete_at'),
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
    told: [
      'record',
      'Who had to forget the person, since when, and by what they confirmed it (keys: to, since, at, how, message, program)',
    ],
    requests: ['reference', 'The requests that wait for it'],
    completeAt: ['record', 'When the last of them had confirmed'],
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

/** An erasure that was asked for and waits for recipients that must forget the person first; which, is in `tellings`. */
export const erasuresAsked = pgTable('erasures_asked', {
  personId: person().primaryKey(),
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
    askedAt: ['record', 'When you asked'],
  },
})

/** One act of which one recipient is told; it waits until that confirms. */
export const tellings = pgTable(
  'tellings',
  {
    id: ownId(),
    personId: person(),
    act: text({ enum: tellingActs }).notNull(),
    recipient: text().notNull(),
    name: text().notNull(),
    field: text({ enum: ['name', 'email'] }),
    correctionId: idOf('correction_id'),
    requestId: idOf('request_id'),
    messageId: idOf('message_id'),
    sealedBefore: bytea('sealed_before'),
    askedAt: moment('asked_at').notNull(),
    triedAt: moment('tried_at'),
    tries: integer().notNull().default(0),
    confirmedAt: moment('confirmed_at'),
    how: text({ enum: confirmations }),
  },
  (table) => [
    // Of somebody who asks twice, nobody is told twice.
    uniqueIndex('tellings_forget').on(table.personId, table.recipient).where(sql`act = 'forget'`),
    uniqueIndex('tellings_correction').on(table.correctionId, table.recipient),
    index('tellings_person').on(table.personId),
    index('tellings_request').on(table.requestId),
    index('tellings_message').on(table.messageId),
    index('tellings_waiting').on(table.askedAt).where(sql`confirmed_at is null`),
    index('tellings_asked').on(table.askedAt),
  ],
)

export type Telling = typeof tellings.$inferSelect

export const tellingsHeld = classify(tellings, {
  says: 'Which recipients of your data were told what to do with it',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'askedAt' },
  onErasure: 'delete',
  serves: ['rights', 'operations'],
  reads: ['legal'],
  columns: {
    id: ['reference', 'A number that stands for it'],
    personId: YOU,
    act: ['record', 'What it was told: to forget, correct, only store, use again, or give you a copy'],
    recipient: ['record', 'Who, in a word of ours'],
    name: ['record', 'Who'],
    field: ['record', 'What was corrected'],
    correctionId: ['reference', 'The correction that it was told of'],
    requestId: ['reference', 'The request that waits for it'],
    messageId: ['reference', 'The message by which it was told'],
    sealedBefore: ['sealed', 'What the recipient may have from before, sealed under your key, until it confirms'],
    askedAt: ['record', 'Since when it has to be done'],
    triedAt: ['record', 'When it was tried last'],
    tries: ['record', 'How often it was tried'],
    confirmedAt: ['record', 'When the recipient confirmed'],
    how: ['record', 'By what it confirmed'],
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
