/**
 * Public pages that are ready: each page is rendered and compressed once for each kind of reader, and
 * from then on answered before any route is looked for. What the operator wrote is fixed at the start;
 * a page that also shows what staff can change is rendered again after a few seconds.
 */
import type { Context } from 'hono'
import { hasCookie } from './cookies.ts'
import { safeHeaders } from './headers.ts'
import type { House, Web } from './house.ts'
import { answer, type Prepared, prepare } from './prepared.ts'

/** What a public page shows differently: the way in or the account, and that a signal is honoured. */
export interface Reader {
  readonly signedIn: boolean
  readonly signal: boolean
  /** Chose not to be counted. */
  readonly uncounted: boolean
}

interface Ready {
  readonly prepared: Prepared
  /** By the clock of the process, in milliseconds. */
  readonly until: number
}

/** How long a page stays ready, and what else it depends on. */
export interface Keeping {
  /** After so many seconds it is rendered again. */
  readonly seconds?: number
  /** What of the request it depends on beside the kind of reader, and the header that tells it. */
  readonly by?: { readonly header: string; of(c: Context<Web>): string }
}

/** The ready pages at one address, for one kind of reader. */
interface Place extends Keeping {
  readonly kept: Map<string, Ready>
}

const houses = new WeakMap<House, Map<string, Place>>()

/** Which kind of reader asks. A cookie is not checked here: nothing but a link in the frame depends on it. */
export const readerOf = (c: Context<Web>): Reader => ({
  signedIn: hasCookie(c.get('house').config, c.req.header('cookie'), 'session'),
  signal: c.req.header('sec-gpc') === '1' || c.req.header('dnt') === '1',
  uncounted: hasCookie(c.get('house').config, c.req.header('cookie'), 'uncounted'),
})

function keyOf(c: Context<Web>): string {
  const { signedIn, signal, uncounted } = readerOf(c)
  return `${c.req.path}${signedIn ? ' in' : ''}${signal ? ' gpc' : ''}${uncounted ? ' uncounted' : ''}`
}

/** The ready answer to this request, if there is one. */
export function readyPage(c: Context<Web>): Response | undefined {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return undefined
  const place = houses.get(c.get('house'))?.get(keyOf(c))
  const ready = place?.kept.get(place.by?.of(c) ?? '')
  return ready && ready.until > performance.now() ? answer(c, ready.prepared) : undefined
}

/** Renders every page anew: this process changed what they show. Others follow within the pages' seconds. */
export const forgetReady = (house: House): void => void houses.delete(house)

/** Keeps a rendered page ready for the next reader of this kind, and answers this one. */
export function keepReady(c: Context<Web>, html: string, { seconds = Infinity, by }: Keeping): Response {
  const house = c.get('house')
  c.set('shownToAll', true)
  const places = houses.get(house) ?? new Map<string, Place>()
  const vary = by ? `Cookie, Sec-GPC, DNT, ${by.header}` : 'Cookie, Sec-GPC, DNT'
  const kept = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', vary }
  const prepared = prepare(Buffer.from(html), { ...safeHeaders(house.config), ...kept })
  const place = places.get(keyOf(c)) ?? { ...(by ? { by } : {}), kept: new Map<string, Ready>() }
  place.kept.set(by?.of(c) ?? '', { prepared, until: performance.now() + seconds * 1000 })
  houses.set(house, places.set(keyOf(c), place))
  return answer(c, prepared)
}
