/** The course of subscriptions: paid, renewed, failed, changed, ended. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stripe } from 'stripe'
import { idOf, openBench, payer, plan } from './harness.ts'

const { emulator, stripe, told } = await openBench()
const day = 86_400

const invoicesOf = async (customer: string): Promise<Stripe.Invoice[]> => (await stripe.invoices.list({ customer, limit: 100 })).data
const first = (subscription: Stripe.Subscription): Stripe.SubscriptionItem => {
  const [item] = subscription.items.data
  assert(item)
  return item
}
const isCardError = (decline: string) => (error: unknown) => {
  assert.deepEqual(
    [(error as Stripe.errors.StripeCardError).type, (error as Stripe.errors.StripeCardError).decline_code],
    ['StripeCardError', decline],
  )
  return true
}

/** A customer who lives by a test clock of their own. */
async function clocked(card = 'pm_card_visa') {
  const start = Math.floor(Date.UTC(2027, 0, 31, 12) / 1000)
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start })
  const customer = await payer(stripe, card, { test_clock: clock.id })
  const advance = async (days: number) => {
    const { frozen_time } = await stripe.testHelpers.testClocks.retrieve(clock.id)
    const answer = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: frozen_time + days * day })
    assert.equal(answer.status, 'advancing')
    assert.equal((await stripe.testHelpers.testClocks.retrieve(clock.id)).status, 'ready')
  }
  return { clock: clock.id, customer, start, advance }
}

test('the first payment makes it active, in the order in which Stripe tells it', async () => {
  const customer = await payer(stripe)
  await emulator.admin.settled()
  told.length = 0
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: await plan(stripe, 990) }],
    expand: ['latest_invoice.payments'],
  })
  assert.equal(subscription.status, 'active')
  const invoice = subscription.latest_invoice as Stripe.Invoice
  assert.equal(invoice.status, 'paid')
  assert.equal(invoice.amount_paid, 990)
  assert.equal(invoice.parent?.subscription_details?.subscription, subscription.id)
  assert.equal(invoice.payments?.data.length, 1)
  await emulator.admin.settled()
  assert.deepEqual(
    told.filter((type) => /subscription|invoice|charge/.test(type)),
    [
      ...['customer.subscription.created', 'invoice.created', 'invoice.finalized', 'charge.succeeded', 'invoice.updated', 'invoice.paid'],
      ...['invoice.payment_succeeded', 'invoice_payment.paid', 'customer.subscription.updated'],
    ],
  )
})

test('a card that attaches and cannot be charged leaves it incomplete, and a day later expired', async () => {
  const { customer, advance } = await clocked('pm_card_chargeCustomerFail')
  const price = await plan(stripe, 990)
  await assert.rejects(
    stripe.subscriptions.create({ customer, items: [{ price }], payment_behavior: 'error_if_incomplete' }),
    isCardError('generic_decline'),
  )
  assert.equal((await stripe.subscriptions.list({ customer, status: 'all' })).data.length, 0)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price }] })
  assert.equal(subscription.status, 'incomplete')
  await advance(1)
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'incomplete_expired')
  assert.equal((await invoicesOf(customer))[0]?.status, 'void')
})

test('months follow the anchor: the last day stays the last day', async () => {
  const { customer, advance, start } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 990) }] })
  const ends = [first(subscription).current_period_end]
  for (const days of [29, 31, 30]) {
    await advance(days)
    ends.push(first(await stripe.subscriptions.retrieve(subscription.id)).current_period_end)
  }
  const dates = [...new Set(ends)].map((end) => new Date(end * 1000).toISOString().slice(0, 10))
  assert.deepEqual(dates, ['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31'])
  assert.equal(first(subscription).current_period_start, start)
  const invoices = await invoicesOf(customer)
  assert.deepEqual([...new Set(invoices.map((each) => each.status))], ['paid'])
  assert.equal(invoices.length, 4)
})

test('dunning: tried again on the third, fifth and seventh day, then ended', async () => {
  const { customer, advance } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 990) }] })
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  await advance(29)
  const [open] = await invoicesOf(customer)
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'past_due')
  assert.equal(((await stripe.customers.retrieve(customer)) as Stripe.Customer).delinquent, true)
  assert.deepEqual([open?.status, open?.attempt_count], ['open', 1])
  assert.equal(open?.next_payment_attempt, (open?.status_transitions.finalized_at ?? 0) + 3 * day)
  await advance(4)
  assert.equal((await stripe.invoices.retrieve(open?.id ?? '')).attempt_count, 2)
  await advance(13)
  const ended = await stripe.subscriptions.retrieve(subscription.id)
  assert.deepEqual([ended.status, ended.cancellation_details?.reason], ['canceled', 'payment_failed'])
  assert.equal((await stripe.invoices.retrieve(open?.id ?? '')).attempt_count, 4)
})

test('a new card brings it back, when the invoice is paid at once', async () => {
  const { customer, advance } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 990) }] })
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  await advance(29)
  const [open] = await invoicesOf(customer)
  await assert.rejects(stripe.invoices.pay(open?.id ?? ''), isCardError('generic_decline'))
  assert.equal((await stripe.invoices.retrieve(open?.id ?? '')).attempt_count, 2)
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: good.id } })
  assert.equal((await stripe.invoices.pay(open?.id ?? '')).status, 'paid')
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'active')
  assert.equal(((await stripe.customers.retrieve(customer)) as Stripe.Customer).delinquent, false)
})

