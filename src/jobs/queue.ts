/**
 * Later work, in PostgreSQL (pg-boss). A job is enqueued in the caller's transaction: what is rolled
 * back leaves none, what is committed is not lost. It may run more than once, so every handler can be
 * repeated. Payloads are ids and numbers by type: nothing personal can be in one.
 */
import { type JobResult, PgBoss } from 'pg-boss'
import type pg from 'pg'
import type { Database, For } from '../database/connection.ts'
import type { Purpose } from '../database/purposes.ts'
import { type Id, log, logFault, word } from '../log.ts'
import { type Beginning, faultType, isTracing, say, tracedWork } from '../tracing.ts'

/** Every job that there is, with its payload. */
export interface Jobs {
  'mail.deliver': { letterId: Id }
  'mail.check': Record<string, never>
  'updates.wake': Record<string, never>
  'updates.send': { issueId: Id }
  'updates.test': { issueId: Id; personId: Id }
  'updates.bounced': { recipientId: Id; incomingId: Id }
  'updates.leave': { subscriptionId: Id; issueMark: number }
  'updates.replied': { recipientId: Id; incomingId: Id }
  'updates.import': { importId: Id }
  'mail.poll': Record<string, never>
  'mail.read': { incomingId: Id }
  'staff.join': { invitationId: Id; personId: Id }
  'staff.check-record': Record<string, never>
  'staff.send-head': Record<string, never>
  'programs.tell': { eventId: Id }
  'programs.deliver': Record<string, never>
  'services.keep-time': Record<string, never>
  'rights.copy': { copyId: Id }
  'rights.fulfil': { requestId: Id }
  'requests.watch': Record<string, never>
  'requests.read': { incomingId: Id }
  'help.read': { incomingId: Id; requestId?: Id }
  'help.watch': Record<string, never>
  'agents.tell': Record<string, never>
  'breaches.send': { breachId: Id }
  'breaches.watch': Record<string, never>
  'disclosures.watch': Record<string, never>
  'policy.send': Record<string, never>
  'policy.watch': Record<string, never>
  'promises.check': Record<string, never>
  'rights.forget-guests': Record<string, never>
  'rights.tell-waiting': Record<string, never>
  'rights.corrected': { correctionId: Id; requestId?: Id }
  'rights.released': { personId: Id }
  'rights.heard': { messageId: Id }
  'billing.event': { inboxIds: readonly Id[] }
  'billing.catch-up': Record<string, never>
  'billing.settle': { personId: Id }
  'billing.retry': { personId: Id }
  'billing.report-usage': Record<string, never>
  'billing.reconcile': Record<string, never>
  'navigation.fold': Record<string, never>
  'navigation.hand-over': Record<string, never>
  'navigation.import': { importId: Id }
  'navigation.weekly-letter': Record<string, never>
  'navigation.sudden-letter': Record<string, never>
  'audit.sign-head': Record<string, never>
  'rights.note-erasures': Record<string, never>
  'backups.renew-keys': Record<string, never>
  'retention.sweep': Record<string, never>
  'database.scrub': Record<string, never>
}
export type JobName = keyof Jobs
/** What each job does. The compiler keeps the list complete. */
export type Handlers = { readonly [N in JobName]: (data: Jobs[N]) => Promise<void> }

/** When a job runs by itself: a cron expression in UTC, and the sentence that the console shows. */
export interface Appointment {
  readonly job: JobName
  readonly cron: string
  readonly says: string
}

export const jobNames = [
  'mail.deliver',
  'mail.check',
  'updates.wake',
  'updates.send',
  'updates.test',
  'updates.bounced',
  'updates.leave',
  'updates.replied',
  'updates.import',
  'mail.poll',
  'mail.read',
  'staff.join',
  'staff.check-record',
  'staff.send-head',
  'programs.tell',
  'programs.deliver',
  'services.keep-time',
  'rights.copy',
  'rights.fulfil',
  'requests.watch',
  'requests.read',
  'help.read',
  'help.watch',
  'agents.tell',
  'breaches.send',
  'breaches.watch',
  'disclosures.watch',
  'policy.send',
  'policy.watch',
  'promises.check',
  'rights.forget-guests',
  'rights.tell-waiting',
  'rights.corrected',
  'rights.released',
  'rights.heard',
  'billing.event',
  'billing.catch-up',
  'billing.settle',
  'billing.retry',
  'billing.report-usage',
  'billing.reconcile',
  'navigation.fold',
  'navigation.hand-over',
  'navigation.import',
  'navigation.weekly-letter',
  'navigation.sudden-letter',
  'audit.sign-head',
  'rights.note-erasures',
  'backups.renew-keys',
  'retention.sweep',
  'database.scrub',
] as const satisfies readonly JobName[]
export const DEAD_LETTERS = 'dead-letters'
const SCHEMA = 'pgboss'

