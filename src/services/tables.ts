import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { people } from '../people/tables.ts'

/** The catalogue. A service follows its file in `content/services` until staff change it in the console. */
export const services = pgTable(
  'services',
  {
    id: ownId(),
    slug: text().notNull(),
    title: text().notNull(),
    summary: text().notNull(),
    words: text().notNull(),
    help: text(),
    place: integer().notNull(),
    listedAt: moment('listed_at').notNull(),
    changedAt: moment('changed_at'),
    closedAt: moment('closed_at'),
  },
  (table) => [uniqueIndex('services_slug').on(table.slug)],
)

export const servicesHeld = classify(services, {
  says: 'The services that there are',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the service is offered or somebody uses it' },
  onErasure: { keep: 'A service is no personal data', until: 'it is taken out of the catalogue' },
  serves: ['service', 'billing', 'updates', 'support', 'personalisation'],
  reads: ['rights'],
  columns: {
    id: ['reference', 'A number that stands for the service'],
    slug: ['content', 'Its name in addresses'],
    title: ['content', 'Its name'],
    summary: ['content', 'What it is, in a sentence'],
    words: ['content', 'What it is, at length'],
    help: ['content', 'The help article that belongs to it'],
    place: ['content', 'Its place in the catalogue'],
    listedAt: ['record', 'When it came into the catalogue'],
    changedAt: ['record', 'When staff last changed it'],
    closedAt: ['record', 'When it was closed to new members'],
  },
})

export const planKinds = ['free', 'flat', 'seat', 'metered', 'tiered'] as const
export type PlanKind = (typeof planKinds)[number]

/** What one unit costs up to so many of them; the last tier has no end. */
export interface Tier {
  readonly upTo: number | null
  readonly cents: number
}

/** One currency's amount, in the smallest unit: for a flat price, a seat, or a unit of what is metered. */
export type Amounts = Readonly<Record<string, number>>

export const plans = pgTable(
  'plans',
  {
    id: ownId(),
    serviceId: idOf('service_id')
      .notNull()
      .references(() => services.id, { onDelete: 'restrict' }),
    slug: text().notNull(),
    title: text().notNull(),
    kind: text({ enum: planKinds }).notNull(),
    lookupKey: text('lookup_key'),
    amounts: jsonb().$type<Amounts>().notNull(),
    tiers: jsonb().$type<readonly Tier[]>().notNull(),
    every: text({ enum: ['month', 'year'] }).notNull(),
    tax: text({ enum: ['exclusive', 'inclusive'] }).notNull(),
    trialDays: integer('trial_days').notNull().default(0),
    graceDays: integer('grace_days').notNull().default(7),
    meter: text(),
    limits: jsonb().$type<Readonly<Record<string, number>>>().notNull(),
    place: integer().notNull(),
    offeredAt: moment('offered_at').notNull(),
    changedAt: moment('changed_at'),
    retiredAt: moment('retired_at'),
  },
  (table) => [
    uniqueIndex('plans_slug').on(table.serviceId, table.slug),
    check('plans_paid_by_key', sql`(${table.kind} = 'free') = (${table.lookupKey} is null)`),
    check('plans_metered', sql`(${table.kind} in ('metered', 'tiered')) = (${table.meter} is not null)`),
  ],
)

export const plansHeld = classify(plans, {
  says: 'The plans of the services',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the service is offered or somebody uses it' },
  onErasure: { keep: 'A plan is no personal data', until: 'it is taken out of the catalogue' },
  serves: ['service', 'billing', 'updates', 'support', 'personalisation'],
  columns: {
    id: ['reference', 'A number that stands for the plan'],
    serviceId: ['reference', 'A number that stands for the service'],
    slug: ['content', 'Its name in addresses'],
    title: ['content', 'Its name'],
    kind: ['content', 'How it is paid'],
    lookupKey: ['content', 'The name of its price at Stripe'],
    amounts: ['content', 'What it costs, by currency'],
    tiers: ['content', 'What a unit costs up to how many (keys: upTo, cents)'],
    every: ['content', 'How often it is paid'],
    tax: ['content', 'Whether tax is in the price'],
    trialDays: ['content', 'For how many days it can be tried'],
    graceDays: ['content', 'For how many days it works on when a payment fails'],
    meter: ['content', 'What is counted'],
    limits: ['content', 'How much of what it allows, by name'],
    place: ['content', 'Its place among the plans'],
    offeredAt: ['record', 'Since when it is offered'],
    changedAt: ['record', 'When staff last changed it'],
    retiredAt: ['record', 'When it was closed to new members'],
  },
})

/** How a membership stands; only trial, active and grace open the service. */
export const standings = ['waiting', 'trial', 'active', 'grace', 'suspended', 'paused', 'ended'] as const
export type Standing = (typeof standings)[number]

