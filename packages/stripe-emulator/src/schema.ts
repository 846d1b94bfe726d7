/**
 * The API's schema, as derived from the SDK (see spec/), and a small interpreter for it: it checks what we
 * answer, understands what we are asked, and makes skeletons in which only what matters must be filled in.
 */
import { readFileSync } from 'node:fs'
import type { Some } from './wire.ts'

export interface Schema {
  $ref?: string
  anyOf?: Schema[]
  allOf?: Schema[]
  if?: Schema
  // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
  then?: Schema
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  pattern?: string
}

interface SpecOperation {
  operationId: string
  responses: { 200: { content: { 'application/json': { schema: Schema } } } }
  requestBody?: { content: Record<string, { schema: Schema }> }
  'x-query'?: Schema
}

interface Spec {
  info: { version: string; 'x-sdk': string }
  paths: Record<string, Record<string, SpecOperation>>
  components: { schemas: Record<string, Schema> }
}

export const spec = JSON.parse(readFileSync(new URL('../spec/spec.json', import.meta.url), 'utf8')) as Spec
export const apiVersion = spec.info.version

export function resolve(schema: Schema): Schema {
  if (!schema.$ref) return schema
  return resolve(spec.components.schemas[schema.$ref.slice('#/components/schemas/'.length)] ?? {})
}

/** What is wrong with a value: a place and a reason, in words. */
export type Problem = { at: string; what: string }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

export const allows = (schema: Schema, type: string): boolean => {
  const { type: types, anyOf } = resolve(schema)
  return anyOf ? anyOf.some((each) => allows(each, type)) : types === type || (Array.isArray(types) && types.includes(type))
}

/** Checks a value that is about to leave us. */
export function check(given: Schema, value: unknown, at = ''): Problem[] {
  const schema = resolve(given)
  if (schema.anyOf) return fewest(schema.anyOf.map((each) => check(each, value, at)))
  if ('const' in schema && value !== schema.const) return [{ at, what: `is not ${String(schema.const)}` }]
  if (schema.enum && !schema.enum.includes(value)) return [{ at, what: `${JSON.stringify(value)} is not one of ${schema.enum.join(', ')}` }]
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type
  if (types && !types.includes(typeOf(value))) return [{ at, what: `is ${typeOf(value)}, not ${types.join(' or ')}` }]
  if (typeof value === 'string' && schema.pattern && !new RegExp(schema.pattern).test(value)) return [{ at, what: 'has a wrong form' }]
  if (Array.isArray(value)) return schema.items ? value.flatMap((each, i) => check(schema.items ?? {}, each, `${at}[${i}]`)) : []
  return isObject(value) ? [...checkFields(schema, value, at), ...checkBranches(schema, value, at)] : []
}

function checkFields(schema: Schema, value: Record<string, unknown>, at: string): Problem[] {
  const found: Problem[] = []
  for (const name of schema.required ?? []) if (value[name] === undefined) found.push({ at: `${at}.${name}`, what: 'is missing' })
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined) continue
    const field = schema.properties?.[name] ?? schema.additionalProperties ?? true
    if (field === false) found.push({ at: `${at}.${name}`, what: 'is unknown' })
    else if (field !== true) found.push(...check(field, each, `${at}.${name}`))
  }
  return found
}

const checkBranches = (schema: Schema, value: unknown, at: string): Problem[] =>
  (schema.allOf ?? []).flatMap((branch) => {
    if (branch.if && check(branch.if, value, at).length > 0) return []
    return check(branch.then ?? {}, value, at)
  })

const fewest = (attempts: Problem[][]): Problem[] => attempts.reduce((best, each) => (each.length < best.length ? each : best))

/** Something of this shape, in which every required field has its emptiest value, as deep as values are given. */
export const skeleton = <T>(name: string, fields: Some<T>): T => build({ $ref: `#/components/schemas/${name}` }, fields) as T

function empty(given: Schema): unknown {
  const schema = resolve(given)
  if ('const' in schema) return schema.const
  if (allows(schema, 'null') || schema.enum?.includes(null)) return null
  if (schema.anyOf) return empty(schema.anyOf[0] ?? {})
  if (schema.enum) return schema.enum[0]
  const blanks: Record<string, () => unknown> = {
    string: () => (schema.pattern ? '0' : ''),
    number: () => 0,
    boolean: () => false,
    array: () => [],
  }
  const blank = blanks[String(schema.type)]
  return blank ? blank() : build(schema, {})
}

function build(given: Schema, fields: unknown): unknown {
  if (fields === undefined) return empty(given)
  if (!isObject(fields)) return fields
  const schema = objectAmong(resolve(given), fields)
  const names = new Set([...(schema?.required ?? []), ...Object.keys(fields)])
  const wanted = [...names].filter((name) => fields[name] !== undefined || schema?.required?.includes(name))
  return Object.fromEntries(wanted.map((name) => [name, build(schema?.properties?.[name] ?? {}, fields[name])]))
}

/** Of several shapes the one that these fields have. */
function objectAmong(schema: Schema, fields: Record<string, unknown>): Schema | undefined {
  if (!schema.anyOf) return schema.properties ? schema : undefined
  const shapes = schema.anyOf.map(resolve).filter((each) => each.properties)
  return shapes.find((each) => fields.object !== undefined && each.properties?.object?.const === fields.object) ?? shapes[0]
}
