// Writes the SDK's types from the API's document: every named schema, every operation, every event.

const header = '// Generated from docs/openapi.json by npm run generate; do not edit.\n'

/** The whole file. */
export function sdkTypes(document) {
  const { paths, webhooks, components } = document
  const found = Object.entries(paths).flatMap(([at, methods]) => Object.entries(methods).map(([method, told]) => ({ at, method, told })))
  return [
    header,
    ...Object.entries(components.schemas).map(([name, schema]) => named(name, schema)),
    `/** What each operation takes and answers. */\nexport interface Operations {\n${found.map((one) => typed(one, components)).join('')}}\n`,
    `/** Where each operation is, and whether it may be named so that it is done once. */\nexport const operations: Readonly<Record<keyof Operations, { method: string; at: string; repeatable: boolean }>> = {\n${found.map(placed).join('')}}\n`,
    `/** Everything that a program can be told. */\nexport type Told = ${Object.values(webhooks)
      .map(({ post }) => typeOf(contentOf(post.requestBody)))
      .join(' | ')}\n`,
  ].join('\n')
}

const contentOf = (part) => part?.content?.['application/json']?.schema

const comment = (text, indent = '') => (text ? `${indent}/** ${text} */\n` : '')

const named = (name, schema) =>
  `${comment(schema.description)}${schema.properties ? `export interface ${name} ${typeOf(schema)}` : `export type ${name} = ${typeOf(schema)}`}\n`

function typeOf(schema, indent = '') {
  if (!schema) return 'undefined'
  if (schema.$ref) return schema.$ref.split('/').at(-1)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  const among = schema.anyOf ?? schema.oneOf
  if (among) return among.map((one) => typeOf(one, indent)).join(' | ')
  if (schema.type === 'array') return `readonly ${bracketed(typeOf(schema.items, indent))}[]`
  if (schema.type === 'object') return objectOf(schema, indent)
  return { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[schema.type] ?? 'unknown'
}

const literal = (value) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))
const bracketed = (type) => (type.includes(' | ') && !type.startsWith('{') ? `(${type})` : type)
const key = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`)

function objectOf({ properties, required = [], additionalProperties }, indent) {
  if (!properties)
    return `Readonly<Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown'}>>`
  const inner = `${indent}  `
  const lines = Object.entries(properties).map(
    ([name, one]) =>
      `${comment(one.description, inner)}${inner}readonly ${key(name)}${required.includes(name) ? '' : '?'}: ${typeOf(one, inner)}\n`,
  )
  return `{\n${lines.join('')}${indent}}`
}

function typed({ told }, components) {
  const parameters = (told.parameters ?? []).map((one) => (one.$ref ? components.parameters[one.$ref.split('/').at(-1)] : one))
  const asks = ['path', 'query'].flatMap((place) => {
    const those = parameters.filter((one) => one.in === place)
    if (those.length === 0) return []
    const fields = those.map(({ name, required, schema }) => `readonly ${key(name)}${required ? '' : '?'}: ${typeOf(schema)}`)
    return [`readonly ${place}${those.some(({ required }) => required) ? '' : '?'}: { ${fields.join('; ')} }`]
  })
  if (told.requestBody) asks.push(`readonly body: ${typeOf(contentOf(told.requestBody))}`)
  const answers = Object.entries(told.responses).filter(([status]) => status < '300')
  const answer = [...new Set(answers.map(([, one]) => typeOf(contentOf(one))))].join(' | ')
  return `${comment(told.summary, '  ')}  ${told.operationId}: { readonly asks: {${asks.map((one) => ` ${one};`).join('')} }; readonly answers: ${answer} }\n`
}

function placed({ at, method, told }) {
  const repeatable = (told.parameters ?? []).some(({ $ref }) => $ref?.endsWith('/IdempotencyKey'))
  return `  ${told.operationId}: { method: '${method.toUpperCase()}', at: '${at}', repeatable: ${repeatable} },\n`
}