test('a trial: nothing is charged, a warning three days before its end, then the first payment', async () => {
  const { customer, advance } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 990) }], trial_period_days: 14 })
  assert.equal(subscription.status, 'trialing')
  assert.equal((await invoicesOf(customer))[0]?.amount_paid, 0)
  await emulator.admin.settled()
  told.length = 0
  await advance(12)
  await emulator.admin.settled()
  assert(told.includes('customer.subscription.trial_will_end'))
  await advance(3)
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'active')
  assert.equal((await invoicesOf(customer))[0]?.amount_paid, 990)
})

test('a trial without a card can pause, and resume with one', async () => {
  const { clock, advance } = await clocked()
  const customer = (await stripe.customers.create({ test_clock: clock })).id
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: await plan(stripe, 990) }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  })
  await advance(8)
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'paused')
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card.id } })
  assert.equal((await stripe.subscriptions.resume(subscription.id)).status, 'active')
  assert.equal((await invoicesOf(customer))[0]?.amount_paid, 990)
})

test('cancelled at the period’s end it lives until then, and can be kept', async () => {
  const { customer, advance } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 990) }] })
  const leaving = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  assert.equal(leaving.cancel_at, first(leaving).current_period_end)
  const kept = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false })
  assert.equal(kept.cancel_at, null)
  await stripe.subscriptions.update(subscription.id, { cancel_at: 'min_period_end' })
  await advance(29)
  const ended = await stripe.subscriptions.retrieve(subscription.id)
  assert.deepEqual(
    [ended.status, ended.cancellation_details?.reason, ended.ended_at],
    ['canceled', 'cancellation_requested', leaving.cancel_at],
  )
  assert.equal((await invoicesOf(customer)).length, 1)
})

test('paused collection: invoices of that time are void', async () => {
  const { customer, advance } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 990) }] })
  await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'void' } })
  await advance(29)
  assert.equal((await invoicesOf(customer))[0]?.status, 'void')
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'active')
})

test('an upgrade is paid at once for the rest of the period; the preview said how much', async () => {
  const { customer, advance } = await clocked()
  const [small, large] = [await plan(stripe, 1000), await plan(stripe, 3000)]
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: small }] })
  await advance(14)
  const item = first(subscription)
  const proration_date = item.current_period_start + 14 * day
  const items = [{ id: item.id, price: large }]
  const preview = await stripe.invoices.createPreview({
    customer,
    subscription: subscription.id,
    subscription_details: { items, proration_behavior: 'always_invoice', proration_date },
  })
  // Half of 28 days is left: half of the difference.
  assert.equal(preview.total, 1000)
  assert.deepEqual(preview.lines.data.map((line) => line.amount).sort(), [-500, 1500])
  const before = await invoicesOf(customer)
  const changed = await stripe.subscriptions.update(subscription.id, { items, proration_behavior: 'always_invoice', proration_date })
  const invoice = await stripe.invoices.retrieve(idOf(changed.latest_invoice))
  assert.equal(before.length, 1)
  assert.deepEqual([invoice.total, invoice.status, invoice.billing_reason], [1000, 'paid', 'subscription_update'])
  assert.equal(first(changed).current_period_end, item.current_period_end)
})

test('prorations that wait go onto the next invoice, and a credit reduces it', async () => {
  const { customer, advance } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 3000) }] })
  await advance(14)
  await stripe.subscriptions.update(subscription.id, { items: [{ id: first(subscription).id, price: await plan(stripe, 1000) }] })
  const next = await stripe.invoices.createPreview({ customer, subscription: subscription.id })
  assert.equal(next.total, 0)
  await advance(15)
  const [invoice] = await invoicesOf(customer)
  assert.deepEqual([invoice?.total, invoice?.status], [0, 'paid'])
})

test('from monthly to yearly a new period begins, and is paid, less what was left', async () => {
  const { customer, advance } = await clocked()
  const yearly = await plan(stripe, 10_000, { recurring: { interval: 'year' } })
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 1000) }] })
  await advance(14)
  const changed = await stripe.subscriptions.update(subscription.id, { items: [{ id: first(subscription).id, price: yearly }] })
  assert.equal((await stripe.invoices.retrieve(idOf(changed.latest_invoice))).total, 9500)
  assert.equal(new Date(first(changed).current_period_end * 1000).toISOString().slice(0, 10), '2028-02-14')
})

test('cancelled at once, with what was paid given back to the balance', async () => {
  const { customer, advance } = await clocked()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 2800) }] })
  await advance(7)
  const gone = await stripe.subscriptions.cancel(subscription.id, { prorate: true, invoice_now: true })
  assert.equal(gone.status, 'canceled')
  assert.equal(((await stripe.customers.retrieve(customer)) as Stripe.Customer).balance, -2100)
})

test('with a deleted customer everything of theirs ends', async () => {
  const customer = await payer(stripe)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 990) }] })
  await stripe.customers.del(customer)
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'canceled')
  assert.deepEqual(await stripe.customers.retrieve(customer).then(({ id, deleted }) => ({ id, deleted })), { id: customer, deleted: true })
  await assert.rejects(stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 1) }] }), { code: 'resource_missing' })
})

test('a card whose bank always asks: the invoice waits for its holder', async () => {
  const customer = await payer(stripe, 'pm_card_authenticationRequired')
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: await plan(stripe, 990) }],
    expand: ['latest_invoice'],
  })
  assert.equal(subscription.status, 'incomplete')
  const invoice = subscription.latest_invoice as Stripe.Invoice
  const challenge = emulator.visit(invoice.hosted_invoice_url ?? '', { saved: 'on' }).location ?? ''
  assert.match(challenge, /^\/challenge\/pi_/)
  emulator.visit(challenge, { outcome: 'complete' })
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'active')
})
