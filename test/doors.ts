/** Every door of the house, as the program itself lists them: for the tests that knock at all of them. */
import assert from 'node:assert/strict'
import type { Hono } from 'hono'
import type { Web } from '../src/web/house.ts'
import type { Browser } from './browser.ts'

export interface Door {
  readonly method: string
  /** The route's pattern, such as `/invitations/:token`. */
  readonly path: string
}

/** All routes: what a middleware guards is no door of its own. */
export function doorsOf(app: Hono<Web>): Door[] {
  const doors = new Map<string, Door>()
  for (const { method, path } of app.routes) if (method !== 'ALL') doors.set(`${method} ${path}`, { method, path })
  return [...doors.values()]
}

/** A parameter of a pattern, perhaps with what it must look like: `:n{[0-9]{1,9}}`. */
const PARAMETER = /:\w+(\{([^{}]|\{[^}]*\})*\})?/g

export const parametersOf = ({ path }: Door): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')

/** The door's address, with one value in the place of each parameter. */
export const addressOf = ({ path }: Door, value: string): string => path.replace(PARAMETER, () => value)

/** Does this address lead to the door? */
export const leadsTo = ({ path }: Door, address: string): boolean =>
  new RegExp(`^${path.replace(/[.]/g, '\\.').replace(PARAMETER, '[^/]+')}$`).test(address.replace(/\?.*$/, ''))

/** What is sent to a door. */
export interface Knock {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | URLSearchParams | FormData
}

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const ORIGIN = 'http://localhost:3000'
export const ours = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }

/**
 * Knocks, with somebody's cookies but without keeping new ones, and checks what must hold for every
 * answer there is: no fault, no way to another site, no header but our own, no cookie but our two.
 */
export async function knock(app: Hono<Web>, { method, path, headers, body }: Knock, jar?: Browser): Promise<Answer> {
  const cookie = [...(jar?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  const own = method === 'GET' || method === 'HEAD' ? {} : ours
  const init = {
    method,
    headers: { host: 'localhost:3000', ...own, ...(cookie ? { cookie } : {}), ...headers },
    ...(body === undefined ? {} : { body }),
  }
  const response = await app.request(`${ORIGIN}${path}`, init)
  const answer = { status: response.status, headers: response.headers, text: await response.text() }
  const where = `${method} ${path.slice(0, 200)}`
  assert(answer.status < 500, `${where}: ${answer.status}`)
  const location = answer.headers.get('location')
  if (location !== null) assert.equal(new URL(location, ORIGIN).origin, ORIGIN, `${where} leads to ${location}`)
  if (location !== null) assert.match(location, /^\/(?![/\\])/, `${where} leads to ${location}`)
  assert.equal(answer.headers.get('x-injected'), null, where)
  for (const line of answer.headers.getSetCookie())
    assert.match(line, /^(session|attempt|uncounted|answers)=[\w-]*; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/, where)
  return answer
}

/** A form of a page. */
export interface Form {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** The forms of a page that act, with what is in their fields. */
export function formsIn(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)]
    .filter(([, own = '']) => /method="post"/.test(own))
    .map(([, own = '', inside = '']) => ({ action: attribute(own, 'action'), fields: fieldsIn(inside) }))
}

function fieldsIn(html: string): Record<string, string> {
  const fields = [...html.matchAll(/<(?:input|select|textarea|button)\b([^>]*)>/g)].map(([, own = '']) => [
    attribute(own, 'name'),
    attribute(own, 'value'),
  ])
  return Object.fromEntries(fields.filter(([name]) => name))
}

const attribute = (text: string, name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? ''