// Tries after 10 s, 20 s, 40 s … up to an hour apart: about eight hours until the dead-letter list.
const RULES = {
  retryLimit: 14,
  retryDelay: 10,
  retryBackoff: true,
  retryDelayMax: 3600,
  heartbeatSeconds: 20,
  expireInSeconds: 900,
  deleteAfterSeconds: 7 * 86_400,
  retentionSeconds: 30 * 86_400,
  deadLetter: DEAD_LETTERS,
  notify: true,
}

// How often it is looked whether the process that did a job is gone: with its heartbeat, a killed job is back within a minute.
const LOOK_SECONDS = 20

const queues = new WeakMap<Database, PgBoss>()
const clocks = new WeakMap<Database, readonly Appointment[]>()

/** The queue of an open house, for the list of what waits and failed (`overview.ts`). */
export function queueOf(db: Database): PgBoss {
  const queue = queues.get(db)
  if (!queue) throw new Error('the queue has not been opened')
  return queue
}

/** Makes the queue's tables and queues, under the owner's login, and lets every purpose enqueue. */
export async function prepareQueue(
  client: pg.Client,
  login: pg.ClientConfig,
  logins: { operations: string; all: readonly string[] },
): Promise<void> {
  const boss = new PgBoss({ ...(login as object), schema: SCHEMA, supervise: false, schedule: false, max: 1, registerInstance: false })
  boss.on('error', (fault) => logFault('jobs.fault', fault))
  await boss.start()
  const existing = new Set((await boss.getQueues()).map((queue) => queue.name))
  if (!existing.has(DEAD_LETTERS)) await boss.createQueue(DEAD_LETTERS, { retentionSeconds: 90 * 86_400 })
  for (const name of jobNames) {
    if (existing.has(name)) await boss.updateQueue(name, RULES)
    else await boss.createQueue(name, RULES)
  }
  await boss.stop({ graceful: false })
  for (const statement of queueGrants(logins)) await client.query(statement)
}

// A purpose may put a job in and learn its id; only operations reads and runs them.
function queueGrants(logins: { operations: string; all: readonly string[] }): string[] {
  const all = logins.all.map((name) => `"${name}"`).join(', ')
  return [
    `grant usage on schema ${SCHEMA} to ${all}`,
    `grant select on ${SCHEMA}.queue, ${SCHEMA}.version to ${all}`,
    `grant insert on ${SCHEMA}.job, ${SCHEMA}.job_common to ${all}`,
    `grant select (id, start_after) on ${SCHEMA}.job, ${SCHEMA}.job_common to ${all}`,
    `grant select, insert, update, delete on all tables in schema ${SCHEMA} to "${logins.operations}"`,
    `grant usage on all sequences in schema ${SCHEMA} to "${logins.operations}"`,
  ]
}

/** Opens the queue for enqueuing; `working` processes also supervise and keep the clock. */
export async function openQueue(db: Database, working: boolean): Promise<PgBoss> {
  const boss = new PgBoss({
    ...(db.login('operations') as object),
    schema: SCHEMA,
    max: working ? 3 : 1,
    migrate: false,
    createSchema: false,
    supervise: working,
    superviseIntervalSeconds: LOOK_SECONDS,
    monitorIntervalSeconds: LOOK_SECONDS,
    schedule: working,
    useListenNotify: working,
    reindex: false,
    registerInstance: false,
  })
  boss.on('error', (fault) => logFault('jobs.fault', fault))
  await boss.start()
  queues.set(db, boss)
  return boss
}

/** Closes the queue; running handlers finish first, for at most `seconds`. */
export const closeQueue = (db: Database, seconds = 20): Promise<void> => queueOf(db).stop({ graceful: true, timeout: seconds * 1000 })

