import { boolean, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

export const roles = ['owner', 'support', 'marketing', 'billing', 'legal', 'analyst'] as const
export type Role = (typeof roles)[number]

export const staff = pgTable(
  'staff',
  {
    personId: uuid('person_id')
      .primaryKey()
      .$type<Id>()
      .references(() => people.id, { onDelete: 'restrict' }),
    role: text({ enum: roles }).notNull(),
    addedBy: idOf('added_by').references(() => people.id, { onDelete: 'restrict' }),
    addedAt: moment('added_at').notNull(),
  },
  (table) => [index('staff_added_by').on(table.addedBy)],
)

export const staffHeld = classify(staff, {
  says: 'Your place in the team',
  about: { person: 'personId', authors: ['addedBy'] },
  basis: 'contract',
  keptFor: { while: 'you are a member of staff' },
  onErasure: 'delete',
  serves: ['security', 'support', 'service', 'rights'],
  columns: {
    personId: ['reference', 'A number that stands for you'],
    role: ['role', 'Your role'],
    addedBy: ['reference', 'Who added you'],
    addedAt: ['record', 'When you joined the team'],
  },
})

/** Every time that a member of staff opened somebody's record. The person reads it. */
export const looks = pgTable(
  'looks',
  {
    id: ownId(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    staffId: idOf('staff_id').references(() => people.id, { onDelete: 'restrict' }),
    role: text({ enum: roles }).notNull(),
    reason: text({ enum: ['question', 'request', 'billing', 'security', 'upkeep'] }).notNull(),
    sealedNote: bytea('sealed_note'),
    lookedAt: moment('looked_at').notNull(),
  },
  (table) => [
    index('looks_person').on(table.personId, table.lookedAt),
    index('looks_staff').on(table.staffId, table.lookedAt),
    index('looks_at').on(table.lookedAt),
  ],
)

export const looksHeld = classify(looks, {
  says: 'Who looked at your record',
  about: { person: 'personId', authors: ['staffId'] },
  basis: 'legitimate interest',
  keptFor: { days: 730, after: 'lookedAt' },
  onErasure: 'delete',
  serves: ['support', 'service', 'rights', 'legal', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the look'],
    personId: ['reference', 'A number that stands for you'],
    staffId: ['reference', 'A number that stands for the member of staff'],
    role: ['role', 'In which role'],
    reason: ['record', 'Why'],
    sealedNote: ['sealed', 'What they noted about the reason, sealed under your key'],
    lookedAt: ['record', 'When'],
  },
})

/** Every time that a member of staff took a list of people out of the console. */
export const exports = pgTable(
  'exports',
  {
    id: ownId(),
    staffId: idOf('staff_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    people: integer().notNull(),
    narrowed: boolean().notNull(),
    topic: text(),
    exportedAt: moment('exported_at').notNull(),
  },
  (table) => [index('exports_staff').on(table.staffId), index('exports_at').on(table.exportedAt)],
)

export const exportsHeld = classify(exports, {
  says: 'Lists of people that you took out as a member of staff',
  about: { person: 'staffId' },
  basis: 'legitimate interest',
  keptFor: { days: 730, after: 'exportedAt' },
  onErasure: 'delete',
  serves: ['support', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the export'],
    staffId: ['reference', 'A number that stands for you'],
    people: ['record', 'How many people were on the list'],
    narrowed: ['record', 'Whether it was a part of all people'],
    topic: ['record', 'The topic of updates whose subscribers it listed'],
    exportedAt: ['record', 'When'],
  },
})
