/** A person's record, as staff see it once they said why. */
import { desc, eq } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { type Person, personOf } from '../people/person.ts'
import { corrections } from '../people/tables.ts'
import { type ListedSession, sessionsOf } from '../sessions/session.ts'
import { type Look, looksAt } from './look.ts'
import type { Role } from './tables.ts'
import { roleOf } from './team.ts'

export interface Opened {
  readonly person: Person
  readonly role: Role | undefined
  readonly sessions: readonly ListedSession[]
  readonly corrections: readonly { field: string; correctedAt: Date }[]
  readonly looks: readonly Look[]
}

/** The record of a person; undefined when nobody has this id. */
export async function openRecord(tx: For<'support'>, id: Id): Promise<Opened | undefined> {
  const person = await personOf(tx, id)
  if (!person) return undefined
  const { field, correctedAt, personId } = corrections
  return {
    person,
    role: await roleOf(tx, id),
    sessions: await sessionsOf(tx, id),
    corrections: await tx.select({ field, correctedAt }).from(corrections).where(eq(personId, id)).orderBy(desc(correctedAt)).limit(50),
    looks: await looksAt(tx, id, 50),
  }
}
