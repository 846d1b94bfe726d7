/** Alerts: being told once when somebody has used so much. */
import type { Stripe } from 'stripe'
import { nowFor } from '../clock.ts'
import { missing } from '../errors.ts'
import { tell } from '../events.ts'
import { page } from '../lists.ts'
import type { Asked, Operations } from '../operations.ts'
import { all, create, find, notes, type World } from '../world.ts'
import { usageOf } from './usage.ts'

function createAlert(world: World, { params }: Asked<Stripe.Billing.AlertCreateParams>) {
  const { usage_threshold, title } = params
  if (!usage_threshold) throw missing('usage_threshold')
  if (!usage_threshold.meter) throw missing('usage_threshold[meter]')
  find(world, 'billing.meter', usage_threshold.meter, 'usage_threshold[meter]')
  const filters = (usage_threshold.filters ?? []).map(({ customer }) => ({ type: 'customer', customer: customer ?? null }))
  const threshold = { filters, gte: usage_threshold.gte, meter: usage_threshold.meter, recurrence: 'one_time' }
  return create(world, 'billing.alert', { alert_type: 'usage_threshold', status: 'active', title, usage_threshold: threshold as never })
}

const told = notes<boolean>('alert')

/** Tells the alerts that a customer's usage has reached, each once. */
export function checkAlerts(world: World, meter: string, customer: string): void {
  const at = nowFor(world, customer)
  for (const alert of all(world, 'billing.alert')) {
    const threshold = alert.usage_threshold
    const filters = (threshold?.filters ?? []).flatMap((each) => (each.customer ? [each.customer] : []))
    if (threshold?.meter !== meter || (filters.length > 0 && !filters.includes(customer)) || told.of(world, `${alert.id} ${customer}`))
      continue
    const value = usageOf(world, meter, customer, 0, at + 1)
    if (value < threshold.gte) continue
    told.set(world, `${alert.id} ${customer}`, true)
    tell(world, 'billing.alert.triggered', { object: 'billing.alert_triggered', alert, created: at, customer, livemode: false, value })
  }
}

export const alerts = {
  'billing.alerts.create': createAlert,
  'billing.alerts.list': (world, { params }: Asked<Stripe.Billing.AlertListParams>) =>
    page(
      all(world, 'billing.alert'),
      params,
      '/v1/billing/alerts',
      (each) => !params.meter || each.usage_threshold?.meter === params.meter,
    ),
} satisfies Operations
