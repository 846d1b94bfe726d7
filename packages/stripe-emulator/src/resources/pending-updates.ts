/**
 * A change that only holds once it is paid (`payment_behavior=pending_if_incomplete`). Until then the
 * subscription stays as it was and shows what waits; a day later, or with its invoice, the change is dropped.
 */
import { clockOf, hour, nowFor, plan, unplan } from '../clock.ts'
import { invalid } from '../errors.ts'
import { change, tell } from '../events.ts'
import { find, notes, peek, put, remove, type World } from '../world.ts'
import { type Invoice, subscriptionOf } from './invoices.ts'
import { type Item, planAhead, type Subscription, tellEntitlements } from './standing.ts'

/** What a subscription becomes with the payment of an invoice. */
const waiting = notes<Subscription | undefined>('becomes')

/** Stripe's time for paying. */
const HOURS = 23

const itemsOf = (subscription: Subscription): Item[] => subscription.items.data as unknown as Item[]

/** Does an invoice pay for a change that is not made yet? */
export const paysForChange = (world: World, invoice: Pick<Invoice, 'id'>): boolean => waiting.of(world, invoice.id) !== undefined

/** Only what concerns money can wait for it. */
export function refuseBeyond(given: Subscription, params: object): void {
  const known = ['expand', 'payment_behavior', 'proration_behavior', 'proration_date', 'billing_cycle_anchor', 'items', 'trial_end']
  const other = Object.entries(params).find(([name, value]) => value !== undefined && !known.includes(name))
  if (other)
    throw invalid(`When payment_behavior is pending_if_incomplete, this parameter cannot be given: ${other[0]}.`, { param: other[0] })
  if (given.collection_method !== 'charge_automatically')
    throw invalid('Only a subscription that is charged automatically can have a pending update.', { param: 'payment_behavior' })
  if (given.pending_update) throw invalid(`Subscription ${given.id} has a pending update already: pay or void its invoice first.`)
}

/** Puts back how things were; what was to be is remembered under the invoice that pays for it. */
export function holdBack(world: World, before: Subscription, wanted: Subscription, invoice: Invoice): Subscription {
  waiting.set(world, invoice.id, wanted)
  for (const item of itemsOf(wanted)) remove(world, 'subscription_item', item.id)
  for (const item of itemsOf(before)) put(world, 'subscription_item', item)
  const { items, billing_cycle_anchor, status, trial_end } = before
  return change(world, find(world, 'subscription', before.id), { items, billing_cycle_anchor, status, trial_end })
}

/** The payment did not go through at once: the change waits, and is seen to. */
export function showPending(world: World, invoice: Invoice): void {
  const wanted = waiting.of(world, invoice.id)
  const subscription = peek(world, 'subscription', subscriptionOf(invoice))
  if (!wanted || !subscription) return
  const expires_at = nowFor(world, subscription.customer) + HOURS * hour
  const { billing_cycle_anchor: anchor, trial_end } = wanted
  const pending_update = {
    billing_cycle_anchor: anchor === subscription.billing_cycle_anchor ? null : anchor,
    cancel_at_period_end: null,
    discount: null,
    discounts: null,
    expires_at,
    metadata: null,
    subscription_items: wanted.items.data,
    trial_end: trial_end === subscription.trial_end ? null : trial_end,
    trial_from_plan: null,
  }
  change(world, subscription, { pending_update: pending_update as never })
  plan(world, 'subscription.drop-change', subscription.id, expires_at, clockOf(world, subscription.customer))
}

/** The invoice is paid: now the change is made. */
export function applyChange(world: World, invoice: Invoice): void {
  const wanted = waiting.of(world, invoice.id)
  const before = peek(world, 'subscription', subscriptionOf(invoice))
  if (!wanted || !before || before.status === 'canceled') return
  waiting.set(world, invoice.id, undefined)
  unplan(world, 'subscription.drop-change', before.id)
  for (const item of itemsOf(before)) remove(world, 'subscription_item', item.id)
  const data = itemsOf(wanted).map((item) => put(world, 'subscription_item', withLaterPeriod(item, itemsOf(before)))) as never
  const { billing_cycle_anchor, status, trial_end } = wanted
  const patch = { items: { ...before.items, data }, billing_cycle_anchor, status, trial_end, pending_update: null }
  const applied = change(world, before, patch)
  planAhead(world, applied)
  if (before.pending_update) {
    tell(world, 'customer.subscription.pending_update_applied', applied)
    tell(world, 'customer.subscription.updated', applied, { items: before.items, pending_update: before.pending_update })
  }
  tellEntitlements(world, applied.customer)
}

// A renewal came while the change waited: the period that it began goes on.
function withLaterPeriod(item: Item, others: readonly Item[]): Item {
  const other = others.find(({ id }) => id === item.id)
  if (!other || other.current_period_start <= item.current_period_start) return item
  return { ...item, current_period_start: other.current_period_start, current_period_end: other.current_period_end }
}

/** Its invoice is void: the change is not wanted any more. */
export function dropChange(world: World, invoice: Invoice, type = 'customer.subscription.updated'): void {
  if (!paysForChange(world, invoice)) return
  waiting.set(world, invoice.id, undefined)
  const subscription = peek(world, 'subscription', subscriptionOf(invoice))
  if (!subscription?.pending_update) return
  unplan(world, 'subscription.drop-change', subscription.id)
  change(world, subscription, { pending_update: null }, type)
}
