/**
 * Entering: what happens once somebody proved who they are by code, link or password. A second factor
 * is asked for on every one of these ways; a passkey is two factors in itself.
 */
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { type Person, personOf, welcome } from '../people/person.ts'
import { type Attempt, beginSecond, type First } from './attempt.ts'
import { accept, type Invitation } from './invitation.ts'
import { hasSecondFactor } from './second-factor.ts'
import { beStrict, endToken, type Means, openSession } from './session.ts'

/** Where somebody stands: inside, before the second factor, or outside. */
export type Entered = { readonly session: string; readonly personId: Id } | { readonly second: string } | 'over'

export interface Coming {
  readonly means: Means
  readonly browser: string
  /** The session that this browser had; it ends, so that no token outlives a sign-in. */
  readonly before: string | undefined
  /** The invitation that is answered by coming in. */
  readonly invitationId?: Id | null
}

/** By which one comes who may still be asked for a second factor. */
export type ComingByOne = Coming & { readonly means: First['means'] }

/** Enters by a redeemed attempt: a newcomer becomes known, somebody known signs in. */
export async function enterBy(tx: For<'security'>, attempt: Attempt, coming: ComingByOne): Promise<Entered> {
  const person = await personBehind(tx, attempt)
  return person ? enter(tx, person, { ...coming, invitationId: attempt.invitationId }) : 'over'
}

async function personBehind(tx: For<'security'>, { kind, personId, name, email }: Attempt): Promise<Person | undefined> {
  if (kind === 'sign-up') return (await welcome(tx, { name: name ?? email, email })).person
  return kind === 'sign-in' && personId ? personOf(tx, personId) : undefined
}

/** Enters by an invitation to an address: whoever holds its link has shown that they read what is sent there. */
export async function enterInvited(
  tx: For<'security'>,
  { id, email }: Invitation,
  name: string | undefined,
  coming: ComingByOne,
): Promise<Entered> {
  if (!email) return 'over'
  const { person } = await welcome(tx, { name: name ?? email, email })
  return enter(tx, person, { ...coming, invitationId: id })
}

/** Enters as `person`, or stops before the second factor where there is one. */
export async function enter(tx: For<'security'>, person: Person, coming: ComingByOne): Promise<Entered> {
  if (!(await hasSecondFactor(tx, person.id))) return { session: await admit(tx, person.id, coming), personId: person.id }
  return { second: await beginSecond(tx, person, { means: coming.means, invitationId: coming.invitationId ?? null }) }
}

/** Opens the session, in place of the one that this browser had. */
export async function admit(tx: For<'security'>, personId: Id, { means, browser, before, invitationId }: Coming): Promise<string> {
  if (before) await endToken(tx, before)
  // Only now that all factors were given, and before the session opens: taking up ends all sessions.
  if (invitationId) await takeUp(tx, invitationId, personId)
  return openSession(tx, { personId, browser, means })
}

/**
 * An invitation is answered: from here on it belongs to this person. Joining the team is the staff
 * room's matter, so it is left a note; the sessions are strict from the first one on.
 */
async function takeUp(tx: For<'security'>, invitationId: Id, personId: Id): Promise<void> {
  const invitation = await accept(tx, invitationId, personId)
  if (!invitation?.role) return
  await beStrict(tx, personId)
  await enqueue(tx, 'staff.join', { invitationId, personId })
}
