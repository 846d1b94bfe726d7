/** Cards of customers. They come to be on a hosted page (or by their ready-made names), never by the API. */
import type { Stripe } from 'stripe'
import { brandOf, cardBy, cardError, fingerprintOf, readyMade, type Card } from '../cards.ts'
import { nowFor } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, find, peek, put, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'

type PaymentMethod = Held<'payment_method'>

/** What somebody types on a hosted page. */
export interface Typed {
  number: string
  exp_month: number
  exp_year: number
  name?: string | null
  email?: string | null
  address?: Partial<Stripe.Address>
}

/** How the card behind a payment method behaves. */
export const behaviourOf = (world: World, paymentMethod: string): Card => cardBy(peek(world, 'card', paymentMethod)?.number ?? '') ?? {}

/** A new payment method of nobody yet. */
export function newPaymentMethod(world: World, typed: Typed): PaymentMethod {
  const card = cardBy(typed.number)
  if (!card) throw invalid('This number is no test card. Real cards do not belong here.', { param: 'number', code: 'incorrect_number' })
  const made = create(world, 'payment_method', {
    allow_redisplay: 'limited',
    billing_details: { name: typed.name ?? null, email: typed.email ?? null, address: addressOf(typed.address), phone: null, tax_id: null },
    card: { ...shownCard(typed, card), exp_month: typed.exp_month, exp_year: typed.exp_year } as never,
    created: nowFor(world, null),
    metadata: {},
    type: 'card',
  })
  put(world, 'card', { id: made.id, number: typed.number, used3ds: false })
  return made
}

const addressOf = (address: Partial<Stripe.Address> = {}) => ({
  city: address.city ?? null,
  country: address.country ?? null,
  line1: address.line1 ?? null,
  line2: address.line2 ?? null,
  postal_code: address.postal_code ?? null,
  state: address.state ?? null,
})

function shownCard(typed: Typed, card: Card) {
  const brand = brandOf(typed.number)
  const { line1, postal_code } = typed.address ?? {}
  return {
    brand,
    checks: {
      address_line1_check: line1 ? (card.line1Check ?? 'pass') : null,
      address_postal_code_check: postal_code ? (card.postcodeCheck ?? 'pass') : null,
      cvc_check: card.cvcCheck ?? 'pass',
    },
    country: card.country ?? 'US',
    display_brand: brand,
    fingerprint: fingerprintOf(typed.number),
    funding: card.funding ?? 'credit',
    generated_from: null,
    last4: typed.number.slice(-4),
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: card.challenge !== undefined || brand !== 'diners' },
    wallet: null,
  }
}

/** A payment method of the documentation by its ready-made name, or one that is kept. */
export function paymentMethodFor(world: World, id: string, param = 'payment_method'): PaymentMethod {
  const number = readyMade[id]
  if (!number) return find(world, 'payment_method', id, param)
  return newPaymentMethod(world, { number, exp_month: 12, exp_year: new Date(nowFor(world, null) * 1000).getUTCFullYear() + 3 })
}

/** Makes it the customer's, unless the bank does not want that. */
export function attach(world: World, method: PaymentMethod, customer: string): PaymentMethod {
  if (method.customer === customer) return method
  if (method.customer)
    throw invalid('The payment method you provided has already been attached to a customer.', { code: 'payment_method_unexpected_state' })
  const attached = change(world, method, { customer })
  tell(world, 'payment_method.attached', attached)
  return attached
}

export function detach(world: World, method: PaymentMethod): PaymentMethod {
  if (!method.customer) throw invalid('The payment method you provided is not attached to a customer so detachment is impossible.')
  const owner = peek(world, 'customer', method.customer)
  if (owner && !('deleted' in owner && owner.deleted) && owner.invoice_settings.default_payment_method === method.id)
    change(world, owner, { invoice_settings: { ...owner.invoice_settings, default_payment_method: null } }, 'customer.updated')
  for (const subscription of all(world, 'subscription'))
    if (subscription.default_payment_method === method.id)
      change(world, subscription, { default_payment_method: null }, 'customer.subscription.updated')
  const freed = change(world, method, { customer: null })
  tell(world, 'payment_method.detached', freed, { customer: method.customer })
  return freed
}

/** The bank has sent a new card: another expiry, the same payment method. */
export function renewCard(world: World, id: string): void {
  const method = find(world, 'payment_method', id)
  if (!method.card) return
  change(world, method, { card: { ...method.card, exp_year: method.card.exp_year + 4 } }, 'payment_method.automatically_updated')
}

export const methodsOf = (world: World, customer: string): PaymentMethod[] =>
  all(world, 'payment_method').filter((method) => method.customer === customer)

function attachAsked(world: World, { id, params }: Asked<Stripe.PaymentMethodAttachParams>): PaymentMethod {
  if (!params.customer) throw missing('customer')
  livingCustomer(world, params.customer, 'customer')
  const method = paymentMethodFor(world, id, 'id')
  const { onSetup } = behaviourOf(world, method.id)
  if (onSetup) throw cardError(onSetup)
  return attach(world, method, params.customer)
}

function update(world: World, { id, params }: Asked<Stripe.PaymentMethodUpdateParams>): PaymentMethod {
  const method = find(world, 'payment_method', id)
  const { address, name, email, phone } = params.billing_details ?? {}
  const before = method.billing_details
  const billing_details = {
    ...before,
    address: address ? addressOf({ ...before.address, ...address } as Partial<Stripe.Address>) : before.address,
    name: name === undefined ? before.name : name,
    email: email === undefined ? before.email : email,
    phone: phone === undefined ? before.phone : phone,
  }
  const card = method.card && {
    ...method.card,
    exp_month: params.card?.exp_month ?? method.card.exp_month,
    exp_year: params.card?.exp_year ?? method.card.exp_year,
  }
  const patch = {
    billing_details,
    card,
    metadata: mergeMetadata(method.metadata, params.metadata),
    allow_redisplay: params.allow_redisplay,
  }
  return change(world, method, patch as never, 'payment_method.updated')
}

export const paymentMethods = {
  'paymentMethods.retrieve': (world, { id }) => find(world, 'payment_method', id),
  'paymentMethods.update': update,
  'paymentMethods.attach': attachAsked,
  'paymentMethods.detach': (world, { id }) => detach(world, find(world, 'payment_method', id)),
  'paymentMethods.list': (world, { params }: Asked<Stripe.PaymentMethodListParams>) =>
    page(
      params.customer ? methodsOf(world, params.customer) : [],
      params,
      '/v1/payment_methods',
      (each) => !params.type || each.type === params.type,
    ),
  'customers.listPaymentMethods': (world, { id, params }: Asked<Stripe.CustomerListPaymentMethodsParams>) =>
    page(methodsOf(world, livingCustomer(world, id).id), params, `/v1/customers/${id}/payment_methods`),
  'customers.retrievePaymentMethod': (world, { id, path }) => {
    const method = find(world, 'payment_method', id)
    if (method.customer !== path.customerId) throw invalid(`No such PaymentMethod: '${id}'`, { code: 'resource_missing', status: 404 })
    return method
  },
} satisfies Operations
