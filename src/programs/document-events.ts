/** What programs are told, as the API's document describes it: the `webhooks` of OpenAPI 3.1. */
import { z } from 'zod'
import { events, type EventType } from './events.ts'

type Json = Readonly<Record<string, unknown>>

const types = Object.keys(events) as EventType[]

/** The name of an event's schema: `person.erased` is `PersonErased`. */
const nameOf = (type: EventType): string => type.replace(/(^|[.-])([a-z])/g, (_, __, letter: string) => letter.toUpperCase())

const header = (name: string, description: string, pattern: string, example: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', maxLength: 1_000, pattern },
  example,
})

/** The headers of every message, by Standard Webhooks. */
export const eventParameters: Json = {
  WebhookId: header(
    'webhook-id',
    'The number of what happened: the same whenever it is told again',
    '^[0-9a-f-]{36}$',
    '01890a5d-ac96-774b-bcce-b302099a8057',
  ),
  WebhookTimestamp: header('webhook-timestamp', 'When it was sent, in seconds since 1970', '^\\d+$', '1735689600'),
  WebhookSignature: header(
    'webhook-signature',
    'Signatures of id, timestamp and body, with spaces between; one that fits is enough',
    '^v1,[\\w+/=]+( v1,[\\w+/=]+)*$',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
}

/** An envelope for each event, by the name of its schema. */
export const eventSchemas = (): Readonly<Record<string, z.ZodObject>> =>
  Object.fromEntries(
    types.map((type) => [
      nameOf(type),
      z
        .strictObject({
          type: z.literal(type),
          timestamp: z.iso.datetime().describe('When it happened'),
          data: events[type].data,
        })
        .meta({ id: nameOf(type), description: events[type].says }),
    ]),
  )

/** Every event as the document's `webhooks`. */
export const eventHooks = (): Json => Object.fromEntries(types.map((type) => [type, { post: hookOf(type) }]))

const hookOf = (type: EventType): Json => ({
  operationId: type,
  tags: ['Webhooks'],
  summary: events[type].says,
  description: 'Sent to the endpoints that ask for it. What is not taken is tried again for three days.',
  security: [],
  parameters: Object.keys(eventParameters).map((name) => ({ $ref: `#/components/parameters/${name}` })),
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { $ref: `#/components/schemas/${nameOf(type)}` },
        example: { type, timestamp: '2027-01-01T00:00:00.000Z', data: events[type].example },
      },
    },
  },
  responses: {
    '204': { description: 'Taken. Every status from 200 to 299 says so.' },
    '410': { description: 'Nothing is wanted here any more: the endpoint is switched off.' },
  },
})
