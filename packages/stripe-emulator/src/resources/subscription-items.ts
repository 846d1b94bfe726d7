/** What a subscription is made of: prices, quantities, and the period that each has been paid for. */
import { invalid, missing } from '../errors.ts'
import { mergeMetadata } from '../metadata.ts'
import { create, find, notes, put, type World } from '../world.ts'
import { planOf, type Price } from './prices.ts'
import { amountFor } from './prices.ts'
import { newLine, type Line } from './invoices.ts'
import { usageOf } from './usage.ts'
import type { Item, Subscription } from './standing.ts'

export interface AskedItem {
  id?: string
  price?: string
  quantity?: number
  deleted?: boolean
  metadata?: Record<string, string | number | null> | null
}

export const isMetered = (item: { price: unknown }): boolean => (item.price as Price).recurring?.usage_type === 'metered'
export const priceOfItem = (item: Item): Price => item.price as unknown as Price

export function recurringPrice(world: World, id: string | undefined, param: string): Price {
  if (!id) throw missing(`${param}[price]`)
  const price = find(world, 'price', id, `${param}[price]`)
  if (!price.active) throw invalid(`The price specified is inactive. This field only accepts active prices.`, { param: `${param}[price]` })
  if (price.type !== 'recurring')
    throw invalid('The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.', {
      param: `${param}[price]`,
    })
  return price
}

/** Never send a quantity for what is metered. */
function quantityFor(price: Price, quantity: number | undefined, param: string): { quantity?: number } {
  if (price.recurring?.usage_type !== 'metered') return { quantity: quantity ?? 1 }
  if (quantity !== undefined) throw invalid('You cannot set the quantity for metered plans.', { param: `${param}[quantity]` })
  return {}
}

export function newItem(
  world: World,
  subscription: string,
  asked: AskedItem,
  period: { start: number; end: number },
  param: string,
  created: number,
): Item {
  const price = recurringPrice(world, asked.price, param)
  return create(world, 'subscription_item', {
    created,
    current_period_end: period.end,
    current_period_start: period.start,
    metadata: mergeMetadata(null, asked.metadata),
    plan: planOf(world, price) as never,
    price: price as never,
    ...quantityFor(price, asked.quantity, param),
    subscription,
    tax_rates: [],
  })
}

/** The same item with another price or quantity. */
export function altered(world: World, item: Item, asked: AskedItem, param: string): Item {
  const price = asked.price ? recurringPrice(world, asked.price, param) : priceOfItem(item)
  const { quantity: before, ...rest } = item
  const wanted = asked.quantity ?? (price.recurring?.usage_type === 'metered' ? undefined : (before ?? 1))
  const next = {
    ...rest,
    price,
    plan: planOf(world, price),
    ...quantityFor(price, wanted, param),
    metadata: mergeMetadata(item.metadata, asked.metadata),
  }
  return put(world, 'subscription_item', next as never) as Item
}

export const itemAmount = (world: World, item: Item, currency: string): number =>
  isMetered(item) ? 0 : amountFor(world, priceOfItem(item), item.quantity ?? 1, currency)

export const nameOf = (world: World, price: Price): string => find(world, 'product', price.product as string, 'product').name

/** The line for a period that is paid in advance. */
export function advanceLine(
  world: World,
  subscription: Subscription,
  item: Item,
  period: { start: number; end: number },
  trial = false,
): Line {
  const price = priceOfItem(item)
  const quantity = item.quantity ?? 1
  return newLine(world, {
    amount: trial ? 0 : itemAmount(world, item, subscription.currency),
    currency: subscription.currency,
    description: trial ? `Trial period for ${nameOf(world, price)}` : `${quantity} × ${nameOf(world, price)}`,
    period,
    price,
    quantity,
    subscription: subscription.id,
    subscriptionItem: item.id,
  })
}

/** Since when an item counts what is used, where it began within a period. */
const meteredSince = notes<number>('metered since')

export const meterFrom = (world: World, item: Item, at: number): void => meteredSince.set(world, item.id, at)

/** The line for a period whose use is paid afterwards. */
export function usageLine(world: World, subscription: Subscription, item: Item, period: { start: number; end: number }): Line {
  const price = priceOfItem(item)
  const start = Math.max(period.start, meteredSince.of(world, item.id) ?? 0)
  const quantity = usageOf(world, price.recurring?.meter ?? '', subscription.customer, start, period.end)
  return newLine(world, {
    amount: amountFor(world, price, quantity, subscription.currency),
    currency: subscription.currency,
    description: `${quantity} × ${nameOf(world, price)}`,
    period,
    price,
    quantity,
    subscription: subscription.id,
    subscriptionItem: item.id,
  })
}

export const spanOf = (item: { price: unknown }) => {
  const { interval = 'month', interval_count = 1 } = (item.price as Price).recurring ?? {}
  return { interval, interval_count }
}
