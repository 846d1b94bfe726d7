/**
 * Public pages that are ready: each page is rendered and compressed once for each kind of reader, and
 * from then on answered before any route is looked for. What the operator wrote is fixed at the start;
 * a page that also shows what staff can change is rendered again after a few seconds.
 */
import { isUnasked } from './answers.ts'
import { hasCookie } from './cookies.ts'
import { safeHeaders } from './headers.ts'
import type { Word } from '../log.ts'
import type { House } from './house.ts'
import type { PageRequest } from './page-request.ts'
import { type Answer, answerTo, type Prepared, prepare } from './prepared.ts'

/** What a public page shows differently: the way in or the account, and that a signal is honoured. */
export interface Reader {
  readonly signedIn: boolean
  readonly signal: boolean
  /** Chose not to be counted. */
  readonly uncounted: boolean
  /** There is a service of others that they were not asked about. */
  readonly unasked: boolean
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
  readonly by?: { readonly header: string; of(request: PageRequest): string }
  /** With this word in its query the address is another page, which is not kept. */
  readonly unless?: string
}

/** The ready pages at one address, for one kind of reader. */
interface Place extends Keeping {
  /** The pattern of the address. */
  readonly route: Word | undefined
  readonly kept: Map<string, Ready>
}

const houses = new WeakMap<House, Map<string, Place>>()

/** Which kind of reader asks. A cookie is not checked here: nothing but a link in the frame depends on it. */
export const readerOf = (request: PageRequest): Reader => ({
  signedIn: hasCookie(request.house.config, request.header('cookie'), 'session'),
  ...wishesOf(request),
})

/** What of it somebody asks for whom we know already. */
export function wishesOf({ house: { config }, header }: PageRequest): Omit<Reader, 'signedIn'> {
  const signal = header('sec-gpc') === '1' || header('dnt') === '1'
  const uncounted = hasCookie(config, header('cookie'), 'uncounted')
  // Whoever asks not to be followed, or not to be counted, has answered.
  return { signal, uncounted, unasked: !signal && !uncounted && isUnasked(config, header('cookie')) }
}

function keyOf(request: PageRequest): string {
  const { signedIn, signal, uncounted, unasked } = readerOf(request)
  return `${request.path}${signedIn ? ' in' : ''}${signal ? ' gpc' : ''}${uncounted ? ' uncounted' : ''}${unasked ? ' unasked' : ''}`
}

/** The ready answer to this request, if there is one. */
export function readyAnswer(request: PageRequest): Answer | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const place = houses.get(request.house)?.get(keyOf(request))
  if (place?.unless && asks(request.url, place.unless)) return undefined
  const ready = place?.kept.get(place.by?.of(request) ?? '')
  return ready && ready.until > performance.now() ? answerTo(request, ready.prepared) : undefined
}

/** The pattern of an address at which a page is ready. */
export const readyRoute = (request: PageRequest): Word | undefined => houses.get(request.house)?.get(keyOf(request))?.route

const asks = (url: string, word: string): boolean => url.includes('?') && new URLSearchParams(url.slice(url.indexOf('?'))).has(word)

/** Renders every page anew: this process changed what they show. Others follow within the pages' seconds. */
export const forgetReady = (house: House): void => void houses.delete(house)

/** Keeps a rendered page ready for the next reader of this kind; returns the answer for this one. */
export function keepReady(request: PageRequest, html: string, { seconds = Infinity, by, unless }: Keeping): Answer {
  const places = houses.get(request.house) ?? new Map<string, Place>()
  const vary = by && by.header !== 'Cookie' ? `Cookie, Sec-GPC, DNT, ${by.header}` : 'Cookie, Sec-GPC, DNT'
  const kept = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', vary }
  const prepared = prepare(Buffer.from(html), { ...safeHeaders(request.house.config), ...kept })
  const place = places.get(keyOf(request)) ?? {
    route: request.route(),
    ...(by ? { by } : {}),
    ...(unless ? { unless } : {}),
    kept: new Map<string, Ready>(),
  }
  place.kept.set(by?.of(request) ?? '', { prepared, until: performance.now() + seconds * 1000 })
  houses.set(request.house, places.set(keyOf(request), place))
  return answerTo(request, prepared)
}
