/** Taking money: a payment intent asks the bank, and a charge says what came of it. */
import { authenticationRequired, type Card, cardError, type Decline } from '../cards.ts'
import { clockOf, day, nowFor, plan, unplan } from '../clock.ts'
import { invalid } from '../errors.ts'
import { change, tell } from '../events.ts'
import { become } from '../machine.ts'
import type { Held } from '../wire.ts'
import { create, find, peek, put, randomWord, type World } from '../world.ts'
import { behaviourOf } from './payment-methods.ts'
import { errorOf, secureResult } from './setup-intents.ts'

export type PaymentIntent = Held<'payment_intent'>
type Charge = Held<'charge'>

export interface NewPayment {
  amount: number
  currency: string
  customer: string | null
  capture_method?: Held<'payment_intent'>['capture_method']
  description?: string | null
  metadata?: Record<string, string>
  setup_future_usage?: Held<'payment_intent'>['setup_future_usage']
  payment_method_options?: object | null
  receipt_email?: string | null
  statement_descriptor?: string | null
}

export function newPaymentIntent(world: World, fields: NewPayment): PaymentIntent {
  const intent = create(world, 'payment_intent', {
    ...(fields as object),
    capture_method: fields.capture_method ?? 'automatic_async',
    confirmation_method: 'automatic',
    created: nowFor(world, fields.customer),
    metadata: fields.metadata ?? {},
    payment_method_types: ['card'],
    status: 'requires_payment_method',
  })
  const complete = put(world, 'payment_intent', { ...intent, client_secret: `${intent.id}_secret_${randomWord(world, 25)}` })
  tell(world, 'payment_intent.created', complete)
  return complete
}

export interface Circumstances {
  /** Whether the holder is there and can answer their bank. */
  onSession: boolean
  /** Whether the holder has answered their bank already, for this very payment. */
  authenticated?: boolean
  returnUrl?: string | null
  errorOnAction?: boolean
}

/** Asks the bank for the money. Throws the decline; leaves the intent waiting where the holder must answer. */
export function confirmPayment(world: World, intent: PaymentIntent, methodId: string, how: Circumstances): PaymentIntent {
  const method = find(world, 'payment_method', methodId, 'payment_method')
  const card = behaviourOf(world, method.id)
  const chosen = change(world, intent, { payment_method: method.id })
  if (wantsHolder(world, chosen, card) && !how.authenticated) {
    if (!how.onSession || how.errorOnAction) return declinePayment(world, chosen, card, authenticationRequired)
    const next_action = {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: how.returnUrl ?? null, url: `${world.origin}/challenge/${intent.id}` },
    }
    return become(world, chosen, 'requires_action', { next_action } as never, 'payment_intent.requires_action')
  }
  if (card.onCharge) return declinePayment(world, chosen, card, card.onCharge)
  return takeMoney(world, chosen, card, how.authenticated ?? false)
}

function wantsHolder(world: World, intent: PaymentIntent, { challenge }: Card): boolean {
  if (challenge === 'always') return true
  if (challenge === 'until set up') return !peek(world, 'card', intent.payment_method)?.used3ds
  return challenge === 'when asked' && (intent.payment_method_options?.card?.request_three_d_secure ?? 'automatic') !== 'automatic'
}

/** The holder has answered their bank. */
export function answerPayment(world: World, intent: PaymentIntent, passed: boolean): PaymentIntent {
  if (intent.status !== 'requires_action')
    throw invalid('There is nothing to confirm any more.', { code: 'payment_intent_unexpected_state' })
  const card = behaviourOf(world, intent.payment_method ?? '')
  const failed: Decline = {
    code: 'payment_intent_authentication_failure',
    message: 'The provided payment method has failed authentication.',
  }
  if (!passed) return declinePayment(world, intent, card, failed)
  if (card.onCharge) return declinePayment(world, intent, card, card.onCharge)
  return takeMoney(world, intent, card, true)
}

