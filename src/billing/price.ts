/** The catalogue's prices at Stripe. */
import { log } from '../log.ts'
import { makePrice, missingPrices, type PricedPlan } from '../processors/stripe-prices.ts'
import { catalogue } from '../services/catalogue.ts'
import type { House } from '../web/house.ts'

/** Every paid plan that is offered, as Stripe needs it. */
async function pricedPlans({ db }: House): Promise<PricedPlan[]> {
  const services = await db.as('billing', (tx) => catalogue(tx))
  return services.flatMap((service) =>
    service.plans.flatMap(({ kind, lookupKey, title, retiredAt, ...terms }) =>
      kind === 'free' || !lookupKey || retiredAt
        ? []
        : [{ ...terms, kind, lookupKey, service: service.slug, title: `${service.title}, ${title}` }],
    ),
  )
}

/** Plans that cannot be bought, because Stripe knows no price under their lookup key. */
export async function plansWithoutPrice(house: House): Promise<PricedPlan[]> {
  const plans = await pricedPlans(house)
  const missing = new Set(
    await missingPrices(
      house.config,
      plans.map(({ lookupKey }) => lookupKey),
    ),
  )
  return plans.filter(({ lookupKey }) => missing.has(lookupKey))
}

/** Makes the prices that are missing at Stripe. */
export async function makeMissingPrices(house: House): Promise<number> {
  const plans = await plansWithoutPrice(house)
  for (const plan of plans) await makePrice(house.config, plan)
  log('billing.prices-made', { prices: plans.length })
  return plans.length
}
