/** For machines that watch: is it alive, is it ready, how is it doing. */
import { timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { House, Web } from './house.ts'
import { nothingHere } from './refusal.ts'

const registry = new Registry()
collectDefaultMetrics({ register: registry })
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer, by method, kind of route and status',
  labelNames: ['method', 'status'],
  buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
  registers: [registry],
})

/** Measures every request. Paths are not labels: they can hold tokens. */
export const measured = createMiddleware<Web>(async (c, next) => {
  const started = performance.now()
  await next()
  durations.observe({ method: c.req.method, status: c.res.status }, (performance.now() - started) / 1000)
})

/** Is the program ready: answers of the database and of the queue, and whether it is on its way out. */
export interface Readiness {
  leaving: boolean
}

export function healthRoutes(readiness: Readiness): Hono<Web> {
  return new Hono<Web>()
    .get('/livez', (c) => c.text('ok'))
    .get('/readyz', async (c) => {
      const state = readiness.leaving ? { leaving: true } : await examine(c.get('house'))
      const ready = Object.values(state).every((answer) => answer === 'ok')
      return c.json(state, ready ? 200 : 503, { 'cache-control': 'no-store' })
    })
    .get('/metrics', metrics)
}

async function examine({ db }: House): Promise<Record<string, string>> {
  const answers = async (text: string, name: string): Promise<string> => {
    try {
      return (await db.read('operations', { name, text, values: [] })).length > 0 ? 'ok' : 'empty'
    } catch {
      return 'failing'
    }
  }
  return {
    database: await answers('select 1', 'ready-database'),
    migrations: await answers('select 1 from letters right join (select 1) one on false', 'ready-migrations'),
    jobs: await answers('select 1 from pgboss.version', 'ready-jobs'),
  }
}

async function metrics(c: Context<Web>): Promise<Response> {
  const { config } = c.get('house')
  if (config.environment === 'production' && !authorised(c.req.header('authorization'), config.metricsToken))
    throw nothingHere('metrics without their token')
  return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType, 'cache-control': 'no-store' })
}

function authorised(header: string | undefined, token: string | undefined): boolean {
  if (!header || !token) return false
  const given = Buffer.from(header)
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
