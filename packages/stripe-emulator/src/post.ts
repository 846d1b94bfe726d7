/**
 * The post: brings events to their destinations, signed. As with the real Stripe nothing promises their
 * order or that they come once; by default they come shuffled and doubled. What fails is tried again.
 */
import { request } from 'node:http'
import { now, plan, realNow } from './clock.ts'
import { apiVersion } from './schema.ts'
import { sign } from './signature.ts'
import { destinationsFor, type Destination } from './resources/destinations.ts'
import { thinIdOf } from './events.ts'
import { all, find, peek, put, type Parcel, randomWord, type World } from './world.ts'

export type Manner = 'in order' | 'shuffled and doubled'

export interface Post {
  manner: Manner
  /** Of a hundred events, so many are lost on the way. */
  dropPercent: number
  /** Nothing leaves while this is true. */
  held: boolean
  send: (eventIds: string[]) => void
  resend: (eventId: string) => void
  /** Sends everything that waits, in this order of events or at random. */
  reorder: (eventIds?: string[]) => void
  /** Resolves when nothing is under way. */
  settled: () => Promise<void>
  close: () => Promise<void>
}

/** Seconds after each failure; with the last one we give up. */
const patience = [60, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600]

type Deliver = (destination: Destination, body: string, signature: string) => Promise<number>

export function openPost(world: World, manner: Manner, deliver: Deliver = overHttp): Post {
  // What had not left when everything was kept in a file leaves now.
  let queue = all(world, 'parcel').flatMap(({ id, state }) => (state === 'waiting' ? [id] : []))
  const state: { running?: Promise<void>; closed: boolean } = { closed: false }

  const wake = () => {
    if (state.closed || post.held || state.running || queue.length === 0) return
    state.running = Promise.resolve()
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(empty)
      .finally(() => {
        delete state.running
        wake()
      })
  }

  async function empty(): Promise<void> {
    while (queue.length > 0 && !post.held && !state.closed) {
      const batch = post.manner === 'in order' ? queue : shuffled(world, queue)
      queue = []
      if (post.manner === 'in order') for (const parcel of batch) await carry(parcel)
      else await inParallel(batch, 6, carry)
    }
  }

  const carry = (id: string) => carryOne(world, id, deliver)

  const post: Post = {
    manner,
    dropPercent: 0,
    held: false,
    send(eventIds) {
      for (const event of eventIds) for (const parcel of pack(world, event, post.dropPercent)) queue.push(...twice(post.manner, parcel))
      wake()
    },
    resend(eventId) {
      queue.push(...pack(world, eventId, 0))
      wake()
    },
    reorder(eventIds) {
      const place = (parcel: string) => eventIds?.indexOf(peek(world, 'parcel', parcel)?.event ?? '') ?? 0
      queue = eventIds ? queue.sort((a, b) => place(a) - place(b)) : shuffled(world, queue)
      wake()
    },
    async settled() {
      wake()
      while (state.running) await state.running
    },
    async close() {
      state.closed = true
      await state.running
    },
  }
  world.duties['event.redeliver'] = (_world, parcel) => {
    queue.push(parcel)
    wake()
  }
  return post
}

const twice = (manner: Manner, parcel: string): string[] => (manner === 'in order' ? [parcel] : [parcel, parcel])

/** A parcel for each destination that wants the event; those that will be lost are noted as lost. */
function pack(world: World, eventId: string, dropPercent: number): string[] {
  const parcels: string[] = []
  for (const { destination, event } of destinationsFor(world, eventId)) {
    const lost = world.random() * 100 < dropPercent
    const id = `parcel_${randomWord(world, 16)}`
    put(world, 'parcel', { id, event, destination: destination.id, state: lost ? 'dropped' : 'waiting', tries: 0, lastStatus: null })
    countWaiting(world, event, 1)
    if (!lost) parcels.push(id)
  }
  return parcels
}

async function carryOne(world: World, id: string, deliver: Deliver): Promise<void> {
  const parcel = find(world, 'parcel', id)
  const destination = destinationsFor(world, parcel.event).find((each) => each.destination.id === parcel.destination)?.destination
  if (!destination) return
  const body = bodyOf(world, parcel.event, destination)
  const status = await deliver(destination, body, sign(body, destination.secrets, realNow(world))).catch(() => 0)
  settle(world, find(world, 'parcel', id), status)
}

function bodyOf(world: World, eventId: string, { payload }: Destination): string {
  if (payload === 'thin') {
    const { data, ...thin } = find(world, 'v2.core.event', thinIdOf(eventId))
    return JSON.stringify({ ...thin, ...(data ? { data } : {}) })
  }
  return JSON.stringify({ ...find(world, 'event', eventId), api_version: apiVersion })
}

function settle(world: World, parcel: Parcel, status: number): void {
  const tries = parcel.tries + 1
  if (parcel.state === 'delivered') return
  if (status >= 200 && status < 300) {
    put(world, 'parcel', { ...parcel, state: 'delivered', tries, lastStatus: status })
    countWaiting(world, parcel.event, -1)
    return
  }
  const wait = patience[tries - 1]
  put(world, 'parcel', { ...parcel, state: wait ? 'failed' : 'gave up', tries, lastStatus: status })
  if (wait) plan(world, 'event.redeliver', parcel.id, now(world) + wait, null)
}

/** `pending_webhooks` of the snapshot says how many destinations have not answered well. */
function countWaiting(world: World, eventId: string, by: number): void {
  const event = peek(world, 'event', eventId)
  if (event) put(world, 'event', { ...event, pending_webhooks: Math.max(0, event.pending_webhooks + by) })
}

export const parcelsOf = (world: World, eventId: string): Parcel[] => all(world, 'parcel').filter((each) => each.event === eventId)

export function shuffled<T>(world: World, items: T[]): T[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(world.random() * (i + 1))
    ;[mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T]
  }
  return mixed
}

async function inParallel(items: string[], width: number, act: (item: string) => Promise<void>): Promise<void> {
  const rest = [...items]
  const work = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: width }, work))
}

/** Posts to the destination; whatever goes wrong on the way is status 0. */
export function overHttp({ url }: Destination, body: string, signature: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'stripe-signature': signature,
      'user-agent': 'Stripe/1.0 (emulator)',
    }
    const out = request(url, { method: 'POST', headers, timeout: 10_000, agent: false }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
      answer.on('error', () => resolve(0))
    })
    out.on('timeout', () => out.destroy())
    out.on('error', () => resolve(0))
    out.end(body)
  })
}
