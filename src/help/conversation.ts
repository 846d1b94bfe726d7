/**
 * A conversation: begun by a question, gone on with by letter or from the account, answered by staff, closed,
 * reopened. Whoever is behind an address, known or not, the same letter comes of asking.
 */
import { and, desc, eq, isNull, lte, or } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import { type Letter, post } from '../mail/letter.ts'
import { answering } from '../mail/thread.ts'
import { personOf, personWith } from '../people/person.ts'
import type { House } from '../web/house.ts'
import { answerLetter, type Asker, receivedLetter } from './emails.ts'
import { conversationKeys, conversations, conversationTasks, conversationWords, type ways } from './tables.ts'
import { earlierOf, keepWords, makeKey, type Words } from './words.ts'

export type Conversation = typeof conversations.$inferSelect

/** How long a conversation is kept after it was closed. */
export const KEPT_DAYS = 365
/** A conversation that was answered closes by itself after so many days without another word. */
export const QUIET_DAYS = 30

/** What belongs to a conversation, and goes before it. */
export const everything = [conversationKeys, conversationTasks, conversationWords] as const

/** A question as it comes in. */
export interface Asking {
  /** In lower case; undefined where nobody certain wrote. */
  readonly email: string | undefined
  readonly name?: string | undefined
  readonly way: (typeof ways)[number]
  readonly words: string
  /** The help article from which it was asked. */
  readonly article?: string | undefined
  readonly incomingId?: Id | undefined
  readonly threadHash?: string | undefined
  readonly number?: string | undefined
  /** Nobody is written to: whoever wrote is a machine, or not who they say. */
  readonly silent?: boolean | undefined
}

/**
 * Begins a conversation, and tells whoever asked that it came in. Somebody whose data is only stored is not found
 * under this purpose: what they ask is kept apart from their record, so that they get an answer.
 */
export async function begin(tx: For<'support'>, house: House, asking: Asking): Promise<Conversation> {
  const { email, way, article, incomingId, words, threadHash, number } = asking
  const person = email ? await personWith(tx, email) : undefined
  const fresh = {
    id: newId(),
    personId: person?.id ?? null,
    email: person ? null : (email ?? null),
    name: person ? null : (asking.name ?? null),
    way,
    article: article ?? null,
    incomingId: incomingId ?? null,
    beganAt: now(),
    waitingSince: now(),
    wroteAt: now(),
  }
  await tx.insert(conversations).values(fresh)
  const conversation: Conversation = { ...fresh, closedAt: null, expiresAt: null }
  if (!person) await makeKey(tx, fresh.id, fresh.email)
  await keepWords(tx, conversation, { direction: 'in', text: words, threadHash, number })
  await record(tx, { act: 'question.received', person: person?.id, thing: fresh.id })
  if (!asking.silent) await acknowledge(tx, house, conversation)
  log('help.asked', { conversation: fresh.id, way: word(way) })
  return conversation
}

// That letter is part of the thread: whoever answers it goes on with the conversation.
async function acknowledge(tx: For<'support'>, house: House, conversation: Conversation): Promise<void> {
  const asker = await askerOf(tx, conversation)
  if (!asker) return
  const letterId = await write(tx, house, conversation, receivedLetter(house, asker))
  await keepWords(tx, conversation, { direction: 'out', text: 'We wrote that the question came in.', letterId })
}

/** Posts a letter of a conversation, as an answer to what was written before. */
async function write(tx: For<'support'>, house: House, conversation: Conversation, letter: Letter): Promise<Id> {
  return post(tx, answering(house, letter, await earlierOf(tx, conversation)))
}

/** Whom the answers go to; undefined where nobody certain wrote. */
export async function askerOf(tx: For<'support' | 'service'>, { id, personId, email, name }: Conversation): Promise<Asker | undefined> {
  if (!personId) return email ? { id, personId, email, name } : undefined
  const person = await personOf(tx, personId)
  return person && { id, personId, email: person.email, name: person.name }
}

/** Whoever asked has more to say: it waits for an answer again, and is open again if it was closed. */
export async function goOn(
  tx: For<'support' | 'service'>,
  conversation: Conversation,
  said: Omit<Words, 'direction' | 'by' | 'letterId'>,
): Promise<void> {
  await keepWords(tx, conversation, { direction: 'in', ...said })
  await open(tx, conversation, { waitingSince: conversation.waitingSince ?? now(), wroteAt: now() })
}

async function open(
  tx: For<'support' | 'service'>,
  { id, closedAt }: Conversation,
  more: Partial<Pick<Conversation, 'waitingSince' | 'wroteAt'>>,
): Promise<void> {
  await tx
    .update(conversations)
    .set({ ...more, closedAt: null, expiresAt: null })
    .where(eq(conversations.id, id))
  if (!closedAt) return
  for (const table of everything) await tx.update(table).set({ expiresAt: null }).where(eq(table.conversationId, id))
}

