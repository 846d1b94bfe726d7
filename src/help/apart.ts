/**
 * Conversations apart from any record: of somebody whom we do not know, or whose data is only stored. Each is sealed
 * under a key of its own.
 */
import { and, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import { personOf } from '../people/person.ts'
import { restrictedSince } from '../people/restriction.ts'
import { restrictions } from '../people/tables.ts'
import { everything, type Oneself } from './conversation.ts'
import { conversations, conversationTasks } from './tables.ts'
import { adoptWords, makeKey, partWords } from './words.ts'

/**
 * Makes conversations with a person's address theirs, so that their copy has them. What somebody asks whose data is
 * only stored stays apart as long as it is open, or nobody could answer it.
 */
export async function adoptConversations(tx: For<'rights'>, { personId, email }: Oneself): Promise<void> {
  const isStored = (await restrictedSince(tx, personId)) !== undefined
  const apart = await tx
    .select()
    .from(conversations)
    .where(and(eq(conversations.email, email), isNull(conversations.personId)))
  for (const { id, closedAt } of apart) {
    if (isStored && !closedAt) continue
    await adoptWords(tx, id, personId)
    await tx.update(conversations).set({ personId, email: null, name: null }).where(eq(conversations.id, id))
    await tx.update(conversationTasks).set({ personId }).where(eq(conversationTasks.conversationId, id))
  }
}

/**
 * Deletes what belongs to conversations with these addresses that are in no record, but for the conversations
 * themselves: those go with everything else that is about the addresses.
 */
export async function forgetApart(tx: For<'rights'>, emails: readonly string[]): Promise<void> {
  const apart = tx
    .select({ id: conversations.id })
    .from(conversations)
    .where(and(inArray(conversations.email, [...emails]), isNull(conversations.personId)))
  for (const table of everything) await tx.delete(table).where(inArray(table.conversationId, apart))
}

/**
 * Sets questions apart that wait for an answer while their person's data is only stored by now: whoever helps does not
 * find that record any more, and they asked for an answer.
 */
export async function setApart(tx: For<'rights'>): Promise<void> {
  const waiting = await tx
    .select({ id: conversations.id, personId: conversations.personId })
    .from(conversations)
    .innerJoin(restrictions, eq(restrictions.personId, conversations.personId))
    .where(isNotNull(conversations.waitingSince))
  for (const { id, personId } of waiting) {
    const person = personId && (await personOf(tx, personId))
    if (!person) continue
    await makeKey(tx, id, person.email)
    await partWords(tx, id, person.id)
    await tx.update(conversations).set({ personId: null, email: person.email, name: person.name }).where(eq(conversations.id, id))
    await tx.update(conversationTasks).set({ personId: null }).where(eq(conversationTasks.conversationId, id))
  }
}
