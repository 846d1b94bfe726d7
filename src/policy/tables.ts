import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { people } from '../people/tables.ts'

/** What became of a notice by letter: it waits, it is in the outbox, it went out; or it could not reach anybody. */
export const fates = ['waiting', 'written', 'sent', 'refused', 'held', 'bounced'] as const
export type Fate = (typeof fates)[number]

/** Somebody who has to hear of a version, and what became of their notice. The database itself puts them in, when a version is published. */
export const policyNotices = pgTable(
  'policy_notices',
  {
    id: ownId(),
    // A foreign key to the versions, by migration `policy_rules`: they lie in a room of their own.
    number: integer().notNull(),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    fate: text({ enum: fates }).notNull(),
    letterId: idOf('letter_id'),
    concernedAt: moment('concerned_at').notNull(),
    outAt: moment('out_at'),
    triedAt: moment('tried_at').notNull(),
    seenAt: moment('seen_at'),
  },
  (table) => [
    uniqueIndex('policy_notices_once').on(table.number, table.personId),
    index('policy_notices_person').on(table.personId),
    index('policy_notices_fate').on(table.number, table.fate, table.id),
    index('policy_notices_at').on(table.concernedAt),
    check('policy_notices_out', sql`(fate in ('waiting', 'written')) = (out_at is null)`),
    check('policy_notices_order', sql`out_at >= concerned_at`),
  ],
)

export const policyNoticesHeld = classify(policyNotices, {
  says: 'Notices of changes to the privacy policy',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 1_825, after: 'concernedAt' },
  onErasure: { blank: ['personId', 'letterId'] },
  serves: ['rights', 'operations'],
  reads: ['legal'],
  columns: {
    id: ['reference', 'A number that stands for the notice'],
    number: ['record', 'Of which version it tells'],
    personId: ['reference', 'A number that stands for you, as long as you are here'],
    fate: ['record', 'What became of the letter'],
    letterId: ['reference', 'A number that stands for the letter'],
    concernedAt: ['record', 'When the version was published'],
    outAt: ['record', 'When the letter went out, or could not'],
    triedAt: ['record', 'When it was last seen to'],
    seenAt: ['record', 'When you read it on the website'],
  },
})
