/**
 * Leaving a topic. The subscription goes at once, so that no letter finds it any more; a departure
 * stays, with the proof of what had been agreed. Whoever left by a link that somebody else may hold,
 * too, because letters get forwarded, is told by letter and can undo it.
 */
import { and, count, eq, gt, inArray, notExists } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import { post } from '../mail/letter.ts'
import { isGuest, personOf } from '../people/person.ts'
import { guests } from '../people/tables.ts'
import type { House } from '../web/house.ts'
import { leftLetter } from './emails.ts'
import { type Link, tokenFor } from './link.ts'
import { tellOf } from './subscription.ts'
import { departures, subscriptions } from './tables.ts'
import { topicNamed } from './topic.ts'

export const UNDO_DAYS = 30

/** By which way somebody left. */
export type Exit = (typeof departures.$inferInsert)['door']

/** Ends these subscriptions; what ended already is passed over. Returns what ended now. */
export async function leave(
  tx: For<'updates'>,
  ids: readonly Id[],
  { door, issueId }: { door: Exit; issueId?: Id | undefined },
): Promise<(typeof departures.$inferSelect)[]> {
  if (ids.length === 0) return []
  const ended = await tx
    .delete(subscriptions)
    .where(inArray(subscriptions.id, [...ids]))
    .returning()
  if (ended.length === 0) return []
  for (const one of ended) await tellOf(tx, 'subscription.ended', one)
  const left = { door, issueId: issueId ?? null, leftAt: now(), undoUntil: fromNow(UNDO_DAYS * DAY) }
  log('updates.left', { door: word(door), topics: ended.length })
  return tx
    .insert(departures)
    .values(ended.map((row) => ({ ...row, ...left })))
    .returning()
}

/** Ends the one subscription that a letter's link is about, and tells its subscriber. Repeating it does nothing. */
export async function leaveByLink(tx: For<'updates'>, house: House, link: Link, door: Exit): Promise<void> {
  const [departure] = await leave(tx, [link.subscriptionId], { door, issueId: link.issueId })
  await sayGoodbye(tx, house, departure)
}

/**
 * Ends the one subscription that a program of the company names, and tells its subscriber: a key in
 * wrong hands silences nobody unnoticed.
 * @returns whether there is, or was, such a subscription
 */
export async function endByProgram(tx: For<'updates'>, house: House, id: Id): Promise<boolean> {
  const [departure] = await leave(tx, [id], { door: 'program' })
  await sayGoodbye(tx, house, departure)
  return departure !== undefined || (await tx.select({ id: departures.id }).from(departures).where(eq(departures.id, id))).length > 0
}

// Whoever did not leave by themselves, signed in, may not have been it.
async function sayGoodbye(tx: For<'updates'>, house: House, departure: typeof departures.$inferSelect | undefined): Promise<void> {
  const person = departure && (await personOf(tx, departure.personId))
  if (!person) return
  const topic = await topicNamed(tx, departure.topic)
  const token = tokenFor(house.db, 'return', { subscriptionId: departure.id, topic: departure.topic })
  const forgottenAt = (await isForgotten(tx, person.id)) ? departure.undoUntil : undefined
  const { door, undoUntil } = departure
  await post(tx, leftLetter(house, person, { topic: topic?.title ?? departure.topic, door, token, undoUntil, forgottenAt }))
}

/** Ends all subscriptions of a person. */
export async function leaveAll(tx: For<'updates'>, personId: Id, door: Exit): Promise<void> {
  const rows = await tx.select({ id: subscriptions.id }).from(subscriptions).where(eq(subscriptions.personId, personId))
  await leave(
    tx,
    rows.map(({ id }) => id),
    { door },
  )
}

// Nothing but their subscriptions made us know them, and the last one is gone.
async function isForgotten(tx: For<'updates'>, personId: Id): Promise<boolean> {
  const [row] = await tx.select({ left: count() }).from(subscriptions).where(eq(subscriptions.personId, personId))
  return row?.left === 0 && (await isGuest(tx, personId))
}

/**
 * Guests who left everything, and let the time for undoing it pass: nothing is left for which we know
 * them. All of them, or this one if it is one.
 */
export async function guestsToForget(tx: For<'rights'>, only?: Id): Promise<Id[]> {
  const subscribed = tx.select({ id: subscriptions.id }).from(subscriptions).where(eq(subscriptions.personId, guests.personId))
  const undoable = and(eq(departures.personId, guests.personId), gt(departures.undoUntil, now()))
  const undone = tx.select({ id: departures.id }).from(departures).where(undoable)
  const rows = await tx
    .select({ personId: guests.personId })
    .from(guests)
    .where(and(only ? eq(guests.personId, only) : undefined, notExists(subscribed), notExists(undone)))
    .limit(1_000)
  return rows.map(({ personId }) => personId)
}

/**
 * Undoes a departure: the subscription stands again as it was, with its number, so that the links of
 * earlier letters work again. `over` once the time for it has passed.
 */
export async function comeBack(tx: For<'updates'>, departureId: Id): Promise<'back' | 'over'> {
  const standing = and(eq(departures.id, departureId), gt(departures.undoUntil, now()))
  const [departure] = await tx.select().from(departures).where(standing).for('update')
  if (!departure) return (await stands(tx, departureId)) ? 'back' : 'over'
  const { door: _door, issueId: _issue, leftAt: _left, undoUntil: _until, ...subscription } = departure
  const made = await tx.insert(subscriptions).values(subscription).onConflictDoNothing().returning({ id: subscriptions.id })
  // Whoever subscribed anew in the meantime gets the topic already; that they once left it stays noted.
  if (made.length > 0) {
    await tx.delete(departures).where(eq(departures.id, departureId))
    await tellOf(tx, 'subscription.confirmed', subscription)
  }
  log('updates.returned', { anew: made.length > 0 })
  return 'back'
}

async function stands(tx: For<'updates'>, id: Id): Promise<boolean> {
  return (await tx.select({ id: subscriptions.id }).from(subscriptions).where(eq(subscriptions.id, id))).length > 0
}
