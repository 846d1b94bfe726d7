/** Tax as the API offers it: rates by hand, a calculation ahead, and where the company is registered. */
import type { Stripe } from 'stripe'
import { day, now } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { listOf, page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import { skeleton } from '../schema.ts'
import type { Held, Wire } from '../wire.ts'
import { all, create, randomWord, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'
import { standardRates, type TaxAnswer, taxFor, taxOn } from './tax.ts'

function createRate(world: World, { params }: Asked<Stripe.TaxRateCreateParams>): Held<'tax_rate'> {
  const {
    display_name,
    inclusive,
    percentage,
    active = true,
    country = null,
    jurisdiction = null,
    description = null,
    state = null,
  } = params
  return create(world, 'tax_rate', {
    ...{ active, country, created: now(world), description, display_name, effective_percentage: percentage, inclusive },
    ...{ jurisdiction, metadata: mergeMetadata(null, params.metadata), percentage, rate_type: 'percentage', state },
  })
}

type Params = Asked<Stripe.Tax.CalculationCreateParams>['params']

function answerFor(world: World, { customer, customer_details }: Params): TaxAnswer {
  if (customer) {
    const answer = taxFor(world, livingCustomer(world, customer, 'customer'))
    if (answer) return answer
  }
  const country = customer_details?.address?.country
  if (!country) throw invalid("The customer's location isn't recognized.", { code: 'customer_tax_location_invalid' })
  const percent = standardRates[country] ?? 0
  return { country, percent, reason: percent === 0 ? 'not_collecting' : 'standard_rated' }
}

function calculate(world: World, { params }: Asked<Stripe.Tax.CalculationCreateParams>) {
  if (params.line_items.length === 0) throw missing('line_items')
  const answer = answerFor(world, params)
  const lines = params.line_items.map((line, i) => {
    const inclusive = line.tax_behavior === 'inclusive'
    const amount_tax = taxOn(line.amount, answer.percent, inclusive)
    return skeleton<Wire<Stripe.Tax.CalculationLineItem>>('Tax.CalculationLineItem', {
      ...{ id: `tax_li_${randomWord(world, 16)}`, amount: line.amount, amount_tax, quantity: line.quantity ?? 1 },
      ...{
        reference: line.reference ?? `L${i + 1}`,
        tax_behavior: inclusive ? 'inclusive' : 'exclusive',
        tax_code: line.tax_code ?? 'txcd_10000000',
      },
    })
  })
  const sum = (behavior: string) =>
    lines.filter((line) => line.tax_behavior === behavior).reduce((total, line) => total + line.amount_tax, 0)
  const exclusive = sum('exclusive')
  return skeleton<Wire<Stripe.Tax.Calculation>>('Tax.Calculation', {
    ...{ id: `taxcalc_${randomWord(world, 16)}`, amount_total: lines.reduce((total, line) => total + line.amount, 0) + exclusive },
    ...{ currency: params.currency, customer: params.customer ?? null, customer_details: { tax_ids: [], taxability_override: 'none' } },
    ...{ expires_at: now(world) + 90 * day, line_items: listOf(lines, '/v1/tax/calculations/line_items') as never },
    ...{ tax_amount_exclusive: exclusive, tax_amount_inclusive: sum('inclusive'), tax_breakdown: [], tax_date: now(world) },
  })
}

function settings({ settings: { homeCountry } }: World) {
  return {
    object: 'tax.settings',
    defaults: { provider: 'stripe', tax_behavior: 'inferred_by_currency', tax_code: 'txcd_10103001' },
    head_office: { address: { city: null, country: homeCountry, line1: null, line2: null, postal_code: null, state: null } },
    livemode: false,
    status: 'active',
    status_details: { active: {} },
  }
}

/** The company is taken to be registered wherever a rate is known. */
function registrations(_world: World, { params }: Asked<Stripe.Tax.RegistrationListParams>) {
  const all = Object.keys(standardRates).map((country) => ({
    ...{ id: `taxreg_${country}`, object: 'tax.registration', active_from: 0, country, country_options: {} },
    ...{ created: 0, expires_at: null, livemode: false, status: 'active' },
  }))
  return page(
    params.status === undefined || params.status === 'active' || params.status === 'all' ? all : [],
    params,
    '/v1/tax/registrations',
  )
}

const codes = [
  {
    id: 'txcd_10000000',
    object: 'tax_code',
    name: 'General - Electronically Supplied Services',
    description: 'A digital service',
    requirements: null,
  },
  {
    id: 'txcd_10103001',
    object: 'tax_code',
    name: 'Software as a service (SaaS) - business use',
    description: 'Software that is used over the internet',
    requirements: null,
  },
]

export const tax = {
  'taxRates.create': createRate,
  'taxRates.list': (world, { params }: Asked<Stripe.TaxRateListParams>) =>
    page(all(world, 'tax_rate'), params, '/v1/tax_rates', (each) => params.active === undefined || each.active === params.active),
  'tax.calculations.create': calculate,
  'tax.settings.retrieve': settings,
  'tax.registrations.list': registrations,
  'taxCodes.list': (_world, { params }: Asked<Stripe.TaxCodeListParams>) => page(codes, params, '/v1/tax_codes'),
} satisfies Operations
