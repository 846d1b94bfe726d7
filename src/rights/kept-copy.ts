/**
 * A copy that is too large to be handed out at once: made by a job, in pieces that are sealed under the
 * person's key, and kept in the database for a day. There every process can reach it, and so can the
 * erasure, which takes half-made ones with it (decision 0019).
 */
import { and, desc, eq, gt, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { DAY, fromNow, HOUR, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { keyOf } from '../people/person.ts'
import { people } from '../people/tables.ts'
import type { House } from '../web/house.ts'
import { type OpenCopy, takeCopy, takeCopyOfAddress } from './copy.ts'
import { copies, copyParts } from './tables.ts'

/** Up to so many rows are handed out at once … */
const AT_ONCE_ROWS = 5_000
/** … if they come to no more than so many bytes. */
const AT_ONCE_BYTES = 8 * 1024 * 1024
const PART_BYTES = 128 * 1024

export type KeptCopy = Pick<typeof copies.$inferSelect, 'id' | 'rowsDone' | 'rowsTotal' | 'bytes' | 'askedAt' | 'readyAt' | 'expiresAt'>

/** The whole copy, when it is a small one; else how many rows it would have. Nobody's is undefined. */
export const smallCopy = (house: House, personId: Id): Promise<{ zip: Buffer } | { rows: number } | undefined> =>
  takeCopy(house, personId, async (copy) =>
    copy.rows > AT_ONCE_ROWS ? { rows: copy.rows } : ((await gathered(copy)) ?? { rows: copy.rows }),
  )

/** Records that a copy was handed out at once; of somebody who is gone by now nothing is recorded. */
export async function recordCopy({ db }: House, personId: Id): Promise<void> {
  await db.as('rights', async (tx) => {
    const still = await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('update')
    if (still.length > 0) await record(tx, { act: 'person.copied', person: personId })
  })
}

/** The same of an address behind which nobody is known; there is never much. */
export const copyOfAddress = async (house: House, email: string): Promise<Buffer> => {
  const taken = await takeCopyOfAddress(house, email, gathered)
  if (!taken) throw new Error('the copy of an address is larger than any should be')
  return taken.zip
}

async function gathered({ bytes }: OpenCopy): Promise<{ zip: Buffer } | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > AT_ONCE_BYTES) return undefined
    pieces.push(piece)
  }
  return { zip: Buffer.concat(pieces) }
}

/** Asks for a copy of `rows` rows to be made; one that is being made already is not begun anew within the hour. */
export async function askForCopy({ db }: House, personId: Id, rows: number): Promise<void> {
  await db.as('rights', async (tx) => {
    // Two askings at once are one.
    await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('update')
    const known = await keptCopyOf(tx, personId)
    if (known && !known.readyAt && known.askedAt > fromNow(-HOUR)) return
    await tx.delete(copyParts).where(eq(copyParts.personId, personId))
    await tx.delete(copies).where(eq(copies.personId, personId))
    const copyId = newId()
    await tx.insert(copies).values({ id: copyId, personId, rowsTotal: rows, askedAt: now(), expiresAt: fromNow(DAY) })
    await record(tx, { act: 'person.copied', person: personId, thing: copyId })
    await enqueue(tx, 'rights.copy', { copyId })
  })
}

/** The copy that is being made for this person or waits to be fetched, if there is one. */
export async function keptCopyOf(tx: For<'rights'>, personId: Id): Promise<KeptCopy | undefined> {
  const { id, rowsDone, rowsTotal, bytes, askedAt, readyAt, expiresAt } = copies
  const [copy] = await tx
    .select({ id, rowsDone, rowsTotal, bytes, askedAt, readyAt, expiresAt })
    .from(copies)
    .where(and(eq(copies.personId, personId), gt(expiresAt, now())))
    .orderBy(desc(askedAt))
    .limit(1)
  return copy
}

/** A copy that this process has begun to make. */
interface Making {
  readonly copyId: Id
  readonly personId: Id
  readonly making: Id
  readonly expiresAt: Date
  readonly key: Buffer
}

