/**
 * The frame of the API. A room describes each operation once: its words, what it takes, what it
 * answers, and the act. Types, validation and the OpenAPI document (`document.ts`) come from that.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import type { House, Program, Web } from '../web/house.ts'
import { type Flaw, nothingHere, Refusal } from '../web/refusal.ts'
import { byKey } from './guard.ts'
import { type Once, onceFor } from './once.ts'
import type { Scope } from './scopes.ts'

export const API = '/api/v1'

/** What is answered under one status: its words, its schema (with an id, by `.meta`), an example. */
export interface Said<S extends z.ZodType = z.ZodType> {
  readonly says: string
  readonly schema: S
  readonly example: z.input<S>
}
type Answers = { readonly [status: number]: Said }
type AnswerOf<A extends Answers> = { [S in keyof A & number]: { readonly status: S; readonly body: z.input<A[S]['schema']> } }[keyof A &
  number]

/** A request, as an operation's act gets it. */
export interface Call<P, Q, B, A> {
  readonly house: House
  readonly program: Program
  readonly path: P
  readonly query: Q
  readonly body: B
  /** For what is `repeatable`: does the act once, however often the request comes. */
  readonly once: Once<A>
}

interface Described {
  /** A word for it, such as `readAccess`: the SDK's and the document's name of the operation. */
  readonly id: string
  readonly tag: string
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** Below `/api/v1`, such as `/people/:id`. */
  readonly at: string
  /** What the key must open; undefined where any key will do. */
  readonly scope: Scope | undefined
  /** A few words, and a paragraph. */
  readonly title: string
  readonly says: string
  /** Refusals of its own beside those that all have, such as 404 or 409, in words. */
  readonly refuses?: Readonly<Record<number, string>>
  /** It takes an `Idempotency-Key` and does its act by `once`. */
  readonly repeatable?: boolean
}

interface Typed<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends Answers> extends Described {
  readonly path?: P
  readonly query?: Q
  /** What is sent as JSON; its schema has an id, and its example stands in the document. */
  readonly body?: { readonly schema: B; readonly example: z.input<B> }
  readonly answers: A
  readonly act: (call: Call<z.output<P>, z.output<Q>, z.output<B>, AnswerOf<NoInfer<A>>>) => Promise<AnswerOf<NoInfer<A>>>
}

type Answered = { readonly status: number; readonly body: unknown }
type AnyCall = Call<unknown, unknown, unknown, Answered>

/** An operation, whatever it takes and answers. */
export interface Operation extends Described {
  readonly path?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: { readonly schema: z.ZodType; readonly example: unknown }
  readonly answers: Answers
  readonly act: (call: AnyCall) => Promise<Answered>
}

/** Declares an operation. */
export const operation = <P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends Answers>(
  described: Typed<P, Q, B, A>,
): Operation => described as unknown as Operation

/** All operations as routes. A path that is here answers other methods with what it takes. */
export function apiRoutes(operations: readonly Operation[]): Hono<Web> {
  const routes = new Hono<Web>().use(`${API}/*`, forNoOtherSite)
  for (const one of operations) routes.on(one.method.toUpperCase(), API + one.at, byKey(one.scope), answering(one))
  for (const at of new Set(operations.map((one) => one.at))) {
    const methods = operations.filter((one) => one.at === at).map((one) => one.method.toUpperCase())
    routes.all(API + at, refuseMethod(methods))
  }
  return routes
}

// CORS says so in as many words: no page of another site may read an answer.
const forNoOtherSite: MiddlewareHandler<Web> = (c, next) => {
  c.header('access-control-allow-origin', c.get('house').config.origin)
  return next()
}

const answering =
  (one: Operation) =>
  async (c: Context<Web>): Promise<Response> => {
    const { status, body } = await one.act(await callOf(c, one))
    return c.json(body as object, status as ContentfulStatusCode, { 'cache-control': 'no-store' })
  }

const refuseMethod =
  (methods: readonly string[]): MiddlewareHandler<Web> =>
  async (c) => {
    c.header('allow', methods.join(', '))
    throw new Refusal(405, `This address takes ${methods.join(' and ')}.`)
  }

async function callOf(c: Context<Web>, one: Operation): Promise<AnyCall> {
  const path = one.path?.safeParse(c.req.param())
  if (path && !path.success) throw nothingHere('malformed parameter')
  const query = queryOf(c, one.query)
  const text = one.body ? await textOf(c) : ''
  return {
    house: c.get('house'),
    program: c.get('program'),
    path: path?.data,
    query,
    body: one.body && bodyOf(text, one.body.schema),
    once: onceFor(c, one, text),
  }
}

function queryOf(c: Context<Web>, schema: z.ZodObject = z.strictObject({})): unknown {
  const sent = Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values])
  const result = schema.strict().safeParse(Object.fromEntries(sent))
  if (result.success) return result.data
  throw flawed(result.error, (path) => ({ parameter: String(path[0] ?? '') }))
}

async function textOf(c: Context<Web>): Promise<string> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
    throw new Refusal(415, 'Please send JSON: Content-Type: application/json.')
  return c.req.text()
}

function bodyOf(text: string, schema: z.ZodType): unknown {
  const result = schema.safeParse(parsed(text))
  if (result.success) return result.data
  throw flawed(result.error, (path) => ({
    pointer: path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  }))
}

function parsed(text: string): unknown {
  // PostgreSQL has no place for this sign, and nobody has a use for it.
  if (text.includes('\\u0000')) throw new Refusal(400, 'The sign U+0000 cannot be kept. Please leave it out.')
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'That is not JSON, or it arrived damaged.')
  }
}

type Place = { readonly pointer: string } | { readonly parameter: string }

function flawed(error: z.ZodError, placeOf: (path: readonly PropertyKey[]) => Place): Refusal {
  const flaws: Flaw[] = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ ...placeOf([...issue.path, key]), detail: 'This is not known here.' }))
      : [{ ...placeOf(issue.path), detail: issue.message }],
  )
  return new Refusal(422, 'Something in the request does not fit; see errors.', { flaws: flaws.slice(0, 50) })
}
