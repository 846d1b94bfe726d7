/**
 * One of the company's own programs, as tests need it: it has a key, speaks the API, and checks that
 * every answer is one that the API's own document describes.
 */
import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Hono } from 'hono'
import { openApp, operations } from '../src/app.ts'
import type { Id } from '../src/log.ts'
import { apiRoutes, type Operation } from '../src/programs/api.ts'
import { aboutHouse, openApiDocument } from '../src/programs/document.ts'
import { makeKey } from '../src/programs/key.ts'
import type { Scope } from '../src/programs/scopes.ts'
import type { Web } from '../src/web/house.ts'
import type { TestHouse } from './harness.ts'

/** An answer, checked and read. */
export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

type Json = Record<string, unknown>
const ajv = addFormats.default(new Ajv2020({ strict: false, validateFormats: true }))
ajv.addFormat('int32', true).addFormat('int64', true)

export class TestProgram {
  readonly key: string | undefined
  readonly #app: Hono<Web>
  readonly #origin: string
  readonly #document: Json

  /** `more` are operations that a test mounts beside the house's own. */
  constructor({ house }: Pick<TestHouse, 'house'>, key?: string, more: readonly Operation[] = []) {
    this.key = key
    this.#app = openApp(house)
    this.#app.route('/', apiRoutes(more))
    this.#origin = house.config.origin
    this.#document = openApiDocument([...operations, ...more], aboutHouse(house)) as unknown as Json
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Told> {
    return this.send('GET', path, { headers })
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Told> {
    return this.send('POST', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
  }

  /** Sends a request below `/api/v1`, and checks the answer against the document. */
  async send(method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}): Promise<Told> {
    const key = this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }
    const headers = { host: new URL(this.#origin).host, ...key, ...init.headers }
    const answer = await this.#app.request(`${this.#origin}/api/v1${path}`, { ...init, method, headers })
    const text = await answer.text()
    const told = { status: answer.status, headers: answer.headers, body: JSON.parse(text) as Json }
    this.#check(method, path, told)
    return told
  }

  #check(method: string, path: string, { status, headers, body }: Told): void {
    const paths = this.#document['paths'] as Record<string, Record<string, { responses: Record<string, Json> }>>
    const found = Object.entries(paths).find(([pattern]) => leads(pattern, path.replace(/\?.*/, '')))
    const declared = found?.[1][method.toLowerCase()]?.responses[status]
    assert(declared, `${method} ${path} answered ${status}, which the document does not know: ${JSON.stringify(body)}`)
    const answer = this.#resolved(declared)
    const [type, content] = Object.entries(answer['content'] as Record<string, { schema: Json }>)[0] ?? []
    assert.match(headers.get('content-type') ?? '', new RegExp(`^${type?.replace('+', '\\+')}`))
    assert.equal(headers.get('cache-control'), 'no-store')
    const valid = this.#validator(content?.schema ?? {})
    assert(valid(body), `${method} ${path} ${status}: ${ajv.errorsText(valid.errors)} in ${JSON.stringify(body)}`)
  }

  #resolved(part: Json): Json {
    const steps = typeof part['$ref'] === 'string' ? part['$ref'].slice(2).split('/') : undefined
    return steps ? (steps.reduce<unknown>((at, step) => (at as Json)[step], this.#document) as Json) : part
  }

  #validator(schema: Json): ValidateFunction {
    return ajv.compile({ ...schema, components: this.#document['components'] })
  }
}

const leads = (pattern: string, path: string): boolean => new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)

/** A program with a key that opens these scopes, made without the console. */
export async function programWith(
  house: TestHouse,
  scopes: readonly Scope[],
  more: { service?: string; expiresAt?: Date } = {},
): Promise<TestProgram> {
  const [somebody] = await house.query<{ id: Id }>('select id from people limit 1')
  if (!somebody) {
    await house.person('Key Maker')
    return programWith(house, scopes, more)
  }
  const made = { name: 'A program', scopes, service: more.service, expiresAt: more.expiresAt, madeBy: somebody.id }
  return new TestProgram(house, await house.house.db.as('security', (tx) => makeKey(tx, made)))
}
