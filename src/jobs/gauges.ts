/** The queue in numbers, for `/metrics`. */
import { sql } from 'drizzle-orm'
import { type Family, type Gauge, single } from '../web/gauges.ts'
import { DEAD_LETTERS, jobNames } from './queue.ts'

interface Row extends Record<string, unknown> {
  name: string
  waiting: number
  running: number
  oldest: number
}

/** By kind of job: how much waits and runs, and for how long the oldest has been due; and what was given up. */
export const jobsGauge: Gauge = async ({ db }) => {
  const { rows } = await db.as('operations', (tx) =>
    tx.execute<Row>(sql`
      select name, count(*) filter (where state in ('created', 'retry'))::int as waiting,
             count(*) filter (where state = 'active')::int as running,
             coalesce(extract(epoch from now() - min(start_after) filter (where state in ('created', 'retry') and start_after <= now())), 0)::float8 as oldest
        from pgboss.job where state in ('created', 'retry', 'active') group by name`),
  )
  const byName = new Map(rows.map((row) => [row.name, row]))
  const of = (name: string, help: string, which: 'waiting' | 'running' | 'oldest'): Family => ({
    ...{ name, help, kind: 'gauge' },
    readings: jobNames.map((job) => ({ labels: { job }, value: byName.get(job)?.[which] ?? 0 })),
  })
  return [
    of('cloudrun_jobs_waiting', 'Jobs that wait, those for a later moment too, by kind', 'waiting'),
    of('cloudrun_jobs_running', 'Jobs that are being done, by kind', 'running'),
    of('cloudrun_job_oldest_seconds', 'For how long the oldest job that is due has been due, by kind', 'oldest'),
    single('cloudrun_dead_letters', 'Jobs that were given up after all their tries', byName.get(DEAD_LETTERS)?.waiting ?? 0),
  ]
}
