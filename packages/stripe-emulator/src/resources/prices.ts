/** What it costs. An amount never changes: a new amount is a new price, to which the lookup key moves. */
import type { Stripe } from 'stripe'
import { now } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, draft, find, notes, type World } from '../world.ts'

export type Price = Held<'price'>
type CreateParams = Asked<Stripe.PriceCreateParams>['params']

export interface Tier {
  flat_amount: number | null
  flat_amount_decimal: string | null
  unit_amount: number | null
  unit_amount_decimal: string | null
  up_to: number | null
}

export interface PerCurrency {
  unit_amount: number | null
  unit_amount_decimal: string | null
  tax_behavior: 'exclusive' | 'inclusive' | 'unspecified'
}

const tiersNoted = notes<Tier[]>('tiers')
const currencyTiersNoted = notes<Tier[]>('tiers of currency')
const currenciesNoted = notes<Record<string, PerCurrency>>('currencies')

export function newPrice(world: World, params: CreateParams): Price {
  const product = params.product ?? (params.product_data ? newProductFor(world, params) : undefined)
  if (!product) throw missing('product')
  find(world, 'product', product, 'product')
  checkRecurring(world, params)
  if (params.lookup_key) freeLookupKey(world, params.lookup_key, params.transfer_lookup_key ?? false)
  const price = create(world, 'price', {
    active: params.active ?? true,
    created: now(world),
    currency: params.currency.toLowerCase(),
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata(null, params.metadata),
    nickname: params.nickname ?? null,
    product,
    tax_behavior: params.tax_behavior ?? 'unspecified',
    ...(amountsOf(params) as object),
    recurring: params.recurring ? (recurringOf(params.recurring) as never) : null,
    type: params.recurring ? 'recurring' : 'one_time',
  })
  if (params.tiers) tiersNoted.set(world, price.id, params.tiers.map(tierOf))
  if (params.currency_options)
    currenciesNoted.set(
      world,
      price.id,
      Object.fromEntries(Object.entries(params.currency_options).map(([code, each]) => [code, optionOf(each as never)])),
    )
  for (const [code, { tiers }] of Object.entries(params.currency_options ?? {}))
    if (tiers) currencyTiersNoted.set(world, `${price.id} ${code}`, (tiers as NonNullable<CreateParams['tiers']>).map(tierOf))
  tell(world, 'price.created', price)
  return price
}

function newProductFor(world: World, { product_data }: CreateParams): string {
  const product = create(world, 'product', {
    active: true,
    created: now(world),
    updated: now(world),
    name: product_data?.name ?? '',
    type: 'service',
    images: [],
    marketing_features: [],
    metadata: mergeMetadata(null, product_data?.metadata),
  })
  tell(world, 'product.created', product)
  return product.id
}

function checkRecurring(world: World, { recurring, unit_amount, unit_amount_decimal, tiers, custom_unit_amount }: CreateParams): void {
  if (unit_amount === undefined && !unit_amount_decimal && !tiers && !custom_unit_amount) throw missing('unit_amount')
  if (recurring?.usage_type === 'metered' && !recurring.meter) throw missing('recurring[meter]')
  if (recurring?.meter) find(world, 'billing.meter', recurring.meter, 'recurring[meter]')
}

function freeLookupKey(world: World, key: string, transfer: boolean): void {
  const holder = all(world, 'price').find((price) => price.lookup_key === key)
  if (!holder) return
  if (!transfer) throw invalid(`A price (\`${holder.id}\`) already uses that lookup key.`, { param: 'lookup_key' })
  change(world, holder, { lookup_key: null }, 'price.updated')
}

function amountsOf(params: CreateParams) {
  const { unit_amount, unit_amount_decimal, tiers, tiers_mode, transform_quantity } = params
  const decimal = unit_amount_decimal ?? (unit_amount === undefined ? null : String(unit_amount))
  const whole = unit_amount ?? (decimal && Number.isInteger(Number(decimal)) ? Number(decimal) : null)
  return {
    billing_scheme: params.billing_scheme ?? (tiers ? 'tiered' : 'per_unit'),
    tiers_mode: tiers ? (tiers_mode ?? 'graduated') : null,
    transform_quantity: transform_quantity ?? null,
    unit_amount: tiers ? null : whole,
    unit_amount_decimal: tiers ? null : decimal,
  }
}

const recurringOf = (recurring: NonNullable<CreateParams['recurring']>) => ({
  interval: recurring.interval,
  interval_count: recurring.interval_count ?? 1,
  meter: recurring.meter ?? null,
  trial_period_days: recurring.trial_period_days ?? null,
  usage_type: recurring.usage_type ?? 'licensed',
})

const decimalOf = (amount: number | undefined, decimal: string | undefined): string | null =>
  decimal ?? (amount === undefined ? null : String(amount))

const tierOf = (tier: NonNullable<CreateParams['tiers']>[number]): Tier => ({
  flat_amount: tier.flat_amount ?? null,
  flat_amount_decimal: decimalOf(tier.flat_amount, tier.flat_amount_decimal),
  unit_amount: tier.unit_amount ?? null,
  unit_amount_decimal: decimalOf(tier.unit_amount, tier.unit_amount_decimal),
  up_to: tier.up_to === 'inf' ? null : tier.up_to,
})

