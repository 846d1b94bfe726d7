/** The paper itself: lines, sums, tax, its number, and which state may follow which. Paying is in collection.ts. */
import { clockOf, day, nowFor } from '../clock.ts'
import { Refused } from '../errors.ts'
import { change, tell } from '../events.ts'
import { listOf } from '../lists.ts'
import { become } from '../machine.ts'
import type { Held } from '../wire.ts'
import { all, create, draft, notes, peek, put, type World } from '../world.ts'
import { reductions } from './coupons.ts'
import { adjustBalance, type Customer, livingCustomer } from './customers.ts'
import type { Price } from './prices.ts'
import { type TaxAnswer, taxFor, taxOn } from './tax.ts'

export type Invoice = Held<'invoice'>
export type Line = Held<'line_item'>

export interface NewLine {
  amount: number
  currency: string
  description: string
  period: { start: number; end: number }
  price?: Price
  quantity?: number
  proration?: boolean
  subscription?: string
  subscriptionItem?: string
  invoiceItem?: string
  discountable?: boolean
  metadata?: Record<string, string>
}

export function newLine(world: World, line: NewLine): Line {
  const { price, subscription = null, subscriptionItem, invoiceItem = null, proration = false } = line
  const details = { proration, proration_details: { credited_items: null }, subscription }
  return draft(world, 'line_item', {
    amount: line.amount,
    currency: line.currency,
    description: line.description,
    discountable: line.discountable ?? !proration,
    metadata: line.metadata ?? {},
    parent: (subscriptionItem
      ? {
          type: 'subscription_item_details',
          invoice_item_details: null,
          subscription_item_details: { ...details, invoice_item: invoiceItem, subscription_item: subscriptionItem },
        }
      : invoiceItem && {
          type: 'invoice_item_details',
          subscription_item_details: null,
          invoice_item_details: { ...details, invoice_item: invoiceItem },
        }) as never,
    period: line.period,
    pricing: price
      ? ({
          type: 'price_details',
          price_details: { price: price.id, product: price.product },
          unit_amount_decimal: price.unit_amount_decimal,
        } as never)
      : null,
    quantity: line.quantity ?? 1,
    quantity_decimal: String(line.quantity ?? 1),
    subscription,
    subtotal: line.amount,
    taxes: [],
  })
}

export interface NewInvoice {
  customer: string
  currency: string
  billing_reason: Invoice['billing_reason']
  lines: Line[]
  period: { start: number; end: number }
  subscription?: Held<'subscription'>
  collection_method?: Invoice['collection_method']
  daysUntilDue?: number | null
  dueDate?: number | null
  auto_advance?: boolean
  automaticTax?: boolean
  discounts?: string[]
  description?: string | null
  footer?: string | null
  metadata?: Record<string, string>
  default_payment_method?: string | null
  automatically_finalizes_at?: number | null
}

/** A draft with everything on it. */
export function draftInvoice(world: World, paper: NewInvoice): Invoice {
  const customer = livingCustomer(world, paper.customer, 'customer')
  const at = nowFor(world, paper.customer)
  const { subscription } = paper
  const due = paper.dueDate ?? (paper.daysUntilDue ? at + paper.daysUntilDue * day : null)
  const invoice = create(world, 'invoice', {
    ...addressee(customer),
    account_country: world.settings.homeCountry,
    account_name: 'Test company',
    auto_advance: paper.auto_advance ?? true,
    automatic_tax: { enabled: paper.automaticTax ?? false, disabled_reason: null, liability: null, provider: null, status: null },
    automatically_finalizes_at: paper.automatically_finalizes_at ?? null,
    billing_reason: paper.billing_reason,
    collection_method: paper.collection_method ?? 'charge_automatically',
    created: at,
    currency: paper.currency,
    customer: paper.customer,
    default_payment_method: paper.default_payment_method ?? null,
    description: paper.description ?? null,
    discounts: paper.discounts ?? [],
    due_date: due,
    footer: paper.footer ?? null,
    issuer: { type: 'self' },
    metadata: paper.metadata ?? {},
    parent: subscription
      ? ({
          type: 'subscription_details',
          quote_details: null,
          subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
        } as never)
      : null,
    period_end: paper.period.end,
    period_start: paper.period.start,
    starting_balance: customer.balance,
    status: 'draft',
    test_clock: clockOf(world, paper.customer),
  })
  if (customer.currency === null || customer.currency === undefined) change(world, customer, { currency: paper.currency })
  return setLines(world, invoice, paper.lines)
}

