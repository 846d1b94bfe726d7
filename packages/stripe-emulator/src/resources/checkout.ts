/** Hosted Checkout: a session that waits for somebody on its page. What happens there is in checkout-page.ts. */
import type { Stripe } from 'stripe'
import { clockOf, hour, nowFor, plan, unplan } from '../clock.ts'
import { invalid, missing, Refused } from '../errors.ts'
import { change, tell } from '../events.ts'
import { listOf, page } from '../lists.ts'
import { become } from '../machine.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, find, notes, peek, randomWord, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'
import { amountFor } from './prices.ts'
import { cancelSetup, newSetupIntent } from './setup-intents.ts'

export type Session = Held<'checkout.session'>
type Params = Asked<Stripe.Checkout.SessionCreateParams>['params']
type LineItem = { id: string } & Record<string, unknown>

const asked = notes<Params>('checkout')
const items = notes<LineItem[]>('line items')

/** What was asked for and no session shows. */
export const askedFor = (world: World, session: Session): Params => asked.of(world, session.id) ?? ({} as Params)

export const lineItemsOf = (world: World, session: Session): LineItem[] => items.of(world, session.id) ?? []

function createSession(world: World, { params }: Asked<Stripe.Checkout.SessionCreateParams>): Session {
  checkParams(world, params)
  const at = nowFor(world, params.customer)
  const session = create(world, 'checkout.session', {
    id: `cs_test_${randomWord(world, 58)}`,
    ...copied(params),
    ...amounts(world, params),
    after_expiration: (params.after_expiration?.recovery
      ? { recovery: { allow_promotion_codes: false, enabled: params.after_expiration.recovery.enabled, expires_at: null, url: null } }
      : null) as never,
    automatic_tax: { enabled: params.automatic_tax?.enabled ?? false, liability: null, provider: null, status: null },
    consent_collection: params.consent_collection
      ? ({ payment_method_reuse_agreement: null, promotions: 'none', terms_of_service: 'none', ...params.consent_collection } as never)
      : null,
    created: at,
    custom_text: {},
    expires_at: params.expires_at ?? at + 24 * hour,
    metadata: mergeMetadata(null, params.metadata),
    payment_method_options: optionsOf(params) as never,
    payment_method_types: ['card'],
    payment_status: params.mode === 'setup' ? 'no_payment_required' : 'unpaid',
    status: 'open',
    ui_mode: 'hosted_page',
  })
  asked.set(world, session.id, params)
  items.set(world, session.id, lineItems(world, params))
  plan(world, 'checkout.expire', session.id, session.expires_at, clockOf(world, params.customer))
  const setup_intent = params.mode === 'setup' ? newIntent(world, params) : null
  return change(world, session, { setup_intent, url: `${world.origin}/c/pay/${session.id}` })
}

function checkParams(world: World, params: Params): void {
  if (!params.mode) throw missing('mode')
  if (params.mode === 'payment')
    throw new Refused(501, { type: 'api_error', message: 'This emulator knows Checkout in the modes setup and subscription.' })
  if (params.ui_mode && params.ui_mode !== 'hosted_page')
    throw new Refused(501, { type: 'api_error', message: 'This emulator knows hosted pages only (ui_mode=hosted_page).' })
  if (!params.success_url) throw missing('success_url')
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  if (params.customer && params.customer_email)
    throw invalid('You may only specify one of these parameters: customer, customer_email.', { param: 'customer_email' })
  if (params.mode === 'setup' && !params.currency && !params.allowed_payment_method_types)
    throw invalid('In setup mode either `currency` or `allowed_payment_method_types` is required.', {
      param: 'currency',
      code: 'parameter_missing',
    })
  if (params.mode === 'subscription') checkItems(world, params)
  if (
    params.automatic_tax?.enabled &&
    params.customer &&
    !params.customer_update?.address &&
    !livingCustomer(world, params.customer).address
  )
    throw invalid(
      'Automatic tax calculation in Checkout requires a valid address on the Customer. Set `customer_update[address]` to `auto`.',
      { code: 'customer_tax_location_invalid' },
    )
  const at = nowFor(world, params.customer)
  if (params.expires_at && (params.expires_at < at + 1800 || params.expires_at > at + 24 * hour))
    throw invalid('The `expires_at` timestamp must be between 30 minutes and 24 hours from now.', { param: 'expires_at' })
}

function checkItems(world: World, { line_items }: Params): void {
  if (!line_items?.length) throw missing('line_items')
  for (const [i, item] of line_items.entries()) {
    if (!item.price) throw missing(`line_items[${i}][price]`)
    const price = find(world, 'price', item.price, `line_items[${i}][price]`)
    const metered = price.recurring?.usage_type === 'metered'
    if (metered && item.quantity !== undefined)
      throw invalid('You cannot set the quantity for metered plans.', { param: `line_items[${i}][quantity]` })
    if (!metered && item.quantity === undefined) throw missing(`line_items[${i}][quantity]`)
  }
}

