/** Counting what is used. Usage is told as events, summed by the meter, and charged at the period's end. */
import type { Stripe } from 'stripe'
import { day, hour, now, nowFor } from '../clock.ts'
import { invalid, Refused } from '../errors.ts'
import { change, tell, tellThin } from '../events.ts'
import { page } from '../lists.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { checkAlerts } from './alerts.ts'
import { usageOf } from './usage.ts'
import { all, create, find, peek, put, randomWord, type World } from '../world.ts'

type Meter = Held<'billing.meter'>
type MeterEvent = Held<'billing.meter_event'> & { id: string }

const meterFor = (world: World, eventName: string): Meter | undefined =>
  all(world, 'billing.meter').find((each) => each.event_name === eventName && each.status === 'active')

function createMeter(world: World, { params }: Asked<Stripe.Billing.MeterCreateParams>): Meter {
  if (meterFor(world, params.event_name)) throw invalid('There is already an active meter with this event name.', { param: 'event_name' })
  const at = now(world)
  const meter = create(world, 'billing.meter', {
    created: at,
    customer_mapping: { event_payload_key: params.customer_mapping?.event_payload_key ?? 'stripe_customer_id', type: 'by_id' },
    default_aggregation: params.default_aggregation as never,
    display_name: params.display_name,
    event_name: params.event_name,
    event_time_window: params.event_time_window ?? null,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: at,
    value_settings: { event_payload_key: params.value_settings?.event_payload_key ?? 'value' },
  })
  tell(world, 'billing.meter.created', meter)
  return meter
}

interface Usage {
  event_name: string
  payload: Record<string, string>
  identifier?: string
  timestamp?: number
}

/** Takes down what was used. What is wrong with the values comes out later, as an event. */
function record(world: World, { event_name, payload, identifier, timestamp }: Usage): MeterEvent {
  const meter = meterFor(world, event_name)
  const customer = peek(world, 'customer', payload[meter?.customer_mapping.event_payload_key ?? 'stripe_customer_id'])
  const at = nowFor(world, customer?.id)
  const when = timestamp ?? at
  if (when < at - 35 * day || when > at + 300)
    throw invalid('The timestamp must be within the past 35 days and at most 5 minutes ahead.', {
      param: 'timestamp',
      code: 'timestamp_out_of_range',
    })
  const id = identifier ?? randomWord(world, 32)
  if (peek(world, 'billing.meter_event', id))
    throw invalid(`An event already exists with identifier ${id}.`, { param: 'identifier', code: 'duplicate_meter_event' })
  const event = {
    ...create(world, 'billing.meter_event', { id, created: at, event_name, identifier: id, payload, timestamp: when } as never),
    id,
  }
  const trouble = troubleWith(meter, customer !== undefined, payload)
  if (!meter)
    tellThin(world, 'v1.billing.meter.no_meter_found', {
      data: { reason: { error_count: 1, error_types: [{ code: 'no_meter', error_count: 1 }] } },
    })
  else if (trouble) report(world, meter, trouble)
  else checkAlerts(world, meter.id, customer?.id ?? '')
  return event as MeterEvent
}

/** What is wrong with an event, which its sender learns of later only. */
function troubleWith(meter: Meter | undefined, known: boolean, payload: Record<string, string>): string | undefined {
  if (!meter) return 'no_meter'
  if (!known) return 'meter_event_customer_not_found'
  const value = payload[meter.value_settings.event_payload_key]
  return meter.default_aggregation.formula === 'count' || Number.isFinite(Number(value ?? 'none')) ? undefined : 'meter_event_value_invalid'
}

