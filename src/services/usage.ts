/**
 * The ledger of usage. A service tells how much was used, in batches, as often as it likes: each record
 * bears the service's own number and counts once. What is told is durable before it is acknowledged.
 */
import { and, eq, gte, isNull, lt, sql, sum } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { memberships, plans, services, usage } from './tables.ts'

/** One use, as a service tells it. */
export interface UsageRecord {
  /** The service's own number for it, at most 100 characters. */
  readonly record: string
  readonly person: Id
  /** What is counted: the plan's meter, or one of its limits. */
  readonly meter: string
  readonly quantity: number
  readonly happenedAt: Date
}

/** What became of a batch. Refused ones are listed: their person has no membership that counts this. */
export interface Entered {
  readonly entered: number
  readonly repeated: number
  readonly refused: readonly string[]
}

/** Enters a batch of records of one service, in one statement. */
export async function enterUsage(tx: For<'service'>, serviceId: Id, records: readonly UsageRecord[]): Promise<Entered> {
  if (records.length === 0) return { entered: 0, repeated: 0, refused: [] }
  const column = <T>(of: (record: UsageRecord) => T) => records.map(of)
  const { rows } = await tx.execute<{ record: string; known: boolean; entered: boolean }>(sql`
    with told as (
      select * from unnest(${sql.param(column(({ record }) => record))}::text[], ${sql.param(column(({ person }) => person))}::uuid[],
        ${sql.param(column(({ meter }) => meter))}::text[], ${sql.param(column(({ quantity }) => quantity))}::bigint[],
        ${sql.param(column(({ happenedAt }) => happenedAt.toISOString()))}::timestamptz[]) as told (record, person_id, meter, quantity, happened_at)
    ), member as (
      select told.*, m.id as membership_id from told
        left join lateral (
          select m.id from memberships m join plans p on p.id = m.plan_id
           where m.service_id = ${serviceId} and m.person_id = told.person_id and m.standing <> 'waiting'
             and (m.ended_at is null or m.ended_at > told.happened_at) and (p.meter = told.meter or p.limits ? told.meter)
           order by m.ended_at desc nulls first limit 1) m on true
    ), entered as (
      insert into usage_records (service_id, record, membership_id, person_id, meter, quantity, happened_at, received_at)
      select ${serviceId}, record, membership_id, person_id, meter, quantity, happened_at, ${now().toISOString()}::timestamptz
        from member where membership_id is not null
      on conflict do nothing returning record
    )
    select record, membership_id is not null as known, exists (select from entered e where e.record = member.record) as entered from member`)
  const entered = new Set(rows.filter((row) => row.entered).map((row) => row.record)).size
  const refused = rows.filter((row) => !row.known).map((row) => row.record)
  return { entered, repeated: records.length - refused.length - entered, refused }
}

/** How much of each meter a membership used between two moments (the second not included). */
export async function usageOf(
  tx: For<'service' | 'billing' | 'rights'>,
  membershipId: Id,
  { from, to }: { from: Date; to: Date },
): Promise<{ meter: string; quantity: number }[]> {
  const rows = await tx
    .select({ meter: usage.meter, quantity: sum(usage.quantity) })
    .from(usage)
    .where(and(eq(usage.membershipId, membershipId), gte(usage.happenedAt, from), lt(usage.happenedAt, to)))
    .groupBy(usage.meter)
    .orderBy(usage.meter)
  return rows.map(({ meter, quantity }) => ({ meter, quantity: Number(quantity) }))
}

/** A use that is paid for by itself and not on a bill yet. */
export interface Unbilled {
  readonly serviceId: Id
  readonly service: string
  readonly record: string
  readonly personId: Id
  readonly meter: string
  readonly quantity: number
  readonly happenedAt: Date
}

/** The oldest uses of what plans count that are not billed yet. */
export async function unbilledUsage(tx: For<'billing'>, most: number): Promise<Unbilled[]> {
  const { serviceId, record, personId, meter, quantity, happenedAt } = usage
  return tx
    .select({ serviceId, service: services.slug, record, personId, meter, quantity, happenedAt })
    .from(usage)
    .innerJoin(memberships, eq(memberships.id, usage.membershipId))
    .innerJoin(plans, and(eq(plans.id, memberships.planId), eq(plans.meter, usage.meter)))
    .innerJoin(services, eq(services.id, usage.serviceId))
    .where(isNull(usage.billedAt))
    .orderBy(usage.receivedAt)
    .limit(most)
}

/** Notes that a use is on a bill. */
export async function markBilled(tx: For<'billing'>, { serviceId, record }: { serviceId: Id; record: string }): Promise<void> {
  await tx
    .update(usage)
    .set({ billedAt: now() })
    .where(and(eq(usage.serviceId, serviceId), eq(usage.record, record)))
}

/** What a person used of plans by use in the periods that no invoice was made for yet. */
export async function useSinceInvoice(
  tx: For<'billing'>,
  personId: Id,
): Promise<{ plan: Pick<typeof plans.$inferSelect, 'kind' | 'amounts' | 'tiers'>; quantity: number }[]> {
  const { kind, amounts, tiers } = plans
  const rows = await tx
    .select({ plan: { kind, amounts, tiers }, quantity: sum(usage.quantity) })
    .from(usage)
    .innerJoin(memberships, eq(memberships.id, usage.membershipId))
    .innerJoin(plans, and(eq(plans.id, memberships.planId), eq(plans.meter, usage.meter)))
    .where(
      and(
        eq(usage.personId, personId),
        sql`${usage.happenedAt} >= coalesce(${memberships.paidUntil} - case ${plans.every} when 'year' then interval '1 year' else interval '1 month' end, ${memberships.joinedAt})`,
      ),
    )
    .groupBy(plans.id)
  return rows.map(({ plan, quantity }) => ({ plan, quantity: Number(quantity ?? 0) }))
}
