/** Payments as staff see them: what failed, and what one membership paid; not of people whose data is restricted. */
import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { unrestricted } from '../people/restriction.ts'
import { type Enrolled, enrolledAmong } from '../services/roll.ts'
import { stripeInvoices, stripeSubscriptions } from './tables.ts'

type Tx = For<'billing'>

export interface FailedPayment {
  readonly invoice: string
  readonly due: number
  readonly currency: string
  readonly attempts: number
  readonly nextAttemptAt: Date | null
  readonly madeAt: Date
  readonly membership: Enrolled | undefined
}

/** Invoices that were tried and are still open, oldest first. */
export async function failedPayments(tx: Tx, most = 200): Promise<FailedPayment[]> {
  const { stripeInvoice: invoice, due, currency, attempts, nextAttemptAt, madeAt, stripeSubscription, status } = stripeInvoices
  const rows = await tx
    .select({ invoice, due, currency, attempts, nextAttemptAt, madeAt, membershipId: stripeSubscriptions.membershipId })
    .from(stripeInvoices)
    .leftJoin(stripeSubscriptions, eq(stripeSubscriptions.stripeSubscription, stripeSubscription))
    .where(and(eq(status, 'open'), gt(attempts, 0), unrestricted(tx, stripeInvoices.personId)))
    .orderBy(asc(madeAt))
    .limit(most)
  const ids = new Set(rows.flatMap(({ membershipId }) => membershipId ?? []))
  const whose = new Map((await enrolledAmong(tx, [...ids])).map((one) => [one.id, one]))
  return rows.map(({ membershipId, ...row }) => ({ ...row, membership: membershipId ? whose.get(membershipId) : undefined }))
}

export type KeptInvoice = typeof stripeInvoices.$inferSelect

/** What a membership was charged, newest first. */
export async function invoicesOf(tx: Tx, membershipId: Id): Promise<KeptInvoice[]> {
  const paidBy = tx
    .select({ id: stripeSubscriptions.stripeSubscription })
    .from(stripeSubscriptions)
    .where(eq(stripeSubscriptions.membershipId, membershipId))
  return tx
    .select()
    .from(stripeInvoices)
    .where(inArray(stripeInvoices.stripeSubscription, paidBy))
    .orderBy(desc(stripeInvoices.madeAt))
    .limit(100)
}

/** An invoice, and the membership that it is for. */
export async function invoiceKept(tx: Tx, id: string): Promise<{ invoice: KeptInvoice; membership: Enrolled | undefined } | undefined> {
  const [found] = await tx
    .select({ invoice: stripeInvoices, membershipId: stripeSubscriptions.membershipId })
    .from(stripeInvoices)
    .leftJoin(stripeSubscriptions, eq(stripeSubscriptions.stripeSubscription, stripeInvoices.stripeSubscription))
    .where(and(eq(stripeInvoices.stripeInvoice, id), unrestricted(tx, stripeInvoices.personId)))
  if (!found) return undefined
  const [membership] = found.membershipId ? await enrolledAmong(tx, [found.membershipId]) : []
  return { invoice: found.invoice, membership }
}
