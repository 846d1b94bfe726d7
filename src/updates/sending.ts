/**
 * Sending an issue. Recipients are claimed, durably, before their letters are handed over, and what became
 * of each is noted afterwards. Whatever happens in between, nobody gets a letter twice: who was claimed and
 * never noted is uncertain, is listed as that, and is not written to again.
 *
 * One process sends an issue at a time, under a lease that it renews; when it is gone, another takes over.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { fromNow, HOUR, MINUTE, now, SECOND } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { requireUsable } from '../egress/announcement.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, logFault } from '../log.ts'
import { type Fate, handOver, smtp } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
import { type Claimed, claim, recover, stillReached } from './claim.ts'
import { type Edition, editionOf, parcelFor } from './edition.ts'
import { finished, issueOf, pause } from './issue.ts'
import { recipients, sendings } from './issue-tables.ts'
import { Lanes } from './lanes.ts'
import { noteOutcomes, type Outcome } from './outcome.ts'

/** Letters that are under way at once, at most: this many may be uncertain after a crash. */
export const BATCH = 100
const WALKERS = 4
const STEP = 15 * SECOND
const LEASE = 10 * SECOND
// What was found subscribed longer ago than this is asked again before the letter goes.
const FRESH = SECOND
const MOST_TRIES = 10
const LONGEST_WAIT = 4 * HOUR
// A server that refuses what the letter says, again and again, would refuse it to everybody.
const ENOUGH_REFUSALS = 20
const NEXT_TRY = 30 * SECOND

/** One step of sending, by one process. */
interface Run {
  readonly house: House
  readonly edition: Edition
  readonly lease: string
  readonly lanes: Lanes
  readonly until: number
  /** Up to where recipients were claimed in this round. */
  place: { after: Id | undefined }
  /** Why the step ends early. */
  stopped?: 'unreached' | 'refused' | 'fault'
  refusals: number
}

const lanesOf = new WeakMap<House, Lanes>()

function lanesFor(house: House): Lanes {
  const { domainConnections: atOnce, domainRate: perSecond } = house.config
  const lanes = lanesOf.get(house) ?? new Lanes({ atOnce, perSecond })
  lanesOf.set(house, lanes)
  return lanes
}

/** Sends some of an issue, for a few seconds, and enqueues the rest. Repeating it does no harm. */
export async function sendSome(house: House, issueId: Id): Promise<void> {
  const run = await begin(house, issueId)
  if (!run) return
  const renewing = setInterval(() => void renew(run).catch((fault: unknown) => logFault('updates.lease', fault)), LEASE / 4)
  try {
    const walks = await Promise.allSettled(Array.from({ length: WALKERS }, () => walk(run)))
    for (const walk of walks) if (walk.status === 'rejected') throw walk.reason
  } finally {
    clearInterval(renewing)
    await end(run)
  }
}

async function begin(house: House, issueId: Id): Promise<Run | undefined> {
  const lease = randomUUID()
  if (house.config.smtpUrl) await requireUsable(house.db, smtp)
  const issue = await house.db.as('updates', async (tx) => {
    const issue = await issueOf(tx, issueId)
    if (issue?.standing !== 'sending') return undefined
    const free = or(isNull(sendings.lease), lt(sendings.leasedUntil, now()))
    const taken = await tx
      .update(sendings)
      .set({ lease, leasedUntil: fromNow(LEASE) })
      .where(and(eq(sendings.issueId, issueId), free))
      .returning({ lease: sendings.lease })
    if (taken.length === 0) return undefined
    await recover(tx, house, issueId)
    return issue
  })
  if (!issue) return undefined
  const edition = await editionOf(house, issue)
  return { house, edition, lease, lanes: lanesFor(house), until: Date.now() + STEP, place: { after: undefined }, refusals: 0 }
}

const renew = ({ house, edition, lease }: Run): Promise<unknown> =>
  house.db.as('updates', (tx) =>
    tx
      .update(sendings)
      .set({ leasedUntil: fromNow(LEASE) })
      .where(and(eq(sendings.issueId, edition.issue.id), eq(sendings.lease, lease))),
  )

// Several walk at once, so that one is at the database while the others keep the mail server busy.
async function walk(run: Run): Promise<void> {
  let outcomes: Outcome[] = []
  for (;;) {
    const claimed = await noteAndClaim(run, outcomes)
    if (claimed === 'nobody') return
    outcomes = await Promise.all(claimed.map((one) => deliver(run, one)))
  }
}

