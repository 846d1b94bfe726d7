/**
 * Writing to those concerned. Whoever is concerned is settled once; then each letter is put into the outbox by
 * the transaction that notes it, so that nobody is passed over and nobody is written to twice, whatever breaks
 * down in between. From there it goes as every letter goes that somebody needs: past what they chose to
 * receive, with tries, refusals and what comes back. See decision 0037.
 */
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { fateOfLetter, post } from '../mail/letter.ts'
import { people } from '../people/tables.ts'
import type { House } from '../web/house.ts'
import { factsOf, type Notice, noticeOf } from './breach.ts'
import { awareOf, settle } from './concerned.ts'
import { noticeLetter } from './emails.ts'
import { breachPeople } from './tables.ts'

const BATCH = 100
/** Batches that one job does, so that it ends long before it is taken for lost. */
const BATCHES = 50

/** Writes to everybody concerned who was not written to. Repeating it does no harm. */
export async function sendNotices(house: House, breachId: Id): Promise<void> {
  const notice = await house.db.as('rights', (tx) => begin(tx, breachId))
  if (!notice) return
  for (let batch = 0; batch < BATCHES; batch++)
    if (!(await house.db.as('rights', (tx) => writeSome(tx, house, notice)))) return log('breaches.sent', { breach: breachId })
  await house.db.as('rights', (tx) => enqueue(tx, 'breaches.send', { breachId }))
}

async function begin(tx: For<'rights'>, breachId: Id): Promise<Notice | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`breach ${breachId}`}, 0))`)
  const [facts, awareAt, notice] = [await factsOf(tx, breachId), await awareOf(tx, breachId), await noticeOf(tx, breachId, 'people')]
  if (!facts || !awareAt || !notice) return undefined
  if (!(await isSettled(tx, breachId))) await settle(tx, { id: breachId, awareAt, facts })
  return notice
}

// One statement settles all of them, so one row tells that it was done.
async function isSettled(tx: For<'rights'>, breachId: Id): Promise<boolean> {
  const settled = and(eq(breachPeople.breachId, breachId), sql`${breachPeople.fate} <> 'listed'`)
  return (await tx.select({ id: breachPeople.id }).from(breachPeople).where(settled).limit(1)).length > 0
}

async function writeSome(tx: For<'rights'>, house: House, notice: Notice): Promise<boolean> {
  const rows = await tx
    .select({ id: breachPeople.id, personId: breachPeople.personId })
    .from(breachPeople)
    .where(and(eq(breachPeople.breachId, notice.breachId), eq(breachPeople.fate, 'waiting')))
    .orderBy(asc(breachPeople.id))
    .limit(BATCH)
    .for('update', { skipLocked: true })
  if (rows.length === 0) return false
  const ids = rows.flatMap(({ personId }) => personId ?? [])
  const found = ids.length > 0 ? await tx.select().from(people).where(inArray(people.id, ids)) : []
  const byId = new Map(found.map((person) => [person.id, person]))
  for (const { id, personId } of rows) {
    const person = personId ? byId.get(personId) : undefined
    const letterId = person ? await post(tx, noticeLetter(house, person, notice)) : null
    await tx
      .update(breachPeople)
      .set({ fate: letterId ? 'written' : 'gone', letterId, fateAt: now() })
      .where(eq(breachPeople.id, id))
  }
  return true
}

/** Keeps what became of letters, before they are swept. */
export async function followFates(tx: For<'rights'>): Promise<void> {
  const fate = fateOfLetter(breachPeople.letterId)
  await tx
    .update(breachPeople)
    .set({ fate: sql`${fate}`, fateAt: now() })
    .where(and(isNotNull(breachPeople.letterId), inArray(breachPeople.fate, ['written', 'sent']), sql`${fate} <> ${breachPeople.fate}`))
}
