/** The rules by which a card qualifies: for one service or for all that have none of their own, version by version. */
import { desc, eq, isNull, or, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { qualificationPolicies, type Terms } from './tables.ts'

/** The rules where staff have written none. */
export const usualTerms: Terms = {
  authentication: 'review',
  cvc: 'fail',
  address: 'review',
  prepaid: 'review',
  duplicate: 'review',
  countries: [],
  abroad: 'review',
  reviewAbove: 20_000,
  twoAbove: 100_000,
  validDays: 365,
}

export interface Policy {
  /** 0: the usual terms. */
  readonly version: number
  readonly terms: Terms
}

/** The policy that holds for a service: its own newest, else the newest for all, else the usual terms. */
export async function policyFor(tx: For<'billing'>, serviceId: Id): Promise<Policy> {
  const { version, terms } = qualificationPolicies
  const [policy] = await tx
    .select({ version, terms })
    .from(qualificationPolicies)
    .where(or(eq(qualificationPolicies.serviceId, serviceId), isNull(qualificationPolicies.serviceId)))
    .orderBy(sql`${qualificationPolicies.serviceId} is null`, desc(version))
    .limit(1)
  return policy ? { version: policy.version, terms: { ...usualTerms, ...policy.terms } } : { version: 0, terms: usualTerms }
}

/** The policy of all services that have none of their own. */
export async function commonPolicy(tx: For<'billing'>): Promise<Policy> {
  return (await versionsOf(tx, null))[0] ?? { version: 0, terms: usualTerms }
}

/** A new version of the rules, for one service or (null) for all that have none of their own. */
export async function adoptPolicy(
  tx: For<'billing'>,
  { serviceId, terms, authorId }: { serviceId: Id | null; terms: Terms; authorId: Id },
): Promise<number> {
  const same = serviceId ? eq(qualificationPolicies.serviceId, serviceId) : isNull(qualificationPolicies.serviceId)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`policy ${serviceId ?? 'all'}`}, 0))`)
  const [last] = await tx
    .select({ version: sql<number>`coalesce(max(${qualificationPolicies.version}), 0)::int` })
    .from(qualificationPolicies)
    .where(same)
  const version = (last?.version ?? 0) + 1
  const id = newId()
  await tx.insert(qualificationPolicies).values({ id, serviceId, version, terms, authorId, madeAt: now() })
  await record(tx, { act: 'customer.rules-changed', actor: authorId, thing: id })
  log('billing.rules', { version, by: authorId })
  return version
}

/** One version of the rules. */
export interface Version extends Policy {
  readonly authorId: Id | null
  readonly madeAt: Date
}

/** The versions of the rules of one service, or (null) of all that have none of their own; the newest first. */
export async function versionsOf(tx: For<'billing'>, serviceId: Id | null): Promise<Version[]> {
  const { version, terms, authorId, madeAt } = qualificationPolicies
  const rows = await tx
    .select({ version, terms, authorId, madeAt })
    .from(qualificationPolicies)
    .where(serviceId ? eq(qualificationPolicies.serviceId, serviceId) : isNull(qualificationPolicies.serviceId))
    .orderBy(desc(version))
    .limit(50)
  return rows.map((row) => ({ ...row, terms: { ...usualTerms, ...row.terms } }))
}
