/** The catalogue's prices at Stripe: made from the plans where they are missing, found by their lookup keys. */
import type { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import { ask } from './stripe.ts'

/** As much of a plan as its price at Stripe needs. */
export interface PricedPlan {
  readonly service: string
  readonly title: string
  readonly lookupKey: string
  readonly kind: 'flat' | 'seat' | 'metered' | 'tiered'
  readonly amounts: Readonly<Record<string, number>>
  readonly tiers: readonly { readonly upTo: number | null; readonly cents: number }[]
  readonly every: 'month' | 'year'
  readonly tax: 'exclusive' | 'inclusive'
  readonly meter: string | null
}

/** The name under which Stripe counts what a service meters. */
export const meterEvent = (service: string, meter: string): string => `${service}.${meter}`.replace(/[^\w.]/g, '_').slice(0, 100)

/** Which of these prices Stripe does not have. */
export const missingPrices = (config: Config, keys: readonly string[]): Promise<string[]> =>
  ask(config, async (client) => {
    const found = new Set<string>()
    for (let from = 0; from < keys.length; from += 10) {
      const { data } = await client.prices.list({ lookup_keys: keys.slice(from, from + 10), active: true, limit: 100 })
      for (const { lookup_key: key } of data) if (key) found.add(key)
    }
    return keys.filter((key) => !found.has(key))
  })

/** Makes a plan's product, meter and price at Stripe. Whoever asks has looked which are missing. */
export const makePrice = (config: Config, plan: PricedPlan): Promise<void> =>
  ask(config, async (client) => {
    const product = await client.products.create({ name: plan.title, metadata: { service: plan.service } })
    const meter = plan.meter === null ? undefined : await meterFor(client, meterEvent(plan.service, plan.meter), plan.meter)
    await client.prices.create({ ...priceOf(plan, meter), product: product.id, lookup_key: plan.lookupKey, transfer_lookup_key: true })
  })

async function meterFor(client: Stripe, event: string, name: string): Promise<string> {
  for await (const meter of client.billing.meters.list({ status: 'active', limit: 100 })) if (meter.event_name === event) return meter.id
  const made = await client.billing.meters.create({ display_name: name, event_name: event, default_aggregation: { formula: 'sum' } })
  return made.id
}

function priceOf(plan: PricedPlan, meter: string | undefined): Omit<Stripe.PriceCreateParams, 'product'> & { currency: string } {
  const [[currency, cents] = ['usd', 0], ...others] = Object.entries(plan.amounts)
  const recurring = { interval: plan.every, ...(meter ? { usage_type: 'metered' as const, meter } : {}) }
  // A tier costs the same number in every currency.
  const tiers = plan.tiers.map(({ upTo, cents: each }) => ({ up_to: upTo ?? ('inf' as const), unit_amount: each }))
  const isTiered = plan.kind === 'tiered'
  const costs = (amount: number) => (isTiered ? { tiers } : { unit_amount: amount })
  return {
    currency,
    recurring,
    tax_behavior: plan.tax,
    ...(isTiered ? { billing_scheme: 'tiered' as const, tiers_mode: 'graduated' as const } : {}),
    ...costs(cents),
    currency_options: Object.fromEntries(others.map(([name, amount]) => [name, { ...costs(amount), tax_behavior: plan.tax }])),
  }
}
