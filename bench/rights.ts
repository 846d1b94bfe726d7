/**
 * Seeing, copying and erasing one person among 1,000 and among 1,000,000: the same program, the same
 * rows of the person, twice. Of all people, one in five has a row in every table that is about people.
 *
 * The people are made once, in BENCH_DATA (else a folder under the system's temporary one), and kept.
 * `node --max-old-space-size=100 --max-semi-space-size=8 --import ./scripts/hooks.mjs bench/rights.ts` (a heap that
 * may not grow, so that what is measured is what a copy needs and not what Node takes for comfort); BENCH_PEOPLE makes the large house a smaller one.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { workOff } from '../src/jobs/queue.ts'
import { type Id, logTo } from '../src/log.ts'
import { type OpenHouse, openHouse } from '../src/main.ts'
import { takeIn } from '../src/mail/incoming.ts'
import { sealFor, welcome } from '../src/people/person.ts'
import { resolveWith } from '../src/processors/dns.ts'
import { takeCopy } from '../src/rights/copy.ts'
import { erase } from '../src/rights/erasure.ts'
import { smallCopy } from '../src/rights/kept-copy.ts'
import { holdings, subjectOf } from '../src/rights/subject.ts'
import { handlers } from '../src/worker.ts'
import { fill, personal } from '../test/canaries.ts'
import { median, row } from './report.ts'

const SMALL = 1_000
const LARGE = Number(process.env['BENCH_PEOPLE'] ?? 1_000_000)
/** People who are seen, copied and erased in each house. */
const MEASURED = 25
/** Rows of each table that one of them has. */
const ROWS = 20

interface Town {
  readonly open: OpenHouse
  readonly all: pg.Client
  readonly times: Record<Act, number[]>
}

const acts = {
  'seeing what is held': (open: OpenHouse, id: Id) =>
    open.house.db.as('rights', async (tx) => {
      const subject = await subjectOf(tx, id)
      return subject && holdings(tx, subject, 20)
    }),
  'taking a copy': (open: OpenHouse, id: Id) => smallCopy(open.house, id),
  erasing: (open: OpenHouse, id: Id) => erase(open.house, id),
} as const
type Act = keyof typeof acts

async function town(people: number): Promise<Town> {
  const folder = join(process.env['BENCH_DATA'] ?? join(tmpdir(), 'cloudrun-bench-rights'), String(people))
  const open = await openHouse(readConfig({ SECRET: 'a secret of the bench alone, long enough', DATA_DIR: folder }), {
    working: false,
    unwalled: true,
  })
  const all = new pg.Client({ ...open.found.place, user: 'postgres' })
  await all.connect()
  await populate(all, people, folder)
  return { open, all, times: { 'seeing what is held': [], 'taking a copy': [], erasing: [] } }
}

const PEOPLE = `
  insert into people (id, name, email, joined_at)
  select md5('person ' || i)::uuid, initcap(substr(md5(i::text), 1, 7)) || ' ' || initcap(substr(md5(i::text), 9, 9)), 'p' || i || '@example.org',
         timestamptz '2019-03-23' + i * interval '4 minutes'
    from generate_series(1::bigint, $1) i`

// Indexes are made afterwards and foreign keys are taken on trust: row by row, both would take far longer.
async function populate(all: pg.Client, people: number, folder: string): Promise<void> {
  const { rows } = await all.query<{ made: number }>('select count(*)::int as made from people')
  if ((rows[0]?.made ?? 0) >= people) return
  console.error(`making ${people.toLocaleString('en')} people in ${folder}, once`)
  const indexes = await all.query<{ name: string; made: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made from pg_index i join pg_class t on t.oid = i.indrelid
      where t.relname = any($1) and t.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [personal.map(({ name }) => name)],
  )
  await all.query("set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '256MB'")
  for (const { name } of indexes.rows) await all.query(`drop index ${name}`)
  await all.query(PEOPLE, [people])
  await fill(all, { who: 'true', rows: 1, marker: 'Bench', only: ['person_keys'] })
  await fill(all, { who: 'hashtext(p.id::text) % 5 = 0', rows: 1, marker: 'Bench' })
  for (const { made } of indexes.rows) await all.query(made)
  await all.query('reset all')
  await all.query('vacuum analyze')
}

/** Somebody new, with rows in every table. */
async function somebody({ open, all }: Town, name: string, email: string): Promise<Id> {
  const { id, sealed } = await open.house.db.as('security', async (tx) => {
    const { person } = await welcome(tx, { name, email })
    return { id: person.id, sealed: await sealFor(tx, person.id, 'a note') }
  })
  await fill(all, { who: `p.id = '${id}'`, rows: ROWS, marker: 'Measured', sealed })
  return id
}

