/** To whom an issue goes: the subscribers of its topic, narrowed by conditions that are data. */
import { and, eq, gte, type SQL, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { notSuppressed } from '../mail/suppression.ts'
import { unrestricted } from '../people/restriction.ts'
import { people } from '../people/tables.ts'
import { isRegisteredFor } from '../services/membership.ts'
import { type Narrowed, recipients, sendings } from './issue-tables.ts'
import { subscriptions } from './tables.ts'

/** Who is meant. */
export interface Audience {
  readonly topic: string
  readonly narrowed: Narrowed
}

/** How many there are, by one query. */
export interface Reach {
  readonly subscribers: number
  /** Those among them whom the conditions mean, and who can be written to. */
  readonly meant: number
}

/** Each condition: what it asks of a subscriber, given what the author chose. */
const conditions: { readonly [C in keyof Required<Narrowed>]: (value: string) => SQL } = {
  service: (value) => isRegisteredFor(people.id, value),
  language: (value) => eq(subscriptions.language, value),
  joinedSince: (value) => gte(people.joinedAt, new Date(value)),
}

// Whoever cannot be written to is not counted as reached.
function meantBy(tx: For<'updates'>, { narrowed }: Audience): SQL {
  const asked = Object.entries(conditions).flatMap(([name, condition]) => {
    const value = narrowed[name as keyof Narrowed]
    return value ? [condition(value)] : []
  })
  return and(notSuppressed(tx, people.email), ...asked) ?? sql`true`
}

const subscribed = ({ topic }: Audience): SQL =>
  sql`from ${subscriptions} join ${people} on ${people.id} = ${subscriptions.personId} where ${subscriptions.topic} = ${topic}`

/** Counts whom an issue would reach if it went now. */
export async function reachOf(tx: For<'updates'>, audience: Audience): Promise<Reach> {
  const { rows } = await tx.execute<{ subscribers: number; meant: number }>(
    sql`select count(*)::int as subscribers, count(*) filter (where ${meantBy(tx, audience)})::int as meant ${subscribed(audience)}`,
  )
  return { subscribers: rows[0]?.subscribers ?? 0, meant: rows[0]?.meant ?? 0 }
}

/** The languages that subscribers of any topic chose. */
export async function languagesChosen(tx: For<'updates'>): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ language: subscriptions.language })
    .from(subscriptions)
    .where(unrestricted(tx, subscriptions.personId))
    .orderBy(subscriptions.language)
    .limit(50)
  return rows.flatMap(({ language }) => (language ? [language] : []))
}

/**
 * Settles to whom the issue goes: one statement, however many they are. Returns their number. Their ids are
 * one after another, so that a million of them are put at the end of each index and not all over it.
 */
export async function fixRecipients(tx: For<'updates'>, issueId: Id, audience: Audience): Promise<number> {
  await tx.execute(sql`set local statement_timeout = 0`)
  const fixedAt = now()
  const start = newId().slice(0, -12)
  const { rowCount } = await tx.execute(
    sql`insert into ${recipients} (id, issue_id, person_id, state, due_at)
        select (${start} || lpad(to_hex(row_number() over ()), 12, '0'))::uuid, ${issueId}, ${subscriptions.personId}, 'waiting',
               ${fixedAt.toISOString()} ${subscribed(audience)} and ${meantBy(tx, audience)}`,
  )
  await tx.insert(sendings).values({ issueId, fixedAt, total: rowCount ?? 0 })
  return rowCount ?? 0
}

/** Forgets whoever was not written to yet, and counts them. */
export async function giveUpRecipients(tx: For<'updates'>, issueId: Id): Promise<void> {
  const gone = await tx.delete(recipients).where(and(eq(recipients.issueId, issueId), eq(recipients.state, 'waiting')))
  await tx
    .update(sendings)
    .set({ cancelled: gone.rowCount ?? 0 })
    .where(eq(sendings.issueId, issueId))
}
