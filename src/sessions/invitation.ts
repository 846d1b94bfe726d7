/**
 * An invitation: a member of staff asks somebody in by e-mail. Nothing links to the person until they
 * answer; who ignores or declines leaves nothing but the expiry. One without an address makes the
 * first owner: its link is printed at the start of a house that has none.
 */
import { and, eq, gt, isNull } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { post } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import { invitationLetter } from './emails.ts'
import { newToken, tokenHash } from './secrets.ts'
import { invitations } from './tables.ts'

export const INVITATION_DAYS = 7

export type Invitation = typeof invitations.$inferSelect

/** Invites an address, with a role or as a customer; an earlier invitation of it is replaced. */
export async function invite(
  tx: For<'security'>,
  house: House,
  { email, role, invitedBy }: { email: string; role: string | null; invitedBy: Id },
): Promise<void> {
  const link = newToken()
  await tx.delete(invitations).where(eq(invitations.email, email))
  await tx.insert(invitations).values({
    id: newId(),
    email,
    role,
    invitedBy,
    tokenHash: tokenHash(link),
    invitedAt: now(),
    expiresAt: fromNow(INVITATION_DAYS * DAY),
  })
  await post(tx, invitationLetter(house, { email, role, link, days: INVITATION_DAYS }))
}

/** The link with which the operator becomes the first owner; good for a day, in place of any earlier one. */
export async function inviteFirstOwner(tx: For<'security'>): Promise<string> {
  const link = newToken()
  await tx.delete(invitations).where(isNull(invitations.email))
  await tx.insert(invitations).values({
    id: newId(),
    email: null,
    role: 'owner',
    invitedBy: null,
    tokenHash: tokenHash(link),
    invitedAt: now(),
    expiresAt: fromNow(DAY),
  })
  return link
}

const waiting = () => and(gt(invitations.expiresAt, now()), isNull(invitations.answeredBy))

/** The invitation behind a link, if it still waits for an answer. */
export async function invitationBehind(tx: For<'security'>, link: string): Promise<Invitation | undefined> {
  const [invitation] = await tx
    .select()
    .from(invitations)
    .where(and(eq(invitations.tokenHash, tokenHash(link)), waiting()))
  return invitation
}

/** The same, held fast until the transaction ends: of two who answer at once, the second finds nothing. */
export async function invitationToAnswer(tx: For<'security'>, link: string): Promise<Invitation | undefined> {
  const [invitation] = await tx
    .select()
    .from(invitations)
    .where(and(eq(invitations.tokenHash, tokenHash(link)), waiting()))
    .for('update')
  return invitation
}

/**
 * Accepts an invitation for this person: once, however many hold its link. One with a role stays, as
 * theirs, until the team has taken them in; one without has done its work.
 * @returns the invitation for the one who may act on it
 */
export async function accept(tx: For<'security'>, id: Id, personId: Id): Promise<Invitation | undefined> {
  const [accepted] = await tx
    .update(invitations)
    .set({ answeredBy: personId, expiresAt: fromNow(INVITATION_DAYS * DAY) })
    .where(and(eq(invitations.id, id), waiting()))
    .returning()
  if (accepted?.role === null) await endInvitation(tx, id)
  return accepted
}

/** The invitation with this id, answered or not, if it still stands. */
export async function invitationWith(tx: For<'security'>, id: Id): Promise<Invitation | undefined> {
  const [invitation] = await tx
    .select()
    .from(invitations)
    .where(and(eq(invitations.id, id), gt(invitations.expiresAt, now())))
  return invitation
}

/** Withdraws, declines or ends an invitation; true if it was there. */
export async function endInvitation(tx: For<'security'>, id: Id): Promise<boolean> {
  return (await tx.delete(invitations).where(eq(invitations.id, id)).returning({ id: invitations.id })).length > 0
}

/** The invitations that wait for an answer. */
export async function openInvitations(
  tx: For<'security' | 'support'>,
): Promise<Pick<Invitation, 'id' | 'email' | 'role' | 'invitedAt' | 'expiresAt'>[]> {
  const { id, email, role, invitedAt, expiresAt } = invitations
  return tx.select({ id, email, role, invitedAt, expiresAt }).from(invitations).where(waiting()).orderBy(invitedAt).limit(500)
}
