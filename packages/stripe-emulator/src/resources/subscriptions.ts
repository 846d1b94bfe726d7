/** Beginning a subscription, and reading it. Changing it is in subscription-changes.ts, its course in renewals.ts. */
import type { Stripe } from 'stripe'
import { after, nextEnd } from '../calendar.ts'
import { clockOf, day, hour, nowFor, plan } from '../clock.ts'
import { invalid, missing, Refused } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked } from '../operations.ts'
import { all, create, find, newId, type World } from '../world.ts'
import { attempt, issue, methodFor } from './collection.ts'
import { redeem, spend } from './coupons.ts'
import { livingCustomer } from './customers.ts'
import { takePending } from './invoice-items.ts'
import { draftInvoice, type Invoice, type Line, newLine } from './invoices.ts'
import type { Circumstances } from './payments.ts'
import { amountFor, isSoldIn } from './prices.ts'
import { newSetupIntent } from './setup-intents.ts'
import { planAhead, type Item, type Subscription, tellEntitlements } from './standing.ts'
import { advanceLine, type AskedItem, isMetered, newItem, priceOfItem, recurringPrice, spanOf } from './subscription-items.ts'
import { locate } from './tax.ts'

export type CreateParams = Asked<Stripe.SubscriptionCreateParams>['params']

/** How the first payment is made: by default without the holder, unless the parameters say otherwise. */
export interface Beginning extends Circumstances {
  collect?: boolean
}

export function beginSubscription(world: World, params: CreateParams, how: Beginning = { onSession: !params.off_session }): Subscription {
  const { customer } = params
  if (!customer) throw missing('customer')
  if (!params.items?.length) throw missing('items')
  const owner = livingCustomer(world, customer, 'customer')
  if (params.automatic_tax?.enabled && !locate(world, owner))
    throw invalid("The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.", {
      code: 'customer_tax_location_invalid',
    })
  checkMethod(world, params)
  const subscription = write(world, params)
  const invoice = firstInvoice(world, subscription, params)
  const begun = change(world, subscription, {
    latest_invoice: invoice.id,
    discounts: spend(world, subscription.discounts, subscription.start_date),
  })
  planAhead(world, begun)
  tell(world, 'customer.subscription.created', begun)
  tell(world, 'invoice.created', invoice)
  collectFirst(world, begun, invoice, params.payment_behavior ?? 'allow_incomplete', how)
  tellEntitlements(world, customer)
  return find(world, 'subscription', subscription.id)
}

function checkMethod(world: World, { default_payment_method, customer }: CreateParams): void {
  if (!default_payment_method) return
  if (find(world, 'payment_method', default_payment_method, 'default_payment_method').customer !== customer)
    throw invalid('The customer does not have a payment method with the ID given.', {
      param: 'default_payment_method',
      code: 'resource_missing',
    })
}

/** The end of the trial, if there is one. */
function trialEnd(world: World, params: CreateParams, at: number): number | null {
  if (params.trial_end === 'now') return null
  if (params.trial_end) return params.trial_end
  const fromPrice = params.trial_from_plan ? find(world, 'price', params.items?.[0]?.price ?? '').recurring?.trial_period_days : undefined
  const days = params.trial_period_days ?? fromPrice
  return days ? at + days * day : null
}

