/**
 * What it takes to let a program in: the whole of `GET /api/v1/key` through the program, beside the raw
 * ceiling of the same run, which is one row read by its key. A question of a service must be answered
 * within 5 ms. `node --import ./scripts/hooks.mjs bench/api.ts`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { logTo } from '../src/log.ts'
import { openHouse } from '../src/main.ts'
import { welcome } from '../src/people/person.ts'
import { freshKey, makeKey } from '../src/programs/key.ts'
import { scopeNames } from '../src/programs/scopes.ts'
import { median, row } from './report.ts'

const MANY = 2_000
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-bench-api-'))

async function timed(act: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let done = 0; done < MANY; done++) {
    const started = performance.now()
    await act()
    times.push(performance.now() - started)
  }
  return times
}

const p99 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
const ms = (time: number): string => `${time.toFixed(2)} ms`

logTo(() => {})
const open = await openHouse(readConfig({ DATA_DIR: folder, CONTENT_DIR: 'content' }), { working: false, unwalled: true })
try {
  const { house } = open
  const app = openApp(house)
  const key = await house.db.as('security', async (tx) => {
    const { person } = await welcome(tx, { name: 'Bench Owner', email: 'owner@bench.example' })
    return makeKey(tx, { name: 'Bench', scopes: scopeNames, service: undefined, expiresAt: undefined, madeBy: person.id })
  })
  const ask = async (sent: string, status: number): Promise<void> => {
    const headers = { host: new URL(house.config.origin).host, authorization: `Bearer ${sent}` }
    const answer = await app.request(`${house.config.origin}/api/v1/key`, { headers })
    if (answer.status !== status) throw new Error(`answered ${answer.status}`)
    await answer.text()
  }
  const read = () =>
    house.db.read('security', { name: 'bench', text: 'select id from program_keys where start = $1', values: [key.slice(0, 8)] })
  const mistyped = `${freshKey().slice(0, -1)}-`
  for (const act of [() => ask(key, 200), read]) await timed(act)
  const [raw, letIn, turnedAway] = [await timed(read), await timed(() => ask(key, 200)), await timed(() => ask(mistyped, 401))]
  console.log(`one row by its key: p50 ${ms(median(raw))}, p99 ${ms(p99(raw))}`)
  row('a key is let in: p50 in ms', `${(median(letIn) / median(raw)).toFixed(1)} times one row`, median(letIn), { atMost: 5 })
  row('a key is let in: p99 to one row', `p99 ${ms(p99(letIn))}`, p99(letIn) / p99(raw), { atMost: 8 })
  row('a mistyped key: p50 in ms', `p99 ${ms(p99(turnedAway))}`, median(turnedAway), { atMost: 5 })
} finally {
  await open.close()
  rmSync(folder, { recursive: true, force: true })
}
