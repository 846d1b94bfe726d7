/**
 * What the queue holds, for the console: how much waits, runs and failed, when appointments come next,
 * and what was given up. Of a payload only ids and numbers are shown.
 */
import { sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { Database, For } from '../database/connection.ts'
import { asId, type Id, log } from '../log.ts'
import { nextTime } from './cron.ts'
import { clockOf, DEAD_LETTERS, jobNames, type JobName, queueOf } from './queue.ts'

export interface QueueState {
  readonly job: JobName
  readonly waiting: number
  readonly running: number
  /** Given up within the last seven days; what can be tried again is among the dead letters. */
  readonly failed: number
}

/** Every queue with its counts, in the order of the clock page. */
export async function queueStates(tx: For<'operations'>): Promise<QueueState[]> {
  const { rows } = await tx.execute<{ name: string; waiting: number; running: number; failed: number }>(sql`
    select name, count(*) filter (where state in ('created', 'retry'))::int as waiting,
           count(*) filter (where state = 'active')::int as running, count(*) filter (where state = 'failed')::int as failed
      from pgboss.job where state in ('created', 'retry', 'active', 'failed') group by name`)
  const states = new Map(rows.map((row) => [row.name, row]))
  return jobNames.map((job) => {
    const { waiting = 0, running = 0, failed = 0 } = states.get(job) ?? {}
    return { job, waiting, running, failed }
  })
}

export interface KeptAppointment {
  readonly job: string
  readonly cron: string
  /** What it does, as the clock page says; unknown where another process keeps the clock. */
  readonly says: string | undefined
  readonly next: Date | undefined
}

/** What runs by itself, and when next. */
export async function keptAppointments(db: Database): Promise<KeptAppointment[]> {
  const schedules = await queueOf(db).getSchedules()
  const sentences = new Map<string, string>(clockOf(db).map(({ job, says }) => [job, says]))
  return schedules.map(({ name, cron }) => ({ job: name, cron, says: sentences.get(name), next: nextTime(cron, now()) }))
}

/** A job that was given up after all its tries. */
export interface DeadLetter {
  readonly id: Id
  readonly job: string
  readonly askedAt: Date
  readonly givenUpAt: Date
  readonly tries: number
  /** The class of the fault; its message may quote a person and is kept nowhere. */
  readonly kind: string
  readonly about: readonly (readonly [name: string, value: string])[]
}

interface DeadRow extends Record<string, unknown> {
  id: Id
  source_name: string | null
  asked_at: string
  given_up_at: string
  tries: number | null
  kind: string | null
  data: unknown
}

/** The jobs that were given up, newest first, and how many there are. */
export async function deadLetters(tx: For<'operations'>, most = 100): Promise<{ letters: DeadLetter[]; count: number }> {
  const waiting = sql`from pgboss.job where name = ${DEAD_LETTERS} and state = 'created'`
  const { rows: counted } = await tx.execute<{ count: number }>(sql`select count(*)::int as count ${waiting}`)
  const { rows } = await tx.execute<DeadRow>(sql`
    select id, source_name, coalesce(source_created_on, created_on)::text as asked_at, created_on::text as given_up_at,
           source_retry_count as tries, coalesce(source_output, output) ->> 'kind' as kind, data
      ${waiting} order by created_on desc, id limit ${most}`)
  return { letters: rows.map(deadLetter), count: counted[0]?.count ?? 0 }
}

const deadLetter = (row: DeadRow): DeadLetter => ({
  id: row.id,
  job: row.source_name ?? 'unknown',
  askedAt: new Date(row.asked_at),
  givenUpAt: new Date(row.given_up_at),
  tries: (row.tries ?? 0) + 1,
  kind: /^\w{1,60}$/.test(row.kind ?? '') ? (row.kind ?? '') : 'unknown',
  about: aboutOf(row.data),
})

// Payloads are ids and numbers by type; whatever else got in stays unseen.
const aboutOf = (data: unknown): [string, string][] =>
  Object.entries(typeof data === 'object' && data !== null ? data : {}).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'number' || asId(String(value)) ? [[name, String(value)]] : [],
  )

/** Puts one given-up job back into its queue, or all of them; returns how many went. */
export async function retryDeadLetters(db: Database, id?: Id): Promise<number> {
  const moved = await queueOf(db).redrive(DEAD_LETTERS, { ...(id ? { ids: [id] } : {}), limit: 10_000 })
  log('jobs.retried', { jobs: moved })
  return moved
}

/** Jobs of a name that were tried and have not succeeded yet: how many, and since when the first waits. */
export async function stuck(tx: For<'operations'>, job: JobName): Promise<{ count: number; oldest: Date | undefined }> {
  const { rows } = await tx.execute<{ count: number; oldest: string | null }>(sql`
    select count(*)::int as count, min(created_on)::text as oldest
      from (select created_on from pgboss.job where name = ${job} and state = 'retry' limit 1000) waiting`)
  const { count = 0, oldest } = rows[0] ?? {}
  return { count, oldest: oldest ? new Date(oldest) : undefined }
}
