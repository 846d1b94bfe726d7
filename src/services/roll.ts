/** The roll: every membership, a page at a time, for staff who look after payments; and what services were used. */
import { and, desc, eq, gte, inArray, lt, type SQL, sql, sum } from 'drizzle-orm'
import { DAY, fromNow } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { unrestricted } from '../people/restriction.ts'
import { people } from '../people/tables.ts'
import { memberships, plans, services, type Standing, standings, usage } from './tables.ts'

/** A standing, if the word is one. */
export const standingNamed = (word: string): Standing | undefined => standings.find((standing) => standing === word)

/** Which memberships are wanted. */
export interface Wanted {
  readonly service?: string | undefined
  readonly standing?: Standing | undefined
  /** Plans that cost something, or those that do not. */
  readonly paid?: 'yes' | 'no' | undefined
  /** Those that came before this one. */
  readonly before?: Id | undefined
}

export interface Enrolled {
  readonly id: Id
  readonly personId: Id
  /** Billing knows customers by name, and nobody else. */
  readonly name: string | null
  readonly email: string | null
  readonly service: string
  readonly plan: string
  readonly kind: (typeof plans.$inferSelect)['kind']
  readonly seats: number
  readonly standing: Standing
  readonly joinedAt: Date
  readonly paidUntil: Date | null
  readonly graceUntil: Date | null
  readonly leavesAt: Date | null
}

const columns = {
  id: memberships.id,
  personId: memberships.personId,
  name: people.name,
  email: people.email,
  service: services.title,
  plan: plans.title,
  kind: plans.kind,
  seats: memberships.seats,
  standing: memberships.standing,
  joinedAt: memberships.joinedAt,
  paidUntil: memberships.paidUntil,
  graceUntil: memberships.graceUntil,
  leavesAt: memberships.leavesAt,
}

const enrolled = (tx: For<'billing'>, where: SQL | undefined, most: number): Promise<Enrolled[]> =>
  tx
    .select(columns)
    .from(memberships)
    .innerJoin(services, eq(services.id, memberships.serviceId))
    .innerJoin(plans, eq(plans.id, memberships.planId))
    .leftJoin(people, eq(people.id, memberships.personId))
    .where(and(unrestricted(tx, memberships.personId), where))
    .orderBy(desc(memberships.id))
    .limit(most)

/** A page of the roll, newest first, and how many there are in all. */
export async function roll(tx: For<'billing'>, wanted: Wanted, most = 50): Promise<{ rows: Enrolled[]; count: number; more: boolean }> {
  const filter = and(
    unrestricted(tx, memberships.personId),
    wanted.service ? eq(services.slug, wanted.service) : undefined,
    wanted.standing ? eq(memberships.standing, wanted.standing) : undefined,
    wanted.paid === 'yes' ? sql`${plans.kind} <> 'free'` : wanted.paid === 'no' ? eq(plans.kind, 'free') : undefined,
  )
  const rows = await enrolled(tx, and(filter, wanted.before ? lt(memberships.id, wanted.before) : undefined), most + 1)
  const [counted] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(memberships)
    .innerJoin(services, eq(services.id, memberships.serviceId))
    .innerJoin(plans, eq(plans.id, memberships.planId))
    .where(filter)
  return { rows: rows.slice(0, most), count: counted?.count ?? 0, more: rows.length > most }
}

/** These memberships, for lists of something else. */
export const enrolledAmong = (tx: For<'billing'>, ids: readonly Id[]): Promise<Enrolled[]> =>
  ids.length === 0 ? Promise.resolve([]) : enrolled(tx, inArray(memberships.id, [...ids]), ids.length)

export interface UsedOfService {
  readonly service: string
  readonly meter: string
  readonly people: number
  readonly lately: number
  readonly before: number
  readonly unbilled: number
}

/** What was used of each service in the last thirty days, in the thirty before, and what is on no bill yet. */
export async function usageByService(tx: For<'billing'>): Promise<UsedOfService[]> {
  const edge = fromNow(-30 * DAY).toISOString()
  const lately = sql`${usage.happenedAt} >= ${edge}::timestamptz`
  const rows = await tx
    .select({
      service: services.title,
      meter: usage.meter,
      people: sql<number>`(count(distinct ${usage.personId}) filter (where ${lately}))::int`,
      lately: sql<string>`coalesce(sum(${usage.quantity}) filter (where ${lately}), 0)`,
      all: sum(usage.quantity),
      unbilled: sql<string>`coalesce(sum(${usage.quantity}) filter (where ${usage.billedAt} is null and ${plans.meter} = ${usage.meter}), 0)`,
    })
    .from(usage)
    .innerJoin(services, eq(services.id, usage.serviceId))
    .innerJoin(memberships, eq(memberships.id, usage.membershipId))
    .innerJoin(plans, eq(plans.id, memberships.planId))
    .where(and(gte(usage.happenedAt, fromNow(-60 * DAY)), unrestricted(tx, usage.personId)))
    .groupBy(services.title, services.place, usage.meter)
    .orderBy(services.place, usage.meter)
  return rows.map(({ all, lately: last, unbilled, ...row }) => ({
    ...row,
    lately: Number(last),
    before: Number(all) - Number(last),
    unbilled: Number(unbilled),
  }))
}
