/** What a change in the middle of a period gives back and takes: to the second, as pending invoice items. */
import { share } from '../calendar.ts'
import { clockOf } from '../clock.ts'
import { tell } from '../events.ts'
import { create, type World } from '../world.ts'
import { itemAmount, nameOf, priceOfItem } from './subscription-items.ts'
import type { Item, Subscription } from './standing.ts'

export interface Change {
  before?: Item
  after?: Item
}

const dayOf = (at: number): string => new Date(at * 1000).toUTCString().slice(5, 16)

/** One credit for what is not used any more, one debit for what is used instead. */
export function prorate(world: World, subscription: Subscription, { before, after }: Change, at: number): void {
  const period = before ?? after
  if (!period || (before && after && sameCost(world, before, after, subscription.currency))) return
  const { current_period_start: start, current_period_end: end } = period
  const part = (item: Item | undefined) => (item ? share(itemAmount(world, item, subscription.currency), start, end, at) : 0)
  const credit = part(before)
  const debit = part(after)
  if (before && credit !== 0) pendingItem(world, subscription, before, -credit, { start: at, end }, 'Unused time on')
  if (after && debit !== 0) pendingItem(world, subscription, after, debit, { start: at, end }, 'Remaining time on')
}

const sameCost = (world: World, a: Item, b: Item, currency: string): boolean =>
  itemAmount(world, a, currency) === itemAmount(world, b, currency) && priceOfItem(a).id === priceOfItem(b).id

function pendingItem(
  world: World,
  subscription: Subscription,
  item: Item,
  amount: number,
  period: { start: number; end: number },
  words: string,
): void {
  const price = priceOfItem(item)
  const quantity = item.quantity ?? 1
  const made = create(world, 'invoiceitem', {
    amount,
    currency: subscription.currency,
    customer: subscription.customer,
    date: period.start,
    description: `${words} ${quantity} × ${nameOf(world, price)} after ${dayOf(period.start)}`,
    discountable: false,
    discounts: [],
    metadata: {},
    parent: { type: 'subscription_details', subscription_details: { subscription: subscription.id, subscription_item: item.id } },
    period,
    pricing: {
      type: 'price_details',
      price_details: { price: price.id, product: price.product as string },
      unit_amount_decimal: price.unit_amount_decimal,
    } as never,
    proration: true,
    proration_details: { credited_items: null, discount_amounts: [] },
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: clockOf(world, subscription.customer),
  })
  tell(world, 'invoiceitem.created', made)
}
