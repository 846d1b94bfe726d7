/**
 * Show 3 of payments: the histories of many customers arrive doubled, shuffled and with a tenth lost, and the
 * program is killed twice on the way. After the reconciliation its state is Stripe's, customer by customer.
 * `CUSTOMERS=1000 bin/test test/storm.test.ts` is the whole of it.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { Stripe } from 'stripe'
import { freePort, type Program, startProgram } from '../bench/program.ts'
import { startEmulator } from '../packages/stripe-emulator/src/index.ts'

const CUSTOMERS = Number(process.env['CUSTOMERS'] ?? 30)
const DAY = 86_400
const dataDir = mkdtempSync(join(tmpdir(), 'cloudrun-storm-'))
const port = await freePort()
const [key, secret] = ['sk_test_emu_for_the_storm', 'whsec_for_the_storm']
const emulator = await startEmulator({ seed: 3, secretKey: key, webhook: { url: `http://localhost:${port}/webhooks/stripe`, secret } })
const stripe = new Stripe(key, { host: emulator.host, port: emulator.port, protocol: 'http', telemetry: false })
const env = { STRIPE_SECRET_KEY: key, STRIPE_WEBHOOK_SECRET: secret, STRIPE_API_ORIGIN: emulator.url }
let days = 0
/** The program's clock goes with Stripe's. */
const clock = (): Record<string, string> => ({ ...env, CLOCK_AHEAD: `${days}d` })
const start = (): Promise<Program> => startProgram({ port, dataDir, env: clock() })
let program = await start()
after(async () => {
  await program.stop()
  await emulator.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** The same numbers every time. */
let state = 1
const dice = (sides: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return (state >>> 8) % sides
}

/** Everybody is registered for one service, waiting for the payment; their customers at Stripe are known. */
async function register(database: pg.Client): Promise<{ membership: string; customer: string }[]> {
  const made: { membership: string; customer: string }[] = []
  for (let n = 0; n < CUSTOMERS; n++) {
    const { rows } = await database.query<{ person: string; membership: string }>(
      `with person as (insert into people (id, name, email, joined_at) values (gen_random_uuid(), $1, $2, now()) returning id)
       insert into memberships (id, person_id, service_id, plan_id, standing, joined_at)
       select gen_random_uuid(), person.id, p.service_id, p.id, 'waiting', now() from person, plans p where p.lookup_key = 'scheduled-runs-steady'
       returning person_id as person, id as membership`,
      [`Storm ${n}`, `storm-${n}@example.org`],
    )
    const { person, membership } = rows[0] ?? assert.fail()
    const { id } = await stripe.customers.create({ metadata: { account: person } })
    await database.query('insert into customers (person_id, stripe_customer, made_at) values ($1, $2, now())', [person, id])
    made.push({ membership, customer: id })
  }
  return made
}

const card = async (customer: string, token: string): Promise<void> => {
  const { id } = await stripe.paymentMethods.attach(token, { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
}

async function weekly(): Promise<string[]> {
  const product = await stripe.products.create({ name: 'Steady' })
  const price = (lookup_key: string, unit_amount: number) =>
    stripe.prices.create({ product: product.id, currency: 'usd', unit_amount, lookup_key, recurring: { interval: 'week' } })
  return [(await price('scheduled-runs-steady', 500)).id, (await price('scheduled-runs-yearly', 700)).id]
}

interface Life {
  readonly customer: string
  readonly membership: string
  subscription?: string
}

/** What may happen to a customer; each is one step of a history. */
const turns: readonly ((life: Life, prices: readonly string[]) => Promise<unknown>)[] = [
  ({ subscription = '' }) => stripe.subscriptions.update(subscription, { cancel_at_period_end: true }),
  ({ subscription = '' }) => stripe.subscriptions.update(subscription, { cancel_at_period_end: false }),
  async ({ subscription = '' }, [, other = '']) => {
    const { items } = await stripe.subscriptions.retrieve(subscription)
    return stripe.subscriptions.update(subscription, { items: [{ id: items.data[0]?.id ?? '', price: other }] })
  },
  ({ subscription = '' }) => stripe.subscriptions.update(subscription, { pause_collection: { behavior: 'void' } }),
  ({ subscription = '' }) => stripe.subscriptions.update(subscription, { pause_collection: '' }),
  ({ customer }) => card(customer, 'pm_card_chargeCustomerFail'),
  ({ customer }) => card(customer, 'pm_card_mastercard'),
  ({ subscription = '' }) => stripe.subscriptions.cancel(subscription),
]

async function begin(life: Life, [price = '']: readonly string[]): Promise<void> {
  await card(life.customer, 'pm_card_visa')
  const { id } = await stripe.subscriptions.create({
    customer: life.customer,
    items: [{ price }],
    metadata: { membership: life.membership },
  })
  life.subscription = id
}

async function turn(life: Life, prices: readonly string[]): Promise<void> {
  // Whose subscription has ended has no further turns.
  await turns[dice(turns.length)]?.(life, prices).catch((fault: unknown) =>
    assert(fault instanceof Stripe.errors.StripeInvalidRequestError),
  )
}

async function killed(): Promise<void> {
  process.kill(program.pid, 'SIGKILL')
  program = await start()
}

/** Some days pass, for the program and for Stripe. */
async function pass(more: number): Promise<void> {
  await emulator.admin.settled()
  await program.stop()
  days += more
  // What becomes due bears the moment at which it was: it must be there before the program's clock is past it.
  emulator.admin.hold(true)
  emulator.clock.advance(more * DAY)
  program = await start()
  emulator.admin.hold(false)
  await emulator.admin.settled()
}

async function reconciled(): Promise<{ run: { asked: number; customers: number }; found: { kind: string; times: number }[] }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../dist/cli.mjs', import.meta.url)), 'billing', 'reconcile', '--json'], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATA_DIR: dataDir,
      CONTENT_DIR: fileURLToPath(new URL('../content', import.meta.url)),
      ...clock(),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout)) as Awaited<ReturnType<typeof reconciled>>
}

type Row = Record<string, unknown>

/** What Stripe has of each customer, in the words of our tables. */
function truth(): { subscriptions: Row[]; invoices: Row[]; cards: Row[] } {
  const dump = emulator.admin.dump() as Record<string, Row[]>
  const seconds = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  const subscriptions = (dump['subscription'] ?? []).map((held) => {
    const { id, status, items, cancel_at, cancel_at_period_end } = held as unknown as Stripe.Subscription
    const [item] = items.data
    const end = seconds(item?.current_period_end)
    return { id, status, price: item?.price.lookup_key ?? null, end, leaves: cancel_at ?? (cancel_at_period_end ? end : null) }
  })
  const invoices = (dump['invoice'] ?? [])
    .map((held) => held as unknown as Stripe.Invoice)
    .filter(({ status }) => status !== 'draft')
    .map(({ id, status, amount_due: due, amount_paid: paid, attempt_count: attempts }) => ({ id, status, due, paid, attempts }))
  const cards = (dump['customer'] ?? []).map((held) => {
    const { id, invoice_settings: settings } = held as unknown as Stripe.Customer
    return { id, card: settings.default_payment_method ?? null }
  })
  return { subscriptions, invoices, cards }
}

/** The rows that only one side has, or has otherwise. */
function apart(here: readonly Row[], there: readonly Row[]): string[] {
  const [ours, theirs] = [new Set(here.map((row) => JSON.stringify(row))), new Set(there.map((row) => JSON.stringify(row)))]
  return [...[...ours].filter((row) => !theirs.has(row)), ...[...theirs].filter((row) => !ours.has(row))]
}

async function ours(database: pg.Client): Promise<ReturnType<typeof truth>> {
  const rows = async (query: string): Promise<Row[]> => (await database.query<Row>(query)).rows
  return {
    subscriptions:
      await rows(`select stripe_subscription as id, status, lookup_key as price, extract(epoch from period_end_at)::float8 as end,
      extract(epoch from cancel_at)::float8 as leaves from stripe_subscriptions`),
    invoices: await rows('select stripe_invoice as id, status, due::float8, paid::float8, attempts from stripe_invoices'),
    cards: await rows('select stripe_customer as id, stripe_payment_method as card from customers'),
  }
}

const standingsOf: Readonly<Record<string, readonly string[]>> = {
  active: ['active', 'paused'],
  canceled: ['ended'],
  past_due: ['grace', 'suspended', 'paused'],
  incomplete_expired: ['ended'],
  incomplete: ['waiting'],
}

test(`${CUSTOMERS} histories, doubled, shuffled, a tenth lost, two kills: afterwards all is as Stripe says`, async () => {
  const database = await program.database()
  const prices = await weekly()
  const lives: Life[] = await register(database)
  await database.end()
  emulator.admin.drop(10)
  for (const life of lives) await begin(life, prices)
  for (let week = 0; week < 3; week++) {
    const middle = Math.floor(lives.length / 2)
    for (const [at, life] of lives.entries()) {
      await turn(life, prices)
      if (at === middle && week > 0) await killed()
    }
    await pass(8)
  }
  const { run, found } = await reconciled()
  assert(
    found.some(({ kind, times }) => kind === 'missed events' && times > 0),
    `a tenth was lost, and ${JSON.stringify(found)} found`,
  )
  assert.equal(run.customers, CUSTOMERS)
  const after = await program.database()
  const [here, there] = [await ours(after), truth()]
  for (const kind of ['subscriptions', 'invoices', 'cards'] as const) assert.deepEqual(apart(here[kind], there[kind]), [], kind)
  const { rows } = await after.query<{ status: string; standing: string }>(
    'select s.status, m.standing from stripe_subscriptions s join memberships m on m.id = s.membership_id',
  )
  assert.equal(rows.length, CUSTOMERS)
  for (const { status, standing } of rows) assert(standingsOf[status]?.includes(standing), `${status} is ${standing}`)
  assert(new Set(rows.map(({ status }) => status)).size >= 3, 'the histories differ')
  await after.end()
})
