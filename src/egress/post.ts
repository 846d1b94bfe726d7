/**
 * The one way out by HTTP to addresses that stand in a row and not in the settings, such as a program's. Who names an
 * address may not make this program reach into the network that it stands in: private addresses are refused at the moment
 * of connection, after the name was looked up, so that no name can change its mind in between.
 */
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http'
import { request } from 'node:https'
import { isIP } from 'node:net'
import type { Config } from '../config.ts'
import { word } from '../log.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { type Said, statusSaid, tracedCall } from '../tracing.ts'
import { hostIn, isPublic, isThisMachine, portIn } from './network.ts'
import { EgressRefused } from './refusal.ts'
import { type HostWay, lookupOf, withPass } from './wall.ts'

const TIMEOUT = 15_000
const MOST_ANSWER = 16 * 1024

/** What came of a try: the answer, or why there was none. */
export type Outcome =
  | { readonly status: number; readonly text: string; readonly headers?: IncomingHttpHeaders }
  | { readonly failed: Failure }
export type Failure = 'unreachable' | 'too slow' | 'private address' | 'not https' | 'too long'

export interface Message {
  readonly url: string
  /** POST, unless it says otherwise. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Bytes of the answer that are read; none, unless it says otherwise: then `text` is empty. */
  readonly reads?: number
  /** Milliseconds after which it is given up; 15 seconds, unless it says otherwise. */
  readonly patience?: number
}

type Where = Pick<Config, 'environment'>

/**
 * The way to an address that stands in a row and not in the settings, such as a program's. It has to be a public one; in
 * development it may be the machine's own.
 */
export const wayTo = ({ environment }: Where, url: URL): HostWay => ({
  host: hostIn(url),
  port: portIn(url),
  may: (address) => isPublic(address) || (environment === 'development' && isThisMachine(address)),
})

/** What is wrong with an address before anybody looks it up, in words; undefined when nothing is. */
export function faultIn(config: Where, text: string): string | undefined {
  if (!URL.canParse(text)) return 'That is no address such as https://example.com/hooks.'
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && config.environment === 'development'))
    return 'The address has to begin with https://.'
  if (url.username || url.password) return 'A name or password has no place in the address: what is told is signed.'
  if (isIP(hostIn(url)) !== 0 && !wayTo(config, url).may(hostIn(url)))
    return 'That address lies in a private network, which is not reached from here.'
  return undefined
}

/**
 * Sends one message to a place of this recipient's. Redirects are answers like others: nothing follows them. It waits 15
 * seconds at most, and never throws.
 */
export async function post(config: Where, { name }: Pick<Nameplate, 'name'>, message: Message): Promise<Outcome> {
  const fault = faultIn(config, message.url)
  if (fault) return { failed: message.url.startsWith('https:') ? 'private address' : 'not https' }
  return tracedCall(name, () => exchange(wayTo(config, new URL(message.url)), message), saidOf)
}

const saidOf = (outcome: Outcome): Said => ('failed' in outcome ? { 'error.type': word(outcome.failed) } : statusSaid(outcome.status))

/** The same to a place that the operator's settings name, which may lie in a private network; it stands in no trace. */
export const postToSetting = (message: Message): Promise<Outcome> => {
  const url = new URL(message.url)
  return exchange({ host: hostIn(url), port: portIn(url), may: () => true }, message)
}

const exchange = (way: HostWay, message: Message): Promise<Outcome> => withPass({ way }, () => send(way, message))

function send(way: HostWay, { url: address, method = 'POST', headers, body, reads = 0, patience = TIMEOUT }: Message): Promise<Outcome> {
  const url = new URL(address)
  const begin = url.protocol === 'https:' ? request : plainRequest
  return new Promise((resolve) => {
    const sending = begin(url, {
      method,
      headers: body === undefined ? { ...headers } : { ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own, so that the look-up stands before every one.
      agent: false,
      lookup: lookupOf(way),
      signal: AbortSignal.timeout(patience),
      maxHeaderSize: 8 * 1024,
    })
    sending.on('error', (failure) => resolve({ failed: reasonOf(failure) }))
    sending.on('response', (answer) => {
      const { statusCode: status = 0 } = answer
      if (reads === 0) resolve({ status, text: '' })
      const pieces: Buffer[] = []
      let read = 0
      answer.on('error', (failure) => resolve({ failed: reasonOf(failure) }))
      answer.on('data', (piece: Buffer) => {
        read += piece.length
        if (read <= reads) pieces.push(piece)
        else if (reads > 0 || read > MOST_ANSWER) {
          resolve({ failed: 'too long' })
          answer.destroy()
        }
      })
      answer.on('end', () => resolve({ status, text: Buffer.concat(pieces).toString(), headers: answer.headers }))
    })
    sending.end(body)
  })
}

function reasonOf(failure: Error): Failure {
  if (failure instanceof EgressRefused && failure.trick === 'private place') return 'private address'
  return failure.name === 'TimeoutError' || failure.name === 'AbortError' ? 'too slow' : 'unreachable'
}
