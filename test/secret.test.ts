/** SECRET is changed while people use the site: two processes are started anew one by one, and one is killed while it seals. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { freePort } from '../bench/program.ts'
import { Balancer } from './balancer.ts'
import { SECRET, socket, superuser, TEMPLATE } from './harness.ts'

const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const DATABASE = `secret_${process.pid}`
const NEW = 'the secret that comes after it, long enough'
const NEWER = 'the secret that comes after that, long enough'
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-secret-'))
const balancer = await Balancer.open()
const children: ChildProcess[] = []
let eyes: pg.Client

before(async () => {
  const client = await superuser()
  await client.query(`create database ${DATABASE} template ${TEMPLATE} owner cloudrun_owner`)
  await client.end()
  eyes = await superuser(DATABASE)
})

after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await balancer.close()
  await eyes.end()
  rmSync(folder, { recursive: true, force: true })
})

interface Process {
  readonly child: ChildProcess
  readonly said: () => string
}

function begin(port: number, secrets: Record<string, string>): Process {
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    ORIGIN: balancer.origin,
    DATABASE_URL: `postgres://cloudrun_owner@localhost/${DATABASE}?host=${encodeURIComponent(socket())}`,
    DATA_DIR: join(folder, String(port)),
    CONTENT_DIR: checkout('content'),
    LOCAL_STRIPE: 'no',
    TRUSTED_PROXIES: '127.0.0.1',
    LEAVE_SECONDS: '1',
    ...secrets,
  }
  const child = spawn(process.execPath, [checkout('dist/cli.mjs'), 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  return { child, said: () => said }
}

async function ready(port: number, { child, said }: Process): Promise<void> {
  for (let tries = 0; tries < 1_200 && !(await balancer.isReady(port)); tries++) {
    assert.equal(child.exitCode, null, said())
    await sleep(50)
  }
  assert(await balancer.isReady(port), said())
}

async function started(port: number, secrets: Record<string, string>): Promise<Process> {
  const one = begin(port, secrets)
  await ready(port, one)
  return one
}

async function ended({ child }: Process): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

const leave = async (one: Process): Promise<void> => {
  one.child.kill('SIGTERM')
  assert.equal(await ended(one), 0, one.said())
}

const until = async (what: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 2_400 && !(await what()); tries++) await sleep(50)
  assert(await what())
}

const sealed = async (): Promise<string> =>
  (await eyes.query<{ root: string }>(`select encode(sealed_root, 'hex') as root from house_roots`)).rows[0]?.root ?? ''
const changes = async (): Promise<number> => (await eyes.query(`select from audit_details where act = 'house.secret-changed'`)).rows.length

/** Who waits for a lock in this database, doing what. */
const waits = async (statement: string): Promise<boolean> =>
  (
    await eyes.query(`select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock' and query like $2`, [
      DATABASE,
      `${statement}%`,
    ])
  ).rows.length > 0

/** Kills a process that seals the root anew, at a statement that the lock holds up. */
async function killedAt(lock: string, statement: string): Promise<void> {
  const holder = await superuser(DATABASE)
  await holder.query('begin')
  await holder.query(lock)
  const one = begin(await freePort(), { SECRET: NEW, SECRET_PREVIOUS: SECRET })
  await until(() => waits(statement))
  one.child.kill('SIGKILL')
  await ended(one)
  await holder.query('rollback')
  await holder.end()
  await until(
    async () =>
      (
        await eyes.query(
          `select from pg_locks where locktype = 'advisory' and objid = 7201903 and database = (select oid from pg_database where datname = $1)`,
          [DATABASE],
        )
      ).rows.length === 0,
  )
}

test('whoever is killed while the root is sealed anew leaves the old one or the new one, and nothing between', {
  timeout: 300_000,
}, async () => {
  const before = await sealed()
  await killedAt('select from house_roots for update', 'insert into house_roots')
  await killedAt('lock table audit_details', 'insert into "audit_details"')
  assert.deepEqual([await sealed(), await changes()], [before, 0])

  const one = begin(await freePort(), { SECRET: NEW, SECRET_PREVIOUS: SECRET })
  await until(async () => (await sealed()) !== before)
  one.child.kill('SIGKILL')
  await ended(one)
  assert.equal(await changes(), 1)
  const port = await freePort()
  const refused = begin(port, { SECRET })
  assert.equal(await ended(refused), 1)
  assert.match(refused.said(), /^cloudrun: SECRET does not open this database, .*\n$/m)
  await leave(await started(port, { SECRET: NEW }))
})

test('two processes get a new SECRET one by one, and nobody notices', { timeout: 300_000 }, async () => {
  const [portA, portB] = [await freePort(), await freePort()]
  const [a, b] = [await started(portA, { SECRET: NEW }), await started(portB, { SECRET: NEW })]
  balancer.use(portA, portB)
  const failed: string[] = []
  let asked = 0
  const load = { goes: true }
  const visit = async (offset: number): Promise<void> => {
    const pages = ['/', '/services', '/sign-in', '/privacy', '/updates', '/help/contact']
    for (let at = offset; load.goes; at++) {
      const path = pages[at % pages.length] ?? '/'
      const posts = path === '/updates'
      const body = new URLSearchParams({ name: 'Ada', email: `ada-${offset}-${at}@example.org`, topics: 'news' }).toString()
      const outcome = await balancer.ask(path, posts ? { body, type: 'application/x-www-form-urlencoded' } : {})
      asked++
      if (typeof outcome !== 'number' || outcome >= 400) failed.push(`${path}: ${outcome}`)
    }
  }
  const visitors = [visit(0), visit(2), visit(4)]
  await sleep(500)
  await leave(a)
  const a2 = await started(portA, { SECRET: NEWER, SECRET_PREVIOUS: NEW })
  await sleep(500)
  await leave(b)
  const b2 = await started(portB, { SECRET: NEWER })
  await sleep(500)
  load.goes = false
  await Promise.all(visitors)
  assert.deepEqual(failed, [])
  assert(asked > 100, `${asked} requests`)
  for (const one of [a2, b2]) await leave(one)
})
