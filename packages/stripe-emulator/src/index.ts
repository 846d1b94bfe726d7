/** A local Stripe. `startEmulator()` opens one; the official SDK talks to it unchanged. */
import { randomBytes } from 'node:crypto'
import { duties } from './api.ts'
import { catchUp, realNow } from './clock.ts'
import { forgetFile, readState, saveState, takeOver } from './memory.ts'
import { type Manner, openPost, overHttp, parcelsOf, type Post } from './post.ts'
import { kinds } from './kinds.ts'
import type { Faults } from './faults.ts'
import type { Panel } from './panel.ts'
import { newDestination, redirectDestination } from './resources/destinations.ts'
import { renewCard } from './resources/payment-methods.ts'
import { openServer } from './server.ts'
import { showPage } from './pages/pages.ts'
import { all, dice, type Settings, wholly, type World } from './world.ts'

export interface Options {
  port?: number
  /** Where thin events go, from the first one on. `send` takes the place of the network: it gets body and signature, and returns a status. */
  webhook?: { url: string; secret?: string; events?: string[]; send?: (body: string, signature: string) => Promise<number> }
  /** The same seed makes the same ids and the same disorder. */
  seed?: number
  delivery?: Manner
  /** Keeps everything in this file, so that it survives a restart. */
  dataFile?: string
  /** The moment in milliseconds, to share a clock with a program under test. */
  time?: () => number
  secretKey?: string
  settings?: Partial<Settings>
}

export interface Emulator {
  url: string
  host: string
  port: number
  secretKey: string
  webhookSecret: string
  clock: { now: () => Date; advance: (by: number | Date) => void }
  admin: Panel
  /** Opens a hosted page, or sends its form, without the network. */
  visit: (address: string, form?: Record<string, string>) => { status: number; html: string; location?: string }
  stop: () => Promise<void>
}

const usual: Settings = { retryAfterDays: [3, 5, 7], afterLastRetry: 'cancel', upcomingDays: 7, draftSeconds: 3600, homeCountry: 'US' }

function refuseProduction(): void {
  const { NODE_ENV, ENVIRONMENT } = process.env
  if (NODE_ENV === 'production' || ENVIRONMENT === 'production') throw new Error('The Stripe emulator does not run in production.')
}

function keyFrom(given = `sk_test_emu_${randomBytes(16).toString('hex')}`): string {
  if (!given.startsWith('sk_test_emu_')) throw new Error('The secret key of an emulator begins with sk_test_emu_.')
  return given
}

const newWorld = (options: Options, origin: string): World => ({
  tables: new Map(),
  undo: undefined,
  told: [],
  settings: { ...usual, ...options.settings },
  origin,
  moment: undefined,
  time: options.time ?? Date.now,
  ahead: 0,
  random: dice(options.seed),
  request: null,
  duties: { ...duties },
})

export async function startEmulator(options: Options = {}): Promise<Emulator> {
  refuseProduction()
  const kept = readState(options.dataFile)
  const secretKey = keyFrom(options.secretKey ?? kept?.secretKey)
  const { server, port, admit } = await openServer(options.port ?? 0)
  const url = `http://127.0.0.1:${port}`
  const world = newWorld(options, url)
  if (kept) takeOver(world, kept)
  const webhookSecret = options.webhook?.secret ?? kept?.webhookSecret ?? `whsec_${randomBytes(24).toString('base64url')}`
  const post = openPost(world, options.delivery ?? 'shuffled and doubled', sender(options.webhook))
  const furnish = () => point(world, options.webhook, webhookSecret)
  furnish()
  const faults: Faults = { down: false, next: [] }
  const violations: string[] = []
  const save = saver(options.dataFile, () => ({ world, secretKey, webhookSecret }))
  const afterwards = () => {
    post.send(world.told.splice(0))
    save()
  }
  const panel = openPanel({
    world,
    post,
    faults,
    violations,
    furnish,
    afterwards,
    ...(options.dataFile ? { dataFile: options.dataFile } : {}),
  })
  admit({ desk: { world, secretKey, violations }, faults, panel, afterwards })
  const ticking = setInterval(() => tick(world, afterwards), 1000).unref()
  return {
    ...{ url, host: '127.0.0.1', port, secretKey, webhookSecret, admin: panel },
    clock: { now: () => new Date(realNow(world) * 1000), advance: panel.advance },
    visit(address, form) {
      const { pathname, search } = new URL(address, url)
      const page = showPage(world, {
        method: form ? 'POST' : 'GET',
        target: pathname + search,
        headers: {},
        body: new URLSearchParams(form).toString(),
      })
      afterwards()
      return page
    },
    async stop() {
      clearInterval(ticking)
      save.now()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await Promise.all([closed, post.close()])
    },
  }
}

