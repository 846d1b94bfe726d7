/**
 * What Stripe tells: an inbox without payloads. A notice is written down, acknowledged, and then only
 * makes us ask Stripe how things stand; so notices may come doubled, late, in any order, or not at all.
 */
import { and, eq, isNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { StripeTrouble } from '../processors/stripe.ts'
import { concernsUs, customerBehind, type Notice } from '../processors/stripe-events.ts'
import type { House } from '../web/house.ts'
import { membershipsOf, toBuy } from '../services/membership.ts'
import { customerOf, personBehind } from './customer.ts'
import { settleAll } from './purchase.ts'
import { stripeInbox } from './tables.ts'

/** Writes a notice down, once; what is acknowledged is durable. */
export async function receive({ db }: House, notice: Notice): Promise<void> {
  if (!concernsUs(notice.type)) return
  await db.as('billing', async (tx) => {
    const id = newId()
    const { event, type, object } = notice
    const kept = await tx
      .insert(stripeInbox)
      .values({ id, event, type, object: object ?? null, receivedAt: now() })
      .onConflictDoNothing({ target: stripeInbox.event })
      .returning({ id: stripeInbox.id })
    if (kept.length > 0) await enqueue(tx, 'billing.event', { inboxId: id })
  })
}

/** Handles a notice: finds whose it is, asks Stripe how things stand with them, and forgets what it was about. */
export async function handle(house: House, inboxId: Id): Promise<void> {
  const notice = await house.db.as('billing', (tx) => waitingNotice(tx, inboxId))
  if (!notice) return
  const personId = notice.object ? await whose(house, notice.object) : undefined
  const known = personId !== undefined && (await house.db.as('billing', (tx) => askedSince(tx, personId, notice.receivedAt)))
  if (personId && !known) await settleAll(house, personId)
  await house.db.as('billing', (tx) => tx.update(stripeInbox).set({ doneAt: now(), object: null }).where(eq(stripeInbox.id, inboxId)))
  log('billing.heard', { event: inboxId, ours: personId !== undefined, known })
}

async function waitingNotice(tx: For<'billing'>, inboxId: Id): Promise<{ object: string | null; receivedAt: Date } | undefined> {
  const { id, object, receivedAt, doneAt } = stripeInbox
  return (
    await tx
      .select({ object, receivedAt })
      .from(stripeInbox)
      .where(and(eq(id, inboxId), isNull(doneAt)))
  )[0]
}

// Most notices are about what we know; Stripe is asked only about what is new.
async function whose(house: House, object: string): Promise<Id | undefined> {
  const known = await house.db.as('billing', (tx) => personBehind(tx, object))
  if (known) return known
  const customer = await customerAtStripe(house, object)
  return customer ? house.db.as('billing', (tx) => personBehind(tx, customer)) : undefined
}

// What Stripe no longer knows concerns nobody.
async function customerAtStripe({ config }: House, object: string): Promise<string | undefined> {
  try {
    return await customerBehind(config, object)
  } catch (fault) {
    if (fault instanceof StripeTrouble && fault.told.status === 404) return undefined
    throw fault
  }
}

// A dozen notices of one purchase come together: one question answers them all, unless something waits to be bought.
async function askedSince(tx: For<'billing'>, personId: Id, receivedAt: Date): Promise<boolean> {
  const customer = await customerOf(tx, personId)
  if (!customer?.syncedAt || customer.syncedAt <= receivedAt) return false
  return (await membershipsOf(tx, personId)).every((membership) => toBuy(membership) === undefined)
}
