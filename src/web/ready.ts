/**
 * Public pages that are ready: the content is fixed at the start, so each page is rendered and
 * compressed once for each kind of reader, and from then on answered before any route is looked for.
 */
import type { Context } from 'hono'
import { readCookie } from './cookies.ts'
import { safeHeaders } from './headers.ts'
import type { House, Web } from './house.ts'
import { answer, type Prepared, prepare } from './prepared.ts'

/** What a public page shows differently: the way in or the account, and that a signal is honoured. */
export interface Reader {
  readonly signedIn: boolean
  readonly signal: boolean
}

const houses = new WeakMap<House, Map<string, Prepared>>()

/** Which kind of reader asks. A cookie is not checked here: nothing but a link in the frame depends on it. */
export const readerOf = (c: Context<Web>): Reader => ({
  signedIn: c.req.header('cookie') !== undefined && readCookie(c, 'session') !== undefined,
  signal: c.req.header('sec-gpc') === '1',
})

function keyOf(c: Context<Web>): string {
  const { signedIn, signal } = readerOf(c)
  return `${c.req.path}${signedIn ? ' in' : ''}${signal ? ' gpc' : ''}`
}

/** The ready answer to this request, if there is one. */
export function readyPage(c: Context<Web>): Response | undefined {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return undefined
  const prepared = houses.get(c.get('house'))?.get(keyOf(c))
  return prepared && answer(c, prepared)
}

/** Keeps a rendered page ready for the next reader of this kind, and answers this one. */
export function keepReady(c: Context<Web>, html: string): Response {
  const house = c.get('house')
  const pages = houses.get(house) ?? new Map<string, Prepared>()
  const kept = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', vary: 'Cookie, Sec-GPC' }
  const prepared = prepare(Buffer.from(html), { ...safeHeaders(house.config), ...kept })
  houses.set(house, pages.set(keyOf(c), prepared))
  return answer(c, prepared)
}