function write(world: World, params: CreateParams): Subscription {
  const customer = params.customer as string
  const at = nowFor(world, customer)
  const trial_end = trialEnd(world, params, at)
  const id = newId(world, 'subscription')
  const first = recurringPrice(world, params.items?.[0]?.price, 'items[0]')
  const anchor = params.billing_cycle_anchor ?? trial_end ?? at
  const items = (params.items ?? []).map((asked, i) => {
    const price = recurringPrice(world, asked.price, `items[${i}]`)
    if (price.currency !== first.currency)
      throw invalid('All prices on a subscription must have the same currency.', { param: `items[${i}][price]` })
    const end = trial_end ?? (params.billing_cycle_anchor ? nextEnd(anchor, spanOf({ price }), at) : after(at, spanOf({ price })))
    return newItem(world, id, asked as AskedItem, { start: at, end }, `items[${i}]`, at)
  })
  const currency = params.currency ?? first.currency
  checkCurrency(world, { customer, currency, items: items as never })
  const subscription = create(world, 'subscription', {
    ...shapeOf(params),
    id,
    billing_cycle_anchor: anchor,
    created: at,
    currency,
    customer,
    discounts: redeem(world, (params.discounts ?? []) as never[], { customer, subscription: id }),
    items: { object: 'list', data: items as never, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    start_date: at,
    status: trial_end ? 'trialing' : 'incomplete',
    test_clock: clockOf(world, customer),
    trial_end,
    trial_start: trial_end ? at : null,
  })
  return change(world, subscription, cancellation(params, subscription, at))
}

/** Every price knows the currency, and a customer pays everything that lives in one. */
function checkCurrency(world: World, { customer, currency, items }: { customer: string; currency: string; items: Item[] }): void {
  const stranger = items.map(priceOfItem).find((price) => !isSoldIn(world, price, currency))
  if (stranger) throw invalid(`The price specified (${stranger.id}) does not support the currency \`${currency}\`.`, { param: 'currency' })
  const other = all(world, 'subscription').find(
    (each) => each.customer === customer && each.currency !== currency && !['canceled', 'incomplete_expired'].includes(each.status),
  )
  if (other)
    throw invalid(
      `You cannot combine currencies on a single customer. This customer has an active subscription with currency ${other.currency}.`,
      { param: 'currency' },
    )
}

/** What is copied from the parameters as it stands. */
function shapeOf(params: CreateParams) {
  const { payment_settings } = params
  return {
    automatic_tax: { enabled: params.automatic_tax?.enabled ?? false, disabled_reason: null, liability: null },
    billing_mode: { type: params.billing_mode?.type ?? 'flexible', flexible: { proration_discounts: 'included' } } as never,
    collection_method: params.collection_method ?? 'charge_automatically',
    days_until_due: params.days_until_due ?? null,
    default_payment_method: params.default_payment_method ?? null,
    default_tax_rates: [],
    description: params.description ?? null,
    invoice_settings: { issuer: { type: 'self' as const } },
    metadata: mergeMetadata(null, params.metadata),
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: payment_settings?.save_default_payment_method ?? 'off',
    } as never,
    trial_settings: {
      end_behavior: { missing_payment_method: params.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice' },
    } as never,
  }
}

type Ending = { cancel_at?: number | string | null; cancel_at_period_end?: boolean }

/** When it is to end, from what was asked. */
export function cancellation({ cancel_at, cancel_at_period_end }: Ending, subscription: Subscription, at: number): Partial<Subscription> {
  const ends = subscription.items.data.map((item) => item.current_period_end)
  if (cancel_at_period_end) return { cancel_at_period_end: true, cancel_at: Math.min(...ends), canceled_at: at }
  if (cancel_at_period_end === false && cancel_at === undefined)
    return subscription.cancel_at_period_end ? { cancel_at_period_end: false, cancel_at: null, canceled_at: null } : {}
  if (cancel_at === undefined) return {}
  if (cancel_at === null) return { cancel_at: null, cancel_at_period_end: false, canceled_at: null }
  const moment = cancel_at === 'min_period_end' ? Math.min(...ends) : cancel_at === 'max_period_end' ? Math.max(...ends) : Number(cancel_at)
  if (!Number.isFinite(moment)) throw invalid('Invalid cancel_at', { param: 'cancel_at' })
  return { cancel_at: moment, cancel_at_period_end: cancel_at === 'min_period_end', canceled_at: at }
}

function firstInvoice(world: World, subscription: Subscription, params: CreateParams): Invoice {
  const trial = subscription.status === 'trialing'
  const stub = params.billing_cycle_anchor !== undefined && !trial
  const lines = (subscription.items.data as unknown as Item[])
    .filter((item) => !isMetered(item))
    .map((item) => {
      const period = { start: item.current_period_start, end: item.current_period_end }
      const line = advanceLine(world, subscription, item, period, trial)
      return stub ? partial(line, item, params.proration_behavior === 'none') : line
    })
  const extra = (params.add_invoice_items ?? []).map((each) => extraLine(world, subscription, each.price ?? '', each.quantity ?? 1))
  const pending = takePending(world, subscription.customer, subscription.id)
  return draftInvoice(world, { ...paperFor(subscription, 'subscription_create'), lines: [...lines, ...extra, ...pending] })
}

/** A first period that is cut short by the anchor costs its part only. */
function partial(line: Line, item: Item, free: boolean): Line {
  const whole = after(item.current_period_start, spanOf(item)) - item.current_period_start
  const amount = free ? 0 : Math.round((line.amount * (item.current_period_end - item.current_period_start)) / whole)
  return { ...line, amount, subtotal: amount }
}

function extraLine(world: World, subscription: Subscription, priceId: string, quantity: number): Line {
  const price = find(world, 'price', priceId, 'add_invoice_items[0][price]')
  const at = subscription.start_date
  return newLine(world, {
    amount: amountFor(world, price, quantity, subscription.currency),
    currency: subscription.currency,
    description: price.nickname ?? 'One-off item',
    period: { start: at, end: at },
    price,
    quantity,
    subscription: subscription.id,
  })
}

/** What every invoice of a subscription has in common. */
export function paperFor(subscription: Subscription, billing_reason: Invoice['billing_reason']) {
  const at = subscription.items.data[0]
  return {
    customer: subscription.customer,
    currency: subscription.currency,
    billing_reason,
    subscription,
    period: { start: at?.current_period_start ?? subscription.start_date, end: at?.current_period_start ?? subscription.start_date },
    collection_method: subscription.collection_method,
    daysUntilDue: subscription.days_until_due,
    automaticTax: subscription.automatic_tax.enabled,
    discounts: subscription.discounts,
  }
}

/** The first payment decides whether it is active, or waits for its holder. */
function collectFirst(world: World, subscription: Subscription, drafted: Invoice, behavior: string, how: Beginning): void {
  const trial = subscription.status === 'trialing'
  if (subscription.collection_method === 'send_invoice' && !trial) change(world, subscription, { status: 'active' })
  const invoice = issue(world, drafted)
  if (trial && !methodFor(world, invoice)) askForMethod(world, subscription)
  const waits = invoice.status === 'open' && invoice.collection_method === 'charge_automatically'
  if (!waits || how.collect === false) return
  plan(world, 'subscription.expire', subscription.id, subscription.created + 23 * hour, clockOf(world, subscription.customer))
  if (behavior === 'default_incomplete') return
  const tried = attempt(world, invoice, how)
  if (tried.status !== 'open' || behavior !== 'error_if_incomplete') return
  throw paymentFailed(world, tried)
}

/** The decline, thrown so that nothing of the subscription stays. */
export function paymentFailed(world: World, invoice: Invoice): Refused {
  const intents = all(world, 'invoice_payment').filter((each) => each.invoice === invoice.id)
  const intent = intents.length > 0 ? find(world, 'payment_intent', intents.at(-1)?.payment.payment_intent as string) : undefined
  const error = intent?.last_payment_error
  if (!error)
    return invalid('This customer has no attached payment source or default payment method, or their payment needs them to act.', {
      code: intent ? 'subscription_payment_intent_requires_action' : 'resource_missing',
      status: 402,
    })
  return new Refused(402, {
    type: 'card_error',
    code: error.code ?? 'card_declined',
    message: error.message ?? 'Your card was declined.',
    ...(error.decline_code ? { decline_code: error.decline_code } : {}),
  })
}

/** A trial without a card asks for one. */
function askForMethod(world: World, subscription: Subscription): void {
  const intent = newSetupIntent(world, { customer: subscription.customer })
  change(world, find(world, 'subscription', subscription.id), { pending_setup_intent: intent.id })
}

export function listSubscriptions(world: World, { params }: Asked<Stripe.SubscriptionListParams>) {
  const { customer, price, status, test_clock, collection_method } = params
  const wanted = (each: Subscription) => {
    if (status === 'all') return true
    if (status === 'ended') return each.status === 'canceled' || each.status === 'incomplete_expired'
    return status ? each.status === status : each.status !== 'canceled' && each.status !== 'incomplete_expired'
  }
  return page(
    all(world, 'subscription'),
    params,
    '/v1/subscriptions',
    (each) =>
      wanted(each) &&
      (!customer || each.customer === customer) &&
      (!price || each.items.data.some((item) => (item.price as unknown as { id: string }).id === price)) &&
      (!collection_method || each.collection_method === collection_method) &&
      (!test_clock || each.test_clock === test_clock),
  )
}
