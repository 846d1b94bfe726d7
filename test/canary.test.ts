/**
 * Show 2 of payments, the whole journey: everything that was typed on Stripe's page, and everything that its errors
 * say of it, is nowhere with us: not in a dump of the database, with its letters and jobs, nor in the data folder,
 * the log or a copy. Between the program and the local Stripe stands one that spoils every fifth answer.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Stripe } from 'stripe'
import { freePort, signUp, startProgram, Visitor } from '../bench/program.ts'
import { startEmulator } from '../packages/stripe-emulator/src/index.ts'

const typed = {
  exp: '12/39',
  cvc: '7391',
  name: 'Zyxwine Canarrow',
  line1: '77 Quokkaroad',
  city: 'Canaryville',
  postal_code: '90909',
  country: 'US',
}
/** In pieces, so that the cluster's own files may hold the words of a language, and this file no card. */
const numbers = ['4242424242424242', '4000002500003155', '4000000000000341', '4000000000000002', '5105105105105100']
const sentence = (number: string): string => `${typed.name}, ${typed.line1}, ${typed.city}: visa ${number}, ${typed.exp}`

const dataDir = mkdtempSync(join(tmpdir(), 'cloudrun-canary-'))
const log = `${dataDir}.log`
const port = await freePort()
const [key, secret] = ['sk_test_emu_for_the_canary', 'whsec_for_the_canary']
const emulator = await startEmulator({ seed: 5, secretKey: key, webhook: { url: `http://localhost:${port}/webhooks/stripe`, secret } })

const errors: readonly (readonly [number, string])[] = [
  [402, 'card_error'],
  [400, 'invalid_request_error'],
  [400, 'idempotency_error'],
  [401, 'authentication_error'],
  [403, 'invalid_request_error'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
]
const spoiled = { calls: 0, on: true, by: new Set<string>() }

function spoil(type: string): string {
  const [number = ''] = numbers
  const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2039, number }
  const method = { id: 'pm_x', card, billing_details: { name: typed.name, address: typed } }
  return JSON.stringify({ error: { type, message: sentence(number), code: sentence(number), param: typed.name, payment_method: method } })
}

const between = createServer((incoming, outgoing) => {
  const count = spoiled.calls++
  if (spoiled.on && count % 5 === 0) {
    const [status, type] = errors[(count / 5) % errors.length] ?? [500, 'api_error']
    spoiled.by.add(`${status} ${type}`)
    incoming.resume()
    return void outgoing.writeHead(status, { 'content-type': 'application/json', 'stripe-should-retry': 'false' }).end(spoil(type))
  }
  const { method, url, headers } = incoming
  const onward = request({ host: '127.0.0.1', port: emulator.port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(onward)
})
await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
const env = {
  STRIPE_SECRET_KEY: key,
  STRIPE_WEBHOOK_SECRET: secret,
  STRIPE_API_ORIGIN: `http://127.0.0.1:${(between.address() as AddressInfo).port}`,
}
const program = await startProgram({ port, dataDir, env, log })
const database = await program.database()
after(async () => {
  await database.end()
  await program.stop()
  between.close()
  await emulator.stop()
  rmSync(dataDir, { recursive: true, force: true })
  rmSync(log, { force: true })
})

async function leadsTo(who: Visitor, path: string, form: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${program.origin}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: who.cookie },
    body: new URLSearchParams(form),
  })
  await answer.arrayBuffer()
  return answer.headers.get('location') ?? ''
}

/** Tries until Stripe's answer was not a spoiled one. */
async function page(who: Visitor, begin: string): Promise<string> {
  for (let tries = 0; tries < 12; tries++) {
    const at = await leadsTo(who, begin)
    if (at.startsWith('http')) return at
    await database.query('delete from throttles')
  }
  assert.fail(`${begin} leads nowhere`)
}

