/** The API described for machines: OpenAPI 3.1, made from the operations themselves. */
import { z } from 'zod'
import type { House } from '../web/house.ts'
import { API, type Operation, type Said } from './api.ts'
import type { Document } from './described.ts'
import { headers, IdempotencyKey, type Json, limits, Problem, problemOf, problems, ref, refusalNames, TEXT } from './document-parts.ts'
import { eventHooks, eventParameters, eventSchemas } from './document-events.ts'
import { scopes } from './scopes.ts'

/** What a document needs to know of the house. */
export interface About {
  readonly company: string
  readonly origin: string
  readonly contact: string
}

/** The version of the API as a whole; the address says the first number of it. */
const VERSION = '1.0.0'

/** What the document says of this house. */
export const aboutHouse = ({ config, content }: Pick<House, 'config' | 'content'>): About => ({
  company: content.company.name,
  origin: config.origin,
  contact: content.company.contactAddress,
})

/** The whole document. */
export function openApiDocument(operations: readonly Operation[], about: About): Document {
  const paths = pathsOf(operations)
  return {
    openapi: '3.1.0',
    info: infoOf(about),
    servers: [{ url: about.origin + API, 'x-internal': false }],
    security: [{ key: [] }],
    tags: [...new Set([...operations.map(({ tag }) => tag), 'Webhooks'])].map((name) => ({ name, description: tags[name] ?? name })),
    paths,
    webhooks: eventHooks(),
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'crk_…', description: keyInWords() } },
      parameters: { ...usedIn(paths, 'parameters', { IdempotencyKey }), ...eventParameters },
      headers,
      responses: usedIn(paths, 'responses', problems),
      schemas: { Problem, ...schemasOf(operations) },
    },
  } as unknown as Document
}

const tags: Readonly<Record<string, string>> = {
  Keys: 'What a key may do',
  Webhooks: 'What programs are told (Standard Webhooks)',
}

const infoOf = ({ company, origin, contact }: About): Json => ({
  title: `${company}: the API`,
  version: VERSION,
  summary: `For the programs of ${company}’s own services`,
  description: [
    'Each program has a key of its own, made in the console, which opens no more than its scopes say.',
    'Refusals are problems (RFC 9457); one that is about a part of the request names it.',
    'The limit of each key is told with every answer (RateLimit).',
  ].join(' '),
  contact: { name: company, url: `${origin}/help/contact`, email: contact },
  license: { name: 'For use with the services of this company', url: `${origin}/services` },
})

const keyInWords = (): string =>
  `A key from the console, sent as \`Authorization: Bearer crk_…\`. Scopes:\n\n${Object.entries(scopes)
    .map(([name, says]) => `* \`${name}\`: ${says}.`)
    .join('\n')}`

// What no operation refers to yet is left out.
const usedIn = (paths: Json, kind: string, parts: Json): Json =>
  Object.fromEntries(Object.entries(parts).filter(([name]) => JSON.stringify(paths).includes(`"#/components/${kind}/${name}"`)))

function pathsOf(operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const one of operations) {
    const path = one.at.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [one.method]: operationOf(one) }
  }
  return paths
}

const operationOf = (one: Operation): Json => ({
  operationId: one.id,
  tags: [one.tag],
  summary: one.title,
  description: one.says,
  ...(one.scope ? { 'x-scope': one.scope } : {}),
  security: [{ key: one.scope ? [one.scope] : [] }],
  ...withParameters(one),
  ...(one.body ? { requestBody: { required: true, content: jsonOf(one.body) } } : {}),
  responses: { ...answersOf(one), ...refusalsOf(one) },
})

function withParameters(one: Operation): Json {
  const places = [
    ['path', one.path],
    ['query', one.query],
  ] as const
  const named = places.flatMap(([place, schema]) => (schema ? parametersOf(place, schema) : []))
  const all = one.repeatable ? [...named, ref('parameters', 'IdempotencyKey')] : named
  return all.length > 0 ? { parameters: all } : {}
}

function parametersOf(place: 'path' | 'query', schema: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema).schema as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(properties).map(([name, { description, examples, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
    ...(Array.isArray(examples) ? { example: examples[0] as unknown } : {}),
  }))
}

const answersOf = ({ answers }: Operation): Json =>
  Object.fromEntries(
    Object.entries(answers).map(([status, said]) => [status, { description: said.says, headers: limits, content: jsonOf(said) }]),
  )

const jsonOf = ({ schema, example }: Pick<Said, 'schema' | 'example'>): Json => ({
  'application/json': { schema: schemaOf(schema).schema, example },
})

// What the frame itself refuses, and what the operation adds to that.
function refusalsOf(one: Operation): Json {
  const always = [401, 403, 422, 429, 500]
  const forBody = one.body ? [400, 413, 415] : []
  const forNames = one.repeatable ? [409] : []
  const forPath = one.path ? [404] : []
  const standard = [...always, ...forBody, ...forNames, ...forPath].map((status) => [status, ref('responses', refusalNames[status] ?? '')])
  const own = Object.entries(one.refuses ?? {}).map(([status, says]) => [status, problemOf(says)])
  return Object.fromEntries([...standard, ...own]) as Json
}

function schemasOf(operations: readonly Operation[]): Json {
  const used = operations.flatMap(({ body, path, query, answers }) => [
    ...[path, query, body?.schema].filter((schema) => schema !== undefined),
    ...Object.values(answers).map(({ schema }) => schema),
  ])
  const named = Object.assign({}, ...[...used, ...Object.values(eventSchemas())].map((schema) => schemaOf(schema).named)) as Json
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => a.localeCompare(b)))
}

/** A schema as the document holds it (its dialect is JSON Schema's own), and those that have a name (`.meta({ id })`) beside it. */
function schemaOf(schema: z.ZodType): { schema: Json; named: Readonly<Record<string, Json>> } {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => void Object.assign(jsonSchema, tidied(jsonSchema)),
  })
  const {
    $schema: _,
    $defs: named = {},
    ...plain
  } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json & { $defs?: Record<string, Json> }
  return { schema: plain, named: Object.fromEntries(Object.entries(named).map(([name, { id: __, ...one }]) => [name, one])) }
}

const sizes: Readonly<Record<string, number>> = { uuid: 36, 'date-time': 40, date: 10, email: 254, uri: 2_000 }

// Formats say it better than the long expressions that check them; numbers and texts have their bounds told.
function tidied(schema: Record<string, unknown>): Json {
  const format = schema['format']
  if (typeof format === 'string' && format in sizes) {
    delete schema['pattern']
    return { maxLength: schema['maxLength'] ?? sizes[format] }
  }
  if (schema['type'] === 'string' && !schema['pattern'] && !schema['enum'] && schema['const'] === undefined) return { pattern: TEXT }
  if (schema['type'] !== 'integer') return {}
  return { format: Number(schema['maximum']) <= 2_147_483_647 ? 'int32' : 'int64' }
}