function declinePayment(world: World, intent: PaymentIntent, card: Card, reason: Decline): never {
  const method = intent.payment_method ?? ''
  const charge = newCharge(world, intent, card, { authenticated: false, reason })
  tell(world, 'charge.failed', charge)
  const last_payment_error = { ...errorOf(world, reason, method), charge: charge.id }
  const patch = { last_payment_error, latest_charge: charge.id, next_action: null, payment_method: null }
  const failed =
    intent.status === 'requires_payment_method'
      ? change(world, intent, patch as never)
      : become(world, intent, 'requires_payment_method', patch as never)
  tell(world, 'payment_intent.payment_failed', failed)
  throw cardError(reason, { charge: charge.id, payment_intent: failed, payment_method: peek(world, 'payment_method', method) })
}

function takeMoney(world: World, intent: PaymentIntent, card: Card, authenticated: boolean): PaymentIntent {
  const held = intent.capture_method === 'manual'
  const charge = newCharge(world, intent, card, { authenticated, held })
  tell(world, 'charge.succeeded', charge)
  const base = { latest_charge: charge.id, next_action: null, last_payment_error: null }
  if (held) {
    plan(world, 'payment.expire', intent.id, nowFor(world, intent.customer) + 7 * day, clockOf(world, intent.customer))
    return become(
      world,
      intent,
      'requires_capture',
      { ...base, amount_capturable: intent.amount },
      'payment_intent.amount_capturable_updated',
    )
  }
  const paid = become(world, intent, 'succeeded', { ...base, amount_received: intent.amount }, 'payment_intent.succeeded')
  followUp(world, charge, card)
  return paid
}

interface Outcome {
  authenticated: boolean
  held?: boolean
  reason?: Decline
}

function newCharge(world: World, intent: PaymentIntent, card: Card, { authenticated, held = false, reason }: Outcome): Charge {
  const method = find(world, 'payment_method', intent.payment_method ?? '')
  const amount_captured = reason || held ? 0 : intent.amount
  const charge = create(world, 'charge', {
    amount: intent.amount,
    amount_captured,
    billing_details: { ...method.billing_details, tax_id: null } as never,
    calculated_statement_descriptor: 'CLOUDRUN TEST',
    captured: !reason && !held,
    created: nowFor(world, intent.customer),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    failure_code: reason?.code ?? null,
    failure_message: reason?.message ?? null,
    fraud_details: {},
    metadata: intent.metadata,
    outcome: outcomeOf(card, reason) as never,
    paid: !reason,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: 'card', card: chargedCard(world, intent, method, authenticated, held) as never },
    status: reason ? 'failed' : 'succeeded',
  })
  return amount_captured > 0 ? book(world, charge, amount_captured) : charge
}

function chargedCard(world: World, intent: PaymentIntent, { card }: Held<'payment_method'>, authenticated: boolean, held: boolean) {
  const secure = secureResult(authenticated ? 'passed' : 'none')
  return {
    amount_authorized: intent.amount,
    authorization_code: null,
    brand: card?.brand ?? null,
    ...(held ? { capture_before: nowFor(world, intent.customer) + 7 * day } : {}),
    checks: card?.checks ?? null,
    country: card?.country ?? null,
    electronic_commerce_indicator: null,
    exp_month: card?.exp_month ?? 1,
    exp_year: card?.exp_year ?? 2000,
    fingerprint: card?.fingerprint ?? null,
    funding: card?.funding ?? null,
    installments: null,
    last4: card?.last4 ?? null,
    mandate: null,
    network: card?.brand ?? null,
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: secure && { ...secure, exemption_indicator: null },
    transaction_link_id: null,
    wallet: null,
  }
}

