/** Invoices, as the API offers them, with the preview of what a change would cost. */
import type { Stripe } from 'stripe'
import { nowFor } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, find, rehearse, remove, type World } from '../world.ts'
import { abandon, issue, pay, payOutOfBand, writeOff } from './collection.ts'
import { redeem } from './coupons.ts'
import { livingCustomer } from './customers.ts'
import { lineOf, pendingOf, takePending } from './invoice-items.ts'
import { draftInvoice, type Invoice, type Line, newLine, paymentsOf, setLines, subscriptionOf } from './invoices.ts'
import { amountFor } from './prices.ts'
import { asPreview, nextPeriod } from './renewals.ts'
import { latestPeriodEnd, type Subscription } from './standing.ts'
import { cancelSubscription, updateSubscription } from './subscription-changes.ts'
import { beginSubscription } from './subscriptions.ts'

function createInvoice(world: World, { params }: Asked<Stripe.InvoiceCreateParams>): Invoice {
  if (!params.customer) throw missing('customer')
  const customer = livingCustomer(world, params.customer, 'customer')
  const subscription = params.subscription ? find(world, 'subscription', params.subscription, 'subscription') : undefined
  const wanted = params.pending_invoice_items_behavior === 'include'
  const lines = wanted ? takePending(world, customer.id, params.subscription) : []
  const currency = params.currency ?? lines[0]?.currency ?? subscription?.currency ?? customer.currency
  if (!currency) throw missing('currency')
  const at = nowFor(world, customer.id)
  const invoice = draftInvoice(world, {
    customer: customer.id,
    currency,
    billing_reason: 'manual',
    lines,
    period: { start: at, end: at },
    ...(subscription ? { subscription } : {}),
    collection_method: params.collection_method ?? 'charge_automatically',
    daysUntilDue: params.days_until_due ?? null,
    dueDate: params.due_date ?? null,
    auto_advance: params.auto_advance ?? false,
    automaticTax: params.automatic_tax?.enabled ?? false,
    discounts: redeem(world, (params.discounts ?? []) as never[], { customer: customer.id }),
    description: params.description ?? null,
    footer: params.footer ?? null,
    metadata: mergeMetadata(null, params.metadata),
    default_payment_method: params.default_payment_method ?? null,
  })
  tell(world, 'invoice.created', invoice)
  return invoice
}

function update(world: World, { id, params }: Asked<Stripe.InvoiceUpdateParams>): Invoice {
  const invoice = find(world, 'invoice', id)
  const { description, footer, auto_advance, days_until_due, default_payment_method, due_date } = params
  const fixed = { description, days_until_due, due_date, footer }
  if (invoice.status !== 'draft' && Object.values(fixed).some((each) => each !== undefined))
    throw invalid('Finalized invoices cannot be updated in this way.', { code: 'invoice_not_editable' })
  const due = days_until_due ? nowFor(world, invoice.customer) + days_until_due * 86_400 : due_date
  const metadata = mergeMetadata(invoice.metadata, params.metadata)
  return change(
    world,
    invoice,
    { description, footer, auto_advance, default_payment_method, due_date: due, metadata } as never,
    'invoice.updated',
  )
}

function deleteDraft(world: World, { id }: Asked<unknown>) {
  const invoice = find(world, 'invoice', id)
  if (invoice.status !== 'draft' || subscriptionOf(invoice))
    throw invalid('You can only delete draft invoices that are not of a subscription.', { code: 'invoice_not_editable' })
  for (const item of all(world, 'invoiceitem')) if (item.invoice === id) change(world, item, { invoice: null })
  remove(world, 'invoice', id)
  tell(world, 'invoice.deleted', invoice)
  return { id, object: 'invoice', deleted: true }
}

