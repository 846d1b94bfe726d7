/** Buying at Stripe: whose card is charged, and what for. */
import type { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import type { Id } from '../log.ts'
import { ask, StripeTrouble } from './stripe.ts'

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
  /** In which the price was shown. */
  readonly currency: string
}

/** Begins a subscription, with tax where Stripe Tax is on. Whoever asks has looked, under a lock, whether one was begun already. */
export const subscribe = (config: Config, { customer, membership, lookupKey, quantity, trialDays, currency }: Purchase): Promise<string> =>
  ask(config, async (client) => {
    const price = await priceBehind(client, lookupKey)
    const { id } = await client.subscriptions.create({
      customer,
      currency,
      automatic_tax: { enabled: (await client.tax.settings.retrieve()).status === 'active' },
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
