/**
 * Payments: how fast Stripe's notices are taken in, beside a bare loop that checks a signature and inserts a row, in
 * the same run; how fast a service learns whether somebody may use it; how fast usage is entered, and that none of it
 * is lost when the program is killed; and how long one customer's sync takes of us, Stripe left out.
 *
 * `node --import ./scripts/hooks.mjs bench/billing.ts [records]`
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openApp } from '../src/app.ts'
import { sync } from '../src/billing/customer.ts'
import { readConfig } from '../src/config.ts'
import { newId } from '../src/database/columns.ts'
import { asId, type Id, logTo } from '../src/log.ts'
import { type OpenHouse, openHouse } from '../src/main.ts'
import { accessOf } from '../src/services/access.ts'
import { enterUsage } from '../src/services/usage.ts'
import { fail, median, row } from './report.ts'

const RECORDS = Number(process.argv[2] ?? 1_000_000)
const MEMBERS = 1_000
const BATCH = 1_000
const AT_ONCE = 32
const WEBHOOK = 'whsec_of_the_bench'
const folder = process.env['BENCH_FOLDER'] ?? mkdtempSync(join(tmpdir(), 'cloudrun-bench-billing-'))
const config = readConfig({
  ...{ DATA_DIR: folder, CONTENT_DIR: 'content', LOCAL_STRIPE: 'no', SECRET: 'a secret of the bench alone, long enough' },
  ...{ STRIPE_SECRET_KEY: 'sk_test_emu_bench', STRIPE_WEBHOOK_SECRET: WEBHOOK, STRIPE_API_ORIGIN: 'http://127.0.0.1:9' },
})

const notice = (): string =>
  JSON.stringify({
    id: `evt_test_${randomBytes(12).toString('hex')}`,
    object: 'v2.core.event',
    created: new Date().toISOString(),
    livemode: false,
    type: 'v1.customer.subscription.updated',
    context: null,
    related_object: { id: `sub_${randomBytes(8).toString('hex')}`, type: 'subscription', url: '/v1/subscriptions/x' },
  })

function signed(body: string): string {
  const at = Math.floor(Date.now() / 1000)
  return `t=${at},v1=${createHmac('sha256', WEBHOOK).update(`${at}.${body}`).digest('hex')}`
}

/** So many of them a second, `AT_ONCE` at a time. */
async function perSecond(seconds: number, act: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  let done = 0
  const one = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      await act()
      done++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  return (done / (performance.now() - started)) * 1000
}

async function bare(pool: pg.Pool): Promise<void> {
  const body = notice()
  const [, at = '', hex = ''] = /t=(\d+),v1=([0-9a-f]+)/.exec(signed(body)) ?? []
  const right = createHmac('sha256', WEBHOOK).update(`${at}.${body}`).digest()
  if (!timingSafeEqual(right, Buffer.from(hex, 'hex'))) fail('a signature was wrong')
  const { id, type, related_object: about } = JSON.parse(body) as { id: string; type: string; related_object: { id: string } }
  await pool.query('insert into bare_inbox values ($1, $2, $3, now()) on conflict do nothing', [id, type, about.id])
}

async function intake({ house }: OpenHouse, everything: pg.Client): Promise<void> {
  await everything.query(
    'create table if not exists bare_inbox (event text primary key, type text not null, object text, received_at timestamptz not null)',
  )
  await everything.query(`grant insert, select on bare_inbox to "${String(house.db.login('billing').user)}"`)
  // Of as many connections as the library makes by itself.
  const pool = new pg.Pool(house.db.login('billing'))
  const app = openApp(house)
  const ours = async (): Promise<void> => {
    const body = notice()
    const headers = { host: new URL(house.config.origin).host, 'stripe-signature': signed(body) }
    const answer = await app.request(`${house.config.origin}/webhooks/stripe`, { method: 'POST', headers, body })
    if (answer.status !== 200) fail(`a notice was answered with ${answer.status}`)
  }
  const rounds: [number, number][] = []
  for (let round = 0; round < 4; round++) rounds.push([await perSecond(2, () => bare(pool)), await perSecond(2, ours)])
  const [raw, taken] = [Math.max(...rounds.map(([one]) => one)), Math.max(...rounds.map(([, one]) => one))]
  row('notices taken in, to a bare loop', `${Math.round(taken)} of ${Math.round(raw)} a second`, taken / raw, { atLeast: 0.5 })
  await pool.end()
  await everything.query('drop table bare_inbox')
}

/** Members of a plan that counts runs, with all that a sync writes. */
async function furnish(everything: pg.Client): Promise<{ people: Id[]; service: Id }> {
  await everything.query(
    `with p as (insert into people (id, name, email, joined_at) select gen_random_uuid(), 'Bench ' || n, 'bench-' || n || '@example.org', now()
        from generate_series(1, $1) n returning id)
     insert into memberships (id, person_id, service_id, plan_id, standing, joined_at)
     select gen_random_uuid(), p.id, plans.service_id, plans.id, 'active', now() from p, plans where plans.lookup_key = 'scheduled-runs-metered'`,
    [MEMBERS],
  )
  const { rows } = await everything.query<{ person: string; service: string }>(
    'select person_id as person, service_id as service from memberships',
  )
  const people = rows.flatMap(({ person }) => asId(person) ?? [])
  return { people, service: asId(rows[0]?.service) ?? fail('there is no service') }
}

