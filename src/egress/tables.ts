import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { type Category, purposeNames } from '../database/purposes.ts'

/** One sending to a company, or to the operator's own mail server: what kinds of data, about whom. */
export const disclosures = pgTable(
  'disclosures',
  {
    id: ownId(),
    processor: text().notNull(),
    personId: idOf('person_id'),
    categories: text().array().notNull().$type<Category[]>(),
    sentAt: moment('sent_at').notNull(),
  },
  // Rows come in the order of time and are never changed: a block's first and last moment is all that a look at days needs.
  (table) => [index('disclosures_person').on(table.personId), index('disclosures_at').using('brin', table.sentAt)],
)

export const disclosuresHeld = classify(disclosures, {
  says: 'Who received what kinds of data about you, and when',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'sentAt' },
  onErasure: { blank: ['personId'] },
  serves: ['rights', 'legal', 'operations'],
  takesFrom: purposeNames,
  columns: {
    id: ['reference', 'A number that stands for the sending'],
    processor: ['record', 'Who received it'],
    personId: ['reference', 'A number that stands for you'],
    categories: ['record', 'Which kinds of data'],
    sentAt: ['record', 'When'],
  },
})
