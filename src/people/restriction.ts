/** A restriction: data about somebody is only stored (GDPR Art. 18). That nobody uses it is kept by the database, by row rules. */
import { eq, sql, type SQL } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { restrictions } from './tables.ts'

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

/** The condition that leaves restricted people out of a count, where the rows themselves are their own to see. */
export const unrestricted = (tx: For<'updates' | 'billing' | 'service' | 'support' | 'legal'>, person: PgColumn): SQL =>
  sql`not exists ${tx.select({ one: sql`1` }).from(restrictions).where(eq(restrictions.personId, person))}`
