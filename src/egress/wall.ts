/**
 * The wall around the program: once it stands, Node itself opens a connection only to a place that is declared. It
 * stands in front of what every library ends in (`Socket.connect`, the resolvers, datagrams, child processes), so it does
 * not matter who asks: fetch, an HTTP agent that follows a redirect, a mail library, a line that somebody smuggled in.
 *
 * It is a wall inside of the process: native code that a package brings could climb over it. `docs/operate.md` says how
 * the system builds a second one around the whole.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import childProcess, { type ChildProcess } from 'node:child_process'
import dgram from 'node:dgram'
import dns, { type LookupAddress, type LookupOptions } from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP, type LookupFunction, Socket, type SocketConnectOpts } from 'node:net'
import workers from 'node:worker_threads'
import { type EgressRefused, refuse } from './refusal.ts'

/** A place to which connections may be opened: a host (a name or an address) and a port, or the path of a socket. */
export type Way = HostWay | { readonly path: string }
export interface HostWay {
  readonly host: string
  readonly port: number
  /** Which of the addresses that the host turns out to have are right. */
  readonly may: (address: string) => boolean
}

/** What one piece of work may do beyond the ways that stand open. */
export interface Pass {
  readonly way?: Way
  /** It may ask name servers for any name. */
  readonly names?: true
  /** It may start this program. */
  readonly program?: string
}

const open: Way[] = []
const passes = new AsyncLocalStorage<Pass>()
/** What the name servers said of declared names: libraries resolve first and connect to an address. */
const answers = new Map<string, Set<string>>()
const MOST_ANSWERS = 10_000
let stands = false

/** Does the wall stand in this process? */
export const wallStands = (): boolean => stands

/** Opens a way for everybody in this process; what the settings name is open as long as it runs. */
export function openWay(...ways: readonly Way[]): void {
  open.push(...ways)
}

/** Does a piece of work that may use a way of its own, and nothing that it starts afterwards may. */
export const withPass = <R>(pass: Pass, work: () => R): R => passes.run(pass, work)

/** Builds the wall. It cannot be taken down again. */
export function raiseWall(): void {
  if (stands) return
  stands = true
  guardConnections()
  guardNames()
  guardPrograms()
  const datagram = (): never => {
    throw refuse('datagram', 'no datagram leaves this program')
  }
  Object.assign(dgram.Socket.prototype, { send: datagram, sendto: datagram, connect: datagram })
  syncBuiltinESMExports()
}

// ---- Connections -----------------------------------------------------------------------------

type Connect = (this: { -readonly [K in keyof Socket]: Socket[K] }, ...args: unknown[]) => Socket

function guardConnections(): void {
  const connect = Socket.prototype.connect as Connect
  const guarded: Connect = function (...args) {
    const target = targetOf(args)
    const verdict = judge(target)
    if ('refused' in verdict) {
      // As any connection that fails: by an event, after the caller had the time to listen for it.
      this.connecting = true
      process.nextTick(() => this.destroy(verdict.refused))
      return this
    }
    // `net.connect` hands over one array, with the caller's listener in it.
    const done = args.flat().findLast((arg) => typeof arg === 'function')
    return connect.call(this, { ...target, ...('may' in verdict ? { lookup: lookupOf(verdict) } : {}) }, done)
  }
  Socket.prototype.connect = guarded as typeof Socket.prototype.connect
}

// The ways to call it: with options, with a port and perhaps a host, with a path; and as Node's own files do, with an
// array that holds the options.
function targetOf(args: unknown[]): SocketConnectOpts {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
  if (typeof first === 'object' && first !== null) return { ...first } as SocketConnectOpts
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first }
  return { port: Number(first), host: typeof args[1] === 'string' ? args[1] : 'localhost' }
}

type Verdict = { readonly refused: EgressRefused } | { readonly path: string } | HostWay

function judge(target: SocketConnectOpts): Verdict {
  const ways = waysHere()
  // An HTTP agent says `path: null`.
  const { path } = target as { path?: string | null }
  if (path) {
    if (ways.some((way) => 'path' in way && way.path === path)) return { path }
    return { refused: refuse('place', 'a socket that is not declared') }
  }
  const { port, host = 'localhost' } = target as { port: number | string; host?: string }
  const name = host.toLowerCase()
  const way = ways.find(
    (way) => 'host' in way && way.port === Number(port) && (way.host === name || (answers.get(name)?.has(way.host) ?? false)),
  )
  if (!way || !('host' in way)) return { refused: refuse('place', 'a place that is not declared') }
  if (isIP(name) !== 0 && !way.may(name)) return { refused: refuse('private place', 'an address in a private network') }
  return way
}

const waysHere = (): readonly Way[] => {
  const way = passes.getStore()?.way
  return way ? [...open, way] : open
}

