/** A subscription: somebody agreed to get letters on a topic. There is one for each person and topic, or none. */
import { asc, eq, sql } from 'drizzle-orm'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { personWith } from '../people/person.ts'
import { tell } from '../programs/webhook.ts'
import { departures, subscriptions, topics } from './tables.ts'

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
    .returning({ id: subscriptions.id, personId: subscriptions.personId, topic: subscriptions.topic })
  for (const one of made) await tellOf(tx, 'subscription.confirmed', one)
  return made.map(({ topic }) => topic)
}

/** What one of many agreed to, by their address. */
export interface AgreedAt extends Omit<Agreed, 'personId' | 'topics' | 'askedAt' | 'confirmedAt'> {
  readonly email: string
  readonly at: string
}

/**
 * Subscribes many known people to the same topics, by one statement. Whoever left a topic is not
 * subscribed to it again, and what they get already stays as it was. Programs are not told of each.
 */
export async function subscribeMany(tx: For<'updates'>, chosen: readonly string[], agreed: readonly AgreedAt[]): Promise<void> {
  const rows = agreed.flatMap((one) => chosen.map((topic) => ({ ...one, id: newId(), topic })))
  await tx.execute(sql`
    insert into ${subscriptions} (id, person_id, topic, language, wording, source, asked_at, confirmed_at)
    select a.id, p.id, a.topic, a.language, a.wording, a.source, a.at, a.at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as a(id uuid, email text, topic text, language text, wording text, source text, at timestamptz)
      join people p on p.email = a.email
     where not exists (select from ${departures} d where d.person_id = p.id and d.topic = a.topic)
       and not exists (select from ${subscriptions} s where s.person_id = p.id and s.topic = a.topic)
    on conflict (person_id, topic) do nothing`)
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

/** What the reader of an address gets (in lower case); nothing for one that is unknown. */
export async function subscriptionsAt(tx: For<'updates'>, email: string): Promise<Pick<Subscription, 'id' | 'topic' | 'confirmedAt'>[]> {
  const person = await personWith(tx, email)
  return person ? subscriptionsOf(tx, person.id) : []
}

/** Tells the company's own programs what became of a subscription: numbers and the topic, nothing else. */
export const tellOf = (
  tx: For<'updates'>,
  type: 'subscription.confirmed' | 'subscription.ended',
  { id, personId, topic }: Pick<Subscription, 'id' | 'personId' | 'topic'>,
): Promise<void> => tell(tx, type, { subscription: id, person: personId, topic }, personId)
