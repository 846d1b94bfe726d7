import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { people } from '../people/tables.ts'

const author = (name: string) => idOf(name).references(() => people.id, { onDelete: 'restrict' })

/** Keys with which the company's own programs come in. The key itself is shown once and kept as a hash. */
export const programKeys = pgTable(
  'program_keys',
  {
    id: ownId(),
    name: text().notNull(),
    keyHash: text('key_hash').notNull(),
    start: text().notNull(),
    scopes: text().array().notNull(),
    service: text(),
    madeBy: author('made_by'),
    madeAt: moment('made_at').notNull(),
    expiresAt: moment('expires_at'),
    usedAt: moment('used_at'),
    revokedBy: author('revoked_by'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    uniqueIndex('program_keys_hash').on(table.keyHash),
    index('program_keys_made_by').on(table.madeBy),
    index('program_keys_revoked_by').on(table.revokedBy),
    index('program_keys_revoked').on(table.revokedAt),
  ],
)

export const programKeysHeld = classify(programKeys, {
  says: 'Keys of the company’s own programs',
  about: { authors: ['madeBy', 'revokedBy'] },
  basis: 'legitimate interest',
  keptFor: { days: 365, after: 'revokedAt' },
  onErasure: { keep: 'A key is a program’s; only who made or revoked it is forgotten', until: 'a year after it is revoked' },
  serves: ['security', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the key'],
    name: ['record', 'What the key is called'],
    keyHash: ['credential', 'A hash of the key'],
    start: ['record', 'Its first signs, to tell it from others'],
    scopes: ['record', 'What it opens'],
    service: ['record', 'The one service that it is bound to'],
    madeBy: ['reference', 'Who made it'],
    madeAt: ['record', 'When it was made'],
    expiresAt: ['record', 'When it ends'],
    usedAt: ['record', 'The hour of its last use'],
    revokedBy: ['reference', 'Who revoked it'],
    revokedAt: ['record', 'When it was revoked'],
  },
})

/** What a program was answered, so that a request that it repeats is not done twice. */
export const programAnswers = pgTable(
  'program_answers',
  {
    id: ownId(),
    keyId: idOf('key_id')
      .notNull()
      .references(() => programKeys.id, { onDelete: 'cascade' }),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    askedHash: text('asked_hash').notNull(),
    bodyHash: text('body_hash').notNull(),
    status: integer().notNull(),
    body: jsonb().$type<unknown>(),
    answeredAt: moment('answered_at').notNull(),
  },
  (table) => [
    uniqueIndex('program_answers_asked').on(table.keyId, table.askedHash),
    index('program_answers_person').on(table.personId),
    index('program_answers_at').on(table.answeredAt),
  ],
)

export const programAnswersHeld = classify(programAnswers, {
  says: 'What a program of ours was answered when it reported something',
  about: { person: 'personId' },
  basis: 'legitimate interest',
  keptFor: { days: 1, after: 'answeredAt' },
  onErasure: 'delete',
  serves: ['service', 'updates', 'billing', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the answer'],
    keyId: ['reference', 'Which key it was asked with'],
    personId: ['reference', 'A number that stands for you'],
    askedHash: ['reference', 'A hash of the number that the program gave its request'],
    bodyHash: ['reference', 'A hash of what was reported'],
    status: ['record', 'How it ended'],
    body: ['record', 'The answer: numbers and states, never a name or an address'],
    answeredAt: ['record', 'When it was answered'],
  },
})
