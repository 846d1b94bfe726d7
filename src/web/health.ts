/** For machines that watch: is it alive, is it ready, how is it doing. */
import { timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { isTracing } from '../tracing.ts'
import { METHODS, sayRoute } from './followed.ts'
import { exposition, type Gauge } from './gauges.ts'
import type { House, Web } from './house.ts'
import { routeOf } from './page-request.ts'
import { nothingHere } from './refusal.ts'

const registry = new Registry()
collectDefaultMetrics({ register: registry })
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer, by method, part of the site and status',
  labelNames: ['method', 'part', 'status'],
  buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
  registers: [registry],
})

/** Measures every request. Paths are not labels: they can hold tokens. */
export const measured = createMiddleware<Web>(async (c, next) => {
  const started = performance.now()
  await next()
  observe(c.req, c.res.status, started)
  if (isTracing()) sayRoute(c.req.method, routeOf(c))
})

// By the first word of the path; what is not listed is one of the public pages.
const PARTS: Readonly<Record<string, string>> = {
  ...{ account: 'account', 'sign-in': 'account', 'sign-up': 'account', 'sign-out': 'account', password: 'account', invitations: 'account' },
  ...{ staff: 'console', api: 'api', drp: 'api', assets: 'assets', 'n.js': 'assets', n: 'visits', 'n.gif': 'visits', webhooks: 'webhooks' },
  ...{ livez: 'health', readyz: 'health', metrics: 'health' },
}

/** The part of the site that a path belongs to: a word of ours, because a path can hold a token. */
export function partOf(path: string): string {
  const end = path.indexOf('/', 1)
  const first = end === -1 ? path.slice(1) : path.slice(1, end)
  return Object.hasOwn(PARTS, first) ? (PARTS[first] ?? 'pages') : 'pages'
}

/** Counts an answer that was begun at this moment of the process. */
export const observe = ({ method, path }: { method: string; path: string }, status: number, started: number): void =>
  durations.observe({ method: METHODS.has(method) ? method : 'other', part: partOf(path), status }, (performance.now() - started) / 1000)

/** What the program itself knows of being ready. */
export interface Readiness {
  /** It is on its way out: no new requests, please. */
  leaving: boolean
  /** How many migrations the database must have seen. */
  readonly migrations: number
}

/** The doors for machines that watch; `gauges` are asked at `/metrics`. */
export function healthRoutes(readiness: Readiness, gauges: readonly Gauge[]): Hono<Web> {
  return new Hono<Web>()
    .get('/livez', (c) => c.text('ok'))
    .get('/readyz', async (c) => {
      const state = readiness.leaving ? { program: 'leaving' } : await examine(c.get('house'), readiness.migrations)
      const ready = Object.values(state).every((answer) => answer === 'ok')
      return c.json(state, ready ? 200 : 503, { 'cache-control': 'no-store' })
    })
    .get('/metrics', (c) => metrics(c, gauges))
}

async function examine({ db }: House, migrations: number): Promise<Record<string, string>> {
  const answers = async (name: string, text: string, values: unknown[] = []): Promise<string> => {
    const rows = await db.read('operations', { name, text, values }).catch(() => [])
    return rows.length > 0 ? 'ok' : 'failing'
  }
  return {
    database: await answers('ready-database', 'select 1'),
    migrations: await answers('ready-migrations', 'select from drizzle.__drizzle_migrations having count(*) >= $1', [migrations]),
    jobs: await answers('ready-jobs', 'select from pgboss.version'),
  }
}

async function metrics(c: Context<Web>, gauges: readonly Gauge[]): Promise<Response> {
  const house = c.get('house')
  const { config } = house
  if (config.environment === 'production' && !authorised(c.req.header('authorization'), config.metricsToken))
    throw nothingHere('metrics without their token')
  return c.body(`${await registry.metrics()}\n${await exposition(house, gauges)}`, 200, {
    'content-type': registry.contentType,
    'cache-control': 'no-store',
  })
}

function authorised(header: string | undefined, token: string | undefined): boolean {
  if (!header || !token) return false
  const given = Buffer.from(header)
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
