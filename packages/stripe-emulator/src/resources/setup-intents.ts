/** Setting a card up for later: the bank is asked, nothing is charged. */
import type { Stripe } from 'stripe'
import { cardError, type Decline } from '../cards.ts'
import { nowFor } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { become } from '../machine.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, find, peek, put, randomWord, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'
import { attach, behaviourOf, paymentMethodFor } from './payment-methods.ts'

export type SetupIntent = Held<'setup_intent'>
type ThreeDSecure = 'none' | 'passed' | 'failed'

export interface NewSetup {
  customer: string | null
  usage?: string
  description?: string | null
  metadata?: Record<string, string>
  allowed_payment_method_types?: string[] | null
  payment_method_options?: object | null
}

export function newSetupIntent(world: World, fields: NewSetup): SetupIntent {
  const intent = create(world, 'setup_intent', {
    ...(fields as object),
    created: nowFor(world, fields.customer),
    description: fields.description ?? null,
    metadata: fields.metadata ?? {},
    payment_method_types: ['card'],
    status: 'requires_payment_method',
    usage: fields.usage ?? 'off_session',
  })
  const secret = `${intent.id}_secret_${randomWord(world, 25)}`
  const complete = put(world, 'setup_intent', { ...intent, client_secret: secret })
  tell(world, 'setup_intent.created', complete)
  return complete
}

function recordAttempt(world: World, intent: SetupIntent, method: string, secure: ThreeDSecure, decline?: Decline): string {
  const { card } = find(world, 'payment_method', method)
  const attempt = create(world, 'setup_attempt', {
    created: nowFor(world, intent.customer),
    customer: intent.customer,
    payment_method: method,
    payment_method_details: {
      type: 'card',
      card: {
        brand: card?.brand ?? null,
        checks: card?.checks ?? null,
        country: card?.country ?? null,
        exp_month: card?.exp_month ?? null,
        exp_year: card?.exp_year ?? null,
        fingerprint: card?.fingerprint ?? null,
        funding: card?.funding ?? null,
        last4: card?.last4 ?? null,
        network: card?.brand ?? null,
        three_d_secure: secureResult(secure),
        wallet: null,
      } as never,
    },
    setup_error: decline ? (errorOf(world, decline, method) as never) : null,
    setup_intent: intent.id,
    status: decline ? 'failed' : 'succeeded',
    usage: intent.usage,
  })
  return attempt.id
}

export const secureResult = (secure: ThreeDSecure) =>
  secure === 'none'
    ? null
    : {
        authentication_flow: 'challenge' as const,
        electronic_commerce_indicator: secure === 'passed' ? ('05' as const) : null,
        result: secure === 'passed' ? ('authenticated' as const) : ('failed' as const),
        result_reason: secure === 'passed' ? null : ('rejected' as const),
        transaction_id: null,
        version: '2.2.0' as const,
      }

export const errorOf = (world: World, decline: Decline, method: string) => ({
  ...decline,
  doc_url: `https://docs.stripe.com/error-codes/${decline.code}`,
  payment_method: peek(world, 'payment_method', method),
  type: 'card_error' as const,
})

/** Asks the bank. Throws the decline; leaves the intent waiting where the bank wants to see the holder. */
export function confirmSetup(world: World, given: SetupIntent, methodId: string, returnUrl: string | null = null): SetupIntent {
  // Whoever left the bank's page and typed another card begins anew.
  const intent = given.status === 'requires_action' ? become(world, given, 'requires_payment_method', { next_action: null }) : given
  const method = find(world, 'payment_method', methodId, 'payment_method')
  const card = behaviourOf(world, method.id)
  const asked = (intent.payment_method_options?.card?.request_three_d_secure ?? 'automatic') !== 'automatic'
  const chosen = change(world, intent, { payment_method: method.id })
  if (card.onSetup && !card.challenge) return decline(world, chosen, card.onSetup, 'none')
  if (card.challenge === 'always' || card.challenge === 'until set up' || (asked && card.challenge))
    return askHolder(world, chosen, returnUrl)
  return succeed(world, chosen, 'none')
}

function askHolder(world: World, intent: SetupIntent, return_url: string | null): SetupIntent {
  const next_action = { type: 'redirect_to_url', redirect_to_url: { return_url, url: `${world.origin}/challenge/${intent.id}` } }
  return become(world, intent, 'requires_action', { next_action } as never, 'setup_intent.requires_action')
}

function decline(world: World, intent: SetupIntent, reason: Decline, secure: ThreeDSecure): never {
  const method = intent.payment_method ?? ''
  const latest_attempt = recordAttempt(world, intent, method, secure, reason)
  const patch = { latest_attempt, next_action: null, payment_method: null, last_setup_error: errorOf(world, reason, method) }
  const failed =
    intent.status === 'requires_payment_method'
      ? change(world, intent, patch as never)
      : become(world, intent, 'requires_payment_method', patch as never)
  tell(world, 'setup_intent.setup_failed', failed)
  throw cardError(reason, { setup_intent: failed, payment_method: peek(world, 'payment_method', method) })
}

