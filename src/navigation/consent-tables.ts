import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { people } from '../people/tables.ts'

/** The words that were shown when somebody was asked, once for all who were shown the same. */
export const consentWords = pgTable('consent_words', {
  version: text().primaryKey(),
  words: text().notNull(),
  firstAt: moment('first_at').notNull(),
})

export const consentWordsHeld = classify(consentWords, {
  says: 'What is asked before anything goes to analytics services of others',
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { while: 'the company has to prove what it asked' },
  onErasure: { keep: 'The words are the company’s own', until: 'the company deletes them' },
  serves: ['personalisation'],
  reads: ['rights', 'legal'],
  columns: {
    version: ['record', 'A number made from the words'],
    words: ['content', 'The words'],
    firstAt: ['record', 'When they were first answered'],
  },
})

/** What was answered, as proof: of a visitor by a random number that their browser keeps, of somebody signed in by who they are. */
export const consents = pgTable(
  'consents',
  {
    // Random to the last bit: a number that tells its moment could be laid beside the day's actions.
    id: uuid().primaryKey(),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    version: text()
      .notNull()
      .references(() => consentWords.version, { onDelete: 'restrict' }),
    agreed: text().array().notNull(),
    refused: text().array().notNull(),
    decidedAt: moment('decided_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [index('consents_person').on(table.personId), index('consents_decided').on(table.decidedAt)],
)

export const consentsHeld = classify(consents, {
  says: 'What you answered when you were asked about analytics services of others',
  about: { person: 'personId' },
  changedAt: { agreed: '/privacy#choices', refused: '/privacy#choices' },
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'decidedAt' },
  onErasure: 'delete',
  serves: ['personalisation', 'rights', 'operations'],
  reads: ['legal'],
  columns: {
    id: ['reference', 'The number of the receipt, which your browser keeps in a cookie'],
    personId: ['reference', 'A number that stands for you'],
    version: ['record', 'Which words you were shown'],
    agreed: ['preference', 'Which services you agreed to'],
    refused: ['preference', 'Which you refused'],
    decidedAt: ['record', 'When'],
    endedAt: ['record', 'When another answer took its place'],
  },
})

/**
 * Actions that wait to be told to a service of others. They are sealed, and their moments are full hours: so
 * nobody can lay them beside the day's anonymous actions, and neither can a copy of the database.
 */
export const outgoingActions = pgTable(
  'outgoing_actions',
  {
    id: uuid().primaryKey(),
    service: text().notNull(),
    consentId: uuid('consent_id')
      .notNull()
      .references(() => consents.id, { onDelete: 'restrict' }),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    sealed: bytea().notNull(),
    tries: integer().notNull(),
    dueAt: moment('due_at').notNull(),
    untilAt: moment('until_at').notNull(),
  },
  (table) => [
    index('outgoing_actions_due').on(table.dueAt),
    index('outgoing_actions_until').on(table.untilAt),
    index('outgoing_actions_consent').on(table.consentId),
    index('outgoing_actions_person').on(table.personId),
  ],
)

export const outgoingActionsHeld = classify(outgoingActions, {
  says: 'What waits to be told to analytics services of others, because you agreed to it',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { until: 'untilAt', says: 'until the service took it, which is usually a minute; 13 hours at most' },
  onErasure: 'delete',
  serves: ['improvement', 'personalisation', 'rights', 'operations'],
  leftOut: 'It is gone within hours',
  columns: {
    id: ['record', 'A random number of the action'],
    service: ['record', 'The service'],
    consentId: ['reference', 'The receipt of your answer'],
    personId: ['reference', 'A number that stands for you'],
    sealed: ['visit', 'The action, sealed until it is sent'],
    tries: ['record', 'How often it was tried'],
    dueAt: ['record', 'When it is tried next'],
    untilAt: ['record', 'When it is given up'],
  },
})
