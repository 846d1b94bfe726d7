/**
 * A deposit: before a service begins for somebody, a member of staff may ask for an amount. It is an invoice
 * that is paid with the card that was given, and then credit at Stripe, from which later invoices are paid.
 * What is left of it goes back when the person leaves or is erased.
 */
import { and, asc, desc, eq, isNotNull, isNull } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import type { Config } from '../config.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import type { KnownInvoice } from '../processors/stripe-customer.ts'
import { collectDeposit, creditDeposit, returnDeposit } from '../processors/stripe-deposits.ts'
import { deposits } from './deposit-tables.ts'

type Tx = For<'billing'>
export type Deposit = typeof deposits.$inferSelect

/** Asks for a deposit; asked once more before it is paid, the amount changes. */
export async function askForDeposit(
  tx: Tx,
  { personId, membershipId, cents, by }: { personId: Id; membershipId: Id; cents: number; by: Id },
): Promise<void> {
  const id = newId()
  await tx
    .insert(deposits)
    .values({ id, personId, membershipId, cents, askedBy: by, askedAt: now() })
    .onConflictDoUpdate({
      target: deposits.membershipId,
      targetWhere: isNull(deposits.paidAt),
      set: { cents, askedBy: by, askedAt: now() },
    })
  await record(tx, { act: 'customer.asked-deposit', actor: by, person: personId, thing: membershipId })
}

/** The deposit that must be paid before a membership goes on. */
export async function openDeposit(tx: Tx, membershipId: Id): Promise<Deposit | undefined> {
  const open = and(eq(deposits.membershipId, membershipId), isNull(deposits.paidAt))
  return (await tx.select().from(deposits).where(open))[0]
}

/** A person's deposits, the newest first. */
export const depositsOf = (tx: Tx, personId: Id): Promise<Deposit[]> =>
  tx.select().from(deposits).where(eq(deposits.personId, personId)).orderBy(desc(deposits.askedAt)).limit(50)

/** Tries to collect a deposit. Only under the person's lock; what came of it is read from its invoice by `sync`. */
export async function collect(
  tx: Tx,
  config: Config,
  { deposit, ...from }: { deposit: Deposit; customer: string; currency: string; paymentMethod: string },
): Promise<void> {
  const stripeInvoice = await collectDeposit(config, { ...from, deposit: deposit.id, cents: deposit.cents })
  await tx.update(deposits).set({ stripeInvoice }).where(eq(deposits.id, deposit.id))
}

/** Makes credit of deposits whose invoices are paid, and lets what waited for them go on. */
export async function creditPaid(
  tx: Tx,
  config: Config,
  { personId, customer, invoices }: { personId: Id; customer: string; invoices: readonly KnownInvoice[] },
): Promise<void> {
  const unpaid = await tx
    .select()
    .from(deposits)
    .where(and(eq(deposits.personId, personId), isNull(deposits.paidAt)))
    .orderBy(asc(deposits.askedAt))
  for (const deposit of unpaid) {
    const paid = invoices.find((invoice) => invoice.deposit === deposit.id && invoice.status === 'paid')
    if (!paid) continue
    await creditDeposit(config, { customer, deposit: deposit.id, cents: paid.paid, currency: paid.currency })
    // What was paid counts, also where another amount was asked for meanwhile.
    const set = { paidAt: paid.paidAt ?? now(), cents: paid.paid, stripeInvoice: paid.id }
    await tx.update(deposits).set(set).where(eq(deposits.id, deposit.id))
    await enqueue(tx, 'billing.settle', { personId })
    log('billing.deposit', { person: personId, deposit: deposit.id })
  }
}

/** Gives back what is left of a person's deposits, up to their credit. Only under the person's lock. Once more does nothing. */
export async function giveBack(
  tx: Tx,
  config: Config,
  { personId, customer, credit, currency }: { personId: Id; customer: string; credit: number; currency: string | undefined },
): Promise<number> {
  const kept = await tx
    .select()
    .from(deposits)
    .where(and(eq(deposits.personId, personId), isNotNull(deposits.paidAt), isNull(deposits.returnedAt)))
    .orderBy(desc(deposits.paidAt))
  let left = credit
  for (const { id, cents, stripeInvoice } of kept) {
    const part = Math.min(left, cents)
    if (part <= 0 || !stripeInvoice || !currency) continue
    await returnDeposit(config, { customer, deposit: id, cents: part, currency, invoice: stripeInvoice })
    await tx.update(deposits).set({ returnedCents: part, returnedAt: now() }).where(eq(deposits.id, id))
    left -= part
  }
  return credit - left
}
