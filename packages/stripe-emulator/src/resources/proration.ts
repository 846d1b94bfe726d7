/** What a change in the middle of a period gives back and takes: to the second, as pending invoice items. */
import { share } from '../calendar.ts'
import { clockOf } from '../clock.ts'
import { tell } from '../events.ts'
import { create, type World } from '../world.ts'
import type { Line } from './invoices.ts'
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

/** What was used under a price that is given up waits for the next invoice. */
export function usePending(world: World, subscription: Subscription, { item, line, at }: { item: Item; line: Line; at: number }): void {
  const description = line.description ?? ''
  wait(world, subscription, item, {
    amount: line.amount,
    date: at,
    description,
    period: line.period,
    proration: false,
    quantity: line.quantity ?? 1,
  })
}

function pendingItem(
  world: World,
  subscription: Subscription,
  item: Item,
  amount: number,
  period: { start: number; end: number },
  words: string,
): void {
  const quantity = item.quantity ?? 1
  const description = `${words} ${quantity} × ${nameOf(world, priceOfItem(item))} after ${dayOf(period.start)}`
  wait(world, subscription, item, { amount, date: period.start, description, period, proration: true, quantity })
}

interface Waiting {
  amount: number
  date: number
  description: string
  period: { start: number; end: number }
  proration: boolean
  quantity: number
}

function wait(world: World, subscription: Subscription, item: Item, waiting: Waiting): void {
  const price = priceOfItem(item)
  const made = create(world, 'invoiceitem', {
    ...waiting,
    currency: subscription.currency,
    customer: subscription.customer,
    discountable: false,
    discounts: [],
    metadata: {},
    parent: { type: 'subscription_details', subscription_details: { subscription: subscription.id, subscription_item: item.id } },
    pricing: {
      type: 'price_details',
      price_details: { price: price.id, product: price.product as string },
      unit_amount_decimal: price.unit_amount_decimal,
    } as never,
    proration_details: { credited_items: null, discount_amounts: [] },
    quantity_decimal: String(waiting.quantity),
    tax_rates: [],
    test_clock: clockOf(world, subscription.customer),
  })
  tell(world, 'invoiceitem.created', made)
}
