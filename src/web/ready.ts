/**
 * Public pages that are ready: each page is rendered and compressed once for each kind of reader, and
 * from then on answered before any route is looked for. What the operator wrote is fixed at the start;
 * a page that also shows what staff can change is rendered again after a few seconds.
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

interface Ready {
  readonly prepared: Prepared
  /** By the clock of the process, in milliseconds. */
  readonly until: number
}

const houses = new WeakMap<House, Map<string, Ready>>()

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
  const ready = houses.get(c.get('house'))?.get(keyOf(c))
  return ready && ready.until > performance.now() ? answer(c, ready.prepared) : undefined
}

/** Renders every page anew: this process changed what they show. Others follow within the pages' seconds. */
export const forgetReady = (house: House): void => void houses.delete(house)

/** Keeps a rendered page ready for the next reader of this kind, for so many seconds, and answers this one. */
export function keepReady(c: Context<Web>, html: string, seconds: number): Response {
  const house = c.get('house')
  const pages = houses.get(house) ?? new Map<string, Ready>()
  const kept = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', vary: 'Cookie, Sec-GPC' }
  const prepared = prepare(Buffer.from(html), { ...safeHeaders(house.config), ...kept })
  houses.set(house, pages.set(keyOf(c), { prepared, until: performance.now() + seconds * 1000 }))
  return answer(c, prepared)
}
