/**
 * The ledger of usage. A service tells how much was used, in batches, as often as it likes: each record
 * bears the service's own number and counts once. What is told is durable before it is acknowledged.
 */
import { and, eq, gt, gte, inArray, isNotNull, isNull, lt, sql, sum } from 'drizzle-orm'
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

/**
 * Puts uses that plans count and that are on no bill yet into bundles, one for each person, meter and hour, on the
 * same side of a renewal. A bundle never changes again: told twice under its name, it is the same sum.
 * @returns how many uses were bundled
 */
export async function bundleUsage(tx: For<'billing'>, most: number): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    with due as (
      select u.service_id, u.record, u.person_id, u.meter, date_trunc('hour', u.happened_at) as hour,
             coalesce(u.happened_at < m.paid_until_at, true) as before_the_next,
             coalesce(u.happened_at < m.paid_until_at - case p.every when 'year' then interval '1 year' else interval '1 month' end, false) as before_the_last
        from usage_records u join memberships m on m.id = u.membership_id join plans p on p.id = m.plan_id and p.meter = u.meter
       where u.billed_at is null and u.billed_as is null order by u.received_at limit ${most}
    ), bundles as (
      select service_id, person_id, meter, hour, before_the_next, before_the_last, gen_random_uuid() as name
        from due group by service_id, person_id, meter, hour, before_the_next, before_the_last
    )
    update usage_records u set billed_as = b.name
      from due d join bundles b using (service_id, person_id, meter, hour, before_the_next, before_the_last)
     where u.service_id = d.service_id and u.record = d.record`)
  return rowCount ?? 0
}

/** A sum of uses that Stripe is to be told of, once, under its name. */
export interface Bundle {
  readonly name: Id
  readonly service: string
  readonly personId: Id
  readonly meter: string
  readonly quantity: number
  readonly happenedAt: Date
}

/** Bundles that are on no bill yet, by their names, from one on. */
export async function bundlesAfter(tx: For<'billing'>, after: Id | undefined, most: number): Promise<Bundle[]> {
  const { billedAs, personId, meter, quantity, happenedAt } = usage
  const rows = await tx
    .select({ name: billedAs, service: services.slug, personId, meter, quantity: sum(quantity), at: sql<string>`max(${happenedAt})` })
    .from(usage)
    .innerJoin(services, eq(services.id, usage.serviceId))
    .where(and(isNull(usage.billedAt), isNotNull(billedAs), after ? gt(billedAs, after) : undefined))
    .groupBy(billedAs, services.slug, personId, meter)
    .orderBy(billedAs)
    .limit(most)
  return rows.flatMap(({ name, quantity: units, at, ...row }) =>
    name ? [{ ...row, name, quantity: Number(units), happenedAt: new Date(at) }] : [],
  )
}

/** Notes that these bundles are on a bill. */
export async function markBilled(tx: For<'billing'>, names: readonly Id[]): Promise<void> {
  if (names.length === 0) return
  await tx
    .update(usage)
    .set({ billedAt: now() })
    .where(and(inArray(usage.billedAs, [...names]), isNull(usage.billedAt)))
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
