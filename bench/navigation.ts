/**
 * Counting visits, beside its ceilings: actions taken in over HTTP against a bare server that parses the
 * same body; every panel over 10,000,000 actions in 90 days without a filter, with one and with three;
 * bytes an action at rest; folding a day of 1,000,000 actions; memory.
 *
 * The days are made once, in BENCH_DATA (else a folder under the system's temporary one), and kept.
 * `node --expose-gc --import ./scripts/hooks.mjs bench/navigation.ts [intake] [panels] [folding]`
 */
import { execFile, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { DAY } from '../src/clock.ts'
import { readConfig } from '../src/config.ts'
import { inventedActions } from '../src/demo-visits.ts'
import { logTo } from '../src/log.ts'
import { type OpenHouse, openHouse } from '../src/main.ts'
import type { Action } from '../src/navigation/action.ts'
import type { Filter } from '../src/navigation/filtering.ts'
import { type Day, dayOf, type Dimension, dimensions } from '../src/navigation/dimension.ts'
import { keepFolded } from '../src/navigation/folding.ts'
import { Gathering } from '../src/navigation/gathering.ts'
import { postgresBackend, postgresStore } from '../src/navigation/postgres.ts'
import { type Asked, type Store, storeOf } from '../src/navigation/store.ts'
import { startProgram } from './program.ts'
import { median, row } from './report.ts'

const exec = promisify(execFile)
const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const folder = process.env['BENCH_DATA'] ?? join(tmpdir(), 'cloudrun-bench-navigation')
const wanted = process.argv.slice(2)
const wants = (part: string): boolean => wanted.length === 0 || wanted.includes(part)
const number = (value: number): string => Math.round(value).toLocaleString('en')

// ---- Intake --------------------------------------------------------------------------------------

const ROUNDS = 5
const LOAD = ['-t1', '-c64', '-d6s', '--latency', '-s', checkout('bench/navigation.lua')]

interface Taken {
  readonly perSecond: number
  readonly p99: number
}

async function load(port: number): Promise<Taken> {
  const { stdout } = await exec('wrk', [...LOAD, `http://localhost:${port}/n`])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every action was taken:\n${stdout}`)
  const [, p99 = '', unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit as 'ms'],
  }
}

/** What compares takes turns, so that whatever else the machine does meets both. */
async function intake(): Promise<void> {
  const raw = spawn(process.execPath, [checkout('bench/navigation-raw.ts'), '3182'], { stdio: 'inherit' })
  const env = { TRUSTED_PROXIES: '127.0.0.1,::1', NAVIGATION_SITES: 'https://docs.example' }
  const program = await startProgram({ port: 3183, env })
  try {
    await sleep(300)
    await load(3183)
    const rounds: { ceiling: Taken; ours: Taken }[] = []
    const before = await counted(program)
    for (let round = 0; round < ROUNDS; round++) rounds.push({ ceiling: await load(3182), ours: await load(3183) })
    const ratios = rounds.map(({ ours, ceiling }) => ours.perSecond / ceiling.perSecond).sort((a, b) => a - b)
    const usual = rounds.find(({ ours, ceiling }) => ours.perSecond / ceiling.perSecond === ratios[Math.floor(ROUNDS / 2)])
    if (!usual) return
    console.log(`node:http that parses and answers  ${number(usual.ceiling.perSecond)} a second, p99 ${usual.ceiling.p99.toFixed(1)} ms`)
    row('actions taken in, durable: median of the rounds', `${number(usual.ours.perSecond)} a second`, median(ratios), { atLeast: 0.5 })
    console.log(`  from ${ratios[0]?.toFixed(2)} to ${ratios.at(-1)?.toFixed(2)} of it`)
    console.log(
      `  p99 ${usual.ours.p99.toFixed(1)} ms, memory ${number(program.memory() / 2 ** 20)} MiB, rows written ${number((await counted(program)) - before)}`,
    )
  } finally {
    raw.kill()
    await program.stop()
  }
}

async function counted(program: { database(): Promise<pg.Client> }): Promise<number> {
  const client = await program.database()
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from recorded_actions()')
  await client.end()
  return rows[0]?.n ?? 0
}

// ---- Panels --------------------------------------------------------------------------------------

const DAYS = 90
const ACTIONS = 10_000_000
const LEAST = 5
const LAST = Date.UTC(2026, 10, 1)
const dayAt = (ago: number): number => LAST - ago * DAY

/** Fewer at weekends, more from month to month; together the wanted number. */
function visitorsOn(ago: number): number {
  const weekday = new Date(dayAt(ago)).getUTCDay()
  return Math.round(25_400 * (1.15 - ago / 300) * (weekday === 0 || weekday === 6 ? 0.6 : 1.16))
}

async function fill(open: OpenHouse): Promise<void> {
  const { db } = open.house
  const [done] = await db.read<{ n: number }>('improvement', {
    name: 'bench-days',
    text: 'select count(*)::int as n from folded_days',
    values: [],
  })
  if ((done?.n ?? 0) >= DAYS) return
  console.error(`making ${number(ACTIONS)} actions in ${folder}: some minutes, once`)
  for (let ago = DAYS - 1; ago >= 0; ago--) {
    const gathering = new Gathering()
    const made = [...inventedActions({ day: dayAt(ago), visitors: visitorsOn(ago), hosts: ['www.example', 'docs.example'], seed: 3 })]
    for (const action of made.sort((a, b) => a.at.getTime() - b.at.getTime())) gathering.add(action)
    const day = dayOf(new Date(dayAt(ago)))
    await db.as('improvement', async (tx) => {
      if ((await tx.$client.query('select from folded_days where day = $1', [day])).rowCount === 0)
        await keepFolded(postgresBackend(db), tx, { day, gathering, least: LEAST })
    })
    if (ago % 10 === 0) console.error(`  ${day}`)
  }
}

const one: readonly Filter[] = [{ dimension: 'country', values: ['DE'] }]
const others: readonly Filter[] = [
  { dimension: 'page', values: ['/services'] },
  { dimension: 'channel', values: ['search'] },
  { dimension: 'browser', values: ['Chrome'] },
]
const three: readonly Filter[] = [
  { dimension: 'channel', values: ['search', 'direct'] },
  { dimension: 'device', values: ['computer'] },
  { dimension: 'page', values: ['/help*'] },
]

type Panel = readonly [name: string, ask: (store: Store, asked: Asked) => Promise<unknown>]
const panels: readonly Panel[] = [
  ['totals', (store, asked) => store.totals(asked)],
  ['by day', (store, asked) => store.days(asked)],
  ['hours and weekdays, UTC', (store, asked) => store.heat(asked, 'utc')],
  ["hours and weekdays, readers'", (store, asked) => store.heat(asked, 'reader')],
  ['speed', (store, asked) => store.paces(asked)],
  ...dimensions
    .filter((dimension) => dimension !== 'zone')
    .map((dimension: Dimension): Panel => [dimension, (store, asked) => store.panel(asked, dimension)]),
]

/** Filters that nobody asked with before: which visits pass them has to be found. */
const fresh: readonly (readonly Filter[])[] = ['US', 'GB', 'IN', 'FR', 'CA', 'NL'].flatMap((country, at) => [
  [{ dimension: 'page', values: [`/help/article-${at + 1}`] }],
  [
    { dimension: 'country', values: [country] },
    { dimension: 'channel', values: ['search'], not: true },
    { dimension: 'page', values: ['/services*'] },
  ],
])

const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN

async function measurePanels(open: OpenHouse): Promise<void> {
  const store = postgresStore(open.house.db, LEAST)
  const [from, until]: [Day, Day] = [dayOf(new Date(dayAt(DAYS - 1))), dayOf(new Date(dayAt(0)))]
  const sets = { 'no filter': [[]], 'one filter': [one, ...others.map((filter) => [filter])], 'three filters': [three] }
  for (const [says, filters] of Object.entries(sets)) {
    const times: number[] = []
    const own: number[] = []
    const cold: number[] = []
    const slow: [number, string][] = []
    for (let round = 0; round < 6; round++) {
      for (const [name, ask] of panels) {
        for (const filter of filters) {
          const [started, used] = [performance.now(), process.cpuUsage()]
          await ask(store, { from, until, filters: filter })
          const ms = performance.now() - started
          if (round > 0) own.push(process.cpuUsage(used).user / 1000)
          if (round === 0) cold.push(ms)
          else times.push(ms)
          if (round > 0) slow.push([ms, name])
        }
      }
    }
    row(`panels, ${says}: p95 in ms`, `p50 ${median(times).toFixed(1)}, p95 ${p95(times).toFixed(1)}`, p95(times), { atMost: 50 })
    console.log(`  the program's processor time: p50 ${median(own).toFixed(1)}, p95 ${p95(own).toFixed(1)}`)
    console.log(`  the first time, from the files: p50 ${median(cold).toFixed(1)}, p95 ${p95(cold).toFixed(1)}`)
    if (process.env['BENCH_DETAIL'])
      for (const [ms, name] of slow.toSorted((a, b) => b[0] - a[0]).slice(0, 8)) console.log(`  ${ms.toFixed(1).padStart(8)}  ${name}`)
  }
}