/** What the session shows as it was asked for. */
const copied = (params: Params) => ({
  allow_promotion_codes: params.allow_promotion_codes ?? null,
  allowed_payment_method_types: params.allowed_payment_method_types ?? null,
  billing_address_collection: params.billing_address_collection ?? null,
  cancel_url: params.cancel_url ?? null,
  client_reference_id: params.client_reference_id ?? null,
  currency: params.currency ?? null,
  customer: params.customer ?? null,
  customer_email: params.customer_email ?? null,
  locale: params.locale ?? null,
  mode: params.mode as 'setup' | 'subscription',
  payment_method_collection: params.payment_method_collection ?? (params.mode === 'subscription' ? ('always' as const) : null),
  success_url: params.success_url ?? null,
  customer_creation: params.customer || params.mode === 'setup' ? null : ('always' as const),
})

function amounts(world: World, params: Params) {
  if (params.mode !== 'subscription') return {}
  const lines = lineItems(world, params)
  const sum = lines.reduce((total, item) => total + Number(item.amount_total), 0)
  return {
    amount_subtotal: sum,
    amount_total: sum,
    currency: String(lines[0]?.currency),
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  }
}

function lineItems(world: World, { line_items = [] }: Params): LineItem[] {
  return line_items.map((item, i) => {
    const price = find(world, 'price', item.price ?? '', `line_items[${i}][price]`)
    const metered = price.recurring?.usage_type === 'metered'
    const amount = metered ? 0 : amountFor(world, price, item.quantity ?? 1)
    const product = find(world, 'product', price.product)
    return {
      ...{ id: `li_${randomWord(world, 24)}`, object: 'item', adjustable_quantity: null, metadata: {} },
      ...{ amount_discount: 0, amount_subtotal: amount, amount_tax: 0, amount_total: amount, currency: price.currency },
      ...{ description: product.name, price, quantity: metered ? null : (item.quantity ?? 1) },
    }
  })
}

function optionsOf(params: Params) {
  const card = params.payment_method_options?.card
  const request_three_d_secure = card?.request_three_d_secure ?? 'automatic'
  return { card: { request_three_d_secure, ...(card?.restrictions ? { restrictions: card.restrictions } : {}) } }
}

function newIntent(world: World, params: Params): string {
  const request_three_d_secure = params.payment_method_options?.card?.request_three_d_secure ?? 'automatic'
  return newSetupIntent(world, {
    customer: params.customer ?? null,
    description: params.setup_intent_data?.description ?? null,
    metadata: mergeMetadata(null, params.setup_intent_data?.metadata),
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure } },
  }).id
}

/** Ends a session that nobody used; its setup intent ends with it. */
export function expireSession(world: World, id: string): Session | undefined {
  const session = peek(world, 'checkout.session', id)
  if (session?.status !== 'open') return session
  unplan(world, 'checkout.expire', id)
  const intent = peek(world, 'setup_intent', session.setup_intent)
  if (intent && intent.status !== 'succeeded') cancelSetup(world, intent, 'abandoned')
  const expired = become(world, session, 'expired', { url: null })
  tell(world, 'checkout.session.expired', expired)
  return expired
}

function expireAsked(world: World, { id }: Asked<unknown>) {
  const session = find(world, 'checkout.session', id)
  if (session.status !== 'open')
    throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired. This one is ${String(session.status)}.`)
  return expireSession(world, id)
}

/** The page has done its work. */
export function completeSession(world: World, session: Session, patch: Partial<Session>): Session {
  unplan(world, 'checkout.expire', session.id)
  const complete = become(world, session, 'complete', { ...patch, url: null })
  tell(world, 'checkout.session.completed', complete)
  return complete
}

export const sessionExtras = {
  line_items: (world: World, session: Session) => listOf(lineItemsOf(world, session), `/v1/checkout/sessions/${session.id}/line_items`),
}

export const checkout = {
  'checkout.sessions.create': createSession,
  'checkout.sessions.retrieve': (world, { id }) => find(world, 'checkout.session', id),
  'checkout.sessions.expire': expireAsked,
  'checkout.sessions.list': (world, { params }: Asked<Stripe.Checkout.SessionListParams>) =>
    page(
      all(world, 'checkout.session'),
      params,
      '/v1/checkout/sessions',
      (each) =>
        (!params.customer || each.customer === params.customer) &&
        (!params.status || each.status === params.status) &&
        (!params.subscription || each.subscription === params.subscription),
    ),
  'checkout.sessions.listLineItems': (world, { id }) =>
    listOf(lineItemsOf(world, find(world, 'checkout.session', id)), `/v1/checkout/sessions/${id}/line_items`),
} satisfies Operations
