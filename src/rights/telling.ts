/**
 * Recipients are told what became of somebody's data (GDPR Art. 17(2), 19), one row for each act and recipient.
 * A row waits until the recipient has confirmed; nothing is called complete before. What waits is tried again,
 * and a handler may run twice, so that each does its work once.
 */
import { and, asc, desc, eq, isNull, ne } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, logFault, word } from '../log.ts'
import type { House } from '../web/house.ts'
import { type Recipient, recipientsFor, tellRecipient } from './recipient.ts'
import { type Confirmation, type Telling, type TellingAct, tellings } from './tables.ts'

/** What recipients are told of, and what waits for it. */
export interface News {
  readonly personId: Id
  readonly act: TellingAct
  readonly field?: 'name' | 'email'
  readonly sealedBefore?: Buffer | null
  readonly correctionId?: Id
  readonly requestId?: Id | undefined
}

/** Notes that each recipient of this person's data must be told. Repeating it adds nothing to a correction or an erasure. */
export async function mustTell(tx: For<'rights'>, news: News): Promise<void> {
  for (const { key, name } of await recipientsFor(tx, news.personId, news.act)) {
    // What it was before is for those who have names and addresses, and for nobody else.
    const sealedBefore = key === 'stripe' || key.startsWith('service ') ? news.sealedBefore : null
    await tx
      .insert(tellings)
      .values({ id: newId(), ...news, sealedBefore, recipient: key, name, askedAt: now() })
      .onConflictDoNothing()
  }
}

/** A customer came back since Stripe confirmed: it must forget them again. */
export const mustForgetAgain = async (tx: For<'rights'>, personId: Id, recipient: Recipient['key']): Promise<void> =>
  void (await tx
    .update(tellings)
    .set({ confirmedAt: null, how: null, askedAt: now() })
    .where(and(eq(tellings.personId, personId), eq(tellings.act, 'forget'), eq(tellings.recipient, recipient))))

const waits = isNull(tellings.confirmedAt)

/** Tries everything of one person's that waits for an act; who has not confirmed afterwards is told by `waitingFor`. */
export async function tellNow(house: House, personId: Id, act: TellingAct): Promise<void> {
  await tellThose(house, and(eq(tellings.personId, personId), eq(tellings.act, act), waits))
}

/** Tries whatever was told by a message of which something was heard. */
export const tellAbout = (house: House, messageId: Id): Promise<void> => tellThose(house, and(eq(tellings.messageId, messageId), waits))

/** Tries all that waits once more, except erasures, which are begun anew as a whole. */
export const tellAllWaiting = (house: House): Promise<void> => tellThose(house, and(ne(tellings.act, 'forget'), waits))

// Whoever cannot be reached holds up nobody else.
async function tellThose(house: House, which: ReturnType<typeof and>): Promise<void> {
  const rows = await house.db.as('rights', (tx) => tx.select().from(tellings).where(which).orderBy(asc(tellings.askedAt)).limit(5_000))
  for (const row of rows) await tellOne(house, row)
}

async function tellOne(house: House, row: Telling): Promise<void> {
  const answer = await tellRecipient(house, row).catch((fault: unknown) => {
    logFault('rights.telling-failed', fault, { telling: row.id })
    return 'waiting' as const
  })
  await house.db.as('rights', (tx) => (answer === 'waiting' ? noteTry(tx, row) : confirm(tx, row, answer)))
}

const noteTry = async (tx: For<'rights'>, { id, tries }: Telling): Promise<void> =>
  void (await tx
    .update(tellings)
    .set({ triedAt: now(), tries: tries + 1 })
    .where(eq(tellings.id, id)))

async function confirm(tx: For<'rights'>, { id, personId, recipient, act, requestId }: Telling, how: Confirmation): Promise<void> {
  const confirmed = await tx
    .update(tellings)
    .set({ confirmedAt: now(), how, sealedBefore: null })
    .where(and(eq(tellings.id, id), waits))
    .returning({ id: tellings.id })
  if (confirmed.length === 0) return
  await record(tx, { act: 'recipient.confirmed', person: personId, thing: id })
  // A copy is handed out without waiting for those of others.
  if (requestId && act !== 'access') await enqueue(tx, 'rights.fulfil', { requestId })
  log('rights.recipient-confirmed', {
    telling: id,
    act: word(act),
    how: word(how.replaceAll(' ', '-')),
    kind: word(recipient.replace(/ .*/, '')),
  })
}

/** What a page may tell of one row. */
export type Line = Pick<Telling, 'id' | 'act' | 'name' | 'field' | 'messageId' | 'askedAt' | 'confirmedAt' | 'how'>

const { id, act, name, field, messageId, askedAt, confirmedAt, how } = tellings
const line = { id, act, name, field, messageId, askedAt, confirmedAt, how }

/** What recipients were told of somebody, newest first. */
export const tellingsOf = (tx: For<'rights' | 'legal'>, personId: Id, most = 100): Promise<Line[]> =>
  tx.select(line).from(tellings).where(eq(tellings.personId, personId)).orderBy(desc(askedAt), asc(name)).limit(most)

/** What recipients were told for a request, in order. */
export const tellingsFor = (tx: For<'rights' | 'legal'>, requestId: Id): Promise<Line[]> =>
  tx.select(line).from(tellings).where(eq(tellings.requestId, requestId)).orderBy(asc(askedAt), asc(name)).limit(500)

/** Who must forget somebody, as far as it was asked. */
export const forgetting = (tx: For<'rights'>, personId: Id): Promise<Line[]> =>
  tx
    .select(line)
    .from(tellings)
    .where(and(eq(tellings.personId, personId), eq(act, 'forget')))
    .orderBy(asc(askedAt), asc(name))
