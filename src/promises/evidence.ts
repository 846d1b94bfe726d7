/** What is known of how the promises stand: the last look at each, and since when it holds. */
import { and, desc, eq, gt, sql } from 'drizzle-orm'
import { fromNow, HOUR, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { type PromiseName, promiseNames, type Standing } from './promise.ts'
import { promiseChanges, promiseRuns } from './tables.ts'

/** A look that is older than this shows nothing any more: the clock runs every hour. */
export const STALE_HOURS = 3

/** How a promise stands by what is known: also, that nobody looked, or not of late. */
export type Evident = Standing | 'stale' | 'never'

/** What is known of one promise. */
export interface Evidence {
  readonly promise: PromiseName
  readonly standing: Evident
  /** Since when it holds, or does not; undefined before the first look. */
  readonly sinceAt: Date | undefined
  readonly ranAt: Date | undefined
  readonly examined: readonly string[]
  readonly findings: readonly string[]
}

type Reading = For<'service' | 'operations' | 'legal'>

/** What is known of each promise, in their order: one that nobody looked at is there, too. */
export async function evidenceOf(tx: Reading): Promise<Evidence[]> {
  const evidence: Evidence[] = []
  for (const promise of promiseNames) evidence.push(await evidenceFor(tx, promise))
  return evidence
}

async function evidenceFor(tx: Reading, promise: PromiseName): Promise<Evidence> {
  const [run] = await tx
    .select()
    .from(promiseRuns)
    .where(and(eq(promiseRuns.promise, promise), gt(promiseRuns.ranAt, fromNow(-90 * 24 * HOUR))))
    .orderBy(desc(promiseRuns.ranAt))
    .limit(1)
  if (!run) return { promise, standing: 'never', sinceAt: undefined, ranAt: undefined, examined: [], findings: [] }
  const change = await latestChange(tx, promise)
  const stale = run.ranAt.getTime() < now().getTime() - STALE_HOURS * HOUR
  const { ranAt, examined, findings } = run
  return { promise, standing: stale ? 'stale' : run.standing, sinceAt: change?.sinceAt, ranAt, examined, findings }
}

/** How a promise stands since it last changed. */
export async function latestChange(tx: Reading, promise: PromiseName): Promise<{ standing: Standing; sinceAt: Date } | undefined> {
  const [change] = await tx
    .select({ standing: promiseChanges.standing, sinceAt: promiseChanges.sinceAt })
    .from(promiseChanges)
    .where(eq(promiseChanges.promise, promise))
    .orderBy(desc(promiseChanges.sinceAt), desc(promiseChanges.id))
    .limit(1)
  return change
}

/** When each change was, newest first. */
export const changesOf = (tx: Reading, most = 200) =>
  tx
    .select({ promise: promiseChanges.promise, standing: promiseChanges.standing, sinceAt: promiseChanges.sinceAt })
    .from(promiseChanges)
    .orderBy(desc(promiseChanges.sinceAt), sql`promise`)
    .limit(most)
