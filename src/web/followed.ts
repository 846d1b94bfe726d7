/**
 * The span of a request, from the moment at which the server hands it over until its answer went out. It is called by
 * its method alone until somebody says its route.
 */
import type { Config } from '../config.ts'
import { type Word, word } from '../log.ts'
import { begin, during, end, isTracing, rename, say, type UnderWay } from '../tracing.ts'
import { comesByOurProxy } from './client.ts'
import type { Incoming } from './page-request.ts'

/** As much of Node's response as is needed here. */
interface Outgoing {
  readonly statusCode: number
  readonly headersSent: boolean
  once(event: 'close', then: () => void): unknown
}

type Listener<I, O> = (request: I, response: O) => void

/** Answers each request under a span of its own, while this process traces. */
export const followed =
  <I extends Incoming, O extends Outgoing>(config: Config, answer: Listener<I, O>): Listener<I, O> =>
  (request, response) => {
    const what = isTracing() ? beginRequest(config, request) : undefined
    if (!what) return answer(request, response)
    response.once('close', () => endRequest(what, response))
    return during(what, () => answer(request, response))
  }

// Of a caller whom nobody knows, a trace is not gone on with: it would decide what is followed, and under which number.
function beginRequest(config: Config, { method = '', headers, socket }: Incoming): UnderWay | undefined {
  const name = methodIn(method)
  const caller = comesByOurProxy(config, socket.remoteAddress) ? headers['traceparent']?.toString() : undefined
  return begin({ name, kind: 'server', says: { 'http.request.method': name }, caller })
}

function endRequest(what: UnderWay, { headersSent, statusCode: status }: Outgoing): void {
  if (headersSent) what.span.say({ 'http.response.status_code': status })
  if (!what.failed && !headersSent) what.span.say({ 'error.type': word('unanswered') })
  else if (!what.failed && status >= 500) what.span.say({ 'error.type': word(String(status)) })
  end(what)
}

/** The methods that there are; a stranger may write anything there. */
export const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const methodIn = (method: string): Word => word(METHODS.has(method) ? method : '_OTHER')

/** Says by which route the request is answered that is under way here: its pattern, and never its path. */
export function sayRoute(method: string, route: Word | undefined): void {
  if (!route) return
  say({ 'http.route': route })
  rename(word(`${methodIn(method)} ${route}`))
}
