/** The subscribers of a topic as CSV, read in steps, so that a million need no more memory than a thousand. */
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { csvLine } from '../web/csv.ts'
import type { Lines } from '../staff/export.ts'
import { subscriptions } from './tables.ts'

const STEP = 1_000

/** Everybody who gets a topic, with the proof of what they agreed to. */
export async function* subscriberLines(db: Database, topic: string): AsyncGenerator<Lines, void, void> {
  yield { text: csvLine(['name', 'email', 'topic', 'language', 'asked', 'confirmed', 'source', 'wording']), people: 0 }
  let step: Subscriber[] = []
  do {
    const after = step.at(-1)?.id
    step = await db.as('updates', (tx) => nextSubscribers(tx, topic, after))
    if (step.length > 0) yield { text: step.map(lineOf).join(''), people: step.length }
  } while (step.length === STEP)
}

type Subscriber = Awaited<ReturnType<typeof nextSubscribers>>[number]

async function nextSubscribers(tx: For<'updates'>, topic: string, after: Id | undefined) {
  const { id, language, askedAt, confirmedAt, source, wording } = subscriptions
  return tx
    .select({ id, topic: subscriptions.topic, name: people.name, email: people.email, language, askedAt, confirmedAt, source, wording })
    .from(subscriptions)
    .innerJoin(people, eq(people.id, subscriptions.personId))
    .where(and(eq(subscriptions.topic, topic), after ? gt(id, after) : undefined))
    .orderBy(asc(id))
    .limit(STEP)
}

const lineOf = ({ name, email, topic, language, askedAt, confirmedAt, source, wording }: Subscriber): string =>
  csvLine([name, email, topic, language ?? '', askedAt.toISOString(), confirmedAt.toISOString(), source, wording])
