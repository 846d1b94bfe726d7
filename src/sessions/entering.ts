/**
 * Entering: what happens once somebody proved who they are by code, link or password. A second factor
 * is asked for on every one of these ways; a passkey is two factors in itself.
 */
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { type Person, personOf, welcome } from '../people/person.ts'
import { type Attempt, beginSecond } from './attempt.ts'
import { invitationWith } from './invitation.ts'
import { hasSecondFactor } from './second-factor.ts'
import { beStrict, endToken, type Means, openSession } from './session.ts'

/** Where somebody stands: inside, before the second factor, or outside. */
export type Entered = { readonly session: string; readonly personId: Id } | { readonly second: string } | 'over'

export interface Coming {
  readonly means: Means
  readonly browser: string
  /** The session that this browser had; it ends, so that no token outlives a sign-in. */
  readonly before: string | undefined
}

/** Enters by a redeemed attempt: a newcomer becomes known, somebody known signs in. */
export async function enterBy(tx: For<'security'>, attempt: Attempt, coming: Coming): Promise<Entered> {
  if (attempt.kind === 'sign-up') return enterNew(tx, attempt, coming)
  if (attempt.kind !== 'sign-in' || !attempt.personId) return 'over'
  const person = await personOf(tx, attempt.personId)
  if (!person) return 'over'
  if (attempt.invitationId) await takeUp(tx, attempt.invitationId, person.id)
  return enter(tx, person, coming)
}

async function enterNew(tx: For<'security'>, attempt: Attempt, coming: Coming): Promise<Entered> {
  const { person } = await welcome(tx, { name: attempt.name ?? attempt.email, email: attempt.email })
  if (attempt.invitationId) await takeUp(tx, attempt.invitationId, person.id)
  return enter(tx, person, coming)
}

/** Enters as `person`, or stops before the second factor where there is one. */
export async function enter(tx: For<'security'>, person: Person, coming: Coming): Promise<Entered> {
  if (await hasSecondFactor(tx, person.id)) return { second: await beginSecond(tx, person) }
  return { session: await admit(tx, person.id, coming), personId: person.id }
}

/** Opens the session, in place of the one that this browser had. */
export async function admit(tx: For<'security'>, personId: Id, { means, browser, before }: Coming): Promise<string> {
  if (before) await endToken(tx, before)
  return openSession(tx, { personId, browser, means })
}

/**
 * An invitation is answered: from here on it belongs to this person. Joining the team is the staff
 * room's matter, so it is left a note; the sessions are strict from the first one on.
 */
export async function takeUp(tx: For<'security'>, invitationId: Id, personId: Id): Promise<void> {
  const invitation = await invitationWith(tx, invitationId)
  if (!invitation?.role) return
  await beStrict(tx, personId)
  await enqueue(tx, 'staff.join', { invitationId, personId })
}
