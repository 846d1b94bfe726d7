/**
 * The way out for what the company's own programs are told (Standard Webhooks). Who names an address may
 * not make this program reach into the network that it stands in: private addresses are refused at the
 * moment of connection, after the name was looked up, so that no name can change its mind in between.
 */
import { lookup, type LookupAddress } from 'node:dns'
import { request as plainRequest } from 'node:http'
import { request } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Config } from '../config.ts'
import type { Nameplate } from './nameplate.ts'

export const webhooks: Nameplate = {
  name: 'The programs of our own services',
  does: 'Hear what happened to somebody who uses them: by number and state, never by name or address',
  where: 'Where the operator runs them',
  purposes: ['service', 'rights'],
  receives: { type: 'record', timestamp: 'record', states: 'record', numbers: 'reference' },
  basis: 'contract',
  forget: 'Each is told the number of a person who was erased, and deletes what it holds under it.',
  correct: 'They know you by number and state alone, and are told anew when a state changes.',
}

const TIMEOUT = 15_000
const MOST_ANSWER = 16 * 1024

/** What came of a try: the status of the answer, or why there was none. */
export type Outcome = { readonly status: number } | { readonly failed: 'unreachable' | 'too slow' | 'private address' | 'not https' }

export interface Message {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

// Networks that are nobody's on the open internet, by their registries at IANA.
const PRIVATE = {
  ipv4: [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
    ...['192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15'],
    ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ],
  // Of IPv6, only 2000::/3 is given out; these lie in it and are special, or carry an IPv4 address.
  ipv6: ['::/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '4000::/2', '8000::/1'],
} as const

function listOf(family: keyof typeof PRIVATE): BlockList {
  const list = new BlockList()
  for (const network of PRIVATE[family]) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}
const blocked = { ipv4: listOf('ipv4'), ipv6: listOf('ipv6') }
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** May this address be connected to? In development the machine itself, too. */
export function mayReach({ environment }: Pick<Config, 'environment'>, address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(address) === 0) return false
  return !blocked[family].check(address, family) || (environment === 'development' && loopback.check(address, family))
}

const hostIn = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** What is wrong with an address before anybody looks it up, in words; undefined when nothing is. */
export function faultIn(config: Pick<Config, 'environment'>, text: string): string | undefined {
  if (!URL.canParse(text)) return 'That is no address such as https://example.com/hooks.'
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && config.environment === 'development'))
    return 'The address has to begin with https://.'
  if (url.username || url.password) return 'A name or password has no place in the address: what is told is signed.'
  if (isIP(hostIn(url)) !== 0 && !mayReach(config, hostIn(url)))
    return 'That address lies in a private network, which is not reached from here.'
  return undefined
}

class PrivateAddress extends Error {
  override name = 'PrivateAddress'
}

// Every address that the name has must be a public one, or none is tried.
const guardedLookup =
  (config: Pick<Config, 'environment'>): LookupFunction =>
  (name, options, callback) => {
    lookup(name, { ...options, all: true }, (fault, found) => {
      const addresses: LookupAddress[] = found ?? []
      const [first] = addresses
      if (fault || !first) return callback(fault ?? new Error('no address'), '')
      if (!addresses.every(({ address }) => mayReach(config, address))) return callback(new PrivateAddress(), '')
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }

/** Sends one message. Redirects are answers like others: nothing follows them, and nothing reads what was answered. */
export async function sendWebhook(config: Pick<Config, 'environment'>, { url, headers, body }: Message): Promise<Outcome> {
  const fault = faultIn(config, url)
  if (fault) return { failed: url.startsWith('https:') ? 'private address' : 'not https' }
  const target = new URL(url)
  const send = target.protocol === 'https:' ? request : plainRequest
  return new Promise((resolve) => {
    const sending = send(target, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own, so that the look-up above stands before every one.
      agent: false,
      lookup: guardedLookup(config),
      signal: AbortSignal.timeout(TIMEOUT),
      maxHeaderSize: 8 * 1024,
    })
    sending.on('error', (failure) => resolve({ failed: reasonOf(failure) }))
    sending.on('response', (answer) => {
      resolve({ status: answer.statusCode ?? 0 })
      let read = 0
      answer.on('error', () => {})
      answer.on('data', (piece: Buffer) => {
        read += piece.length
        if (read > MOST_ANSWER) answer.destroy()
      })
    })
    sending.end(body)
  })
}

function reasonOf(failure: Error): 'unreachable' | 'too slow' | 'private address' {
  if (failure instanceof PrivateAddress) return 'private address'
  return failure.name === 'TimeoutError' || failure.name === 'AbortError' ? 'too slow' : 'unreachable'
}
