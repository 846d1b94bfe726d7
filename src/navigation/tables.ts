import { sql } from 'drizzle-orm'
import { bigint, date, index, integer, pgTable, primaryKey, real, smallint, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { people } from '../people/tables.ts'

/** The random number under which the visitors of one day are told apart; see `salt.ts`. */
export const salts = pgTable('salts', {
  day: date().primaryKey(),
  sealed: bytea().notNull(),
  madeAt: moment('made_at').notNull(),
})

export const saltsHeld = classify(salts, {
  says: 'The random number that tells the visitors of one day apart',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the day lasts; then it is destroyed, and nobody can tell any more who came' },
  onErasure: { keep: 'It names nobody', until: 'the day is over' },
  serves: ['improvement'],
  leftOut: 'It is destroyed when its day is over',
  columns: {
    day: ['record', 'The day'],
    sealed: ['visit', 'The random number, itself sealed'],
    madeAt: ['record', 'When it was made'],
  },
})

/** What holds of actions, however they lie. */
const ofTheDay = {
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the day lasts; then it is counted and dropped' },
  onErasure: { keep: 'Nobody can tell whose actions they are', until: 'the day is over' },
  serves: ['improvement'],
  leftOut: 'They are dropped when their day is over',
} as const

// The transaction that wrote a row: a reader who wants what is new asks by it, since moments may become visible out of order.
const written = () => bigint({ mode: 'bigint' }).notNull().default(sql`pg_current_xact_id()::text::bigint`)

/**
 * The actions of the days that are not folded yet, as they came in: a row for each batch, since a row for each action
 * costs the database five times as much. Partitioned by day (by hand, in the migration), so that a day is dropped with
 * its file. The SQL function `recorded_actions()` tells the actions apart; `rows.ts` says how they lie.
 */
export const actionBatches = pgTable(
  'action_batches',
  {
    day: date().notNull(),
    written: written(),
    count: integer().notNull(),
    lines: text().notNull(),
  },
  (table) => [index('action_batches_written').on(table.written)],
)

export const actionBatchesHeld = classify(actionBatches, {
  ...ofTheDay,
  says: 'What visitors do on the websites, on the day itself',
  columns: {
    day: ['record', 'The day'],
    written: ['record', 'A number in the order of writing'],
    count: ['record', 'How many actions were written together'],
    lines: [
      'visit',
      'Of each action: the moment, a number that tells visitors apart and means nothing once the day is over, what was done, on which website and page, how long or how fast, the website or campaign that led here, and of the reader what many have in common: browser and its version, language, kind of device, country and part of it, and how far their clock is from UTC',
    ],
  },
})

/** Actions of days on which the version before wrote a row for each. Nothing is written to it any more. */
export const actions = pgTable(
  'actions',
  {
    day: date().notNull(),
    at: moment('at').notNull(),
    written: written(),
    visitor: bigint({ mode: 'bigint' }).notNull(),
    kind: text().notNull(),
    host: text().notNull(),
    page: text().notNull(),
    label: text().notNull(),
    properties: text().array(),
    amount: real(),
    referrer: text().notNull(),
    channel: text().notNull(),
    source: text().notNull(),
    medium: text().notNull(),
    campaign: text().notNull(),
    term: text().notNull(),
    content: text().notNull(),
    browser: text().notNull(),
    version: text().notNull(),
    language: text().notNull(),
    device: text().notNull(),
    country: text().notNull(),
    region: text().notNull(),
    zone: smallint(),
  },
  (table) => [index('actions_written').on(table.written)],
)

export const actionsHeld = classify(actions, {
  ...ofTheDay,
  says: 'What visitors did on the websites, as the version before wrote it down',
  columns: {
    day: ['record', 'The day'],
    at: ['record', 'The moment'],
    written: ['record', 'A number in the order of writing'],
    visitor: ['visit', 'A number that means nothing once the day is over'],
    kind: ['visit', 'What kind of action: a page, a link, a download'],
    host: ['visit', 'The website'],
    page: ['visit', 'The page'],
    label: ['visit', 'What the action is called'],
    properties: ['visit', 'What the website says about the action'],
    amount: ['visit', 'How long the page was looked at, or how fast it was'],
    referrer: ['visit', 'The website that linked here'],
    channel: ['visit', 'The kind of way here'],
    source: ['visit', 'The source that a campaign’s link names'],
    medium: ['visit', 'The medium that it names'],
    campaign: ['visit', 'The campaign that it names'],
    term: ['visit', 'The search term that it names'],
    content: ['visit', 'The variant that it names'],
    browser: ['visit', 'The browser’s name'],
    version: ['visit', 'Its version'],
    language: ['visit', 'Its language'],
    device: ['visit', 'Telephone, tablet or computer'],
    country: ['visit', 'The country'],
    region: ['visit', 'The part of the country'],
    zone: ['visit', 'How far the reader’s clock is from UTC'],
  },
})

/** What is counted by one dimension alone, for each day. */
export const tallies = pgTable(
  'tallies',
  {
    dimension: text().notNull(),
    day: date().notNull(),
    value: text().notNull(),
    visitors: integer().notNull(),
    visits: integer().notNull(),
    views: integer().notNull(),
    bounces: integer().notNull(),
    seconds: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.dimension, table.day, table.value] })],
)

