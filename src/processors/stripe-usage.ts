/** What was used, for Stripe's meters. */
import type { Config } from '../config.ts'
import { ask } from './stripe.ts'
import { meterEvent } from './stripe-prices.ts'

export interface Used {
  readonly customer: string
  readonly service: string
  readonly meter: string
  readonly quantity: number
  /** Under this name Stripe counts it once. */
  readonly name: string
  readonly at: Date
}

/** Tells Stripe of one use. Told again under the same name, it counts once. */
export const reportUse = (config: Config, { customer, service, meter, quantity, name, at }: Used): Promise<void> =>
  ask(config, async (client) => {
    await client.billing.meterEvents.create({
      event_name: meterEvent(service, meter),
      identifier: name,
      timestamp: Math.floor(at.getTime() / 1000),
      payload: { stripe_customer_id: customer, value: String(quantity) },
    })
  })
