/**
 * Telling everybody concerned of a new version. The database has put in who they are; each letter is put into the
 * outbox by the transaction that notes it, and goes as every letter goes that somebody needs. Whoever it did not
 * reach is told when they next sign in.
 */
import { and, asc, count, desc, eq, inArray, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { fateOfLetter, momentOfFate, post } from '../mail/letter.ts'
import { people } from '../people/tables.ts'
import { allVersions, comingOf, type Version } from '../versions/version.ts'
import type { House } from '../web/house.ts'
import { versionLetter } from './emails.ts'
import { beforeOf, newsOf } from './news.ts'
import { type Fate, fates, policyNotices } from './tables.ts'

const BATCH = 100
/** Batches that one job does, so that it ends long before it is taken for lost. */
const BATCHES = 50

/** Writes to everybody who was not written to. Repeating it does no harm. */
export async function sendNotices(house: House): Promise<void> {
  const versions = await house.db.as('rights', allVersions)
  for (const version of comingOf(versions)) {
    const before = beforeOf(versions, version)
    if (!before) continue
    const told = { version, news: newsOf(before, version) }
    for (let batch = 0; await house.db.as('rights', (tx) => writeSome(tx, house, told)); batch++)
      if (batch >= BATCHES) return house.db.as('rights', (tx) => enqueue(tx, 'policy.send', {}).then(() => undefined))
    log('policy.sent', { version: version.number })
  }
}

async function writeSome(tx: For<'rights'>, house: House, told: { version: Version; news: ReturnType<typeof newsOf> }): Promise<boolean> {
  const rows = await tx
    .select({ id: policyNotices.id, personId: policyNotices.personId })
    .from(policyNotices)
    .where(and(eq(policyNotices.number, told.version.number), eq(policyNotices.fate, 'waiting'), isNotNull(policyNotices.personId)))
    .orderBy(asc(policyNotices.id))
    .limit(BATCH)
    .for('update', { skipLocked: true })
  if (rows.length === 0) return false
  const ids = rows.flatMap(({ personId }) => personId ?? [])
  const byId = new Map((await tx.select().from(people).where(inArray(people.id, ids))).map((person) => [person.id, person]))
  for (const { id, personId } of rows) {
    const person = personId ? byId.get(personId) : undefined
    if (!person) continue
    const letterId = await post(tx, versionLetter(house, person, told))
    await tx.update(policyNotices).set({ fate: 'written', letterId, triedAt: now() }).where(eq(policyNotices.id, id))
  }
  return true
}

/** Keeps what became of letters, before they are swept; and begins anew with those that were given up on the way. */
export async function followFates(tx: For<'rights'>): Promise<void> {
  const fate = fateOfLetter(policyNotices.letterId)
  const outAt = sql`greatest(${momentOfFate(policyNotices.letterId)}, ${policyNotices.concernedAt})`
  const open = and(isNotNull(policyNotices.letterId), inArray(policyNotices.fate, ['written', 'sent']))
  await tx
    .update(policyNotices)
    .set({ fate: sql`${fate}`, outAt: sql`coalesce(${policyNotices.outAt}, ${outAt})`, triedAt: now() })
    .where(and(open, sql`${fate} <> ${policyNotices.fate}`))
  const stuck = and(eq(policyNotices.fate, 'written'), lt(policyNotices.triedAt, fromNow(-DAY)))
  // What the queue gave up is handed to it again; a letter that is no longer there is written anew.
  const again = await tx
    .update(policyNotices)
    .set({ triedAt: now(), fate: sql`case when ${letterThere(policyNotices)} then 'written' else 'waiting' end` })
    .where(stuck)
    .returning({ letterId: policyNotices.letterId, fate: policyNotices.fate })
  for (const { letterId, fate: stands } of again) if (letterId && stands === 'written') await enqueue(tx, 'mail.deliver', { letterId })
  if (again.some(({ fate: stands }) => stands === 'waiting')) await enqueue(tx, 'policy.send', {})
}

const letterThere = ({ letterId }: typeof policyNotices) => sql`${momentOfFate(letterId, 'written')} is not null`

/** How the notice of a version stands. */
export interface Delivery {
  readonly counts: ReadonlyMap<Fate, number>
  readonly people: number
  /** To how many it has not gone out. */
  readonly waiting: number
  /** How many of those whom no letter reached have seen it on the website. */
  readonly seen: number
  /** When the last of them went out. */
  readonly lastOut: Date | undefined
}

/** How the notices of a version stand. */
export async function deliveryOf(tx: For<'legal' | 'rights'>, number: number): Promise<Delivery> {
  const { fate, outAt, personId, seenAt } = policyNotices
  const rows = await tx
    .select({
      fate,
      people: count(),
      there: count(personId),
      seen: count(seenAt),
      lastOut: sql`max(${outAt})`.mapWith((text: string | null) => (text ? new Date(text) : undefined)),
    })
    .from(policyNotices)
    .where(eq(policyNotices.number, number))
    .groupBy(fate)
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const outs = rows.flatMap(({ lastOut }) => (lastOut ? [lastOut.getTime()] : []))
  return {
    counts: new Map(fates.flatMap((name) => rows.filter((row) => row.fate === name).map((row) => [name, row.people] as const))),
    people: sum((row) => row.people),
    waiting: sum((row) => (row.fate === 'waiting' || row.fate === 'written' ? row.there : 0)),
    seen: sum((row) => row.seen),
    lastOut: outs.length > 0 ? new Date(Math.max(...outs)) : undefined,
  }
}

const unreached = and(inArray(policyNotices.fate, ['refused', 'held', 'bounced']), isNull(policyNotices.seenAt))

/** Is there anybody whom a letter did not reach and who has not seen the notice otherwise? */
export async function anyUnreached(tx: For<'rights'>): Promise<boolean> {
  return (await tx.select({ id: policyNotices.id }).from(policyNotices).where(unreached).limit(1)).length > 0
}

/** The newest version that somebody must see on the website, because no letter reached them; undefined when there is none. */
export async function unseenBy(tx: For<'rights'>, personId: Id): Promise<number | undefined> {
  const [row] = await tx
    .select({ number: policyNotices.number })
    .from(policyNotices)
    .where(and(eq(policyNotices.personId, personId), unreached))
    .orderBy(desc(policyNotices.number))
    .limit(1)
  return row?.number
}

/** Notes that somebody has seen the notices up to a version, as far as no letter reached them. */
export async function noteSeen(tx: For<'rights'>, personId: Id, number: number): Promise<void> {
  await tx
    .update(policyNotices)
    .set({ seenAt: now() })
    .where(and(eq(policyNotices.personId, personId), unreached, lte(policyNotices.number, number)))
}

/** What became of the notices to somebody, by version. */
export const noticesTo = (tx: For<'rights'>, personId: Id) =>
  tx
    .select({ number: policyNotices.number, fate: policyNotices.fate, outAt: policyNotices.outAt, seenAt: policyNotices.seenAt })
    .from(policyNotices)
    .where(eq(policyNotices.personId, personId))
