/** What waits at Stripe for the next renewal of a subscription: a schedule with a phase to come. */
import type { Stripe } from 'stripe'

/** Where a subscription bears the number of the free plan that goes on when it ends. */
export const FOLLOWS = 'follows'

/** A price and how many of it; `quantity` is null for what is metered. */
export interface StripeTerms {
  readonly lookupKey: string | null
  readonly quantity: number | null
}

/** Terms that begin with the next renewal. */
export interface PlannedTerms extends StripeTerms {
  readonly from: Date
}

/** What a subscription's schedule plans next; null when nothing is planned. */
export async function plannedBy(client: Stripe, schedule: string | undefined): Promise<PlannedTerms | null> {
  if (!schedule) return null
  const {
    status,
    current_phase: current,
    phases,
  } = await client.subscriptionSchedules.retrieve(schedule, { expand: ['phases.items.price'] })
  const next = status === 'active' && current ? phases.find(({ start_date: start }) => start >= current.end_date) : undefined
  return next ? { ...termsOf(next.items[0]), from: new Date(next.start_date * 1000) } : null
}

interface Priced {
  readonly price: unknown
  readonly quantity?: number | null
}

/** The terms of an item of a subscription, of a phase, or of a pending update. */
export const termsOf = (item: Priced | undefined): StripeTerms => ({
  lookupKey: (item?.price as { lookup_key?: string | null } | undefined)?.lookup_key ?? null,
  quantity: item?.quantity ?? null,
})
