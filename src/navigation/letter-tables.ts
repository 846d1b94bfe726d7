/** Letters about visits to those of the team who asked for them. */
import { date, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { classify, type Held } from '../database/classify.ts'
import { idOf, moment } from '../database/columns.ts'
import { people } from '../people/tables.ts'

export const letterKinds = ['weekly', 'sudden'] as const
export type LetterKind = (typeof letterKinds)[number]

/** Who of the team wants which letters. */
export const reportLetters = pgTable(
  'report_letters',
  {
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    kind: text({ enum: letterKinds }).notNull(),
    askedAt: moment('asked_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.kind] })],
)

export const reportLettersHeld: Held = classify(reportLetters, {
  says: 'Letters about visits that you asked for as a member of staff',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { while: 'you want them' },
  onErasure: 'delete',
  serves: ['support', 'rights'],
  columns: {
    personId: ['reference', 'A number that stands for you'],
    kind: ['preference', 'Which letters'],
    askedAt: ['record', 'When you asked for them'],
  },
})

export const occasions = ['week', 'rise', 'fall'] as const
export type Occasion = (typeof occasions)[number]

/** Which letters about visits went out: none goes twice. */
export const reportOccasions = pgTable(
  'report_occasions',
  {
    day: date().notNull(),
    site: text().notNull(),
    occasion: text({ enum: occasions }).notNull(),
    notedAt: moment('noted_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.site, table.occasion] }), index('report_occasions_noted').on(table.notedAt)],
)

export const reportOccasionsHeld: Held = classify(reportOccasions, {
  says: 'Weeks, sudden rises and falls of visits of which a letter was written',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { days: 90, after: 'notedAt' },
  onErasure: { keep: 'It is about the websites, and names nobody', until: 'three months have passed' },
  serves: ['support', 'operations'],
  columns: {
    day: ['record', 'The day, or the first day of the week'],
    site: ['content', 'The website'],
    occasion: ['record', 'A week, a rise or a fall'],
    notedAt: ['record', 'When it was noted'],
  },
})