const addressee = (customer: Customer) => ({
  customer_address: (customer.address ?? null) as never,
  customer_email: customer.email,
  customer_name: customer.name ?? null,
  customer_phone: customer.phone ?? null,
  customer_shipping: (customer.shipping ?? null) as never,
  customer_tax_exempt: customer.tax_exempt ?? 'none',
})

/** Puts lines onto a draft and sums everything up anew. Items that waited for an invoice have found it. */
export function setLines(world: World, invoice: Invoice, given: Line[]): Invoice {
  const lines = given.map((line) => ({ ...line, invoice: invoice.id }))
  for (const line of lines) {
    const item = peek(
      world,
      'invoiceitem',
      line.parent?.invoice_item_details?.invoice_item ?? line.parent?.subscription_item_details?.invoice_item,
    )
    if (item && item.invoice !== invoice.id) put(world, 'invoiceitem', { ...item, invoice: invoice.id })
  }
  return change(world, invoice, sums(world, invoice, lines) as never)
}

function sums(world: World, invoice: Invoice, given: Line[]) {
  const subtotal = total(given)
  const discountable = total(given.filter((line) => line.discountable))
  const off = reductions(world, invoice.discounts, Math.max(0, discountable), invoice.created)
  const tax = invoice.automatic_tax.enabled ? taxFor(world, livingCustomer(world, invoice.customer ?? '', 'customer')) : undefined
  const lines = given.map((line) => taxed(world, discounted(line, off, discountable), tax))
  const reduced = off.reduce((sum, each) => sum + each.amount, 0)
  const taxes = lines.flatMap((line) => line.taxes ?? [])
  const onTop = taxes.filter((each) => each.tax_behavior === 'exclusive').reduce((sum, each) => sum + each.amount, 0)
  const all = taxes.reduce((sum, each) => sum + each.amount, 0)
  const sum = subtotal - reduced + onTop
  return {
    lines: { ...listOf(lines, `/v1/invoices/${invoice.id}/lines`) },
    subtotal,
    subtotal_excluding_tax: subtotal - (all - onTop),
    total: sum,
    total_excluding_tax: sum - all,
    total_discount_amounts: off,
    total_pretax_credit_amounts: off.map(({ amount, discount }) => ({ amount, discount, type: 'discount' })),
    total_taxes: merged(taxes),
    automatic_tax: {
      ...invoice.automatic_tax,
      status: invoice.automatic_tax.enabled ? (tax ? 'complete' : 'requires_location_inputs') : null,
      provider: invoice.automatic_tax.enabled ? 'stripe' : null,
    },
    ...dues(invoice, sum),
  }
}

const total = (lines: Line[]): number => lines.reduce((sum, line) => sum + line.amount, 0)

/** What is left to pay once what we owe the customer is taken off. */
function dues(invoice: Invoice, sum: number) {
  const amount_due = Math.max(0, sum + invoice.starting_balance)
  return { amount_due, amount_remaining: amount_due - invoice.amount_paid }
}

/** Every line bears its part of the discounts; the last cent goes nowhere that a sum would miss it. */
function discounted(line: Line, off: { discount: string; amount: number }[], whole: number): Line {
  if (!line.discountable || whole <= 0) return line
  const discount_amounts = off.map(({ discount, amount }) => ({ discount, amount: Math.round((amount * line.amount) / whole) }))
  return { ...line, discount_amounts, discounts: off.map(({ discount }) => discount) }
}

function taxed(world: World, line: Line, answer: TaxAnswer | null | undefined): Line {
  if (!answer) return line
  const inclusive = peek(world, 'price', priceOf(line))?.tax_behavior === 'inclusive'
  const base = line.amount - (line.discount_amounts ?? []).reduce((sum, each) => sum + each.amount, 0)
  const amount = taxOn(base, answer.percent, inclusive)
  const entry = {
    amount,
    tax_behavior: inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: rateFor(world, answer, inclusive) },
    taxability_reason: answer.reason,
    taxable_amount: inclusive ? base - amount : base,
    type: 'tax_rate_details',
  }
  return { ...line, taxes: [entry as never] }
}

export const priceOf = (line: Line): string | undefined => line.pricing?.price_details?.price as string | undefined

const rates = notes<string>('rate')

/** The tax rate object that stands for a country's rate. */
function rateFor(world: World, { country, percent }: TaxAnswer, inclusive: boolean): string {
  const name = `${country} ${percent} ${inclusive}`
  const known = rates.of(world, name)
  if (known) return known
  const rate = create(world, 'tax_rate', {
    active: false,
    country,
    created: nowFor(world, null),
    display_name: country === 'US' ? 'Sales tax' : 'VAT',
    effective_percentage: percent,
    inclusive,
    jurisdiction: country,
    metadata: {},
    percentage: percent,
    rate_type: 'percentage',
  })
  rates.set(world, name, rate.id)
  return rate.id
}

