/** Time, memory, machines and failures to order. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { after as later, nextEnd, share } from '../src/calendar.ts'
import { startEmulator } from '../src/index.ts'
import { type Machine, machines, mayBecome } from '../src/machine.ts'
import { clientFor, idOf, openBench, payer, plan, typed } from './harness.ts'

const day = 86_400

test('what prorations give and take is the difference in price, for the part that is left', () => {
  const amounts = fc.integer({ min: 0, max: 10_000_000 })
  const start = fc.integer({ min: 1_700_000_000, max: 1_900_000_000 })
  fc.assert(
    fc.property(
      amounts,
      amounts,
      start,
      fc.integer({ min: 1, max: 400 * day }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (old, next, from, length, part) => {
        const moment = from + Math.floor(length * part)
        const sum = share(next, from, from + length, moment) - share(old, from, from + length, moment)
        const exact = ((next - old) * (from + length - moment)) / length
        assert(Math.abs(sum - exact) <= 1, `${sum} and not ${exact}`)
      },
    ),
  )
})

test('a proration on the wire is that same share', async () => {
  const { stripe } = await openBench()
  const customer = await payer(stripe)
  const prices = new Map<number, string>()
  const priceOf = async (amount: number) => prices.get(amount) ?? prices.set(amount, await plan(stripe, amount)).get(amount) ?? ''
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(100, 999, 2500, 7777),
      fc.constantFrom(333, 1000, 12_345),
      fc.integer({ min: 1, max: 27 }),
      async (before, next, days) => {
        const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await priceOf(before) }] })
        const [item] = subscription.items.data
        assert(item)
        const proration_date = item.current_period_start + days * day
        const details = {
          items: [{ id: item.id, price: await priceOf(next) }],
          proration_behavior: 'always_invoice' as const,
          proration_date,
        }
        const preview = await stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: details })
        const length = item.current_period_end - item.current_period_start
        assert(Math.abs(preview.total - ((next - before) * (length - days * day)) / length) <= 1)
      },
    ),
    { numRuns: 15 },
  )
})

test('periods follow each other without a gap, and keep the day of their anchor', () => {
  const spans = fc.record({ interval: fc.constantFrom('day', 'week', 'month', 'year'), interval_count: fc.integer({ min: 1, max: 6 }) })
  fc.assert(
    fc.property(fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }), spans, fc.integer({ min: 0, max: 40 }), (anchor, span, times) => {
      const end = later(anchor, span, times)
      assert.equal(nextEnd(anchor, span, end), later(anchor, span, times + 1))
      assert.equal(nextEnd(anchor, span, end - 1), times === 0 ? anchor : end)
    }),
  )
})

test('every state of a machine leads somewhere that exists, and what has ended stays ended', () => {
  for (const [kind, states] of Object.entries(machines))
    for (const [from, next] of Object.entries(states)) for (const to of next) assert(to in states, `${kind}: ${from} leads to ${to}`)
  const ends: [Machine, string][] = [
    ['invoice', 'void'],
    ['invoice', 'paid'],
    ['subscription', 'canceled'],
    ['setup_intent', 'succeeded'],
    ['checkout.session', 'complete'],
  ]
  for (const [kind, state] of ends) for (const to of Object.keys(machines[kind])) assert(!mayBecome(kind, state, to))
})

test('what cannot follow is refused in Stripe’s shape', async () => {
  const { stripe } = await openBench()
  const customer = await payer(stripe)
  await stripe.invoiceItems.create({ customer, amount: 100, currency: 'eur' })
  const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  await stripe.invoices.pay(id)
  await assert.rejects(stripe.invoices.voidInvoice(id), { type: 'StripeInvalidRequestError', code: 'invoice_unexpected_state' })
  await assert.rejects(stripe.invoices.finalizeInvoice(id), { code: 'invoice_already_finalized' })
  await assert.rejects(stripe.invoices.del(id), { code: 'invoice_not_editable' })
})

test('a test clock goes forwards only, and no farther than two intervals', async () => {
  const { stripe } = await openBench()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 })
  const customer = await payer(stripe, 'pm_card_visa', { test_clock: clock.id })
  await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 100) }] })
  await assert.rejects(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_800_000_000 }), { param: 'frozen_time' })
  await assert.rejects(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_800_000_000 + 63 * day }), /two intervals/)
  assert.equal((await stripe.customers.list({ test_clock: clock.id })).data.length, 1)
  assert.equal((await stripe.customers.list()).data.length, 0)
  await stripe.testHelpers.testClocks.del(clock.id)
  await assert.rejects(stripe.customers.retrieve(customer), { code: 'resource_missing' })
})

test('a clock can be shared with the program under test', async () => {
  let ahead = 0
  const { emulator, stripe, told } = await openBench({ time: () => Date.now() + ahead })
  const customer = await payer(stripe)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 100) }] })
  ahead = 32 * day * 1000
  await emulator.admin.settled()
  assert.equal(told.filter((type) => type === 'invoice.paid').length, 2)
  assert.equal((await stripe.invoices.list({ customer })).data.length, 2)
  const { current_period_end } = (await stripe.subscriptions.retrieve(subscription.id)).items.data[0] ?? { current_period_end: 0 }
  assert(current_period_end > Date.now() / 1000 + 40 * day)
})

test('the next calls fail as ordered; a lost answer is found again by its key', async () => {
  const { emulator, stripe } = await openBench()
  emulator.admin.fail(500)
  await assert.rejects(stripe.customers.list(), { type: 'StripeAPIError', statusCode: 500 })
  emulator.admin.fail(429, { times: 2, path: 'POST /v1/customers' })
  await stripe.customers.list()
  for (let i = 0; i < 2; i++) await assert.rejects(stripe.customers.create(), { type: 'StripeRateLimitError' })
  await stripe.customers.create({ description: 'first' })
  emulator.admin.fail('timeout')
  await assert.rejects(stripe.customers.list({}, { timeout: 50 }), { type: 'StripeConnectionError' })
  emulator.admin.fail('lost answer', { times: 2 })
  const options = { idempotencyKey: 'lost:1' }
  await assert.rejects(stripe.customers.create({ description: 'lost' }, options), { type: 'StripeConnectionError' })
  assert.equal((await stripe.customers.create({ description: 'lost' }, options)).description, 'lost')
  assert.equal((await stripe.customers.list()).data.filter(({ description }) => description === 'lost').length, 1)
  emulator.admin.down(true)
  await assert.rejects(stripe.customers.list(), { type: 'StripeConnectionError' })
  emulator.admin.down(false)
  await stripe.customers.list()
})

test('kept in a file, everything survives a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-emulator-'))
  const dataFile = join(folder, 'state.json')
  const first = await startEmulator({ dataFile, seed: 1 })
  const customer = await payer(clientFor(first))
  const subscription = await clientFor(first).subscriptions.create({ customer, items: [{ price: await plan(clientFor(first), 100) }] })
  const session = await clientFor(first).checkout.sessions.create({
    mode: 'setup',
    customer,
    currency: 'eur',
    success_url: 'https://app.example/ok',
  })
  await first.stop()
  const second = await startEmulator({ dataFile })
  after(async () => {
    await second.stop()
    rmSync(folder, { recursive: true })
  })
  assert.equal(second.secretKey, first.secretKey)
  assert.equal((await clientFor(second).subscriptions.retrieve(subscription.id)).status, 'active')
  assert.equal(second.visit(`/c/pay/${session.id}`, typed('4242424242424242')).location, 'https://app.example/ok')
  assert.equal(
    (await clientFor(second).invoices.retrieve(idOf(subscription.latest_invoice))).hosted_invoice_url?.startsWith(second.url),
    true,
  )
  second.clock.advance(32 * day)
  assert.equal((await clientFor(second).invoices.list({ customer })).data.length, 2)
  second.admin.reset()
  assert.equal((await clientFor(second).customers.list()).data.length, 0)
})

test('it does not run in production, and takes no key that could be real', async () => {
  const bin = fileURLToPath(new URL('../bin/cloudrun-stripe-emulator.mjs', import.meta.url))
  for (const name of ['NODE_ENV', 'ENVIRONMENT']) {
    const { status, stderr } = spawnSync(process.execPath, [bin, '--port', '0'], {
      env: { ...process.env, [name]: 'production' },
      encoding: 'utf8',
    })
    assert.equal(status, 1)
    assert.match(stderr, /does not run in production/)
  }
  await assert.rejects(startEmulator({ secretKey: 'sk_live_1' }), /sk_test_emu_/)
})

test('its page drives it, by forms and by JSON, and not from another site', async () => {
  const { emulator, stripe } = await openBench()
  await stripe.customers.create()
  const url = `${emulator.url}/_emu`
  const page = await (await fetch(url)).text()
  for (const words of [/TEST MODE/, /customer.created/, /Resend/]) assert.match(page, words)
  const moved = await fetch(`${url}/api/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ days: 2 }),
  })
  assert(Date.parse(((await moved.json()) as { now: string }).now) > Date.now() + day * 1000)
  const formed = await fetch(`${url}/fail`, { method: 'POST', body: new URLSearchParams({ kind: '500' }), redirect: 'manual' })
  assert.equal(formed.status, 303)
  await assert.rejects(stripe.customers.list())
  assert.equal((await fetch(`${url}/reset`, { method: 'POST', headers: { origin: 'https://evil.example' } })).status, 403)
  const dump = (await (await fetch(`${url}/api/dump`)).json()) as { customer: unknown[] }
  assert.equal(dump.customer.length, 1)
  assert.equal((await fetch(`${url}/api/nothing`)).status, 404)
})
