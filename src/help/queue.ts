/** The queue of those who answer: what waits, what is open, what was closed; and finding a conversation again. */
import { and, asc, count, desc, eq, ilike, inArray, isNotNull, isNull, min, or, type SQL, sql } from 'drizzle-orm'
import { DAY, fromNow } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { anywhere } from '../staff/finder.ts'
import { findPeople } from '../staff/search.ts'
import { conversations, conversationTasks } from './tables.ts'
import { saidIn } from './words.ts'

export const views = ['waiting', 'mine', 'open', 'closed'] as const
export type View = (typeof views)[number]

/** A conversation in a list: with whom, but nothing of what was said. */
export interface Listed {
  readonly id: Id
  readonly who: string | null
  readonly way: (typeof conversations.$inferSelect)['way']
  readonly article: string | null
  readonly beganAt: Date
  readonly waitingSince: Date | null
  readonly wroteAt: Date
  readonly closedAt: Date | null
  readonly staffId: Id | null
}

/** How many are shown at once. */
export const SHOWN = 100

const listed = {
  id: conversations.id,
  who: sql<string | null>`coalesce(${people.name}, ${conversations.name}, ${conversations.email})`,
  way: conversations.way,
  article: conversations.article,
  beganAt: conversations.beganAt,
  waitingSince: conversations.waitingSince,
  wroteAt: conversations.wroteAt,
  closedAt: conversations.closedAt,
  staffId: conversationTasks.staffId,
}

const rows = (tx: For<'support'>) =>
  tx
    .select(listed)
    .from(conversations)
    .leftJoin(people, eq(people.id, conversations.personId))
    .leftJoin(conversationTasks, eq(conversationTasks.conversationId, conversations.id))

/** One of the views; `mine` is what is open and assigned to `staffId`. */
export async function listConversations(tx: For<'support'>, view: View, staffId: Id): Promise<Listed[]> {
  const { waitingSince, closedAt, wroteAt } = conversations
  const where: Record<View, SQL | undefined> = {
    waiting: isNotNull(waitingSince),
    mine: and(isNull(closedAt), eq(conversationTasks.staffId, staffId)),
    open: isNull(closedAt),
    closed: isNotNull(closedAt),
  }
  const order =
    view === 'closed' ? [desc(closedAt)] : view === 'waiting' ? [asc(waitingSince)] : [sql`${waitingSince} nulls last`, desc(wroteAt)]
  return rows(tx)
    .where(where[view])
    .orderBy(...order)
    .limit(SHOWN)
}

/** How many wait for an answer, and since when the first of them. */
export async function waiting(tx: For<'support'>): Promise<{ count: number; oldest: Date | undefined }> {
  const { waitingSince } = conversations
  const [row] = await tx
    .select({ count: count(), oldest: min(waitingSince) })
    .from(conversations)
    .where(isNotNull(waitingSince))
  return { count: row?.count ?? 0, oldest: row?.oldest ?? undefined }
}

/** So far back, and in so many conversations, the words are looked through. */
export const LOOKED_THROUGH = { days: 90, conversations: 500 } as const

/** What was found, and whether more might be: what lies further back was not looked through. */
export interface Finding {
  readonly listed: readonly Listed[]
  readonly bounded: boolean
}

/**
 * Finds conversations by their number, by whom they are with, and by the words in the latest of them. What was said is
 * sealed, so nothing but opening it finds a word: that is done in memory, for as many as say `LOOKED_THROUGH`, and
 * shows which conversations, not what is in them.
 */
export async function findConversations(tx: For<'support'>, sought: string): Promise<Finding> {
  const id = asId(sought)
  if (id) return { listed: await rows(tx).where(eq(conversations.id, id)), bounded: false }
  const byPerson = await withWhom(tx, sought)
  const { found, bounded } = await withWords(tx, sought)
  const ids = [...new Set([...byPerson, ...found])].slice(0, SHOWN)
  if (ids.length === 0) return { listed: [], bounded }
  const shown = await rows(tx).where(inArray(conversations.id, ids)).orderBy(desc(conversations.wroteAt))
  return { listed: shown, bounded }
}

/** Conversations with somebody, or of a number. */
export async function conversationsWithWhom(tx: For<'support'>, sought: string): Promise<Listed[]> {
  const id = asId(sought)
  const ids = id ? [id] : await withWhom(tx, sought)
  return ids.length === 0 ? [] : rows(tx).where(inArray(conversations.id, ids)).orderBy(desc(conversations.wroteAt))
}

async function withWhom(tx: For<'support'>, part: string): Promise<Id[]> {
  const found = await findPeople(tx, { part, staffOnly: false, order: 'joined', descending: true })
  const known = found.people.map((person) => person.id)
  const { id, personId, email, name, wroteAt } = conversations
  const theirs = or(
    known.length > 0 ? inArray(personId, known) : undefined,
    and(isNotNull(email), or(ilike(email, anywhere(part)), ilike(name, anywhere(part)))),
  )
  return (await tx.select({ id }).from(conversations).where(theirs).orderBy(desc(wroteAt)).limit(SHOWN)).map((row) => row.id)
}

async function withWords(tx: For<'support'>, sought: string): Promise<{ found: Id[]; bounded: boolean }> {
  const { id, personId, wroteAt } = conversations
  const latest = await tx
    .select({ id, personId })
    .from(conversations)
    .where(sql`${wroteAt} > ${fromNow(-LOOKED_THROUGH.days * DAY).toISOString()}`)
    .orderBy(desc(wroteAt))
    .limit(LOOKED_THROUGH.conversations)
  const words = plain(sought).split(' ')
  const found = [...(await saidIn(tx, latest))].filter(([, said]) => words.every((part) => plain(said).includes(part))).map(([one]) => one)
  return { found, bounded: latest.length === LOOKED_THROUGH.conversations }
}

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
