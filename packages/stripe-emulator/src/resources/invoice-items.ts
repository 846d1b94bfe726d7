/** What waits to be put onto an invoice. */
import type { Stripe } from 'stripe'
import { clockOf, nowFor } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, find, remove, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'
import { type Line, newLine, setLines } from './invoices.ts'
import { amountFor, unitDecimal } from './prices.ts'

type InvoiceItem = Held<'invoiceitem'>

const subscriptionOfItem = (item: InvoiceItem): string | undefined => item.parent?.subscription_details?.subscription

export function lineOf(world: World, item: InvoiceItem): Line {
  const price = item.pricing?.price_details?.price as string | undefined
  const details = item.parent?.subscription_details
  return newLine(world, {
    amount: item.amount,
    currency: item.currency,
    description: item.description ?? '',
    period: item.period,
    ...(price ? { price: find(world, 'price', price) } : {}),
    quantity: item.quantity,
    proration: item.proration,
    discountable: item.discountable,
    invoiceItem: item.id,
    metadata: item.metadata ?? {},
    ...(details ? { subscription: details.subscription } : {}),
    ...(details?.subscription_item ? { subscriptionItem: details.subscription_item } : {}),
  })
}

/** Lines for all that waits for a customer: of one subscription and of none. Whoever takes them puts them onto an invoice. */
export function takePending(world: World, customer: string, subscription?: string): Line[] {
  return pendingOf(world, customer, subscription).map((item) => lineOf(world, item))
}

export const pendingOf = (world: World, customer: string, subscription?: string): InvoiceItem[] =>
  all(world, 'invoiceitem').filter((each) => {
    const of = subscriptionOfItem(each)
    return each.customer === customer && !each.invoice && (of === undefined || of === subscription)
  })

function createItem(world: World, { params }: Asked<Stripe.InvoiceItemCreateParams>): InvoiceItem {
  if (!params.customer) throw missing('customer')
  const customer = livingCustomer(world, params.customer, 'customer')
  const draft = params.invoice ? draftFor(world, params.invoice) : undefined
  const price = params.pricing?.price ? find(world, 'price', params.pricing.price, 'pricing[price]') : undefined
  const quantity = params.quantity ?? 1
  const amount =
    params.amount ??
    (price
      ? amountFor(world, price, quantity)
      : params.unit_amount_decimal
        ? Math.round(Number(params.unit_amount_decimal) * quantity)
        : undefined)
  if (amount === undefined) throw missing('amount')
  const currency = params.currency ?? price?.currency ?? customer.currency
  if (!currency) throw missing('currency')
  const at = nowFor(world, customer.id)
  const unit = price ? unitDecimal(world, price) : amount / quantity
  const item = create(world, 'invoiceitem', {
    amount,
    currency,
    customer: customer.id,
    date: at,
    description: params.description ?? null,
    discountable: params.discountable ?? amount >= 0,
    discounts: [],
    invoice: params.invoice ?? null,
    metadata: mergeMetadata(null, params.metadata),
    parent: params.subscription ? { type: 'subscription_details', subscription_details: { subscription: params.subscription } } : null,
    period: params.period ?? { start: at, end: at },
    pricing: price
      ? ({ type: 'price_details', price_details: { price: price.id, product: price.product }, unit_amount_decimal: String(unit) } as never)
      : null,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: clockOf(world, customer.id),
  })
  tell(world, 'invoiceitem.created', item)
  if (draft) setLines(world, draft, [...(draft.lines.data as never as Line[]), lineOf(world, item)])
  return item
}

function draftFor(world: World, id: string): Held<'invoice'> {
  const invoice = find(world, 'invoice', id, 'invoice')
  if (invoice.status !== 'draft')
    throw invalid('The specified invoice is not a draft, and cannot be changed.', { param: 'invoice', code: 'invoice_not_editable' })
  return invoice
}

function deleteItem(world: World, { id }: Asked<unknown>) {
  const item = find(world, 'invoiceitem', id)
  const invoice = item.invoice ? draftFor(world, item.invoice) : undefined
  if (invoice)
    setLines(
      world,
      invoice,
      (invoice.lines.data as never as Line[]).filter((line) => line.parent?.invoice_item_details?.invoice_item !== id),
    )
  remove(world, 'invoiceitem', id)
  tell(world, 'invoiceitem.deleted', item)
  return { id, object: 'invoiceitem', deleted: true }
}

export const invoiceItems = {
  'invoiceItems.create': createItem,
  'invoiceItems.retrieve': (world, { id }) => find(world, 'invoiceitem', id),
  'invoiceItems.list': (world, { params }: Asked<Stripe.InvoiceItemListParams>) =>
    page(
      all(world, 'invoiceitem'),
      params,
      '/v1/invoiceitems',
      (each) =>
        (!params.customer || each.customer === params.customer) &&
        (!params.pending || !each.invoice) &&
        (!params.invoice || each.invoice === params.invoice),
    ),
  'invoiceItems.del': deleteItem,
} satisfies Operations
