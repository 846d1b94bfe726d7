/**
 * What somebody chose to get. It is changed by a link that is sent afresh to the address and ends
 * soon, or by whoever is signed in; never by a link in an update, because updates get forwarded.
 */
import { createHmac } from 'node:crypto'
import { and, eq, gt } from 'drizzle-orm'
import { fromNow, HOUR, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { post } from '../mail/letter.ts'
import { type Person, personOf, personWith } from '../people/person.ts'
import { newToken, tokenHash } from '../sessions/secrets.ts'
import type { House } from '../web/house.ts'
import { type Exit, leave } from './departure.ts'
import { nothingSubscribedLetter, preferencesLetter } from './emails.ts'
import { subscribe, type Subscription, subscriptionsOf } from './subscription.ts'
import { preferenceLinks, subscriptions } from './tables.ts'
import { allTopics, type Topic } from './topic.ts'
import { wordingOf } from './wording.ts'

export const LINK_HOURS = 1

/** What somebody gets, and what they could get. */
export interface Preferences {
  readonly topics: readonly Topic[]
  readonly subscriptions: readonly Subscription[]
  readonly language: string | null
}

/** A link to the preferences of this person, for a letter to their address. */
export async function freshLink(tx: For<'updates'>, person: Person): Promise<string> {
  const token = bound(tx, newToken(), person.email)
  await tx
    .insert(preferenceLinks)
    .values({ id: newId(), personId: person.id, tokenHash: tokenHash(token), sentAt: now(), expiresAt: fromNow(LINK_HOURS * HOUR) })
  return token
}

// A link is bound to the address that it was sent to: whoever moves to another one takes it from the
// reader of the old inbox.
const RANDOM_SIGNS = newToken().length
function bound(tx: For<'updates'>, random: string, email: string): string {
  const mark = createHmac('sha256', tx.db.keyring.own('updates preferences')).update(`${random}\n${email}`).digest('base64url')
  return random + mark.slice(0, 22)
}

/** Sends the link to this address, or the letter that there is nothing to choose. */
export async function sendLink(tx: For<'updates'>, house: House, email: string): Promise<void> {
  const person = await personWith(tx, email)
  if (!person) return void (await post(tx, nothingSubscribedLetter(house, email)))
  await post(tx, preferencesLetter(house, person, { token: await freshLink(tx, person), hours: LINK_HOURS }))
}

/** Whose preferences a link opens, while it is good. */
export async function personBehind(tx: For<'updates'>, token: string): Promise<Person | undefined> {
  const good = and(eq(preferenceLinks.tokenHash, tokenHash(token)), gt(preferenceLinks.expiresAt, now()))
  const [link] = await tx.select({ personId: preferenceLinks.personId }).from(preferenceLinks).where(good)
  const person = link && (await personOf(tx, link.personId))
  return person && bound(tx, token.slice(0, RANDOM_SIGNS), person.email) === token ? person : undefined
}

/** A person's preferences: topics that are closed are among them only for those who get them. */
export async function preferencesOf(tx: For<'updates'>, personId: Id): Promise<Preferences> {
  const own = await subscriptionsOf(tx, personId)
  const topics = (await allTopics(tx)).filter(({ slug, closedAt }) => closedAt === null || own.some(({ topic }) => topic === slug))
  return { topics, subscriptions: own, language: own.find(({ language }) => language !== null)?.language ?? null }
}

interface Choice {
  readonly personId: Id
  readonly topics: readonly string[]
  readonly language: string | null
  readonly source: string
  readonly door: Exit
}

/** Makes what somebody gets equal to what they chose: leaves the rest, subscribes to what is new. */
export async function choose(
  tx: For<'updates'>,
  house: House,
  { personId, topics: chosen, language, source, door }: Choice,
): Promise<void> {
  const { topics, subscriptions: own } = await preferencesOf(tx, personId)
  await leave(
    tx,
    own.filter(({ topic }) => !chosen.includes(topic)).map(({ id }) => id),
    { door },
  )
  for (const topic of topics.filter(({ slug }) => chosen.includes(slug))) {
    const at = now()
    const proof = { wording: wordingOf(house, [topic]), source, askedAt: at, confirmedAt: at }
    await subscribe(tx, { personId, topics: [topic.slug], language, ...proof })
  }
  await tx.update(subscriptions).set({ language }).where(eq(subscriptions.personId, personId))
}
