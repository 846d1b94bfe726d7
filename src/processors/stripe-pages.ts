/** Stripe's own pages, where cards, names and addresses are given, and what comes of a card for one decision. */
import type { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import type { Id } from '../log.ts'
import { ask, idOf, StripeTrouble } from './stripe.ts'

/** For whom a card is wanted, for what, and where the person comes back to. */
interface Setup {
  readonly customer: string
  readonly membership: string
  readonly currency: string
  readonly back: { readonly done: string; readonly left: string }
}

/** What Stripe's page is asked to ask for: a card and its billing address. */
export const setupRequest = ({ customer, membership, currency, back }: Setup) =>
  ({
    mode: 'setup',
    customer,
    allowed_payment_method_types: ['card'],
    billing_address_collection: 'required',
    success_url: back.done,
    cancel_url: back.left,
    client_reference_id: membership,
    metadata: { membership },
    setup_intent_data: { metadata: { membership, currency } },
  }) satisfies Stripe.Checkout.SessionCreateParams

/** Stripe's page where name, address and card are given; the address is good once and is not kept. */
export const setupPage = (config: Config, setup: Setup & { membership: Id }): Promise<string> =>
  ask(config, async (client) => {
    const { url } = await client.checkout.sessions.create(setupRequest(setup))
    if (!url) throw new StripeTrouble({ type: 'no_page' })
    return url
  })

/** What the person can do in Stripe's portal besides looking. */
export type PortalFlow = 'payment_method_update' | undefined

/** Stripe's page where the person sees and changes card, name and address, and finds invoices. */
export const portalPage = (
  config: Config,
  { customer, back, flow }: { customer: string; back: string; flow?: PortalFlow },
): Promise<string> =>
  ask(
    config,
    async (client) =>
      (await client.billingPortal.sessions.create({ customer, return_url: back, ...(flow ? { flow_data: { type: flow } } : {}) })).url,
  )

/** What Stripe can tell of a payment method, for one decision; never stored. */
export interface Signals {
  readonly setup: string
  readonly paymentMethod: string | undefined
  readonly outcome: 'succeeded' | 'declined' | 'unfinished'
  readonly authentication: string | null
  readonly cvc: string | null
  readonly postcode: string | null
  readonly street: string | null
  readonly funding: string
  readonly country: string | null
  readonly fingerprint: string | null
  /** In which the price was shown when the card was asked for. */
  readonly currency: string | undefined
}

/** The newest attempt to give a card for this membership, since a moment; undefined when there was none. */
export const signalsFor = (
  config: Config,
  { customer, membership, since }: { customer: string; membership: Id; since?: Date | undefined },
): Promise<Signals | undefined> =>
  ask(config, async (client) => {
    const listed = await client.setupIntents.list({ customer, limit: 20, expand: ['data.payment_method', 'data.latest_attempt'] })
    const own = listed.data.filter(
      (intent) => intent.metadata?.['membership'] === membership && (!since || intent.created * 1000 >= since.getTime()),
    )
    const intent = own.find(({ status }) => status === 'succeeded') ?? own[0]
    return intent && signalsOf(intent)
  })

function signalsOf(intent: Stripe.SetupIntent): Signals {
  const method = typeof intent.payment_method === 'object' ? intent.payment_method : null
  const attempt = typeof intent.latest_attempt === 'object' ? intent.latest_attempt : null
  const card = method?.card
  return {
    setup: intent.id,
    paymentMethod: method?.id ?? idOf(intent.payment_method),
    outcome: intent.status === 'succeeded' ? 'succeeded' : intent.last_setup_error ? 'declined' : 'unfinished',
    authentication: attempt?.payment_method_details.card?.three_d_secure?.result ?? null,
    cvc: card?.checks?.cvc_check ?? null,
    postcode: card?.checks?.address_postal_code_check ?? null,
    street: card?.checks?.address_line1_check ?? null,
    funding: card?.funding ?? 'unknown',
    country: card?.country ?? null,
    fingerprint: card?.fingerprint ?? null,
    currency: intent.metadata?.['currency'],
  }
}