function outcomeOf({ risk }: Card, reason?: Decline) {
  const blocked = risk === 'highest' && reason
  const score = { normal: 12, elevated: 68, highest: 92 }[risk ?? 'normal']
  return {
    advice_code: reason ? (reason.decline_code === 'insufficient_funds' ? 'try_again_later' : 'do_not_try_again') : null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: blocked ? 'not_sent_to_network' : reason ? 'declined_by_network' : 'approved_by_network',
    reason: blocked ? 'highest_risk_level' : (reason?.decline_code ?? reason?.code ?? (risk === 'elevated' ? 'elevated_risk_level' : null)),
    risk_level: risk ?? 'normal',
    risk_score: score,
    seller_message: blocked
      ? 'Stripe blocked this payment as too risky.'
      : reason
        ? 'The bank did not return any further details with this decline.'
        : 'Payment complete.',
    type: blocked ? 'blocked' : reason ? 'issuer_declined' : 'authorized',
  }
}

/** Writes what was captured into the balance. */
function book(world: World, charge: Charge, amount: number): Charge {
  const fee = Math.round(amount * 0.029) + 30
  const entry = create(world, 'balance_transaction', {
    amount,
    available_on: charge.created + 2 * day,
    balance_type: 'payments',
    created: nowFor(world, charge.customer),
    currency: charge.currency,
    fee,
    fee_details: [
      { amount: fee, application: null, currency: charge.currency, description: 'Stripe processing fees', type: 'stripe_fee' },
    ] as never,
    net: amount - fee,
    reporting_category: 'charge',
    source: charge.id,
    status: 'pending',
    type: 'charge',
  })
  return change(world, charge, { balance_transaction: entry.id })
}

/** What some test cards do after they paid. */
function followUp(world: World, charge: Charge, card: Card): void {
  if (card.disputed) {
    const dispute = create(world, 'dispute', {
      amount: charge.amount,
      charge: charge.id,
      created: charge.created,
      currency: charge.currency,
      is_charge_refundable: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      reason: card.disputed,
      status: 'needs_response',
    })
    change(world, charge, { disputed: true })
    tell(world, 'charge.dispute.created', dispute)
  }
  if (card.warned) {
    const warning = {
      actionable: true,
      charge: charge.id,
      created: charge.created,
      fraud_type: 'misc',
      payment_intent: charge.payment_intent ?? '',
    }
    tell(world, 'radar.early_fraud_warning.created', create(world, 'radar.early_fraud_warning', warning))
  }
}

export function capturePayment(world: World, intent: PaymentIntent, amount = intent.amount_capturable): PaymentIntent {
  if (intent.status !== 'requires_capture')
    throw invalid(`This PaymentIntent could not be captured because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    })
  if (amount > intent.amount_capturable || amount < 1)
    throw invalid('The amount to capture is more than was authorised.', { param: 'amount_to_capture', code: 'amount_too_large' })
  unplan(world, 'payment.expire', intent.id)
  const charge = find(world, 'charge', intent.latest_charge ?? '')
  const captured = change(world, book(world, charge, amount), {
    captured: true,
    amount_captured: amount,
    amount_refunded: charge.amount - amount,
  })
  tell(world, 'charge.captured', captured)
  return become(world, intent, 'succeeded', { amount_capturable: 0, amount_received: amount }, 'payment_intent.succeeded')
}

export function cancelPayment(
  world: World,
  intent: PaymentIntent,
  cancellation_reason: PaymentIntent['cancellation_reason'] = null,
): PaymentIntent {
  unplan(world, 'payment.expire', intent.id)
  if (intent.status === 'requires_capture') {
    const charge = find(world, 'charge', intent.latest_charge ?? '')
    change(world, charge, { amount_refunded: charge.amount, refunded: true })
  }
  const canceled_at = nowFor(world, intent.customer)
  return become(
    world,
    intent,
    'canceled',
    { canceled_at, cancellation_reason, amount_capturable: 0, next_action: null },
    'payment_intent.canceled',
  )
}

/** A hold that nobody captured ends by itself. */
export function expirePayment(world: World, id: string): void {
  const intent = peek(world, 'payment_intent', id)
  if (intent?.status !== 'requires_capture') return
  tell(world, 'charge.expired', find(world, 'charge', intent.latest_charge ?? ''))
  cancelPayment(world, intent, 'expired')
}