export const memberships = pgTable(
  'memberships',
  {
    id: ownId(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    serviceId: idOf('service_id')
      .notNull()
      .references(() => services.id, { onDelete: 'restrict' }),
    planId: idOf('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'restrict' }),
    nextPlanId: idOf('next_plan_id').references(() => plans.id, { onDelete: 'restrict' }),
    seats: integer().notNull().default(1),
    nextSeats: integer('next_seats'),
    standing: text({ enum: standings }).notNull(),
    joinedAt: moment('joined_at').notNull(),
    paidUntil: moment('paid_until_at'),
    graceUntil: moment('grace_until_at'),
    leavesAt: moment('leaves_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [
    // One living membership a person and service: a second tab and a double click find the first one.
    uniqueIndex('memberships_living').on(table.personId, table.serviceId).where(sql`${table.endedAt} is null`),
    index('memberships_person').on(table.personId),
    index('memberships_service').on(table.serviceId, table.standing),
    index('memberships_ended').on(table.endedAt),
    check('memberships_ended_is_ended', sql`(${table.standing} = 'ended') = (${table.endedAt} is not null)`),
    check('memberships_seats', sql`${table.seats} between 1 and 100000`),
    check('memberships_next_seats', sql`${table.nextSeats} between 1 and 100000`),
  ],
)

export const membershipsHeld = classify(memberships, {
  says: 'Services that you registered for',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { days: 730, after: 'endedAt' },
  onErasure: 'delete',
  serves: ['service', 'billing', 'updates', 'support', 'personalisation', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the membership'],
    personId: ['reference', 'A number that stands for you'],
    serviceId: ['reference', 'A number that stands for the service'],
    planId: ['membership', 'A number that stands for the plan'],
    nextPlanId: ['membership', 'The plan that follows at the next renewal'],
    seats: ['membership', 'For how many people'],
    nextSeats: ['membership', 'For how many people from the next renewal on'],
    standing: ['membership', 'How it stands'],
    joinedAt: ['record', 'When you registered for it'],
    paidUntil: ['record', 'Until when it is paid'],
    graceUntil: ['record', 'Until when it works although a payment failed'],
    leavesAt: ['record', 'When it ends, as you asked'],
    endedAt: ['record', 'When it ended'],
  },
})

export const stepKinds = [
  'registered',
  'trial began',
  'opened',
  'paid',
  'payment failed',
  'suspended',
  'plan changed',
  'plan change planned',
  'seats changed',
  'seats change planned',
  'change withdrawn',
  'paused',
  'resumed',
  'leaving asked',
  'leaving withdrawn',
  'ended',
] as const
export type StepKind = (typeof stepKinds)[number]
export const actors = ['person', 'staff', 'stripe', 'clock'] as const
export type Actor = (typeof actors)[number]

/** What happened to a membership, step by step: the timeline that its person reads. */
export const membershipSteps = pgTable(
  'membership_steps',
  {
    id: ownId(),
    membershipId: idOf('membership_id')
      .notNull()
      .references(() => memberships.id, { onDelete: 'restrict' }),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    step: text({ enum: stepKinds }).notNull(),
    by: text({ enum: actors }).notNull(),
    happenedAt: moment('happened_at').notNull(),
  },
  (table) => [
    index('membership_steps_membership').on(table.membershipId, table.happenedAt),
    index('membership_steps_person').on(table.personId),
    index('membership_steps_at').on(table.happenedAt),
  ],
)

export const membershipStepsHeld = classify(membershipSteps, {
  says: 'What happened to your services, step by step',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { days: 730, after: 'happenedAt' },
  onErasure: 'delete',
  serves: ['service', 'billing', 'support', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the step'],
    membershipId: ['reference', 'A number that stands for the membership'],
    personId: ['reference', 'A number that stands for you'],
    step: ['membership', 'What happened'],
    by: ['membership', 'By whom: you, our staff, Stripe, or the calendar'],
    happenedAt: ['record', 'When it happened'],
  },
})

/** The ledger of usage: what a service told, once, under the service's own number for it. */
export const usage = pgTable(
  'usage_records',
  {
    serviceId: idOf('service_id')
      .notNull()
      .references(() => services.id, { onDelete: 'restrict' }),
    record: text().notNull(),
    membershipId: idOf('membership_id')
      .notNull()
      .references(() => memberships.id, { onDelete: 'restrict' }),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    meter: text().notNull(),
    quantity: bigint({ mode: 'number' }).notNull(),
    happenedAt: moment('happened_at').notNull(),
    receivedAt: moment('received_at').notNull(),
    billedAs: idOf('billed_as'),
    billedAt: moment('billed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.record] }),
    index('usage_records_membership').on(table.membershipId, table.meter, table.happenedAt),
    index('usage_records_person').on(table.personId),
    index('usage_records_received').on(table.receivedAt),
    index('usage_records_bundled').on(table.billedAs).where(sql`${table.billedAt} is null and ${table.billedAs} is not null`),
    index('usage_records_unbilled').on(table.receivedAt).where(sql`${table.billedAt} is null`),
    check('usage_records_quantity', sql`${table.quantity} between 0 and 1000000000000`),
  ],
)

export const usageHeld = classify(usage, {
  says: 'How much of a service you used',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { days: 400, after: 'receivedAt' },
  onErasure: 'delete',
  serves: ['service', 'billing', 'rights', 'operations'],
  columns: {
    serviceId: ['reference', 'A number that stands for the service'],
    record: ['reference', 'The service’s own number for this use'],
    membershipId: ['reference', 'A number that stands for the membership'],
    personId: ['reference', 'A number that stands for you'],
    meter: ['usage', 'What was counted'],
    quantity: ['usage', 'How much'],
    happenedAt: ['record', 'When you used it'],
    receivedAt: ['record', 'When the service told us'],
    billedAs: ['billing', 'With which others it was told to Stripe: a number'],
    billedAt: ['record', 'When it was put on a bill'],
  },
})
