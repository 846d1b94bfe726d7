/** How much of something a customer used, as its meter counts it. */
import { peek, all, type World } from '../world.ts'

/** What a customer used in a span of time, as the meter counts it. */
export function usageOf(world: World, meterId: string, customer: string, start: number, end: number): number {
  const meter = peek(world, 'billing.meter', meterId)
  if (!meter) return 0
  const events = all(world, 'billing.meter_event').filter(
    (each) =>
      each.event_name === meter.event_name &&
      each.payload[meter.customer_mapping.event_payload_key] === customer &&
      each.timestamp >= start &&
      each.timestamp < end,
  )
  const values = events.map((each) => Number(each.payload[meter.value_settings.event_payload_key] ?? 0)).filter(Number.isFinite)
  if (meter.default_aggregation.formula === 'count') return events.length
  if (meter.default_aggregation.formula === 'last') return values.at(-1) ?? 0
  return values.reduce((sum, each) => sum + each, 0)
}