/** Time goes on by itself; what it meets must not end the program that the emulator runs in. */
function tick(world: World, afterwards: () => void): void {
  try {
    catchUp(world)
    if (world.told.length > 0) afterwards()
  } catch (error) {
    console.error(error)
  }
}

/** What goes to the destination of the options may be handed over without the network. */
const sender =
  (webhook: Options['webhook']): typeof overHttp =>
  (to, body, signature) =>
    webhook?.send && to.url === webhook.url ? webhook.send(body, signature) : overHttp(to, body, signature)

const optionsName = 'webhook of the options'

/** The destination that the options name; one from before is pointed there. */
function point(world: World, webhook: Options['webhook'], secret: string): void {
  if (!webhook) return
  const { url, events = ['*'] } = webhook
  const known = all(world, 'v2.core.event_destination').find(({ name }) => name === optionsName)
  if (known) redirectDestination(world, known.id, url, secret)
  else newDestination(world, { name: optionsName, enabled_events: events, event_payload: 'thin', url }, secret)
}

function saver(file: string | undefined, what: () => Parameters<typeof saveState>[1]): (() => void) & { now: () => void } {
  let timer: NodeJS.Timeout | undefined
  const now = () => {
    clearTimeout(timer)
    timer = undefined
    if (file) saveState(file, what())
  }
  const later = () => {
    if (file) timer ??= setTimeout(now, 250).unref()
  }
  return Object.assign(later, { now })
}

interface Works {
  world: World
  post: Post
  faults: Faults
  violations: string[]
  furnish: () => void
  afterwards: () => void
  dataFile?: string
}

function openPanel(works: Works): Panel {
  const { world, post, faults, violations, afterwards } = works
  return {
    state: () => ({
      now: new Date(realNow(world) * 1000).toISOString(),
      counts: Object.fromEntries([...world.tables].filter(([kind]) => kind in kinds).map(([kind, table]) => [kind, table.size])),
      manner: post.manner,
      dropPercent: post.dropPercent,
      held: post.held,
      down: faults.down,
      faults: faults.next,
      violations,
    }),
    events: (limit = 1000) => logged(world, limit),
    resend: post.resend,
    reorder: post.reorder,
    hold(held) {
      post.held = held
      if (!held) post.send([])
    },
    deliver: (manner) => void (post.manner = manner),
    drop: (percent) => void (post.dropPercent = percent),
    fail: (kind, { times = 1, path } = {}) => void faults.next.push({ kind, times, path }),
    down: (down) => void (faults.down = down),
    advance(by) {
      world.ahead += by instanceof Date ? Math.max(0, by.getTime() - realNow(world) * 1000) : by * 1000
      catchUp(world)
      afterwards()
    },
    renewCard(paymentMethod) {
      wholly(world, () => renewCard(world, paymentMethod))
      afterwards()
    },
    reset() {
      wholly(world, () => world.tables.clear())
      world.ahead = 0
      world.told.length = 0
      violations.length = 0
      forgetFile(works.dataFile)
      works.furnish()
    },
    dump: () => Object.fromEntries([...world.tables].map(([kind, table]) => [kind, [...table.values()]])),
    async settled() {
      catchUp(world)
      afterwards()
      await post.settled()
    },
  }
}

function logged(world: World, limit: number) {
  return all(world, 'event')
    .slice(-limit)
    .reverse()
    .map((event) => ({
      id: event.id,
      type: event.type,
      created: event.created,
      object: (event.data.object as { id?: string }).id ?? null,
      deliveries: parcelsOf(world, event.id).map(({ destination, state, tries, lastStatus }) => ({
        destination,
        state,
        tries,
        lastStatus,
      })),
    }))
}
