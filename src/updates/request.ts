/**
 * A request to subscribe. It is about an address, not about a person: until the button of the letter
 * is pressed nobody is subscribed and nobody is known by it. Everybody who asks gets a letter, and
 * only the letter knows what the address stands for here.
 */
import { and, eq, gt } from 'drizzle-orm'
import { fromNow, HOUR, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { mailboxWorks, type Suppression, wishedStopOf } from '../mail/suppression.ts'
import { type Person, personWith, welcomeGuest } from '../people/person.ts'
import { newToken, tokenHash } from '../sessions/secrets.ts'
import type { House } from '../web/house.ts'
import { alreadySubscribedLetter, confirmLetter, furtherTopicsLetter } from './emails.ts'
import { freshLink, LINK_HOURS } from './preferences.ts'
import { subscribe } from './subscription.ts'
import { pending, subscriptions } from './tables.ts'
import { allTopics, type Topic } from './topic.ts'
import { wordingOf } from './wording.ts'

export const PENDING_HOURS = 48

export interface Asked {
  readonly name: string
  readonly email: string
  readonly topics: readonly Topic[]
  readonly language: string | null
  readonly source: string
}

export type Request = typeof pending.$inferSelect & { readonly titles: readonly string[] }

/**
 * Somebody asks for updates. Whoever is at the address, one row and one letter come of it, so that the
 * answer and its time tell nothing.
 */
export async function ask(tx: For<'updates'>, house: House, asked: Asked): Promise<void> {
  const person = await personWith(tx, asked.email)
  const has = await topicsAt(tx, person)
  const fresh = asked.topics.filter(({ slug }) => !has.has(slug))
  if (person && fresh.length === 0) await remind(tx, house, person)
  else await waitFor(tx, house, { ...asked, topics: fresh }, person)
  log('updates.asked', { topics: asked.topics.length })
}

async function topicsAt(tx: For<'updates'>, person: Person | undefined): Promise<ReadonlySet<string>> {
  const id = person?.id ?? newId()
  const rows = await tx.select({ topic: subscriptions.topic }).from(subscriptions).where(eq(subscriptions.personId, id))
  return new Set(rows.map(({ topic }) => topic))
}

async function remind(tx: For<'updates'>, house: House, person: Person): Promise<void> {
  const token = await freshLink(tx, person)
  await post(tx, alreadySubscribedLetter(house, person, { token, hours: LINK_HOURS }))
}

async function waitFor(tx: For<'updates'>, house: House, asked: Asked, person: Person | undefined): Promise<void> {
  const token = newToken()
  await tx.insert(pending).values({
    ...asked,
    id: newId(),
    tokenHash: tokenHash(token),
    topics: asked.topics.map(({ slug }) => slug),
    wording: wordingOf(house, asked.topics),
    askedAt: now(),
    expiresAt: fromNow(PENDING_HOURS * HOUR),
  })
  const waiting = { token, topics: asked.topics.map(({ title }) => title), hours: PENDING_HOURS }
  await post(tx, person ? furtherTopicsLetter(house, person, waiting) : confirmLetter(house, asked.email, waiting))
}

const behind = (token: string) => and(eq(pending.tokenHash, tokenHash(token)), gt(pending.expiresAt, now()))

/** The request behind a letter's link, if it still waits, and the stop that its reader once wished for, if there is one. */
export async function requestBehind(tx: For<'updates'>, token: string): Promise<(Request & { stop: Suppression | undefined }) | undefined> {
  const [request] = await tx.select().from(pending).where(behind(token))
  return request && { ...(await withTitles(tx, request)), stop: await wishedStopOf(tx, request.email) }
}

async function withTitles(tx: For<'updates'>, request: typeof pending.$inferSelect): Promise<Request> {
  const topics = await allTopics(tx)
  return { ...request, titles: topics.filter(({ slug }) => request.topics.includes(slug)).map(({ title }) => title) }
}

/**
 * The button was pressed: whoever reads at this address becomes known, and is subscribed. Of two who
 * press at once the second finds nothing. Letters reach them, so that what came back stops us no more;
 * what they wished for ends if they were told of it and say that we may write `again`.
 */
export async function confirm(tx: For<'updates'>, token: string, { again }: { again: boolean }): Promise<Request | undefined> {
  const [request] = await tx.delete(pending).where(behind(token)).returning()
  if (!request) return undefined
  const { name, email, topics, language, wording, source, askedAt } = request
  const person = await welcomeGuest(tx, { name, email })
  await subscribe(tx, { personId: person.id, topics, language, wording, source, askedAt, confirmedAt: now() })
  await mailboxWorks(tx, email, { asWished: again })
  log('updates.confirmed', { person: person.id, topics: topics.length })
  return withTitles(tx, request)
}
