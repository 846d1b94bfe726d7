/**
 * Letters of which nobody knows whether they arrived, settled by hand. The program never guesses: a person
 * who looked, at the mail server's log say, counts them as sent, or has them sent again and says so.
 */
import { and, eq, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Doing, resent, settled } from './issue.ts'
import { recipients, sendings } from './issue-tables.ts'

const theirs = (doing: Doing) => and(eq(recipients.issueId, doing.issueId), eq(recipients.state, 'uncertain'))

/** Counts the uncertain letters of an issue as sent; not while it is being sent. */
export async function countAsSent(tx: For<'updates'>, doing: Doing): Promise<boolean> {
  if (!(await settled(tx, doing))) return false
  const { rowCount } = await tx.update(recipients).set({ state: 'taken' }).where(theirs(doing))
  await tx
    .update(sendings)
    .set({ uncertain: sql`${sendings.uncertain} - ${rowCount ?? 0}`, taken: sql`${sendings.taken} + ${rowCount ?? 0}` })
    .where(eq(sendings.issueId, doing.issueId))
  return true
}

/** Sends the uncertain letters of an issue that is over once more: whoever got the first one gets two. */
export async function sendAgain(tx: For<'updates'>, doing: Doing): Promise<boolean> {
  if (!(await resent(tx, doing))) return false
  const { rowCount } = await tx
    .update(recipients)
    .set({ state: 'waiting', dueAt: now(), claimedAt: null, doneAt: null, tries: 0 })
    .where(theirs(doing))
  await tx
    .update(sendings)
    .set({ uncertain: sql`${sendings.uncertain} - ${rowCount ?? 0}` })
    .where(eq(sendings.issueId, doing.issueId))
  await enqueue(tx, 'updates.wake', {})
  await record(tx, { act: 'issue.resent', actor: doing.by, thing: doing.issueId })
  return true
}
