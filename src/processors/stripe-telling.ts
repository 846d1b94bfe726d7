/** Telling Stripe that something was corrected, or may only be stored; each is confirmed by reading it back. */
import type { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import { ask, StripeTrouble } from './stripe.ts'

/** What was there before, and what must be there now. */
export interface Corrected {
  readonly field: 'name' | 'email'
  readonly before: string
  readonly after: string
}

const living = async (client: Stripe, id: string): Promise<Stripe.Customer | undefined> => {
  const customer = await client.customers.retrieve(id)
  return customer.deleted ? undefined : customer
}

/**
 * Puts a name or an address right where Stripe has the old one. What differs from that was typed there for the bills, and
 * stays; where there is nothing, nothing is given.
 * @returns `held` when it stands there now, read back; `not held` when Stripe never had it
 */
export const correctCustomer = (config: Config, id: string, { field, before, after }: Corrected): Promise<'held' | 'not held'> =>
  ask(config, async (client) => {
    const is = async (text: string) => (await living(client, id))?.[field]?.toLowerCase() === text.toLowerCase()
    if (await is(after)) return 'held'
    if (!(await is(before))) return 'not held'
    await client.customers.update(id, { [field]: after })
    if (!(await is(after))) throw new StripeTrouble({ type: 'not_confirmed' })
    return 'held'
  })

/** The mark that a customer's data may only be stored. */
const RESTRICTED = 'restricted'

/** Marks a customer as restricted, or takes the mark off, and reads it back; false when there is no such customer any more. */
export const markRestricted = (config: Config, id: string, restricted: boolean): Promise<boolean> =>
  ask(config, async (client) => {
    if (!(await living(client, id))) return false
    await client.customers.update(id, { metadata: { [RESTRICTED]: restricted ? 'yes' : '' } })
    const { metadata = {} } = (await living(client, id)) ?? {}
    if ((metadata[RESTRICTED] === 'yes') !== restricted) throw new StripeTrouble({ type: 'not_confirmed' })
    return true
  })
