/** The customer portal and its deep links. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stripe } from 'stripe'
import { idOf, openBench, payer, plan, typed } from './harness.ts'

const { emulator, stripe } = await openBench()
const return_url = 'https://app.example/account/billing'

async function member(card = 'pm_card_visa') {
  const customer = await payer(stripe, card)
  const price = await plan(stripe, 1000)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price }] })
  return { customer, subscription: subscription.id, item: subscription.items.data[0]?.id ?? '' }
}

const open = async (customer: string, flow_data?: Stripe.BillingPortal.SessionCreateParams.FlowData) =>
  stripe.billingPortal.sessions.create({ customer, return_url, ...(flow_data ? { flow_data } : {}) })

test('at home one sees what one has', async () => {
  const { customer } = await member()
  const { html } = emulator.visit((await open(customer)).url)
  for (const words of [/Plan 1000/, /visa ending in 4242/, /-0001/, /€10\.00/]) assert.match(html, words)
})

test('a new card replaces the old, and 3-D Secure comes between where the bank wants it', async () => {
  const { customer } = await member()
  const session = await open(customer, { type: 'payment_method_update' })
  assert.equal(emulator.visit(session.url).location, `/p/session/${session.id}/card`)
  assert.equal(emulator.visit(`/p/session/${session.id}/card`, typed('4000000000000002')).status, 402)
  const challenge = emulator.visit(`/p/session/${session.id}/card`, typed('4000002500003155')).location ?? ''
  assert.equal(emulator.visit(challenge, { outcome: 'complete' }).location, return_url)
  const found = (await stripe.customers.retrieve(customer, { expand: ['invoice_settings.default_payment_method'] })) as Stripe.Customer
  assert.equal((found.invoice_settings.default_payment_method as Stripe.PaymentMethod).card?.last4, '3155')
})

test('cancelling says until when, and can be taken back', async () => {
  const { customer, subscription } = await member()
  const session = await open(customer, {
    type: 'subscription_cancel',
    subscription_cancel: { subscription },
    after_completion: { type: 'redirect', redirect: { return_url: 'https://app.example/bye' } },
  })
  assert.match(emulator.visit(`/p/session/${session.id}/cancel`).html, /yours until 20/)
  assert.equal(emulator.visit(`/p/session/${session.id}/cancel`, { feedback: 'too_expensive' }).location, 'https://app.example/bye')
  const leaving = await stripe.subscriptions.retrieve(subscription)
  assert.deepEqual([leaving.cancel_at_period_end, leaving.cancellation_details?.feedback], [true, 'too_expensive'])
  const home = await open(customer)
  emulator.visit(`/p/session/${home.id}/keep`, { subscription })
  assert.equal((await stripe.subscriptions.retrieve(subscription)).cancel_at_period_end, false)
})

test('another plan is confirmed, and paid at once', async () => {
  const { customer, subscription, item } = await member()
  const price = await plan(stripe, 5000)
  const session = await open(customer, {
    type: 'subscription_update_confirm',
    subscription_update_confirm: { subscription, items: [{ id: item, price, quantity: 1 }] },
  })
  assert.match(emulator.visit(`/p/session/${session.id}/confirm`).html, /Plan 5000/)
  assert.equal(emulator.visit(`/p/session/${session.id}/confirm`, {}).location, return_url)
  const changed = await stripe.subscriptions.retrieve(subscription)
  assert.equal(changed.items.data[0]?.price.id, price)
  assert.equal((await stripe.invoices.retrieve(idOf(changed.latest_invoice))).status, 'paid')
})

test('details are changed there, and nowhere else', async () => {
  const { customer } = await member()
  const session = await open(customer, { type: 'customer_update' })
  emulator.visit(`/p/session/${session.id}/details`, {
    name: 'Ada',
    email: 'ada@example.org',
    line1: 'x',
    city: 'Paris',
    postal_code: '75001',
    country: 'fr',
    tax_id: 'FR123',
  })
  const found = (await stripe.customers.retrieve(customer, { expand: ['tax_ids'] })) as Stripe.Customer
  assert.deepEqual([found.name, found.address?.country, found.tax_ids?.data[0]?.value], ['Ada', 'FR', 'FR123'])
})

test('nobody reaches into another’s billing', async () => {
  const [ada, mallory] = [await member(), await member()]
  const session = await open(mallory.customer)
  const card = idOf((await stripe.paymentMethods.list({ customer: ada.customer })).data[0])
  assert.equal(emulator.visit(`/p/session/${session.id}/cancel`, { subscription: ada.subscription }).status, 404)
  assert.equal(emulator.visit(`/p/session/${session.id}/default`, { payment_method: card }).status, 404)
  assert.equal((await stripe.subscriptions.retrieve(ada.subscription)).cancel_at_period_end, false)
  await assert.rejects(open(mallory.customer, { type: 'subscription_cancel', subscription_cancel: { subscription: ada.subscription } }), {
    code: 'resource_missing',
  })
})

test('a link lasts an hour', async () => {
  const { customer } = await member()
  const session = await open(customer)
  emulator.clock.advance(3601)
  assert.equal(emulator.visit(session.url).status, 410)
})

test('what a configuration switches off is not offered', async () => {
  const { customer } = await member()
  const configuration = await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } })
  const session = await stripe.billingPortal.sessions.create({ customer, return_url, configuration: configuration.id })
  assert.doesNotMatch(emulator.visit(session.url).html, /Add a card/)
})
