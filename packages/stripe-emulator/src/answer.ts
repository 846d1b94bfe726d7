/** From a request to the API to its answer. */
import { createHash } from 'node:crypto'
import { includable, operations } from './api.ts'
import { catchUp } from './clock.ts'
import { invalid, Refused } from './errors.ts'
import { present } from './expand.ts'
import { readForm, readParams } from './form.ts'
import { findRoute, type Route } from './router.ts'
import { apiVersion, check } from './schema.ts'
import { notes, randomWord, wholly, type World } from './world.ts'

export interface Question {
  method: string
  /** Path and query. */
  target: string
  headers: Record<string, string | undefined>
  body: string
}

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface Desk {
  world: World
  secretKey: string
  /** Answers that the schema does not allow: faults of the emulator, which tests look for. */
  violations: string[]
}

export function answer(desk: Desk, question: Question): Answer {
  const requestId = `req_${randomWord(desk.world, 14)}`
  const headers = { 'request-id': requestId, 'stripe-version': apiVersion }
  try {
    const { status, body, headers: more } = respond(desk, question, requestId)
    return { status, body, headers: { ...headers, ...more } }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return {
      status: error.status,
      body: { error: { ...error.body, request_log_url: `${desk.world.origin}/_emu?request=${requestId}` } },
      headers,
    }
  }
}

function respond(desk: Desk, question: Question, requestId: string): Answer {
  authenticate(desk, question)
  const { pathname, search } = new URL(question.target, 'http://emulator')
  const found = findRoute(question.method, pathname)
  if (!found) throw invalid(`Unrecognized request URL (${question.method}: ${pathname}).`, { status: 404 })
  const version = question.headers['stripe-version']
  if (version && version !== apiVersion) throw invalid(`Invalid Stripe API version: ${version}. This emulator speaks ${apiVersion}.`)
  const given = paramsOf(found.route, question, search)
  const key = question.method === 'POST' ? question.headers['idempotency-key'] : undefined
  return once(desk, key, print(question), () => run(desk, found.route, found.path, given, { id: requestId, idempotency_key: key ?? null }))
}

function authenticate({ secretKey }: Desk, { headers }: Question): void {
  const given = headers.authorization ?? ''
  const key = given.startsWith('Basic ')
    ? Buffer.from(given.slice(6), 'base64').toString().replace(/:.*$/s, '')
    : given.replace(/^Bearer /, '')
  if (!key) throw new Refused(401, { type: 'invalid_request_error', message: 'You did not provide an API key.' })
  if (key !== secretKey)
    throw new Refused(401, { type: 'invalid_request_error', message: `Invalid API Key provided: ${key.slice(0, 12)}****` })
}

function paramsOf({ json, method }: { json: boolean; method: string }, { body }: Question, search: string): Record<string, unknown> {
  if (method === 'GET' || (method === 'DELETE' && body === '')) return readForm(search.slice(1))
  if (!json) return readForm(body)
  try {
    return (body ? JSON.parse(body) : {}) as Record<string, unknown>
  } catch {
    throw invalid('The body is no JSON.')
  }
}

const print = ({ method, target, body }: Question): string => createHash('sha256').update(`${method} ${target} ${body}`).digest('hex')

interface Kept {
  print: string
  answer: Answer
}

const kept = notes<Kept>('idempotency')

/** The same key means the same request, and the same answer, also where that was a failure of ours. */
function once({ world }: Desk, key: string | undefined, mark: string, act: () => Answer): Answer {
  if (!key) return act()
  if (key.length > 255) throw invalid('Idempotency keys may have 255 characters at most.')
  const before = kept.of(world, key)
  if (before && before.print !== mark)
    throw new Refused(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    })
  if (before) return { ...before.answer, headers: { 'idempotency-key': key, 'idempotent-replayed': 'true' } }
  const answered = keepRefusals(world, key, mark, act)
  kept.set(world, key, { print: mark, answer: answered })
  return { ...answered, headers: { ...answered.headers, 'idempotency-key': key } }
}

/** A decline is an answer, too; what was wrong with the parameters may be tried again, mended. */
function keepRefusals(world: World, key: string, mark: string, act: () => Answer): Answer {
  try {
    return act()
  } catch (error) {
    if (error instanceof Refused && error.keeps)
      kept.set(world, key, { print: mark, answer: { status: error.status, body: { error: error.body } } })
    throw error
  }
}

function run(desk: Desk, route: Route, path: Record<string, string>, given: Record<string, unknown>, request: World['request']): Answer {
  const { world } = desk
  const operation = operations[route.operation]
  if (!operation) throw new Refused(501, { type: 'api_error', message: `The emulator does not know how to do ${route.operation} yet.` })
  refuseRetired(given)
  const params = readAsked(route, given)
  const expand = (params.expand as string[] | undefined) ?? []
  catchUp(world)
  world.request = request
  try {
    // A wrong `expand` is found last, and takes back what was done.
    const body = wholly(world, () =>
      present(world, includable, operation(world, { params, path, id: path.id ?? '', expand } as never), expand),
    )
    return checked(desk, route, body)
  } finally {
    world.request = null
  }
}

/** The links of v2 lists bear a `page`, which no parameter of theirs declares. */
function readAsked({ request, parts, method }: Route, given: Record<string, unknown>): Record<string, unknown> {
  if (parts[0] !== 'v2' || method !== 'GET') return readParams(request, given)
  const { page, ...rest } = given
  return { ...readParams(request, rest), ...(page === undefined ? {} : { page }) }
}

/** What older tutorials still send, refused as the API does. */
function refuseRetired(given: Record<string, unknown>): void {
  if ('payment_method_types' in given)
    throw invalid('`payment_method_types` is no longer supported. Use `allowed_payment_method_types` instead.', {
      param: 'payment_method_types',
      code: 'payment_method_types_no_longer_supported',
    })
}

function checked({ violations }: Desk, route: Route, body: unknown): Answer {
  const problems = check(route.response, body)
  if (problems.length === 0) return { status: 200, body }
  const words = problems.map(({ at, what }) => `${at || 'the answer'} ${what}`).join('; ')
  violations.push(`${route.operation}: ${words}`)
  return { status: 500, body: { error: { type: 'api_error', message: `The emulator made a mistake in ${route.operation}: ${words}` } } }
}
