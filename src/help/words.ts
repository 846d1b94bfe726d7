/**
 * What is said in a conversation: by whoever asked, by us, and among staff. All of it is sealed, under the key of
 * the person, or under one of the conversation's own while it belongs to no record.
 */
import { and, asc, desc, eq, inArray, isNotNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { keyOf } from '../people/person.ts'
import { personKeys } from '../people/tables.ts'
import { conversationKeys, type conversations, conversationWords } from './tables.ts'

/** Who opens what was said: those who help, the person, and those who answer for rights. */
export type Opening = For<'support' | 'service' | 'rights'>
/** Whose key it is sealed under. */
export type Owned = Pick<typeof conversations.$inferSelect, 'id' | 'personId'>

/** Makes the key of a conversation that belongs to no record. */
export async function makeKey(tx: Opening, conversationId: Id, email: string | null): Promise<void> {
  await tx.insert(conversationKeys).values({ conversationId, email, wrappedKey: tx.db.keyring.fresh() })
}

async function keyFor(tx: Opening, { id, personId }: Owned): Promise<Buffer | undefined> {
  if (personId) return keyOf(tx, personId)
  const [row] = await tx
    .select({ wrapped: conversationKeys.wrappedKey })
    .from(conversationKeys)
    .where(eq(conversationKeys.conversationId, id))
  return row && tx.db.keyring.unwrap(row.wrapped)
}

export interface Words {
  readonly direction: 'in' | 'out' | 'note'
  readonly text: string
  readonly by?: Id | undefined
  /** The letter of ours that it went out with. */
  readonly letterId?: Id | undefined
  /** A hash of their letter's number, by which an answer to it is known. */
  readonly threadHash?: string | undefined
  /** Their letter's own number, its `Message-ID`, so that answers stand beside it. */
  readonly number?: string | undefined
}

/** Keeps what was said. Nothing is kept once the key is gone. */
export async function keepWords(
  tx: Opening,
  conversation: Owned,
  { direction, text, by, letterId, threadHash, number }: Words,
): Promise<void> {
  const key = await keyFor(tx, conversation)
  if (!key) return
  await tx.insert(conversationWords).values({
    id: newId(),
    conversationId: conversation.id,
    personId: conversation.personId,
    direction,
    sealedText: seal(key, text),
    threadHash: threadHash ?? null,
    sealedNumber: number ? seal(key, number) : null,
    letterId: letterId ?? null,
    by: by ?? null,
    writtenAt: now(),
  })
}

export interface Said {
  readonly direction: 'in' | 'out' | 'note'
  readonly text: string
  readonly by: Id | null
  readonly writtenAt: Date
}

const MOST = 500

/** Everything that was said in a conversation, oldest first. */
export async function wordsOf(tx: Opening, conversation: Owned): Promise<Said[]> {
  const key = await keyFor(tx, conversation)
  if (!key) return []
  const { direction, sealedText, by, writtenAt } = conversationWords
  const rows = await tx
    .select({ direction, sealedText, by, writtenAt })
    .from(conversationWords)
    .where(eq(conversationWords.conversationId, conversation.id))
    .orderBy(asc(conversationWords.id))
    .limit(MOST)
  return rows.map(({ sealedText: sealed, ...rest }) => ({ ...rest, text: unseal(key, sealed).toString() }))
}

/** All that was said in each of these conversations, in one piece, to look through: by three statements, however many they are. */
export async function saidIn(tx: For<'support'>, wanted: readonly Owned[]): Promise<ReadonlyMap<Id, string>> {
  if (wanted.length === 0) return new Map()
  const ids = wanted.map(({ id }) => id)
  const persons = [...new Set(wanted.flatMap(({ personId }) => personId ?? []))]
  const keys = new Map<Id, Buffer>()
  const wrapped = [
    ...(await tx
      .select({ id: personKeys.personId, key: personKeys.wrappedKey })
      .from(personKeys)
      .where(inArray(personKeys.personId, persons))),
    ...(await tx
      .select({ id: conversationKeys.conversationId, key: conversationKeys.wrappedKey })
      .from(conversationKeys)
      .where(inArray(conversationKeys.conversationId, ids))),
  ]
  for (const { id, key } of wrapped) keys.set(id, tx.db.keyring.unwrap(key))
  const { conversationId, personId, sealedText } = conversationWords
  const said = new Map<Id, string>()
  for (const row of await tx.select({ conversationId, personId, sealedText }).from(conversationWords).where(inArray(conversationId, ids))) {
    const key = keys.get(row.personId ?? row.conversationId)
    if (key) said.set(row.conversationId, `${said.get(row.conversationId) ?? ''} ${unseal(key, row.sealedText).toString()}`)
  }
  return said
}

/** What of theirs and ours a further letter stands beside. */
export async function earlierOf(tx: Opening, conversation: Owned): Promise<{ ours: Id[]; theirs: string | undefined }> {
  const { letterId, sealedNumber, conversationId, id } = conversationWords
  const ours = await tx
    .select({ letterId })
    .from(conversationWords)
    .where(and(eq(conversationId, conversation.id), isNotNull(letterId)))
    .orderBy(asc(id))
  const [last] = await tx
    .select({ sealedNumber })
    .from(conversationWords)
    .where(and(eq(conversationId, conversation.id), isNotNull(sealedNumber)))
    .orderBy(desc(id))
    .limit(1)
  const key = last && (await keyFor(tx, conversation))
  return {
    ours: ours.flatMap((row) => row.letterId ?? []),
    theirs: key && last.sealedNumber ? unseal(key, last.sealedNumber).toString() : undefined,
  }
}

/** The conversations in which one of these letters was written, the latest first. */
export async function conversationsWith(tx: Opening, { ours, theirs }: { ours: readonly Id[]; theirs: readonly string[] }): Promise<Id[]> {
  const found: Id[] = []
  for (const where of [
    ours.length > 0 && inArray(conversationWords.letterId, [...ours]),
    theirs.length > 0 && inArray(conversationWords.threadHash, [...theirs]),
  ]) {
    if (!where) continue
    const rows = await tx
      .select({ id: conversationWords.conversationId })
      .from(conversationWords)
      .where(where)
      .orderBy(desc(conversationWords.id))
    found.push(...rows.map(({ id }) => id))
  }
  return [...new Set(found)]
}

/** What was sealed under the conversation's own key is sealed under the person's from now on, so that it is in their copy. */
export async function adoptWords(tx: For<'rights'>, conversationId: Id, personId: Id): Promise<void> {
  const [from, to] = [await keyFor(tx, { id: conversationId, personId: null }), await keyOf(tx, personId)]
  if (from) await sealAgain(tx, conversationId, { from, to, personId })
  await tx.delete(conversationKeys).where(eq(conversationKeys.conversationId, conversationId))
}

/** The other way round: from now on it opens with the conversation's own key, which must have been made. */
export async function partWords(tx: For<'rights'>, conversationId: Id, personId: Id): Promise<void> {
  const [from, to] = [await keyOf(tx, personId), await keyFor(tx, { id: conversationId, personId: null })]
  if (to) await sealAgain(tx, conversationId, { from, to, personId: null })
}

async function sealAgain(
  tx: For<'rights'>,
  conversationId: Id,
  { from, to, personId }: { from: Buffer; to: Buffer; personId: Id | null },
): Promise<void> {
  const again = (sealed: Buffer): Buffer => seal(to, unseal(from, sealed))
  for (const { id, sealedText, sealedNumber } of await tx
    .select()
    .from(conversationWords)
    .where(eq(conversationWords.conversationId, conversationId)))
    await tx
      .update(conversationWords)
      .set({ personId, sealedText: again(sealedText), sealedNumber: sealedNumber && again(sealedNumber) })
      .where(eq(conversationWords.id, id))
}
