/** The queue of those who answer: what is open, by the day on which it must be answered; and what was closed. */
import { and, asc, count, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { dayIn, daysLeft } from './deadline.ts'
import type { Request } from './steps.ts'
import type { Happening } from './kinds.ts'
import { requests, requestSteps } from './tables.ts'

/** A request in a list. It names nobody. */
export interface Listed {
  readonly request: Request
  /** What happened last. */
  readonly last: Happening | undefined
  readonly daysLeft: number
}

/** How many are shown at once. */
export const SHOWN = 200

/** The requests that are open, or those that were closed. */
export async function listRequests(tx: For<'legal'>, house: House, which: 'open' | 'closed', most = SHOWN): Promise<Listed[]> {
  const rows = await tx
    .select()
    .from(requests)
    .where(which === 'open' ? isNull(requests.closedAt) : isNotNull(requests.closedAt))
    .orderBy(...(which === 'open' ? [asc(requests.answerBy), asc(requests.id)] : [desc(requests.closedAt)]))
    .limit(most)
  const last = await lastSteps(tx, rows)
  const today = dayIn(house.config.privacyClock.zone, now())
  return rows.map((request) => ({ request, last: last.get(request.id), daysLeft: daysLeft(today, request.answerBy) }))
}

// Reminders say nothing about how it stands.
async function lastSteps(tx: For<'legal'>, rows: readonly Request[]): Promise<ReadonlyMap<Id, Happening>> {
  if (rows.length === 0) return new Map()
  const ids = rows.map(({ id }) => id)
  const steps = await tx
    .selectDistinctOn([requestSteps.requestId], { requestId: requestSteps.requestId, what: requestSteps.what })
    .from(requestSteps)
    .where(and(inArray(requestSteps.requestId, ids), sql`${requestSteps.what} not in ('warned', 'noted', 'acknowledged')`))
    .orderBy(requestSteps.requestId, desc(requestSteps.id))
  return new Map(steps.map(({ requestId, what }) => [requestId, what]))
}

/** How many are open. */
export async function howManyOpen(tx: For<'legal'>): Promise<number> {
  return (await tx.select({ open: count() }).from(requests).where(isNull(requests.closedAt)))[0]?.open ?? 0
}

/** The last warning of a request, in days before the end. */
export async function warningsOf(tx: For<'legal'>, id: Id): Promise<{ detail: string | null; happenedAt: Date }[]> {
  return tx
    .select({ detail: requestSteps.detail, happenedAt: requestSteps.happenedAt })
    .from(requestSteps)
    .where(and(eq(requestSteps.requestId, id), eq(requestSteps.what, 'warned')))
}
