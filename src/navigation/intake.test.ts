/**
 * What comes in at the door: whatever it is, and however the program ends. `BODIES` and `KILLS` say how many
 * bodies are thrown and how often the program is killed: 100000 and 50 take some minutes.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pg from 'pg'
import { attack, attackBodies } from '../../bench/attack-bodies.ts'
import { openTestHouse } from '../../test/harness.ts'
import { standsAtDoor } from './door.ts'

const house = await openTestHouse({ TRUSTED_PROXIES: '127.0.0.1', NAVIGATION_SITES: 'https://docs.example' })

const BODIES = Number(process.env['BODIES'] ?? 3_000)
const KILLS = Number(process.env['KILLS'] ?? 3)

/** What is in use, once everything that nobody needs is gone. */
function inUse(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
}

test('nothing malformed, huge, deep or wrongly encoded is a fault, grows the memory, or becomes a row', async () => {
  const server = createServer((request, response) => void (standsAtDoor(house.house, request, response) || response.writeHead(404).end()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const { port } = server.address() as AddressInfo
  const answers = await attack(port, attackBodies(BODIES / 3, 5))
  const before = inUse()
  for (const [status, count] of await attack(port, attackBodies((BODIES * 2) / 3, 6)))
    answers.set(status, (answers.get(status) ?? 0) + count)
  const grown = (inUse() - before) / 2 ** 20
  assert(grown < 10, `${grown.toFixed(1)} MiB more after ${BODIES} bodies`)
  assert([...answers.values()].reduce((sum, count) => sum + count, 0) >= Math.floor(BODIES / 3) * 3)
  assert.deepEqual(
    [...answers.keys()].filter((status) => ![202, 400, 403, 413, 429].includes(status)),
    [],
  )
  assert.equal(answers.get(202), undefined)
  assert.deepEqual(await house.query('select count(*)::int as n from recorded_actions()'), [{ n: 0 }])
  assert.deepEqual(
    house.log.filter((line) => line.includes('"level":"error"')),
    [],
  )
})

// ---- Killed while it takes in ----------------------------------------------------------------------

const checkout = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-killed-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function start(port: number): Promise<ChildProcess> {
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    DATA_DIR: folder,
    CONTENT_DIR: checkout('content'),
    TRUSTED_PROXIES: '127.0.0.1,::1',
  }
  const child = spawn(process.execPath, [checkout('dist/cli.mjs'), 'start'], { env, stdio: 'ignore' })
  for (let tries = 0; tries < 600; tries++) {
    const answered = await send(port, '/livez', '').catch(() => 0)
    if (answered === 200) return child
    await sleep(100)
  }
  throw new Error('the program did not start')
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0'

function send(port: number, path: string, body: string, address = '129.67.1.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': AGENT, 'x-forwarded-for': address, 'content-length': Buffer.byteLength(body) }
    const asked = request({ port, host: 'localhost', path, method: body ? 'POST' : 'GET', headers }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0)).on('error', reject)
    })
    asked.on('error', reject).end(body)
  })
}

test('every action that was acknowledged before the program was killed is there once', async () => {
  const port = 42_000 + (process.pid % 1_000)
  let program = await start(port)
  const acknowledged: string[] = []
  let count = 0
  const sender = async (): Promise<void> => {
    for (;;) {
      const name = `act ${String.fromCharCode(97 + (count % 26))}${(count++).toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '')}`
      const body = JSON.stringify([{ k: 'a', u: `http://localhost:${port}/x`, n: name }])
      const status = await send(port, '/n', body, `129.67.${count % 250}.${count % 240}`).catch(() => 0)
      if (status !== 202) return
      acknowledged.push(name)
    }
  }
  for (let round = 0; round < KILLS; round++) {
    const senders = Array.from({ length: 16 }, sender)
    // In the midst of it, at another point each time.
    for (const before = acknowledged.length; acknowledged.length < before + 60 + (round % 12) * 17; ) await sleep(1)
    program.kill('SIGKILL')
    await Promise.all(senders)
    program = await start(port)
  }
  const client = new pg.Client({ host: join(folder, 'postgres'), user: 'postgres', database: 'cloudrun' })
  await client.connect()
  const { rows } = await client.query<{ label: string; n: number }>('select label, count(*)::int as n from recorded_actions() group by 1')
  await client.end()
  program.kill('SIGTERM')
  await once(program, 'exit')
  const kept = new Map(rows.map(({ label, n }) => [label, n]))
  assert(acknowledged.length > KILLS * 60, `${acknowledged.length} were acknowledged`)
  for (const name of acknowledged) assert.equal(kept.get(name), 1, name)
  assert.equal(new Set(acknowledged).size, acknowledged.length)
})
