/** Where a subscription stands: what is planned for it, how it ends, and what its customer may use meanwhile. */
import type { Stripe } from 'stripe'
import { clockOf, day, nowFor, plan, unplan } from '../clock.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { become } from '../machine.ts'
import type { Asked, Operations } from '../operations.ts'
import { invalid } from '../errors.ts'
import { mergeMetadata } from '../metadata.ts'
import { productFeatures } from './products.ts'
import type { Held } from '../wire.ts'
import { all, create, draft, find, notes, peek, type World } from '../world.ts'

export type Subscription = Held<'subscription'>
export type Item = Held<'subscription_item'>

const living = new Set(['trialing', 'active', 'past_due'])

export const periodEnd = (subscription: Subscription): number => Math.min(...subscription.items.data.map((item) => item.current_period_end))
export const latestPeriodEnd = (subscription: Subscription): number =>
  Math.max(...subscription.items.data.map((item) => item.current_period_end))
export const periodStart = (subscription: Subscription): number =>
  Math.max(...subscription.items.data.map((item) => item.current_period_start))

const acts = [
  'subscription.renew',
  'subscription.end',
  'subscription.trial_will_end',
  'subscription.upcoming',
  'subscription.expire',
  'subscription.unpause',
]

/** Plans everything that lies ahead of it. */
export function planAhead(world: World, subscription: Subscription): void {
  const clock = clockOf(world, subscription.customer)
  const { id, cancel_at, trial_end, status } = subscription
  for (const act of acts) if (act !== 'subscription.expire') unplan(world, act, id)
  if (!living.has(status) && status !== 'unpaid' && status !== 'incomplete') return
  const end = periodEnd(subscription)
  plan(world, 'subscription.renew', id, end, clock)
  if (cancel_at) plan(world, 'subscription.end', id, cancel_at, clock)
  if (status === 'trialing' && trial_end)
    plan(world, 'subscription.trial_will_end', id, Math.max(trial_end - 3 * day, nowFor(world, subscription.customer)), clock)
  const upcoming = end - world.settings.upcomingDays * day
  if (upcoming > nowFor(world, subscription.customer) && !cancel_at) plan(world, 'subscription.upcoming', id, upcoming, clock)
  const resumes = subscription.pause_collection?.resumes_at
  if (resumes) plan(world, 'subscription.unpause', id, resumes, clock)
}

type Reason = 'cancellation_requested' | 'payment_failed' | 'payment_disputed'

export function endSubscription(world: World, subscription: Subscription, reason: Reason): Subscription {
  for (const act of acts) unplan(world, act, subscription.id)
  const at = nowFor(world, subscription.customer)
  const details = { comment: null, feedback: null, feedback_option: null, ...subscription.cancellation_details, reason }
  endSchedule(world, subscription)
  const patch = {
    pending_update: null,
    ended_at: at,
    canceled_at: subscription.canceled_at ?? at,
    cancellation_details: details,
    pause_collection: null,
    schedule: null,
  }
  const ended = become(world, subscription, 'canceled', patch as never)
  tell(world, 'customer.subscription.deleted', ended)
  for (const invoice of all(world, 'invoice')) {
    if (invoice.parent?.subscription_details?.subscription !== subscription.id || invoice.status !== 'open') continue
    unplan(world, 'invoice.retry', invoice.id)
    change(world, invoice, { auto_advance: false, next_payment_attempt: null })
  }
  tellEntitlements(world, subscription.customer)
  return ended
}

/** With a subscription its schedule ends. */
function endSchedule(world: World, { schedule: id, customer }: Subscription): void {
  const schedule = peek(world, 'subscription_schedule', id as string | null)
  if (schedule?.status !== 'active') return
  unplan(world, 'schedule.step', schedule.id)
  tell(
    world,
    'subscription_schedule.canceled',
    become(world, schedule, 'canceled', { canceled_at: nowFor(world, customer), current_phase: null }),
  )
}

/** What the products of living subscriptions entitle a customer to. */
function entitlementsOf(world: World, customer: string): Held<'entitlements.active_entitlement'>[] {
  const products = all(world, 'subscription')
    .filter((each) => each.customer === customer && living.has(each.status))
    .flatMap((each) => each.items.data.map(({ price }) => price.product as string))
  const features = new Map<string, Held<'entitlements.feature'>>()
  for (const product of products)
    for (const id of productFeatures(world, product)) {
      const feature = peek(world, 'product_feature', id)?.entitlement_feature
      if (feature) features.set(feature.id, feature as never)
    }
  return [...features.values()].map(({ id, lookup_key }) =>
    draft(world, 'entitlements.active_entitlement', { id: `ent_test_${customer.slice(4, 14)}${id.slice(-10)}`, feature: id, lookup_key }),
  )
}

const entitled = notes<string>('entitled')

/** Tells when what a customer may use has changed. */
export function tellEntitlements(world: World, customer: string): void {
  const entitlements = entitlementsOf(world, customer)
  const keys = entitlements.map(({ lookup_key }) => lookup_key).join()
  if (keys === (entitled.of(world, customer) ?? '')) return
  entitled.set(world, customer, keys)
  const url = `/v1/customer/${customer}/entitlements`
  const summary = {
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements: page(entitlements as never, { limit: 100 }, url),
    livemode: false,
  }
  tell(world, 'entitlements.active_entitlement_summary.updated', summary)
}

function createFeature(world: World, { params }: Asked<Stripe.Entitlements.FeatureCreateParams>) {
  if (all(world, 'entitlements.feature').some((each) => each.lookup_key === params.lookup_key))
    throw invalid('A feature with this lookup key already exists.', { param: 'lookup_key' })
  return create(world, 'entitlements.feature', {
    active: true,
    lookup_key: params.lookup_key,
    name: params.name,
    metadata: mergeMetadata(null, params.metadata),
  })
}

export const entitlements = {
  'entitlements.features.create': createFeature,
  'entitlements.features.list': (world, { params }: Asked<Stripe.Entitlements.FeatureListParams>) =>
    page(
      all(world, 'entitlements.feature'),
      params,
      '/v1/entitlements/features',
      (each) => !params.lookup_key || each.lookup_key === params.lookup_key,
    ),
  'entitlements.activeEntitlements.list': (world, { params }: Asked<Stripe.Entitlements.ActiveEntitlementListParams>) =>
    page(entitlementsOf(world, find(world, 'customer', params.customer, 'customer').id), params, '/v1/entitlements/active_entitlements'),
} satisfies Operations