function finalizeAsked(world: World, { id, params }: Asked<Stripe.InvoiceFinalizeInvoiceParams>): Invoice {
  const invoice = find(world, 'invoice', id)
  if (invoice.status !== 'draft')
    throw invalid(`This invoice is already finalized, you can't re-finalize a non-draft invoice.`, { code: 'invoice_already_finalized' })
  return issue(world, change(world, invoice, { auto_advance: params.auto_advance }))
}

function payAsked(world: World, { id, params }: Asked<Stripe.InvoicePayParams>): Invoice {
  const found = find(world, 'invoice', id)
  const invoice = found.status === 'draft' ? issue(world, found) : found
  if (found.status === 'draft' && invoice.status === 'paid') return invoice
  if (params.paid_out_of_band) return payOutOfBand(world, invoice)
  const method = params.payment_method
  if (method && find(world, 'payment_method', method, 'payment_method').customer !== invoice.customer)
    throw invalid('The customer does not have a payment method with the ID given.', { param: 'payment_method', code: 'resource_missing' })
  return pay(world, invoice, { onSession: params.off_session === false, ...(method ? { method } : {}) })
}

function send(world: World, { id }: Asked<unknown>): Invoice {
  const found = find(world, 'invoice', id)
  const invoice = found.status === 'draft' ? issue(world, found) : found
  tell(world, 'invoice.sent', invoice)
  return invoice
}

type PreviewParams = Asked<Stripe.InvoiceCreatePreviewParams>['params']

/** What would be invoiced next. Everything is done and then taken back. */
const preview = (world: World, { params }: Asked<Stripe.InvoiceCreatePreviewParams>): Invoice =>
  rehearse(world, () => {
    const subscription = params.subscription ? find(world, 'subscription', params.subscription, 'subscription') : undefined
    const customer = livingCustomer(world, params.customer ?? subscription?.customer ?? missingCustomer(), 'customer').id
    const before = new Set(all(world, 'invoice').map(({ id }) => id))
    const changed = subscription ? tryOut(world, subscription, params) : tryNew(world, customer, params)
    const drawn = all(world, 'invoice').find((each) => !before.has(each.id))
    const invoice = drawn ?? (changed ? ahead(world, changed) : pendingOnly(world, customer, params))
    return previewed(withExtras(world, invoice, params))
  })

function missingCustomer(): never {
  throw missing('customer')
}

/** As a preview looks: nothing has been finalised, nothing paid. */
const previewed = (invoice: Invoice): Invoice =>
  ({ ...asPreview(invoice), status: 'draft', attempt_count: 0, attempted: false, number: null }) as Invoice

function tryOut(world: World, subscription: Subscription, { subscription_details: details }: PreviewParams): Subscription | undefined {
  if (!details) return subscription
  const { cancel_now, pause: _pause, resume_at: _resume, start_date: _start, billing_mode: _mode, ...params } = details
  if (cancel_now) {
    cancelSubscription(world, subscription, { prorate: params.proration_behavior !== 'none', invoice_now: true })
    return undefined
  }
  return updateSubscription(world, subscription, params as never, { collect: false })
}

function tryNew(world: World, customer: string, params: PreviewParams): Subscription | undefined {
  if (!params.subscription_details?.items?.length) return undefined
  const { items, trial_end, cancel_at } = params.subscription_details
  const { currency } = params
  const wanted = { customer, currency, items, trial_end, cancel_at, automatic_tax: params.automatic_tax, discounts: params.discounts }
  const defined = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null))
  return beginSubscription(world, defined as never, { onSession: false, collect: false })
}

function ahead(world: World, subscription: Subscription): Invoice {
  if (subscription.cancel_at !== null && pendingOf(world, subscription.customer, subscription.id).length === 0)
    throw invalid('No upcoming invoices for customer: the subscription is set to cancel.', { code: 'invoice_upcoming_none', status: 404 })
  return nextPeriod(world, subscription, latestPeriodEnd(subscription)).invoice
}

