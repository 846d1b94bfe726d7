/**
 * Buying: from a membership that waits, over Stripe's page for the card and the decision whether it
 * qualifies, to a subscription. Every step can be repeated: a second tab, a double click and a browser
 * that comes back find what the first one did.
 */
import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { customerNow, payOpenInvoices } from '../processors/stripe-customer.ts'
import { type Signals, setupPage, signalsFor } from '../processors/stripe-pages.ts'
import { subscribe, useCard } from '../processors/stripe-purchase.ts'
import { type Plan, planOf } from '../services/catalogue.ts'
import { lockMembership, type Membership, membershipOf, membershipsOf, toBuy, triedBefore } from '../services/membership.ts'
import { amountIn } from '../services/price.ts'
import type { House } from '../web/house.ts'
import { customerOf, ensureCustomer, lockCustomer, sync } from './customer.ts'
import { collect, openDeposit } from './deposit.ts'
import { exposureNow, exposureWith, limitFor } from './exposure.ts'
import { type Policy, policyFor } from './card-rules.ts'
import { noteTry, qualify } from './qualification.ts'
import { stripeSubscriptions } from './tables.ts'

type Tx = For<'billing'>

/** Whose membership, and which. */
export interface Whose {
  readonly personId: Id
  readonly membershipId: Id
}

/** Stripe's page for the card; undefined when nothing waits for one. */
export async function cardPage(house: House, { personId, membershipId, wanted }: Whose & { wanted: string }): Promise<string | undefined> {
  return house.db.as('billing', async (tx) => {
    await lockCustomer(tx, personId)
    const membership = await membershipOf(tx, personId, membershipId)
    const terms = membership && toBuy(membership)
    const plan = terms && (await planOf(tx, terms.planId))
    if (!plan) return undefined
    const currency = await currencyFor(tx, personId, { plan, wanted })
    const customer = await ensureCustomer(tx, house, personId)
    const here = `${house.config.origin}/account/billing`
    const back = { done: `${here}/return/${membershipId}`, left: `${here}/begin/${membershipId}` }
    return setupPage(house.config, { customer, membership: membershipId, currency, back })
  })
}

/** A plan as it is for a person: with a trial once for each service. */
export async function offeredTo(tx: Tx, personId: Id, planId: Id): Promise<Plan | undefined> {
  const plan = await planOf(tx, planId)
  return plan && (await triedBefore(tx, personId, plan.serviceId)) ? { ...plan, trialDays: 0 } : plan
}

/** The currency in which a person pays for a plan: that of what they pay for already, else the one that they would like. */
export async function currencyFor(tx: Tx, personId: Id, { plan, wanted }: { plan: Plan; wanted: string }): Promise<string> {
  return amountIn(plan, (await payingCurrency(tx, personId)) ?? wanted).currency
}

/** The currency of what a person pays for now. */
export async function payingCurrency(tx: Tx, personId: Id): Promise<string | undefined> {
  const [living] = await tx
    .select({ currency: stripeSubscriptions.currency })
    .from(stripeSubscriptions)
    .where(and(eq(stripeSubscriptions.personId, personId), isNull(stripeSubscriptions.endedAt)))
    .limit(1)
  return living?.currency
}

/** Where buying stands. */
export type Stage = 'open' | 'deposit' | 'review' | 'refused' | 'no card' | 'payment failed' | 'gone'

/** Goes as far as can be gone now: decides about the card, and subscribes when it qualifies. */
export async function settle(house: House, whose: Whose): Promise<Stage> {
  const stage = await house.db.as('billing', (tx) => settleUnderLock(tx, house, whose))
  if (stage === 'open') await sync(house, whose.personId)
  return stage === 'open' ? standsNow(house, whose) : stage
}

async function settleUnderLock(tx: Tx, house: House, whose: Whose): Promise<Stage> {
  await lockCustomer(tx, whose.personId)
  await lockMembership(tx, whose.membershipId)
  const membership = await membershipOf(tx, whose.personId, whose.membershipId)
  if (!membership) return 'gone'
  const terms = toBuy(membership)
  if (!terms) return membership.standing === 'ended' ? 'gone' : 'open'
  const [plan, customer] = [await offeredTo(tx, whose.personId, terms.planId), await customerOf(tx, whose.personId)]
  const since = await lastEnd(tx, membership.id)
  const signals = customer && (await signalsFor(house.config, { customer: customer.stripeCustomer, membership: membership.id, since }))
  if (!plan || !customer || !signals || signals.outcome === 'unfinished') return 'no card'
  const { cents, currency } = amountIn(plan, await currencyFor(tx, whose.personId, { plan, wanted: signals.currency ?? '' }))
  const exposure = exposureWith(await exposureNow(tx, whose.personId, currency), cents * terms.seats)
  const decision = await qualify(tx, whose, { policy: await policyWithin(tx, whose.personId, membership.serviceId), signals, exposure })
  if (decision.outcome === 'fail') return 'refused'
  if (decision.outcome === 'review') return 'review'
  if (await openDeposit(tx, membership.id)) return 'deposit'
  // Each try leaves events, and each event leads here: without a new card there is no second try.
  if (decision.triedAt) return 'open'
  await noteTry(tx, decision)
  await buy(house, { customer: customer.stripeCustomer, signals, membership, seats: terms.seats, plan, currency })
  return 'open'
}

