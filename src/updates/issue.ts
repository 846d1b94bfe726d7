/** An issue: a letter to everybody who chose a topic. What was done with it, step by step, is how it stands. */
import { record } from '../audit/record.ts'
import { and, asc, desc, eq, inArray, isNotNull, lte, ne, type SQL, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import { people } from '../people/tables.ts'
import { type Act, issueActs, issues, type Narrowed, sendings } from './issue-tables.ts'
import type { Draft } from './rendering.ts'

export type { Narrowed }
export type Progress = typeof sendings.$inferSelect

/** How many readers are settled: it only grows. */
export const doneOf = ({ taken, refused, left, uncertain, cancelled }: Progress): number => taken + refused + left + uncertain + cancelled

/** Acts after which an issue stands as before. */
type Aside = 'approved' | 'settled'

/** How an issue stands: what the last act made of it. */
export type Standing = 'draft' | 'scheduled' | 'sending' | 'paused' | 'cancelled' | 'sent'

const standings: Record<Exclude<Act, Aside>, Standing> = {
  begun: 'draft',
  edited: 'draft',
  withdrawn: 'draft',
  scheduled: 'scheduled',
  started: 'sending',
  resumed: 'sending',
  paused: 'paused',
  cancelled: 'cancelled',
  finished: 'sent',
  resent: 'sending',
}

export type Issue = typeof issues.$inferSelect & { readonly standing: Standing }

/** An issue as lists show it, with how far it got. */
export interface ListedIssue extends Issue {
  readonly progress: Progress | null
}

/** What was done, when and by whom; without a name it was the program, or somebody who has left. */
export interface NotedAct {
  readonly act: Act
  readonly by: string | null
  readonly doneAt: Date
}

// Names are written out: in a query over one table the builder would leave out whose column it is.
const lastAct = sql<
  Exclude<Act, Aside>
>`(select a.act from issue_acts a where a.issue_id = issues.id and a.act not in ('approved', 'settled')
  order by a.done_at desc, a.id desc limit 1)`

/** The condition that an issue is being sent at this moment, neither paused nor over: for one statement over many. */
export const isSending = (id: Id): SQL => sql`(select act from ${issueActs} where issue_id = ${id} and act not in ('approved', 'settled')
  order by done_at desc, id desc limit 1) in ('started', 'resumed', 'resent')`

/** The words that an address is made of: the subject's, and enough of the number to be the only one. */
export function slugOf(subject: string, id: Id): string {
  const words = subject
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/\{\{.*?\}\}/g, ' ')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return `${words || 'issue'}-${id.slice(-6)}`
}

/** Begins an issue on a topic. */
export async function begin(tx: For<'updates'>, { topic, by }: { topic: string; by: Id }): Promise<Id> {
  const id = newId()
  const empty = { subject: '', preheader: '', body: '', narrowed: {} }
  await tx.insert(issues).values({ id, slug: slugOf('', id), topic, ...empty, begunAt: now(), editedAt: now() })
  await note(tx, { issueId: id, act: 'begun', by })
  return id
}

/** The issue with this number. */
export async function issueOf(tx: For<'updates'>, id: Id): Promise<Issue | undefined> {
  const [row] = await tx.select({ issue: issues, act: lastAct }).from(issues).where(eq(issues.id, id))
  return row && { ...row.issue, standing: standings[row.act] }
}

/** How far the issue got; undefined before it starts. */
export async function progressOf(tx: For<'updates'>, id: Id): Promise<Progress | undefined> {
  return (await tx.select().from(sendings).where(eq(sendings.issueId, id)))[0]
}

/** All issues, the last changed first. */
export async function allIssues(tx: For<'updates'>, most = 200): Promise<ListedIssue[]> {
  const rows = await tx
    .select({ issue: issues, act: lastAct, progress: sendings })
    .from(issues)
    .leftJoin(sendings, eq(sendings.issueId, issues.id))
    .orderBy(desc(issues.editedAt))
    .limit(most)
  return rows.map(({ issue, act, progress }) => ({ ...issue, standing: standings[act], progress }))
}

/** An issue that went out, and since when. */
export type PublishedIssue = Issue & { readonly startedAt: Date }