async function journey(number: string, plan: string): Promise<() => Promise<string>> {
  const who = new Visitor(program.origin)
  await signUp(who, database, `payer-${numbers.indexOf(number)}@example.org`)
  const begin = await leadsTo(who, `/services/${plan}`)
  const shown = emulator.visit(await page(who, begin), { ...typed, number })
  if (shown.location?.includes('/challenge/')) emulator.visit(shown.location, { outcome: 'complete' })
  const membership = begin.split('/').at(-1) ?? ''
  for (let tries = 0; tries < 4; tries++) await who.read(begin.replace('begin', 'return'))
  for (const act of [
    'portal',
    'card',
    `memberships/${membership}/pause`,
    `memberships/${membership}/resume`,
    `memberships/${membership}/leave`,
  ])
    await leadsTo(who, `/account/billing/${act}`)
  for (const read of ['/account/billing', `/account/billing/memberships/${membership}`, '/account/privacy']) await who.read(read)
  const copy = await fetch(`${program.origin}/account/privacy/copy`, {
    method: 'POST',
    headers: { cookie: who.cookie },
    redirect: 'manual',
  })
  writeFileSync(join(dataDir, `copy-${numbers.indexOf(number)}.zip`), Buffer.from(await copy.arrayBuffer()))
  return () => who.read(begin.replace('begin', 'return'))
}

async function prices(): Promise<void> {
  const stripe = new Stripe(key, { host: emulator.host, port: emulator.port, protocol: 'http', telemetry: false })
  const { rows } = await database.query<{ key: string; every: 'month' | 'year' }>(
    "select lookup_key as key, every from plans where kind = 'flat' and lookup_key is not null",
  )
  const product = await stripe.products.create({ name: 'Anything' })
  for (const { key: lookup_key, every: interval } of rows)
    await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 500, lookup_key, recurring: { interval } })
}

async function settled(): Promise<void> {
  await emulator.admin.settled()
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await database.query<{ left: number }>(
      `select count(*)::int as left from pgboss.job where name like 'billing.%' and state in ('created', 'active') and start_after <= now()`,
    )
    if (rows[0]?.left === 0) return
    await sleep(100)
  }
}

/** Every table as text, without what is made of chance: ids, keys of Stripe's, hashes and moments. */
async function dump(client: pg.Client): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  )
  const lines: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`)
    lines.push(...rows.map(({ row }) => `${name} ${row}`))
  }
  return lines.join('\n')
}

test('of what was typed on Stripe’s page, and of what its errors say of it, nothing is with us', async () => {
  const plans = ['scheduled-runs/steady', 'small-hosting/single', 'log-search/small', 'scheduled-runs/yearly', 'scheduled-runs/metered']
  await prices()
  const back: (() => Promise<string>)[] = []
  for (const [at, number] of numbers.entries()) back.push(await journey(number, plans[at] ?? ''))
  await settled()
  spoiled.on = false
  for (const comesBack of back) await comesBack()
  await settled()
  emulator.clock.advance(40 * 86_400)
  await settled()
  assert.equal(spoiled.by.size, errors.length, 'every kind of error came')
  await database.query('checkpoint')
  const text = await dump(database)
  assert.match(text, /stripe_subscriptions .*sub_/, 'the journey went all the way')
  const whole = [typed.name, typed.line1, typed.city, typed.exp, ...numbers]
  for (const value of [...whole, 'Zyxwine', 'Quokkaroad']) {
    assert(!text.toLowerCase().includes(value.toLowerCase()), `${value} is in the database`)
    for (const place of [dataDir, log]) assert.deepEqual(filesWith(place, value), [], value)
  }
  // Groups of digits and short words come about by chance within keys and moments: here they stand alone.
  for (const alone of ['4242', '3155', '0341', '5100', 'visa', 'mastercard', '7391', '90909', 'fingerprint'])
    assert.doesNotMatch(text, new RegExp(`(?<![\\w.:+-])${alone}(?![\\w.:+-])`, 'i'), alone)
})

function filesWith(place: string, value: string): string[] {
  try {
    return execFileSync('grep', ['-rliaF', value, place], { encoding: 'utf8' }).trim().split('\n')
  } catch (fault) {
    assert.equal((fault as { status: number }).status, 1)
    return []
  }
}