async function access({ house }: OpenHouse, people: readonly Id[]): Promise<void> {
  const times: number[] = []
  const ask = async (): Promise<void> => {
    const started = performance.now()
    const { allowed } = await accessOf(house.db, {
      service: 'scheduled-runs',
      person: people[Math.floor(Math.random() * people.length)] ?? newId(),
    })
    times.push(performance.now() - started)
    if (!allowed) fail('a member was not let in')
  }
  for (let warm = 0; warm < 500; warm++) await ask()
  times.length = 0
  for (let one = 0; one < 3_000; one++) await ask()
  const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
  const rate = await perSecond(3, ask)
  row('access, one after another: p99 ms', `p50 ${median(times.slice(0, 3_000)).toFixed(2)} ms, ${Math.round(rate)} a second`, p99, {
    atMost: 5,
  })
}

/** A process of its own enters batches and says which are acknowledged; it is killed on the way and goes on anew. */
async function usage(everything: pg.Client): Promise<void> {
  const batches = RECORDS / BATCH
  const acknowledged = new Set<number>()
  const started = performance.now()
  let kills = 0
  while (acknowledged.size < batches) {
    const from = acknowledged.size
    const child: ChildProcess = spawn(
      process.execPath,
      ['--import', './scripts/hooks.mjs', fileURLToPath(import.meta.url), String(RECORDS), 'enter', String(from)],
      {
        env: { ...process.env, BENCH_FOLDER: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    for await (const line of createInterface({ input: child.stdout ?? fail('no output') })) {
      acknowledged.add(Number(line))
      if (kills < 3 && acknowledged.size >= ((kills + 1) * batches) / 4) {
        kills++
        child.kill('SIGKILL')
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  const seconds = (performance.now() - started) / 1000
  const { rows } = await everything.query<{ records: string; units: string }>(
    'select count(*) as records, sum(quantity) as units from usage_records',
  )
  const lost = RECORDS - Number(rows[0]?.records ?? 0)
  row(
    `usage lost of ${RECORDS.toLocaleString('en')}`,
    `${Math.round(RECORDS / seconds).toLocaleString('en')} a second, ${kills} kills`,
    Math.abs(lost),
    { atMost: 0 },
  )
  row('units counted, to those told', '', Number(rows[0]?.units ?? 0) / (RECORDS * 2), { atLeast: 1 })
}

async function enter(from: number): Promise<void> {
  const open = await openHouse(config, { working: false, unwalled: true, attach: true })
  const everything = await connected(open)
  const { rows } = await everything.query<{ person: string; service: string }>(
    'select person_id as person, service_id as service from memberships order by id',
  )
  const service = asId(rows[0]?.service) ?? fail('there is no service')
  for (let batch = from; batch < RECORDS / BATCH; batch++) {
    const records = Array.from({ length: BATCH }, (_, at) => ({
      record: `bench-${batch}-${at}`,
      person: asId(rows[(batch + at) % rows.length]?.person) ?? fail('nobody'),
      meter: 'run',
      quantity: 2,
      happenedAt: new Date(),
    }))
    await open.house.db.as('service', (tx) => enterUsage(tx, service, records))
    process.stdout.write(`${batch}\n`)
  }
  await everything.end()
  await open.close()
}

/** Stripe's part is answered from memory: what is left is ours. */
async function syncing({ house }: OpenHouse, everything: pg.Client, people: readonly Id[]): Promise<void> {
  const { createServer } = await import('node:http')
  const server = createServer((request, response) => {
    const empty = { object: 'list', data: [], has_more: false, url: '/' }
    const id = /cus_\w+/.exec(request.url ?? '')?.[0] ?? 'cus_bench1'
    const customer = {
      id,
      object: 'customer',
      invoice_settings: { default_payment_method: null },
      metadata: {},
      balance: 0,
      invoice_credit_balance: {},
      currency: null,
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify((request.url ?? '').startsWith('/v1/customers/') ? customer : empty))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const some = people.slice(0, 300)
  for (const person of some)
    await everything.query('insert into customers (person_id, stripe_customer, made_at) values ($1, $2, now())', [
      person,
      `cus_${person.replaceAll('-', '')}`,
    ])
  const near = { ...house, config: { ...house.config, stripeOrigin: `http://127.0.0.1:${port}` } }
  const times: number[] = []
  for (const person of some) {
    const started = performance.now()
    await sync(near, person)
    times.push(performance.now() - started)
  }
  row('a sync, Stripe answering at once: ms', `${(1000 / median(times)).toFixed(0)} a second, one after another`, median(times), {
    atMost: 50,
  })
  server.close()
}

async function connected({ found }: OpenHouse): Promise<pg.Client> {
  const client = new pg.Client({ ...found.place, user: 'postgres' })
  await client.connect()
  return client
}

logTo(() => {})
if (process.argv[3] === 'enter') {
  await enter(Number(process.argv[4]))
  process.exit(0)
}
const open = await openHouse(config, { working: false, unwalled: true })
const everything = await connected(open)
try {
  const { people } = await furnish(everything)
  await intake(open, everything)
  await access(open, people)
  await syncing(open, everything, people)
  await usage(everything)
} finally {
  await everything.end()
  await open.close()
  rmSync(folder, { recursive: true, force: true })
}
