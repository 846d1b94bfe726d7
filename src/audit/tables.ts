import { bigint, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { actNames } from './acts.ts'

/**
 * What was done, to whom and by whom: the part of the record that an erasure takes away. The database itself
 * makes the entry of the chain of it, when the transaction commits; this and the keys to `people`, a room above,
 * are in the migration `audit_chain`.
 */
export const auditDetails = pgTable(
  'audit_details',
  {
    id: ownId(),
    /** The entry of the chain; filled in by the database. */
    number: bigint({ mode: 'number' }),
    act: text({ enum: actNames }).notNull(),
    /** What was done to or with: the row of another table, which may be gone. */
    thingId: idOf('thing_id'),
    personId: idOf('person_id'),
    actorId: idOf('actor_id'),
    nonce: bytea().notNull(),
    doneAt: moment('done_at').notNull(),
  },
  (table) => [
    uniqueIndex('audit_details_number').on(table.number),
    index('audit_details_person').on(table.personId),
    index('audit_details_actor').on(table.actorId),
  ],
)

export const auditDetailsHeld = classify(auditDetails, {
  says: 'Entries about you in the record of what was done',
  about: { person: 'personId', authors: ['actorId'] },
  basis: 'legal obligation',
  keptFor: { while: 'you are registered or subscribed' },
  onErasure: 'delete',
  serves: ['rights'],
  reads: ['legal', 'operations', 'support', 'updates', 'billing'],
  columns: {
    id: ['reference', 'A number that stands for what was done'],
    number: ['record', 'Its place in the record'],
    act: ['record', 'What was done'],
    thingId: ['reference', 'With what it was done: a number'],
    personId: ['reference', 'A number that stands for you'],
    actorId: ['reference', 'Who did it: a number'],
    nonce: ['record', 'Random bytes, without which the entry in the chain tells nothing'],
    doneAt: ['record', 'When it was done'],
  },
})

/** The chain: each entry bears a hash over itself and the one before. No login may change it; it names nobody. */
export const auditEntries = pgTable('audit_entries', {
  number: bigint({ mode: 'number' }).primaryKey(),
  act: text({ enum: actNames }).notNull(),
  /** SHA-256 over the nonce, and the ids of thing and person. */
  about: bytea().notNull(),
  /** SHA-256 over the nonce, and the id of who did it. */
  actor: bytea().notNull(),
  doneAt: moment('done_at').notNull(),
  hash: bytea().notNull(),
})

export const auditEntriesHeld = classify(auditEntries, {
  says: 'The record of what was done, which names nobody',
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { while: 'the company is there' },
  onErasure: { keep: 'A chain of hashes proves that nothing was taken out, and names nobody', until: 'the company is gone' },
  serves: [],
  reads: ['rights', 'legal', 'operations', 'support', 'updates', 'billing'],
  columns: {
    number: ['record', 'Its place in the record'],
    act: ['record', 'What was done'],
    about: ['record', 'A commitment to whom and what it was done to, which only the details open'],
    actor: ['record', 'A commitment to who did it'],
    doneAt: ['record', 'When it was done'],
    hash: ['record', 'A hash over the entry and the one before it'],
  },
})