const optionOf = (option: Partial<PerCurrency>): PerCurrency & { custom_unit_amount: null } => ({
  custom_unit_amount: null,
  tax_behavior: option.tax_behavior ?? 'unspecified',
  unit_amount: option.unit_amount ?? null,
  unit_amount_decimal: decimalOf(option.unit_amount ?? undefined, option.unit_amount_decimal ?? undefined),
})

const tiersOf = (world: World, price: string): Tier[] => tiersNoted.of(world, price) ?? []

const currenciesOf = (world: World, price: string): Record<string, PerCurrency> => currenciesNoted.of(world, price) ?? {}

/** Can it be paid in this currency? */
export const isSoldIn = (world: World, { id, currency: own }: Price, currency: string): boolean =>
  own === currency || currency in currenciesOf(world, id)

/** What so many cost, in the smallest unit of the currency. */
export function amountFor(world: World, price: Price, quantity: number, currency = price.currency): number {
  const count = packed(price, quantity)
  if (price.billing_scheme === 'tiered') {
    const tiers = currencyTiersNoted.of(world, `${price.id} ${currency}`) ?? tiersOf(world, price.id)
    return Math.round(price.tiers_mode === 'volume' ? volume(tiers, count) : graduated(tiers, count))
  }
  return Math.round(unitDecimal(world, price, currency) * count)
}

export function unitDecimal(world: World, price: Price, currency = price.currency): number {
  const other = currency === price.currency ? undefined : currenciesOf(world, price.id)[currency]
  return Number((other ?? price).unit_amount_decimal ?? 0)
}

function packed({ transform_quantity }: Price, quantity: number): number {
  if (!transform_quantity) return quantity
  const parts = quantity / transform_quantity.divide_by
  return transform_quantity.round === 'up' ? Math.ceil(parts) : Math.floor(parts)
}

const partOf = (tier: Tier, units: number): number =>
  Number(tier.unit_amount_decimal ?? 0) * units + (units > 0 ? Number(tier.flat_amount_decimal ?? 0) : 0)

function volume(tiers: Tier[], count: number): number {
  const tier = tiers.find((each) => each.up_to === null || count <= each.up_to)
  return tier ? partOf(tier, count) : 0
}

function graduated(tiers: Tier[], count: number): number {
  let from = 0
  let sum = 0
  for (const tier of tiers) {
    const until = Math.min(count, tier.up_to ?? Infinity)
    sum += partOf(tier, Math.max(0, until - from))
    from = Math.max(from, until)
  }
  return sum
}

/** The older twin of a price, which subscription items still carry. */
export const planOf = (world: World, price: Price): Held<'subscription_item'>['plan'] => {
  const {
    active,
    billing_scheme,
    created,
    currency,
    livemode,
    metadata,
    nickname,
    product,
    tiers_mode,
    unit_amount,
    unit_amount_decimal,
    recurring,
  } = price
  return {
    ...draft(world, 'subscription_item', {}).plan,
    ...{
      id: price.id,
      object: 'plan',
      active,
      amount: unit_amount,
      amount_decimal: unit_amount_decimal,
      billing_scheme,
      created,
      currency,
      livemode,
      metadata,
      nickname,
      product,
      tiers_mode,
    },
    ...{ interval: recurring?.interval ?? 'month', interval_count: recurring?.interval_count ?? 1, meter: recurring?.meter ?? null },
    ...{ usage_type: recurring?.usage_type ?? 'licensed', trial_period_days: null, transform_usage: null },
  } as never
}

function update(world: World, { id, params }: Asked<Stripe.PriceUpdateParams>): Price {
  const price = find(world, 'price', id)
  if (params.lookup_key && params.lookup_key !== price.lookup_key)
    freeLookupKey(world, params.lookup_key, params.transfer_lookup_key ?? false)
  const { active, nickname, tax_behavior } = params
  const lookup_key = params.lookup_key === ('' as string) ? null : params.lookup_key
  const metadata = mergeMetadata(price.metadata, params.metadata)
  return change(world, price, { active, nickname, lookup_key, tax_behavior, metadata } as never, 'price.updated')
}

function list(world: World, { params }: Asked<Stripe.PriceListParams>) {
  const { active, currency, lookup_keys, product, type, recurring } = params
  return page(all(world, 'price'), params, '/v1/prices', (each) =>
    [
      active === undefined || each.active === active,
      !currency || each.currency === currency,
      !lookup_keys || (each.lookup_key !== null && lookup_keys.includes(each.lookup_key)),
      !product || each.product === product,
      !type || each.type === type,
      !recurring?.interval || each.recurring?.interval === recurring.interval,
      !recurring?.usage_type || each.recurring?.usage_type === recurring.usage_type,
      !recurring?.meter || each.recurring?.meter === recurring.meter,
    ].every(Boolean),
  )
}

export const priceExtras = {
  tiers: (world: World, { id }: Price) => tiersOf(world, id),
  currency_options: (world: World, { id, currency, unit_amount, unit_amount_decimal, tax_behavior }: Price) => ({
    [currency]: { custom_unit_amount: null, unit_amount, unit_amount_decimal, tax_behavior },
    ...currenciesOf(world, id),
  }),
}

export const prices = {
  'prices.create': (world, { params }: Asked<Stripe.PriceCreateParams>) => newPrice(world, params),
  'prices.retrieve': (world, { id }) => find(world, 'price', id),
  'prices.update': update,
  'prices.list': list,
} satisfies Operations
