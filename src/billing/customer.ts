/**
 * A customer: the keys under which Stripe knows somebody, and how things stand there. `sync` always asks
 * anew for everything and derives what changed from the difference, under a lock, so that order,
 * repetition and loss of Stripe's events change nothing.
 */
import { and, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import { DAY, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { asId, type Id, log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { personOf } from '../people/person.ts'
import {
  customerNow,
  houseMark,
  type KnownCustomer,
  type KnownInvoice,
  type KnownSubscription,
  newCustomer,
} from '../processors/stripe-customer.ts'
import type { StripeTerms } from '../processors/stripe-schedules.ts'
import { type Plan, planOf, planPricedBy, serviceBy } from '../services/catalogue.ts'
import {
  askToLeave,
  lockMembership,
  type Membership,
  membershipsOf,
  sameTerms,
  stand,
  stayAfterAll,
  type Standings,
  takeTerms,
  type Terms,
  toBuy,
} from '../services/membership.ts'
import type { House } from '../web/house.ts'
import { creditPaid, giveBack } from './deposit.ts'
import { endedLetter, failedLetter, worksAgainLetter } from './emails.ts'
import { customers, stripeInvoices, stripeSubscriptions } from './tables.ts'

export type Customer = typeof customers.$inferSelect
type Tx = For<'billing'>

/** One at a time for each person: a second tab and an event at the same moment wait for each other. */
export const lockCustomer = async (tx: Tx, personId: Id): Promise<void> =>
  void (await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`customer ${personId}`}, 0))`))

/** The person's customer, if they have one that is not closed. */
export async function customerOf(tx: Tx, personId: Id): Promise<Customer | undefined> {
  return (await tx.select().from(customers).where(eq(customers.personId, personId)))[0]
}

/** The keys at Stripe of those of these people who are customers. */
export async function livingKeys(tx: Tx, people: readonly Id[]): Promise<Map<Id, string>> {
  const { personId, stripeCustomer, closedAt } = customers
  const rows = await tx
    .select({ personId, stripeCustomer })
    .from(customers)
    .where(and(inArray(personId, [...people]), isNull(closedAt)))
  return new Map(rows.map((row) => [row.personId, row.stripeCustomer]))
}

/** The person's customer; made at Stripe when there is none. Only under the lock. */
export async function ensureCustomer(tx: Tx, house: House, personId: Id): Promise<string> {
  const known = await customerOf(tx, personId)
  if (known && !known.closedAt) return known.stripeCustomer
  const stripeCustomer = await newCustomer(house.config, personId, houseMark(house.db.keyring))
  await tx
    .insert(customers)
    .values({ personId, stripeCustomer, madeAt: now() })
    .onConflictDoUpdate({ target: customers.personId, set: { stripeCustomer, stripePaymentMethod: null, madeAt: now(), closedAt: null } })
  return stripeCustomer
}

/** Who is behind a key of Stripe's, as far as we know the key. */
export async function personBehind(tx: Tx, key: string): Promise<Id | undefined> {
  const { personId } = customers
  const ways = {
    cus_: () => tx.select({ personId }).from(customers).where(eq(customers.stripeCustomer, key)),
    sub_: () =>
      tx
        .select({ personId: stripeSubscriptions.personId })
        .from(stripeSubscriptions)
        .where(eq(stripeSubscriptions.stripeSubscription, key)),
    in_: () => tx.select({ personId: stripeInvoices.personId }).from(stripeInvoices).where(eq(stripeInvoices.stripeInvoice, key)),
  }
  const way = ways[(/^[a-z]+_/.exec(key)?.[0] ?? '') as keyof typeof ways] as (typeof ways)['cus_'] | undefined
  return (await way?.())?.[0]?.personId
}

/** Asks Stripe how things stand with a person and brings ours to it. Repeating it changes nothing. */
export async function sync(house: House, personId: Id): Promise<void> {
  await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, personId)
    const customer = await customerOf(tx, personId)
    if (!customer) return
    // What happens while Stripe answers may be missing from the answer.
    const askedAt = now()
    await bring(tx, house, { customer, askedAt, known: await customerNow(house.config, customer.stripeCustomer) })
  })
}

interface Bringing {
  readonly customer: Customer
  readonly askedAt: Date
  readonly known: KnownCustomer
}

async function bring(tx: Tx, house: House, { customer, askedAt, known }: Bringing): Promise<void> {
  const { personId } = customer
  await tx
    .update(customers)
    .set({
      stripePaymentMethod: known.paymentMethod ?? null,
      credit: known.credit,
      syncedAt: askedAt,
      ...(known.deleted ? { closedAt: customer.closedAt ?? now() } : {}),
    })
    .where(eq(customers.personId, personId))
  for (const invoice of known.invoices) await keepInvoice(tx, personId, invoice)
  await creditPaid(tx, house.config, { personId, customer: customer.stripeCustomer, invoices: known.invoices })
  if (cardChanged(customer, known)) await enqueue(tx, 'billing.retry', { personId })
  const theirs = new Set<string | undefined>((await membershipsOf(tx, personId)).map(({ id }) => id))
  const ours = known.subscriptions.filter(({ membership }) => theirs.has(membership))
  for (const subscription of ours) await keepSubscription(tx, personId, subscription)
  await forgetOthers(tx, personId, ours)
  for (const subscription of followed(ours)) await follow(tx, house, { subscription, known })
  await returnDeposits(tx, house, { customer, known })
  log('billing.synced', { person: personId, subscriptions: ours.length, invoices: known.invoices.length })
}

// Who has left everything, and owes nothing, gets back what is left of their deposits.
async function returnDeposits(tx: Tx, house: House, { customer, known }: Pick<Bringing, 'customer' | 'known'>): Promise<void> {
  const { subscriptions, invoices, credit, currency, drafting } = known
  if (credit === 0 || drafting || !subscriptions.every(({ status }) => over(status)) || invoices.some(({ status }) => status === 'open'))
    return
  if ((await membershipsOf(tx, customer.personId)).some((one) => toBuy(one))) return
  await giveBack(tx, house.config, { personId: customer.personId, customer: customer.stripeCustomer, credit, currency })
}

// A new card, and something that the old one did not pay: it is tried at once, not at Stripe's next turn.
const cardChanged = (customer: Customer, known: KnownCustomer): boolean =>
  known.paymentMethod !== undefined &&
  customer.stripePaymentMethod !== null &&
  known.paymentMethod !== customer.stripePaymentMethod &&
  known.invoices.some(({ status, attempts }) => status === 'open' && attempts > 0)

/** Of each membership's subscriptions the one that counts: one that lives before one that does not, then the latest. */
export const followed = (all: readonly KnownSubscription[]): KnownSubscription[] => [
  ...new Map(
    all
      .toSorted((a, b) => life(a.status) - life(b.status) || a.createdAt.getTime() - b.createdAt.getTime())
      .map((one) => [one.membership, one]),
  ).values(),
]

const life = (status: string): number => (over(status) ? 0 : status === 'incomplete' ? 1 : 2)

/** Has a subscription ended, so that it never charges again? */
export const over = (status: string): boolean => status === 'canceled' || status === 'incomplete_expired'

async function keepSubscription(tx: Tx, personId: Id, known: KnownSubscription): Promise<void> {
  const membershipId = asId(known.membership)
  if (!membershipId) return
  const { id, status, lookupKey, quantity, cents, currency, every, periodEnd, cancelAt, createdAt } = known
  const values = { status, lookupKey, quantity, cents, currency, every, periodEndAt: periodEnd, cancelAt }
  await tx
    .insert(stripeSubscriptions)
    .values({ stripeSubscription: id, personId, membershipId, ...values, begunAt: createdAt, endedAt: over(status) ? now() : null })
    .onConflictDoUpdate({
      target: stripeSubscriptions.stripeSubscription,
      set: { ...values, endedAt: over(status) ? sql`coalesce(${stripeSubscriptions.endedAt}, ${now().toISOString()}::timestamptz)` : null },
    })
}

// What Stripe no longer lists, because the customer is gone, has ended.
async function forgetOthers(tx: Tx, personId: Id, listed: readonly KnownSubscription[]): Promise<void> {
  const ids = listed.map(({ id }) => id)
  const gone = await tx
    .update(stripeSubscriptions)
    .set({ status: 'canceled', endedAt: now() })
    .where(
      and(
        eq(stripeSubscriptions.personId, personId),
        isNull(stripeSubscriptions.endedAt),
        ids.length > 0 ? notInArray(stripeSubscriptions.stripeSubscription, ids) : undefined,
      ),
    )
    .returning({ membershipId: stripeSubscriptions.membershipId })
  for (const { membershipId } of gone) {
    const membership = await lockMembership(tx, membershipId)
    const plan = membership && (await planOf(tx, membership.planId))
    if (plan && plan.kind !== 'free') await stand(tx, membershipId, { standing: 'ended' }, 'stripe')
  }
}

async function keepInvoice(tx: Tx, personId: Id, known: KnownInvoice): Promise<void> {
  const { id, subscription, status, due, paid, currency, attempts, nextAttempt, createdAt, paidAt } = known
  const values = { status, due, paid, currency, attempts, nextAttemptAt: nextAttempt, paidAt }
  await tx
    .insert(stripeInvoices)
    .values({ stripeInvoice: id, personId, stripeSubscription: subscription ?? null, ...values, madeAt: createdAt })
    .onConflictDoUpdate({ target: stripeInvoices.stripeInvoice, set: values })
}

/** The membership follows what Stripe says of its subscription; letters hang on what changed. */
async function follow(
  tx: Tx,
  house: House,
  { subscription, known }: { subscription: KnownSubscription; known: KnownCustomer },
): Promise<void> {
  const membership = await lockMembership(tx, asId(subscription.membership) ?? ('' as Id))
  const plan = membership && (await planOf(tx, membership.planId))
  if (!membership || !plan) return
  // What ended long ago, or never began, says nothing about a free plan.
  if (plan.kind === 'free' && (over(subscription.status) || subscription.status === 'incomplete')) return
  if (over(subscription.status) && (await goOnForNothing(tx, membership))) return
  await followTerms(tx, membership, subscription)
  await followLeaving(tx, membership, subscription)
  const to = standingFor(subscription, { plan, membership, known })
  if (to && (await stand(tx, membership.id, to, 'stripe'))) await tell(tx, house, membership, to)
}

/** What was paid for has ended, and a free plan was to follow. */
async function goOnForNothing(tx: Tx, membership: Membership): Promise<boolean> {
  const next = membership.nextPlanId ? await planOf(tx, membership.nextPlanId) : undefined
  if (next?.kind !== 'free') return false
  await takeTerms(tx, membership, { now: { planId: next.id, seats: 1 }, next: null })
  await stand(tx, membership.id, { standing: 'active', paidUntil: null }, 'stripe')
  return true
}

// What was never paid for changes nothing.
async function followTerms(
  tx: Tx,
  membership: Membership,
  { status, planned, follows, cancelAt, ...bought }: KnownSubscription,
): Promise<void> {
  if (over(status) || status === 'incomplete') return
  const today = await termsIn(tx, membership, bought)
  const free = cancelAt && follows ? { planId: follows, seats: 1 } : null
  const next = free ?? (planned && (await termsIn(tx, membership, planned)))
  await takeTerms(tx, membership, { now: today, next: next && sameTerms(next, today) ? null : next })
}

// A price that no plan of ours has is left alone.
async function termsIn(tx: Tx, membership: Membership, { lookupKey, quantity }: StripeTerms): Promise<Terms> {
  const plan = lookupKey ? await planPricedBy(tx, membership.serviceId, lookupKey) : undefined
  const planId = plan?.id ?? membership.planId
  return { planId, seats: quantity ?? (planId === membership.planId ? membership.seats : 1) }
}

// Asked on our page or on Stripe's: both come from Stripe here.
async function followLeaving(tx: Tx, membership: Membership, { follows, status, ...subscription }: KnownSubscription): Promise<void> {
  const cancelAt = follows ? null : subscription.cancelAt
  if (over(status) || membership.leavesAt?.getTime() === cancelAt?.getTime()) return
  await (cancelAt ? askToLeave(tx, membership, cancelAt) : stayAfterAll(tx, membership))
}

interface Around {
  readonly plan: Pick<Plan, 'graceDays'>
  readonly membership: Pick<Membership, 'standing' | 'graceUntil'>
  readonly known: Pick<KnownCustomer, 'invoices'>
}

/** How a membership stands, given how its subscription does. Grace begins with the first failure and does not begin anew. */
export function standingFor(subscription: KnownSubscription, { plan, membership, known }: Around): Standings | undefined {
  const { status, periodEnd } = subscription
  if (over(status)) return { standing: 'ended' }
  if (status === 'incomplete') return undefined
  if (subscription.paused || status === 'paused') return { standing: 'paused' }
  if (status === 'trialing') return { standing: 'trial', paidUntil: periodEnd }
  if (status === 'active') return { standing: 'active', paidUntil: periodEnd }
  if (status === 'unpaid') return { standing: 'suspended' }
  const failedAt = firstFailure(known.invoices, subscription.id)
  const graceUntil = membership.graceUntil ?? new Date((failedAt ?? now()).getTime() + plan.graceDays * DAY)
  return membership.standing === 'suspended' || graceUntil <= now() ? { standing: 'suspended' } : { standing: 'grace', graceUntil }
}

const firstFailure = (invoices: readonly KnownInvoice[], subscription: string): Date | undefined =>
  invoices
    .filter((invoice) => invoice.subscription === subscription && invoice.status === 'open' && invoice.attempts > 0)
    .map(({ createdAt }) => createdAt)
    .toSorted((a, b) => a.getTime() - b.getTime())[0]

// Only what a person must know: that a payment failed, that the door closed, that it is open again.
async function tell(tx: Tx, house: House, before: Membership, to: Standings): Promise<void> {
  const [person, service] = [await personOf(tx, before.personId), await serviceBy(tx, { id: before.serviceId })]
  if (!person || !service || before.standing === to.standing) return
  const about = { person, service: service.title, membershipId: before.id }
  if (to.standing === 'grace') await post(tx, failedLetter(house, { ...about, until: to.graceUntil }))
  if (to.standing === 'ended') await post(tx, endedLetter(house, about))
  if (to.standing === 'active' && ['grace', 'suspended'].includes(before.standing)) await post(tx, worksAgainLetter(house, about))
}
