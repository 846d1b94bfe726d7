// Derives spec.json from the installed SDK's own types, so that its version is the SDK's by construction.
// TypeScript 7 has no compiler API for JavaScript; a folder with an older one is needed:
//
//   mkdir /tmp/sdk && cd /tmp/sdk && npm init -y && npm install stripe@23.1.0 typescript@5.9.3 @types/node@24
//   SDK_ROOT=/tmp/sdk node spec/generate.mjs
//
// After an upgrade: read the difference, then run the tests.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ref, Types } from './types.mjs'

const root = process.env.SDK_ROOT ?? process.cwd()
const ts = createRequire(`${root}/x.js`)('typescript')
const sdk = `${root}/node_modules/stripe`
const wanted = JSON.parse(readFileSync(new URL('operations.json', import.meta.url), 'utf8'))

const entry = `${sdk}/esm/stripe.core.d.ts`
const options = {
  ...{ strict: true, skipLibCheck: true, types: ['node'], typeRoots: [`${root}/node_modules/@types`] },
  ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
}
const program = ts.createProgram([entry], options)
const checker = program.getTypeChecker()
const types = new Types(checker, wanted)
const stripe = checker.getTypeAtLocation(
  program.getSourceFile(entry).statements.find((each) => ts.isClassDeclaration(each) && each.name?.text === 'Stripe'),
)
const member = (type, name) => checker.getPropertyOfType(type, name)

/** The method that a dotted name means, such as `checkout.sessions.create`. */
function findMethod(name) {
  let type = stripe
  let symbol
  for (const part of name.split('.')) {
    symbol = member(type, part)
    if (!symbol) return undefined
    type = checker.getTypeOfSymbol(symbol)
  }
  return { symbol, signature: type.getCallSignatures()[0] }
}

const sources = new Map()

/** Verb and path, read from the JavaScript beside the declaration. */
function httpOf(declaration, method) {
  const file = declaration.getSourceFile().fileName.replace(/\.d\.ts$/, '.js')
  if (!sources.has(file)) sources.set(file, ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true))
  const source = sources.get(file)
  let found
  const seek = (node) => {
    if (!found && ts.isCallExpression(node) && node.expression.getText(source).endsWith('_makeRequest'))
      found = { verb: node.arguments[0].text, path: pathOf(node.arguments[1], source) }
    ts.forEachChild(node, seek)
  }
  const visit = (node) => {
    if (ts.isClassDeclaration(node) && node.name?.text === declaration.name.text)
      node.members.filter((each) => ts.isMethodDeclaration(each) && each.name.getText(source) === method).forEach(seek)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function pathOf(node, source) {
  if (!ts.isTemplateExpression(node)) return node.text
  return (
    node.head.text +
    node.templateSpans
      .map((span) => `{${/encodeURIComponent\((\w+)\)/.exec(span.expression.getText(source))?.[1]}}${span.literal.text}`)
      .join('')
  )
}

/** What a method answers with; lists say so in the name of their promise. */
function responseOf(signature) {
  const type = signature.getReturnType()
  const name = type.aliasSymbol?.name ?? type.symbol?.name
  const [item] = checker.getTypeArguments(type)
  if (name === 'ApiListPromise') return types.list(item, 'response')
  if (name === 'ApiSearchResultPromise') return searchResult(types.list(item, 'response'))
  if (name !== 'V2ListPromise') return types.schema(withoutEnvelope(item), 'response')
  const link = { type: ['string', 'null'] }
  const properties = { data: { type: 'array', items: types.schema(item, 'response') }, next_page_url: link, previous_page_url: link }
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties }
}

/** `Response<T>` is T and the last response; only T travels. */
const withoutEnvelope = (type) => type.aliasTypeArguments?.[0] ?? (type.isIntersection() ? type.types[0] : type)

function searchResult(list) {
  list.properties.object.const = 'search_result'
  Object.assign(list.properties, { next_page: { type: ['string', 'null'] }, total_count: { type: 'number' } })
  return { ...list, required: [...list.required, 'next_page'] }
}

const paths = {}

function add(name) {
  const method = findMethod(name)
  const http = method && httpOf(method.symbol.valueDeclaration.parent, name.split('.').at(-1))
  if (!http) return types.missing.push(name)
  const verb = http.verb.toLowerCase()
  const params = method.signature.parameters.find((each) => each.name === 'params')
  const request =
    params && types.named(checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(params, params.valueDeclaration)), 'request')
  const encoding = http.path.startsWith('/v2') ? 'application/json' : 'application/x-www-form-urlencoded'
  paths[http.path] ??= {}
  paths[http.path][verb] = {
    operationId: name,
    responses: { 200: { description: 'ok', content: { 'application/json': { schema: responseOf(method.signature) } } } },
    ...(request ? (verb === 'post' ? { requestBody: { content: { [encoding]: { schema: request } } } } : { 'x-query': request }) : {}),
  }
}

/** Only what can be reached from an operation stays. */
function reachable() {
  const found = new Set(['Event', 'ThinEvent'])
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return
    if (typeof node.$ref === 'string') follow(node.$ref.slice(ref('').$ref.length))
    Object.values(node).forEach(walk)
  }
  const follow = (name) => {
    if (found.has(name)) return
    found.add(name)
    walk(types.components[name])
  }
  walk(types.components.Event)
  walk(paths)
  return Object.fromEntries(Object.entries(types.components).filter(([name]) => found.has(name)))
}

types.learnMethods(
  checker.getTypeOfSymbol(member(checker.getTypeArguments(findMethod('paymentMethods.retrieve').signature.getReturnType())[0], 'type')),
)
wanted.operations.forEach(add)
const version = /'(\d{4}-[^']+)'/.exec(readFileSync(`${sdk}/esm/apiVersion.js`, 'utf8'))[1]
const info = {
  title: 'Stripe API, in part, derived from the types of its SDK',
  version,
  'x-sdk': `stripe@${JSON.parse(readFileSync(`${sdk}/package.json`, 'utf8')).version}`,
}
const spec = { openapi: '3.1.0', info, paths, components: { schemas: reachable() } }
writeFileSync(new URL('spec.json', import.meta.url), `${JSON.stringify(spec)}\n`)
console.log(
  `${wanted.operations.length} operations, ${Object.keys(spec.components.schemas).length} schemas; not found: ${types.missing.join(', ') || 'none'}`,
)
