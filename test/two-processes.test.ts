/**
 * Two processes behind one address. One is killed and comes back as a newer version, which migrates; the other is upgraded
 * by SIGTERM; visitors, subscribers and scripts go on all the while. No request fails beyond those in flight at the kill, and
 * whatever was acknowledged is done.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { PgBoss } from 'pg-boss'
import { freePort } from '../bench/program.ts'
import { Balancer } from './balancer.ts'
import { SECRET, socket, superuser, TEMPLATE } from './harness.ts'
import { newerProgram } from './newer.ts'
import { sink } from './sink.ts'

const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const DATABASE = `two_${process.pid}`
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-two-'))
const letters = await sink()
const balancer = await Balancer.open()
let eyes: pg.Client

interface Running {
  readonly child: ChildProcess
  readonly port: number
  /** What it logged so far. */
  log(): string
}
const running: ChildProcess[] = []

const settings = (port: number): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  PORT: String(port),
  ORIGIN: balancer.origin,
  DATABASE_URL: `postgres://cloudrun_owner@localhost/${DATABASE}?host=${encodeURIComponent(socket())}`,
  DATA_DIR: join(folder, String(port)),
  CONTENT_DIR: checkout('content'),
  SECRET,
  SMTP_URL: letters.url,
  LOCAL_STRIPE: 'no',
  TRUSTED_PROXIES: '127.0.0.1',
  LEAVE_SECONDS: '1',
})

