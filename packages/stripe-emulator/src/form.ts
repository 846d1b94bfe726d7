/** What we are asked: form-encoded with brackets (`a[b][0]=c`), turned into values as the schema wants them. */
import { invalid, missing, type Refused } from './errors.ts'
import { allows, resolve, type Schema } from './schema.ts'

type Tree = { [name: string]: Tree | string }

/** `a[b][0]=c` as a tree of names. */
export function readForm(text: string): Tree {
  const tree: Tree = Object.create(null) as Tree
  for (const [key, value] of new URLSearchParams(text)) plant(tree, namesIn(key), value)
  return tree
}

const namesIn = (key: string): string[] => [key.replace(/\[.*$/s, ''), ...[...key.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')]

function plant(tree: Tree, names: string[], value: string): void {
  let here = tree
  for (const [i, given] of names.entries()) {
    const name = given === '' ? String(Object.keys(here).length) : given
    if (i === names.length - 1) {
      here[name] = value
      return
    }
    if (typeof here[name] !== 'object') here[name] = Object.create(null) as Tree
    here = here[name]
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value as the schema wants it, or the first reason why it cannot be. */
class Reader {
  readonly refusals: Refused[] = []

  read(given: Schema, value: unknown, at: string): unknown {
    const schema = resolve(given)
    if (value === '' && (allows(schema, 'null') || emptyable(schema))) return null
    if (value === null && allows(schema, 'null')) return null
    if (schema.anyOf) return this.readAny(schema.anyOf, value, at)
    if (schema.enum && !schema.enum.includes(value)) return this.refuse(`Invalid ${at}: must be one of ${schema.enum.join(', ')}`, at)
    if ('const' in schema && schema.const !== value && String(schema.const) !== value) return this.refuse(`Invalid ${at}`, at)
    const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'any']
    const read = readers[types.find((type) => type !== 'null') ?? 'any']
    return read ? read(this, schema, value, at) : value
  }

  readAny(choices: Schema[], value: unknown, at: string): unknown {
    const attempts = choices.map((choice) => {
      const reader = new Reader()
      return { value: reader.read(choice, value, at), refusals: reader.refusals }
    })
    const best = attempts.reduce((a, b) => (b.refusals.length < a.refusals.length ? b : a))
    this.refusals.push(...best.refusals)
    return best.value
  }

  refuse(message: string, param: string, code?: string): undefined {
    this.refusals.push(invalid(message, code ? { param, code } : { param }))
    return undefined
  }
}

const emptyable = (schema: Schema): boolean =>
  schema.enum?.includes('') ?? schema.anyOf?.some((each) => 'const' in each && each.const === '') ?? false

// What was read from a form has no prototype, so it cannot be made text by itself.
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

type Read = (reader: Reader, schema: Schema, value: unknown, at: string) => unknown

const readers: Record<string, Read> = {
  string: (reader, _schema, value, at) => (typeof value === 'string' ? value : reader.refuse(`Invalid string: ${at}`, at)),
  number(reader, _schema, value, at) {
    if (typeof value === 'number') return value
    if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
    return reader.refuse(`Invalid integer: ${shown(value)}`, at, 'parameter_invalid_integer')
  },
  boolean(reader, _schema, value, at) {
    if (value === true || value === 'true') return true
    return value === false || value === 'false' ? false : reader.refuse(`Invalid boolean: ${shown(value)}`, at)
  },
  array(reader, schema, value, at) {
    if (Array.isArray(value)) return value.map((each, i) => reader.read(schema.items ?? {}, each, `${at}[${i}]`))
    const names = isObject(value) ? Object.keys(value) : undefined
    if (!names?.every((name) => /^\d+$/.test(name))) return reader.refuse('Invalid array', at)
    return names.map((name, i) => reader.read(schema.items ?? {}, (value as Tree)[name], `${at}[${i}]`))
  },
  object(reader, schema, value, at) {
    if (!isObject(value)) return reader.refuse('Invalid object', at)
    return readFields(reader, schema, value, at)
  },
}

function readFields(reader: Reader, schema: Schema, value: Record<string, unknown>, at: string): Record<string, unknown> {
  const inside = (name: string) => (at ? `${at}[${name}]` : name)
  const fields: Record<string, unknown> = {}
  for (const [name, each] of Object.entries(value)) {
    const field = schema.properties?.[name] ?? schema.additionalProperties ?? true
    if (field === false) reader.refuse(`Received unknown parameter: ${inside(name)}`, inside(name), 'parameter_unknown')
    else fields[name] = field === true ? each : reader.read(field, each, inside(name))
  }
  for (const name of schema.required ?? []) if (value[name] === undefined) reader.refusals.push(missing(inside(name)))
  return fields
}

/** The parameters as the schema wants them; throws the first refusal. */
export function readParams(schema: Schema | undefined, given: Record<string, unknown>): Record<string, unknown> {
  const reader = new Reader()
  const params = reader.read(
    schema ?? { type: 'object', additionalProperties: false, properties: { expand: { type: 'array' } } },
    given,
    '',
  )
  const [first] = reader.refusals
  if (first) throw first
  return params as Record<string, unknown>
}
