/**
 * An issue's letter that came back, or was complained of: noted with its recipient, and whoever complained
 * has left. That the address is not written to any more is the mail room's doing.
 */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import { type Outcome, readFor } from '../mail/coming-back.ts'
import type { Leaving } from '../mail/leaving-address.ts'
import { people } from '../people/tables.ts'
import type { House } from '../web/house.ts'
import { leave, leaveByLink } from './departure.ts'
import { issueReplies, issues, recipients, sendings } from './issue-tables.ts'
import { subscriptions } from './tables.ts'

interface Reached {
  readonly email: string
  readonly personId: Id
  readonly issueId: Id
  readonly topic: string
}

/** Hears what came back for one recipient. Repeating it does no harm. */
export async function hearBack(house: House, { recipientId, incomingId }: { recipientId: Id; incomingId: Id }): Promise<void> {
  const reached = await house.db.as('updates', (tx) => reachedBy(tx, recipientId))
  const to = reached && { email: reached.email, personId: reached.personId, aboutId: recipientId }
  const outcome = await readFor(house, incomingId, to)
  log('updates.heard-back', { recipient: recipientId, outcome: word(outcome) })
  if (reached) await house.db.as('updates', (tx) => note(tx, { ...reached, recipientId }, outcome))
}

async function reachedBy(tx: For<'updates'>, recipientId: Id): Promise<Reached | undefined> {
  const [reached] = await tx
    .select({ email: people.email, personId: recipients.personId, issueId: recipients.issueId, topic: issues.topic })
    .from(recipients)
    .innerJoin(people, eq(people.id, recipients.personId))
    .innerJoin(issues, eq(issues.id, recipients.issueId))
    .where(eq(recipients.id, recipientId))
  return reached
}

async function note(tx: For<'updates'>, reached: Reached & { recipientId: Id }, outcome: Outcome): Promise<void> {
  if (outcome === 'complaint') await complained(tx, reached)
  else if (outcome === 'gone' || outcome === 'refused' || outcome === 'soft') await count(tx, reached, 'bounced')
}

// Somebody who says that a letter was unwanted wants no more on that topic, whatever else they chose.
async function complained(tx: For<'updates'>, reached: Reached & { recipientId: Id }): Promise<void> {
  await count(tx, reached, 'complained')
  const rows = await tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(and(eq(subscriptions.personId, reached.personId), eq(subscriptions.topic, reached.topic)))
  await leave(
    tx,
    rows.map(({ id }) => id),
    { door: 'complaint', issueId: reached.issueId },
  )
}

// A letter counts once, whatever is brought twice.
async function count(
  tx: For<'updates'>,
  { recipientId, issueId }: Reached & { recipientId: Id },
  state: 'bounced' | 'complained',
): Promise<void> {
  const noted = await tx
    .update(recipients)
    .set({ state })
    .where(and(eq(recipients.id, recipientId), inArray(recipients.state, state === 'bounced' ? ['taken'] : ['taken', 'bounced'])))
    .returning({ id: recipients.id })
  if (noted.length === 0) return
  await tx
    .update(sendings)
    .set({ [state]: sql`${sendings[state]} + 1` })
    .where(eq(sendings.issueId, issueId))
}

/** A letter came to the address that ends a subscription: the same act as the link's, told by the same letter. */
export async function leaveByLetter(house: House, { subscriptionId, issueMark }: Leaving): Promise<void> {
  await house.db.as('updates', async (tx) => {
    const [subscription] = await tx.select({ topic: subscriptions.topic }).from(subscriptions).where(eq(subscriptions.id, subscriptionId))
    if (!subscription) return
    const { topic } = subscription
    const ending = issueMark.toString(16).padStart(8, '0')
    const [issue] = await tx
      .select({ id: issues.id })
      .from(issues)
      .where(and(eq(issues.topic, topic), sql`right(${issues.id}::text, 8) = ${ending}`))
    await leaveByLink(tx, house, { subscriptionId, topic, issueId: issue?.id }, 'mail program')
  })
}

/** Somebody answered an issue. Who it was is not noted; a letter that is brought twice counts once. */
export async function countReply({ db }: House, { recipientId, incomingId }: { recipientId: Id; incomingId: Id }): Promise<void> {
  await db.as('updates', async (tx) => {
    const reached = await reachedBy(tx, recipientId)
    if (reached) await tx.insert(issueReplies).values({ incomingId, issueId: reached.issueId, repliedAt: now() }).onConflictDoNothing()
  })
}