async function measure(one: Town, number: number): Promise<void> {
  const id = await somebody(one, `Measured ${number}`, `measured-${process.pid}-${number}@example.net`)
  for (const [act, run] of Object.entries(acts)) {
    const started = performance.now()
    if (!(await run(one.open, id))) throw new Error(`${act} found nobody`)
    one.times[act as Act].push(performance.now() - started)
  }
}

/** The most memory that this process has while it makes a copy of so many rows. */
async function memoryOf({ open, all }: Town, rows: number): Promise<number> {
  const { person } = await open.house.db.as('security', (tx) => welcome(tx, { name: 'Large', email: `large-${process.pid}@example.net` }))
  await fill(all, { who: `p.id = '${person.id}'`, rows, marker: 'Large', only: ['corrections'] })
  let most = 0
  await takeCopy(open.house, person.id, async ({ bytes }) => {
    for await (const piece of bytes) if (piece.length > 0) most = Math.max(most, process.memoryUsage.rss())
  })
  await erase(open.house, person.id)
  return most / 1024 / 1024
}

/** Seconds from a letter that asks for an erasure to its receipt, with nobody's help but the sender's own yes. */
async function secondsFromLetter(town: Town): Promise<number> {
  const {
    open: { house },
    all,
  } = town
  const email = `letter-${process.pid}@example.net`
  const id = await somebody(town, 'Letter Writer', email)
  // Their domain vouches for this machine; no name server is asked.
  resolveWith((name, type) =>
    name === 'example.net' && type === 'TXT' ? Promise.resolve([['v=spf1 ip4:127.0.0.1 -all']]) : Promise.reject(new Error('nothing')),
  )
  const started = performance.now()
  const raw = Buffer.from(`From: ${email}\r\nSubject: Delete\r\nMessage-ID: <${id}@example.net>\r\n\r\nPlease delete all my data.\r\n`)
  await takeIn(house, { from: email, to: [house.config.privacyAddress], raw, bringer: { ip: '127.0.0.1', helo: 'example.net' } })
  await workOff(house.db, handlers(house))
  const { rows } = await all.query<{ text: string }>(
    `select text from letters where "to" = $1 and kind = 'privacy request' order by written_at desc limit 1`,
    [email],
  )
  const link = /https?:\/\/\S+/.exec(rows[0]?.text ?? '')?.[0]
  if (!link) throw new Error('the letter was not answered')
  const { host, origin } = new URL(link)
  const headers = { host, origin, 'content-type': 'application/x-www-form-urlencoded' }
  const pressed = await openApp(house).request(link, { method: 'POST', headers, body: 'sure=yes' })
  if (pressed.status !== 303) throw new Error(`the link answered ${pressed.status}`)
  await workOff(house.db, handlers(house))
  const left = await all.query('select from people where id = $1', [id])
  if (left.rowCount !== 0) throw new Error('the sender is still there')
  return (performance.now() - started) / 1000
}

logTo(() => {})
const towns = [await town(SMALL), await town(LARGE)] as const
try {
  const some = await memoryOf(towns[0], 50_000)
  const many = await memoryOf(towns[0], 500_000)
  row('memory while copying', `50,000 rows: ${some.toFixed(0)} MB, 500,000: ${many.toFixed(0)} MB`, many / some, { atMost: 1.2 })
  // They take turns, so that whatever else the machine does meets both.
  for (let number = 0; number < MEASURED; number++) for (const one of towns) await measure(one, number)
  console.log(
    `one person with about ${ROWS} rows in each of ${personal.length} tables, among ${SMALL.toLocaleString('en')} and among ${LARGE.toLocaleString('en')}`,
  )
  for (const act of Object.keys(acts) as Act[]) {
    // The first ones find caches cold.
    const [small, large] = towns.map(({ times }) => median(times[act].slice(3))) as [number, number]
    row(`${act}: large to small`, `${small.toFixed(1)} ms, ${large.toFixed(1)} ms`, large / small, { atMost: 1.5 })
  }
  const seconds = await secondsFromLetter(towns[1])
  row(`from a letter to the receipt, among ${LARGE.toLocaleString('en')}`, `${seconds.toFixed(1)} s`, seconds, { atMost: 60 })
} finally {
  for (const { open, all } of towns) {
    await all.end()
    await open.close()
  }
}
