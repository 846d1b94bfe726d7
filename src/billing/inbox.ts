/**
 * What Stripe tells: an inbox without payloads. A notice is written down, acknowledged, and then only
 * makes us ask Stripe how things stand; so notices may come doubled, late, in any order, or not at all.
 */
import { and, eq, isNull, lt } from 'drizzle-orm'
import { fromNow, MINUTE, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, logFault } from '../log.ts'
import { StripeTrouble } from '../processors/stripe.ts'
import { concernsUs, customerBehind, type Notice } from '../processors/stripe-events.ts'
import type { House } from '../web/house.ts'
import { membershipsOf, toBuy } from '../services/membership.ts'
import { customerOf, personBehind } from './customer.ts'
import { settleAll } from './purchase.ts'
import { stripeInbox } from './tables.ts'

interface Arrived {
  readonly notice: Notice
  readonly kept: () => void
  readonly failed: (fault: unknown) => void
}

interface Desk {
  /** What came while others were being written down, and is next. */
  readonly waiting: Arrived[]
  writing: number
  /** Jobs that are on their way into the queue. */
  readonly enqueuing: Set<Promise<void>>
}

const desks = new WeakMap<Database, Desk>()
const AT_ONCE = 100
/** While one statement waits for the disk, another one is filled. */
const WRITING = 2
/** A job that is tried again by itself should be done by then. */
const OVERDUE = 30 * MINUTE

/**
 * Writes a notice down, once; what is acknowledged is durable. Stripe sends a dozen at a time: those that come while
 * others are being written down go together, in one statement.
 */
export function receive({ db }: House, notice: Notice): Promise<void> {
  if (!concernsUs(notice.type)) return Promise.resolve()
  const desk = desks.get(db) ?? { waiting: [], writing: 0, enqueuing: new Set() }
  desks.set(db, desk)
  return new Promise((kept, failed) => {
    desk.waiting.push({ notice, kept, failed })
    if (desk.writing < WRITING) void writeAllDown(db, desk)
  })
}

async function writeAllDown(db: Database, desk: Desk): Promise<void> {
  desk.writing++
  for (let step = desk.waiting.splice(0, AT_ONCE); step.length > 0; step = desk.waiting.splice(0, AT_ONCE)) {
    const notices = step.map(({ notice }) => notice)
    try {
      const inboxIds = await writeDown(db, notices)
      for (const { kept } of step) kept()
      if (inboxIds.length > 0) track(desk, later(db, inboxIds))
    } catch (fault) {
      for (const { failed } of step) failed(fault)
    }
  }
  desk.writing--
}

const WRITE = `
  insert into stripe_inbox (id, event, type, object, received_at)
  select *, $5::timestamptz from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) on conflict (event) do nothing returning id`

async function writeDown(db: Database, notices: readonly Notice[]): Promise<Id[]> {
  const column = (of: (notice: Notice) => string | null): (string | null)[] => notices.map(of)
  const values = [
    column(() => newId()),
    column(({ event }) => event),
    column(({ type }) => type),
    column(({ object }) => object ?? null),
    now(),
  ]
  const rows = await db.write<{ id: Id }>('billing', { name: 'inbox', text: WRITE, values })
  return rows.map(({ id }) => id)
}

function track({ enqueuing }: Desk, job: Promise<void>): void {
  enqueuing.add(job)
  void job.finally(() => enqueuing.delete(job))
}

/** Waits until what was acknowledged stands in the queue, too: before the house closes. */
export async function settleNotices(db: Database): Promise<void> {
  await Promise.all([...(desks.get(db)?.enqueuing ?? [])])
}

// The row is what is durable; should the job not come about, the clock finds the row.
async function later(db: Database, inboxIds: readonly Id[]): Promise<void> {
  try {
    await db.as('billing', (tx) => enqueue(tx, 'billing.event', { inboxIds }))
  } catch (fault) {
    logFault('billing.not-enqueued', fault)
  }
}

/** Handles what was written down a while ago and never came to be handled. */
export async function catchUp(house: House): Promise<void> {
  const { id, doneAt, receivedAt } = stripeInbox
  const left = await house.db.as('billing', (tx) =>
    tx
      .select({ id })
      .from(stripeInbox)
      .where(and(isNull(doneAt), lt(receivedAt, fromNow(-OVERDUE))))
      .orderBy(receivedAt)
      .limit(1_000),
  )
  await handleAll(
    house,
    left.map((row) => row.id),
  )
}

/** Handles notices that came together. One that fails does not hold up the others; what was done is not done again. */
export async function handleAll(house: House, inboxIds: readonly Id[]): Promise<void> {
  const faults: unknown[] = []
  for (const id of inboxIds) await handle(house, id).catch((fault: unknown) => faults.push(fault))
  if (faults.length > 0) throw faults[0]
}

/** Handles a notice: finds whose it is, asks Stripe how things stand with them, and forgets what it was about. */
async function handle(house: House, inboxId: Id): Promise<void> {
  const notice = await house.db.as('billing', (tx) => waitingNotice(tx, inboxId))
  if (!notice) return
  const personId = notice.object ? await whose(house, notice.object) : undefined
  const known = personId !== undefined && (await house.db.as('billing', (tx) => askedSince(tx, personId, notice.receivedAt)))
  if (personId && !known) await settleAll(house, personId)
  await house.db.as('billing', (tx) => tx.update(stripeInbox).set({ doneAt: now(), object: null }).where(eq(stripeInbox.id, inboxId)))
  log('billing.heard', { event: inboxId, ours: personId !== undefined, known })
}

async function waitingNotice(tx: For<'billing'>, inboxId: Id): Promise<{ object: string | null; receivedAt: Date } | undefined> {
  const { id, object, receivedAt, doneAt } = stripeInbox
  return (
    await tx
      .select({ object, receivedAt })
      .from(stripeInbox)
      .where(and(eq(id, inboxId), isNull(doneAt)))
  )[0]
}

// Most notices are about what we know; Stripe is asked only about what is new.
async function whose(house: House, object: string): Promise<Id | undefined> {
  const known = await house.db.as('billing', (tx) => personBehind(tx, object))
  if (known) return known
  const customer = await customerAtStripe(house, object)
  return customer ? house.db.as('billing', (tx) => personBehind(tx, customer)) : undefined
}

// What Stripe no longer knows concerns nobody.
async function customerAtStripe({ config }: House, object: string): Promise<string | undefined> {
  try {
    return await customerBehind(config, object)
  } catch (fault) {
    if (fault instanceof StripeTrouble && fault.told.status === 404) return undefined
    throw fault
  }
}

// A dozen notices of one purchase come together: one question answers them all, unless something waits to be bought.
async function askedSince(tx: For<'billing'>, personId: Id, receivedAt: Date): Promise<boolean> {
  const customer = await customerOf(tx, personId)
  if (!customer?.syncedAt || customer.syncedAt <= receivedAt) return false
  return (await membershipsOf(tx, personId)).every((membership) => toBuy(membership) === undefined)
}