/** Issues that went out, newest first, for everybody to read. */
export const publishedIssues = (tx: For<'updates'>, { most, after = 0 }: { most: number; after?: number }): Promise<PublishedIssue[]> =>
  published(tx, undefined, { most, after })

/** The issue of this name, if it went out. */
export async function publishedIssue(tx: For<'updates'>, slug: string): Promise<PublishedIssue | undefined> {
  return (await published(tx, eq(issues.slug, slug), { most: 1, after: 0 }))[0]
}

async function published(
  tx: For<'updates'>,
  which: SQL | undefined,
  { most, after }: { most: number; after: number },
): Promise<PublishedIssue[]> {
  const rows = await tx
    .select({ issue: issues, act: lastAct, startedAt: sendings.fixedAt })
    .from(issues)
    .innerJoin(sendings, eq(sendings.issueId, issues.id))
    .where(and(which, ne(lastAct, 'cancelled')))
    .orderBy(desc(sendings.fixedAt), desc(issues.id))
    .limit(most)
    .offset(after)
  return rows.map(({ issue, act, startedAt }) => ({ ...issue, standing: standings[act], startedAt }))
}

/** The time zone in which an issue was last scheduled. */
export async function lastZone(tx: For<'updates'>): Promise<string> {
  const [row] = await tx.select({ zone: issues.zone }).from(issues).where(isNotNull(issues.zone)).orderBy(desc(issues.editedAt)).limit(1)
  return row?.zone ?? 'UTC'
}

/** Everything that was done with an issue, in order. */
export async function actsOf(tx: For<'updates'>, id: Id): Promise<NotedAct[]> {
  return tx
    .select({ act: issueActs.act, by: people.name, doneAt: issueActs.doneAt })
    .from(issueActs)
    .leftJoin(people, eq(people.id, issueActs.byId))
    .where(eq(issueActs.issueId, id))
    .orderBy(asc(issueActs.doneAt), asc(issueActs.id))
}

/** What an act needs: which issue, and who does it; the program is nobody. */
export interface Doing {
  readonly issueId: Id
  readonly by: Id | null
}

async function note(tx: For<'updates'>, { issueId, act, by }: Doing & { act: Act }): Promise<void> {
  await tx.insert(issueActs).values({ id: newId(), issueId, act, byId: by, doneAt: now() })
  log('updates.issue', { issue: issueId, act: word(act), staff: by ?? undefined })
}

// One act at a time on an issue: the row is locked first.
async function lockedIn(tx: For<'updates'>, id: Id, ...allowed: readonly Standing[]): Promise<Issue | undefined> {
  await tx.execute(sql`select from ${issues} where ${issues.id} = ${id} for update`)
  const issue = await issueOf(tx, id)
  return issue && allowed.includes(issue.standing) ? issue : undefined
}

/** Does one thing to an issue that stands as it must; false when it does not. */
async function act(tx: For<'updates'>, doing: Doing & { act: Act }, ...allowed: readonly Standing[]): Promise<boolean> {
  if (!(await lockedIn(tx, doing.issueId, ...allowed))) return false
  await note(tx, doing)
  return true
}

/** Changes a draft. Changes by one person within the hour are noted as one. */
export async function edit(
  tx: For<'updates'>,
  { issueId, by, topic, narrowed, ...draft }: Doing & Draft & { topic: string; narrowed: Narrowed },
): Promise<boolean> {
  if (!(await lockedIn(tx, issueId, 'draft'))) return false
  await tx
    .update(issues)
    .set({ topic, narrowed, ...draft, slug: slugOf(draft.subject, issueId), editedAt: now() })
    .where(eq(issues.id, issueId))
  const [last] = await tx
    .select()
    .from(issueActs)
    .where(eq(issueActs.issueId, issueId))
    .orderBy(desc(issueActs.doneAt), desc(issueActs.id))
    .limit(1)
  const again = last?.act === 'edited' && last.byId === by && now().getTime() - last.doneAt.getTime() < 3_600_000
  if (again) await tx.update(issueActs).set({ doneAt: now() }).where(eq(issueActs.id, last.id))
  else await note(tx, { issueId, act: 'edited', by })
  return true
}

