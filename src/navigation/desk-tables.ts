/** What the console keeps beside the counts: goals, saved filters, notes on the time axis, links for others to read. */
import { date, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify, type Held } from '../database/classify.ts'
import { moment, ownId } from '../database/columns.ts'

const about = {
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company wants to compare' },
  onErasure: { keep: 'It is about the websites, and names nobody', until: 'the company deletes it' },
  serves: ['improvement'],
} as const

/** A goal: what a visit does, in this order. With several steps it is a funnel. */
export const goals = pgTable('goals', {
  id: ownId(),
  name: text().notNull(),
  steps: text().array().notNull(),
  madeAt: moment('made_at').notNull(),
})

export const goalsHeld: Held = classify(goals, {
  ...about,
  says: 'What the company hopes that visits do',
  columns: {
    id: ['content', 'A number that stands for it'],
    name: ['content', 'Its name'],
    steps: ['content', 'Pages and actions, in their order'],
    madeAt: ['record', 'When it was made'],
  },
})

/** Filters under a name. */
export const segments = pgTable('segments', {
  id: ownId(),
  name: text().notNull(),
  words: text().notNull(),
  madeAt: moment('made_at').notNull(),
})

export const segmentsHeld: Held = classify(segments, {
  ...about,
  says: 'Filters of reports that were saved under a name',
  columns: {
    id: ['content', 'A number that stands for it'],
    name: ['content', 'Its name'],
    words: ['content', 'The filters'],
    madeAt: ['record', 'When it was saved'],
  },
})

/** What happened on a day, for those who read the chart. */
export const chartNotes = pgTable(
  'chart_notes',
  {
    id: ownId(),
    day: date().notNull(),
    says: text().notNull(),
    madeAt: moment('made_at').notNull(),
  },
  (table) => [index('chart_notes_day').on(table.day)],
)

export const chartNotesHeld: Held = classify(chartNotes, {
  ...about,
  says: 'Notes on the time axis of reports',
  columns: {
    id: ['content', 'A number that stands for it'],
    day: ['content', 'The day'],
    says: ['content', 'What happened'],
    madeAt: ['record', 'When it was written'],
  },
})

/** A link by which somebody without an account reads one report, until it ends or is ended. */
export const reportLinks = pgTable(
  'report_links',
  {
    id: ownId(),
    name: text().notNull(),
    tokenHash: text('token_hash').notNull(),
    words: text().notNull(),
    madeAt: moment('made_at').notNull(),
    endsAt: moment('ends_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [uniqueIndex('report_links_token').on(table.tokenHash)],
)

export const reportLinksHeld: Held = classify(reportLinks, {
  ...about,
  says: 'Links by which others may read a report',
  columns: {
    id: ['content', 'A number that stands for it'],
    name: ['content', 'Whom it is for'],
    tokenHash: ['content', 'What the link is recognised by; the link itself is not kept'],
    words: ['content', 'The period and the filters'],
    madeAt: ['record', 'When it was made'],
    endsAt: ['record', 'When it ends'],
    endedAt: ['record', 'When it was ended before that'],
  },
})
