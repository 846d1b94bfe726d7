/** History of other analytics programs that was brought in: tallies of days before ours. */
import { bigint, date, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { classify, type Held } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'

/** The programs whose exports are understood. */
export const origins = ['Plausible', 'Umami', 'Google Analytics 4'] as const
export type Origin = (typeof origins)[number]

/** What was understood of one table of an export. */
export interface TableRead {
  /** Its file, and what is counted in it; nothing where it is of no use. */
  readonly file: string
  readonly dimensions: readonly string[]
  readonly rows: number
  readonly days: number
  /** Why it, or a part of it, is not brought in. */
  readonly remark?: string
}

/** A line that was not understood. */
export interface LineFlaw {
  readonly file: string
  readonly line: number
  readonly flaw: string
}

/** An export that somebody of the team brings in; until that is confirmed, it is kept for a day. */
export const historyImports = pgTable(
  'history_imports',
  {
    id: ownId(),
    origin: text({ enum: origins }).notNull(),
    site: text().notNull(),
    tables: jsonb().$type<readonly TableRead[]>().notNull(),
    flaws: jsonb().$type<readonly LineFlaw[]>().notNull(),
    flawed: integer().notNull(),
    firstDay: date('first_day').notNull(),
    lastDay: date('last_day').notNull(),
    dimensions: text().array().notNull(),
    days: integer().notNull(),
    packed: bytea(),
    uploadedAt: moment('uploaded_at').notNull(),
    confirmedAt: moment('confirmed_at'),
    daysDone: integer('days_done').notNull().default(0),
    daysKept: integer('days_kept').notNull().default(0),
    finishedAt: moment('finished_at'),
    expiresAt: moment('expires_at'),
  },
  (table) => [index('history_imports_expires').on(table.expiresAt)],
)

export const historyImportsHeld: Held = classify(historyImports, {
  says: 'Exports of other analytics programs that were brought in',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { until: 'expiresAt', says: 'a day; one that was brought in is kept while the company wants to compare' },
  onErasure: { keep: 'A count of many people names none of them', until: 'the company undoes it' },
  serves: ['improvement', 'operations'],
  columns: {
    id: ['record', 'A number that stands for it'],
    origin: ['record', 'From which program it came'],
    site: ['content', 'The website that it is about'],
    tables: ['tally', 'What was understood of it (keys: file, dimensions, rows, days, remark)'],
    flaws: ['tally', 'Lines that were not understood (keys: file, line, flaw)'],
    flawed: ['tally', 'How many those are'],
    firstDay: ['record', 'Its first day'],
    lastDay: ['record', 'Its last day'],
    dimensions: ['tally', 'What is counted in it'],
    days: ['tally', 'How many days it has'],
    packed: ['tally', 'Its counts, until they are brought in'],
    uploadedAt: ['record', 'When it was uploaded'],
    confirmedAt: ['record', 'When it was confirmed'],
    daysDone: ['record', 'How many of its days were looked at'],
    daysKept: ['record', 'How many of them were new'],
    finishedAt: ['record', 'When it was done'],
    expiresAt: ['record', 'When it is deleted, unless it is confirmed'],
  },
})

/** What another program counted, for each day: never on a day that was counted here. */
export const historyTallies = pgTable(
  'history_tallies',
  {
    importId: idOf('import_id')
      .notNull()
      .references(() => historyImports.id, { onDelete: 'restrict' }),
    dimension: text().notNull(),
    day: date().notNull(),
    value: text().notNull(),
    visitors: integer().notNull(),
    visits: integer().notNull(),
    views: integer().notNull(),
    bounces: integer().notNull(),
    seconds: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.dimension, table.day, table.importId, table.value] }),
    index('history_tallies_import').on(table.importId),
  ],
)

export const historyTalliesHeld: Held = classify(historyTallies, {
  says: 'How much the websites were used before, counted by another program',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company wants to compare' },
  onErasure: { keep: 'A count of many people names none of them', until: 'the company undoes the import' },
  serves: ['improvement'],
  columns: {
    importId: ['record', 'The export that it came with'],
    dimension: ['tally', 'What is counted: pages, countries, browsers and so on'],
    day: ['record', 'The day'],
    value: ['tally', 'Which page, country or browser'],
    visitors: ['tally', 'How many visitors'],
    visits: ['tally', 'How many visits'],
    views: ['tally', 'How many pages'],
    bounces: ['tally', 'How many visits saw one page only'],
    seconds: ['tally', 'How long they lasted together'],
  },
})
