/** A simple automatic tax: one standard rate a country, by where the customer is. */
import type { Stripe } from 'stripe'
import type { Held } from '../wire.ts'
import { all, peek, type World } from '../world.ts'

/** Standard rates in percent. Countries that are not here are taxed with nothing. */
export const standardRates: Record<string, number> = {
  AT: 20, BE: 21, BG: 20, CY: 19, CZ: 21, DE: 19, DK: 25, EE: 24, ES: 21, FI: 25.5, FR: 20, GR: 24, HR: 25, HU: 27, IE: 23, IT: 22,
  LT: 21, LU: 17, LV: 21, MT: 18, NL: 21, PL: 23, PT: 23, RO: 21, SE: 25, SI: 22, SK: 23,
  GB: 20, CH: 8.1, NO: 25, AU: 10, NZ: 15, JP: 10, SG: 9, IN: 18, ZA: 15,
} // biome-ignore format: a table

const union = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '))

type Location = { country: string; state: string | null; source: 'billing_address' | 'payment_method' | 'shipping_destination' }

/** Where a customer is: the address of shipping, then their own, then that of the card. */
export function locate(world: World, customer: Held<'customer'>): Location | null {
  const method = peek(world, 'payment_method', customer.invoice_settings?.default_payment_method)
  const places: [Location['source'], Stripe.Address | null | undefined][] = [
    ['shipping_destination', customer.shipping?.address as Stripe.Address | undefined],
    ['billing_address', customer.address as Stripe.Address | null | undefined],
    ['payment_method', method?.billing_details.address as Stripe.Address | null | undefined],
  ]
  for (const [source, address] of places) if (address?.country) return { country: address.country, state: address.state, source }
  return null
}

export interface TaxAnswer {
  percent: number
  country: string
  reason: 'standard_rated' | 'reverse_charge' | 'customer_exempt' | 'not_collecting'
}

/** Which tax a customer owes; null where nobody knows where they are. */
export function taxFor(world: World, customer: Held<'customer'>): TaxAnswer | null {
  const location = locate(world, customer)
  if (!location) return null
  const { country } = location
  if (customer.tax_exempt === 'exempt') return { percent: 0, country, reason: 'customer_exempt' }
  const percent = standardRates[country] ?? 0
  const business = all(world, 'tax_id').some((each) => each.customer === customer.id && each.type === 'eu_vat')
  const abroad = country !== world.settings.homeCountry
  if (customer.tax_exempt === 'reverse' || (business && union.has(country) && abroad))
    return { percent: 0, country, reason: 'reverse_charge' }
  return { percent, country, reason: percent === 0 ? 'not_collecting' : 'standard_rated' }
}

/** The tax on an amount; inside it or on top of it. */
export const taxOn = (amount: number, percent: number, inclusive: boolean): number =>
  Math.round(inclusive ? amount - amount / (1 + percent / 100) : (amount * percent) / 100)