/**
 * Looks a name up for a connection by this way. Every address that the name has must be right, or none is tried; the
 * connection goes to one of those that were looked at here. A caller's own look-up is not asked: it could say anything.
 */
export const lookupOf =
  ({ host, may }: HostWay): LookupFunction =>
  (name, options, callback) => {
    askSystem(name, options, (fault, found) => {
      const [first] = found
      if (fault || !first) return callback(fault ?? new Error('no address'), '')
      if (!found.every(({ address }) => may(address)))
        return callback(refuse('private place', `a name of which an address is in a private network`), '')
      for (const { address } of found) remember(address, host)
      return options.all ? callback(null, found) : callback(null, first.address, first.family)
    })
  }

const systemLookup = dns.lookup

function askSystem(name: string, options: LookupOptions, told: (fault: Error | null, found: LookupAddress[]) => void): void {
  systemLookup(name, { ...options, all: true }, (fault, found) => told(fault, fault ? [] : found))
}

function remember(address: string, name: string): void {
  if (answers.size >= MOST_ANSWERS) answers.clear()
  answers.set(address, (answers.get(address) ?? new Set()).add(name))
}

// ---- Names -----------------------------------------------------------------------------------

const isDeclared = (host: string): boolean => waysHere().some((way) => 'host' in way && way.host === host)

const plainName = (name: unknown): string => String(name).toLowerCase().replace(/\.$/, '')

// Asking for a name tells it to strangers: what nobody declared is not asked for.
function mayAsk(name: unknown): boolean {
  const asked = plainName(name)
  if (passes.getStore()?.names || isIP(asked) !== 0 || asked === 'localhost') return true
  return isDeclared(asked)
}

type Ask = (this: unknown, name: unknown, ...rest: unknown[]) => unknown

const asking = /^(resolve|reverse|lookup)/

function guardNames(): void {
  for (const owner of [dns, dns.Resolver.prototype]) guardAsking(owner as unknown as Record<string, Ask>, false)
  for (const owner of [dns.promises, dns.promises.Resolver.prototype]) guardAsking(owner as unknown as Record<string, Ask>, true)
  const setServers = (): never => {
    throw refuse('name', 'name servers are the system’s')
  }
  for (const owner of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) Object.assign(owner, { setServers })
}

function guardAsking(owner: Record<string, Ask>, promised: boolean): void {
  for (const key of Object.getOwnPropertyNames(owner).filter((key) => asking.test(key))) {
    const ask = owner[key]
    if (typeof ask !== 'function') continue
    owner[key] = function (name, ...rest) {
      if (!mayAsk(name)) return refusedAsking(rest, promised)
      return promised ? noted(name, ask.call(this, name, ...rest)) : ask.call(this, name, ...notedBy(name, rest))
    }
  }
}

function refusedAsking(rest: unknown[], promised: boolean): unknown {
  const refused = refuse('name', 'a name that is not declared')
  const told = rest.at(-1)
  if (promised || typeof told !== 'function') return Promise.reject(refused)
  process.nextTick(() => (told as (fault: Error) => void)(refused))
  return {}
}

const noted = (name: unknown, asked: unknown): unknown =>
  asked instanceof Promise ? asked.then((found: unknown) => (rememberAll(name, found), found)) : asked

function notedBy(name: unknown, rest: unknown[]): unknown[] {
  const told = rest.at(-1)
  if (typeof told !== 'function') return rest
  const noting = (fault: unknown, found: unknown, ...more: unknown[]): unknown => {
    if (!fault) rememberAll(name, found)
    return (told as (...told: unknown[]) => unknown)(fault, found, ...more)
  }
  return [...rest.slice(0, -1), noting]
}

// Only of declared names: any other answer opens no way.
function rememberAll(name: unknown, found: unknown): void {
  const host = plainName(name)
  if (isIP(host) !== 0 || !isDeclared(host)) return
  for (const each of Array.isArray(found) ? found : [found]) {
    const address = typeof each === 'object' && each !== null && 'address' in each ? String(each.address) : String(each)
    if (isIP(address) !== 0) remember(address, host)
  }
}

// ---- Programs and threads ------------------------------------------------------------------------

type Spawn = (this: ChildProcess, options: { file: string }) => unknown

function guardPrograms(): void {
  const prototype = childProcess.ChildProcess.prototype as unknown as { spawn: Spawn }
  const { spawn } = prototype
  prototype.spawn = function (options) {
    if (passes.getStore()?.program !== options.file) throw refuse('program', 'a program that is not declared')
    return spawn.call(this, options)
  }
  const program = (): never => {
    throw refuse('program', 'a program that is not declared')
  }
  Object.assign(childProcess, { spawnSync: program, execSync: program, execFileSync: program })
  // Node's inner doors, which older packages use.
  Object.assign(process, { binding: program, _linkedBinding: program })
  Object.assign(workers, {
    Worker: function Worker(): never {
      throw refuse('thread', 'a thread would not know the wall')
    },
  })
}
