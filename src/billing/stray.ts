/**
 * Customers at Stripe that do not agree with the people here: of somebody who is erased, left over by a
 * crash, or lost by us. Only those are touched that bear this house's mark, or that we deleted before:
 * others may use the same account at Stripe.
 */
import { inArray } from 'drizzle-orm'
import { fromNow, HOUR, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { personOf } from '../people/person.ts'
import { closeCustomer, customerNow, houseMark } from '../processors/stripe-customer.ts'
import { eachHundredCustomers, type ListedCustomer } from '../processors/stripe-reconciliation.ts'
import type { House } from '../web/house.ts'
import { customerOf, lockCustomer, over } from './customer.ts'
import { report } from './finding.ts'
import { settleAll } from './purchase.ts'
import { customers } from './tables.ts'
import { buriedAmong, bury } from './tombstone.ts'

/** Looks at every customer that Stripe has. Returns how many there are. */
export async function lookForStrays(house: House): Promise<number> {
  let seen = 0
  await eachHundredCustomers(house.config, houseMark(house.db.keyring), async (listed) => {
    seen += listed.length
    const { living, buried } = await house.db.as('billing', (tx) => known(tx, listed))
    for (const each of listed) {
      if (buried.has(each.id)) await close(house, each.id, 'living after erasure')
      else if (!living.has(each.id) && isOld(each)) await judge(house, each)
    }
  })
  return seen
}

async function known(tx: For<'billing'>, listed: readonly ListedCustomer[]): Promise<{ living: Set<string>; buried: Set<string> }> {
  const ids = listed.map(({ id }) => id)
  const rows =
    ids.length > 0 ? await tx.select({ id: customers.stripeCustomer }).from(customers).where(inArray(customers.stripeCustomer, ids)) : []
  return { living: new Set(rows.map(({ id }) => id)), buried: await buriedAmong(tx, ids) }
}

// One that was made just now may belong to a transaction that is not committed yet.
const isOld = ({ madeAt }: ListedCustomer): boolean => madeAt < fromNow(-HOUR)

async function judge(house: House, { id, account, ours }: ListedCustomer): Promise<void> {
  if (!ours || !account) return
  // Billing knows nobody who has no key at Stripe, as somebody whose row was lost: whether they exist is asked as the service.
  if (!(await house.db.as('service', (tx) => personOf(tx, account)))) return close(house, id, 'living after erasure')
  const customer = await house.db.as('billing', (tx) => customerOf(tx, account))
  if (!customer || customer.closedAt) return adopt(house, account, id)
  const { subscriptions } = await customerNow(house.config, id)
  if (subscriptions.every(({ status }) => over(status))) return close(house, id, 'left over customer')
  await house.db.as('billing', (tx) => report(tx, { kind: 'second customer', about: id, mended: false }))
}

async function close(house: House, id: string, kind: 'living after erasure' | 'left over customer'): Promise<void> {
  await closeCustomer(house.config, id)
  await house.db.as('billing', async (tx) => {
    await bury(tx, house, id)
    await report(tx, { kind, about: id, mended: true })
  })
}

// What was bought is not lost because our row is: after a restored backup the customer is ours again.
async function adopt(house: House, personId: Id, stripeCustomer: string): Promise<void> {
  await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, personId)
    const { madeAt, closedAt } = { madeAt: now(), closedAt: null }
    await tx
      .insert(customers)
      .values({ personId, stripeCustomer, madeAt })
      .onConflictDoUpdate({ target: customers.personId, set: { stripeCustomer, stripePaymentMethod: null, madeAt, closedAt } })
    await report(tx, { kind: 'lost customer', about: stripeCustomer, mended: true })
  })
  await settleAll(house, personId)
}
