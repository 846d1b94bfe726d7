import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { moment } from '../database/columns.ts'

/** What the team made stricter than the environment has it. */
export const stricterSettings = pgTable('stricter_settings', {
  name: text({ enum: ['notice-days', 'smallest-crowd', 'second-person'] }).primaryKey(),
  value: integer().notNull(),
  changedAt: moment('changed_at').notNull(),
})

export const stricterSettingsHeld = classify(stricterSettings, {
  says: 'Settings that were made stricter',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the setting is stricter' },
  onErasure: { keep: 'It is a number of the house’s own, and says nothing about anybody', until: 'it is set back' },
  serves: ['operations'],
  columns: {
    name: ['record', 'Which setting it is'],
    value: ['record', 'What it is set to'],
    changedAt: ['record', 'When it was changed'],
  },
})
