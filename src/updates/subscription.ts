/** A subscription: somebody agreed to get letters on a topic. There is one for each person and topic, or none. */
import { asc, eq } from 'drizzle-orm'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { subscriptions, topics } from './tables.ts'

export type Subscription = typeof subscriptions.$inferSelect

/** What somebody agreed to, and the proof of it. */
export interface Agreed {
  readonly personId: Id
  readonly topics: readonly string[]
  readonly language: string | null
  /** The words that they were shown. */
  readonly wording: string
  /** Where it was, in words that the person understands: the page, the account, a form on another site. */
  readonly source: string
  readonly askedAt: Date
  readonly confirmedAt: Date
}

/** Subscribes a person; what they get already stays as it was. Returns the topics that are new. */
export async function subscribe(tx: For<'updates'>, { topics: chosen, ...agreed }: Agreed): Promise<string[]> {
  if (chosen.length === 0) return []
  const made = await tx
    .insert(subscriptions)
    .values(chosen.map((topic) => ({ id: newId(), topic, ...agreed })))
    .onConflictDoNothing({ target: [subscriptions.personId, subscriptions.topic] })
    .returning({ topic: subscriptions.topic })
  return made.map(({ topic }) => topic)
}

/** What a person gets, in the order of the topics. */
export async function subscriptionsOf(tx: For<'updates'>, personId: Id): Promise<(Subscription & { title: string })[]> {
  const rows = await tx
    .select()
    .from(subscriptions)
    .innerJoin(topics, eq(topics.slug, subscriptions.topic))
    .where(eq(subscriptions.personId, personId))
    .orderBy(asc(topics.place), asc(topics.slug))
  return rows.map((row) => ({ ...row.subscriptions, title: row.topics.title }))
}
