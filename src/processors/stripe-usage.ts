/** What was used, for Stripe's meters. */
import { Stripe } from 'stripe'
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

/** Tells Stripe of a sum of uses. Told again under the same name, it counts once. */
export const reportUse = (config: Config, { customer, service, meter, quantity, name, at }: Used): Promise<void> =>
  ask(config, async (client) => {
    const event = {
      event_name: meterEvent(service, meter),
      identifier: name,
      timestamp: Math.floor(at.getTime() / 1000),
      payload: { stripe_customer_id: customer, value: String(quantity) },
    }
    await client.billing.meterEvents.create(event).catch(unlessKnown)
  })

// Stripe had heard it before: that is what the name is for.
function unlessKnown(fault: unknown): void {
  if (!(fault instanceof Stripe.errors.StripeInvalidRequestError && fault.code === 'duplicate_meter_event')) throw fault
}
