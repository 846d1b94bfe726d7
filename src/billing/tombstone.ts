/**
 * What stays of a customer after the erasure: a keyed hash of the key at Stripe, for as long as the law
 * makes Stripe keep the invoices. It tells nothing, and recognises a customer that came back.
 */
import { createHmac } from 'node:crypto'
import { inArray } from 'drizzle-orm'
import { fromNow, now, YEAR } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { House } from '../web/house.ts'
import { stripeTombstones } from './reconciliation-tables.ts'

const markOf = (tx: For<'billing'>, stripeCustomer: string): string =>
  createHmac('sha256', tx.db.keyring.own('stripe tombstone')).update(stripeCustomer).digest('base64url')

/** Notes that this customer is deleted and must stay so. */
export async function bury(tx: For<'billing'>, { config }: House, stripeCustomer: string): Promise<void> {
  const keptUntil = fromNow(config.invoicesKeptYears * YEAR)
  await tx
    .insert(stripeTombstones)
    .values({ mark: markOf(tx, stripeCustomer), closedAt: now(), keptUntil })
    .onConflictDoUpdate({ target: stripeTombstones.mark, set: { keptUntil } })
}

/** Which of these customers were deleted and must not be there any more. */
export async function buriedAmong(tx: For<'billing'>, stripeCustomers: readonly string[]): Promise<Set<string>> {
  const marks = new Map(stripeCustomers.map((customer) => [markOf(tx, customer), customer]))
  if (marks.size === 0) return new Set()
  const found = await tx
    .select({ mark: stripeTombstones.mark })
    .from(stripeTombstones)
    .where(inArray(stripeTombstones.mark, [...marks.keys()]))
  return new Set(found.flatMap(({ mark }) => marks.get(mark) ?? []))
}