/** Makes a copy that was asked for. Nothing happens when it was made, has expired, or its person was erased. */
export async function makeCopy(house: House, copyId: Id): Promise<void> {
  const begun = await begin(house, copyId)
  if (!begun) return
  const whole = await takeCopy(house, begun.personId, async (copy) => {
    let part = 0
    for await (const bytes of inParts(copy.bytes)) if (!(await keep(house, begun, { part: part++, bytes, rows: copy.gone() }))) return false
    return true
  })
  if (whole) await finish(house, begun)
}

// Whoever begins it begins at the beginning, and the one who had begun before finds that it is no longer theirs.
async function begin({ db }: House, copyId: Id): Promise<Making | undefined> {
  return db.as('rights', async (tx) => {
    const [asked] = await tx.select().from(copies).where(eq(copies.id, copyId))
    if (!asked || asked.readyAt || asked.expiresAt <= now() || !(await isKnown(tx, asked.personId))) return undefined
    const making = newId()
    const taken = await tx.update(copies).set({ making, rowsDone: 0, bytes: 0 }).where(eq(copies.id, copyId)).returning()
    if (taken.length === 0) return undefined
    await tx.delete(copyParts).where(eq(copyParts.copyId, copyId))
    return { copyId, personId: asked.personId, making, expiresAt: asked.expiresAt, key: await keyOf(tx, asked.personId) }
  })
}

// An erasure locks the person first and then their copies. So does this, or the two could wait for each other.
const isKnown = async (tx: For<'rights'>, personId: Id): Promise<boolean> =>
  (await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('key share')).length > 0

const mine = ({ copyId, making }: Making) => and(eq(copies.id, copyId), eq(copies.making, making))

interface Piece {
  readonly part: number
  readonly bytes: Buffer
  readonly rows: number
}

async function keep({ db }: House, making: Making, { part, bytes, rows }: Piece): Promise<boolean> {
  const { copyId, personId, expiresAt, key } = making
  return db.as('rights', async (tx) => {
    if (!(await isKnown(tx, personId))) return false
    const grown = { rowsDone: rows, bytes: sql`${copies.bytes} + ${bytes.length}` }
    if ((await tx.update(copies).set(grown).where(mine(making))).rowCount !== 1) return false
    await tx.insert(copyParts).values({ copyId, part, personId, sealedBytes: seal(key, bytes), expiresAt })
    return true
  })
}

async function finish({ db }: House, making: Making): Promise<void> {
  await db.as('rights', (tx) => tx.update(copies).set({ readyAt: now() }).where(mine(making)))
  log('rights.copy-ready', { copy: making.copyId })
}

async function* inParts(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let waiting: Buffer[] = []
  let size = 0
  for await (const piece of bytes) {
    waiting.push(piece)
    size += piece.length
    if (size < PART_BYTES) continue
    yield Buffer.concat(waiting)
    waiting = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(waiting)
}

/** The copy that waits for this person, piece by piece as it is read; undefined when none is ready. */
export async function fetchCopy(house: House, personId: Id): Promise<{ size: number; pieces: AsyncIterable<Buffer> } | undefined> {
  const found = await house.db.as('rights', async (tx) => {
    const copy = await keptCopyOf(tx, personId)
    return copy?.readyAt ? { copy, key: await keyOf(tx, personId) } : undefined
  })
  if (!found) return undefined
  log('rights.copy-fetched', { copy: found.copy.id })
  return { size: found.copy.bytes, pieces: piecesOf(house, found.copy, found.key) }
}

async function* piecesOf({ db }: House, copy: KeptCopy, key: Buffer): AsyncGenerator<Buffer, void, void> {
  let left = copy.bytes
  for (let part = 0; left > 0; part++) {
    const [row] = await db.as('rights', (tx) =>
      tx
        .select({ sealedBytes: copyParts.sealedBytes })
        .from(copyParts)
        .where(and(eq(copyParts.copyId, copy.id), eq(copyParts.part, part))),
    )
    if (!row) throw new Error('a copy ended before it was fetched')
    const bytes = unseal(key, row.sealedBytes)
    left -= bytes.length
    yield bytes
  }
}
