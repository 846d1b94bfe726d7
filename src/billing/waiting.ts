/** What of payments needs somebody: cards that wait for a decision, and what does not agree with Stripe. */
import { count, eq, isNull, min } from 'drizzle-orm'
import type { Waiting } from '../staff/waiting.ts'
import { stripeFindings } from './reconciliation-tables.ts'
import { qualifications } from './tables.ts'

export const billingWaits: Waiting = {
  ability: 'billing',
  look: ({ db }) =>
    db.as('billing', async (tx) => {
      const { outcome, decidedAt } = qualifications
      const [cards] = await tx
        .select({ count: count(), oldest: min(decidedAt) })
        .from(qualifications)
        .where(eq(outcome, 'review'))
      const [found] = await tx
        .select({ count: count(), oldest: min(stripeFindings.foundAt) })
        .from(stripeFindings)
        .where(isNull(stripeFindings.mendedAt))
      return [
        {
          count: cards?.count ?? 0,
          oldest: cards?.oldest ?? undefined,
          says: ['card waits for a decision', 'cards wait for a decision'],
          href: '/staff/billing',
        },
        {
          count: found?.count ?? 0,
          oldest: found?.oldest ?? undefined,
          says: ['thing that does not agree with Stripe', 'things that do not agree with Stripe'],
          href: '/staff/billing/reconciliation',
        },
      ]
    }),
}
