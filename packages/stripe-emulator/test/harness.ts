/** An emulator and the official SDK, for a test. At the end nothing may have broken the schema. */
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { Stripe } from 'stripe'
import { type Emulator, type Options, startEmulator } from '../src/index.ts'

export const clientFor = (emulator: Emulator): Stripe =>
  new Stripe(emulator.secretKey, { host: emulator.host, port: emulator.port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 })

export interface Bench {
  emulator: Emulator
  stripe: Stripe
  /** Types of the events that arrived, without the `v1.` before them. */
  told: string[]
  /** The bodies as they arrived, with their signatures. */
  letters: { body: string; signature: string }[]
}

export async function openBench(options: Options = {}): Promise<Bench> {
  const told: string[] = []
  const letters: Bench['letters'] = []
  const send = async (body: string, signature: string) => {
    letters.push({ body, signature })
    told.push((JSON.parse(body) as { type: string }).type.replace(/^v1\./, ''))
    return 200
  }
  const emulator = await startEmulator({ delivery: 'in order', seed: 7, webhook: { url: 'http://127.0.0.1:1/', send }, ...options })
  const stripe = clientFor(emulator)
  after(async () => {
    try {
      // Asking for them all has every snapshot checked.
      for await (const event of stripe.events.list({ limit: 100 })) assert(event.id)
      for await (const event of stripe.v2.core.events.list({ limit: 100 })) assert(event.id)
    } finally {
      await emulator.stop()
    }
    assert.deepEqual(emulator.admin.state().violations, [])
  })
  return { emulator, stripe, told, letters }
}

export const typed = (number: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...{ number, exp: '12/34', cvc: '123', name: 'Ada Example' },
  ...{ line1: '1 High Street', city: 'Berlin', postal_code: '10115', country: 'DE' },
  ...more,
})

/** A plan of so many cents a month. */
export async function plan(stripe: Stripe, unit_amount: number, more: Partial<Stripe.PriceCreateParams> = {}): Promise<string> {
  const product = await stripe.products.create({ name: `Plan ${unit_amount}` })
  const price = await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount, recurring: { interval: 'month' }, ...more })
  return price.id
}

/** A customer with a card. */
export async function payer(stripe: Stripe, card = 'pm_card_visa', more: Stripe.CustomerCreateParams = {}): Promise<string> {
  const customer = await stripe.customers.create(more)
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  return customer.id
}

/** The id in a field that could be expanded. */
export const idOf = (value: string | { id: string } | null | undefined): string => {
  assert(value, 'there is nothing')
  return typeof value === 'string' ? value : value.id
}
