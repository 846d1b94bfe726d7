/**
 * What Stripe tells: an inbox without payloads. A notice is written down, acknowledged, and then only
 * makes us ask Stripe how things stand; so notices may come doubled, late, in any order, or not at all.
 */
import { and, eq, isNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { StripeTrouble } from '../processors/stripe.ts'
import { concernsUs, customerBehind, type Notice } from '../processors/stripe-events.ts'
import type { House } from '../web/house.ts'
import { personBehind } from './customer.ts'
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
  const [notice] = await house.db.as('billing', (tx) =>
    tx
      .select({ object: stripeInbox.object })
      .from(stripeInbox)
      .where(and(eq(stripeInbox.id, inboxId), isNull(stripeInbox.doneAt))),
  )
  if (!notice) return
  const customer = notice.object ? await customerOf(house, notice.object) : undefined
  const personId = customer ? await house.db.as('billing', (tx) => personBehind(tx, customer)) : undefined
  if (personId) await settleAll(house, personId)
  await house.db.as('billing', (tx) => tx.update(stripeInbox).set({ doneAt: now(), object: null }).where(eq(stripeInbox.id, inboxId)))
  log('billing.heard', { event: inboxId, ours: personId !== undefined })
}

// What Stripe no longer knows concerns nobody.
async function customerOf({ config }: House, object: string): Promise<string | undefined> {
  try {
    return await customerBehind(config, object)
  } catch (fault) {
    if (fault instanceof StripeTrouble && fault.told.status === 404) return undefined
    throw fault
  }
}
