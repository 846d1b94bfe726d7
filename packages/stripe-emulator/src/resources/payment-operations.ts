/** Payment intents and charges, as the API offers them: a deposit, a hold, a receipt. */
import type { Stripe } from 'stripe'
import { invalid, missing } from '../errors.ts'
import { change } from '../events.ts'
import { page } from '../lists.ts'
import { become } from '../machine.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, find, type World } from '../world.ts'
import { hear } from './collection.ts'
import { livingCustomer } from './customers.ts'
import { paymentMethodFor } from './payment-methods.ts'
import { cancelPayment, capturePayment, type Circumstances, confirmPayment, newPaymentIntent, type PaymentIntent } from './payments.ts'

type Confirming = { off_session?: unknown; return_url?: string; error_on_requires_action?: boolean }

const howFrom = ({ off_session, return_url, error_on_requires_action }: Confirming): Circumstances => ({
  onSession: !off_session,
  returnUrl: return_url ?? null,
  errorOnAction: error_on_requires_action ?? false,
})

function createAsked(world: World, { params }: Asked<Stripe.PaymentIntentCreateParams>): PaymentIntent {
  if (params.amount < 1)
    throw invalid('This value must be greater than or equal to 1.', { param: 'amount', code: 'parameter_invalid_integer' })
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  const card = params.payment_method_options?.card
  const intent = newPaymentIntent(world, {
    amount: params.amount,
    currency: params.currency,
    customer: params.customer ?? null,
    capture_method: params.capture_method ?? 'automatic_async',
    description: params.description ?? null,
    metadata: mergeMetadata(null, params.metadata),
    setup_future_usage: params.setup_future_usage ?? null,
    receipt_email: params.receipt_email ?? null,
    statement_descriptor: params.statement_descriptor ?? null,
    payment_method_options: card
      ? {
          card: {
            installments: null,
            mandate_options: null,
            network: null,
            request_three_d_secure: card.request_three_d_secure ?? 'automatic',
          },
        }
      : null,
  })
  if (!params.payment_method) return intent
  const method = paymentMethodFor(world, params.payment_method)
  if (method.customer && method.customer !== params.customer)
    throw invalid('The PaymentMethod belongs to a customer. Please include the customer in the `customer` parameter.', {
      param: 'payment_method',
    })
  if (params.confirm) return confirmPayment(world, intent, method.id, howFrom(params))
  return become(world, intent, 'requires_confirmation', { payment_method: method.id })
}

function confirmAsked(world: World, { id, params }: Asked<Stripe.PaymentIntentConfirmParams>): PaymentIntent {
  const intent = find(world, 'payment_intent', id)
  const method = params.payment_method ? paymentMethodFor(world, params.payment_method).id : intent.payment_method
  if (!method) throw missing('payment_method')
  return hear(world, id, () => confirmPayment(world, intent, method, howFrom(params)))
}

function update(world: World, { id, params }: Asked<Stripe.PaymentIntentUpdateParams>): PaymentIntent {
  const intent = find(world, 'payment_intent', id)
  const { amount, description, receipt_email } = params
  if (amount !== undefined && !intent.status.startsWith('requires_'))
    throw invalid(`This PaymentIntent's amount could not be updated because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    })
  return change(world, intent, { amount, description, receipt_email, metadata: mergeMetadata(intent.metadata, params.metadata) } as never)
}

export const chargeExtras = {
  refunds: (world: World, { id }: Held<'charge'>) =>
    page(
      all(world, 'refund').filter((each) => each.charge === id),
      {},
      `/v1/charges/${id}/refunds`,
    ),
}

export const payments = {
  'paymentIntents.create': createAsked,
  'paymentIntents.retrieve': (world, { id }) => find(world, 'payment_intent', id),
  'paymentIntents.update': update,
  'paymentIntents.confirm': confirmAsked,
  'paymentIntents.capture': (world, { id, params }: Asked<Stripe.PaymentIntentCaptureParams>) =>
    capturePayment(world, find(world, 'payment_intent', id), params.amount_to_capture),
  'paymentIntents.cancel': (world, { id, params }: Asked<Stripe.PaymentIntentCancelParams>) =>
    cancelPayment(world, find(world, 'payment_intent', id), params.cancellation_reason ?? null),
  'paymentIntents.list': (world, { params }: Asked<Stripe.PaymentIntentListParams>) =>
    page(all(world, 'payment_intent'), params, '/v1/payment_intents', (each) => !params.customer || each.customer === params.customer),
  'charges.retrieve': (world, { id }) => find(world, 'charge', id),
  'charges.list': (world, { params }: Asked<Stripe.ChargeListParams>) =>
    page(
      all(world, 'charge'),
      params,
      '/v1/charges',
      (each) =>
        (!params.customer || each.customer === params.customer) &&
        (!params.payment_intent || each.payment_intent === params.payment_intent),
    ),
  'balanceTransactions.list': (world, { params }: Asked<Stripe.BalanceTransactionListParams>) =>
    page(
      all(world, 'balance_transaction'),
      params,
      '/v1/balance_transactions',
      (each) => (!params.source || each.source === params.source) && (!params.type || each.type === params.type),
    ),
} satisfies Operations
