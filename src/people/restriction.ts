/** A restriction: data about somebody is only stored (GDPR Art. 18). That nobody uses it is kept by the database, by row rules. */
import { desc, eq, sql, type SQL } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { people, restrictions } from './tables.ts'

/** From now on their data is only stored. Repeating it does no harm. */
export async function restrict(tx: For<'rights'>, personId: Id): Promise<void> {
  const made = await tx
    .insert(restrictions)
    .values({ personId, sinceAt: now() })
    .onConflictDoNothing()
    .returning({ personId: restrictions.personId })
  if (made.length === 0) return
  await record(tx, { act: 'person.restricted', person: personId })
  log('people.restricted', { person: personId })
}

/** Ends it, and leaves a note for whoever tells the recipients; false when there was none. */
export async function endRestriction(tx: For<'rights'>, personId: Id, by?: Id): Promise<boolean> {
  const ended = await tx.delete(restrictions).where(eq(restrictions.personId, personId)).returning({ personId: restrictions.personId })
  if (ended.length === 0) return false
  log('people.restriction-ended', { person: personId })
  await record(tx, { act: 'person.released', actor: by, person: personId })
  await enqueue(tx, 'rights.released', { personId })
  return true
}

/** Since when their data is only stored, if it is. */
export async function restrictedSince(tx: For<'rights' | 'legal'>, personId: Id): Promise<Date | undefined> {
  return (await tx.select({ sinceAt: restrictions.sinceAt }).from(restrictions).where(eq(restrictions.personId, personId)))[0]?.sinceAt
}

/** Somebody whose data is only stored. */
export interface Restricted {
  readonly id: Id
  readonly name: string
  readonly sinceAt: Date
}

/** Everybody whose data is only stored, the latest first. */
export const restrictedPeople = (tx: For<'legal'>, most = 1_000): Promise<Restricted[]> =>
  tx
    .select({ id: people.id, name: people.name, sinceAt: restrictions.sinceAt })
    .from(restrictions)
    .innerJoin(people, eq(people.id, restrictions.personId))
    .orderBy(desc(restrictions.sinceAt))
    .limit(most)

/** The condition that leaves restricted people out of a count, where the rows themselves are their own to see. */
export const unrestricted = (tx: For<'updates' | 'billing' | 'service' | 'support' | 'legal'>, person: PgColumn): SQL =>
  sql`not exists ${tx.select({ one: sql`1` }).from(restrictions).where(eq(restrictions.personId, person))}`