/** Who does it, and with which conversation. */
export interface Acting {
  readonly id: Id
  readonly by: Id
}
/** What came of an act: nothing, where it stands otherwise than the page had shown. */
export type Outcome = 'done' | 'unchanged'

/** Answers by letter, and with `ends` closes it. Whoever answers first has it from then on. */
export async function answer(
  tx: For<'support'>,
  house: House,
  { id, by }: Acting,
  { words, ends }: { words: string; ends: boolean },
): Promise<Outcome> {
  const conversation = await locked(tx, id)
  const asker = conversation && (await askerOf(tx, conversation))
  if (!asker) return 'unchanged'
  const letterId = await write(tx, house, conversation, answerLetter(house, asker, words))
  await keepWords(tx, conversation, { direction: 'out', text: words, by, letterId })
  await open(tx, conversation, { waitingSince: null, wroteAt: now() })
  await record(tx, { act: 'question.answered', actor: by, person: conversation.personId ?? undefined, thing: id })
  await tx
    .insert(conversationTasks)
    .values({ conversationId: id, personId: conversation.personId, staffId: by, assignedAt: now() })
    .onConflictDoNothing()
  if (ends) await closeNow(tx, conversation, by)
  log('help.answered', { conversation: id, staff: by })
  return 'done'
}

/** A note among staff. The person reads it in their copy. */
export async function remark(tx: For<'support'>, { id, by }: Acting, text: string): Promise<Outcome> {
  const conversation = await locked(tx, id)
  if (!conversation) return 'unchanged'
  await keepWords(tx, conversation, { direction: 'note', text, by })
  return 'done'
}

/** Closes it: it is done, or asks for nothing. Nobody is written to. */
export async function close(tx: For<'support'>, { id, by }: Acting): Promise<Outcome> {
  const conversation = await locked(tx, id)
  if (!conversation || conversation.closedAt) return 'unchanged'
  await closeNow(tx, conversation, by)
  return 'done'
}

async function closeNow(tx: For<'support'>, { id, personId }: Conversation, by?: Id): Promise<void> {
  const expiresAt = fromNow(KEPT_DAYS * DAY)
  await tx.update(conversations).set({ closedAt: now(), waitingSince: null, expiresAt }).where(eq(conversations.id, id))
  for (const table of everything) await tx.update(table).set({ expiresAt }).where(eq(table.conversationId, id))
  await record(tx, { act: 'question.closed', actor: by, person: personId ?? undefined, thing: id })
}

/** Opens it again; with `waits`, as something that must be answered. */
export async function reopen(tx: For<'support'>, { id }: Acting): Promise<Outcome> {
  const conversation = await locked(tx, id)
  if (!conversation?.closedAt) return 'unchanged'
  await open(tx, conversation, { waitingSince: now() })
  return 'done'
}

/** Gives it to somebody of the team, or to nobody. */
export async function assign(tx: For<'support'>, { id }: Acting, staffId: Id | undefined): Promise<Outcome> {
  const conversation = await locked(tx, id)
  if (!conversation) return 'unchanged'
  await tx.delete(conversationTasks).where(eq(conversationTasks.conversationId, id))
  const { personId, expiresAt } = conversation
  if (staffId) await tx.insert(conversationTasks).values({ conversationId: id, personId, staffId, assignedAt: now(), expiresAt })
  return 'done'
}

/** Closes what was answered and found no further word. Returns how many. */
export async function closeQuiet(tx: For<'support'>): Promise<number> {
  const quiet = and(
    isNull(conversations.closedAt),
    isNull(conversations.waitingSince),
    lte(conversations.wroteAt, fromNow(-QUIET_DAYS * DAY)),
  )
  const found = await tx.select().from(conversations).where(quiet).limit(1_000).for('update', { skipLocked: true })
  for (const conversation of found) await closeNow(tx, conversation)
  return found.length
}

/** A conversation by its number. */
export async function conversationOf(tx: For<'support' | 'service'>, id: Id): Promise<Conversation | undefined> {
  return (await tx.select().from(conversations).where(eq(conversations.id, id)))[0]
}

async function locked(tx: For<'support'>, id: Id): Promise<Conversation | undefined> {
  return (await tx.select().from(conversations).where(eq(conversations.id, id)).for('update'))[0]
}

/** Somebody who is signed in. */
export interface Oneself {
  readonly personId: Id
  readonly email: string
}

const ones = ({ personId, email }: Oneself) => or(eq(conversations.personId, personId), eq(conversations.email, email))

/** One's own conversations, the latest first; those from before one had an account, too. */
export const conversationsOf = (tx: For<'service'>, oneself: Oneself): Promise<Conversation[]> =>
  tx.select().from(conversations).where(ones(oneself)).orderBy(desc(conversations.wroteAt)).limit(100)

/** One of one's own conversations. */
export async function ownConversation(tx: For<'service'>, oneself: Oneself, id: Id): Promise<Conversation | undefined> {
  return (
    await tx
      .select()
      .from(conversations)
      .where(and(eq(conversations.id, id), ones(oneself)))
  )[0]
}
