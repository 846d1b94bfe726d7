/**
 * A membership: a person uses a service under a plan. It moves from standing to standing by the verbs
 * below, each of which notes its step, and tells the service when its door opened or closed.
 */
import { and, asc, desc, eq, inArray, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { fromNow, HOUR, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { unrestricted } from '../people/restriction.ts'
import { tell } from '../programs/webhook.ts'
import { type Actor, memberships, membershipSteps, plans, services, type Standing, type StepKind } from './tables.ts'

export type Membership = typeof memberships.$inferSelect
type Writing = For<'service' | 'billing'>
type Reading = For<'service' | 'billing' | 'support' | 'rights'>

/** A membership with the names that people read. */
export interface NamedMembership extends Membership {
  readonly service: { readonly slug: string; readonly title: string }
  readonly plan: { readonly slug: string; readonly title: string; readonly kind: (typeof plans.$inferSelect)['kind'] }
}

/** The condition that a person uses a service now: for one statement over many people. */
export const isRegisteredFor = (person: PgColumn, slug: string): SQL => sql`exists (select from ${memberships}
  join ${services} on ${services.id} = ${memberships.serviceId} where ${memberships.personId} = ${person} and ${services.slug} = ${slug}
   and ${inArray(memberships.standing, ['trial', 'active', 'grace'])})`

/** The condition that a person has or had a service, by the service's number: for one statement over many people. */
export const holdsMembershipOf = (person: PgColumn, serviceId: Id): SQL =>
  sql`exists (select from ${memberships} where ${memberships.personId} = ${person} and ${memberships.serviceId} = ${serviceId})`

/** One that was begun and not paid for waits so long. */
export const WAITING_HOURS = 48

/**
 * Registers somebody for a service: at once, or to wait for its payment. Who has a living membership
 * already keeps that one; while it still waits, nothing was bought and another plan can be chosen.
 */
export async function join(tx: For<'service'>, wanted: Wanted): Promise<{ membership: Membership; isNew: boolean }> {
  const { paid, ...terms } = wanted
  const fresh = { id: newId(), ...terms, standing: paid ? ('waiting' as const) : ('active' as const), joinedAt: now() }
  const [made] = await tx
    .insert(memberships)
    .values(fresh)
    .onConflictDoNothing({ target: [memberships.personId, memberships.serviceId], where: isNull(memberships.endedAt) })
    .returning()
  if (made) {
    await note(tx, made, paid ? ['registered'] : ['registered', 'opened'], 'person')
    if (!paid) await tellAccess(tx, made, true)
    return { membership: made, isNew: true }
  }
  const { planId, seats } = terms
  await tx
    .update(memberships)
    .set({ planId, seats })
    .where(and(eq(memberships.personId, wanted.personId), eq(memberships.serviceId, wanted.serviceId), eq(memberships.standing, 'waiting')))
  const living = await livingOf(tx, wanted.personId, wanted.serviceId)
  if (!living) throw new Error('a membership was neither new nor there')
  if (living.standing !== 'waiting' || paid) return { membership: await wantInstead(tx, living, terms), isNew: false }
  await stand(tx, living.id, { standing: 'active', paidUntil: null }, 'person')
  return { membership: { ...living, standing: 'active' }, isNew: false }
}

// Who has it for nothing goes on with that until another plan is paid for; what is paid for is changed where it is paid.
async function wantInstead(tx: For<'service'>, living: Membership, { planId, seats }: Terms): Promise<Membership> {
  const [plan] = await tx.select({ kind: plans.kind }).from(plans).where(eq(plans.id, living.planId))
  if (plan?.kind !== 'free' || living.planId === planId) return living
  await tx.update(memberships).set({ nextPlanId: planId, nextSeats: seats }).where(eq(memberships.id, living.id))
  return { ...living, nextPlanId: planId, nextSeats: seats }
}

/** What is not paid for yet: all of a membership that waits, or the plan that shall take the place of a free one. */
export function toBuy(
  membership: Membership & { readonly plan: { readonly kind: (typeof plans.$inferSelect)['kind'] } },
): Terms | undefined {
  const { standing, planId, seats, nextPlanId, nextSeats, plan } = membership
  if (standing === 'waiting') return { planId, seats }
  return plan.kind === 'free' && standing === 'active' && nextPlanId ? { planId: nextPlanId, seats: nextSeats ?? 1 } : undefined
}

/** Did somebody have a trial of a service before? One is enough, in as many memberships as one likes. */
export async function triedBefore(tx: Reading, personId: Id, serviceId: Id): Promise<boolean> {
  const [trial] = await tx
    .select({ id: membershipSteps.id })
    .from(membershipSteps)
    .innerJoin(memberships, eq(memberships.id, membershipSteps.membershipId))
    .where(and(eq(membershipSteps.personId, personId), eq(memberships.serviceId, serviceId), eq(membershipSteps.step, 'trial began')))
    .limit(1)
  return trial !== undefined
}

/** Goes on with the free plan after all. */
export const wantNothingElse = async (tx: For<'service'>, id: Id): Promise<void> =>
  void (await tx.update(memberships).set({ nextPlanId: null, nextSeats: null }).where(eq(memberships.id, id)))

/** What somebody wants to register for. */
export interface Wanted {
  readonly personId: Id
  readonly serviceId: Id
  readonly planId: Id
  readonly seats: number
  readonly paid: boolean
}

/** The person's living membership of a service. */
export async function livingOf(tx: Reading, personId: Id, serviceId: Id): Promise<Membership | undefined> {
  const [found] = await tx
    .select()
    .from(memberships)
    .where(and(eq(memberships.personId, personId), eq(memberships.serviceId, serviceId), isNull(memberships.endedAt)))
  return found
}

/** The membership with this id, if it is this person's. */
export async function membershipOf(tx: Reading, personId: Id, id: Id): Promise<NamedMembership | undefined> {
  return (await named(tx, and(eq(memberships.id, id), eq(memberships.personId, personId))))[0]
}

/** The person's memberships, living ones first. */
export const membershipsOf = (tx: Reading, personId: Id): Promise<NamedMembership[]> => named(tx, eq(memberships.personId, personId))

async function named(tx: Reading, where: ReturnType<typeof and>): Promise<NamedMembership[]> {
  const rows = await tx
    .select({
      membership: memberships,
      service: { slug: services.slug, title: services.title },
      plan: { slug: plans.slug, title: plans.title, kind: plans.kind },
    })
    .from(memberships)
    .innerJoin(services, eq(services.id, memberships.serviceId))
    .innerJoin(plans, eq(plans.id, memberships.planId))
    .where(where)
    .orderBy(sql`${memberships.endedAt} is not null`, desc(memberships.joinedAt))
    .limit(200)
  return rows.map(({ membership, service, plan }) => ({ ...membership, service, plan }))
}

/** Which of these memberships have ended. */
export async function endedAmong(tx: Reading, ids: readonly Id[]): Promise<Id[]> {
  if (ids.length === 0) return []
  const ended = and(inArray(memberships.id, [...ids]), isNotNull(memberships.endedAt))
  return (await tx.select({ id: memberships.id }).from(memberships).where(ended)).map(({ id }) => id)
}

/** Locks a membership for a change that depends on how it stands. */
export async function lockMembership(tx: Writing, id: Id): Promise<Membership | undefined> {
  return (await tx.select().from(memberships).where(eq(memberships.id, id)).for('update'))[0]
}

/** How a membership shall stand from now on, and until when. */
export type Standings =
  | { readonly standing: 'waiting' | 'suspended' | 'paused' }
  | { readonly standing: 'trial' | 'active'; readonly paidUntil: Date | null }
  | { readonly standing: 'grace'; readonly graceUntil: Date }
  | { readonly standing: 'ended' }

const stepInto: Readonly<Record<Standing, (from: Standing) => StepKind | undefined>> = {
  waiting: () => undefined,
  trial: () => 'trial began',
  active: (from) => (from === 'paused' ? 'resumed' : from === 'grace' || from === 'suspended' ? 'paid' : 'opened'),
  grace: () => 'payment failed',
  suspended: () => 'suspended',
  paused: () => 'paused',
  ended: () => 'ended',
}

/**
 * Moves a membership to another standing. Saying the same again changes nothing; what has ended stays so.
 * @returns whether anything changed
 */
export async function stand(tx: Writing, id: Id, to: Standings, by: Actor): Promise<boolean> {
  const membership = await lockMembership(tx, id)
  if (!membership || membership.standing === 'ended') return false
  const next = columnsFor(to)
  const moved = membership.standing !== to.standing
  if (!moved && sameMoment(membership.paidUntil, next.paidUntil) && sameMoment(membership.graceUntil, next.graceUntil)) return false
  await tx.update(memberships).set(next).where(eq(memberships.id, id))
  const step = moved ? stepInto[to.standing](membership.standing) : to.standing === 'active' ? 'paid' : undefined
  if (step) await note(tx, membership, [step], by)
  if (moved) log('services.stands', { membership: id, open: isOpen(to.standing) })
  if (isOpen(to.standing) !== isOpen(membership.standing)) await tellAccess(tx, membership, isOpen(to.standing))
  return true
}

// The service learns it in the transaction of the change; what else changes it asks for.
async function tellAccess(tx: Writing, { personId, serviceId }: Membership, allowed: boolean): Promise<void> {
  const [service] = await tx.select({ slug: services.slug }).from(services).where(eq(services.id, serviceId))
  if (service) await tell(tx, 'access.changed', { person: personId, service: service.slug, allowed }, personId)
}

const sameMoment = (one: Date | null, other: Date | null | undefined): boolean =>
  other === undefined || (one?.getTime() ?? null) === (other?.getTime() ?? null)

function columnsFor(to: Standings): Partial<Membership> & Pick<Membership, 'standing' | 'graceUntil'> {
  const base = { standing: to.standing, graceUntil: to.standing === 'grace' ? to.graceUntil : null }
  if (to.standing === 'ended') return { ...base, endedAt: now(), nextPlanId: null, nextSeats: null }
  return 'paidUntil' in to ? { ...base, paidUntil: to.paidUntil } : base
}

/** Does somebody who stands so get in? */
export const isOpen = (standing: Standing): boolean => ['trial', 'active', 'grace'].includes(standing)

/** The person wants to leave at this moment; a later change of mind before it withdraws that. */
export async function askToLeave(tx: Writing, membership: Membership, at: Date): Promise<void> {
  await tx.update(memberships).set({ leavesAt: at }).where(eq(memberships.id, membership.id))
  await note(tx, membership, ['leaving asked'], 'person')
}

/** The person stays after all. */
export async function stayAfterAll(tx: Writing, membership: Membership): Promise<void> {
  await tx.update(memberships).set({ leavesAt: null }).where(eq(memberships.id, membership.id))
  await note(tx, membership, ['leaving withdrawn'], 'person')
}

/** Under which plan, and for how many people. */
export interface Terms {
  readonly planId: Id
  readonly seats: number
}

/** The terms of a membership now, and those that follow with the next renewal; what is new is noted. */
export async function takeTerms(tx: Writing, membership: Membership, terms: { now: Terms; next: Terms | null }): Promise<void> {
  const { now: today, next } = terms
  const had = membership.nextPlanId ? { planId: membership.nextPlanId, seats: membership.nextSeats ?? 1 } : null
  if (sameTerms(membership, today) && sameTerms(had, next)) return
  await tx
    .update(memberships)
    .set({ ...today, nextPlanId: next?.planId ?? null, nextSeats: next?.seats ?? null })
    .where(eq(memberships.id, membership.id))
  if (!sameTerms(membership, today))
    await note(tx, membership, [membership.planId === today.planId ? 'seats changed' : 'plan changed'], 'stripe')
  if (sameTerms(had, next) || (had && sameTerms(had, today))) return
  const planned = next && (next.planId === today.planId ? 'seats change planned' : 'plan change planned')
  await note(tx, membership, [planned ?? 'change withdrawn'], 'person')
}

export const sameTerms = (one: Terms | null, other: Terms | null): boolean => one?.planId === other?.planId && one?.seats === other?.seats

async function note(
  tx: Writing,
  { id, personId }: Pick<Membership, 'id' | 'personId'>,
  steps: readonly StepKind[],
  by: Actor,
): Promise<void> {
  for (const step of steps)
    await tx.insert(membershipSteps).values({ id: newId(), membershipId: id, personId, step, by, happenedAt: now() })
}

export interface Step {
  readonly step: StepKind
  readonly by: Actor
  readonly happenedAt: Date
}

/** What happened to a membership, newest first. */
export async function stepsOf(tx: Reading, membershipId: Id): Promise<Step[]> {
  const { step, by, happenedAt } = membershipSteps
  return tx
    .select({ step, by, happenedAt })
    .from(membershipSteps)
    .where(eq(membershipSteps.membershipId, membershipId))
    .orderBy(desc(happenedAt), desc(membershipSteps.id))
    .limit(200)
}

/**
 * What the calendar does: free memberships whose end has come, and those that were begun and never paid
 * for, end; grace that is over suspends. What is paid for ends by what Stripe says, not here.
 */
export async function keepTime(tx: For<'service'>): Promise<number> {
  const due = await tx
    .select({ id: memberships.id, standing: memberships.standing })
    .from(memberships)
    .innerJoin(plans, eq(plans.id, memberships.planId))
    .where(
      and(
        isNull(memberships.endedAt),
        or(
          and(eq(memberships.standing, 'waiting'), lte(memberships.joinedAt, fromNow(-WAITING_HOURS * HOUR))),
          and(eq(memberships.standing, 'grace'), lte(memberships.graceUntil, now())),
          and(eq(plans.kind, 'free'), lte(memberships.leavesAt, now())),
        ),
      ),
    )
    .orderBy(asc(memberships.id))
    .limit(1_000)
  for (const { id, standing } of due) await stand(tx, id, { standing: standing === 'grace' ? 'suspended' : 'ended' }, 'clock')
  return due.length
}

/** How many members each plan has, by how they stand; restricted people are not counted. */
export async function countMembers(
  tx: For<'service' | 'billing' | 'support'>,
): Promise<{ serviceId: Id; planId: Id; standing: Standing; members: number }[]> {
  const { serviceId, planId, standing } = memberships
  return tx
    .select({ serviceId, planId, standing, members: sql<number>`count(*)::int` })
    .from(memberships)
    .where(and(unrestricted(tx, memberships.personId), inArray(standing, ['waiting', 'trial', 'active', 'grace', 'suspended', 'paused'])))
    .groupBy(serviceId, planId, standing)
}
