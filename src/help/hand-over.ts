/** What those who answer for privacy need of a conversation that turns out to be theirs. */
import { eq } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { personOf } from '../people/person.ts'
import type { Conversation } from './conversation.ts'
import { conversations } from './tables.ts'
import { keepWords, wordsOf } from './words.ts'

export interface ForRights {
  readonly conversation: Conversation
  readonly email: string
  /** What whoever asked wrote. */
  readonly words: string
  readonly beganAt: Date
}

/** A conversation with somebody who can be answered. */
export async function conversationForRights(tx: For<'rights'>, id: Id): Promise<ForRights | undefined> {
  const [conversation] = await tx.select().from(conversations).where(eq(conversations.id, id))
  if (!conversation) return undefined
  const { personId, beganAt } = conversation
  const email = personId ? (await personOf(tx, personId))?.email : conversation.email
  if (!email) return undefined
  const theirs = (await wordsOf(tx, conversation)).filter(({ direction }) => direction === 'in')
  return { conversation, email, beganAt, words: theirs.map(({ text }) => text).join('\n\n') }
}

/** Notes that it was handed over. */
export const noteHandOver = (tx: For<'rights'>, conversation: Conversation, by: Id): Promise<void> =>
  keepWords(tx, conversation, { direction: 'note', text: 'It was handed over to those who answer for privacy.', by })
