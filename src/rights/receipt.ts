/**
 * The receipt of an erasure: what went, what stays, and who had to forget the person and has confirmed it. It names
 * nobody, and is complete once the last recipient has confirmed.
 */
import { createHash, randomBytes } from 'node:crypto'
import { eq, isNull } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { standingOf } from '../programs/informing.ts'
import { register } from '../register.ts'
import { completeErasure } from '../requests/request.ts'
import type { House } from '../web/house.ts'
import { goodbyeLetter } from './emails.ts'
import type { Subject } from './subject.ts'
import { type Counted, receipts, type Told } from './tables.ts'
import type { Line } from './telling.ts'

export interface Receipt {
  readonly erased: readonly Counted[]
  readonly kept: readonly string[]
  readonly told: readonly Told[]
  readonly erasedAt: Date
  readonly completeAt: Date | null
}

const receiptHash = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** A recipient that confirmed before anything was erased here, as the receipt has it. */
export const inReceipt = ({ name, askedAt, confirmedAt, how }: Line): Told => ({
  to: name,
  since: askedAt.toISOString(),
  at: confirmedAt?.toISOString() ?? null,
  how,
})

/** The names of those who have not confirmed. */
export const waitingIn = (told: readonly Told[]): string[] => told.filter(({ at }) => at === null).map(({ to }) => to)

interface Erased {
  readonly subject: Subject
  readonly erased: Counted[]
  readonly told: Told[]
  readonly requests: Id[]
  readonly kept: string[]
}

/** Writes the receipt, and the letter with it. Returns the token of its address. */
export async function writeReceipt(tx: For<'rights'>, house: House, { subject, erased, told, requests, kept }: Erased): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const [id, erasedAt, waiting] = [newId(), now(), waitingIn(told)]
  const completeAt = waiting.length === 0 ? erasedAt : null
  await tx.insert(receipts).values({ id, tokenHash: receiptHash(token), erased, kept, told, requests, erasedAt, completeAt })
  await record(tx, { act: 'person.erased', thing: id })
  for (const to of subject.emails) await post(tx, goodbyeLetter(house, { to, erased: countsInWords(erased), told, kept, token }))
  return token
}

/** Looks whether the recipients of erasures have confirmed by now; whatever waited for the last of them is done. */
export async function completeReceipts({ db }: House): Promise<void> {
  const { id, told, requests } = receipts
  const open = await db.as('rights', (tx) => tx.select({ id }).from(receipts).where(isNull(receipts.completeAt)).limit(5_000))
  for (const { id: one } of open)
    await db.as('rights', async (tx) => {
      const [receipt] = await tx.select({ told, requests, completeAt: receipts.completeAt }).from(receipts).where(eq(id, one)).for('update')
      if (receipt && !receipt.completeAt) await complete(tx, one, receipt)
    })
}

async function complete(tx: For<'rights'>, id: Id, receipt: { told: Told[]; requests: Id[] }): Promise<void> {
  const told: Told[] = []
  for (const one of receipt.told) told.push(await heardOf(tx, one))
  const done = waitingIn(told).length === 0
  await tx
    .update(receipts)
    .set({ told, ...(done ? { completeAt: now(), requests: [] } : {}) })
    .where(eq(receipts.id, id))
  if (!done) return
  log('rights.receipt-complete', { receipt: id })
  for (const request of receipt.requests) await completeErasure(tx, request)
}

async function heardOf(tx: For<'rights'>, one: Told): Promise<Told> {
  const { at, message: eventId, program: endpointId, ...rest } = one
  if (at !== null || !eventId || !endpointId) return one
  const standing = await standingOf(tx, { eventId, endpointId })
  if (standing === 'waiting' || standing === 'lost') return one
  const removed = standing === 'removed'
  return { ...rest, at: (removed ? now() : standing).toISOString(), how: removed ? 'removed' : 'taken' }
}

/** A receipt's counts in the data map's words; a table that is no more kept by the name it had. */
export const countsInWords = (erased: readonly Counted[]): [what: string, count: string][] =>
  erased.map(({ table, rows, emptied }) => {
    const what = register.find(({ name }) => name === table)?.says ?? table
    return [
      what,
      rows === 1
        ? `1 row ${emptied ? 'stays, without you in it' : 'deleted'}`
        : `${rows.toLocaleString('en')} rows ${emptied ? 'stay, without you in them' : 'deleted'}`,
    ]
  })

/** The receipt behind an address. */
export async function receiptBehind(house: House, token: string): Promise<Receipt | undefined> {
  const { erased, kept, told, erasedAt, completeAt, tokenHash } = receipts
  const [receipt] = await house.db.as('rights', (tx) =>
    tx
      .select({ erased, kept, told, erasedAt, completeAt })
      .from(receipts)
      .where(eq(tokenHash, receiptHash(token))),
  )
  return receipt
}
