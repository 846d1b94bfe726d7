/** Another plan, or another number of seats: what it would cost, doing it now or with the renewal, and taking it back. */
import type { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import { asId, type Id } from '../log.ts'
import { ask, idOf, StripeTrouble } from './stripe.ts'
import { FOLLOWS, type PlannedTerms, plannedBy, type StripeTerms, termsOf } from './stripe-schedules.ts'

/** How a subscription stands now, with everything on which a change of it depends. */
export interface TermsNow extends StripeTerms {
  readonly subscription: string
  readonly customer: string
  readonly item: string
  readonly price: string
  readonly trialing: boolean
  /** What is due at each payment, without tax; null where that depends on use. */
  readonly cents: number | null
  readonly currency: string
  readonly taxed: boolean
  readonly periodStart: Date
  readonly periodEnd: Date
  readonly schedule: string | undefined
  readonly planned: PlannedTerms | null
  /** The free plan that goes on when it ends with the period. */
  readonly follows: Id | undefined
  /** A change that waits for its payment. */
  readonly waiting: (StripeTerms & { readonly invoice: string; readonly until: Date }) | null
}

/** Asks how a subscription stands. */
export const termsNow = (config: Config, subscription: string): Promise<TermsNow> =>
  ask(config, async (client) => {
    const held = await client.subscriptions.retrieve(subscription, { expand: ['items.data.price.currency_options'] })
    const item = held.items.data[0]
    if (!item) throw new StripeTrouble({ type: 'no_item' })
    const schedule = idOf(held.schedule)
    return {
      ...termsOf(item),
      subscription,
      customer: idOf(held.customer) ?? '',
      item: item.id,
      price: item.price.id,
      trialing: held.status === 'trialing',
      cents: dueFor(item.price, held.currency, item.quantity ?? 1),
      currency: held.currency,
      taxed: held.automatic_tax.enabled,
      periodStart: at(item.current_period_start),
      periodEnd: at(item.current_period_end),
      schedule,
      planned: await plannedBy(client, schedule),
      follows: held.cancel_at_period_end ? asId(held.metadata[FOLLOWS]) : undefined,
      waiting: waitingIn(held),
    }
  })

const at = (seconds: number): Date => new Date(seconds * 1000)
const seconds = (moment: Date): number => Math.floor(moment.getTime() / 1000)

function waitingIn({ pending_update: pending, latest_invoice: invoice }: Stripe.Subscription): TermsNow['waiting'] {
  if (!pending) return null
  return { ...termsOf(pending.subscription_items?.[0]), invoice: idOf(invoice) ?? '', until: at(pending.expires_at) }
}

/** What so many of a price are in a currency, each period; null where it depends on use, undefined where it is not sold in it. */
function dueFor(price: Stripe.Price, currency: string, quantity: number): number | null {
  if (price.recurring?.usage_type === 'metered') return null
  const unit = price.currency === currency ? price.unit_amount : price.currency_options?.[currency]?.unit_amount
  return (unit ?? 0) * quantity
}

/** Other terms that somebody thinks of. */
export interface WantedTerms {
  readonly price: string
  readonly quantity: number | undefined
  readonly cents: number | null
  readonly every: 'month' | 'year'
}

/** A price by its lookup key, in the currency that a subscription is in; undefined where there is none. */
export const wantedTerms = (
  config: Config,
  { lookupKey, currency, seats }: { lookupKey: string; currency: string; seats: number },
): Promise<WantedTerms | undefined> =>
  ask(config, async (client) => {
    const { data } = await client.prices.list({ lookup_keys: [lookupKey], active: true, limit: 1, expand: ['data.currency_options'] })
    const price = data[0]
    if (!price || (price.currency !== currency && !price.currency_options?.[currency])) return undefined
    const cents = dueFor(price, currency, seats)
    const every = price.recurring?.interval === 'year' ? 'year' : 'month'
    return { price: price.id, quantity: cents === null ? undefined : seats, cents, every }
  })

/** What an invoice would come to. */
export interface Cost {
  readonly total: number
  readonly tax: number
  /** What is left to pay after credit from before. */
  readonly due: number
  /** What of it is given back for time that was paid and is not used; not below zero. */
  readonly unused: number
  readonly currency: string
}

const costOf = ({ total, total_taxes: taxes, amount_due: due, lines, currency }: Stripe.Invoice): Cost => ({
  total,
  tax: (taxes ?? []).reduce((sum, { amount }) => sum + amount, 0),
  due,
  unused: -lines.data.reduce((sum, { amount }) => sum + Math.min(amount, 0), 0),
  currency,
})

const itemOf = ({ price, quantity }: Pick<WantedTerms, 'price' | 'quantity'>) => ({
  price,
  ...(quantity === undefined ? {} : { quantity }),
})

/** What a change at this moment costs at once. */
export const costNow = (config: Config, { terms, wanted, moment }: { terms: TermsNow; wanted: WantedTerms; moment: Date }): Promise<Cost> =>
  ask(config, async (client) =>
    costOf(
      await client.invoices.createPreview({
        customer: terms.customer,
        subscription: terms.subscription,
        subscription_details: {
          items: [{ id: terms.item, ...itemOf(wanted) }],
          proration_behavior: 'always_invoice',
          proration_date: seconds(moment),
        },
      }),
    ),
  )

/** What a whole period costs. */
export const costEach = (config: Config, { terms, wanted }: { terms: TermsNow; wanted: WantedTerms }): Promise<Cost> =>
  ask(config, async (client) =>
    costOf(
      await client.invoices.createPreview({
        customer: terms.customer,
        currency: terms.currency,
        automatic_tax: { enabled: terms.taxed },
        subscription_details: { items: [itemOf(wanted)] },
      }),
    ),
  )

/** Changes at once, and charges what that costs; while that is not paid, everything stays as it was and the change waits. */
export const changeNow = (
  config: Config,
  { terms, wanted, moment }: { terms: TermsNow; wanted: WantedTerms; moment: Date },
): Promise<void> =>
  ask(config, async (client) => {
    await client.subscriptions.update(terms.subscription, {
      items: [{ id: terms.item, ...itemOf(wanted) }],
      payment_behavior: 'pending_if_incomplete',
      ...(terms.trialing ? { proration_behavior: 'none' } : { proration_behavior: 'always_invoice', proration_date: seconds(moment) }),
    })
  })

/** Plans a change for the next renewal. A schedule that is there already is used: a subscription has one at most. */
export const changeAtRenewal = (config: Config, { terms, wanted }: { terms: TermsNow; wanted: WantedTerms }): Promise<void> =>
  ask(config, async (client) => {
    const schedule = terms.schedule
      ? await client.subscriptionSchedules.retrieve(terms.schedule)
      : await client.subscriptionSchedules.create({ from_subscription: terms.subscription })
    const { start_date: start, end_date: end } = schedule.current_phase ?? {
      start_date: seconds(terms.periodStart),
      end_date: seconds(terms.periodEnd),
    }
    await client.subscriptionSchedules.update(schedule.id, {
      end_behavior: 'release',
      phases: [
        { items: [itemOf({ price: terms.price, quantity: terms.quantity ?? undefined })], start_date: start, end_date: end },
        { items: [itemOf(wanted)], duration: { interval: wanted.every, interval_count: 1 }, proration_behavior: 'none' },
      ],
    })
  })

/** Ends it with the period; a free plan goes on, whose number it bears until then. */
export const endForFree = (config: Config, { terms, plan }: { terms: TermsNow; plan: Id }): Promise<void> =>
  ask(config, async (client) => {
    await client.subscriptions.update(terms.subscription, { cancel_at_period_end: true, metadata: { [FOLLOWS]: plan } })
  })

/** Takes back whatever waits: for the renewal, or for its payment. */
export const takeBack = (config: Config, { subscription, schedule, waiting, follows }: TermsNow): Promise<void> =>
  ask(config, async (client) => {
    if (follows) await client.subscriptions.update(subscription, { cancel_at_period_end: false, metadata: { [FOLLOWS]: '' } })
    if (waiting) await client.invoices.voidInvoice(waiting.invoice)
    if (schedule) await client.subscriptionSchedules.release(schedule)
  })