function report(world: World, meter: Meter, code: string): void {
  tellThin(world, 'v1.billing.meter.error_report_triggered', {
    related_object: { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` },
    data: {
      developer_message_summary: 'There is 1 invalid event',
      reason: { error_count: 1, error_types: [{ code, error_count: 1, sample_errors: [] }] },
    },
  })
}

function summaries(world: World, { id, params }: Asked<Stripe.Billing.MeterListEventSummariesParams>) {
  const { customer, start_time, end_time, value_grouping_window } = params
  const meter = find(world, 'billing.meter', id)
  if (start_time % 60 !== 0 || end_time % 60 !== 0)
    throw invalid('start_time and end_time must be aligned with minute boundaries.', { param: 'start_time' })
  const window = value_grouping_window === 'hour' ? hour : value_grouping_window === 'day' ? day : end_time - start_time
  const spans = Array.from({ length: Math.ceil((end_time - start_time) / window) }, (_, i) => start_time + i * window)
  const data = spans
    .map((start) => ({
      id: `mtrusg_${meter.id.slice(-8)}${start}`,
      object: 'billing.meter_event_summary',
      aggregated_value: usageOf(world, id, customer, start, Math.min(start + window, end_time)),
      end_time: Math.min(start + window, end_time),
      livemode: false,
      meter: id,
      start_time: start,
    }))
    .filter((each) => each.aggregated_value !== 0 || spans.length === 1)
  return page(data, params, `/v1/billing/meters/${id}/event_summaries`)
}

/** Takes back an event of the last day. */
function adjust(world: World, { params }: Asked<Stripe.Billing.MeterEventAdjustmentCreateParams>) {
  const identifier = params.cancel?.identifier ?? ''
  const event = peek(world, 'billing.meter_event', identifier)
  if (!event)
    throw invalid(`No meter event found with identifier ${identifier}.`, { param: 'cancel[identifier]', code: 'resource_missing' })
  if (event.created < now(world) - day) throw invalid('Only events of the last 24 hours can be cancelled.', { param: 'cancel[identifier]' })
  put(world, 'billing.meter_event', { ...event, payload: { ...event.payload, stripe_customer_id: '', value: '0' } })
  return {
    object: 'billing.meter_event_adjustment',
    cancel: { identifier },
    event_name: params.event_name,
    livemode: false,
    status: 'complete',
    type: 'cancel',
  }
}

const shownEvent = ({ object, created, event_name, identifier, livemode, payload, timestamp }: MeterEvent) => ({
  object,
  created,
  event_name,
  identifier,
  livemode,
  payload,
  timestamp,
})

function recordV2(world: World, { params }: Asked<Stripe.V2.Billing.MeterEventCreateParams>) {
  const timestamp = params.timestamp ? Math.floor(Date.parse(params.timestamp) / 1000) : undefined
  if (timestamp !== undefined && !Number.isFinite(timestamp))
    throw new Refused(400, { type: 'invalid_request_error', message: 'timestamp must be a date-time', param: 'timestamp' })
  const event = record(world, { ...params, timestamp } as Usage)
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
  return { ...shownEvent(event), object: 'v2.billing.meter_event', created: iso(event.created), timestamp: iso(event.timestamp) }
}

const setStatus =
  (status: 'active' | 'inactive', type: string) =>
  (world: World, { id }: Asked<unknown>) => {
    const meter = find(world, 'billing.meter', id)
    return change(
      world,
      meter,
      { status, updated: now(world), status_transitions: { deactivated_at: status === 'inactive' ? now(world) : null } },
      type,
    )
  }

export const meters = {
  'billing.meters.create': createMeter,
  'billing.meters.retrieve': (world, { id }) => find(world, 'billing.meter', id),
  'billing.meters.update': (world, { id, params }: Asked<Stripe.Billing.MeterUpdateParams>) =>
    change(world, find(world, 'billing.meter', id), { display_name: params.display_name, updated: now(world) }, 'billing.meter.updated'),
  'billing.meters.list': (world, { params }: Asked<Stripe.Billing.MeterListParams>) =>
    page(all(world, 'billing.meter'), params, '/v1/billing/meters', (each) => !params.status || each.status === params.status),
  'billing.meters.deactivate': setStatus('inactive', 'billing.meter.deactivated'),
  'billing.meters.reactivate': setStatus('active', 'billing.meter.reactivated'),
  'billing.meters.listEventSummaries': summaries,
  'billing.meterEvents.create': (world, { params }: Asked<Stripe.Billing.MeterEventCreateParams>) =>
    shownEvent(record(world, params as Usage)),
  'billing.meterEventAdjustments.create': adjust,
  'v2.billing.meterEvents.create': recordV2,
} satisfies Operations
