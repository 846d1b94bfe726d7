/** What happened, to be asked for again: thirty days of it. */
import type { Stripe } from 'stripe'
import { day, now } from '../clock.ts'
import { nothing } from '../errors.ts'
import { page } from '../lists.ts'
import type { Asked, Operations } from '../operations.ts'
import type { ThinEvent } from '../wire.ts'
import { all, find, type World } from '../world.ts'

const remembered = 30 * day

const matches = (type: string, wanted: string): boolean => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted)

function list(world: World, { params }: Asked<Stripe.EventListParams>) {
  const wanted = params.types ?? (params.type ? [params.type] : undefined)
  return page(
    all(world, 'event').filter((each) => each.created > now(world) - remembered),
    params,
    '/v1/events',
    (each) =>
      (!wanted || wanted.some((type) => matches(each.type, type))) &&
      (params.delivery_success === undefined || (each.pending_webhooks === 0) === params.delivery_success),
  )
}

type ListThin = Asked<Stripe.V2.Core.EventListParams & { page?: string }>

/** v2 pages by a link; `page` in it is how many have been shown. */
function listThin(world: World, { params }: ListThin) {
  const bounds = (params.created ?? {}) as unknown as Record<'gt' | 'gte' | 'lt' | 'lte', string | undefined>
  const found = all(world, 'v2.core.event')
    .filter(
      (each) => (!params.object_id || each.related_object?.id === params.object_id) && (!params.types || params.types.includes(each.type)),
    )
    .filter((each) => within(each, bounds))
    .reverse()
  const limit = Math.min(params.limit ?? 20, 100)
  const from = Number(params.page ?? 0)
  const link = (start: number) => `/v2/core/events?${pageQuery(params, limit, start).toString()}`
  return {
    data: found.slice(from, from + limit),
    next_page_url: from + limit < found.length ? link(from + limit) : null,
    previous_page_url: from > 0 ? link(Math.max(0, from - limit)) : null,
  }
}

function within({ created }: ThinEvent, bounds: Record<'gt' | 'gte' | 'lt' | 'lte', string | undefined>): boolean {
  const at = Date.parse(created)
  const edge = (bound: string | undefined, otherwise: number) =>
    bound === undefined ? otherwise : /^\d+$/.test(bound) ? Number(bound) * 1000 : Date.parse(bound)
  return at > edge(bounds.gt, -1) && at >= edge(bounds.gte, 0) && at < edge(bounds.lt, Infinity) && at <= edge(bounds.lte, Infinity)
}

function pageQuery(params: ListThin['params'], limit: number, start: number): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit), page: String(start) })
  if (params.object_id) query.set('object_id', params.object_id)
  for (const [i, type] of (params.types ?? []).entries()) query.set(`types[${i}]`, type)
  for (const [name, value] of Object.entries(params.created ?? {})) query.set(`created[${name}]`, String(value))
  return query
}

function retrieve(world: World, { id }: Asked<unknown>) {
  const event = find(world, 'event', id)
  if (event.created <= now(world) - remembered) throw nothing('event', id)
  return event
}

export const eventLog = {
  'events.list': list,
  'events.retrieve': retrieve,
  'v2.core.events.list': listThin,
  'v2.core.events.retrieve': (world, { id }) => find(world, 'v2.core.event', id),
} satisfies Operations
