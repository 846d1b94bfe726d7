/**
 * Finding a person among 1,000,000: 200 mixed searches as a member of staff, through all of the program
 * and through the database alone, beside the raw ceiling of the same run: one row read by its key.
 *
 * The people are made once, in BENCH_DATA (else a folder under the system's temporary one), and kept.
 * `node --import ./scripts/hooks.mjs bench/search.ts`
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { Id } from '../src/log.ts'
import { logTo } from '../src/log.ts'
import { type OpenHouse, openHouse } from '../src/main.ts'
import { welcome } from '../src/people/person.ts'
import { openSession } from '../src/sessions/session.ts'
import { readAsked, wantedBy } from '../src/staff/asked.ts'
import { findPeople } from '../src/staff/search.ts'
import { appoint } from '../src/staff/team.ts'
import type { House } from '../src/web/house.ts'
import { median, row } from './report.ts'

const PEOPLE = 1_000_000
const SEARCHES = 200
const folder = process.env['BENCH_DATA'] ?? join(tmpdir(), 'cloudrun-bench-search')

// Given names by how common they are, family names from syllables, domains as unevenly as they are.
const FILL = `
  with words as (select
    string_to_array('Maria Maria Maria Anna Anna John John John Mary Ada Grace Jürgen Zoë José Łukasz Olga Анна Дмитрий 王伟 李娜 Priya Fatima Kwame Siobhán Björn Thomas Thomas Emma Emma Liam Noah Olivia Wei Yuki Hiroshi Carlos Sofia Sofia Lucas Chloé Hannah Peter Peter Paul Ingrid Sven Mehmet Ayşe Tariq Leila Nina Oscar Hugo Ivan Elena Marta Pablo Lars Freya Dara Anne-Marie', ' ') given,
    string_to_array('ber stein man son ov ski ez ler ing ford wood ham ton berg feld mann ini ari ell ock ard rich hart win low gate mer lin dal vik gren strom ura moto naka yama kawa oka ade olu chi nko mba ndi sha pur jan dev rao sen', ' ') parts,
    string_to_array('example.org example.org example.org example.org example.com example.com example.net mail.example post.example acme.example globex.example initech.example umbrella.example hooli.example stark.example wayne.example', ' ') domains)
  insert into people (id, name, email, joined_at)
  select (left(h, 8) || '-' || substr(h, 9, 4) || '-7' || substr(h, 14, 3) || '-8' || substr(h, 18, 3) || '-' || right(h, 12))::uuid,
         first || ' ' || initcap(one || two || three),
         case when i % 3 = 0 then left(one, 1) else case when first ~ '^[A-Za-z-]+$' then lower(first) else 'p' end end || '.' || one || two || three || i || '@' || domain,
         timestamptz '2019-03-23' + i * interval '4 minutes'
    from (select i, md5('person ' || i) h, given[1 + (hashint8(i) & 2147483647) % cardinality(given)] as first,
                 parts[1 + (hashint8(i + 10000000) & 2147483647) % 50] one, parts[1 + (hashint8(i + 20000000) & 2147483647) % 50] two,
                 case when i % 2 = 0 then '' else parts[1 + (hashint8(i + 30000000) & 2147483647) % 50] end three,
                 domains[1 + (hashint8(i + 40000000) & 2147483647) % cardinality(domains)] as domain
            from words, generate_series(1::bigint, $1) i) made`

async function superuser(open: OpenHouse): Promise<pg.Client> {
  const client = new pg.Client({ ...open.found.place, user: 'postgres' })
  await client.connect()
  return client
}

// The index over parts is made afterwards: filling it row by row would take several times as long.
async function fill(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ made: number }>('select count(*)::int as made from people')
  if ((rows[0]?.made ?? 0) >= PEOPLE) return
  console.error(`making ${PEOPLE.toLocaleString('en')} people in ${folder}: some minutes, once`)
  const index = await client.query<{ made: string }>("select pg_get_indexdef('people_search'::regclass) as made")
  await client.query('begin')
  await client.query('drop index people_search')
  await client.query('truncate people cascade')
  await client.query(FILL, [PEOPLE])
  await client.query("set local maintenance_work_mem = '512MB'")
  await client.query(index.rows[0]?.made ?? '')
  await client.query('alter index people_search alter column 1 set statistics 0')
  await client.query('commit')
  await client.query('vacuum analyze people')
}

/** The cookie of somebody who may search. */
async function staffCookie({ db }: House): Promise<string> {
  const token = await db.as('security', async (tx) => {
    const { person } = await welcome(tx, { name: 'Bench Support', email: 'support@bench.example' })
    await appoint(tx, { personId: person.id, role: 'support', addedBy: null })
    return openSession(tx, { personId: person.id, browser: 'bench', means: 'passkey' })
  })
  return `session=${token}`
}

interface Somebody {
  readonly id: Id
  readonly name: string
  readonly email: string
}

