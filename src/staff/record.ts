/** A person's record as staff see it once they said why, and what they may do there. */
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import { type ListedLetter, lettersTo, post } from '../mail/letter.ts'
import { correctionsOf, type Person, personOf } from '../people/person.ts'
import { endSessions, type ListedSession, sessionsOf } from '../sessions/session.ts'
import type { House } from '../web/house.ts'
import { sessionsEndedLetter } from './emails.ts'
import { freshLook, type Look, type Looking, looksAt } from './look.ts'
import { may } from './roles.ts'
import type { Role } from './tables.ts'
import { roleOf } from './team.ts'

/** What a record shows: when, by what, and how it ended; never what was written in a letter. */
export interface PersonRecord {
  readonly person: Person
  readonly role: Role | undefined
  readonly sessions: readonly ListedSession[]
  readonly letters: readonly ListedLetter[]
  readonly corrections: readonly { field: 'name' | 'email'; correctedAt: Date }[]
  readonly looks: readonly Look[]
}

/** A record and the look under which it is open. */
export interface Opened {
  readonly record: PersonRecord
  readonly under: Pick<Look, 'role' | 'reason' | 'lookedAt'>
}

/** The record, if this member of staff may see it now; `closed` until they give a reason; undefined when there is nobody. */
export async function openRecord(tx: For<'support'>, looking: Looking): Promise<Opened | 'closed' | undefined> {
  const person = await personOf(tx, looking.personId)
  if (!person) return undefined
  const under = await freshLook(tx, looking)
  return under ? { under, record: await recordOf(tx, person) } : 'closed'
}

async function recordOf(tx: For<'support'>, person: Person): Promise<PersonRecord> {
  return {
    person,
    role: await roleOf(tx, person.id),
    sessions: await sessionsOf(tx, person.id),
    letters: await lettersTo(tx, { personId: person.id, email: person.email }),
    corrections: await correctionsOf(tx, person.id),
    looks: await looksAt(tx, person.id, 100),
  }
}

/** May somebody in `role` act on the record of somebody in `theirs`? Only who runs the team acts on its members. */
export const mayActOn = (role: Role, theirs: Role | undefined): boolean => theirs === undefined || may(role, 'team')

/** Ends all sessions of a person and tells them by letter; call it under a fresh look. */
export async function signOutEverywhere(tx: For<'security'>, house: House, { personId, staffId }: Looking): Promise<void> {
  const person = await personOf(tx, personId)
  if (!person) return
  await endSessions(tx, personId)
  await post(tx, sessionsEndedLetter(house, person))
  log('staff.sessions-ended', { staff: staffId, person: personId })
}
