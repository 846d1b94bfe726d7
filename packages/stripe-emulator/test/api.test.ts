/** The manners of the API: parameters, errors, idempotency, pages of a list, expansion, and the schema that holds them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Stripe } from 'stripe'
import { operations } from '../src/api.ts'
import { knownOperations } from '../src/router.ts'
import { check, spec } from '../src/schema.ts'
import { clientFor, idOf, openBench, payer, plan } from './harness.ts'

const { emulator, stripe } = await openBench()

const raw = (path: string, init: RequestInit = {}) =>
  fetch(emulator.url + path, { ...init, headers: { authorization: `Bearer ${emulator.secretKey}`, ...init.headers } })

test('the schema is that of the SDK that is installed', () => {
  const installed = JSON.parse(readFileSync(new URL('../../../node_modules/stripe/package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  assert.equal(spec.info['x-sdk'], `stripe@${installed.version}`)
  assert.equal(spec.info.version, Stripe.API_VERSION)
})

test('every operation belongs to the schema, and what is not known says so', async () => {
  assert.deepEqual(
    Object.keys(operations).filter((name) => !knownOperations.includes(name)),
    [],
  )
  assert.deepEqual(knownOperations.filter((name) => !operations[name]).sort(), [
    'billing.creditGrants.create',
    'billing.creditGrants.list',
    'v2.core.eventDestinations.ping',
  ])
  const answer = await raw('/v1/billing/credit_grants')
  assert.equal(answer.status, 501)
  assert.equal((await raw('/v1/nothing')).status, 404)
})

test('unknown, missing and wrong parameters are refused by name', async () => {
  await assert.rejects(stripe.customers.create({ emial: 'x' } as never), { statusCode: 400, code: 'parameter_unknown', param: 'emial' })
  await assert.rejects(stripe.subscriptions.create({ customer: 'cus_x', items: [{ pric: 'x' }] } as never), { param: 'items[0][pric]' })
  await assert.rejects(stripe.products.create({} as never), { code: 'parameter_missing', param: 'name' })
  await assert.rejects(stripe.prices.create({ currency: 'eur', product: 'p', unit_amount: 'much' as never }), {
    code: 'parameter_invalid_integer',
  })
  await assert.rejects(stripe.checkout.sessions.create({ mode: 'gift' as never }), /must be one of/)
  await assert.rejects(stripe.customers.retrieve('cus_none'), { statusCode: 404, code: 'resource_missing', param: 'id' })
  await assert.rejects(stripe.customers.retrieve('cus_none', { expand: ['nonsense'] } as never), { code: 'resource_missing' })
})

test('a key that is missing or wrong opens nothing', async () => {
  await assert.rejects(
    new Stripe('sk_test_emu_wrong', { host: emulator.host, port: emulator.port, protocol: 'http', telemetry: false }).customers.list(),
    {
      type: 'StripeAuthenticationError',
    },
  )
  assert.equal((await fetch(`${emulator.url}/v1/customers`)).status, 401)
})

test('another version of the API is refused rather than misunderstood', async () => {
  assert.equal((await raw('/v1/customers', { headers: { 'stripe-version': '2024-06-20' } })).status, 400)
})

test('the same key means the same request and the same answer', async () => {
  const options = { idempotencyKey: 'acct:1:customer:v1' }
  const first = await stripe.customers.create({ description: 'one' }, options)
  const again = await stripe.customers.create({ description: 'one' }, options)
  assert.equal(again.id, first.id)
  assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true')
  await assert.rejects(stripe.customers.create({ description: 'two' }, options), { type: 'StripeIdempotencyError' })
})

test('a decline is an answer that a key keeps; a wrong parameter may be mended', async () => {
  const customer = await payer(stripe, 'pm_card_chargeCustomerFail')
  const payment_method = idOf((await stripe.paymentMethods.list({ customer })).data[0])
  const pay = () =>
    stripe.paymentIntents.create({ customer, payment_method, amount: 100, currency: 'eur', confirm: true }, { idempotencyKey: 'pay:1' })
  await assert.rejects(pay(), { code: 'card_declined' })
  await assert.rejects(pay(), { code: 'card_declined' })
  assert.equal((await stripe.charges.list({ customer })).data.length, 1)
  const mended = { idempotencyKey: 'mend:1' }
  await assert.rejects(stripe.products.create({} as never, mended), { code: 'parameter_missing' })
  await stripe.products.create({ name: 'Mended' }, mended)
})

test('lists come newest first and in pages, whichever way one goes', async () => {
  const ids: string[] = []
  for (let i = 0; i < 25; i++) ids.unshift((await stripe.products.create({ name: `Product ${i}`, metadata: { i: String(i) } })).id)
  const listed: string[] = []
  for await (const product of stripe.products.list({ limit: 10 })) listed.push(product.id)
  assert.deepEqual(listed.slice(0, 25), ids)
  const back = await stripe.products.list({ limit: 5, ending_before: ids[10] ?? '' })
  assert.deepEqual(
    back.data.map(({ id }) => id),
    ids.slice(5, 10),
  )
})

test('metadata is merged key by key, and emptied', async () => {
  const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } })
  assert.deepEqual((await stripe.customers.update(id, { metadata: { a: '', c: '3' } })).metadata, { b: '2', c: '3' })
  assert.deepEqual((await stripe.customers.update(id, { metadata: '' })).metadata, {})
})

test('what is hidden shows when asked for, at most four levels deep', async () => {
  const customer = await payer(stripe)
  await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 100) }] })
  const shown = (await stripe.customers.retrieve(customer, {
    expand: ['subscriptions', 'tax', 'invoice_settings.default_payment_method'],
  })) as Stripe.Customer
  assert.equal(shown.subscriptions?.data.length, 1)
  assert.equal(shown.tax?.automatic_tax, 'unrecognized_location')
  assert.equal(typeof shown.invoice_settings.default_payment_method, 'object')
  assert.equal(((await stripe.customers.retrieve(customer)) as Stripe.Customer).subscriptions, undefined)
  await assert.rejects(stripe.customers.retrieve(customer, { expand: ['a.b.c.d.e'] }), /4 levels/)
  await assert.rejects(stripe.customers.retrieve(customer, { expand: ['invoice_setings'] }), /cannot be expanded/)
  await assert.rejects(stripe.customers.create({ description: 'never', expand: ['nonsense'] }), /cannot be expanded/)
  assert((await stripe.customers.list({ limit: 100 })).data.every(({ description }) => description !== 'never'))
})

test('the lookup key of a price moves to the next one', async () => {
  const product = (await stripe.products.create({ name: 'Keyed' })).id
  const make = (more = {}) => stripe.prices.create({ product, currency: 'eur', unit_amount: 1, lookup_key: 'keyed', ...more })
  const first = await make()
  await assert.rejects(make(), { param: 'lookup_key' })
  const second = await make({ transfer_lookup_key: true })
  assert.deepEqual(
    (await stripe.prices.list({ lookup_keys: ['keyed'] })).data.map(({ id }) => id),
    [second.id],
  )
  assert.equal((await stripe.prices.retrieve(first.id)).lookup_key, null)
})

test('the checker finds what does not belong', () => {
  const schema = { $ref: '#/components/schemas/Coupon' }
  const coupon = {
    id: 'x',
    object: 'coupon',
    amount_off: null,
    created: 1,
    currency: null,
    duration: 'once',
    duration_in_months: null,
    livemode: false,
  }
  const whole = {
    ...coupon,
    max_redemptions: null,
    metadata: {},
    name: null,
    percent_off: 5,
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
  }
  assert.deepEqual(check(schema, whole), [])
  assert.deepEqual(check(schema, { ...whole, extra: 1 }), [{ at: '.extra', what: 'is unknown' }])
  assert.deepEqual(check(schema, { ...whole, duration: 'twice' }).length, 1)
  assert.deepEqual(check(schema, coupon).length, 7)
})

test('two emulators do not know each other', async () => {
  const other = await openBench()
  await stripe.customers.create({ email: 'here@example.org' })
  assert.equal((await clientFor(other.emulator).customers.list()).data.length, 0)
})
