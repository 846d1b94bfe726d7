/**
 * The way out to Stripe, which handles all payment data. Of what Stripe answers only what is written
 * down here comes in: opaque keys, states, amounts and dates. Cards, names and addresses do not; the
 * signals for qualifying are handed over for one call and kept nowhere (see `billing/qualification.ts`).
 */
import { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import type { Id } from '../log.ts'
import type { Nameplate } from './nameplate.ts'

export const stripe: Nameplate = {
  name: 'Stripe',
  does: 'Takes your card, name and billing address on its own pages, and collects payments',
  where: 'United States and Ireland',
  receives: { account: 'reference', membership: 'reference', plan: 'membership', seats: 'membership', usage: 'usage' },
  basis: 'contract',
  forget: 'Ends what is paid for, detaches the card and deletes the customer; what the law makes Stripe keep, it keeps.',
}

const clients = new Map<string, Stripe>()

/** Whether this house can collect payments at all. */
export const hasStripe = (config: Config): boolean => config.stripeKey !== undefined

function clientOf({ stripeKey, stripeOrigin }: Config): Stripe {
  if (!stripeKey) throw new StripeTrouble({ type: 'not_configured' })
  const known = clients.get(`${stripeKey} ${stripeOrigin}`)
  if (known) return known
  const place = stripeOrigin ? new URL(stripeOrigin) : undefined
  const fresh = new Stripe(stripeKey, {
    telemetry: false,
    timeout: 15_000,
    maxNetworkRetries: 1,
    ...(place && { host: place.hostname, port: place.port, protocol: place.protocol === 'http:' ? 'http' : 'https' }),
  })
  clients.set(`${stripeKey} ${stripeOrigin}`, fresh)
  return fresh
}

interface Told {
  readonly type: string
  readonly code?: string | undefined
  readonly declineCode?: string | undefined
  readonly param?: string | undefined
  readonly status?: number | undefined
  readonly request?: string | undefined
}

/** What went wrong at Stripe, without anything that Stripe said about a card or a person. */
export class StripeTrouble extends Error {
  override name = 'StripeTrouble'
  readonly told: Told

  constructor(told: Told) {
    super(`${told.type} ${told.code ?? ''}`.trim())
    this.told = told
  }

  /** Stripe said no for good: to ask again gives the same answer. */
  get final(): boolean {
    return (
      this.told.status !== undefined &&
      this.told.status >= 400 &&
      this.told.status < 500 &&
      this.told.status !== 409 &&
      this.told.status !== 429
    )
  }
}

/**
 * Asks Stripe something. The SDK’s errors carry cards, addresses and whole payloads: they end here.
 *
 * The SDK names each request for its own repetitions. We give no names of our own that would be the same
 * at the next try: for a day Stripe answers a known name as it did the first time, with a fault, too.
 */
export async function ask<R>(config: Config, question: (client: Stripe) => Promise<R>): Promise<R> {
  try {
    return await question(clientOf(config))
  } catch (fault) {
    if (!(fault instanceof Stripe.errors.StripeError))
      throw fault instanceof StripeTrouble ? fault : new StripeTrouble({ type: 'unreadable' })
    throw new StripeTrouble({
      type: fault.type,
      code: fault.code,
      declineCode: fault.decline_code,
      param: fault.param,
      status: fault.statusCode,
      request: fault.requestId,
    })
  }
}

const idOf = (held: string | { readonly id: string } | null | undefined): string | undefined =>
  typeof held === 'string' ? held : (held?.id ?? undefined)
const moment = (seconds: number | null | undefined): Date | null => (seconds ? new Date(seconds * 1000) : null)

/** Makes a customer that bears our number for the account, and nothing else. */
export const newCustomer = (config: Config, account: Id): Promise<string> =>
  ask(config, async (client) => (await client.customers.create({ metadata: { account } })).id)

/** Stripe's page where name, address and card are given; the address is good once and is not kept. */
export const setupPage = (
  config: Config,
  { customer, membership, back }: { customer: string; membership: Id; back: { done: string; left: string } },
): Promise<string> =>
  ask(config, async (client) => {
    const { url } = await client.checkout.sessions.create({
      mode: 'setup',
      customer,
      allowed_payment_method_types: ['card'],
      billing_address_collection: 'required',
      success_url: back.done,
      cancel_url: back.left,
      client_reference_id: membership,
      metadata: { membership },
      setup_intent_data: { metadata: { membership } },
    })
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
}

/** The newest attempt to give a card for this membership; undefined when there was none. */
export const signalsFor = (config: Config, { customer, membership }: { customer: string; membership: Id }): Promise<Signals | undefined> =>
  ask(config, async (client) => {
    const listed = await client.setupIntents.list({ customer, limit: 20, expand: ['data.payment_method', 'data.latest_attempt'] })
    const own = listed.data.filter((intent) => intent.metadata?.['membership'] === membership)
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
  }
}

/** From now on this card is charged: for all subscriptions at once, because none has one of its own. */
export const useCard = (config: Config, customer: string, paymentMethod: string): Promise<void> =>
  ask(config, async (client) => {
    await client.customers.update(customer, { invoice_settings: { default_payment_method: paymentMethod } })
  })

/** What is bought. */
export interface Purchase {
  readonly customer: string
  readonly membership: Id
  readonly lookupKey: string
  /** Undefined for what is metered: Stripe counts it. */
  readonly quantity: number | undefined
  readonly trialDays: number
}

/** Begins a subscription. Whoever asks has looked, under a lock, whether one was begun already. */
export const subscribe = (config: Config, { customer, membership, lookupKey, quantity, trialDays }: Purchase): Promise<string> =>
  ask(config, async (client) => {
    const price = await priceBehind(client, lookupKey)
    const { id } = await client.subscriptions.create({
      customer,
      items: [{ price, ...(quantity === undefined ? {} : { quantity }) }],
      metadata: { membership },
      payment_behavior: 'allow_incomplete',
      off_session: true,
      ...(trialDays > 0 ? { trial_period_days: trialDays } : {}),
    })
    return id
  })

async function priceBehind(client: Stripe, lookupKey: string): Promise<string> {
  const price = (await client.prices.list({ lookup_keys: [lookupKey], active: true, limit: 1 })).data[0]
  if (!price) throw new StripeTrouble({ type: 'no_price', code: 'lookup_key_unknown', status: 404 })
  return price.id
}

/** A subscription as we know it. */
export interface KnownSubscription {
  readonly id: string
  readonly membership: string | undefined
  readonly status: string
  readonly lookupKey: string | null
  readonly quantity: number | null
  readonly cents: number | null
  readonly currency: string
  readonly every: string | null
  readonly periodEnd: Date | null
  readonly cancelAt: Date | null
  readonly paused: boolean
  readonly createdAt: Date
}

/** An invoice as we know it. */
export interface KnownInvoice {
  readonly id: string
  readonly subscription: string | undefined
  readonly status: string
  readonly due: number
  readonly paid: number
  readonly currency: string
  readonly attempts: number
  readonly nextAttempt: Date | null
  readonly createdAt: Date
  readonly paidAt: Date | null
}

/** Everything about a customer that we may know, as it is now. */
export interface KnownCustomer {
  readonly deleted: boolean
  readonly paymentMethod: string | undefined
  readonly subscriptions: readonly KnownSubscription[]
  readonly invoices: readonly KnownInvoice[]
}

/** Asks anew for everything: order, repetition and loss of events do not matter to who does that. */
export const customerNow = (config: Config, id: string): Promise<KnownCustomer> =>
  ask(config, async (client) => {
    const customer = await client.customers.retrieve(id)
    if (customer.deleted) return { deleted: true, paymentMethod: undefined, subscriptions: [], invoices: [] }
    const subscriptions = await client.subscriptions.list({ customer: id, status: 'all', limit: 100 }).autoPagingToArray({ limit: 1_000 })
    const invoices = await client.invoices.list({ customer: id, limit: 100 }).autoPagingToArray({ limit: 1_000 })
    return {
      deleted: false,
      paymentMethod: idOf(customer.invoice_settings.default_payment_method),
      subscriptions: subscriptions.map(knownSubscription),
      invoices: invoices.filter(({ status }) => status !== 'draft').map(knownInvoice),
    }
  })

function knownSubscription(held: Stripe.Subscription): KnownSubscription {
  const item = held.items.data[0]
  return {
    id: held.id,
    membership: held.metadata['membership'],
    status: held.status,
    lookupKey: item?.price.lookup_key ?? null,
    quantity: item?.quantity ?? null,
    cents: item?.price.unit_amount ?? null,
    currency: held.currency,
    every: item?.price.recurring?.interval ?? null,
    periodEnd: moment(item?.current_period_end),
    cancelAt: moment(held.cancel_at) ?? (held.cancel_at_period_end ? moment(item?.current_period_end) : null),
    paused: held.pause_collection !== null,
    createdAt: new Date(held.created * 1000),
  }
}

const knownInvoice = (held: Stripe.Invoice): KnownInvoice => ({
  id: held.id ?? '',
  subscription: idOf(held.parent?.subscription_details?.subscription),
  status: held.status ?? 'open',
  due: held.amount_due,
  paid: held.amount_paid,
  currency: held.currency,
  attempts: held.attempt_count,
  nextAttempt: moment(held.next_payment_attempt),
  createdAt: new Date(held.created * 1000),
  paidAt: moment(held.status_transitions.paid_at),
})

/** Tries every open invoice of a customer again, with the card that is theirs now. */
export const payOpenInvoices = (config: Config, customer: string): Promise<void> =>
  ask(config, async (client) => {
    const open = await client.invoices.list({ customer, status: 'open', limit: 100 })
    for (const { id } of open.data) if (id) await client.invoices.pay(id).catch(unlessDeclined)
  })

// A card that is declined again is an outcome, which the invoice tells; everything else is trouble.
function unlessDeclined(fault: unknown): void {
  if (!(fault instanceof Stripe.errors.StripeCardError)) throw fault
}

/**
 * Ends everything of a customer: unused time and open usage are settled, what is still owed is void, the
 * card is detached, the customer deleted. Who is gone already is gone.
 */
export const closeCustomer = (config: Config, id: string): Promise<void> =>
  ask(config, async (client) => {
    const customer = await client.customers.retrieve(id).catch(unlessMissing)
    if (!customer || customer.deleted) return
    for await (const subscription of client.subscriptions.list({ customer: id, limit: 100 }))
      await client.subscriptions.cancel(subscription.id)
    for await (const invoice of client.invoices.list({ customer: id, status: 'open', limit: 100 }))
      if (invoice.id) await client.invoices.voidInvoice(invoice.id)
    for await (const method of client.paymentMethods.list({ customer: id, limit: 100 })) await client.paymentMethods.detach(method.id)
    await client.customers.del(id)
  })

function unlessMissing(fault: unknown): undefined {
  if (!(fault instanceof Stripe.errors.StripeInvalidRequestError && fault.statusCode === 404)) throw fault
}

/** What a webhook tells: which event, of which kind, about which object. A thin event holds nothing else. */
export interface Notice {
  readonly event: string
  readonly type: string
  readonly object: string | undefined
}

/**
 * Reads and verifies what came to `/webhooks/stripe`. A snapshot, should one arrive, is stripped to the same.
 * @returns undefined when the signature is forged, stale or missing
 */
export function noticeIn(config: Config, raw: string, signature: string | undefined): Notice | undefined {
  const { stripeWebhookSecret: secret } = config
  if (!secret || !signature) return undefined
  try {
    const client = clientOf(config)
    if (/"object"\s*:\s*"v2\.core\.event"/.test(raw)) {
      const thin = client.parseEventNotification(raw, signature, secret) as Stripe.V2.Core.EventNotification & {
        related_object?: { id?: string } | null
      }
      return { event: thin.id, type: thin.type.replace(/^v1\./, ''), object: thin.related_object?.id }
    }
    const { id, type, data } = client.webhooks.constructEvent(raw, signature, secret)
    return { event: id, type, object: (data.object as { id?: string }).id }
  } catch {
    return undefined
  }
}

const finders: Readonly<Record<string, (client: Stripe, id: string) => Promise<string | undefined>>> = {
  cus_: (_, id) => Promise.resolve(id),
  sub_: async (client, id) => idOf((await client.subscriptions.retrieve(id)).customer),
  in_: async (client, id) => idOf((await client.invoices.retrieve(id)).customer),
  pm_: async (client, id) => idOf((await client.paymentMethods.retrieve(id)).customer),
  seti_: async (client, id) => idOf((await client.setupIntents.retrieve(id)).customer),
  cs_: async (client, id) => idOf((await client.checkout.sessions.retrieve(id)).customer),
  pi_: async (client, id) => idOf((await client.paymentIntents.retrieve(id)).customer),
}

/** The customer whom an object belongs to; undefined for objects that concern no customer of ours. */
export const customerBehind = (config: Config, object: string): Promise<string | undefined> =>
  ask(config, async (client) => {
    const find = finders[/^[a-z]+_/.exec(object)?.[0] ?? '']
    return find?.(client, object)
  })
