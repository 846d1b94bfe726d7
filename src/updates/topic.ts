/** A topic of e-mail updates: what one gets, how often, and whether somebody new can subscribe to it. */
import { asc, eq, isNull, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { House } from '../web/house.ts'
import { unrestricted } from '../people/restriction.ts'
import { subscriptions, topics } from './tables.ts'

export type Topic = typeof topics.$inferSelect

/** What the console may say of a topic. */
export type Described = Pick<Topic, 'title' | 'says' | 'place'>

/** A topic, and how many people get it. */
export interface Counted extends Topic {
  readonly subscribers: number
}

/** Brings in the topics of the content folder that are not here yet. What the console changed stays as it is. */
export async function bringTopics({ db, content }: House): Promise<void> {
  const fresh = content.topics.map(({ slug, title, says, order }) => ({ slug, title, says, place: order, madeAt: now(), changedAt: now() }))
  if (fresh.length > 0) await db.as('updates', (tx) => tx.insert(topics).values(fresh).onConflictDoNothing())
}

/** Every topic, in its order. */
export const allTopics = (tx: For<'updates'>): Promise<Topic[]> => tx.select().from(topics).orderBy(asc(topics.place), asc(topics.slug))

/** The topics that somebody new can subscribe to. */
export const openTopics = (tx: For<'updates'>): Promise<Topic[]> =>
  tx.select().from(topics).where(isNull(topics.closedAt)).orderBy(asc(topics.place), asc(topics.slug))

/** The topic of this name, open or not. */
export async function topicNamed(tx: For<'updates'>, slug: string): Promise<Topic | undefined> {
  return (await tx.select().from(topics).where(eq(topics.slug, slug)))[0]
}

/** Every topic with the number of its subscribers. */
export async function countedTopics(tx: For<'updates'>): Promise<Counted[]> {
  const counts = await tx
    .select({ topic: subscriptions.topic, subscribers: sql<number>`count(*)::int` })
    .from(subscriptions)
    .where(unrestricted(tx, subscriptions.personId))
    .groupBy(subscriptions.topic)
  const by = new Map(counts.map(({ topic, subscribers }) => [topic, subscribers]))
  return (await allTopics(tx)).map((topic) => ({ ...topic, subscribers: by.get(topic.slug) ?? 0 }))
}

/** Adds a topic; false when there is one of this name. */
export async function addTopic(tx: For<'updates'>, topic: Described & { slug: string }): Promise<boolean> {
  const added = await tx
    .insert(topics)
    .values({ ...topic, madeAt: now(), changedAt: now() })
    .onConflictDoNothing()
    .returning({ slug: topics.slug })
  return added.length > 0
}

/** Says something else of a topic; false when there is none of this name. */
export async function describeTopic(tx: For<'updates'>, slug: string, described: Described): Promise<boolean> {
  const changed = await tx
    .update(topics)
    .set({ ...described, changedAt: now() })
    .where(eq(topics.slug, slug))
    .returning({ slug: topics.slug })
  return changed.length > 0
}

/** Closes a topic to newcomers, or opens it again; who is subscribed stays so. */
export async function setOpen(tx: For<'updates'>, slug: string, open: boolean): Promise<boolean> {
  const closedAt = open ? null : now()
  const changed = await tx.update(topics).set({ closedAt, changedAt: now() }).where(eq(topics.slug, slug)).returning({ slug: topics.slug })
  return changed.length > 0
}
