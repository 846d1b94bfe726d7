/** Filters under a name, notes on the time axis, and links by which others read a report. */
import { createHash, randomBytes } from 'node:crypto'
import { and, asc, between, desc, eq, gt, isNull } from 'drizzle-orm'
import { DAY, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { chartNotes, reportLinks, segments } from './desk-tables.ts'
import type { Day } from './dimension.ts'

export type Segment = typeof segments.$inferSelect
export type ChartNote = typeof chartNotes.$inferSelect
export type ReportLink = typeof reportLinks.$inferSelect

type Tx = For<'improvement'>

// ---- Filters under a name ------------------------------------------------------------------------

export const allSegments = (tx: Tx): Promise<Segment[]> => tx.select().from(segments).orderBy(asc(segments.name)).limit(200)

export async function saveSegment(tx: Tx, { name, words }: Pick<Segment, 'name' | 'words'>): Promise<void> {
  await tx.insert(segments).values({ id: newId(), name, words, madeAt: now() })
}

export const dropSegment = async (tx: Tx, id: Id): Promise<boolean> =>
  (await tx.delete(segments).where(eq(segments.id, id)).returning({ id: segments.id })).length > 0

// ---- Notes ---------------------------------------------------------------------------------------

export const allNotes = (tx: Tx): Promise<ChartNote[]> =>
  tx.select().from(chartNotes).orderBy(desc(chartNotes.day), asc(chartNotes.id)).limit(500)

/** The notes of a period. */
export const notesBetween = (tx: Tx, from: Day, until: Day): Promise<ChartNote[]> =>
  tx
    .select()
    .from(chartNotes)
    .where(between(chartNotes.day, from, until))
    .orderBy(asc(chartNotes.day), asc(chartNotes.id))
    .limit(200)

export async function writeNote(tx: Tx, { day, says }: Pick<ChartNote, 'day' | 'says'>): Promise<void> {
  await tx.insert(chartNotes).values({ id: newId(), day, says, madeAt: now() })
}

export const dropNote = async (tx: Tx, id: Id): Promise<boolean> =>
  (await tx.delete(chartNotes).where(eq(chartNotes.id, id)).returning({ id: chartNotes.id })).length > 0

// ---- Links ---------------------------------------------------------------------------------------

export const LONGEST_LINK_DAYS = 366

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** The links that still open something. */
export const openLinks = (tx: Tx): Promise<ReportLink[]> =>
  tx
    .select()
    .from(reportLinks)
    .where(and(isNull(reportLinks.endedAt), gt(reportLinks.endsAt, now())))
    .orderBy(asc(reportLinks.endsAt))
    .limit(200)

/** Makes a link and returns its secret part: this once, and never again. */
export async function makeLink(tx: Tx, { name, words, days }: { name: string; words: string; days: number }): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  const at = now()
  await tx
    .insert(reportLinks)
    .values({ id: newId(), name, words, tokenHash: hashOf(token), madeAt: at, endsAt: new Date(at.getTime() + days * DAY) })
  return token
}

/** Ends a link: it opens nothing from this moment on. */
export async function endLink(tx: Tx, id: Id): Promise<boolean> {
  const ended = await tx
    .update(reportLinks)
    .set({ endedAt: now() })
    .where(and(eq(reportLinks.id, id), isNull(reportLinks.endedAt)))
    .returning({ id: reportLinks.id })
  return ended.length > 0
}

const FIND = 'select name, words from report_links where token_hash = $1 and ended_at is null and ends_at > $2'

/** The report that this link opens, if it (still) opens one. */
export async function reportBehind(db: Database, token: string): Promise<Pick<ReportLink, 'name' | 'words'> | undefined> {
  const values = [hashOf(token), now()]
  return (
    await db.read<Pick<ReportLink, 'name' | 'words'> & Record<string, unknown>>('improvement', { name: 'report-link', text: FIND, values })
  )[0]
}