async function measureFinding(open: OpenHouse): Promise<void> {
  const store = postgresStore(open.house.db, LEAST)
  const [from, until]: [Day, Day] = [dayOf(new Date(dayAt(DAYS - 1))), dayOf(new Date(dayAt(0)))]
  const times: number[] = []
  for (const filters of fresh) {
    const started = performance.now()
    await store.totals({ from, until, filters })
    times.push(performance.now() - started)
  }
  console.log(`totals under filters that nobody asked with before: p50 ${median(times).toFixed(1)} ms, p95 ${p95(times).toFixed(1)}`)
}

async function measureBytes(open: OpenHouse): Promise<void> {
  const client = new pg.Client({ ...open.found.place, user: 'postgres' })
  await client.connect()
  await client.query('vacuum analyze folded_columns, tallies, paces, folded_days')
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `select relname as name, pg_total_relation_size(oid) as bytes from pg_class where relname in ('folded_columns', 'tallies', 'paces', 'folded_days')`,
  )
  const { rows: sums } = await client.query<{ actions: string; visits: string }>(
    'select sum(actions) as actions, sum(visits) as visits from folded_days',
  )
  await client.end()
  const bytes = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  const actions = Number(sums[0]?.actions)
  console.log(`${number(actions)} actions in ${number(Number(sums[0]?.visits))} visits, ${DAYS} days`)
  row(
    'bytes an action at rest',
    rows.map(({ name, bytes }) => `${name} ${number(Number(bytes) / 2 ** 20)} MiB`).join(', '),
    bytes / actions,
    { atMost: 20 },
  )
}