// What people type: whole and half names, pieces of addresses, single letters, what matches nearly
// everybody and what matches nobody, in both orders, with dates, and the page after.
const ways: readonly ((person: Somebody) => Record<string, string>)[] = [
  ({ name }) => ({ q: name }),
  ({ name }) => ({ q: name.split(' ')[1] ?? '' }),
  ({ name }) => ({ q: (name.split(' ')[1] ?? '').slice(1, 5) }),
  ({ name }) => ({ q: name.slice(0, 3) }),
  ({ name }) => ({ q: name.split(' ')[0] ?? '', sort: 'name' }),
  ({ name }) => ({ q: name.slice(-3).toUpperCase(), sort: 'name', dir: 'desc' }),
  ({ name }) => ({ q: name.slice(3, 8) }),
  ({ email }) => ({ q: email }),
  ({ email }) => ({ q: email.split('@')[0] ?? '' }),
  ({ email }) => ({ q: email.slice(2, 7), sort: 'name' }),
  ({ email }) => ({ q: email.split('@')[1] ?? '' }),
  ({ email, id }) => ({ q: email.split('@')[1] ?? '', after: id }),
  ({ email }) => ({ q: (/\d+/.exec(email)?.[0] ?? '').slice(0, 4) }),
  ({ email }) => ({ q: email.slice(email.indexOf('@') - 2, email.indexOf('@') + 3) }),
  () => ({ q: 'an' }),
  () => ({ q: 'example.org' }),
  () => ({ q: 'example.org', sort: 'name', dir: 'desc' }),
  () => ({ q: 'x' }),
  () => ({ q: 'qz' }),
  () => ({ q: '王' }),
  () => ({ q: 'анна', sort: 'name' }),
  () => ({ q: 'nobody at all' }),
  () => ({ q: 'maria', since: '2024-01-01', until: '2024-03-31', sort: 'name' }),
  ({ id }) => ({ sort: 'name', after: id }),
  () => ({ since: '2025-05-01', until: '2025-05-02', sort: 'name' }),
]

async function searches(client: pg.Client): Promise<{ asked: Record<string, string>[]; people: Somebody[] }> {
  const { rows: people } = await client.query<Somebody>(
    `select id, name, email from people p join generate_series(1, $1::int) n on p.joined_at = timestamptz '2019-03-23' + (n * 4999 - 7) * interval '4 minutes' order by n`,
    [SEARCHES],
  )
  return { people, asked: people.map((person, at) => ways[at % ways.length]?.(person) ?? {}) }
}

async function timed<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (const item of items) {
    const started = performance.now()
    await act(item)
    times.push(performance.now() - started)
  }
  return times
}

const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN
const ms = (time: number): string => `${time.toFixed(2)} ms`

async function measure(open: OpenHouse, client: pg.Client): Promise<void> {
  const { house } = open
  const app = openApp(house)
  const headers = { cookie: await staffCookie(house), host: new URL(house.config.origin).host }
  const { asked, people } = await searches(client)
  const page = async (one: Record<string, string>): Promise<void> => {
    const answer = await app.request(`${house.config.origin}/staff/people?${new URLSearchParams(one).toString()}`, { headers })
    if (answer.status !== 200) throw new Error(`a search was answered with ${answer.status}`)
    await answer.text()
  }
  const find = (one: Record<string, string>) => house.db.as('support', (tx) => findPeople(tx, wantedBy(readAsked(one))))
  const read = ({ id }: Somebody) =>
    house.db.read('support', { name: 'bench', text: 'select id, name, email from people where id = $1', values: [id] })
  await timed(asked, page)
  await timed(people, read)
  const raw = await timed([...people, ...people, ...people], read)
  const [whole, alone] = [await timed(asked, page), await timed(asked, find)]
  console.log(
    `${SEARCHES} searches among ${PEOPLE.toLocaleString('en')} people; one row by its key: p50 ${ms(median(raw))}, p95 ${ms(p95(raw))}`,
  )
  for (const [name, times] of [['searching, all of the program', whole] as const, ['searching, the database alone', alone] as const]) {
    row(`${name}: p95 in ms`, `p50 ${ms(median(times))}, p95 ${ms(p95(times))}`, p95(times), { atMost: 100 })
    console.log(`  to one row by its key: p50 ${(median(times) / median(raw)).toFixed(1)}, p95 ${(p95(times) / p95(raw)).toFixed(1)}`)
  }
  if (process.env['BENCH_DETAIL']) slowest(asked, whole)
}

function slowest(asked: readonly Record<string, string>[], times: readonly number[]): void {
  const order = times.map((time, at) => ({ time, one: asked[at] })).toSorted((a, b) => b.time - a.time)
  for (const { time, one } of order.slice(0, 15)) console.log(`  ${ms(time).padStart(10)}  ${JSON.stringify(one)}`)
}

logTo(() => {})
const secret = 'a secret of the bench alone, long enough'
const open = await openHouse(readConfig({ SECRET: secret, DATA_DIR: folder }), { working: false, unwalled: true })
const client = await superuser(open)
try {
  await fill(client)
  await measure(open, client)
} finally {
  await client.end()
  await open.close()
}
