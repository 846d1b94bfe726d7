/**
 * A letter that came in. It is in the database, sealed under a key of the house, before whoever brought it
 * hears that it was taken; a job reads it, and then it is emptied.
 */
import { createHmac } from 'node:crypto'
import { and, count, eq, isNull, lt, min } from 'drizzle-orm'
import { fromNow, MINUTE, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, word } from '../log.ts'
import type { Bringer } from '../processors/dns-sender.ts'
import type { House } from '../web/house.ts'
import { type Mailbox, mailboxFor } from './mailboxes.ts'
import { incomingLetters } from './tables.ts'

/** How it came. */
export interface Arrival {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: Buffer
  /** Who brought it to the door; unknown of what was fetched by IMAP. */
  readonly bringer?: Bringer | undefined
}

/** A letter that came in, opened. */
export interface Opened extends Arrival {
  readonly id: Id
  readonly mailbox: string
  readonly receivedAt: Date
}

/** What one letter may weigh, and how many may wait to be read: more is asked to come again later. */
export const most = { bytes: 5 * 2 ** 20, recipients: 20, waiting: 5_000 } as const

/** A letter is read within seconds; after so long something is wrong. */
const UNREAD_AFTER = 15 * MINUTE

const sealing = (db: Database): Buffer => db.keyring.own('letters that came in')

/**
 * Takes a letter in, once for each mailbox that it is addressed to. The same letter brought again is known.
 * @returns how many mailboxes have it now
 * @throws when it could not be kept; then whoever brought it keeps it
 */
export async function takeIn(house: House, arrival: Arrival): Promise<number> {
  const boxes = new Map<Mailbox, string[]>()
  for (const address of arrival.to) {
    const mailbox = mailboxFor(house, address)
    if (mailbox) boxes.set(mailbox, [...(boxes.get(mailbox) ?? []), address])
  }
  await house.db.as('operations', async (tx) => {
    for (const [mailbox, to] of boxes)
      await keep(tx, mailbox, { ...arrival, to, raw: mailbox.headOnly ? headOf(arrival.raw) : arrival.raw })
  })
  return boxes.size
}

/** A letter without its words. */
export function headOf(raw: Buffer): Buffer {
  const [head = ''] = raw.toString('latin1', 0, 64 * 1024).split(/\r?\n\r?\n/, 1)
  return Buffer.from(`${head}\r\n\r\n`, 'latin1')
}

async function keep(tx: For<'operations'>, mailbox: Mailbox, arrival: Arrival): Promise<void> {
  const key = sealing(tx.db)
  const contentHash = createHmac('sha256', key).update(`${mailbox.name}\n${arrival.to.join()}\n`).update(arrival.raw).digest('base64url')
  const fresh = { id: newId(), mailbox: mailbox.name, contentHash, sealedLetter: seal(key, packed(arrival)), receivedAt: now() }
  const kept = await tx
    .insert(incomingLetters)
    .values(fresh)
    .onConflictDoNothing({ target: incomingLetters.contentHash })
    .returning({ id: incomingLetters.id })
  if (kept.length === 0) return
  await enqueue(tx, mailbox.job, { incomingId: fresh.id })
  log('mail.came', { incoming: fresh.id, mailbox: word(mailbox.name), bytes: arrival.raw.length })
}

// The envelope in one line, then the letter as it came.
const packed = ({ raw, ...envelope }: Arrival): Buffer => Buffer.concat([Buffer.from(`${JSON.stringify(envelope)}\n`), raw])

function unpacked(bytes: Buffer): Arrival {
  const end = bytes.indexOf('\n')
  const envelope = JSON.parse(bytes.toString('utf8', 0, end)) as Omit<Arrival, 'raw'>
  return { ...envelope, raw: bytes.subarray(end + 1) }
}

/** Opens a letter that waits to be read, and keeps others from reading it meanwhile; undefined once it was read. */
export async function openIncoming(tx: For<'operations'>, id: Id): Promise<Opened | undefined> {
  const [row] = await tx
    .select({ mailbox: incomingLetters.mailbox, sealed: incomingLetters.sealedLetter, receivedAt: incomingLetters.receivedAt })
    .from(incomingLetters)
    .where(and(eq(incomingLetters.id, id), isNull(incomingLetters.readAt)))
    .for('update')
  if (!row?.sealed) return undefined
  return { id, mailbox: row.mailbox, receivedAt: row.receivedAt, ...unpacked(unseal(sealing(tx.db), row.sealed)) }
}

/** Empties a letter that was read, and notes in a word what it was. */
export async function fileAway(tx: For<'operations'>, id: Id, outcome: string): Promise<void> {
  await tx.update(incomingLetters).set({ readAt: now(), outcome, sealedLetter: null }).where(eq(incomingLetters.id, id))
  log('mail.read', { incoming: id, outcome: word(outcome) })
}

/** Does so much wait already that nothing more is taken in? */
export const isFull = (house: House): Promise<boolean> =>
  house.db.as('operations', async (tx) => {
    const [row] = await tx.select({ waiting: count() }).from(incomingLetters).where(isNull(incomingLetters.readAt))
    return (row?.waiting ?? 0) >= most.waiting
  })

/** What came in within the days that it is remembered, counted by outcome. */
export async function cameIn(tx: For<'operations'>): Promise<{ mailbox: string; outcome: string | null; letters: number }[]> {
  const { mailbox, outcome } = incomingLetters
  return tx.select({ mailbox, outcome, letters: count() }).from(incomingLetters).groupBy(mailbox, outcome).orderBy(mailbox, outcome)
}

/** Letters that came in a while ago and were not read: how many, and since when the first waits. */
export async function unread(tx: For<'operations'>): Promise<{ count: number; oldest: Date | undefined }> {
  const { receivedAt, readAt } = incomingLetters
  const [row] = await tx
    .select({ count: count(), oldest: min(receivedAt) })
    .from(incomingLetters)
    .where(and(isNull(readAt), lt(receivedAt, fromNow(-UNREAD_AFTER))))
  return { count: row?.count ?? 0, oldest: row?.oldest ?? undefined }
}
