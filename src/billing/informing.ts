/** What Stripe is told of a correction or a restriction of somebody who is its customer. */
import type { Id } from '../log.ts'
import { type Corrected, correctCustomer, markRestricted } from '../processors/stripe-telling.ts'
import type { House } from '../web/house.ts'
import { customerOf } from './customer.ts'

const keyAtStripe = async ({ db }: House, personId: Id): Promise<string | undefined> => {
  const customer = await db.as('billing', (tx) => customerOf(tx, personId))
  return customer && !customer.closedAt ? customer.stripeCustomer : undefined
}

/**
 * Has Stripe correct what it holds.
 * @throws StripeTrouble when it cannot be reached or does not confirm
 */
export async function correctAtStripe(house: House, personId: Id, corrected: Corrected): Promise<'held' | 'not held'> {
  const key = await keyAtStripe(house, personId)
  return key ? correctCustomer(house.config, key, corrected) : 'not held'
}

/**
 * Has Stripe know whether somebody's data may only be stored; false when it does not know them.
 * @throws StripeTrouble when it cannot be reached or does not confirm
 */
export async function restrictAtStripe(house: House, personId: Id, restricted: boolean): Promise<boolean> {
  const key = await keyAtStripe(house, personId)
  return key !== undefined && markRestricted(house.config, key, restricted)
}
