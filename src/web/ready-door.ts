/**
 * The door at which ready pages are handed out. The server comes by here before a `Request` is made of
 * what arrived, which would cost more than the page; the rails come by, too, for whoever calls the app itself.
 */
import type { House } from './house.ts'
import { observe } from './health.ts'
import { readyPageShown } from './onlooker.ts'
import { type Incoming, type PageRequest, requestFrom } from './page-request.ts'
import type { Answer } from './prepared.ts'
import { isTracing } from '../tracing.ts'
import { sayRoute } from './followed.ts'
import { readyAnswer, readyRoute } from './ready.ts'

/** The ready answer, if there is one; who looks on is told. */
export function shownReady(request: PageRequest): Answer | undefined {
  const ready = readyAnswer(request)
  if (ready) readyPageShown(request)
  return ready
}

interface Outgoing {
  writeHead(status: number, headers: Record<string, string>): { end(body?: string | Uint8Array): unknown }
}

/** Hands out a page that is ready; returns whether there was one. */
export function handsOutReady(house: House, incoming: Incoming, outgoing: Outgoing): boolean {
  const started = performance.now()
  if (!house.config.hosts.includes(String(incoming.headers['host']).toLowerCase())) return false
  const request = requestFrom(house, incoming)
  const ready = request && shownReady(request)
  if (!ready) return false
  outgoing.writeHead(ready.status, ready.headers).end(ready.body ?? undefined)
  observe(request, ready.status, started)
  if (isTracing()) sayRoute(request.method, readyRoute(request))
  return true
}