function merged(taxes: NonNullable<Line['taxes']>): NonNullable<Invoice['total_taxes']> {
  const byRate = new Map<string, NonNullable<Line['taxes']>[number]>()
  for (const each of taxes) {
    const key = JSON.stringify([each.tax_rate_details, each.tax_behavior, each.taxability_reason])
    const before = byRate.get(key)
    byRate.set(
      key,
      before
        ? { ...each, amount: before.amount + each.amount, taxable_amount: (before.taxable_amount ?? 0) + (each.taxable_amount ?? 0) }
        : each,
    )
  }
  return [...byRate.values()] as NonNullable<Invoice['total_taxes']>
}

/** Gives it its number; from now on nothing on it changes. The customer's balance goes into it. */
export function finalize(world: World, given: Invoice): Invoice {
  const customer = livingCustomer(world, given.customer ?? '', 'customer')
  const current = change(world, given, { starting_balance: customer.balance, ...(addressee(customer) as object) } as never)
  const invoice = setLines(world, current, current.lines.data)
  if (invoice.automatic_tax.status === 'requires_location_inputs') throw failFinalization(world, invoice)
  const at = nowFor(world, invoice.customer)
  const numbered = become(world, invoice, 'open', {
    number: `${customer.invoice_prefix}-${String(customer.next_invoice_sequence).padStart(4, '0')}`,
    status_transitions: { ...invoice.status_transitions, finalized_at: at },
    effective_at: at,
    automatically_finalizes_at: null,
    hosted_invoice_url: `${world.origin}/i/${invoice.id}`,
    invoice_pdf: `${world.origin}/i/${invoice.id}/pdf`,
    ending_balance: applyBalance(world, customer, invoice),
  })
  change(world, livingCustomer(world, customer.id), { next_invoice_sequence: (customer.next_invoice_sequence ?? 1) + 1 })
  tell(world, 'invoice.finalized', numbered)
  return numbered
}

/** What the customer has in credit (or owes from before) is taken into account once, here. */
function applyBalance(world: World, { id, balance }: Customer, invoice: Invoice): number {
  const ending = invoice.total < 0 ? balance + invoice.total : balance > 0 ? 0 : Math.min(0, balance + invoice.total)
  if (ending !== balance)
    adjustBalance(world, id, { amount: ending - balance, currency: invoice.currency, type: 'applied_to_invoice', invoice: invoice.id })
  return ending
}

function failFinalization(world: World, invoice: Invoice): Refused {
  const body = {
    type: 'invalid_request_error' as const,
    code: 'customer_tax_location_invalid',
    message: "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
  }
  tell(world, 'invoice.finalization_failed', change(world, invoice, { last_finalization_error: body as never }))
  return new Refused(400, body, true)
}

export function markPaid(world: World, invoice: Invoice, paid: number): Invoice {
  const at = nowFor(world, invoice.customer)
  const done = become(
    world,
    invoice,
    'paid',
    {
      amount_paid: invoice.amount_paid + paid,
      amount_remaining: 0,
      attempted: true,
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: { ...invoice.status_transitions, paid_at: at },
    },
    'invoice.updated',
  )
  tell(world, 'invoice.paid', done)
  tell(world, 'invoice.payment_succeeded', done)
  return done
}

export const voidInvoice = (world: World, invoice: Invoice): Invoice => {
  const done = become(world, invoice, 'void', {
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, voided_at: nowFor(world, invoice.customer) },
  })
  tell(world, 'invoice.voided', done)
  return done
}

export const markUncollectible = (world: World, invoice: Invoice): Invoice => {
  const done = become(world, invoice, 'uncollectible', {
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: nowFor(world, invoice.customer) },
  })
  tell(world, 'invoice.marked_uncollectible', done)
  return done
}

export const subscriptionOf = (invoice: Invoice): string | null =>
  (invoice.parent?.subscription_details?.subscription as string | undefined) ?? null

export const invoicesOf = (world: World, subscription: string): Invoice[] =>
  all(world, 'invoice').filter((each) => subscriptionOf(each) === subscription)

export const paymentsOf = (world: World, invoice: string): Held<'invoice_payment'>[] =>
  all(world, 'invoice_payment').filter((each) => each.invoice === invoice)
