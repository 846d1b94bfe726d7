/** Changes that wait: for their payment, or for the renewal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stripe } from 'stripe'
import { idOf, openBench, payer, plan } from './harness.ts'

const { emulator, stripe, told } = await openBench()
const day = 86_400

async function clocked() {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.UTC(2027, 0, 31, 12) / 1000) })
  const customer = await payer(stripe, 'pm_card_visa', { test_clock: clock.id })
  const advance = async (days: number) => {
    const { frozen_time } = await stripe.testHelpers.testClocks.retrieve(clock.id)
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: frozen_time + days * day })
  }
  return { customer, advance }
}

const useCard = async (customer: string, card: string): Promise<void> => {
  const method = await stripe.paymentMethods.attach(card, { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
}

const first = (subscription: Stripe.Subscription): Stripe.SubscriptionItem => subscription.items.data[0] ?? assert.fail()
const priceNow = async (id: string): Promise<number | null> => first(await stripe.subscriptions.retrieve(id)).price.unit_amount

/** A subscription at 1000, and an upgrade to 3000 that is only made once it is paid. */
async function upgraded(card: string) {
  const { customer, advance } = await clocked()
  const [small, large] = [await plan(stripe, 1000), await plan(stripe, 3000)]
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: small }] })
  await useCard(customer, card)
  await emulator.admin.settled()
  told.length = 0
  const changed = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: first(subscription).id, price: large }],
    payment_behavior: 'pending_if_incomplete',
    proration_behavior: 'always_invoice',
  })
  const invoice = await stripe.invoices.retrieve(idOf(changed.latest_invoice))
  return { customer, advance, large, id: subscription.id, changed, invoice }
}

test('a change that may wait and is paid at once is made at once', async () => {
  const { changed, invoice } = await upgraded('pm_card_visa')
  assert.deepEqual([first(changed).price.unit_amount, changed.pending_update, invoice.status, invoice.total], [3000, null, 'paid', 2000])
  await emulator.admin.settled()
  assert(!told.some((type) => /pending_update/.test(type)))
})

test('unpaid it waits, and nothing else changes; paid later it is made', async () => {
  const { customer, id, changed, invoice, large } = await upgraded('pm_card_chargeCustomerFail')
  assert.deepEqual([changed.status, first(changed).price.unit_amount, invoice.status, invoice.total], ['active', 1000, 'open', 2000])
  assert.equal(changed.pending_update?.subscription_items?.[0]?.price.unit_amount, 3000)
  assert.equal(invoice.next_payment_attempt, null)
  const again = { items: [{ id: first(changed).id, price: large }], payment_behavior: 'pending_if_incomplete' as const }
  await assert.rejects(stripe.subscriptions.update(id, again), /has a pending update already/)
  await useCard(customer, 'pm_card_visa')
  await stripe.invoices.pay(invoice.id)
  const paid = await stripe.subscriptions.retrieve(id)
  assert.deepEqual([first(paid).price.unit_amount, paid.pending_update, paid.status], [3000, null, 'active'])
  await emulator.admin.settled()
  assert(told.includes('customer.subscription.pending_update_applied'))
})

test('with its invoice void the change is dropped', async () => {
  const { id, invoice } = await upgraded('pm_card_chargeCustomerFail')
  await stripe.invoices.voidInvoice(invoice.id)
  assert.equal((await stripe.subscriptions.retrieve(id)).pending_update, null)
  assert.equal(await priceNow(id), 1000)
})

test('a day later it is dropped, with its invoice', async () => {
  const { id, invoice, advance } = await upgraded('pm_card_chargeCustomerFail')
  await advance(1)
  assert.equal((await stripe.subscriptions.retrieve(id)).pending_update, null)
  assert.equal((await stripe.invoices.retrieve(invoice.id)).status, 'void')
  await emulator.admin.settled()
  assert(told.includes('customer.subscription.pending_update_expired'))
})

test('only what concerns money can wait for it', async () => {
  const { id } = await upgraded('pm_card_visa')
  await assert.rejects(
    stripe.subscriptions.update(id, { metadata: { a: 'b' }, payment_behavior: 'pending_if_incomplete' }),
    /cannot be given: metadata/,
  )
})

/** A subscription whose price changes with the renewal. */
async function scheduled(from: string, to: Stripe.SubscriptionScheduleUpdateParams.Phase.Item, quantity?: number) {
  const { customer, advance } = await clocked()
  const item = { price: from, ...(quantity === undefined ? {} : { quantity }) }
  const subscription = await stripe.subscriptions.create({ customer, items: [item] })
  const { current_period_start: start_date, current_period_end: end_date } = first(subscription)
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
  await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [
      { items: [item], start_date, end_date },
      { items: [to], duration: { interval: 'month', interval_count: 1 }, proration_behavior: 'none' },
    ],
  })
  return { customer, advance, id: subscription.id, schedule: schedule.id }
}

test('a planned change forbids to touch the end directly, and goes with the subscription', async () => {
  const { id, schedule } = await scheduled(await plan(stripe, 3000), { price: await plan(stripe, 1000) })
  await assert.rejects(stripe.subscriptions.update(id, { cancel_at_period_end: true }), /managed by the subscription schedule/)
  await stripe.subscriptions.cancel(id)
  assert.equal((await stripe.subscriptionSchedules.retrieve(schedule)).status, 'canceled')
})

test('what was used is charged when a plan by use ends with the renewal', async () => {
  const event_name = 'runs'
  const meter = await stripe.billing.meters.create({ display_name: 'Runs', event_name, default_aggregation: { formula: 'sum' } })
  const metered = await plan(stripe, 2, { recurring: { interval: 'month', usage_type: 'metered', meter: meter.id } })
  const { customer, advance, id } = await scheduled(metered, { price: await plan(stripe, 1000), quantity: 1 })
  await advance(3)
  const use = async (value: string) => {
    const { frozen_time } = await stripe.testHelpers.testClocks.retrieve(idOf((await stripe.subscriptions.retrieve(id)).test_clock))
    await stripe.billing.meterEvents.create({ event_name, timestamp: frozen_time, payload: { stripe_customer_id: customer, value } })
  }
  await use('50')
  await advance(26)
  const [invoice] = (await stripe.invoices.list({ customer })).data
  assert.deepEqual([invoice?.total, await priceNow(id)], [1100, 1000])
})

test('a plan by use that begins with the renewal charges nothing of before', async () => {
  const event_name = 'late_runs'
  const meter = await stripe.billing.meters.create({ display_name: 'Runs', event_name, default_aggregation: { formula: 'sum' } })
  const metered = await plan(stripe, 2, { recurring: { interval: 'month', usage_type: 'metered', meter: meter.id } })
  const { customer, advance, id } = await scheduled(await plan(stripe, 1000), { price: metered }, 1)
  const { frozen_time } = await stripe.testHelpers.testClocks.retrieve(idOf((await stripe.subscriptions.retrieve(id)).test_clock))
  await stripe.billing.meterEvents.create({ event_name, timestamp: frozen_time, payload: { stripe_customer_id: customer, value: '50' } })
  await advance(29)
  const [invoice] = (await stripe.invoices.list({ customer })).data
  assert.deepEqual(
    [invoice?.billing_reason, invoice?.total, first(await stripe.subscriptions.retrieve(id)).quantity],
    ['subscription_cycle', 0, undefined],
  )
})
