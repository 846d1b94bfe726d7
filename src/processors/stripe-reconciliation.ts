/** What the nightly comparison asks Stripe: what happened, which customers there are, where events go. */
import type { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import { asId, type Id } from '../log.ts'
import { ask, idOf } from './stripe.ts'
import { concernsUs } from './stripe-events.ts'

/** Something happened to a customer; what, is not read. */
export interface Happened {
  readonly customer: string
  readonly at: Date
}

/** The newest event of each customer that concerns us since a moment, and how many there were. Stripe keeps them for 30 days. */
export const eventsSince = (config: Config, since: Date): Promise<{ events: number; newest: Map<string, Date> }> =>
  ask(config, async (client) => {
    const newest = new Map<string, Date>()
    let events = 0
    for await (const event of client.events.list({ created: { gte: Math.floor(since.getTime() / 1000) }, limit: 100 })) {
      if (!concernsUs(event.type)) continue
      events++
      const customer = customerIn(event.data.object as Touched)
      const at = new Date(event.created * 1000)
      if (customer && at > (newest.get(customer) ?? new Date(0))) newest.set(customer, at)
    }
    return { events, newest }
  })

interface Touched {
  readonly id?: string
  readonly object?: string
  readonly customer?: string | { readonly id: string } | null
}

const customerIn = ({ object, id, customer }: Touched): string | undefined => (object === 'customer' ? id : idOf(customer))

/** A customer at Stripe, as far as it matters whether it belongs there. */
export interface ListedCustomer {
  readonly id: string
  readonly account: Id | undefined
  /** Does it bear this house's mark? */
  readonly ours: boolean
  readonly madeAt: Date
}

/** Hands over all living customers, a hundred at a time; `mark` is that of this house. */
export async function eachHundredCustomers(
  config: Config,
  mark: string,
  look: (customers: readonly ListedCustomer[]) => Promise<void>,
): Promise<void> {
  let after: string | undefined
  do {
    const { listed, more } = await ask(config, async (client) => {
      const { data, has_more: more } = await client.customers.list({ limit: 100, ...(after ? { starting_after: after } : {}) })
      return { listed: data.map((each) => listedCustomer(each, mark)), more }
    })
    after = more ? listed.at(-1)?.id : undefined
    await look(listed)
  } while (after)
}

const listedCustomer = ({ id, metadata, created }: Stripe.Customer, mark: string): ListedCustomer => ({
  id,
  account: asId(metadata['account']),
  ours: metadata['house'] === mark,
  madeAt: new Date(created * 1000),
})

/** Ends a subscription that should not be: unused time stands as credit with the customer, what is open is void. */
export const endSuperfluous = (config: Config, subscription: string): Promise<void> =>
  ask(config, async (client) => {
    await client.subscriptions.cancel(subscription, { prorate: true, invoice_now: true })
    for await (const { id } of client.invoices.list({ subscription, status: 'open', limit: 100 }))
      if (id) await client.invoices.voidInvoice(id)
  })

/** Where Stripe sends events. */
export interface Destination {
  readonly id: string
  readonly url: string
  readonly enabled: boolean
  /** Whether only ids are sent, or whole objects with all that Stripe knows. */
  readonly thin: boolean
}

/** Every destination of the account. */
export const destinationsNow = (config: Config): Promise<Destination[]> =>
  ask(config, async (client) => {
    const found: Destination[] = []
    for await (const each of client.v2.core.eventDestinations.list({ include: ['webhook_endpoint.url'], limit: 100 }))
      found.push(destinationOf(each))
    for await (const { id, url, status } of client.webhookEndpoints.list({ limit: 100 }))
      found.push({ id, url, enabled: status === 'enabled', thin: false })
    return found
  })

const destinationOf = ({ id, webhook_endpoint, status, event_payload }: Stripe.V2.Core.EventDestination): Destination => ({
  id,
  url: webhook_endpoint?.url ?? '',
  enabled: status === 'enabled',
  thin: event_payload === 'thin',
})

/** Has Stripe send to a destination again. */
export const switchOn = (config: Config, destination: string): Promise<void> =>
  ask(config, async (client) => {
    await client.v2.core.eventDestinations.enable(destination)
  })

/** Has a destination send to another address from now on; its secret stays. */
export const pointTo = (config: Config, destination: string, url: string): Promise<void> =>
  ask(config, async (client) => {
    await client.v2.core.eventDestinations.update(destination, { webhook_endpoint: { url } })
  })
