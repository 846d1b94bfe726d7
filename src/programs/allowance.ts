/**
 * How many requests a key has left. The counter is in the database, so the limit holds for several
 * processes; each draws a slice at a time and spends it from memory, so that most requests write nothing.
 */
import { now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { count, limits } from '../web/throttle.ts'

const SLICE = 200
const LIMIT = 'requests by key'
const { hits: MOST, in: WINDOW } = limits[LIMIT]

interface Slice {
  left: number
  /** What may still be drawn after this slice. */
  readonly undrawn: number
  readonly resetsAt: Date
}

/** What a key has left after a request. */
export interface Allowance {
  readonly granted: boolean
  readonly left: number
  /** Seconds until all is there again. */
  readonly seconds: number
}

const slices = new WeakMap<Database, Map<Id, Promise<Slice>>>()

/** Spends one request of a key's. */
export async function spend(db: Database, keyId: Id): Promise<Allowance> {
  const held = slices.get(db) ?? new Map<Id, Promise<Slice>>()
  slices.set(db, held)
  for (;;) {
    const drawing = held.get(keyId)
    const slice = await drawing
    if (slice && slice.resetsAt > now() && (slice.left > 0 || slice.undrawn === 0)) return spentFrom(slice)
    // Whoever finds it spent first draws the next; the others wait for that one.
    if (held.get(keyId) === drawing) held.set(keyId, draw(db, keyId, held))
  }
}

function spentFrom(slice: Slice): Allowance {
  const granted = slice.left > 0
  if (granted) slice.left--
  const seconds = Math.max(1, Math.ceil((slice.resetsAt.getTime() - now().getTime()) / 1000))
  return { granted, left: slice.left + slice.undrawn, seconds }
}

async function draw(db: Database, keyId: Id, held: Map<Id, Promise<Slice>>): Promise<Slice> {
  try {
    const { hits, resetsAt } = await count(db, LIMIT, keyId, SLICE)
    return { left: Math.min(SLICE, Math.max(0, MOST - hits + SLICE)), undrawn: Math.max(0, MOST - hits), resetsAt }
  } catch (fault) {
    held.delete(keyId)
    throw fault
  }
}

/** The limit, in the words of the header `RateLimit-Policy`. */
export const POLICY = `"requests";q=${MOST};w=${WINDOW / 1000}`

/** What is left, in the words of the header `RateLimit`. */
export const inHeader = ({ left, seconds }: Allowance): string => `"requests";r=${left};t=${seconds}`
