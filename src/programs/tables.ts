import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { purposeNames } from '../database/purposes.ts'
import { bytea } from '../database/sealing.ts'
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

/** Where one of the company's own programs is told what happened. */
export const programEndpoints = pgTable(
  'program_endpoints',
  {
    id: ownId(),
    url: text().notNull(),
    types: text().array().notNull(),
    addedBy: author('added_by'),
    addedAt: moment('added_at').notNull(),
    failingSince: moment('failing_since'),
    offAt: moment('off_at'),
    offBy: author('off_by'),
    offWhy: text('off_why', { enum: ['staff', 'failing', 'gone'] }),
  },
  (table) => [index('program_endpoints_added_by').on(table.addedBy), index('program_endpoints_off_by').on(table.offBy)],
)

export const programEndpointsHeld = classify(programEndpoints, {
  says: 'Where the company’s own programs are told what happened',
  about: { authors: ['addedBy', 'offBy'] },
  basis: 'legitimate interest',
  keptFor: { while: 'the program is to be told' },
  onErasure: { keep: 'It is a program’s; only who added it or switched it off is forgotten', until: 'it is removed' },
  serves: ['security', 'operations', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the endpoint'],
    url: ['record', 'The address of the program'],
    types: ['record', 'What it is told'],
    addedBy: ['reference', 'Who added it'],
    addedAt: ['record', 'When it was added'],
    failingSince: ['record', 'Since when it takes nothing'],
    offAt: ['record', 'When it was switched off'],
    offBy: ['reference', 'Who switched it off'],
    offWhy: ['record', 'Why it was switched off'],
  },
})

/** Secrets under which what is told is signed; while one is replaced, two count. */
export const programSecrets = pgTable(
  'program_secrets',
  {
    id: ownId(),
    endpointId: idOf('endpoint_id')
      .notNull()
      .references(() => programEndpoints.id, { onDelete: 'cascade' }),
    sealedSecret: bytea('sealed_secret').notNull(),
    madeAt: moment('made_at').notNull(),
    endsAt: moment('ends_at'),
  },
  (table) => [index('program_secrets_endpoint').on(table.endpointId), index('program_secrets_ends').on(table.endsAt)],
)

export const programSecretsHeld = classify(programSecrets, {
  says: 'Secrets that the company’s own programs know us by',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { until: 'endsAt', says: 'until it is replaced' },
  onErasure: { keep: 'A secret between two programs names nobody', until: 'it is replaced' },
  serves: ['security', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the secret'],
    endpointId: ['reference', 'The endpoint that knows it'],
    sealedSecret: ['credential', 'The secret, sealed under a key of the house'],
    madeAt: ['record', 'When it was made'],
    endsAt: ['record', 'When a newer one replaces it'],
  },
})

/** Something that happened and that some program wants to be told; numbers and states only. */
export const programEvents = pgTable(
  'program_events',
  {
    id: ownId(),
    type: text().notNull(),
    data: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    happenedAt: moment('happened_at').notNull(),
  },
  (table) => [index('program_events_person').on(table.personId), index('program_events_at').on(table.happenedAt)],
)

export const programEventsHeld = classify(programEvents, {
  says: 'What the company’s own programs were told about you',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { days: 30, after: 'happenedAt' },
  onErasure: 'delete',
  serves: ['operations', 'security', 'rights'],
  takesFrom: purposeNames,
  columns: {
    id: ['reference', 'A number that stands for what happened'],
    type: ['record', 'What happened'],
    data: ['record', 'Numbers and states that say it, never a name or an address'],
    personId: ['reference', 'A number that stands for you'],
    happenedAt: ['record', 'When it happened'],
  },
})

/** One event on its way to one endpoint. The row is the work: what is due is sent. */
export const programDeliveries = pgTable(
  'program_deliveries',
  {
    id: ownId(),
    eventId: idOf('event_id')
      .notNull()
      .references(() => programEvents.id, { onDelete: 'cascade' }),
    endpointId: idOf('endpoint_id')
      .notNull()
      .references(() => programEndpoints.id, { onDelete: 'cascade' }),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    madeAt: moment('made_at').notNull(),
    dueAt: moment('due_at'),
    tries: integer().notNull().default(0),
    outcome: text(),
    deliveredAt: moment('delivered_at'),
    givenUpAt: moment('given_up_at'),
  },
  (table) => [
    uniqueIndex('program_deliveries_once').on(table.endpointId, table.eventId),
    index('program_deliveries_event').on(table.eventId),
    index('program_deliveries_person').on(table.personId),
    index('program_deliveries_due').on(table.dueAt),
    index('program_deliveries_made').on(table.madeAt),
  ],
)

export const programDeliveriesHeld = classify(programDeliveries, {
  says: 'Which of the company’s own programs were told about you',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { days: 30, after: 'madeAt' },
  onErasure: 'delete',
  serves: ['operations', 'security', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the delivery'],
    eventId: ['reference', 'A number that stands for what happened'],
    endpointId: ['reference', 'A number that stands for the program'],
    personId: ['reference', 'A number that stands for you'],
    madeAt: ['record', 'When it was to be told'],
    dueAt: ['record', 'When it is tried next'],
    tries: ['record', 'How often it was tried'],
    outcome: ['record', 'How the last try ended'],
    deliveredAt: ['record', 'When the program took it'],
    givenUpAt: ['record', 'When it was given up'],
  },
})
