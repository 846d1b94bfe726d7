/**
 * What is written about a request: to us, by us, and among staff. All of it is sealed, under the key of the
 * person, or under one of the request's own while nobody known is behind it.
 */
import { and, asc, desc, eq, isNotNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import type { Paper } from '../mail/paper.ts'
import { keyOf } from '../people/person.ts'
import { requestKeys, requestLetters, requestPapers, type requests } from './tables.ts'

type Sealing = For<'rights' | 'legal'>
/** Whose key it is sealed under. */
export type Owned = Pick<typeof requests.$inferSelect, 'id' | 'personId'>

/** Makes the key of a request that nobody known asked. */
export async function makeKey(tx: For<'rights'>, requestId: Id, email: string | null): Promise<void> {
  await tx.insert(requestKeys).values({ requestId, email, wrappedKey: tx.db.keyring.fresh() })
}

/** The key of a request's correspondence; undefined once it was destroyed. */
async function keyFor(tx: Sealing, { id, personId }: Owned): Promise<Buffer | undefined> {
  if (personId) return keyOf(tx, personId)
  const [row] = await tx.select({ wrapped: requestKeys.wrappedKey }).from(requestKeys).where(eq(requestKeys.requestId, id))
  return row && tx.db.keyring.unwrap(row.wrapped)
}

export interface Words {
  readonly direction: 'in' | 'out' | 'note'
  readonly text: string
  readonly by?: Id | undefined
  /** A hash of the letter's number, by which an answer to it is known. */
  readonly threadHash?: string | undefined
  /** The letter’s own number, its `Message-ID`, so that answers stand beside it. */
  readonly number?: string | undefined
}

/** Keeps what was written. Nothing is kept of a request whose person was erased. */
export async function keepWords(tx: Sealing, request: Owned, { direction, text, by, threadHash, number }: Words): Promise<void> {
  const key = await keyFor(tx, request)
  if (!key) return
  const { id: requestId, personId } = request
  const row = {
    requestId,
    personId,
    direction,
    sealedText: seal(key, text),
    threadHash: threadHash ?? null,
    sealedNumber: number ? seal(key, number) : null,
    by: by ?? null,
  }
  await tx.insert(requestLetters).values({ id: newId(), ...row, writtenAt: now() })
}

export interface Written {
  readonly direction: 'in' | 'out' | 'note'
  readonly text: string
  readonly writtenAt: Date
}

/** The number of the letter of theirs that came last, if a letter came. */
export async function lastNumber(tx: Sealing, request: Owned): Promise<string | undefined> {
  const key = await keyFor(tx, request)
  const { sealedNumber } = requestLetters
  const [last] = await tx
    .select({ sealedNumber })
    .from(requestLetters)
    .where(and(eq(requestLetters.requestId, request.id), isNotNull(sealedNumber)))
    .orderBy(desc(requestLetters.id))
    .limit(1)
  return key && last?.sealedNumber ? unseal(key, last.sealedNumber).toString() : undefined
}

/** Everything that was written about a request, oldest first. */
export async function wordsOf(tx: Sealing, request: Owned): Promise<Written[]> {
  const key = await keyFor(tx, request)
  if (!key) return []
  const { direction, sealedText, writtenAt } = requestLetters
  const rows = await tx
    .select({ direction, sealedText, writtenAt })
    .from(requestLetters)
    .where(eq(requestLetters.requestId, request.id))
    .orderBy(asc(requestLetters.id))
    .limit(500)
  return rows.map(({ sealedText: sealed, ...rest }) => ({ ...rest, text: unseal(key, sealed).toString() }))
}

/** Keeps a document, sealed. */
export async function keepPaper(tx: For<'rights'>, request: Owned, { what, name, type, bytes }: Paper): Promise<void> {
  const key = await keyFor(tx, request)
  if (!key) return
  await tx.insert(requestPapers).values({
    id: newId(),
    requestId: request.id,
    personId: request.personId,
    what,
    type,
    bytes: bytes.length,
    sealedName: seal(key, name),
    sealedPaper: seal(key, bytes.toString('base64')),
    cameAt: now(),
  })
}

/** The documents of a request, as they are listed. */
export async function papersOf(
  tx: Sealing,
  request: Owned,
): Promise<{ id: Id; what: Paper['what']; name: string; type: string; bytes: number }[]> {
  const key = await keyFor(tx, request)
  if (!key) return []
  const { id, what, type, bytes, sealedName } = requestPapers
  const rows = await tx
    .select({ id, what, type, bytes, sealedName })
    .from(requestPapers)
    .where(eq(requestPapers.requestId, request.id))
    .orderBy(asc(id))
  return rows.map(({ sealedName: name, ...rest }) => ({ ...rest, name: unseal(key, name).toString() }))
}

/** One document, opened. */
export async function paperOf(tx: Sealing, request: Owned, paperId: Id): Promise<Paper | undefined> {
  const key = await keyFor(tx, request)
  const [row] = await tx.select().from(requestPapers).where(eq(requestPapers.id, paperId))
  if (!key || row?.requestId !== request.id) return undefined
  const bytes = Buffer.from(unseal(key, row.sealedPaper).toString(), 'base64')
  return { what: row.what, type: row.type, name: unseal(key, row.sealedName).toString(), bytes }
}

/**
 * A request from before its person was known becomes theirs: what was sealed under its own key is sealed
 * under the person's, so that it is in their copy.
 */
export async function adoptWords(tx: For<'rights'>, requestId: Id, personId: Id): Promise<void> {
  const [from, to] = [await keyFor(tx, { id: requestId, personId: null }), await keyOf(tx, personId)]
  if (!from) return
  const again = (sealed: Buffer): Buffer => seal(to, unseal(from, sealed))
  for (const { id, sealedText, sealedNumber } of await tx.select().from(requestLetters).where(eq(requestLetters.requestId, requestId)))
    await tx
      .update(requestLetters)
      .set({ personId, sealedText: again(sealedText), sealedNumber: sealedNumber && again(sealedNumber) })
      .where(eq(requestLetters.id, id))
  for (const { id, sealedName, sealedPaper } of await tx.select().from(requestPapers).where(eq(requestPapers.requestId, requestId)))
    await tx
      .update(requestPapers)
      .set({ personId, sealedName: again(sealedName), sealedPaper: again(sealedPaper) })
      .where(eq(requestPapers.id, id))
  await tx.delete(requestKeys).where(eq(requestKeys.requestId, requestId))
}