/** Starts a process of the program; it is ready when this resolves. */
async function start(program: string, port: number): Promise<Running> {
  const child = spawn(process.execPath, [program, 'start'], { env: settings(port), stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  for (let tries = 0; tries < 1_200 && !(await balancer.isReady(port)); tries++) {
    assert.equal(child.exitCode, null, said)
    await sleep(50)
  }
  assert(await balancer.isReady(port), said)
  return { child, port, log: () => said }
}

async function ended({ child }: Running): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

const older = checkout('dist/cli.mjs')
let newer = ''

before(async () => {
  const client = await superuser()
  await client.query(`create database ${DATABASE} template ${TEMPLATE} owner cloudrun_owner`)
  await client.end()
  eyes = await superuser(DATABASE)
  newer = await newerProgram(join(folder, 'newer'))
})

after(async () => {
  for (const child of running) child.kill('SIGKILL')
  await balancer.close()
  await eyes.end()
  rmSync(folder, { recursive: true, force: true })
})

/** Everything that was asked for and acknowledged. */
const acknowledged = { subscribers: new Set<string>(), actions: new Set<string>() }
const failed: string[] = []
let answered = 0
const load = { goes: true }

/** Asks by the address of both; each time as somebody from another network. */
async function ask(path: string, init: { body?: string; type?: string } = {}): Promise<number> {
  const outcome = await balancer.ask(path, init)
  answered++
  // What is refused or fails inside is a failure as well as a connection that breaks.
  if (typeof outcome !== 'number' || outcome >= 400) failed.push(`${path}: ${outcome}`)
  return typeof outcome === 'number' ? outcome : 0
}

async function visit(): Promise<void> {
  const pages = ['/', '/services', '/privacy', '/updates', '/help', '/sign-in']
  for (let at = 0; load.goes; at++) await ask(pages[at % pages.length] ?? '/')
}

async function subscribe(who: string): Promise<void> {
  for (let at = 0; load.goes; at++) {
    const email = `${who}-${at}@example.org`
    const body = new URLSearchParams({ name: 'Ada', email, topics: 'news' }).toString()
    if ((await ask('/updates', { body, type: 'application/x-www-form-urlencoded' })) === 303) acknowledged.subscribers.add(email)
    await sleep(200)
  }
}

async function report(who: string): Promise<void> {
  for (let at = 0; load.goes; at++) {
    const label = `${who}-${at}`
    const body = JSON.stringify([{ k: 'a', u: `${balancer.origin}/`, n: label }])
    if ((await ask('/n', { body, type: 'text/plain' })) === 202) acknowledged.actions.add(label)
    await sleep(20)
  }
}

/** A proxy that keeps its connections: none may be cut while it is told that the process leaves. */
async function faithful(port: number): Promise<{ answers: number; closing: number; broken: string[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const seen = { answers: 0, closing: 0, broken: [] as string[] }
  let before = ''
  for (;;) {
    const outcome = await new Promise<string>((resolve) => {
      const request = get(
        { agent, host: '127.0.0.1', port, path: '/livez', headers: { host: new URL(balancer.origin).host } },
        (answer) => {
          answer.resume().on('end', () => resolve(answer.headers.connection === 'close' ? 'closing' : 'open'))
        },
      )
      request.on('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.message))
    })
    // A new connection that still waited for the process to take it when that stopped listening was none.
    if (outcome === 'ECONNREFUSED' || (outcome === 'ECONNRESET' && before === 'closing')) break
    before = outcome
    if (outcome === 'closing') seen.closing++
    if (outcome === 'open' || outcome === 'closing') seen.answers++
    else seen.broken.push(outcome)
    await sleep(10)
  }
  agent.destroy()
  return seen
}

const letterTo = (email: string): boolean => letters.taken.some((text) => text.includes(`<${email}>`) || text.includes(`To: ${email}`))

async function undone(): Promise<{ subscribers: string[]; actions: string[]; waiting: number }> {
  const { rows } = await eyes.query<{ label: string }>(`select label from recorded_actions() where kind = 'action'`)
  const kept = new Set(rows.map(({ label }) => label))
  const { rows: jobs } = await eyes.query<{ waiting: number }>(
    `select count(*)::int as waiting from pgboss.job where name = 'mail.deliver' and state in ('created', 'retry', 'active')`,
  )
  return {
    subscribers: [...acknowledged.subscribers].filter((email) => !letterTo(email)),
    actions: [...acknowledged.actions].filter((label) => !kept.has(label)),
    waiting: jobs[0]?.waiting ?? 0,
  }
}

test('one is killed, one is upgraded, and nobody notices', { timeout: 180_000 }, async () => {
  const [a, b] = [await start(older, await freePort()), await start(older, await freePort())]
  balancer.use(a.port, b.port)
  const clients = [visit(), visit(), subscribe('ada'), subscribe('bob'), report('ada'), report('bob')]
  await sleep(2_000)

  a.child.kill('SIGKILL')
  await ended(a)
  const death = performance.now()
  await sleep(500)
  // In flight at the kill is what the process had taken before it was gone: at most one request of each client.
  const inFlight = balancer.broken.filter(({ port, at }) => port === a.port && at <= death).length
  assert(inFlight <= clients.length, `${inFlight} of ${clients.length} clients`)
  assert.equal(failed.length, inFlight, failed.join('; '))

  // It comes back as a newer version and migrates, while the other goes on with what it knows.
  const a2 = await start(newer, a.port)
  await sleep(1_500)
  const { rows: columns } = await eyes.query(
    `select from information_schema.columns where table_name = 'letters' and column_name = 'weighed_at'`,
  )
  assert.equal(columns.length, 1)

  const proxy = faithful(b.port)
  await sleep(200)
  b.child.kill('SIGTERM')
  assert.equal(await ended(b), 0, b.log())
  const seen = await proxy
  assert.deepEqual(seen.broken, [])
  assert(seen.closing > 0 && seen.answers > seen.closing, JSON.stringify(seen))
  const b2 = await start(newer, b.port)
  await sleep(1_500)
  load.goes = false
  await Promise.all(clients)

  assert.deepEqual(failed.slice(inFlight), [])
  assert(answered > 300, `${answered} requests`)
  assert(balancer.answersOf(a.port) > 50 && balancer.answersOf(b.port) > 50)
  // What the killed process had in hand comes back when its heartbeat has been missing for long enough: the time is moved, and
  // the queue looked over now instead of within 20 seconds.
  const look = new PgBoss({
    host: socket(),
    user: 'postgres',
    database: DATABASE,
    supervise: false,
    schedule: false,
    migrate: false,
    monitorIntervalSeconds: 1,
  })
  await look.start()
  for (let tries = 0; tries < 300; tries++) {
    const left = await undone()
    if (left.subscribers.length + left.actions.length + left.waiting === 0) break
    await eyes.query(
      `update pgboss.job set heartbeat_on = heartbeat_on - interval '1 hour' where state = 'active' and started_on < now() - interval '5 s'`,
    )
    await look.supervise('mail.deliver')
    await eyes.query(`update pgboss.job set start_after = now() where state = 'retry'`)
    await sleep(200)
  }
  await look.stop({ graceful: false })
  assert.deepEqual(await undone(), { subscribers: [], actions: [], waiting: 0 })
  assert(acknowledged.subscribers.size > 5 && acknowledged.actions.size > 20)
  for (const { child } of [a2, b2]) child.kill('SIGTERM')
  assert.deepEqual([await ended(a2), await ended(b2)], [0, 0])
})

test('an older version that is started again serves, and takes nothing away from the newer one', { timeout: 90_000 }, async () => {
  const grants = `select count(*)::int as n from information_schema.column_privileges where table_name = 'letters' and column_name = 'weighed_at'`
  const granted = async (): Promise<number> => (await eyes.query<{ n: number }>(grants)).rows[0]?.n ?? 0
  const [known, schedules] = [await granted(), await eyes.query('select name from pgboss.schedule order by 1')]
  assert(known > 0)
  await eyes.query(`insert into pgboss.queue (name, policy, partition, retry_limit, retry_delay, retry_backoff, expire_seconds, retention_seconds, deletion_seconds, table_name)
                    select 'later.thing', policy, partition, retry_limit, retry_delay, retry_backoff, expire_seconds, retention_seconds, deletion_seconds, table_name from pgboss.queue where name = 'mail.deliver'`)
  await eyes.query(`insert into pgboss.schedule (name, key, cron, timezone) values ('later.thing', '', '0 0 1 1 *', 'UTC')`)
  const again = await start(older, await freePort())
  assert.match(again.log(), /"event":"database\.ahead"/)
  assert.equal(await granted(), known)
  const kept = await eyes.query('select name from pgboss.schedule order by 1')
  assert.equal(kept.rows.length, schedules.rows.length + 1)
  again.child.kill('SIGTERM')
  assert.equal(await ended(again), 0)

  await eyes.query('alter table letters add column phone text')
  const refused = spawn(process.execPath, [older, 'start'], { env: settings(await freePort()), stdio: ['ignore', 'ignore', 'pipe'] })
  running.push(refused)
  let told = ''
  refused.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()))
  await once(refused, 'close')
  assert.equal(refused.exitCode, 1)
  assert.match(told, /belongs to a newer version of this program, and this one cannot go along with it: letters\.phone is in the database/)
})
