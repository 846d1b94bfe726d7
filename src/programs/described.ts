/** The API's document as the program reads it itself, for the page that shows it. */

/** The parts of a JSON schema that the page shows. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly maxLength?: number
  readonly enum?: readonly string[]
  readonly const?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

/** What is sent or answered. */
export interface Sent {
  readonly $ref?: string
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly description?: string
  readonly schema: Schema
}

export interface Operated {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly 'x-scope'?: string
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: Sent
  readonly responses: Readonly<Record<string, Sent>>
}

/** The document, as far as the program reads it itself. */
export interface Document {
  readonly info: { readonly title: string; readonly summary: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operated>>>>
  readonly webhooks: Readonly<Record<string, { readonly post: Operated }>>
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>
    readonly responses: Readonly<Record<string, Sent>>
    readonly schemas: Readonly<Record<string, Schema>>
  }
}

/** A field as a line of a table. */
export interface Field {
  readonly name: string
  readonly required: boolean
  readonly kind: string
  readonly says: string | undefined
}

/** Every field of a schema, those inside of others by their whole path, such as `items[].id`. */
export function fieldsOf(schema: Schema, document: Document, name = '', required = true): Field[] {
  const whole = resolved(schema, document)
  const { properties, items } = whole
  if (properties)
    return Object.entries(properties).flatMap(([key, one]) =>
      fieldsOf(one, document, name ? `${name}.${key}` : key, whole.required?.includes(key) ?? false),
    )
  const line = { name, required, kind: kindOf(whole, document), says: whole.description }
  const inside = items && resolved(items, document)
  return inside?.properties ? [line, ...fieldsOf(inside, document, `${name}[]`)] : [line]
}

const resolved = (schema: Schema, { components }: Document): Schema =>
  schema.$ref ? (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema

function kindOf(schema: Schema, document: Document): string {
  const { type, format, maxLength, items, anyOf } = schema
  if (anyOf) return anyOf.map((one) => kindOf(resolved(one, document), document)).join(' or ')
  if (schema.enum) return schema.enum.join(', ')
  if (schema.const !== undefined) return schema.const
  if (items) return `list of: ${kindOf(resolved(items, document), document)}`
  if (type === 'string') return format ?? `text, at most ${maxLength} signs`
  return type ?? 'anything'
}
