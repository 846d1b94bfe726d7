import { sql } from 'drizzle-orm'
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import type { RowRule } from '../database/row-rules.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'

export const people = pgTable(
  'people',
  {
    id: ownId(),
    name: text().notNull(),
    email: text().notNull(),
    joinedAt: moment('joined_at').notNull(),
  },
  (table) => [
    uniqueIndex('people_email_key').on(table.email),
    // `search_parts` is made in migration `0004`: every run of one, two and three signs.
    index('people_search').using('gin', sql`search_parts(${table.name} || ' ' || ${table.email})`),
    index('people_name').on(sql`${table.name} collate "und-x-icu"`, table.id),
    index('people_joined').on(table.joinedAt, table.id),
  ],
)

export const peopleHeld = classify(people, {
  says: 'Who you are',
  about: { person: 'id' },
  changedAt: { name: '/account', email: '/account/address' },
  basis: 'contract',
  keptFor: { while: 'you are registered or subscribed' },
  onErasure: 'delete',
  serves: ['service', 'updates', 'billing', 'support', 'rights', 'legal', 'security', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for you'],
    name: ['contact', 'Your name'],
    email: ['contact', 'Your e-mail address'],
    joinedAt: ['record', 'When you joined'],
  },
})

export const personKeys = pgTable('person_keys', {
  personId: uuid('person_id')
    .primaryKey()
    .$type<Id>()
    .references(() => people.id, { onDelete: 'restrict' }),
  wrappedKey: bytea('wrapped_key').notNull(),
  madeAt: moment('made_at').notNull(),
})

export const personKeysHeld = classify(personKeys, {
  says: 'The key that seals text about you',
  about: { person: 'personId' },
  basis: 'legitimate interest',
  keptFor: { while: 'you are registered or subscribed' },
  onErasure: 'delete',
  serves: ['service', 'support', 'rights', 'legal', 'security'],
  takesFrom: ['updates'],
  leftOut: 'Keys lie in a file of their own, which each erasure renews: no backup opens what was sealed for somebody erased',
  columns: {
    personId: ['reference', 'A number that stands for you'],
    wrappedKey: ['key', 'A key that opens the sealed text about you; itself sealed'],
    madeAt: ['record', 'When the key was made'],
  },
})

/** Somebody who is known by their subscriptions alone: they never signed in, and are forgotten once they left everything. */
export const guests = pgTable('guests', {
  personId: uuid('person_id')
    .primaryKey()
    .$type<Id>()
    .references(() => people.id, { onDelete: 'restrict' }),
  sinceAt: moment('since_at').notNull(),
})

export const guestsHeld = classify(guests, {
  says: 'That we know you by your subscriptions alone',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { while: 'you have not signed in' },
  onErasure: 'delete',
  serves: ['updates', 'security', 'rights'],
  columns: {
    personId: ['reference', 'A number that stands for you'],
    sinceAt: ['record', 'Since when'],
  },
})

/** A changed name or address, as a fact without the values; the old one stays, sealed, until the recipients that have it were asked. */
export const corrections = pgTable(
  'corrections',
  {
    id: ownId(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    field: text({ enum: ['name', 'email'] }).notNull(),
    sealedBefore: bytea('sealed_before'),
    correctedAt: moment('corrected_at').notNull(),
  },
  (table) => [index('corrections_person').on(table.personId), index('corrections_at').on(table.correctedAt)],
)

export const correctionsHeld = classify(corrections, {
  says: 'What you corrected, and when',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'correctedAt' },
  onErasure: 'delete',
  serves: ['service', 'rights', 'support', 'security', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the correction'],
    personId: ['reference', 'A number that stands for you'],
    field: ['record', 'What was corrected'],
    sealedBefore: ['sealed', 'What it was before, sealed under your key, until those who have it were asked to correct it'],
    correctedAt: ['record', 'When it was corrected'],
  },
})

/**
 * Somebody whose data is only stored, and used for nothing, as long as this row stands. What that means is
 * said by row rules, which the database keeps: those who write updates, help, bill and suggest do not find them.
 */
export const restrictions = pgTable('restrictions', {
  personId: uuid('person_id')
    .primaryKey()
    .$type<Id>()
    .references(() => people.id, { onDelete: 'restrict' }),
  sinceAt: moment('since_at').notNull(),
})

export const restrictionsHeld = classify(restrictions, {
  says: 'That your data is only stored, and used for nothing',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { while: 'the restriction holds' },
  onErasure: 'delete',
  serves: ['rights', 'legal', 'updates', 'support', 'billing', 'personalisation', 'service'],
  columns: {
    personId: ['reference', 'A number that stands for you'],
    sinceAt: ['record', 'Since when'],
  },
})

const unless = (column: string): string => `not exists (select from restrictions where restrictions.person_id = ${column})`

/** Whom the purposes that use data find, and of what; and that they see who is restricted, but cannot end it. */
export const restrictionRules: readonly RowRule[] = [
  { table: 'people', purpose: 'updates', says: 'people whose data is not restricted', where: unless('people.id'), writes: true },
  { table: 'people', purpose: 'support', says: 'people whose data is not restricted', where: unless('people.id') },
  {
    table: 'looks',
    purpose: 'support',
    says: 'looks at people whose data is not restricted',
    where: unless('looks.person_id'),
    writes: true,
  },
  ...(['navigation_choices', 'personal_actions', 'consents', 'outgoing_actions'] as const).map(
    (table): RowRule => ({
      table,
      purpose: 'personalisation',
      says: 'people whose data is not restricted',
      where: unless(`${table}.person_id`),
      writes: true,
    }),
  ),
  ...(['updates', 'support', 'billing', 'personalisation', 'service'] as const).map(
    (purpose): RowRule => ({ table: 'restrictions', purpose, says: 'to pass restricted people over', where: 'true' }),
  ),
]