// ---- Folding -------------------------------------------------------------------------------------

async function folding(open: OpenHouse): Promise<void> {
  const store = storeOf(open.house)
  const day = dayOf(new Date(dayAt(-5)))
  if ((await store.unfolded()).includes(day)) await store.fold(day)
  await open.house.db.as('improvement', async ({ $client: client }) => {
    for (const table of ['folded_days', 'folded_columns', 'tallies', 'paces'])
      await client.query(`delete from ${table} where day = $1`, [day])
  })
  let made = 0
  let batch: Action[] = []
  const started = performance.now()
  for (const action of inventedActions({ day: Date.parse(day), visitors: 228_000, hosts: ['www.example', 'docs.example'], seed: 9 })) {
    batch.push(action)
    made++
    if (batch.length < 2_000) continue
    await store.record(batch)
    batch = []
  }
  await store.record(batch)
  console.log(`${number(made)} actions written in ${((performance.now() - started) / 1000).toFixed(1)} s, in batches of 2,000`)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = 0
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50)
  const folded = performance.now()
  await store.fold(day)
  clearInterval(watching)
  const seconds = (performance.now() - folded) / 1000
  row('folding a day of 1,000,000: s', `${number(made / seconds)} a second`, seconds, { atMost: 60 })
  console.log(`  memory grew by ${number((most - before) / 2 ** 20)} MiB at most`)
}

logTo(() => {})
if (wants('intake')) await intake()
if (wants('panels') || wants('folding')) {
  const open = await openHouse(readConfig({ SECRET: 'a secret of the bench alone, long enough', DATA_DIR: folder }), {
    working: false,
    unwalled: true,
  })
  try {
    if (wants('panels')) {
      await fill(open)
      await measureBytes(open)
      globalThis.gc?.()
      const before = process.memoryUsage()
      await measurePanels(open)
      await measureFinding(open)
      globalThis.gc?.()
      const after = process.memoryUsage()
      console.log(`memory for unpacked columns: ${number((after.arrayBuffers - before.arrayBuffers) / 2 ** 20)} MiB`)
    }
    if (wants('folding')) await folding(open)
  } finally {
    await open.close()
  }
}
