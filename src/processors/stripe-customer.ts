/** A customer at Stripe, as far as we may know one, from the first key to the farewell. */
import { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import type { Keyring } from '../database/sealing.ts'
import { asId, type Id } from '../log.ts'
import { ask, idOf, moment } from './stripe.ts'
import { DEPOSIT } from './stripe-deposits.ts'
import { FOLLOWS, type PlannedTerms, plannedBy, termsOf } from './stripe-schedules.ts'

/** By this word a house knows the customers that it made, where others use the same account at Stripe. */
export const houseMark = ({ own }: Keyring): string => own('mark at stripe').toString('base64url').slice(0, 16)

/** Makes a customer that bears our number for the account and the house's own mark, and nothing else. */
export const newCustomer = (config: Config, account: Id, mark: string): Promise<string> =>
  ask(config, async (client) => (await client.customers.create({ metadata: { account, house: mark } })).id)

/** A subscription as we know it. */
export interface KnownSubscription {
  readonly id: string
  readonly membership: string | undefined
  readonly status: string
  readonly lookupKey: string | null
  readonly quantity: number | null
  readonly cents: number | null
  readonly currency: string
  readonly every: string | null
  readonly periodEnd: Date | null
  readonly cancelAt: Date | null
  readonly paused: boolean
  /** What begins with the next renewal. */
  readonly planned: PlannedTerms | null
  /** The free plan that goes on when it ends. */
  readonly follows: Id | undefined
  readonly createdAt: Date
}

/** An invoice as we know it. */
export interface KnownInvoice {
  readonly id: string
  /** The deposit that it collects. */
  readonly deposit?: Id | undefined
  readonly subscription: string | undefined
  readonly status: string
  readonly due: number
  readonly paid: number
  readonly currency: string
  readonly attempts: number
  readonly nextAttempt: Date | null
  readonly createdAt: Date
  readonly paidAt: Date | null
}

/** Everything about a customer that we may know, as it is now. */
export interface KnownCustomer {
  readonly deleted: boolean
  readonly paymentMethod: string | undefined
  /** What is to the customer's credit. */
  readonly credit: number
  readonly currency: string | undefined
  /** An invoice is being drawn up. */
  readonly drafting: boolean
  readonly subscriptions: readonly KnownSubscription[]
  readonly invoices: readonly KnownInvoice[]
}

/** Asks anew for everything: order, repetition and loss of events do not matter to who does that. */
export const customerNow = (config: Config, id: string): Promise<KnownCustomer> =>
  ask(config, async (client) => {
    const customer = await client.customers.retrieve(id)
    if (customer.deleted)
      return { deleted: true, paymentMethod: undefined, credit: 0, currency: undefined, drafting: false, subscriptions: [], invoices: [] }
    const subscriptions = await client.subscriptions.list({ customer: id, status: 'all', limit: 100 }).autoPagingToArray({ limit: 1_000 })
    const invoices = await client.invoices.list({ customer: id, limit: 100 }).autoPagingToArray({ limit: 1_000 })
    return {
      deleted: false,
      paymentMethod: idOf(customer.invoice_settings.default_payment_method),
      credit: Math.max(0, -customer.balance),
      currency: customer.currency ?? undefined,
      drafting: invoices.some(({ status }) => status === 'draft'),
      subscriptions: await Promise.all(
        subscriptions.map(async (one) =>
          knownSubscription(one, { planned: await plannedBy(client, idOf(one.schedule)), cents: await centsOf(client, one) }),
        ),
      ),
      invoices: invoices.filter(({ status }) => status !== 'draft').map(knownInvoice),
    }
  })

// A price that is sold in several currencies tells the amount in its first one; the others must be asked for.
async function centsOf(client: Stripe, { items, currency }: Stripe.Subscription): Promise<number | null> {
  const price = items.data[0]?.price
  if (!price || price.currency === currency) return price?.unit_amount ?? null
  const { currency_options: others } = await client.prices.retrieve(price.id, { expand: ['currency_options'] })
  return others?.[currency]?.unit_amount ?? null
}

type Asked = Pick<KnownSubscription, 'planned' | 'cents'>

function knownSubscription(held: Stripe.Subscription, asked: Asked): KnownSubscription {
  const item = held.items.data[0]
  return {
    id: held.id,
    membership: held.metadata['membership'],
    status: held.status,
    ...termsOf(item),
    ...asked,
    currency: held.currency,
    every: item?.price.recurring?.interval ?? null,
    periodEnd: moment(item?.current_period_end),
    cancelAt: moment(held.cancel_at) ?? (held.cancel_at_period_end ? moment(item?.current_period_end) : null),
    paused: held.pause_collection !== null,
    follows: asId(held.metadata[FOLLOWS]),
    createdAt: new Date(held.created * 1000),
  }
}

const knownInvoice = (held: Stripe.Invoice): KnownInvoice => ({
  id: held.id ?? '',
  deposit: asId(held.metadata?.[DEPOSIT]),
  subscription: idOf(held.parent?.subscription_details?.subscription),
  status: held.status ?? 'open',
  due: held.amount_due,
  paid: held.amount_paid,
  currency: held.currency,
  attempts: held.attempt_count,
  nextAttempt: moment(held.next_payment_attempt),
  createdAt: new Date(held.created * 1000),
  paidAt: moment(held.status_transitions.paid_at),
})

/** Tries every open invoice of a customer again, with the card that is theirs now. */
export const payOpenInvoices = (config: Config, customer: string): Promise<void> =>
  ask(config, async (client) => {
    const open = await client.invoices.list({ customer, status: 'open', limit: 100 })
    for (const { id } of open.data) if (id) await client.invoices.pay(id).catch(unlessDeclined)
  })

// A card that is declined again is an outcome, which the invoice tells; everything else is trouble.
function unlessDeclined(fault: unknown): void {
  if (!(fault instanceof Stripe.errors.StripeCardError)) throw fault
}

/**
 * Ends everything of a customer: unused time and open usage are settled, what is still owed is void, the
 * card is detached, the customer deleted. Who is gone already is gone.
 */
export const closeCustomer = (config: Config, id: string): Promise<void> =>
  ask(config, async (client) => {
    const customer = await client.customers.retrieve(id).catch(unlessMissing)
    if (!customer || customer.deleted) return
    for await (const subscription of client.subscriptions.list({ customer: id, limit: 100 }))
      await client.subscriptions.cancel(subscription.id)
    for await (const invoice of client.invoices.list({ customer: id, status: 'open', limit: 100 }))
      if (invoice.id) await client.invoices.voidInvoice(invoice.id)
    for await (const method of client.paymentMethods.list({ customer: id, limit: 100 })) await client.paymentMethods.detach(method.id)
    await client.customers.del(id)
  })

/** What is to a customer's credit now, and in which currency; nothing for who is gone. */
export const creditNow = (config: Config, id: string): Promise<{ credit: number; currency: string | undefined }> =>
  ask(config, async (client) => {
    const customer = await client.customers.retrieve(id).catch(unlessMissing)
    if (!customer || customer.deleted) return { credit: 0, currency: undefined }
    return { credit: Math.max(0, -customer.balance), currency: customer.currency ?? undefined }
  })

function unlessMissing(fault: unknown): undefined {
  if (!(fault instanceof Stripe.errors.StripeInvalidRequestError && fault.statusCode === 404)) throw fault
}