// A person's own limit takes the place of the amount at which one person looks; two look above the rules' amount all the same.
async function policyWithin(tx: Tx, personId: Id, serviceId: Id): Promise<Policy> {
  const { version, terms } = await policyFor(tx, serviceId)
  return { version, terms: { ...terms, reviewAbove: await limitFor(tx, personId, serviceId) } }
}

/** Collects the deposit that was asked for, with the card that was given; then goes on as far as can be gone. */
export async function payDeposit(house: House, whose: Whose): Promise<Stage> {
  await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, whose.personId)
    const [deposit, customer] = [await openDeposit(tx, whose.membershipId), await customerOf(tx, whose.personId)]
    const membership = await membershipOf(tx, whose.personId, whose.membershipId)
    const terms = membership && toBuy(membership)
    const plan = terms && (await planOf(tx, terms.planId))
    if (!deposit || deposit.personId !== whose.personId || !customer || !plan) return
    const asked = { customer: customer.stripeCustomer, membership: whose.membershipId, since: await lastEnd(tx, whose.membershipId) }
    const signals = await signalsFor(house.config, asked)
    if (!signals?.paymentMethod) return
    const currency = await currencyFor(tx, whose.personId, { plan, wanted: signals.currency ?? '' })
    await collect(tx, house.config, { deposit, customer: customer.stripeCustomer, currency, paymentMethod: signals.paymentMethod })
  })
  await sync(house, whose.personId)
  return settle(house, whose)
}

/** When what paid for a membership last ended: a card and a decision from before were for that one. */
export async function lastEnd(tx: Tx, membershipId: Id): Promise<Date | undefined> {
  const [last] = await tx
    .select({ endedAt: sql<string | null>`max(${stripeSubscriptions.endedAt})` })
    .from(stripeSubscriptions)
    .where(and(eq(stripeSubscriptions.membershipId, membershipId), ne(stripeSubscriptions.status, 'incomplete_expired')))
  return last?.endedAt ? new Date(last.endedAt) : undefined
}

interface Buying {
  readonly customer: string
  readonly signals: Signals
  readonly membership: Pick<Membership, 'id'>
  readonly seats: number
  readonly plan: Plan
  readonly currency: string
}

// A subscription that was begun and not paid is paid, not begun again.
async function buy({ config }: House, { customer, signals, membership, seats, plan, currency }: Buying): Promise<void> {
  if (signals.paymentMethod) await useCard(config, customer, signals.paymentMethod)
  const { subscriptions } = await customerNow(config, customer)
  const begun = subscriptions.filter((one) => one.membership === membership.id && !['canceled', 'incomplete_expired'].includes(one.status))
  if (begun.length > 0) return payOpenInvoices(config, customer)
  const counted = plan.kind === 'metered' || plan.kind === 'tiered'
  await subscribe(config, {
    customer,
    membership: membership.id,
    lookupKey: plan.lookupKey ?? '',
    quantity: counted ? undefined : seats,
    trialDays: plan.trialDays,
    currency,
  })
}

async function standsNow(house: House, { personId, membershipId }: Whose): Promise<Stage> {
  const membership = await house.db.as('billing', (tx) => membershipOf(tx, personId, membershipId))
  return membership && toBuy(membership) ? 'payment failed' : 'open'
}

/** Settles whatever of a person's waits, then brings everything to what Stripe says: after an event, or by hand. */
export async function settleAll(house: House, personId: Id): Promise<void> {
  const waiting = await house.db.as('billing', async (tx) => (await membershipsOf(tx, personId)).filter((one) => toBuy(one) !== undefined))
  for (const { id } of waiting) await settle(house, { personId, membershipId: id })
  await sync(house, personId)
}

/** Tries what is open again with the card that is there now. */
export async function retry(house: House, personId: Id): Promise<void> {
  const customer = await house.db.as('billing', (tx) => customerOf(tx, personId))
  if (customer && !customer.closedAt) await payOpenInvoices(house.config, customer.stripeCustomer)
  await sync(house, personId)
}