function pendingOnly(world: World, customer: string, params: PreviewParams): Invoice {
  const items = pendingOf(world, customer)
  if (items.length === 0 && !params.invoice_items?.length)
    throw invalid(`No upcoming invoices for customer: ${customer}`, { code: 'invoice_upcoming_none', status: 404 })
  const at = nowFor(world, customer)
  const currency = params.currency ?? items[0]?.currency ?? 'usd'
  return draftInvoice(world, {
    customer,
    currency,
    billing_reason: 'upcoming',
    lines: items.map((item) => lineOf(world, item)),
    period: { start: at, end: at },
    automaticTax: params.automatic_tax?.enabled ?? false,
  })
}

/** Further items that somebody wonders about. */
function withExtras(world: World, invoice: Invoice, { invoice_items = [] }: PreviewParams): Invoice {
  if (invoice_items.length === 0) return invoice
  const at = nowFor(world, invoice.customer)
  const lines = invoice_items.map((item) => {
    const price = item.price ? find(world, 'price', item.price, 'invoice_items[0][price]') : undefined
    const quantity = item.quantity ?? 1
    const amount = item.amount ?? (price ? amountFor(world, price, quantity) : 0)
    return newLine(world, {
      amount,
      currency: invoice.currency,
      description: item.description ?? '',
      period: { start: at, end: at },
      quantity,
      ...(price ? { price } : {}),
    })
  })
  return setLines(world, { ...invoice, status: 'draft' }, [...(invoice.lines.data as never as Line[]), ...lines])
}

export const invoiceExtras = {
  payments: (world: World, { id }: Invoice) => page(paymentsOf(world, id), {}, `/v1/invoices/${id}/payments`),
  confirmation_secret: (world: World, { id }: Invoice) => {
    const intent = paymentsOf(world, id).find((each) => each.status === 'open')?.payment.payment_intent as string | undefined
    return intent ? { client_secret: find(world, 'payment_intent', intent).client_secret, type: 'payment_intent' } : null
  },
}

const matchesInvoice = (params: Asked<Stripe.InvoiceListParams>['params']) => (each: Held<'invoice'>) =>
  (!params.customer || each.customer === params.customer) &&
  (!params.status || each.status === params.status) &&
  (!params.subscription || subscriptionOf(each) === params.subscription) &&
  (!params.collection_method || each.collection_method === params.collection_method)

export const invoices = {
  'invoices.create': createInvoice,
  'invoices.retrieve': (world, { id }) => find(world, 'invoice', id),
  'invoices.update': update,
  'invoices.list': (world, { params }: Asked<Stripe.InvoiceListParams>) =>
    page(all(world, 'invoice'), params, '/v1/invoices', matchesInvoice(params)),
  'invoices.del': deleteDraft,
  'invoices.finalizeInvoice': finalizeAsked,
  'invoices.pay': payAsked,
  'invoices.sendInvoice': send,
  'invoices.voidInvoice': (world, { id }) => abandon(world, find(world, 'invoice', id)),
  'invoices.markUncollectible': (world, { id }) => writeOff(world, find(world, 'invoice', id)),
  'invoices.createPreview': preview,
  'invoices.listLineItems': (world, { id, params }: Asked<Stripe.InvoiceListLineItemsParams>) =>
    page([...find(world, 'invoice', id).lines.data].reverse(), params, `/v1/invoices/${id}/lines`),
  'invoicePayments.list': (world, { params }: Asked<Stripe.InvoicePaymentListParams>) =>
    page(
      all(world, 'invoice_payment'),
      params,
      '/v1/invoice_payments',
      (each) =>
        (!params.invoice || each.invoice === params.invoice) &&
        (!params.status || each.status === params.status) &&
        (!params.payment?.payment_intent || each.payment.payment_intent === params.payment.payment_intent),
    ),
  'invoicePayments.retrieve': (world, { id }) => find(world, 'invoice_payment', id),
} satisfies Operations
