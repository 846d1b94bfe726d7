/** Opens the house: database, queue, worker, server; and closes it again without dropping anything. */
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { drizzle } from 'drizzle-orm/node-postgres'
import { openApp } from './app.ts'
import { record } from './audit/record.ts'
import { settleNotices } from './billing/inbox.ts'
import { setAhead } from './clock.ts'
import type { Config } from './config.ts'
import { connect, loginName } from './database/connection.ts'
import { prepare, type Ready } from './database/migrate.ts'
import { type Found, findDatabase } from './database/open.ts'
import { purposeNames } from './database/purposes.ts'
import { openLedger } from './egress/ledger.ts'
import { closeHouse } from './egress/ways.ts'
import { closeQueue, openQueue, prepareQueue } from './jobs/queue.ts'
import { log, logFault, word } from './log.ts'
import { type Door, openDoorIfAsked } from './mail/door.ts'
import { standsAtDoor } from './navigation/door.ts'
import { settleRecording } from './navigation/recording.ts'
import { type EndTraces, traceIfAsked } from './processors/collector.ts'
import { closeSmtp } from './processors/smtp.ts'
import { register, rowRules } from './register.ts'
import { bringVersions, keepUp } from './policy/publishing.ts'
import { lookForUnreached } from './policy/second-channel.ts'
import { asStrictAsChosen, learnSettings } from './settings/stricter.ts'
import { guardPurposes } from './versions/permission.ts'
import { repeatErasures } from './rights/ledger.ts'
import { stockCatalogue } from './services/catalogue.ts'
import { bringTopics } from './updates/topic.ts'
import { readAssets } from './web/assets.ts'
import { readContent } from './web/content.ts'
import { followed } from './web/followed.ts'
import type { Readiness } from './web/health.ts'
import type { House } from './web/house.ts'
import { handsOutReady } from './web/ready-door.ts'
import { startWorking } from './worker.ts'

/** A path of the checkout, which is one folder up both from src/ (tests) and from dist/ (the built program). */
export const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

export interface OpenHouse {
  readonly house: House
  readonly found: Found
  close(): Promise<void>
}

interface Opening {
  readonly working: boolean
  readonly attach?: boolean
  readonly unwalled?: true
  readonly onDeath?: () => void
}

/**
 * Opens the house. `working` processes also do the later work and keep the clock; `unwalled` ones may reach anything, as
 * tests and benchmarks must that keep a server beside it.
 * @throws WrongSetting, WrongDatabase, EmbeddedError with a sentence for the operator
 */
export async function openHouse(config: Config, options: Opening): Promise<OpenHouse> {
  setAhead(config.clockAhead)
  const content = readContent(config)
  const assets = readAssets(checkout('dist/assets'))
  const found = await findDatabase(config, options)
  // The database's own programs are started: from here on no way leads out but the declared ones.
  if (!options.unwalled) closeHouse(config, found.place)
  try {
    const { prepared, root } = await prepareDatabase(config, found)
    const db = connect({ place: found.place, prefix: found.prefix, root })
    const house: House = { config: asStrictAsChosen(config), db, content, assets }
    await learnSettings(house)
    openLedger(house)
    await bringVersions(house)
    guardPurposes(db)
    await lookForUnreached(house)
    // What a newer program brought stays as it is.
    if (prepared === 'level') {
      await bringTopics(house)
      await stockCatalogue(house)
    }
    await openQueue(db, options.working)
    await repeatErasures(house)
    const endTraces = options.working ? await traceIfAsked(house.config) : undefined
    if (options.working) await startWorking(house, prepared)
    const learning = learnOften(house)
    const door = options.working ? await openDoorIfAsked(house) : undefined
    return { house, found, close: () => close(house, found, { door, learning, endTraces }) }
  } catch (fault) {
    await found.stop()
    throw fault
  }
}

/** Migrations, queue, grants and the start-up check, under the owner's login. */
export function prepareDatabase(config: Config, found: Found): Promise<Ready> {
  const logins = { operations: loginName(found.prefix, 'operations'), all: purposeNames.map((purpose) => loginName(found.prefix, purpose)) }
  return prepare({
    login: found.owner,
    prefix: found.prefix,
    secrets: config,
    migrations: checkout('migrations'),
    register,
    rowRules,
    queue: (client) => prepareQueue(client, found.owner, logins),
    noteChange: (client) => record(drizzle(client), { act: 'house.secret-changed' }),
  })
}

/** Every process learns within half a minute what another one published, or let take effect. */
const learnOften = (house: House): NodeJS.Timeout => setInterval(() => void learnOnce(house), 30_000).unref()

// One after the other, and none is kept waiting by another that fails.
async function learnOnce(house: House): Promise<void> {
  for (const learn of [learnSettings, keepUp, lookForUnreached])
    await learn(house).catch((fault: unknown) => logFault('policy.not-learnt', fault))
}

interface Running {
  readonly door: Door | undefined
  readonly learning: NodeJS.Timeout
  readonly endTraces: EndTraces | undefined
}

async function close(house: House, found: Found, { door, learning, endTraces }: Running): Promise<void> {
  clearInterval(learning)
  await door?.close()
  await settleNotices(house.db)
  await closeQueue(house.db)
  await settleRecording(house.db)
  await endTraces?.()
  await house.db.close()
  closeSmtp()
  await found.stop()
}

// A path of our own, which never fails to parse; to ask costs more than to look.
const PLAIN = /^\/(?!\/)[\w./~-]*$/

/**
 * The URL parser throws for targets such as "//": they are answered here, before anything parses them.
 */
export const answerBadTargets =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    const { url = '', headers } = request
    if ((PLAIN.test(url) || URL.canParse(url, 'http://host')) && headers.host) return listener(request, response)
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end('Bad request\n')
  }

// Slow heads and bodies are cut off: Node's own limits are far more patient than a browser is.
const patience = { headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 }

/** Serves the house on its port; resolves once it listens. */
export async function serve(house: House, readiness: Readiness): Promise<Server> {
  const listener = getRequestListener(openApp(house, readiness).fetch)
  const server = createServer(
    patience,
    followed(
      house.config,
      answerBadTargets((request, response) => {
        // Whoever keeps the connection for later would find nobody there.
        if (readiness.leaving) response.shouldKeepAlive = false
        void (standsAtDoor(house, request, response) || handsOutReady(house, request, response) || listener(request, response))
      }),
    ),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(house.config.port, resolve)
  })
  return server
}

/**
 * Leaves without dropping anything: says so at `/readyz`, and serves until the proxy has heard it; then takes no more
 * connections, finishes the requests under way, hands back the jobs, and closes the house.
 */
export async function leave(open: OpenHouse, server: Server, readiness: Readiness): Promise<void> {
  readiness.leaving = true
  log('house.leaving', { seconds: open.house.config.leaveSeconds })
  await sleep(open.house.config.leaveSeconds * 1000)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), 15_000).unref()
  await closed
  await open.close()
  log('house.closed', { by: word('signal') })
}

/** The last resort: a fault that nobody caught is logged; the program goes on. */
export function catchStrays(): void {
  process.on('unhandledRejection', (fault) => logFault('house.stray', fault))
  process.on('uncaughtException', (fault) => logFault('house.stray', fault))
}

/** The version that this program calls itself. */
export const version = (): string => (JSON.parse(readFileSync(checkout('package.json'), 'utf8')) as { version: string }).version
