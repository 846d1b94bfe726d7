import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { moment, ownId } from '../database/columns.ts'
import { promiseNames, standingNames } from './promise.ts'

const PLAIN = {
  about: 'nobody',
  basis: 'legitimate interest',
  onErasure: { keep: 'It says whether a promise holds, and names nobody', until: 'its time is over' },
} as const

/** Each time that a check looked. What it found are sentences with numbers of rows at most, and nothing of anybody's. */
export const promiseRuns = pgTable(
  'promise_runs',
  {
    id: ownId(),
    promise: text({ enum: promiseNames }).notNull(),
    standing: text({ enum: standingNames }).notNull(),
    examined: text().array().notNull(),
    findings: text().array().notNull(),
    ranAt: moment('ran_at').notNull(),
  },
  (table) => [index('promise_runs_promise').on(table.promise, table.ranAt), index('promise_runs_at').on(table.ranAt)],
)

export const promiseRunsHeld = classify(promiseRuns, {
  says: 'When we looked whether we keep our promises',
  ...PLAIN,
  keptFor: { days: 90, after: 'ranAt' },
  serves: ['operations'],
  reads: ['service', 'legal'],
  columns: {
    id: ['reference', 'A number that stands for the look'],
    promise: ['record', 'Which promise'],
    standing: ['record', 'Whether it holds'],
    examined: ['record', 'What was looked at, in numbers'],
    findings: ['record', 'What breaks it'],
    ranAt: ['record', 'When'],
  },
})

/** Since when a promise holds, or does not: a row each time that this changed. It is only ever added to. */
export const promiseChanges = pgTable(
  'promise_changes',
  {
    id: ownId(),
    promise: text({ enum: promiseNames }).notNull(),
    standing: text({ enum: standingNames }).notNull(),
    sinceAt: moment('since_at').notNull(),
  },
  (table) => [index('promise_changes_promise').on(table.promise, table.sinceAt)],
)

export const promiseChangesHeld = classify(promiseChanges, {
  says: 'Since when our promises hold',
  ...PLAIN,
  keptFor: { while: 'the company makes these promises' },
  serves: [],
  takesFrom: ['operations'],
  reads: ['operations', 'service', 'legal'],
  columns: {
    id: ['reference', 'A number that stands for the change'],
    promise: ['record', 'Which promise'],
    standing: ['record', 'Whether it holds since then'],
    sinceAt: ['record', 'Since when'],
  },
})
