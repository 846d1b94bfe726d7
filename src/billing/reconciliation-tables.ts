import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { moment, ownId } from '../database/columns.ts'

/** Each time that we compared what we keep with what Stripe says. */
export const reconciliations = pgTable(
  'reconciliations',
  {
    id: ownId(),
    begunAt: moment('begun_at').notNull(),
    doneAt: moment('done_at'),
    events: integer().notNull().default(0),
    asked: integer().notNull().default(0),
    customers: integer().notNull().default(0),
  },
  (table) => [index('reconciliations_begun').on(table.begunAt)],
)

export const reconciliationsHeld = classify(reconciliations, {
  says: 'When we compared what we keep with what Stripe says',
  about: 'nobody',
  basis: 'contract',
  keptFor: { days: 90, after: 'begunAt' },
  onErasure: { keep: 'Numbers that name nobody', until: '90 days have passed' },
  serves: ['billing', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for it'],
    begunAt: ['record', 'When it began'],
    doneAt: ['record', 'When it was done'],
    events: ['record', 'How many events Stripe listed'],
    asked: ['record', 'How many customers were asked about anew'],
    customers: ['record', 'How many customers Stripe listed'],
  },
})

export const findingKinds = [
  'missed events',
  'out of step',
  'two subscriptions',
  'paid for nothing',
  'living after erasure',
  'left over customer',
  'lost customer',
  'second customer',
  'no destination',
  'destination elsewhere',
  'destination off',
  'payloads sent',
] as const
export type FindingKind = (typeof findingKinds)[number]
export const menders = ['program', 'staff', 'itself'] as const
export type Mender = (typeof menders)[number]

/** What did not agree. Whom it is about stands in none of them: the mark only tells whether it is found again. */
export const stripeFindings = pgTable(
  'stripe_findings',
  {
    id: ownId(),
    kind: text({ enum: findingKinds }).notNull(),
    mark: text().notNull(),
    // Where events are sent to: no other key of Stripe's fits in.
    destination: text(),
    times: integer().notNull().default(1),
    foundAt: moment('found_at').notNull(),
    seenAt: moment('seen_at').notNull(),
    mendedAt: moment('mended_at'),
    mendedBy: text('mended_by', { enum: menders }),
  },
  (table) => [
    uniqueIndex('stripe_findings_open').on(table.kind, table.mark).where(sql`${table.mendedAt} is null`),
    index('stripe_findings_seen').on(table.seenAt),
    check('stripe_findings_mark', sql`${table.mark} ~ '^[A-Za-z0-9_-]{43}$'`),
    check('stripe_findings_destination', sql`${table.destination} ~ '^(ed|we)_[A-Za-z0-9_]{6,250}$'`),
    check('stripe_findings_mended', sql`(${table.mendedAt} is null) = (${table.mendedBy} is null)`),
  ],
)

export const stripeFindingsHeld = classify(stripeFindings, {
  says: 'What did not agree between us and Stripe',
  about: 'nobody',
  basis: 'contract',
  keptFor: { days: 400, after: 'seenAt' },
  onErasure: { keep: 'A finding names nobody', until: '400 days after it was last seen' },
  serves: ['billing', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the finding'],
    kind: ['record', 'Of which kind it is'],
    mark: ['reference', 'A keyed hash by which the same finding is known again'],
    destination: ['billing', 'A key that stands for where Stripe sends its events'],
    times: ['record', 'How often'],
    foundAt: ['record', 'When it was found'],
    seenAt: ['record', 'When it was last seen'],
    mendedAt: ['record', 'When it was mended'],
    mendedBy: ['record', 'By whom: the program, our staff, or by itself'],
  },
})

/** Who was a customer and is erased, so that one who comes back at Stripe is recognised, and deleted there too. */
export const stripeTombstones = pgTable(
  'stripe_tombstones',
  {
    mark: text().primaryKey(),
    closedAt: moment('closed_at').notNull(),
    keptUntil: moment('kept_until_at').notNull(),
  },
  (table) => [
    index('stripe_tombstones_until').on(table.keptUntil),
    check('stripe_tombstones_mark', sql`${table.mark} ~ '^[A-Za-z0-9_-]{43}$'`),
  ],
)

export const stripeTombstonesHeld = classify(stripeTombstones, {
  says: 'Customers at Stripe that must stay deleted',
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { until: 'keptUntil', says: 'as long as the law makes Stripe keep the invoices' },
  onErasure: {
    keep: 'A keyed hash names nobody; by it a customer who came back is known and deleted again',
    until: 'the law lets go of the invoices',
  },
  serves: ['billing', 'operations'],
  columns: {
    mark: ['reference', 'A keyed hash of the key that stood for the customer at Stripe'],
    closedAt: ['record', 'When the customer was deleted'],
    keptUntil: ['record', 'Until when the hash is kept'],
  },
})
