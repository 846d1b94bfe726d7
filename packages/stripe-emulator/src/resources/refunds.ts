/** Giving money back. */
import type { Stripe } from 'stripe'
import { clockOf, hour, nowFor, plan } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { become } from '../machine.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, find, peek, type World } from '../world.ts'
import { behaviourOf } from './payment-methods.ts'

type Refund = Held<'refund'>
type Charge = Held<'charge'>

export interface NewRefund {
  amount?: number | undefined
  reason?: Refund['reason'] | undefined
  metadata?: Record<string, string>
}

/** Gives back (a part of) what a charge took. */
export function refundCharge(world: World, charge: Charge, { amount, reason, metadata }: NewRefund): Refund {
  const left = charge.amount_captured - charge.amount_refunded
  const back = amount ?? left
  if (left <= 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  if (charge.disputed) throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  if (back < 1 || back > left)
    throw invalid(`Refund amount (${back}) is greater than unrefunded amount on charge (${left}).`, {
      param: 'amount',
      code: 'amount_too_large',
    })
  const refund = create(world, 'refund', {
    amount: back,
    balance_transaction: book(world, charge, -back, 'refund'),
    charge: charge.id,
    created: nowFor(world, charge.customer),
    currency: charge.currency,
    customer: charge.customer,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    } as never,
    metadata: metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: reason ?? null,
    status: 'succeeded',
  })
  tell(world, 'refund.created', refund)
  const refunded = charge.amount_refunded + back
  tell(world, 'charge.refunded', change(world, charge, { amount_refunded: refunded, refunded: refunded === charge.amount_captured }), {
    amount_refunded: charge.amount_refunded,
  })
  if (behaviourOf(world, charge.payment_method ?? '').refundFails)
    plan(world, 'refund.fail', refund.id, refund.created + hour, clockOf(world, charge.customer))
  return refund
}

function book(world: World, charge: Charge, amount: number, type: 'refund' | 'refund_failure'): string {
  const created = nowFor(world, charge.customer)
  const entry = {
    amount,
    available_on: created,
    balance_type: 'payments' as const,
    created,
    currency: charge.currency,
    net: amount,
    reporting_category: type,
    source: charge.id,
    status: 'available',
    type,
  }
  return create(world, 'balance_transaction', entry).id
}

/** Some banks take a refund and send it back. */
export function failRefund(world: World, id: string): void {
  const refund = peek(world, 'refund', id)
  if (refund?.status !== 'succeeded') return
  const charge = find(world, 'charge', refund.charge ?? '')
  const failure_balance_transaction = book(world, charge, refund.amount, 'refund_failure')
  const failed = become(world, refund as Refund & { object: 'refund' }, 'failed', {
    failure_reason: 'expired_or_canceled_card',
    failure_balance_transaction,
  })
  change(world, charge, { amount_refunded: charge.amount_refunded - refund.amount, refunded: false })
  tell(world, 'refund.failed', failed)
}

/** The charge that a refund is about, named by itself or by its payment. */
function chargeFor(world: World, charge: string | undefined, paymentIntent: string | undefined): Charge {
  if (charge) return find(world, 'charge', charge, 'charge')
  if (!paymentIntent) throw missing('charge')
  const intent = find(world, 'payment_intent', paymentIntent, 'payment_intent')
  const found = peek(world, 'charge', intent.latest_charge)
  if (found?.status !== 'succeeded')
    throw invalid(`This PaymentIntent (${paymentIntent}) does not have a successful charge to refund.`, { code: 'charge_not_refundable' })
  return found
}

const createAsked = (world: World, { params }: Asked<Stripe.RefundCreateParams>): Refund =>
  refundCharge(world, chargeFor(world, params.charge, params.payment_intent), {
    amount: params.amount,
    reason: params.reason,
    metadata: mergeMetadata(null, params.metadata),
  })

export const refunds = {
  'refunds.create': createAsked,
  'refunds.retrieve': (world, { id }) => find(world, 'refund', id),
  'refunds.cancel': (world, { id }) => become(world, find(world, 'refund', id), 'canceled', {}, 'refund.updated'),
  'refunds.list': (world, { params }: Asked<Stripe.RefundListParams>) =>
    page(
      all(world, 'refund'),
      params,
      '/v1/refunds',
      (each) =>
        (!params.charge || each.charge === params.charge) && (!params.payment_intent || each.payment_intent === params.payment_intent),
    ),
} satisfies Operations
