/** Payments that failed, as their person reads them: what was tried, what comes next, and what to do. */
import { and, asc, eq, gt } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { membershipsOf, type NamedMembership } from '../services/membership.ts'
import { stripeInvoices, stripeSubscriptions } from './tables.ts'

export interface Unpaid {
  readonly membership: NamedMembership
  readonly invoice: string
  /** What is still to be paid, in the smallest unit. */
  readonly cents: number
  readonly currency: string
  readonly attempts: number
  readonly since: Date
  readonly nextAttempt: Date | null
}

/** What of a person is open after at least one try, and keeps a membership from being paid; the oldest first. */
export async function unpaidOf(tx: For<'billing'>, personId: Id): Promise<Unpaid[]> {
  const late = (await membershipsOf(tx, personId)).filter(({ standing }) => standing === 'grace' || standing === 'suspended')
  if (late.length === 0) return []
  const { stripeInvoice: invoice, due, paid, currency, attempts, madeAt, nextAttemptAt } = stripeInvoices
  const rows = await tx
    .select({ invoice, due, paid, currency, attempts, madeAt, nextAttemptAt, membershipId: stripeSubscriptions.membershipId })
    .from(stripeInvoices)
    .innerJoin(stripeSubscriptions, eq(stripeSubscriptions.stripeSubscription, stripeInvoices.stripeSubscription))
    .where(and(eq(stripeInvoices.personId, personId), eq(stripeInvoices.status, 'open'), gt(attempts, 0)))
    .orderBy(asc(madeAt))
  return rows.flatMap(({ membershipId, due: owed, paid: had, madeAt: since, nextAttemptAt: nextAttempt, ...row }) => {
    const membership = late.find(({ id }) => id === membershipId)
    return membership ? [{ ...row, membership, cents: owed - had, since, nextAttempt }] : []
  })
}
