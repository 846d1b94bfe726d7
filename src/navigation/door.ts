/**
 * The door at which actions come in. It is the busiest of the house, so it also stands in the open:
 * the server hands it a request before a `Request` is made of it, which would cost more than all the rest.
 */
import { word } from '../log.ts'
import { isTracing } from '../tracing.ts'
import { addressBehind } from '../web/client.ts'
import { sayRoute } from '../web/followed.ts'
import type { House } from '../web/house.ts'
import { LONGEST_BODY, readBody } from './payload.ts'
import { type Outcome, report } from './recording.ts'
import type { Asker } from './sight.ts'

const status = { kept: 202, 'left out': 202, unlisted: 403, 'too many': 429, later: 503 } as const satisfies Record<Outcome, number>

/** The answer's number: a stranger learns nothing else from it. */
export type Answered = 202 | 400 | 403 | 429 | 503

/** Takes a body in; it does not throw, and `answer` is called once. */
export function takeIn(house: House, asker: Asker, body: string, answer: (number: Answered) => void): void {
  const said = readBody(body)
  if (said) report(house, asker, said, (outcome) => answer(status[outcome]))
  else answer(400)
}

/** An answer without a body needs few words to be careful. */
const CAREFUL = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
  vary: 'Origin',
}

type Headers = Readonly<Record<string, string>>

/** Made once for each website: there are as many as are listed, and one for all others. */
const made = new WeakMap<House['config'], Map<string, Headers>>()

/** The headers of the answer. Listed websites may read its number; none sends cookies along by it. */
export function answerHeaders({ config }: House, origin: string | undefined): Headers {
  const listed = origin !== undefined && config.navigationSites.includes(origin.toLowerCase()) ? origin : ''
  const known = made.get(config) ?? new Map<string, Headers>()
  made.set(config, known)
  const headers = known.get(listed) ?? headersFor(config, listed)
  if (known.size < MOST_SITES) known.set(listed, headers)
  return headers
}

/** An origin can be spelled in several ways. */
const MOST_SITES = 1_000

function headersFor({ origin }: House['config'], listed: string): Headers {
  const always = origin.startsWith('https://') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}
  return { ...CAREFUL, ...always, ...(listed ? { 'access-control-allow-origin': listed } : {}), 'content-length': '0' }
}

/** As much of Node's request and response as is needed here. */
interface Incoming {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined }
  on(event: 'data', take: (piece: Buffer) => void): unknown
  on(event: 'end' | 'error', take: () => void): unknown
}
interface Outgoing {
  writeHead(status: number, headers: Headers): { end(): unknown }
}

/** Takes the request if it is for this door; returns whether it was. */
export function standsAtDoor(house: House, request: Incoming, response: Outgoing): boolean {
  if (request.url !== '/n' || request.method !== 'POST') return false
  if (!house.config.hosts.includes(String(request.headers['host']).toLowerCase())) return false
  if (isTracing()) sayRoute(request.method, word(request.url))
  const header = (name: string): string | undefined => request.headers[name]?.toString()
  const answer = (number: Answered | 413) => void response.writeHead(number, answerHeaders(house, header('origin'))).end()
  // Asked for while the connection is there.
  const other = request.socket.remoteAddress
  // Most bodies come in one piece.
  let body: Buffer | undefined
  let length = 0
  request.on('data', (piece) => {
    length += piece.length
    if (length <= LONGEST_BODY) body = body ? Buffer.concat([body, piece]) : piece
  })
  request.on('end', () => {
    if (length > LONGEST_BODY) return answer(413)
    inTurn(() => {
      const address = addressBehind(house.config, other, header('x-forwarded-for'))
      takeIn(house, { config: house.config, address, header }, body?.toString() ?? '', answer)
    })
  })
  request.on('error', () => {})
  return true
}

let waiting: (() => void)[] = []

/**
 * What has come by the end of this turn of the event loop is read then, one after the other. Read in between the server's
 * own work each would cost two to three times as much, since the processor has forgotten this code every time.
 */
function inTurn(read: () => void): void {
  if (waiting.push(read) === 1) setImmediate(readAll)
}

function readAll(): void {
  const all = waiting
  waiting = []
  for (const read of all) read()
}
