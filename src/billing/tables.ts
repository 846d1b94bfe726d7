import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import type { RowRule } from '../database/row-rules.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

// What a column may hold is checked by the database: an opaque key has its form, and nothing else fits in.
const currency = sql.raw(`'^[a-z]{3}$'`)
const keyed = (column: unknown, prefix: string) => sql`${column} ~ ${sql.raw(`'^${prefix}_[A-Za-z0-9_]{6,250}$'`)}`

/** A person's opaque keys at Stripe. */
export const customers = pgTable(
  'customers',
  {
    personId: uuid('person_id')
      .primaryKey()
      .$type<Id>()
      .references(() => people.id, { onDelete: 'restrict' }),
    stripeCustomer: text('stripe_customer').notNull(),
    stripePaymentMethod: text('stripe_payment_method'),
    credit: bigint({ mode: 'number' }).notNull().default(0),
    exposureLimit: bigint('exposure_limit', { mode: 'number' }),
    madeAt: moment('made_at').notNull(),
    syncedAt: moment('synced_at'),
    closedAt: moment('closed_at'),
  },
  (table) => [
    uniqueIndex('customers_stripe').on(table.stripeCustomer),
    check('customers_stripe_customer', keyed(table.stripeCustomer, 'cus')),
    check('customers_stripe_payment_method', keyed(table.stripePaymentMethod, 'pm')),
    check('customers_exposure_limit', sql`${table.exposureLimit} between 0 and 100000000`),
  ],
)

export const customersHeld = classify(customers, {
  says: 'The keys that stand for you at Stripe',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { while: 'you use or have used something that is paid for' },
  onErasure: 'delete',
  serves: ['billing', 'rights'],
  columns: {
    personId: ['reference', 'A number that stands for you'],
    stripeCustomer: ['billing', 'A key that stands for you at Stripe'],
    stripePaymentMethod: ['billing', 'A key that stands for your card at Stripe; it tells nothing about the card'],
    credit: ['billing', 'What is to your credit at Stripe, in the smallest unit'],
    exposureLimit: ['billing', 'Up to how much you may owe before a member of staff looks, where one said so'],
    madeAt: ['record', 'When it was made'],
    syncedAt: ['record', 'When we last asked Stripe how things stand'],
    closedAt: ['record', 'When it was closed at Stripe'],
  },
})

/** Whom the billing purpose knows by name and address at all. */
export const billingKnows: RowRule = {
  table: 'people',
  purpose: 'billing',
  says: 'customers with a membership, whose data is not restricted',
  where: `exists (select from customers where customers.person_id = people.id)
      and exists (select from memberships where memberships.person_id = people.id)
      and not exists (select from restrictions where restrictions.person_id = people.id)`,
}