/** Enqueues a job in the caller's transaction, to run now or `startAfter` a moment. */
export async function enqueue<N extends JobName>(tx: For<Purpose>, name: N, data: Jobs[N], startAfter?: Date): Promise<void> {
  const inside = { executeSql: (text: string, values?: unknown[]) => tx.$client.query(text, values) }
  await queueOf(tx.db).send(name, data, { db: inside, ...(startAfter ? { startAfter } : {}) })
}

/** Starts a worker for every job. */
export async function work(db: Database, handlers: Handlers): Promise<void> {
  for (const name of jobNames) await workOn(db, name, handlers[name] as (data: object) => Promise<void>)
}

async function workOn(db: Database, name: JobName, handle: (data: object) => Promise<void>): Promise<void> {
  const options = { batchSize: 20, burstWhenBatchFull: true, perJobResults: true, pollingIntervalSeconds: 5, ...tries() } as const
  await queueOf(db).work<object>(name, options, async (jobs) => {
    const results: JobResult[] = []
    for (const job of jobs) results.push(await outcome(name, job, handle))
    return results
  })
}

// How often a job was tried is asked for only where a span says it.
const tries = (): { includeMetadata?: true } => (isTracing() ? { includeMetadata: true } : {})

/** A job as it was fetched. */
interface Fetched {
  readonly id: string
  readonly data: object
  readonly retryCount?: number
}

const outcome = (name: JobName, job: Fetched, handle: (data: object) => Promise<void>): Promise<JobResult> =>
  tracedWork(
    () => spanOf(name, job),
    () => outcomeHere(name, job, handle),
  )

const spanOf = (name: JobName, { retryCount = 0 }: Fetched): Beginning => ({
  name: word(`process ${name}`),
  kind: 'consumer',
  says: {
    'messaging.system': word('pg-boss'),
    'messaging.operation.type': word('process'),
    'messaging.destination.name': word(name),
    'cloudrun.job.attempt': retryCount + 1,
  },
})

// The outcome is stored with the job, so it names the fault's class and never its message, which may
// quote an address.
async function outcomeHere(name: JobName, job: Fetched, handle: (data: object) => Promise<void>): Promise<JobResult> {
  const started = performance.now()
  try {
    await handle(job.data)
    say({ 'cloudrun.job.outcome': word('completed') })
    log('jobs.done', { job: word(name), ms: Math.round(performance.now() - started) })
    return { id: job.id, status: 'completed' }
  } catch (fault) {
    say({ 'cloudrun.job.outcome': word('failed'), 'error.type': faultType(fault) })
    logFault('jobs.failed', fault, { job: word(name) })
    return { id: job.id, status: 'failed', output: { kind: fault instanceof Error ? fault.name : 'unknown' } }
  }
}

/** Does all work that is due now, and what that leaves to do; for commands and tests, which end. */
export async function workOff(db: Database, handlers: Handlers): Promise<void> {
  let done = 1
  while (done > 0) {
    done = 0
    for (const name of jobNames) done += await workOffOne(db, name, handlers[name] as (data: object) => Promise<void>)
  }
}

async function workOffOne(db: Database, name: JobName, handle: (data: object) => Promise<void>): Promise<number> {
  const jobs = await queueOf(db).fetch<object>(name, { batchSize: 50, ...tries() })
  for (const job of jobs) {
    const { status, output } = await outcome(name, job, handle)
    await (status === 'completed' ? queueOf(db).complete(name, job.id) : queueOf(db).fail(name, job.id, output as object))
  }
  return jobs.length
}

/** Puts the appointments on the clock and takes off those that are no longer kept. */
export async function keepAppointments(db: Database, clock: readonly Appointment[]): Promise<void> {
  const boss = queueOf(db)
  clocks.set(db, clock)
  const kept = new Set<string>(clock.map((appointment) => appointment.job))
  for (const { name } of await boss.getSchedules()) if (!kept.has(name)) await boss.unschedule(name)
  for (const { job, cron } of clock) await boss.schedule(job, cron, {}, { tz: 'UTC' })
}

/** The clock page as this process keeps it; empty where another process does the work. */
export const clockOf = (db: Database): readonly Appointment[] => clocks.get(db) ?? []
