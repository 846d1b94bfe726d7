import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'

/** The outbox: a letter is written in the transaction of the act that it tells of. */
export const letters = pgTable(
  'letters',
  {
    id: ownId(),
    // A foreign key to people, by migration 0003: this room lies below theirs and does not know them.
    personId: idOf('person_id'),
    to: text().notNull(),
    kind: text().notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    html: text().notNull(),
    tries: integer().notNull().default(0),
    writtenAt: moment('written_at').notNull(),
    sentAt: moment('sent_at'),
    refusedAt: moment('refused_at'),
    refusedCode: integer('refused_code'),
  },
  (table) => [index('letters_person').on(table.personId), index('letters_to').on(table.to), index('letters_written').on(table.writtenAt)],
)

export const lettersHeld = classify(letters, {
  says: 'Letters that we wrote to you',
  about: { person: 'personId', address: 'to' },
  basis: 'contract',
  keptFor: { days: 30, after: 'writtenAt' },
  onErasure: 'delete',
  serves: ['operations', 'rights', 'support'],
  columns: {
    id: ['reference', 'A number that stands for the letter'],
    personId: ['reference', 'A number that stands for you'],
    to: ['contact', 'The address that it went to'],
    kind: ['record', 'What the letter was about'],
    subject: ['correspondence', 'Its subject'],
    text: ['correspondence', 'Its words; emptied once it is delivered'],
    html: ['correspondence', 'The same words for a page; emptied once it is delivered'],
    tries: ['record', 'How often we tried to deliver it'],
    writtenAt: ['record', 'When it was written'],
    sentAt: ['record', 'When your e-mail server took it'],
    refusedAt: ['record', 'When your e-mail server refused it'],
    refusedCode: ['record', 'With which code it refused'],
  },
})
