/** Refunds, credit notes, tax, discounts, usage, schedules: what an invoice comes to, and what comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stripe } from 'stripe'
import { idOf, openBench, payer, plan, typed } from './harness.ts'

const { emulator, stripe, told } = await openBench()
const day = 86_400

const paidInvoice = async (customer: string, amount: number): Promise<Stripe.Invoice> => {
  await stripe.invoiceItems.create({ customer, amount, currency: 'eur', description: 'Deposit' })
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  return stripe.invoices.pay(draft.id)
}

test('a deposit is invoiced, paid, and comes back with a credit note and its refund', async () => {
  const customer = await payer(stripe)
  const invoice = await paidInvoice(customer, 5000)
  assert.deepEqual([invoice.status, invoice.amount_paid, invoice.number?.endsWith('-0001')], ['paid', 5000, true])
  const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 2000, refund_amount: 2000, reason: 'order_change' })
  assert.deepEqual([note.total, note.type, note.post_payment_amount], [2000, 'post_payment', 2000])
  const [refund] = (await stripe.refunds.list()).data
  assert.deepEqual([refund?.amount, refund?.status], [2000, 'succeeded'])
  const charge = await stripe.charges.retrieve(idOf(refund?.charge), { expand: ['refunds'] })
  assert.deepEqual([charge.amount_refunded, charge.refunded, charge.refunds?.data.length], [2000, false, 1])
  await assert.rejects(stripe.creditNotes.create({ invoice: invoice.id, amount: 3001, refund_amount: 3001 }), { param: 'amount' })
  assert.equal((await stripe.creditNotes.preview({ invoice: invoice.id, amount: 3000, refund_amount: 3000 })).total, 3000)
  assert.equal((await stripe.creditNotes.list({ invoice: invoice.id })).data.length, 1)
})

test('a credit note over all of an open invoice settles it; less reduces it', async () => {
  const customer = (await stripe.customers.create()).id
  await stripe.invoiceItems.create({ customer, amount: 1000, currency: 'eur' })
  const invoice = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 14,
    pending_invoice_items_behavior: 'include',
  })
  await stripe.invoices.sendInvoice(invoice.id)
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 400 })
  assert.equal((await stripe.invoices.retrieve(invoice.id)).amount_remaining, 600)
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 600 })
  assert.equal((await stripe.invoices.retrieve(invoice.id)).status, 'paid')
})

test('a price in several currencies, by the unit and by tiers; a customer pays in one', async () => {
  const customer = await payer(stripe)
  const both = await plan(stripe, 1000, { currency_options: { usd: { unit_amount: 1200 } } })
  const subscription = await stripe.subscriptions.create({
    customer,
    currency: 'usd',
    items: [{ price: both }],
    expand: ['latest_invoice'],
  })
  assert.deepEqual([subscription.currency, (subscription.latest_invoice as Stripe.Invoice).total], ['usd', 1200])
  await assert.rejects(stripe.subscriptions.create({ customer, items: [{ price: both }] }), /cannot combine currencies/)
  const other = await payer(stripe)
  await assert.rejects(stripe.subscriptions.create({ customer: other, currency: 'gbp', items: [{ price: both }] }), /does not support/)
  const tiers = (unit_amount: number): Stripe.PriceCreateParams.Tier[] => [{ up_to: 'inf', unit_amount }]
  const product = await stripe.products.create({ name: 'By tiers' })
  const tiered = await stripe.prices.create({
    product: product.id,
    ...{ currency: 'eur', recurring: { interval: 'month' }, billing_scheme: 'tiered', tiers_mode: 'graduated', tiers: tiers(50) },
    currency_options: { gbp: { tiers: tiers(40) } },
  })
  const british = { customer: other, currency: 'gbp', items: [{ price: tiered.id, quantity: 3 }], expand: ['latest_invoice'] }
  assert.equal(((await stripe.subscriptions.create(british)).latest_invoice as Stripe.Invoice).total, 120)
})

test('a refund gives back no more than was paid', async () => {
  const customer = await payer(stripe)
  const intent = await stripe.paymentIntents.create({
    customer,
    amount: 1000,
    currency: 'eur',
    payment_method: idOf((await stripe.paymentMethods.list({ customer })).data[0]),
    confirm: true,
    off_session: true,
  })
  await assert.rejects(stripe.refunds.create({ payment_intent: intent.id, amount: 1001 }), { code: 'amount_too_large' })
  await stripe.refunds.create({ payment_intent: intent.id })
  await assert.rejects(stripe.refunds.create({ payment_intent: intent.id }), { code: 'charge_already_refunded' })
})

test('some banks send a refund back, later', async () => {
  const customer = (await stripe.customers.create()).id
  const session = await stripe.checkout.sessions.create({ mode: 'setup', customer, currency: 'eur', success_url: 'https://app.example' })
  emulator.visit(session.url ?? '', typed('4000000000005126'))
  const payment_method = idOf((await stripe.paymentMethods.list({ customer })).data[0])
  const intent = await stripe.paymentIntents.create({ customer, amount: 1000, currency: 'eur', payment_method, confirm: true })
  const refund = await stripe.refunds.create({ payment_intent: intent.id })
  assert.equal(refund.status, 'succeeded')
  emulator.clock.advance(2 * 3600)
  assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'failed')
  assert.equal((await stripe.charges.retrieve(idOf(refund.charge))).amount_refunded, 0)
})

test('a hold is captured in part, cancelled, or ends by itself', async () => {
  const customer = await payer(stripe)
  const payment_method = idOf((await stripe.paymentMethods.list({ customer })).data[0])
  const hold = () =>
    stripe.paymentIntents.create({ customer, amount: 1000, currency: 'eur', payment_method, confirm: true, capture_method: 'manual' })
  const first = await hold()
  assert.deepEqual([first.status, first.amount_capturable], ['requires_capture', 1000])
  assert.equal((await stripe.paymentIntents.capture(first.id, { amount_to_capture: 300 })).amount_received, 300)
  assert.equal((await stripe.paymentIntents.cancel((await hold()).id)).status, 'canceled')
  const last = await hold()
  emulator.clock.advance(8 * day)
  assert.equal((await stripe.paymentIntents.retrieve(last.id)).cancellation_reason, 'expired')
  await assert.rejects(stripe.paymentIntents.cancel(last.id), { code: 'payment_intent_unexpected_state' })
})

test('risk shows on the charge; a disputed one tells so', async () => {
  const buy = async (card: string) => {
    const customer = await payer(stripe, card)
    const invoice = await paidInvoice(customer, 100)
    const payments = await stripe.invoicePayments.list({ invoice: invoice.id })
    const intent = await stripe.paymentIntents.retrieve(idOf(payments.data[0]?.payment.payment_intent), { expand: ['latest_charge'] })
    return intent.latest_charge as Stripe.Charge
  }
  assert.equal((await buy('pm_card_riskLevelElevated')).outcome?.risk_level, 'elevated')
  const disputed = await buy('pm_card_createDispute')
  assert.equal(disputed.disputed, true)
  assert.equal((await stripe.disputes.list({ charge: disputed.id })).data[0]?.status, 'needs_response')
})

test('tax by country: on top, inside, reversed for a business abroad, refused without a place', async () => {
  const inclusive = await plan(stripe, 1190, { tax_behavior: 'inclusive' })
  const exclusive = await plan(stripe, 1000, { tax_behavior: 'exclusive' })
  const address = { country: 'DE', line1: 'x', city: 'Berlin', postal_code: '10115' }
  const customer = await payer(stripe, 'pm_card_visa', { address })
  const bought = async (price: string, who = customer) => {
    const subscription = await stripe.subscriptions.create({
      customer: who,
      items: [{ price }],
      automatic_tax: { enabled: true },
      expand: ['latest_invoice'],
    })
    const { total, total_excluding_tax, total_taxes, automatic_tax } = subscription.latest_invoice as Stripe.Invoice
    assert.equal(automatic_tax.status, 'complete')
    return [total, total_excluding_tax, total_taxes?.[0]?.amount]
  }
  assert.deepEqual(await bought(exclusive), [1190, 1000, 190])
  assert.deepEqual(await bought(inclusive), [1190, 1000, 190])
  const business = await payer(stripe, 'pm_card_visa', { address })
  await stripe.customers.createTaxId(business, { type: 'eu_vat', value: 'DE123456789' })
  assert.deepEqual(await bought(exclusive, business), [1000, 1000, 0])
  const nowhere = await payer(stripe)
  await assert.rejects(
    stripe.subscriptions.create({ customer: nowhere, items: [{ price: exclusive }], automatic_tax: { enabled: true } }),
    { code: 'customer_tax_location_invalid' },
  )
})

test('a coupon takes its part, once or for as long as it lasts', async () => {
  const customer = await payer(stripe)
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' })
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'WELCOME' })
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: await plan(stripe, 1000) }],
    discounts: [{ promotion_code: code.id }],
    expand: ['latest_invoice'],
  })
  const invoice = subscription.latest_invoice as Stripe.Invoice
  assert.deepEqual([invoice.subtotal, invoice.total, invoice.total_discount_amounts?.[0]?.amount], [1000, 750, 250])
  assert.equal((await stripe.invoices.createPreview({ customer, subscription: subscription.id })).total, 1000)
})

test('what we owe the customer is taken off the next invoice', async () => {
  const customer = await payer(stripe)
  await stripe.customers.createBalanceTransaction(customer, { amount: -300, currency: 'eur' })
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: await plan(stripe, 1000) }],
    expand: ['latest_invoice'],
  })
  const invoice = subscription.latest_invoice as Stripe.Invoice
  assert.deepEqual([invoice.total, invoice.amount_due, invoice.amount_paid, invoice.ending_balance], [1000, 700, 700, 0])
})

test('usage is counted, summed and charged at the end of the period, by tiers', async () => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.UTC(2027, 2, 1) / 1000) })
  const customer = await payer(stripe, 'pm_card_visa', { test_clock: clock.id })
  const meter = await stripe.billing.meters.create({ display_name: 'Calls', event_name: 'calls', default_aggregation: { formula: 'sum' } })
  const price = await plan(stripe, 0, {
    unit_amount: undefined,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 10, unit_amount: 0 },
      { up_to: 'inf', unit_amount: 5, flat_amount: 100 },
    ],
  } as never)
  await assert.rejects(stripe.subscriptions.create({ customer, items: [{ price, quantity: 1 }] }), { param: 'items[0][quantity]' })
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price }] })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + day })
  const use = (value: string, identifier: string) =>
    stripe.billing.meterEvents.create({ event_name: 'calls', identifier, payload: { stripe_customer_id: customer, value } })
  await use('8', 'u1')
  await use('6', 'u2')
  await assert.rejects(use('6', 'u2'), { code: 'duplicate_meter_event' })
  await use('1', 'u3')
  await stripe.billing.meterEventAdjustments.create({ event_name: 'calls', type: 'cancel', cancel: { identifier: 'u3' } })
  const summary = await stripe.billing.meters.listEventSummaries(meter.id, {
    customer,
    start_time: clock.frozen_time,
    end_time: clock.frozen_time + 2 * day,
  })
  assert.equal(summary.data[0]?.aggregated_value, 14)
  assert.equal((await stripe.invoices.createPreview({ customer, subscription: subscription.id })).total, 120)
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 32 * day })
  const [invoice] = (await stripe.invoices.list({ customer })).data
  assert.deepEqual([invoice?.total, invoice?.status], [120, 'paid'])
})

test('usage of nobody is reported later, as a thin event only', async () => {
  await emulator.admin.settled()
  told.length = 0
  const meter = await stripe.billing.meters.create({ display_name: 'Seats', event_name: 'seats', default_aggregation: { formula: 'last' } })
  await stripe.billing.meterEvents.create({ event_name: 'seats', payload: { stripe_customer_id: 'cus_nobody', value: '1' } })
  await stripe.v2.billing.meterEvents.create({ event_name: 'unheard', payload: { stripe_customer_id: 'cus_nobody', value: '1' } })
  await stripe.billing.alerts.create({
    alert_type: 'usage_threshold',
    title: 'Many',
    usage_threshold: { gte: 5, meter: meter.id, recurrence: 'one_time' },
  })
  const customer = (await stripe.customers.create()).id
  for (const value of ['4', '6', '7'])
    await stripe.billing.meterEvents.create({ event_name: 'seats', payload: { stripe_customer_id: customer, value } })
  await emulator.admin.settled()
  assert.deepEqual(
    told.filter((type) => /report|no_meter|alert/.test(type)),
    ['billing.meter.error_report_triggered', 'billing.meter.no_meter_found', 'billing.alert.triggered'],
  )
})

test('a smaller plan from the next renewal on, by a schedule', async () => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.UTC(2027, 2, 1) / 1000) })
  const customer = await payer(stripe, 'pm_card_visa', { test_clock: clock.id })
  const [large, small] = [await plan(stripe, 3000), await plan(stripe, 1000)]
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: large }] })
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
  const [now] = schedule.phases
  assert(now)
  await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: 'release',
    phases: [
      { items: [{ price: large, quantity: 1 }], start_date: now.start_date, end_date: now.end_date },
      { items: [{ price: small, quantity: 1 }], duration: { interval: 'month' }, proration_behavior: 'none' },
    ],
  })
  const priceNow = async () => (await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.price.id
  assert.equal(await priceNow(), large)
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 32 * day })
  assert.equal(await priceNow(), small)
  assert.deepEqual(
    (await stripe.invoices.list({ customer })).data.map((invoice) => invoice.total),
    [1000, 3000],
  )
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 63 * day })
  assert.equal((await stripe.subscriptionSchedules.retrieve(schedule.id)).status, 'released')
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).schedule, null)
})

test('what a plan entitles to follows the subscription', async () => {
  const feature = await stripe.entitlements.features.create({ name: 'Reports', lookup_key: 'reports' })
  const product = await stripe.products.create({ name: 'Pro' })
  await stripe.products.createFeature(product.id, { entitlement_feature: feature.id })
  const price = await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 100, recurring: { interval: 'month' } })
  const customer = await payer(stripe)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] })
  const held = async () => (await stripe.entitlements.activeEntitlements.list({ customer })).data.map(({ lookup_key }) => lookup_key)
  assert.deepEqual(await held(), ['reports'])
  await stripe.subscriptions.cancel(subscription.id)
  assert.deepEqual(await held(), [])
})
