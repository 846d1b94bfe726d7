/**
 * Everything that one emulator keeps. Objects are never changed in place: a change puts a new one in the
 * place of the old, so that events are free snapshots and a refused request leaves nothing behind.
 */
import { randomBytes } from 'node:crypto'
import { Refused, nothing } from './errors.ts'
import { kinds } from './kinds.ts'
import { skeleton } from './schema.ts'
import type { Held, Kind, Some } from './wire.ts'

/** Something to be done at a moment of a clock. */
export interface Duty {
  id: string
  act: string
  target: string
  at: number
  clock: string | null
}

/** One event on its way to one destination. */
export interface Parcel {
  id: string
  event: string
  destination: string
  state: 'waiting' | 'delivered' | 'failed' | 'dropped' | 'gave up'
  tries: number
  lastStatus: number | null
}

/** What the emulator keeps beside Stripe's own objects. */
export interface Beside {
  duty: Duty
  /** What is remembered about a card that no API shows: which test card it is. */
  card: { id: string; number: string; used3ds: boolean }
  parcel: Parcel
  /** What belongs to an object and is never shown in it. */
  note: { id: string; value: unknown }
}

type Place = Kind | keyof Beside
type In<P extends Place> = P extends Kind ? Held<P> : P extends keyof Beside ? Beside[P] : never

export interface Settings {
  /** Days after a failed payment at which it is tried again. */
  retryAfterDays: number[]
  /** What becomes of a subscription whose last try failed. */
  afterLastRetry: 'cancel' | 'unpaid' | 'past_due'
  /** Days before a renewal at which `invoice.upcoming` is told. */
  upcomingDays: number
  /** Seconds that a renewal's invoice stays a draft. */
  draftSeconds: number
  /** Where the company itself is at home, for tax. */
  homeCountry: string
}

export interface World {
  tables: Map<Place, Map<string, unknown>>
  /** How to take back what was done since the request began; none outside a request. */
  undo: (() => void)[] | undefined
  /** Ids of events that wait for the end of the request. */
  told: string[]
  settings: Settings
  origin: string
  /** The moment that a due duty plays at, while it runs. */
  moment: number | undefined
  time: () => number
  /** Milliseconds that the clock of all was moved ahead. */
  ahead: number
  random: () => number
  /** The request that is being answered, for its events. */
  request: { id: string; idempotency_key: string | null } | null
  duties: Record<string, (world: World, target: string) => void>
}

const table = <P extends Place>(world: World, place: P): Map<string, In<P>> => {
  const found = world.tables.get(place) ?? new Map<string, unknown>()
  world.tables.set(place, found)
  return found as Map<string, In<P>>
}

export const peek = <P extends Place>(world: World, place: P, id: string | null | undefined): In<P> | undefined =>
  id ? table(world, place).get(id) : undefined

const wordFor = (kind: string): string => kind.replace(/^.*\./, '').replaceAll('_', ' ').replace('invoiceitem', 'invoice item')

export function find<P extends Place>(world: World, place: P, id: string, param = 'id'): In<P> {
  const found = peek(world, place, id)
  if (!found) throw nothing(place === 'payment_method' ? 'PaymentMethod' : wordFor(place), id, param)
  return found
}

/** All of a kind, oldest first. */
export const all = <P extends Place>(world: World, place: P): In<P>[] => [...table(world, place).values()]

export function put<P extends Place>(world: World, place: P, object: In<P>): In<P> {
  const { id } = object as { id: string }
  const here = table(world, place)
  const before = here.get(id)
  here.set(id, object)
  world.undo?.push(() => (before === undefined ? here.delete(id) : here.set(id, before)))
  return object
}

export function remove(world: World, place: Place, id: string): void {
  const here = table(world, place)
  const before = here.get(id)
  if (before === undefined) return
  here.delete(id)
  world.undo?.push(() => here.set(id, before as never))
}

/** Something remembered beside an object, and never shown. */
export interface Notes<T> {
  of: (world: World, id: string) => T | undefined
  set: (world: World, id: string, value: T) => void
}

export const notes = <T>(word: string): Notes<T> => ({
  of: (world, id) => peek(world, 'note', `${word} ${id}`)?.value as T | undefined,
  set: (world, id, value) => void put(world, 'note', { id: `${word} ${id}`, value }),
})

/** A new object of this kind, kept. */
export const create = <K extends Kind>(world: World, kind: K, fields: Some<Held<K>>): Held<K> =>
  put(world, kind, draft(world, kind, fields) as In<K>) as Held<K>

/** A new object of this kind, kept nowhere. */
export const draft = <K extends Kind>(world: World, kind: K, fields: Some<Held<K>>): Held<K> =>
  skeleton<Held<K>>(kinds[kind].schema, { id: newId(world, kind), ...fields } as Some<Held<K>>)

export function newId(world: World, kind: Kind): string {
  return kinds[kind].prefix + randomWord(world, 24)
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const randomWord = (world: World, length: number): string =>
  Array.from({ length }, () => letters[Math.floor(world.random() * letters.length)]).join('')

/** Everything done inside happens, or nothing of it; except where a decline wants its traces kept. */
export function wholly<T>(world: World, act: () => T): T {
  const outer = world.undo
  const told = world.told.length
  world.undo = []
  try {
    const result = act()
    outer?.push(...world.undo)
    return result
  } catch (error) {
    if (error instanceof Refused && error.keeps) outer?.push(...world.undo)
    else takeBack(world, told)
    throw error
  } finally {
    world.undo = outer
  }
}

function takeBack(world: World, told: number): void {
  for (const step of (world.undo ?? []).reverse()) step()
  world.told.length = told
}

/** What would come of it: everything done inside is taken back. */
export function rehearse<T>(world: World, act: () => T): T {
  const outer = world.undo
  const told = world.told.length
  world.undo = []
  try {
    return act()
  } finally {
    takeBack(world, told)
    world.undo = outer
  }
}

/** Numbers that look random; the same ones each time for the same seed. */
export function dice(seed?: number): () => number {
  if (seed === undefined) return () => randomBytes(4).readUInt32LE() / 2 ** 32
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
