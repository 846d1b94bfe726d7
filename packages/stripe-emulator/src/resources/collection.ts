/**
 * Collecting what an invoice asks for: the first try, the later ones, and what each outcome means for the
 * subscription that the invoice belongs to.
 */
import { authenticationRequired } from '../cards.ts'
import { clockOf, day, nowFor, plan, unplan } from '../clock.ts'
import { invalid, Refused } from '../errors.ts'
import { change, tell } from '../events.ts'
import { become } from '../machine.ts'
import type { Held } from '../wire.ts'
import { all, create, find, notes, peek, type World } from '../world.ts'
import { livingCustomer, ownerOf } from './customers.ts'
import { finalize, type Invoice, invoicesOf, markPaid, markUncollectible, paymentsOf, subscriptionOf, voidInvoice } from './invoices.ts'
import { cancelPayment, type Circumstances, confirmPayment, newPaymentIntent, type PaymentIntent } from './payments.ts'
import { applyChange, dropChange, paysForChange } from './pending-updates.ts'
import { endSubscription } from './standing.ts'

/** How often an invoice was tried again by itself. */
const retries = notes<number>('retries')

const offSession: Circumstances = { onSession: false }

/** The card in the order in which Stripe looks for one. */
export function methodFor(world: World, invoice: Invoice): string | null {
  const subscription = peek(world, 'subscription', subscriptionOf(invoice))
  const customer = ownerOf(world, invoice.customer)
  return invoice.default_payment_method ?? subscription?.default_payment_method ?? customer?.invoice_settings.default_payment_method ?? null
}

/** Ends the draft, and collects at once unless it is to be sent. */
export function advance(world: World, given: Invoice, how: Circumstances = offSession): Invoice {
  const invoice = issue(world, given)
  if (invoice.status !== 'open' || invoice.collection_method !== 'charge_automatically') return invoice
  return attempt(world, invoice, how)
}

/** Ends the draft: opens the invoice, with its payment intent, or finds that nothing is to be paid. */
export function issue(world: World, given: Invoice): Invoice {
  unplan(world, 'invoice.advance', given.id)
  const invoice = finalize(world, given)
  if (invoice.amount_due === 0) return settled(world, markPaid(world, invoice, 0))
  intentFor(world, invoice)
  if (invoice.collection_method === 'send_invoice' && invoice.due_date)
    plan(world, 'invoice.overdue', invoice.id, invoice.due_date, clockOf(world, invoice.customer))
  return invoice
}