function succeed(world: World, intent: SetupIntent, secure: ThreeDSecure): SetupIntent {
  const method = find(world, 'payment_method', intent.payment_method ?? '')
  if (intent.customer) attach(world, method, intent.customer)
  const kept = find(world, 'card', method.id)
  if (secure === 'passed') put(world, 'card', { ...kept, used3ds: true })
  const latest_attempt = recordAttempt(world, intent, method.id, secure)
  return become(world, intent, 'succeeded', { latest_attempt, next_action: null, last_setup_error: null }, 'setup_intent.succeeded')
}

const notAuthenticated: Decline = {
  code: 'setup_intent_authentication_failure',
  message: 'The latest attempt to set up the payment method has failed because authentication failed.',
}

/** The holder has answered their bank. Throws the decline that follows. */
export function answerSetup(world: World, intent: SetupIntent, passed: boolean): SetupIntent {
  if (intent.status !== 'requires_action') throw invalid('There is nothing to confirm any more.', { code: 'setup_intent_unexpected_state' })
  if (!passed) return decline(world, intent, notAuthenticated, 'failed')
  const { onSetup } = behaviourOf(world, intent.payment_method ?? '')
  return onSetup ? decline(world, intent, onSetup, 'passed') : succeed(world, intent, 'passed')
}

function createAsked(world: World, { params }: Asked<Stripe.SetupIntentCreateParams>): SetupIntent {
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  const intent = newSetupIntent(world, {
    customer: params.customer ?? null,
    usage: params.usage ?? 'off_session',
    description: params.description ?? null,
    metadata: mergeMetadata(null, params.metadata),
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    payment_method_options: params.payment_method_options?.card
      ? {
          card: {
            request_three_d_secure: params.payment_method_options.card.request_three_d_secure ?? 'automatic',
            mandate_options: null,
            network: null,
          },
        }
      : null,
  })
  if (!params.payment_method) return intent
  const method = paymentMethodFor(world, params.payment_method).id
  if (params.confirm) return confirmSetup(world, intent, method, params.return_url ?? null)
  return become(world, intent, 'requires_confirmation', { payment_method: method })
}

function confirmAsked(world: World, { id, params }: Asked<Stripe.SetupIntentConfirmParams>): SetupIntent {
  const intent = find(world, 'setup_intent', id)
  refuseCheckout(world, intent)
  const method = params.payment_method ? paymentMethodFor(world, params.payment_method).id : intent.payment_method
  if (!method) throw missing('payment_method')
  return confirmSetup(world, intent, method, params.return_url ?? null)
}

/** What a Checkout page has made can only be ended by expiring its session. */
function refuseCheckout(world: World, intent: SetupIntent): void {
  if (all(world, 'checkout.session').some((session) => session.setup_intent === intent.id))
    throw invalid('You cannot confirm or cancel a SetupIntent that was created by a Checkout Session. Expire the session instead.', {
      code: 'setup_intent_unexpected_state',
    })
}

function cancelAsked(world: World, { id, params }: Asked<Stripe.SetupIntentCancelParams>): SetupIntent {
  const intent = find(world, 'setup_intent', id)
  refuseCheckout(world, intent)
  return cancelSetup(world, intent, params.cancellation_reason ?? null)
}

export const cancelSetup = (world: World, intent: SetupIntent, cancellation_reason: SetupIntent['cancellation_reason']): SetupIntent =>
  become(world, intent, 'canceled', { cancellation_reason, next_action: null }, 'setup_intent.canceled')

export const setupIntents = {
  'setupIntents.create': createAsked,
  'setupIntents.retrieve': (world, { id }) => find(world, 'setup_intent', id),
  'setupIntents.update': (world, { id, params }: Asked<Stripe.SetupIntentUpdateParams>) => {
    const intent = find(world, 'setup_intent', id)
    return change(world, intent, { description: params.description, metadata: mergeMetadata(intent.metadata, params.metadata) })
  },
  'setupIntents.confirm': confirmAsked,
  'setupIntents.cancel': cancelAsked,
  'setupIntents.list': (world, { params }: Asked<Stripe.SetupIntentListParams>) =>
    page(
      all(world, 'setup_intent'),
      params,
      '/v1/setup_intents',
      (each) =>
        (!params.customer || each.customer === params.customer) &&
        (!params.payment_method || each.payment_method === params.payment_method),
    ),
  'setupAttempts.list': (world, { params }: Asked<Stripe.SetupAttemptListParams>) =>
    page(all(world, 'setup_attempt'), params, '/v1/setup_attempts', (each) => each.setup_intent === params.setup_intent),
} satisfies Operations