async function noteAndClaim(run: Run, outcomes: readonly Outcome[]): Promise<Claimed[] | 'nobody'> {
  const { house, edition, lease, place } = run
  try {
    return await house.db.as('updates', async (tx) => {
      await noteOutcomes(tx, house, edition, outcomes)
      if (run.stopped || Date.now() > run.until) return 'nobody'
      return claim(tx, { issue: edition.issue, lease, most: BATCH / WALKERS, place })
    })
  } catch (fault) {
    run.stopped ??= 'fault'
    throw fault
  }
}

async function deliver(run: Run, one: Claimed): Promise<Outcome> {
  const domain = one.email.slice(one.email.lastIndexOf('@') + 1)
  const turn = run.lanes.turn(domain, one.hadTurn)
  if (turn && !Lanes.isNear(turn)) return putBack(one, turn)
  if (turn) await sleep(turn.getTime() - now().getTime())
  return run.lanes.through(domain, async () => {
    if (run.stopped) return putBack(one, now())
    if (Date.now() - one.seenAt > FRESH && !(await stillReached(run.house, run.edition.issue, one))) return { one, state: 'left' }
    const fate = run.house.config.smtpUrl
      ? await handOver(run.house.config, parcelFor(run.house, run.edition, one))
      : ({ fate: 'taken' } as const)
    return outcomeOf(run, { one, domain, fate })
  })
}

/** Nothing was sent: the letter waits for its turn, and this was no try. */
const putBack = (one: Claimed, dueAt: Date): Outcome => ({ one, state: 'waiting', dueAt, back: true })

function outcomeOf(run: Run, { one, domain, fate }: { one: Claimed; domain: string; fate: Fate }): Outcome {
  switch (fate.fate) {
    case 'taken':
      run.lanes.well(domain)
      run.refusals = 0
      return { one, state: 'taken' }
    case 'refused':
      if (fate.about === 'letter' && ++run.refusals >= ENOUGH_REFUSALS) run.stopped = 'refused'
      return { one, state: 'refused', code: fate.code, says: fate.says, about: fate.about }
    case 'later':
      run.lanes.trouble(domain)
      if (one.tries >= MOST_TRIES) return { one, state: 'refused', code: fate.code, says: fate.says, about: 'letter' }
      return { one, state: 'waiting', code: fate.code, dueAt: fromNow(Math.min(MINUTE * 2 ** one.tries, LONGEST_WAIT)) }
    case 'unreached':
      run.stopped ??= 'unreached'
      return putBack(one, now())
    case 'unknown':
      return { one, state: 'uncertain' }
  }
}

async function end(run: Run): Promise<void> {
  const { house, edition, lease, stopped } = run
  const issueId = edition.issue.id
  await house.db.as('updates', async (tx) => {
    const mine = and(eq(sendings.issueId, issueId), eq(sendings.lease, lease))
    const troubled = stopped === 'unreached' ? { troubledAt: sql`coalesce(${sendings.troubledAt}, ${now().toISOString()})` } : {}
    await tx
      .update(sendings)
      .set({ lease: null, leasedUntil: null, ...troubled })
      .where(mine)
    if (stopped === 'refused') await pause(tx, { issueId, by: null })
    await goOn(tx, issueId, stopped === 'unreached' ? fromNow(NEXT_TRY) : undefined)
  })
}

// What is due within the minute is enqueued here; for the rest the clock comes by (`wake.ts`).
async function goOn(tx: For<'updates'>, issueId: Id, notBefore: Date | undefined): Promise<void> {
  const issue = await issueOf(tx, issueId)
  if (issue?.standing !== 'sending') return
  const next = await nextDue(tx, issueId)
  if (next === undefined) {
    await finished(tx, issueId)
    log('updates.sent', { issue: issueId })
  } else if (notBefore) await enqueue(tx, 'updates.send', { issueId }, notBefore)
  else if (next <= now()) await enqueue(tx, 'updates.send', { issueId })
  else if (next <= fromNow(MINUTE)) await enqueue(tx, 'updates.send', { issueId }, next)
}

/** When somebody is to be written to next; undefined when everybody was. */
async function nextDue(tx: For<'updates'>, issueId: Id): Promise<Date | undefined> {
  const of = (state: string) =>
    sql`select from ${recipients} where ${recipients.issueId} = ${issueId} and ${recipients.state} = ${sql.raw(`'${state}'`)}`
  const { rows } = await tx.execute<{ now: boolean; later: string | null }>(
    sql`select exists (${of('claimed')}) or exists (${of('waiting')} and ${recipients.dueAt} <= ${now().toISOString()}) as now,
               (select min(${recipients.dueAt})::text from ${recipients} where ${recipients.issueId} = ${issueId} and ${recipients.state} = 'waiting') as later`,
  )
  const { now: isNow, later } = rows[0] ?? { now: false, later: null }
  if (isNow) return now()
  return later === null ? undefined : new Date(later)
}
