/** What happened, told twice: as a snapshot (v1) and as a thin event (v2) that holds ids only. */
import { now } from './clock.ts'
import { kinds } from './kinds.ts'
import { apiVersion } from './schema.ts'
import type { EventRecord, Kind, ThinEvent } from './wire.ts'
import { newId, peek, put, type World } from './world.ts'

type Told = { id?: string; object: string; test_clock?: unknown; customer?: unknown }

/** Tells that something happened to an object. */
export function tell(world: World, type: string, object: object, previous?: Record<string, unknown>): EventRecord {
  const subject = object as Told
  const event: EventRecord = {
    id: newId(world, 'event'),
    object: 'event',
    api_version: apiVersion,
    created: now(world, clockOfObject(world, subject)),
    data: { object: object as Record<string, unknown>, ...(previous ? { previous_attributes: previous } : {}) },
    livemode: false,
    pending_webhooks: 0,
    request: world.request ? { ...world.request } : { id: null, idempotency_key: null },
    type,
  }
  put(world, 'event', event)
  put(world, 'v2.core.event', thinOf(world, event))
  world.told.push(event.id)
  return event
}

function clockOfObject(world: World, subject: Told): string | null {
  if (typeof subject.test_clock === 'string') return subject.test_clock
  if (subject.object === 'test_helpers.test_clock') return subject.id ?? null
  return typeof subject.customer === 'string' ? (peek(world, 'customer', subject.customer)?.test_clock ?? null) : null
}

/** The thin twin of a snapshot has the same id but for its beginning. */
export const thinIdOf = (id: string): string => (id.startsWith('evt_test_') ? id : id.replace(/^evt_/, 'evt_test_'))

// Only these have nothing to point at.
const withoutObject = new Set(['invoice.upcoming', 'billing.alert.triggered'])

function thinOf(_world: World, event: EventRecord): ThinEvent {
  const subject = event.data.object as unknown as { id: string; object: Kind }
  const pointed = !withoutObject.has(event.type) && kinds[subject.object]?.url
  return {
    id: thinIdOf(event.id),
    object: 'v2.core.event',
    created: new Date(event.created * 1000).toISOString(),
    livemode: false,
    type: `v1.${event.type}`,
    context: null,
    reason: event.request?.id ? { type: 'request', request: event.request } : null,
    snapshot_event: event.id,
    ...(pointed ? { related_object: { id: subject.id, type: subject.object, url: `${pointed}/${subject.id}` } } : {}),
    ...(withoutObject.has(event.type) ? { data: { customer: (subject as { customer?: string }).customer } } : {}),
  }
}

/** A thin event that has no snapshot twin, such as those about meters. */
export function tellThin(world: World, type: string, fields: Partial<ThinEvent>): void {
  const id = newId(world, 'v2.core.event')
  const created = new Date(now(world) * 1000).toISOString()
  put(world, 'v2.core.event', { id, object: 'v2.core.event', created, livemode: false, type, context: null, reason: null, ...fields })
  world.told.push(id)
}

export type Patch<T> = { [F in keyof T]?: T[F] | undefined }

/** Changes an object, and tells it when a type of event is named. Fields that are undefined stay as they are. */
export function change<T extends { object: Kind }>(world: World, object: T, patch: Patch<T>, type?: string): T {
  const set = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const next = { ...object, ...set } as T
  put(world, object.object, next as never)
  if (type) {
    const previous = differences(object as Record<string, unknown>, next as Record<string, unknown>)
    if (Object.keys(previous).length > 0) tell(world, type, next, previous)
  }
  return next
}

function differences(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]))
  return Object.fromEntries(names.map((name) => [name, before[name] ?? null]))
}