export const talliesHeld = classify(tallies, {
  says: 'How much the websites were used, counted',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company wants to compare' },
  onErasure: { keep: 'A count of many people names none of them', until: 'the company deletes it' },
  serves: ['improvement'],
  columns: {
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

/** What is counted so that filters can be combined: the day's visits as columns of codes; see `column.ts`. */
export const foldedColumns = pgTable(
  'folded_columns',
  {
    day: date().notNull(),
    name: text().notNull(),
    packed: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.name] })],
)

export const foldedColumnsHeld = classify(foldedColumns, {
  says: 'Visits without their visitors, so that counts can be compared with each other',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company wants to compare' },
  onErasure: { keep: 'It holds no number of any visitor, and only what several of the day had in common', until: 'the company deletes it' },
  serves: ['improvement'],
  columns: {
    day: ['record', 'The day'],
    name: ['tally', 'What the column is: countries, pages, lengths'],
    packed: ['tally', 'One code for each visit of the day, in no order of time'],
  },
})

/** Which days have been folded. */
export const foldedDays = pgTable('folded_days', {
  day: date().primaryKey(),
  actions: integer().notNull(),
  visits: integer().notNull(),
  foldedAt: moment('folded_at').notNull(),
})

export const foldedDaysHeld = classify(foldedDays, {
  says: 'Which days have been counted',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company wants to compare' },
  onErasure: { keep: 'A count of many people names none of them', until: 'the company deletes it' },
  serves: ['improvement'],
  columns: {
    day: ['record', 'The day'],
    actions: ['tally', 'How many actions'],
    visits: ['tally', 'How many visits'],
    foldedAt: ['record', 'When it was counted'],
  },
})

/** How fast pages were (Web Vitals): for each day, measure and page, how many measurements fell in which step. */
export const paces = pgTable(
  'paces',
  {
    day: date().notNull(),
    measure: text().notNull(),
    page: text().notNull(),
    steps: integer().array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.measure, table.page] })],
)

export const pacesHeld = classify(paces, {
  says: 'How fast the pages were, counted',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company wants to compare' },
  onErasure: { keep: 'A count of many people names none of them', until: 'the company deletes it' },
  serves: ['improvement'],
  columns: {
    day: ['record', 'The day'],
    measure: ['tally', 'What was measured'],
    page: ['tally', 'The page'],
    steps: ['tally', 'How many measurements were how fast'],
  },
})

export const choiceNames = ['counting', 'personal'] as const

/** What a person said about being counted, and about what they see being fitted to them. */
export const navigationChoices = pgTable(
  'navigation_choices',
  {
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    choice: text({ enum: choiceNames }).notNull(),
    answer: text({ enum: ['yes', 'no'] }).notNull(),
    means: text({ enum: ['switch', 'signal'] }).notNull(),
    wording: text().notNull(),
    decidedAt: moment('decided_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.choice] })],
)

export const navigationChoicesHeld = classify(navigationChoices, {
  says: 'Whether your visits are counted, and whether what you see is fitted to you',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { while: 'you are registered' },
  onErasure: 'delete',
  serves: ['personalisation', 'rights'],
  columns: {
    personId: ['reference', 'A number that stands for you'],
    choice: ['preference', 'What it is about: counting, or fitting pages to you'],
    answer: ['preference', 'What you chose'],
    means: ['preference', 'How you said so: with the switch, or by your browser’s signal'],
    wording: ['consent', 'The words that you were shown'],
    decidedAt: ['record', 'When'],
  },
})

/** What an identified person looked at, where they allow it: by day and page, without the hour. */
export const personalActions = pgTable(
  'personal_actions',
  {
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    dayAt: moment('day_at').notNull(),
    page: text().notNull(),
    times: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.dayAt, table.page] }), index('personal_actions_day').on(table.dayAt)],
)

export const personalActionsHeld = classify(personalActions, {
  says: 'What you looked at here, because you allowed us to fit pages to you',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { days: 90, after: 'dayAt' },
  onErasure: 'delete',
  serves: ['personalisation', 'rights', 'operations'],
  columns: {
    personId: ['reference', 'A number that stands for you'],
    dayAt: ['record', 'The day'],
    page: ['action', 'The page'],
    times: ['action', 'How often'],
  },
})
