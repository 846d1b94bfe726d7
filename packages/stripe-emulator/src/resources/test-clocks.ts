/** Stripe's test clocks: time that stands still until it is advanced. */
import type { Stripe } from 'stripe'
import { day, now, nowFor, runUntil } from '../clock.ts'
import { invalid } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { become } from '../machine.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, find, put, remove, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'

type Clock = Held<'test_helpers.test_clock'>

function createClock(world: World, { params }: Asked<Stripe.TestHelpers.TestClockCreateParams>): Clock {
  const clock = create(world, 'test_helpers.test_clock', {
    created: now(world),
    deletes_after: now(world) + 30 * day,
    frozen_time: params.frozen_time,
    name: params.name ?? null,
    status: 'ready',
    status_details: {},
  })
  tell(world, 'test_helpers.test_clock.created', clock)
  if (params.customer) attachCustomer(world, clock, params.customer)
  return clock
}

function attachCustomer(world: World, clock: Clock, id: string): void {
  const customer = livingCustomer(world, id, 'customer')
  if (customer.test_clock) throw invalid('This customer already has a test clock.', { param: 'customer' })
  if (clock.frozen_time < nowFor(world, null))
    throw invalid('The clock must not stand before the present of the customer.', { param: 'frozen_time' })
  change(world, customer, { test_clock: clock.id })
  for (const subscription of all(world, 'subscription'))
    if (subscription.customer === id) change(world, subscription, { test_clock: clock.id })
  const targets = new Set([id, ...belongings(world, id)])
  for (const duty of all(world, 'duty')) if (targets.has(duty.target)) put(world, 'duty', { ...duty, clock: clock.id })
}

const belongings = (world: World, customer: string): string[] =>
  (['subscription', 'invoice', 'subscription_schedule', 'payment_intent', 'checkout.session'] as const).flatMap((kind) =>
    all(world, kind)
      .filter((each) => each.customer === customer)
      .map(({ id }) => id),
  )

/** Two of the shortest interval that a subscription of this clock has; two years without any. */
function farthest(world: World, clock: Clock): number {
  const length: Record<string, number> = { day: day, week: 7 * day, month: 31 * day, year: 366 * day }
  const spans = all(world, 'subscription')
    .filter((each) => each.test_clock === clock.id && !['canceled', 'incomplete_expired'].includes(each.status))
    .flatMap((each) =>
      each.items.data.map(({ price }) => (price.recurring?.interval_count ?? 1) * (length[price.recurring?.interval ?? 'year'] ?? day)),
    )
  return clock.frozen_time + 2 * Math.min(366 * day, ...spans)
}

function advance(world: World, { id, params }: Asked<Stripe.TestHelpers.TestClockAdvanceParams>): Clock {
  const clock = find(world, 'test_helpers.test_clock', id)
  if (params.frozen_time <= clock.frozen_time) throw invalid('A test clock can only go forwards.', { param: 'frozen_time' })
  if (params.frozen_time > farthest(world, clock))
    throw invalid('Test clock advancement can only be up to two intervals from the initial frozen time.', { param: 'frozen_time' })
  const advancing = become(world, clock, 'advancing', { status_details: { advancing: { target_frozen_time: params.frozen_time } } })
  tell(world, 'test_helpers.test_clock.advancing', advancing)
  runUntil(world, id, params.frozen_time, (at) => setTime(world, id, at))
  setTime(world, id, params.frozen_time)
  const ready = become(world, find(world, 'test_helpers.test_clock', id), 'ready', { status_details: {} })
  tell(world, 'test_helpers.test_clock.ready', ready)
  return { ...advancing, frozen_time: clock.frozen_time }
}

function setTime(world: World, id: string, at: number): void {
  const clock = find(world, 'test_helpers.test_clock', id)
  put(world, 'test_helpers.test_clock', { ...clock, frozen_time: Math.max(clock.frozen_time, at) })
}

/** With a test clock go its customers and all that is theirs. */
function deleteClock(world: World, { id }: Asked<unknown>) {
  const clock = find(world, 'test_helpers.test_clock', id)
  for (const customer of all(world, 'customer').filter((each) => each.test_clock === id)) {
    for (const subscription of all(world, 'subscription'))
      if (subscription.customer === customer.id) remove(world, 'subscription', subscription.id)
    remove(world, 'customer', customer.id)
  }
  for (const duty of all(world, 'duty')) if (duty.clock === id) remove(world, 'duty', duty.id)
  remove(world, 'test_helpers.test_clock', id)
  tell(world, 'test_helpers.test_clock.deleted', clock)
  return { id, object: 'test_helpers.test_clock', deleted: true }
}

export const testClocks = {
  'testHelpers.testClocks.create': createClock,
  'testHelpers.testClocks.retrieve': (world, { id }) => find(world, 'test_helpers.test_clock', id),
  'testHelpers.testClocks.advance': advance,
  'testHelpers.testClocks.list': (world, { params }: Asked<Stripe.TestHelpers.TestClockListParams>) =>
    page(all(world, 'test_helpers.test_clock'), params, '/v1/test_helpers/test_clocks'),
  'testHelpers.testClocks.del': deleteClock,
} satisfies Operations
