/** Changes that wait for their day, such as a smaller plan from the next renewal on. */
import type { Stripe } from 'stripe'
import { after } from '../calendar.ts'
import { clockOf, nowFor, plan, unplan } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { become } from '../machine.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held, Wire } from '../wire.ts'
import { all, create, find, peek, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'
import { endSubscription, type Item, latestPeriodEnd, periodStart, type Subscription } from './standing.ts'
import { type AskedItem, priceOfItem, recurringPrice, spanOf } from './subscription-items.ts'
import { cancelSubscription, updateSubscription } from './subscription-changes.ts'
import { beginSubscription } from './subscriptions.ts'

type Schedule = Held<'subscription_schedule'>
type Phase = Schedule['phases'][number]
type AskedPhase = Wire<Stripe.SubscriptionScheduleUpdateParams.Phase>

function createSchedule(world: World, { params }: Asked<Stripe.SubscriptionScheduleCreateParams>): Schedule {
  const subscription = params.from_subscription ? find(world, 'subscription', params.from_subscription, 'from_subscription') : undefined
  if (subscription?.schedule)
    throw invalid(`Subscription ${subscription.id} is already attached to a schedule: ${subscription.schedule}`, {
      param: 'from_subscription',
    })
  if (subscription && params.phases) throw invalid('You cannot set `phases` if `from_subscription` is set.', { param: 'phases' })
  const customer = subscription?.customer ?? params.customer
  if (!customer) throw missing('customer')
  if (!subscription && !params.phases) throw missing('phases')
  livingCustomer(world, customer, 'customer')
  const at = nowFor(world, customer)
  const start = params.start_date === 'now' || params.start_date === undefined ? at : params.start_date
  const schedule = create(world, 'subscription_schedule', {
    billing_mode: { type: 'flexible', flexible: {} } as never,
    created: at,
    customer,
    default_settings: {
      billing_cycle_anchor: 'automatic',
      collection_method: 'charge_automatically',
      invoice_settings: { issuer: { type: 'self' } },
    } as never,
    end_behavior: params.end_behavior ?? 'release',
    metadata: mergeMetadata(null, params.metadata),
    phases: (subscription ? [phaseOf(subscription)] : phasesFrom(world, params.phases as AskedPhase[], start)) as never,
    status: 'not_started',
    test_clock: clockOf(world, customer),
  })
  const begun = subscription ? take(world, schedule, subscription) : step(world, schedule, at)
  tell(world, 'subscription_schedule.created', begun)
  return begun
}

/** The phase that a living subscription is in. */
function phaseOf(subscription: Subscription): Phase {
  const items = (subscription.items.data as never as Item[]).map((item) => ({ price: priceOfItem(item).id, quantity: item.quantity }))
  return phase({ items: items as never }, periodStart(subscription), latestPeriodEnd(subscription), subscription.currency)
}

function phase(asked: AskedPhase, start_date: number, end_date: number, currency: string): Phase {
  const items = asked.items.map((item) => ({
    billing_thresholds: null,
    discounts: [],
    metadata: mergeMetadata(null, item.metadata),
    plan: item.price ?? '',
    price: item.price ?? '',
    ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
  }))
  return {
    ...{
      add_invoice_items: [],
      application_fee_percent: null,
      billing_cycle_anchor: asked.billing_cycle_anchor ?? null,
      billing_thresholds: null,
    },
    ...{
      collection_method: asked.collection_method ?? null,
      currency,
      default_payment_method: asked.default_payment_method ?? null,
      description: asked.description ?? null,
    },
    ...{
      discounts: [],
      invoice_settings: null,
      metadata: mergeMetadata(null, asked.metadata),
      on_behalf_of: null,
      transfer_data: null,
      trial_end: null,
    },
    ...{ items, start_date, end_date, proration_behavior: asked.proration_behavior ?? 'create_prorations' },
  } as never
}

/** Each phase begins where the one before ends. */
function phasesFrom(world: World, asked: AskedPhase[], first: number): Phase[] {
  let start = first
  return asked.map((each, i) => {
    const price = recurringPrice(world, each.items[0]?.price, `phases[${i}][items][0]`)
    if (i === 0 && typeof each.start_date === 'number') start = each.start_date
    const span = each.duration ? { interval: each.duration.interval, interval_count: each.duration.interval_count ?? 1 } : spanOf({ price })
    const end = typeof each.end_date === 'number' ? each.end_date : after(start, span)
    if (end <= start) throw invalid('A phase must end after it begins.', { param: `phases[${i}][end_date]` })
    const made = phase(each, start, end, price.currency)
    start = end
    return made
  })
}

/** A schedule over a subscription that lives already. */
function take(world: World, schedule: Schedule, subscription: Subscription): Schedule {
  change(world, subscription, { schedule: schedule.id }, 'customer.subscription.updated')
  const active = become(world, schedule, 'active', { subscription: subscription.id, current_phase: span(schedule.phases[0]) })
  planStep(world, active)
  return active
}

const span = (phase: Phase | undefined) => (phase ? { start_date: phase.start_date, end_date: phase.end_date } : null)

function planStep(world: World, schedule: Schedule): void {
  const at = nowFor(world, schedule.customer)
  const next = schedule.phases.flatMap(({ start_date, end_date }) => [start_date, end_date]).find((each) => each > at)
  if (next === undefined) unplan(world, 'schedule.step', schedule.id)
  else plan(world, 'schedule.step', schedule.id, next, clockOf(world, schedule.customer))
}

/** The day has come: the next phase begins, or the last one has ended. */
export function stepSchedule(world: World, id: string): void {
  const schedule = peek(world, 'subscription_schedule', id)
  if (schedule?.status === 'active' || schedule?.status === 'not_started') step(world, schedule, nowFor(world, schedule.customer))
}

function step(world: World, schedule: Schedule, at: number): Schedule {
  const current = schedule.phases.find(({ start_date, end_date }) => start_date <= at && at < end_date)
  if (!current) return at < (schedule.phases[0]?.start_date ?? 0) ? waiting(world, schedule) : finish(world, schedule)
  const subscription = peek(world, 'subscription', schedule.subscription)
  const items = current.items.map(({ price, quantity }) => ({ price, ...(quantity === undefined ? {} : { quantity }) }))
  const id = subscription
    ? changeItems(world, subscription, items, current)
    : beginSubscription(world, { customer: schedule.customer, items }).id
  const moved =
    schedule.status === 'active'
      ? change(world, schedule, { current_phase: span(current) }, 'subscription_schedule.updated')
      : become(world, schedule, 'active', { subscription: id, current_phase: span(current) })
  if (!subscription) change(world, find(world, 'subscription', id), { schedule: schedule.id })
  planStep(world, moved)
  return moved
}

function waiting(world: World, schedule: Schedule): Schedule {
  planStep(world, schedule)
  return schedule
}

/** The items become those of the phase, one for one where that is possible. */
function changeItems(world: World, subscription: Subscription, wanted: AskedItem[], { proration_behavior }: Phase): string {
  const before = subscription.items.data
  const items = [
    ...wanted.map((item, i) => ({ ...item, ...(before[i] ? { id: before[i].id } : {}) })),
    ...before.slice(wanted.length).map(({ id }) => ({ id, deleted: true })),
  ]
  return updateSubscription(world, subscription, { items, proration_behavior }).id
}

function finish(world: World, schedule: Schedule): Schedule {
  const at = nowFor(world, schedule.customer)
  if (schedule.end_behavior !== 'cancel') return release(world, schedule)
  const done = become(world, schedule, 'completed', { completed_at: at, current_phase: null }, 'subscription_schedule.updated')
  tell(world, 'subscription_schedule.completed', done)
  const subscription = peek(world, 'subscription', schedule.subscription)
  if (subscription && subscription.status !== 'canceled') endSubscription(world, subscription, 'cancellation_requested')
  return done
}

/** The subscription goes on without its schedule. */
function release(world: World, schedule: Schedule): Schedule {
  unplan(world, 'schedule.step', schedule.id)
  const subscription = peek(world, 'subscription', schedule.subscription)
  if (subscription && subscription.status !== 'canceled') change(world, subscription, { schedule: null }, 'customer.subscription.updated')
  const patch = {
    released_at: nowFor(world, schedule.customer),
    released_subscription: schedule.subscription,
    subscription: null,
    current_phase: null,
  }
  const released = become(world, schedule, 'released', patch)
  tell(world, 'subscription_schedule.released', released)
  return released
}

function update(world: World, { id, params }: Asked<Stripe.SubscriptionScheduleUpdateParams>): Schedule {
  const schedule = find(world, 'subscription_schedule', id)
  if (schedule.status !== 'active' && schedule.status !== 'not_started')
    throw invalid(`You cannot update a schedule that is ${schedule.status}.`, { code: 'resource_missing' })
  const phases = params.phases
    ? phasesFrom(world, params.phases as AskedPhase[], schedule.phases[0]?.start_date ?? schedule.created)
    : undefined
  const metadata = mergeMetadata(schedule.metadata, params.metadata)
  const at = nowFor(world, schedule.customer)
  const current = phases?.find(({ start_date, end_date }) => start_date <= at && at < end_date)
  if (phases && schedule.status === 'active' && !current) throw invalid('The phases must hold the current one.', { param: 'phases' })
  const changed = change(
    world,
    schedule,
    { phases, metadata, end_behavior: params.end_behavior, ...(current ? { current_phase: span(current) } : {}) },
    'subscription_schedule.updated',
  )
  planStep(world, changed)
  return changed
}

function cancel(world: World, { id, params }: Asked<Stripe.SubscriptionScheduleCancelParams>): Schedule {
  const schedule = find(world, 'subscription_schedule', id)
  unplan(world, 'schedule.step', id)
  const canceled = become(world, schedule, 'canceled', { canceled_at: nowFor(world, schedule.customer), current_phase: null })
  tell(world, 'subscription_schedule.canceled', canceled)
  const subscription = peek(world, 'subscription', schedule.subscription)
  if (subscription && subscription.status !== 'canceled') cancelSubscription(world, subscription, params)
  return canceled
}

export const schedules = {
  'subscriptionSchedules.create': createSchedule,
  'subscriptionSchedules.retrieve': (world, { id }) => find(world, 'subscription_schedule', id),
  'subscriptionSchedules.update': update,
  'subscriptionSchedules.release': (world, { id }) => release(world, find(world, 'subscription_schedule', id)),
  'subscriptionSchedules.cancel': cancel,
  'subscriptionSchedules.list': (world, { params }: Asked<Stripe.SubscriptionScheduleListParams>) =>
    page(
      all(world, 'subscription_schedule'),
      params,
      '/v1/subscription_schedules',
      (each) => (!params.customer || each.customer === params.customer) && (!params.scheduled || each.status === 'not_started'),
    ),
} satisfies Operations
