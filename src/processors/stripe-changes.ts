/** What a customer changes at Stripe after having bought, and the invoices, which are shown and never stored. */
import type { Config } from '../config.ts'
import { ask } from './stripe.ts'

/** Ends a subscription with the period that is paid for, or takes that back. */
export const endWithPeriod = (config: Config, subscription: string, ending: boolean): Promise<void> =>
  ask(config, async (client) => {
    await client.subscriptions.update(subscription, { cancel_at_period_end: ending })
  })

/** Nothing is collected while a subscription is paused; what would have been due is void. */
export const pauseCollecting = (config: Config, subscription: string, paused: boolean): Promise<void> =>
  ask(config, async (client) => {
    await client.subscriptions.update(subscription, { pause_collection: paused ? { behavior: 'void' } : '' })
  })

/** As much of an invoice as its line in the list needs. */
export interface ListedInvoice {
  readonly id: string
  readonly status: string
  readonly total: number
  readonly currency: string
  readonly madeAt: Date
}

/** A customer's invoices as Stripe has them now, newest first. */
export const invoicesNow = (config: Config, customer: string): Promise<ListedInvoice[]> =>
  ask(config, async (client) => {
    const { data } = await client.invoices.list({ customer, limit: 24 })
    return data.flatMap(({ id, status, total, currency, created }) =>
      id && status && status !== 'draft' ? [{ id, status, total, currency, madeAt: new Date(created * 1000) }] : [],
    )
  })

/** Stripe's page of an invoice; undefined unless it is this customer's. */
export const invoicePage = (config: Config, { customer, invoice }: { customer: string; invoice: string }): Promise<string | undefined> =>
  ask(config, async (client) => {
    const { data } = await client.invoices.list({ customer, limit: 100 })
    return data.find(({ id }) => id === invoice)?.hosted_invoice_url ?? undefined
  })