/** What is paid for regularly, as Stripe last said. */
export const stripeSubscriptions = pgTable(
  'stripe_subscriptions',
  {
    stripeSubscription: text('stripe_subscription').primaryKey(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    // A foreign key to memberships, by migration: rooms do not import each other's tables.
    membershipId: idOf('membership_id').notNull(),
    status: text().notNull(),
    lookupKey: text('lookup_key'),
    quantity: integer(),
    cents: bigint({ mode: 'number' }),
    currency: text().notNull(),
    every: text(),
    periodEndAt: moment('period_end_at'),
    cancelAt: moment('cancel_at'),
    begunAt: moment('begun_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('stripe_subscriptions_person').on(table.personId),
    index('stripe_subscriptions_membership').on(table.membershipId),
    index('stripe_subscriptions_ended').on(table.endedAt),
    check('stripe_subscriptions_key', keyed(table.stripeSubscription, 'sub')),
    check('stripe_subscriptions_status', sql`${table.status} ~ '^[a-z_]{4,30}$'`),
    check('stripe_subscriptions_currency', sql`${table.currency} ~ ${currency}`),
    check('stripe_subscriptions_every', sql`${table.every} in ('day', 'week', 'month', 'year')`),
    check('stripe_subscriptions_price', sql`${table.lookupKey} ~ '^[A-Za-z0-9_.-]{1,200}$'`),
  ],
)

export const stripeSubscriptionsHeld = classify(stripeSubscriptions, {
  says: 'What you pay for regularly',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { days: 730, after: 'endedAt' },
  onErasure: 'delete',
  serves: ['billing', 'rights', 'operations'],
  columns: {
    stripeSubscription: ['billing', 'A key that stands for it at Stripe'],
    personId: ['reference', 'A number that stands for you'],
    membershipId: ['reference', 'A number that stands for the membership that it pays for'],
    status: ['billing', 'How it stands at Stripe'],
    lookupKey: ['billing', 'The name of its price'],
    quantity: ['billing', 'How many of it'],
    cents: ['billing', 'What one costs, in the smallest unit'],
    currency: ['billing', 'In which currency'],
    every: ['billing', 'How often it is paid'],
    periodEndAt: ['record', 'Until when it is paid'],
    cancelAt: ['record', 'When it will end'],
    begunAt: ['record', 'When it began'],
    endedAt: ['record', 'When it ended'],
  },
})

/** Invoices as amounts and dates; who and for what stands at Stripe. */
export const stripeInvoices = pgTable(
  'stripe_invoices',
  {
    stripeInvoice: text('stripe_invoice').primaryKey(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    stripeSubscription: text('stripe_subscription'),
    status: text().notNull(),
    due: bigint({ mode: 'number' }).notNull(),
    paid: bigint({ mode: 'number' }).notNull(),
    currency: text().notNull(),
    attempts: integer().notNull(),
    nextAttemptAt: moment('next_attempt_at'),
    madeAt: moment('made_at').notNull(),
    paidAt: moment('paid_at'),
  },
  (table) => [
    index('stripe_invoices_person').on(table.personId, table.madeAt),
    index('stripe_invoices_made').on(table.madeAt),
    check('stripe_invoices_key', keyed(table.stripeInvoice, 'in')),
    check('stripe_invoices_subscription', keyed(table.stripeSubscription, 'sub')),
    check('stripe_invoices_status', sql`${table.status} ~ '^[a-z_]{4,30}$'`),
    check('stripe_invoices_currency', sql`${table.currency} ~ ${currency}`),
  ],
)

export const stripeInvoicesHeld = classify(stripeInvoices, {
  says: 'Your invoices, as amounts and dates',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { days: 730, after: 'madeAt' },
  onErasure: 'delete',
  serves: ['billing', 'rights', 'operations'],
  columns: {
    stripeInvoice: ['billing', 'A key that stands for the invoice at Stripe'],
    personId: ['reference', 'A number that stands for you'],
    stripeSubscription: ['billing', 'A key that stands for what it is about'],
    status: ['billing', 'How it stands'],
    due: ['billing', 'How much was due, in the smallest unit'],
    paid: ['billing', 'How much was paid, in the smallest unit'],
    currency: ['billing', 'In which currency'],
    attempts: ['billing', 'How often payment was tried'],
    nextAttemptAt: ['record', 'When it is tried next'],
    madeAt: ['record', 'When it was made'],
    paidAt: ['record', 'When it was paid'],
  },
})

/** Which events Stripe told of: never what stood in them. */
export const stripeInbox = pgTable(
  'stripe_inbox',
  {
    id: ownId(),
    event: text().notNull(),
    type: text().notNull(),
    object: text(),
    receivedAt: moment('received_at').notNull(),
    doneAt: moment('done_at'),
  },
  (table) => [
    uniqueIndex('stripe_inbox_event').on(table.event),
    index('stripe_inbox_received').on(table.receivedAt),
    check('stripe_inbox_event_key', keyed(table.event, 'evt')),
    check('stripe_inbox_type', sql`${table.type} ~ '^[a-z0-9_.]{3,100}$'`),
    check('stripe_inbox_object', keyed(table.object, '[a-z]{2,20}')),
  ],
)

export const stripeInboxHeld = classify(stripeInbox, {
  says: 'Which events Stripe told us of',
  about: 'nobody',
  basis: 'contract',
  keptFor: { days: 30, after: 'receivedAt' },
  onErasure: { keep: 'The key of an event names nobody once your keys are gone', until: '30 days have passed' },
  serves: ['billing', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the event'],
    event: ['billing', 'A key that stands for it at Stripe'],
    type: ['billing', 'Of which kind it was'],
    object: ['billing', 'A key that stands for what it was about, until it is done'],
    receivedAt: ['record', 'When it came'],
    doneAt: ['record', 'When we had asked Stripe how things stand since'],
  },
})

/** What decides whether a card qualifies for a service; each change is a new version. */
export interface Terms {
  readonly authentication: 'ignore' | 'review' | 'fail'
  readonly cvc: 'ignore' | 'review' | 'fail'
  readonly address: 'ignore' | 'review' | 'fail'
  readonly prepaid: 'ignore' | 'review' | 'fail'
  readonly duplicate: 'ignore' | 'review' | 'fail'
  /** Countries (ISO 3166-1) that are served; empty: all. */
  readonly countries: readonly string[]
  readonly abroad: 'ignore' | 'review' | 'fail'
  /** Exposure in cents above which a person looks. */
  readonly reviewAbove: number
  /** Exposure in cents above which two people must agree. */
  readonly twoAbove: number
  /** After so many days a decision is made anew when it matters. */
  readonly validDays: number
}

export const qualificationPolicies = pgTable(
  'qualification_policies',
  {
    id: ownId(),
    // The service that it is for; null: every service without a policy of its own.
    serviceId: idOf('service_id'),
    version: integer().notNull(),
    terms: jsonb().$type<Terms>().notNull(),
    authorId: idOf('author_id').references(() => people.id, { onDelete: 'restrict' }),
    madeAt: moment('made_at').notNull(),
  },
  (table) => [
    uniqueIndex('qualification_policies_version').on(
      sql`coalesce(${table.serviceId}, '00000000-0000-0000-0000-000000000000')`,
      table.version,
    ),
    index('qualification_policies_author').on(table.authorId),
  ],
)

export const qualificationPoliciesHeld = classify(qualificationPolicies, {
  says: 'The rules by which a card qualifies',
  about: { authors: ['authorId'] },
  basis: 'legitimate interest',
  keptFor: { while: 'a decision refers to it' },
  onErasure: { keep: 'A rule is no personal data; its author is taken out', until: 'it is replaced and no decision refers to it' },
  serves: ['billing', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the rules'],
    serviceId: ['reference', 'The service that they are for'],
    version: ['record', 'Their version'],
    terms: [
      'content',
      'The rules (keys: authentication, cvc, address, prepaid, duplicate, countries, abroad, reviewAbove, twoAbove, validDays)',
    ],
    authorId: ['reference', 'A number that stands for the member of staff who wrote them'],
    madeAt: ['record', 'Since when they hold'],
  },
})

export const outcomes = ['pass', 'review', 'fail'] as const
export type Outcome = (typeof outcomes)[number]
export const reasonCodes = [
  'issuer_declined',
  'setup_failed',
  'authentication_failed',
  'cvc_fail',
  'address_fail',
  'prepaid_not_accepted',
  'country_not_served',
  'card_already_used',
  'exposure',
  'large_exposure',
  'payment_history',
  'staff_override',
] as const
export type ReasonCode = (typeof reasonCodes)[number]

/** Decisions: an outcome, its reasons and dates. What they were decided from is kept nowhere. */
export const qualifications = pgTable(
  'qualifications',
  {
    id: ownId(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    membershipId: idOf('membership_id').notNull(),
    policyVersion: integer('policy_version').notNull(),
    outcome: text({ enum: outcomes }).notNull(),
    reasons: jsonb().$type<ReasonCode[]>().notNull(),
    // Keyed hash of Stripe's own mark for the card, to see a card that others use too; it expires with the decision.
    cardHash: text('card_hash'),
    stripeSetup: text('stripe_setup'),
    stripePaymentMethod: text('stripe_payment_method'),
    decidedBy: idOf('decided_by').references(() => people.id, { onDelete: 'restrict' }),
    secondedBy: idOf('seconded_by').references(() => people.id, { onDelete: 'restrict' }),
    askedForHumanAt: moment('asked_for_human_at'),
    triedAt: moment('tried_at'),
    decidedAt: moment('decided_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    index('qualifications_person').on(table.personId),
    index('qualifications_membership').on(table.membershipId, table.decidedAt),
    index('qualifications_card').on(table.cardHash),
    index('qualifications_waiting').on(table.decidedAt).where(sql`${table.outcome} = 'review'`),
    index('qualifications_expires').on(table.expiresAt),
    index('qualifications_decider').on(table.decidedBy),
    index('qualifications_second').on(table.secondedBy),
    check('qualifications_setup', keyed(table.stripeSetup, 'seti')),
    check('qualifications_payment_method', keyed(table.stripePaymentMethod, 'pm')),
    check('qualifications_two_people', sql`${table.secondedBy} is distinct from ${table.decidedBy} or ${table.secondedBy} is null`),
  ],
)

export const qualificationsHeld = classify(qualifications, {
  says: 'Whether your card qualified, and why',
  about: { person: 'personId', authors: ['decidedBy', 'secondedBy'] },
  basis: 'contract',
  keptFor: { until: 'expiresAt', says: 'until it expires, a year at most' },
  onErasure: 'delete',
  serves: ['billing', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the decision'],
    personId: ['reference', 'A number that stands for you'],
    membershipId: ['reference', 'A number that stands for the membership'],
    policyVersion: ['record', 'By which version of the rules'],
    outcome: ['billing', 'What was decided'],
    reasons: ['billing', 'For which reasons'],
    cardHash: ['billing', 'A hash that tells whether others gave the same card'],
    stripeSetup: ['billing', 'A key that stands for giving the card at Stripe'],
    stripePaymentMethod: ['billing', 'A key that stands for the card at Stripe'],
    decidedBy: ['record', 'A number that stands for the member of staff who decided; none: the program did'],
    secondedBy: ['record', 'A number that stands for the second member of staff'],
    askedForHumanAt: ['record', 'When you asked that a person looks'],
    triedAt: ['record', 'When the first payment was tried with this card'],
    decidedAt: ['record', 'When'],
    expiresAt: ['record', 'Until when it holds'],
  },
})
