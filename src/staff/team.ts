/** The team: who works here, in which role. */
import { record } from '../audit/record.ts'
import { count, eq, inArray, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { endInvitation, invitationWith } from '../sessions/invitation.ts'
import { beStrict, beUsual, endSessions } from '../sessions/session.ts'
import { type Role, roles, staff } from './tables.ts'

export { type Role, roles }

export interface Member {
  readonly personId: Id
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly addedAt: Date
}

/** The role that this person has in the team, if any. */
export async function roleOf(tx: For<'security' | 'support' | 'service'>, personId: Id): Promise<Role | undefined> {
  const [member] = await tx.select({ role: staff.role }).from(staff).where(eq(staff.personId, personId))
  return member?.role
}

/** Gives a person a role. Their sessions end: powers grew, so they sign in anew. */
export async function appoint(
  tx: For<'security'>,
  { personId, role, addedBy }: { personId: Id; role: Role; addedBy: Id | null },
): Promise<void> {
  await tx.insert(staff).values({ personId, role, addedBy, addedAt: now() }).onConflictDoUpdate({ target: staff.personId, set: { role } })
  await record(tx, { act: 'team.appointed', actor: addedBy, person: personId })
  await beStrict(tx, personId)
}

/** Changes a member's role, unless they are the last owner. Their sessions end: they sign in anew with their new powers. */
export async function changeRole(
  tx: For<'security'>,
  { personId, role, by }: { personId: Id; role: Role; by: Id },
): Promise<'changed' | 'last owner' | 'not in the team'> {
  const standing = await standingOf(tx, personId)
  if (standing === 'not in the team' || (standing === 'last owner' && role !== 'owner')) return standing
  await tx.update(staff).set({ role }).where(eq(staff.personId, personId))
  await record(tx, { act: 'team.appointed', actor: by, person: personId })
  await endSessions(tx, personId)
  return 'changed'
}

/** Takes a person out of the team, unless they are its last owner. */
export async function dismiss(
  tx: For<'security'>,
  { personId, by }: { personId: Id; by: Id },
): Promise<'dismissed' | 'last owner' | 'not in the team'> {
  const standing = await standingOf(tx, personId)
  if (standing !== 'in the team') return standing
  await tx.delete(staff).where(eq(staff.personId, personId))
  await record(tx, { act: 'team.dismissed', actor: by, person: personId })
  await beUsual(tx, personId)
  return 'dismissed'
}

const TEAM_LOCK = 7_201_904

// One change of the team at a time: two owners who remove each other would leave none.
async function standingOf(tx: For<'security'>, personId: Id): Promise<'last owner' | 'in the team' | 'not in the team'> {
  await tx.execute(sql`select pg_advisory_xact_lock(${TEAM_LOCK})`)
  const role = await roleOf(tx, personId)
  if (!role) return 'not in the team'
  return role === 'owner' && (await owners(tx)) === 1 ? 'last owner' : 'in the team'
}

/** How many owners there are. */
export async function owners(tx: For<'security' | 'support'>): Promise<number> {
  const [row] = await tx.select({ owners: count() }).from(staff).where(eq(staff.role, 'owner'))
  return row?.owners ?? 0
}

/** Somebody answered an invitation into the team: sessions are strict already, see `sessions/entering.ts`. */
export async function join(tx: For<'security'>, { invitationId, personId }: { invitationId: Id; personId: Id }): Promise<void> {
  const invitation = await invitationWith(tx, invitationId)
  const role = roles.find((role) => role === invitation?.role)
  if (!invitation || !role) return
  const standing = await standingOf(tx, personId)
  if (standing !== 'last owner') {
    await tx
      .insert(staff)
      .values({ personId, role, addedBy: invitation.invitedBy, addedAt: now() })
      .onConflictDoUpdate({ target: staff.personId, set: { role } })
    await record(tx, { act: 'team.appointed', actor: invitation.invitedBy, person: personId })
  }
  await endInvitation(tx, invitation.id)
}

/** Everybody in the team. */
export async function team(tx: For<'support' | 'security'>): Promise<Member[]> {
  return tx
    .select({ personId: staff.personId, name: people.name, email: people.email, role: staff.role, addedAt: staff.addedAt })
    .from(staff)
    .innerJoin(people, eq(people.id, staff.personId))
    .orderBy(staff.addedAt)
}

/** The roles of those among these people who are in the team. */
export async function rolesAmong(tx: For<'support'>, ids: readonly Id[]): Promise<ReadonlyMap<Id, Role>> {
  if (ids.length === 0) return new Map()
  const rows = await tx
    .select({ personId: staff.personId, role: staff.role })
    .from(staff)
    .where(inArray(staff.personId, [...ids]))
  return new Map(rows.map(({ personId, role }) => [personId, role]))
}
