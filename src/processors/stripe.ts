/**
 * The way out to Stripe, which handles all payment data. Of what Stripe answers only what the files
 * beside this one write down comes in: opaque keys, states, amounts and dates. Cards, names and addresses
 * do not; the signals for qualifying are handed over for one call and kept nowhere.
 */
import { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import type { Nameplate } from './nameplate.ts'
import { guardedClient } from './stripe-wire.ts'

export const stripe: Nameplate = {
  name: 'Stripe',
  does: 'Takes your card, name and billing address on its own pages, and collects payments',
  where: 'United States and Ireland',
  purposes: ['billing', 'rights'],
  transfer: 'to the United States, under the standard contractual clauses of its data processing agreement',
  receives: {
    account: 'reference',
    house: 'reference',
    membership: 'reference',
    keys: 'billing',
    amounts: 'billing',
    plan: 'membership',
    seats: 'membership',
    usage: 'usage',
    catalogue: 'content',
    restricted: 'record',
    // Only where it has the old one already: see `stripe-telling.ts`.
    name: 'contact',
    email: 'contact',
  },
  basis: 'contract',
  forget: 'Ends what is paid for, detaches the card and deletes the customer; what the law makes Stripe keep, it keeps.',
  correct:
    'Where it has the old name or address, the new one takes its place, and is read back; it gets none from us that it had not. What else you typed on its own pages you correct there, by way of your billing page.',
  way: ({ stripeKey, stripeOrigin }) => (stripeKey ? new URL(stripeOrigin ?? STRIPE) : undefined),
}

const STRIPE = 'https://api.stripe.com'

const clients = new WeakMap<Config, Stripe>()

/** Whether this house can collect payments at all. */
export const hasStripe = (config: Config): boolean => config.stripeKey !== undefined

/** The SDK, for what asks nothing of Stripe; everything else goes through `ask`. */
export function clientOf(config: Config): Stripe {
  const { stripeKey, stripeOrigin } = config
  if (!stripeKey) throw new StripeTrouble({ type: 'not_configured' })
  const known = clients.get(config)
  if (known) return known
  const place = stripeOrigin ? new URL(stripeOrigin) : undefined
  const fresh = new Stripe(stripeKey, {
    telemetry: false,
    timeout: 15_000,
    maxNetworkRetries: 1,
    httpClient: guardedClient(config, stripe),
    ...(place && { host: place.hostname, port: place.port, protocol: place.protocol === 'http:' ? 'http' : 'https' }),
  })
  clients.set(config, fresh)
  return fresh
}

/** All that we let a fault of Stripe's say: two words and a number. */
interface Told {
  readonly type: string
  readonly code?: string | undefined
  readonly status?: number | undefined
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
    throw new StripeTrouble({ type: worded(fault.type) ?? 'unknown', code: worded(fault.code), status: fault.statusCode })
  }
}

// Stripe's own words have letters alone; nothing that somebody typed on a card form passes for one.
const worded = (text: unknown): string | undefined => (typeof text === 'string' && /^[A-Za-z_]{1,60}$/.test(text) ? text : undefined)

/** The key of what Stripe hands over whole or by its key. */
export const idOf = (held: string | { readonly id: string } | null | undefined): string | undefined =>
  typeof held === 'string' ? held : (held?.id ?? undefined)

/** Stripe counts seconds. */
export const moment = (seconds: number | null | undefined): Date | null => (seconds ? new Date(seconds * 1000) : null)
