/**
 * Before somebody is erased, Stripe is told to end what is paid for and to forget them. Only once it has
 * confirmed that are our keys let go of: an account that is gone here and still charged there must not be.
 */
import { and, eq, isNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { closeCustomer, creditNow } from '../processors/stripe-customer.ts'
import type { House } from '../web/house.ts'
import { customerOf, lockCustomer } from './customer.ts'
import { giveBack } from './deposit.ts'
import { customers } from './tables.ts'
import { bury } from './tombstone.ts'

/**
 * Has Stripe forget a person. Repeating it does no harm.
 * @throws StripeTrouble when Stripe cannot be reached or does not confirm: then nothing may be erased yet
 */
export async function bidFarewell(house: House, personId: Id): Promise<void> {
  await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, personId)
    const customer = await customerOf(tx, personId)
    if (!customer || customer.closedAt) return
    // Before the customer goes, what is left of a deposit does: afterwards there is nobody to give it to.
    await giveBack(tx, house.config, {
      personId,
      customer: customer.stripeCustomer,
      ...(await creditNow(house.config, customer.stripeCustomer)),
    })
    await closeCustomer(house.config, customer.stripeCustomer)
    await bury(tx, house, customer.stripeCustomer)
    await tx.update(customers).set({ closedAt: now(), stripePaymentMethod: null }).where(eq(customers.personId, personId))
    log('billing.farewell', { person: personId })
  })
}

/** Is there a customer at Stripe that was not closed? */
export async function livesAtStripe(tx: For<'rights'>, personId: Id): Promise<boolean> {
  const living = and(eq(customers.personId, personId), isNull(customers.closedAt))
  return (await tx.select({ personId: customers.personId }).from(customers).where(living)).length > 0
}