/** Settles when a draft goes; from then on its words are fixed. */
export async function schedule(tx: For<'updates'>, { sendAt, zone, ...doing }: Doing & { sendAt: Date; zone: string }): Promise<boolean> {
  if (!(await act(tx, { ...doing, act: 'scheduled' }, 'draft'))) return false
  await tx.update(issues).set({ sendAt, zone }).where(eq(issues.id, doing.issueId))
  return true
}

/** Takes a scheduled issue back to the desk. An approval goes with it. */
export const withdraw = (tx: For<'updates'>, doing: Doing): Promise<boolean> => act(tx, { ...doing, act: 'withdrawn' }, 'scheduled')

/** Approves a scheduled issue; nobody approves what they wrote or scheduled themselves. */
export async function approve(tx: For<'updates'>, doing: Doing): Promise<'approved' | 'own' | 'not waiting'> {
  if (!(await lockedIn(tx, doing.issueId, 'scheduled'))) return 'not waiting'
  if (!(await mayApprove(tx, doing))) return 'own'
  await note(tx, { ...doing, act: 'approved' })
  await record(tx, { act: 'issue.approved', actor: doing.by, thing: doing.issueId })
  return 'approved'
}

/** Has this person done nothing to the issue that a second person should look at? */
export async function mayApprove(tx: For<'updates'>, { issueId, by }: Doing): Promise<boolean> {
  const theirs = and(eq(issueActs.issueId, issueId), eq(issueActs.byId, by ?? sql`null`))
  const own = await tx
    .select({ id: issueActs.id })
    .from(issueActs)
    .where(and(theirs, inArray(issueActs.act, ['begun', 'edited', 'scheduled'])))
    .limit(1)
  return own.length === 0
}

/** Was it approved as it stands now? An approval before the last scheduling counts for nothing. */
export async function isApproved(tx: For<'updates'>, id: Id): Promise<boolean> {
  const done = (await actsOf(tx, id)).map(({ act }) => act)
  return done.lastIndexOf('approved') > done.lastIndexOf('scheduled')
}

/** Starts an issue whose time has come. */
export async function started(tx: For<'updates'>, issueId: Id): Promise<boolean> {
  if (!(await act(tx, { issueId, by: null, act: 'started' }, 'scheduled'))) return false
  await record(tx, { act: 'issue.sent', thing: issueId })
  return true
}
export const pause = (tx: For<'updates'>, doing: Doing): Promise<boolean> => act(tx, { ...doing, act: 'paused' }, 'sending')
export const resume = (tx: For<'updates'>, doing: Doing): Promise<boolean> => act(tx, { ...doing, act: 'resumed' }, 'paused')
export const cancelled = (tx: For<'updates'>, doing: Doing): Promise<boolean> =>
  act(tx, { ...doing, act: 'cancelled' }, 'scheduled', 'sending', 'paused')
export const settled = (tx: For<'updates'>, doing: Doing): Promise<boolean> =>
  act(tx, { ...doing, act: 'settled' }, 'paused', 'cancelled', 'sent')
export const resent = (tx: For<'updates'>, doing: Doing): Promise<boolean> => act(tx, { ...doing, act: 'resent' }, 'sent')
export const finished = (tx: For<'updates'>, issueId: Id): Promise<boolean> => act(tx, { issueId, by: null, act: 'finished' }, 'sending')

/** The condition that an issue is scheduled and has not begun. */
export const isScheduled: SQL = eq(lastAct, 'scheduled')

/** Scheduled issues whose time has come, and issues that are being sent. */
export async function issuesToWakeFor(tx: For<'updates'>): Promise<{ due: Id[]; sending: Id[] }> {
  const due = await tx
    .select({ id: issues.id })
    .from(issues)
    .where(and(lte(issues.sendAt, now()), isScheduled))
  const sending = await tx
    .select({ id: issues.id })
    .from(issues)
    .innerJoin(sendings, eq(sendings.issueId, issues.id))
    .where(inArray(lastAct, ['started', 'resumed', 'resent']))
  return { due: due.map(({ id }) => id), sending: sending.map(({ id }) => id) }
}
