/** Exposure: what a person owes and is about to owe, and up to how much a service begins or grows without a member of staff. */
import { and, eq, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { costOf } from '../services/price.ts'
import { useSinceInvoice } from '../services/usage.ts'
import { policyFor } from './card-rules.ts'
import { customers, stripeInvoices } from './tables.ts'

type Tx = For<'billing'>

/** Its parts, in cents of whatever currency they pay in. */
export interface Exposure {
  readonly open: number
  readonly used: number
  /** What is to their credit: deposits, and what was given back. */
  readonly credit: number
}

/** What a person owes now. */
export async function exposureNow(tx: Tx, personId: Id, currency: string): Promise<Exposure> {
  const [open] = await tx
    .select({ cents: sql<string>`coalesce(sum(${stripeInvoices.due} - ${stripeInvoices.paid}), 0)` })
    .from(stripeInvoices)
    .where(and(eq(stripeInvoices.personId, personId), eq(stripeInvoices.status, 'open')))
  const used = (await useSinceInvoice(tx, personId)).reduce((sum, { plan, quantity }) => sum + costOf(plan, quantity, currency), 0)
  const [customer] = await tx.select({ credit: customers.credit }).from(customers).where(eq(customers.personId, personId))
  return { open: Number(open?.cents ?? 0), used, credit: customer?.credit ?? 0 }
}

/** What it is with something more to pay; credit takes from it. */
export const exposureWith = ({ open, used, credit }: Exposure, more: number): number => Math.max(0, open + used + more - credit)

/** Up to how much nobody looks: the person's own limit, else that of the rules for the service. */
export async function limitFor(tx: Tx, personId: Id, serviceId: Id): Promise<number> {
  const [own] = await tx.select({ limit: customers.exposureLimit }).from(customers).where(eq(customers.personId, personId))
  return own?.limit ?? (await policyFor(tx, serviceId)).terms.reviewAbove
}

/** Sets a person's own limit; null: the rules hold again. */
export async function setLimit(tx: Tx, { personId, limit, by }: { personId: Id; limit: number | null; by: Id }): Promise<void> {
  await tx.update(customers).set({ exposureLimit: limit }).where(eq(customers.personId, personId))
  await record(tx, { act: 'customer.limited', actor: by, person: personId })
}