/** The payment intent of an invoice, made when first wanted. */
function intentFor(world: World, invoice: Invoice): PaymentIntent {
  const open = paymentsOf(world, invoice.id).find((each) => each.status === 'open')
  const known = peek(world, 'payment_intent', open?.payment.payment_intent as string | undefined)
  if (known && known.status !== 'canceled') return known
  const { amount_remaining: amount, currency, customer } = invoice
  const intent = newPaymentIntent(world, { amount, currency, customer: customer as string, description: 'Subscription update' })
  create(world, 'invoice_payment', {
    amount_requested: amount,
    created: nowFor(world, customer),
    currency,
    invoice: invoice.id,
    is_default: true,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
  return intent
}

/** Tries to collect; a decline is written down and not thrown. */
export function attempt(world: World, invoice: Invoice, how: Circumstances): Invoice {
  try {
    return pay(world, invoice, how)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return find(world, 'invoice', invoice.id)
  }
}

export interface PayOptions extends Circumstances {
  method?: string
}

/** Collects, or throws the decline, which stays written down. */
export function pay(world: World, invoice: Invoice, how: PayOptions): Invoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw invalid(invoice.status === 'paid' ? 'Invoice is already paid' : `This invoice is ${invoice.status} and cannot be paid.`, {
      code: 'invoice_not_open',
    })
  const method = how.method ?? methodFor(world, invoice)
  if (!method) return withoutMethod(world, invoice)
  const waiting = intentFor(world, invoice)
  const intent = waiting.status === 'requires_action' ? become(world, waiting, 'requires_payment_method', { next_action: null }) : waiting
  try {
    return follow(world, invoice.id, confirmPayment(world, intent, method, how))
  } catch (error) {
    if (error instanceof Refused && error.body.type === 'card_error') failed(world, find(world, 'invoice', invoice.id), error)
    throw error
  }
}

function withoutMethod(world: World, invoice: Invoice): never {
  const message =
    'There is no `default_payment_method` set on this Customer or Invoice. Please set either prior to attempting payment on the Invoice.'
  const refusal = new Refused(400, { type: 'invalid_request_error', code: 'missing_payment_method', message }, true)
  failed(world, invoice, refusal)
  throw refusal
}

/** What the state of its payment means for the invoice. */
export function follow(world: World, id: string, intent: PaymentIntent): Invoice {
  const invoice = find(world, 'invoice', id)
  if (intent.status === 'requires_action') {
    const waiting = change(world, invoice, { attempted: true, attempt_count: invoice.attempt_count + 1 }, 'invoice.updated')
    tell(world, 'invoice.payment_action_required', waiting)
    return waiting
  }
  unplan(world, 'invoice.retry', id)
  unplan(world, 'invoice.overdue', id)
  const payment = paymentsOf(world, id).find((each) => each.payment.payment_intent === intent.id)
  const paid = markPaid(world, change(world, invoice, { attempt_count: invoice.attempt_count + 1 }), intent.amount_received)
  if (payment) {
    const status_transitions = { ...payment.status_transitions, paid_at: nowFor(world, invoice.customer) }
    tell(world, 'invoice_payment.paid', change(world, payment, { status: 'paid', amount_paid: intent.amount_received, status_transitions }))
  }
  return settled(world, paid)
}

/** A paid invoice brings its subscription (back) to life. */
function settled(world: World, invoice: Invoice): Invoice {
  const customer = ownerOf(world, invoice.customer)
  if (
    customer?.delinquent &&
    !all(world, 'invoice').some((each) => each.customer === customer.id && each.status === 'open' && each.attempt_count > 0)
  )
    change(world, customer, { delinquent: false }, 'customer.updated')
  applyChange(world, invoice)
  const subscription = peek(world, 'subscription', subscriptionOf(invoice))
  if (!subscription || subscription.latest_invoice !== invoice.id) return invoice
  if (subscription.status === 'incomplete') {
    unplan(world, 'subscription.expire', subscription.id)
    become(
      world,
      subscription,
      (subscription.trial_end ?? 0) > nowFor(world, invoice.customer) ? 'trialing' : 'active',
      {},
      'customer.subscription.updated',
    )
  }
  if (subscription.status === 'past_due' || subscription.status === 'unpaid')
    become(world, subscription, 'active', {}, 'customer.subscription.updated')
  return invoice
}

function failed(world: World, invoice: Invoice, refusal: Refused): void {
  const wait = nextTry(world, invoice)
  const at = nowFor(world, invoice.customer)
  const next = wait === undefined ? null : at + wait * day
  const patch = { attempted: true, attempt_count: invoice.attempt_count + 1, next_payment_attempt: next }
  const changed = change(world, invoice, patch)
  if (refusal.body.code === authenticationRequired.code) tell(world, 'invoice.payment_action_required', changed)
  tell(world, 'invoice.payment_failed', changed)
  tell(world, 'invoice.updated', changed, { attempt_count: invoice.attempt_count, next_payment_attempt: invoice.next_payment_attempt })
  if (next !== null) plan(world, 'invoice.retry', invoice.id, next, clockOf(world, invoice.customer))
  const customer = livingCustomer(world, invoice.customer ?? '')
  change(world, customer, { delinquent: true }, 'customer.updated')
  const subscription = peek(world, 'subscription', subscriptionOf(invoice))
  if (subscription?.latest_invoice !== invoice.id || paysForChange(world, invoice)) return
  if (subscription.status === 'active' || subscription.status === 'trialing')
    become(world, subscription, 'past_due', {}, 'customer.subscription.updated')
}

/** Days until the next try; undefined when there is none. A first invoice, and one for a change that waits, are not tried again by themselves. */
function nextTry(world: World, invoice: Invoice): number | undefined {
  const subscription = peek(world, 'subscription', subscriptionOf(invoice))
  if (!invoice.auto_advance || subscription?.status === 'incomplete' || paysForChange(world, invoice)) return undefined
  return world.settings.retryAfterDays[retries.of(world, invoice.id) ?? 0]
}

// A bank that said these will say them again: only another card is worth a try.
const hopeless = new Set(['lost_card', 'stolen_card', 'fraudulent', 'expired_card'])

/** The next try, on its day. */
export function retry(world: World, id: string): void {
  const invoice = peek(world, 'invoice', id)
  if (invoice?.status !== 'open') return
  retries.set(world, id, (retries.of(world, id) ?? 0) + 1)
  const last = peek(world, 'payment_intent', paymentsOf(world, id).at(-1)?.payment.payment_intent as string | undefined)?.last_payment_error
  const sameCard = last?.payment_method?.id === methodFor(world, invoice)
  if (sameCard && hopeless.has(last?.decline_code ?? last?.code ?? ''))
    failed(world, invoice, new Refused(402, { type: 'card_error', message: '' }))
  else attempt(world, invoice, offSession)
  const after = find(world, 'invoice', id)
  if (after.status === 'open' && after.next_payment_attempt === null) giveUp(world, after)
}

/** Nobody paid, as often as we asked. */
function giveUp(world: World, invoice: Invoice): void {
  const subscription = peek(world, 'subscription', subscriptionOf(invoice))
  if (!subscription || subscription.status === 'canceled') return
  const { afterLastRetry } = world.settings
  if (afterLastRetry === 'cancel') endSubscription(world, subscription, 'payment_failed')
  if (afterLastRetry === 'unpaid') become(world, subscription, 'unpaid', {}, 'customer.subscription.updated')
}

/** Nobody confirmed the first payment within a day. */
export function expireIncomplete(world: World, id: string): void {
  const subscription = peek(world, 'subscription', id)
  if (subscription?.status !== 'incomplete') return
  for (const invoice of invoicesOf(world, id).filter((each) => each.status === 'open')) abandon(world, invoice)
  const ended_at = nowFor(world, subscription.customer)
  const ended = become(world, subscription, 'incomplete_expired', { ended_at, canceled_at: ended_at })
  tell(world, 'customer.subscription.updated', ended, { status: 'incomplete' })
}

/** The invoice is not wanted any more, and neither is its payment. */
export function abandon(world: World, invoice: Invoice): Invoice {
  stopPayments(world, invoice)
  const done = voidInvoice(world, invoice)
  dropChange(world, done)
  return done
}

/** Nobody paid for a change that waited. */
export function expireChange(world: World, id: string): void {
  for (const invoice of invoicesOf(world, id).filter((each) => each.status === 'open' && paysForChange(world, each))) {
    dropChange(world, invoice, 'customer.subscription.pending_update_expired')
    abandon(world, invoice)
  }
}

export function writeOff(world: World, invoice: Invoice): Invoice {
  unplan(world, 'invoice.retry', invoice.id)
  return markUncollectible(world, invoice)
}

function stopPayments(world: World, invoice: Invoice): void {
  unplan(world, 'invoice.retry', invoice.id)
  unplan(world, 'invoice.overdue', invoice.id)
  for (const payment of paymentsOf(world, invoice.id).filter((each) => each.status === 'open')) {
    const intent = peek(world, 'payment_intent', payment.payment.payment_intent as string | undefined)
    if (intent && intent.status !== 'succeeded' && intent.status !== 'canceled') cancelPayment(world, intent, 'void_invoice')
    change(world, payment, {
      status: 'canceled',
      status_transitions: { ...payment.status_transitions, canceled_at: nowFor(world, invoice.customer) },
    })
  }
}

/** Paid elsewhere: nothing is taken, and the invoice is done. */
export function payOutOfBand(world: World, invoice: Invoice): Invoice {
  stopPayments(world, invoice)
  return settled(world, markPaid(world, invoice, 0))
}

/** The invoice whose payment this is. */
export function invoiceOfIntent(world: World, intent: string): Held<'invoice'> | undefined {
  const payment = all(world, 'invoice_payment').find((each) => each.payment.payment_intent === intent)
  return peek(world, 'invoice', payment?.invoice as string | undefined)
}

/** A payment was answered on a page: the invoice hears of it, whatever came of it. */
export function hear(world: World, intent: string, act: () => PaymentIntent): PaymentIntent {
  const invoice = invoiceOfIntent(world, intent)
  try {
    const answered = act()
    if (invoice && answered.status === 'succeeded') follow(world, invoice.id, answered)
    return answered
  } catch (error) {
    if (invoice && error instanceof Refused && error.body.type === 'card_error') failed(world, find(world, 'invoice', invoice.id), error)
    throw error
  }
}

/** A credit note took off what was left, or a part of it. */
export function settleByCredit(world: World, invoice: Invoice): Invoice {
  const payment = paymentsOf(world, invoice.id).find((each) => each.status === 'open')
  const intent = peek(world, 'payment_intent', payment?.payment.payment_intent)
  if (invoice.amount_remaining > 0) {
    if (intent && intent.status !== 'succeeded') change(world, intent, { amount: invoice.amount_remaining })
    return invoice
  }
  stopPayments(world, invoice)
  return settled(world, markPaid(world, invoice, 0))
}
