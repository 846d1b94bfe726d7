/** What a request tells of its client, as far as it can be believed. */
import { type BlockList, isIP } from 'node:net'
import Bowser from 'bowser'
import type { Context } from 'hono'
import type { Config } from '../config.ts'
import type { Web } from './house.ts'

interface NodeBindings {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string } }
}

/**
 * The client's address: the connection's own, or the last address in `X-Forwarded-For` that none of
 * our own proxies wrote. Kept in memory for this request alone.
 */
export function clientAddress(c: Context<Web>): string {
  const { incoming } = (c.env ?? {}) as NodeBindings
  // Whoever calls the app itself, without a connection, is in this process.
  return addressBehind(c.get('house').config, incoming ? incoming.socket.remoteAddress : '127.0.0.1', c.req.header('x-forwarded-for'))
}

/**
 * The same, of the connection's other end and what the header says. A connection that was broken off has no other end any
 * more: its request has no address, and its header is not believed.
 */
export function addressBehind(config: Config, other: string | undefined, forwarded: string | undefined): string {
  const direct = plain(other ?? '')
  if (!isOurProxy(config, direct)) return direct
  return lastStranger(config.trustedProxies, forwarded ?? '') ?? direct
}

/** The last hop that is an address and none of ours. */
function lastStranger(ours: BlockList, hops: string): string | undefined {
  for (let end = hops.length; end > 0; ) {
    const comma = hops.lastIndexOf(',', end - 1)
    const hop = plain(hops.slice(comma + 1, end).trim())
    if (isIP(hop) !== 0 && !lies(ours, hop)) return hop
    end = comma
  }
  return undefined
}

/** Does this connection come from a proxy of our own? Then what its headers say of the request is believed. */
export const comesByOurProxy = (config: Config, other: string | undefined): boolean => isOurProxy(config, plain(other ?? ''))

/** Our own proxies, as far as they were met: every request comes from one, and to look in the networks costs more than this. */
const met = new WeakMap<Config, Set<string>>()
const MOST_MET = 100

function isOurProxy(config: Config, address: string): boolean {
  const known = met.get(config) ?? new Set()
  if (known.has(address)) return true
  if (!isAmong(config.trustedProxies, address)) return false
  if (known.size < MOST_MET) met.set(config, known.add(address))
  return true
}

/** Does the address lie in one of these networks? */
export const isAmong = (networks: Config['trustedProxies'], address: string): boolean =>
  !isEmpty(networks) && isIP(address) !== 0 && lies(networks, address)

/** Lists of single IPv4 addresses, which is what most are, as text: a look costs a tenth of what the list's own does. */
const plainLists = new WeakMap<BlockList, ReadonlySet<string> | 'networks'>()

function listed(networks: BlockList): ReadonlySet<string> | 'networks' {
  const known = plainLists.get(networks)
  if (known) return known
  const rules = networks.rules.map(
    (rule) => /^Address: IPv4 ([\d.]+)$/.exec(rule)?.[1] ?? (/^Address: IPv6 ::1$/.test(rule) ? '::1' : undefined),
  )
  const read = rules.every((rule) => rule !== undefined) ? new Set(rules) : 'networks'
  plainLists.set(networks, read)
  return read
}

const isEmpty = (networks: BlockList): boolean => {
  const list = listed(networks)
  return list !== 'networks' && list.size === 0
}

// Of something that is an address: only those of version 6 have colons, and one has many spellings.
function lies(networks: BlockList, address: string): boolean {
  const list = listed(networks)
  const six = address.includes(':')
  return list === 'networks' || six ? networks.check(address, six ? 'ipv6' : 'ipv4') : list.has(address)
}

const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

/** The network that tries are counted for: one IPv4 address, or a household's IPv6 /64. */
export const clientNetwork = (c: Context<Web>): string => networkOf(clientAddress(c))

/** The network of an address. */
export const networkOf = (address: string): string =>
  address.includes(':') && isIP(address) === 6 ? expand(address).slice(0, 4).join(':') : address

function expand(address: string): string[] {
  const [head = '', tail = ''] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  return [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
}

/** The browser's and the system's name, such as "Firefox on Linux"; the user agent itself is not kept. */
export function browserName(c: Context): string {
  const agent = c.req.header('user-agent')
  if (!agent) return 'An unknown browser'
  const { browser, os } = Bowser.parse(agent.slice(0, 500))
  const name = browser.name || 'An unknown browser'
  return (os.name ? `${name} on ${os.name}` : name).replace(/[^\w .()+-]/g, '').slice(0, 60)
}
