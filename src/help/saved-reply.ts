/** Answers that are often given, written once. A place for what differs stands in double braces. */
import { asc, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { savedReplies } from './tables.ts'

export type SavedReply = typeof savedReplies.$inferSelect

/** What may stand in a saved reply, in words for who writes one. */
export const places = {
  name: 'the name of whoever asked',
  me: 'your own name',
  company: 'the company’s name',
  site: 'the address of the site',
} as const
export type Place = keyof typeof places

/** Those that there are, by title. */
export const savedRepliesIn = (tx: For<'support'>): Promise<SavedReply[]> =>
  tx.select().from(savedReplies).orderBy(asc(savedReplies.title)).limit(500)

/** One of them. */
export async function savedReplyOf(tx: For<'support'>, id: Id): Promise<SavedReply | undefined> {
  return (await tx.select().from(savedReplies).where(eq(savedReplies.id, id)))[0]
}

/** Writes one, or changes it. */
export async function saveReply(
  tx: For<'support'>,
  { id, title, words }: { id?: Id | undefined; title: string; words: string },
): Promise<void> {
  const written = { title, words, changedAt: now() }
  if (id) {
    // Its words are content, which this purpose may write anew but not change.
    await tx.delete(savedReplies).where(eq(savedReplies.id, id))
  }
  await tx.insert(savedReplies).values({ id: id ?? newId(), ...written })
}

/** Takes one away. */
export async function dropReply(tx: For<'support'>, id: Id): Promise<boolean> {
  return ((await tx.delete(savedReplies).where(eq(savedReplies.id, id))).rowCount ?? 0) > 0
}

/** Its words with what belongs into its places; one that nobody knows stays as it is, for whoever sends it to see. */
export const filledIn = ({ words }: SavedReply, values: Readonly<Record<Place, string>>): string =>
  words.replace(/\{\{\s*(\w+)\s*\}\}/g, (all, name: string) => (Object.hasOwn(values, name) ? values[name as Place] : all))
