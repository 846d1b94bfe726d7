/**
 * The nightly comparison of what we keep with what Stripe says. Events may be lost, a program may be
 * killed, somebody may act at Stripe by hand: here it is found, mended where it can be, and shown.
 */
import { and, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import { DAY, fromNow, HOUR, MINUTE, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, logFault } from '../log.ts'
import { StripeTrouble } from '../processors/stripe.ts'
import { customerNow, type KnownSubscription } from '../processors/stripe-customer.ts'
import { endSuperfluous, eventsSince } from '../processors/stripe-reconciliation.ts'
import { endedAmong, type Membership, membershipsOf } from '../services/membership.ts'
import type { House } from '../web/house.ts'
import { customerOf, followed, lockCustomer, over, sync } from './customer.ts'
import { lookAtDestinations } from './destination.ts'
import { closeUnseen, report } from './finding.ts'
import { settleAll } from './purchase.ts'
import { reconciliations } from './reconciliation-tables.ts'
import { lookForStrays } from './stray.ts'
import { customers, stripeSubscriptions } from './tables.ts'

type Tx = For<'billing'>

/** Events that are younger may still be on their way. */
const UNDERWAY = 5 * MINUTE
/** Stripe's clock and ours may differ so much. */
const SKEW = MINUTE
/** Stripe forgets events after so many days. */
const EVENTS_LAST = 30 * DAY
/** Nobody is asked about less often. */
const SELDOM = 7 * DAY
/** After so long a run makes way, and goes on as a new one. */
const LONGEST = 10 * MINUTE

export type Run = typeof reconciliations.$inferSelect

/**
 * Compares, and mends. Repeating it does no harm.
 * @returns whether all was seen; else it wants to be called again, and goes on
 * @throws StripeTrouble while Stripe cannot be reached
 */
export async function reconcile(house: House): Promise<{ done: boolean }> {
  const run = { id: newId(), begunAt: now() }
  const since = await house.db.as('billing', async (tx) => {
    await tx.insert(reconciliations).values(run)
    return seenUntil(tx)
  })
  await lookAtDestinations(house)
  const { events, newest } = await eventsSince(house.config, since)
  const late = await house.db.as('billing', (tx) => whoIsLate(tx, newest))
  const { asked, failed } = await askAnew(house, late)
  const done = asked === late.length
  const customers = done ? await lookForStrays(house) : 0
  if (done) await untangleAll(house)
  const counts = { events, asked, customers, doneAt: done && failed === 0 ? now() : null }
  await house.db.as('billing', async (tx) => {
    const times = late.slice(0, asked).filter(({ missed }) => missed).length
    if (times > 0) await report(tx, { kind: 'missed events', about: run.id, times, mended: true })
    if (done) await closeUnseen(tx, run.begunAt)
    await tx.update(reconciliations).set(counts).where(eq(reconciliations.id, run.id))
  })
  log('billing.reconciled', { events, asked, customers, done })
  return { done }
}

// From a little before the last run on that left nobody out; at the first, as far back as Stripe remembers.
async function seenUntil(tx: Tx): Promise<Date> {
  const [last] = await tx
    .select({ begunAt: reconciliations.begunAt })
    .from(reconciliations)
    .where(isNotNull(reconciliations.doneAt))
    .orderBy(desc(reconciliations.begunAt))
    .limit(1)
  return last ? new Date(last.begunAt.getTime() - HOUR) : fromNow(-EVENTS_LAST)
}

interface Late {
  readonly personId: Id
  /** Something had happened long enough ago, and we had not asked since. */
  readonly missed: boolean
}

async function whoIsLate(tx: Tx, newest: ReadonlyMap<string, Date>): Promise<Late[]> {
  const late: Late[] = []
  const told = [...newest.keys()]
  for (let from = 0; from < told.length; from += 1_000) {
    const { personId, stripeCustomer, syncedAt } = customers
    const rows = await tx
      .select({ personId, stripeCustomer, syncedAt })
      .from(customers)
      .where(and(inArray(stripeCustomer, told.slice(from, from + 1_000)), isNull(customers.closedAt)))
    for (const row of rows) {
      const [at, asked] = [newest.get(row.stripeCustomer)?.getTime() ?? 0, row.syncedAt?.getTime() ?? 0]
      if (asked < at + SKEW) late.push({ personId: row.personId, missed: asked < at && at < now().getTime() - UNDERWAY })
    }
  }
  const known = new Set(late.map(({ personId }) => personId))
  return [...late, ...(await seldomAsked(tx)).filter(({ personId }) => !known.has(personId))]
}

async function seldomAsked(tx: Tx): Promise<Late[]> {
  const rows = await tx
    .select({ personId: customers.personId })
    .from(customers)
    .where(and(isNull(customers.closedAt), or(isNull(customers.syncedAt), lt(customers.syncedAt, fromNow(-SELDOM)))))
  return rows.map(({ personId }) => ({ personId, missed: false }))
}

/** Asks anew about each, until it took too long. */
async function askAnew(house: House, late: readonly Late[]): Promise<{ asked: number; failed: number }> {
  const until = performance.now() + LONGEST
  let failed = 0
  for (const [asked, { personId }] of late.entries()) {
    if (performance.now() > until) return { asked, failed }
    if (!(await askOne(house, personId))) failed++
  }
  return { asked: late.length, failed }
}

// One that fails must not hold up the others: it is tried again by itself, and shown until it went well.
async function askOne(house: House, personId: Id): Promise<boolean> {
  try {
    await settleAll(house, personId)
    return true
  } catch (fault) {
    if (fault instanceof StripeTrouble && !fault.final) throw fault
    logFault('billing.out-of-step', fault, { person: personId })
    await house.db.as('billing', async (tx) => {
      await report(tx, { kind: 'out of step', about: personId, mended: false })
      await enqueue(tx, 'billing.settle', { personId })
    })
    return false
  }
}

/** Ends what is charged twice, or for nothing. */
async function untangleAll(house: House): Promise<void> {
  for (const personId of await house.db.as('billing', suspects)) await untangle(house, personId)
}

async function suspects(tx: Tx): Promise<Set<Id>> {
  const { personId, membershipId, endedAt } = stripeSubscriptions
  const living = await tx.select({ personId, membershipId }).from(stripeSubscriptions).where(isNull(endedAt))
  const ended = new Set<Id>()
  for (let from = 0; from < living.length; from += 1_000)
    for (const id of await endedAmong(
      tx,
      living.slice(from, from + 1_000).map((one) => one.membershipId),
    ))
      ended.add(id)
  const twice = await tx.select({ personId }).from(stripeSubscriptions).where(isNull(endedAt)).groupBy(personId).having(sql`count(*) > 1`)
  return new Set([...twice, ...living.filter((one) => ended.has(one.membershipId))].map((one) => one.personId))
}

/** Subscriptions that live and should not: a second one for a membership, or one for a membership that has ended. */
export function superfluous(
  subscriptions: readonly KnownSubscription[],
  memberships: readonly Pick<Membership, 'id' | 'standing'>[],
): { id: string; kind: 'two subscriptions' | 'paid for nothing' }[] {
  const standing = new Map<string, string>(memberships.map((one) => [one.id, one.standing]))
  const living = subscriptions.filter(({ status, membership }) => !over(status) && standing.has(membership ?? ''))
  const counting = new Set(followed(living))
  const isEnded = (one: KnownSubscription): boolean => standing.get(one.membership ?? '') === 'ended'
  return living
    .filter((one) => isEnded(one) || !counting.has(one))
    .map((one) => ({ id: one.id, kind: isEnded(one) ? 'paid for nothing' : 'two subscriptions' }))
}

async function untangle(house: House, personId: Id): Promise<void> {
  const ended = await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, personId)
    const customer = await customerOf(tx, personId)
    if (!customer || customer.closedAt) return []
    const { subscriptions } = await customerNow(house.config, customer.stripeCustomer)
    const extra = superfluous(subscriptions, await membershipsOf(tx, personId))
    for (const { id, kind } of extra) {
      await endSuperfluous(house.config, id)
      await report(tx, { kind, about: id, mended: true })
    }
    return extra
  })
  if (ended.length > 0) await sync(house, personId)
}

/** The last runs, newest first. */
export const lastRuns = (tx: Tx, most = 10): Promise<Run[]> =>
  tx.select().from(reconciliations).orderBy(desc(reconciliations.begunAt)).limit(most)
