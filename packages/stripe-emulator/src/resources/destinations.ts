/** Where events go: webhook endpoints (v1, snapshots) and event destinations (v2, snapshots or thin). */
import type { Stripe } from 'stripe'
import { now } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import { apiVersion } from '../schema.ts'
import type { Held } from '../wire.ts'
import { all, create, find, notes, peek, randomWord, remove, type World } from '../world.ts'

export interface Destination {
  id: string
  url: string
  payload: 'snapshot' | 'thin'
  secrets: string[]
}

const secrets = notes<string[]>('secrets')
const urls = notes<string>('url')

const secretsOf = (world: World, id: string): string[] => secrets.of(world, id) ?? []

const wants = (enabled: string[], type: string): boolean => enabled.some((each) => each === '*' || each === type)

/** Who wants to hear of an event, thin or not. */
export function destinationsFor(world: World, eventId: string): { destination: Destination; event: string }[] {
  const snapshot = peek(world, 'event', eventId)
  const thin = peek(world, 'v2.core.event', eventId)
  const type = snapshot?.type ?? ''
  const old = snapshot ? all(world, 'webhook_endpoint').filter((each) => each.status === 'enabled' && wants(each.enabled_events, type)) : []
  const young = all(world, 'v2.core.event_destination').filter(({ status, event_payload, enabled_events }) => {
    if (status !== 'enabled') return false
    if (event_payload === 'snapshot') return snapshot !== undefined && wants(enabled_events, type)
    return wants(enabled_events, thin?.type ?? `v1.${type}`)
  })
  return [
    ...old.map(({ id, url }) => ({ id, url, payload: 'snapshot' as const })),
    ...young.map((each) => ({ id: each.id, url: urlOf(world, each.id), payload: each.event_payload })),
  ].map((each) => ({ event: eventId, destination: { ...each, secrets: secretsOf(world, each.id) } }))
}

const urlOf = (world: World, id: string): string => urls.of(world, id) ?? ''

const newSecret = (world: World): string => `whsec_${randomWord(world, 32)}`

function createEndpoint(world: World, { params }: Asked<Stripe.WebhookEndpointCreateParams>) {
  if (!URL.canParse(params.url))
    throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', { param: 'url', code: 'url_invalid' })
  const secret = newSecret(world)
  const endpoint = create(world, 'webhook_endpoint', {
    api_version: params.api_version ?? apiVersion,
    created: now(world),
    description: params.description ?? null,
    enabled_events: params.enabled_events as string[],
    metadata: mergeMetadata(null, params.metadata),
    status: 'enabled',
    url: params.url,
  })
  secrets.set(world, endpoint.id, [secret])
  return { ...endpoint, secret }
}

function updateEndpoint(world: World, { id, params }: Asked<Stripe.WebhookEndpointUpdateParams>) {
  const endpoint = find(world, 'webhook_endpoint', id)
  const status = params.disabled === undefined ? undefined : params.disabled ? 'disabled' : 'enabled'
  const metadata = mergeMetadata(endpoint.metadata, params.metadata)
  return change(world, endpoint, {
    url: params.url,
    description: params.description,
    enabled_events: params.enabled_events,
    status,
    metadata,
  })
}

type NewDestination = Pick<Stripe.V2.Core.EventDestinationCreateParams, 'name' | 'enabled_events' | 'event_payload' | 'description'> & {
  url: string
  metadata?: Record<string, string>
}

export function newDestination(world: World, fields: NewDestination, secret = newSecret(world)): Held<'v2.core.event_destination'> {
  const at = new Date(now(world) * 1000).toISOString()
  const { url, ...rest } = fields
  const made = create(world, 'v2.core.event_destination', {
    ...rest,
    description: fields.description ?? '',
    created: at,
    updated: at,
    events_from: ['self'],
    status: 'enabled',
    type: 'webhook_endpoint',
    ...(fields.event_payload === 'snapshot' ? { snapshot_api_version: apiVersion } : {}),
    metadata: fields.metadata ?? {},
  })
  urls.set(world, made.id, url)
  secrets.set(world, made.id, [secret])
  return made
}

/** Sends what is for a destination elsewhere from now on. */
export function redirectDestination(world: World, id: string, url: string, secret: string): void {
  urls.set(world, id, url)
  secrets.set(world, id, [secret])
}

type Included = { include?: string[] }

/** Address and secret are shown only where asked for, and the secret only once. */
function withIncluded(world: World, destination: Held<'v2.core.event_destination'>, { include = [] }: Included, secret = false) {
  const webhook_endpoint = {
    ...(include.includes('webhook_endpoint.url') ? { url: urlOf(world, destination.id) } : {}),
    ...(secret && include.includes('webhook_endpoint.signing_secret') ? { signing_secret: secretsOf(world, destination.id)[0] } : {}),
  }
  return Object.keys(webhook_endpoint).length > 0 ? { ...destination, webhook_endpoint } : destination
}

function createDestination(world: World, { params }: Asked<Stripe.V2.Core.EventDestinationCreateParams>) {
  if (params.type !== 'webhook_endpoint') throw invalid('This emulator delivers to webhook endpoints only.', { param: 'type' })
  if (!params.webhook_endpoint?.url) throw missing('webhook_endpoint[url]')
  const { name, enabled_events, event_payload } = params
  const fields = { name, enabled_events, event_payload, description: params.description ?? '', url: params.webhook_endpoint.url }
  return withIncluded(world, newDestination(world, { ...fields, metadata: mergeMetadata(null, params.metadata) }), params, true)
}

function updateDestination(world: World, { id, params }: Asked<Stripe.V2.Core.EventDestinationUpdateParams>) {
  const destination = find(world, 'v2.core.event_destination', id)
  if (params.webhook_endpoint?.url) urls.set(world, id, params.webhook_endpoint.url)
  const { name, description, enabled_events } = params
  const metadata = mergeMetadata(destination.metadata ?? null, params.metadata)
  const updated = new Date(now(world) * 1000).toISOString()
  return withIncluded(world, change(world, destination, { name, description, enabled_events, metadata, updated }), params)
}

const setStatus =
  (status: 'enabled' | 'disabled') =>
  (world: World, { id }: Asked<unknown>) => {
    const status_details = status === 'disabled' ? { disabled: { reason: 'user' as const } } : undefined
    const { status_details: _, ...destination } = find(world, 'v2.core.event_destination', id)
    return change(world, destination as Held<'v2.core.event_destination'>, { status, status_details })
  }

export const destinations = {
  'webhookEndpoints.create': createEndpoint,
  'webhookEndpoints.retrieve': (world, { id }) => find(world, 'webhook_endpoint', id),
  'webhookEndpoints.update': updateEndpoint,
  'webhookEndpoints.list': (world, { params }: Asked<Stripe.WebhookEndpointListParams>) =>
    page(all(world, 'webhook_endpoint'), params, '/v1/webhook_endpoints'),
  'webhookEndpoints.del': (world, { id }) => {
    find(world, 'webhook_endpoint', id)
    remove(world, 'webhook_endpoint', id)
    return { id, object: 'webhook_endpoint', deleted: true }
  },
  'v2.core.eventDestinations.create': createDestination,
  'v2.core.eventDestinations.retrieve': (world, { id, params }: Asked<Included>) =>
    withIncluded(world, find(world, 'v2.core.event_destination', id), params),
  'v2.core.eventDestinations.update': updateDestination,
  'v2.core.eventDestinations.list': (world, { params }: Asked<Stripe.V2.Core.EventDestinationListParams>) => ({
    data: all(world, 'v2.core.event_destination').map((each) => withIncluded(world, each, params)),
    next_page_url: null,
    previous_page_url: null,
  }),
  'v2.core.eventDestinations.enable': setStatus('enabled'),
  'v2.core.eventDestinations.disable': setStatus('disabled'),
  'v2.core.eventDestinations.del': (world, { id }) => {
    find(world, 'v2.core.event_destination', id)
    remove(world, 'v2.core.event_destination', id)
    return { id, object: 'v2.core.event_destination' }
  },
} satisfies Operations
