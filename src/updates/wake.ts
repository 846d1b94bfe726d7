/** The clock comes by: issues whose time has come start, and those under way go on. */
import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import type { House } from '../web/house.ts'
import { fixRecipients, giveUpRecipients } from './audience.ts'
import { cancelled, type Doing, isApproved, issueOf, issuesToWakeFor, started } from './issue.ts'
import { sendings } from './issue-tables.ts'

/** Starts what is due and wakes what sleeps. Repeating it does no harm. */
export async function wake(house: House): Promise<void> {
  const { due, sending } = await house.db.as('updates', issuesToWakeFor)
  for (const issueId of due) await house.db.as('updates', (tx) => start(tx, house, issueId))
  for (const issueId of sending) await house.db.as('updates', (tx) => goOn(tx, issueId))
}

/** Starts an issue whose time has come: it is settled to whom it goes, in the same transaction. */
async function start(tx: For<'updates'>, house: House, issueId: Id): Promise<void> {
  if (house.config.updatesApproval && !(await isApproved(tx, issueId))) return
  if (!(await started(tx, issueId))) return
  const issue = await issueOf(tx, issueId)
  if (!issue) return
  const people = await fixRecipients(tx, issueId, issue)
  log('updates.started', { issue: issueId, recipients: people })
  await enqueue(tx, 'updates.send', { issueId })
}

// Where nobody holds the lease, a process may have been lost, or there was nothing to do for a while.
async function goOn(tx: For<'updates'>, issueId: Id): Promise<void> {
  const [free] = await tx
    .select({ issueId: sendings.issueId })
    .from(sendings)
    .where(and(eq(sendings.issueId, issueId), or(isNull(sendings.lease), lt(sendings.leasedUntil, now()))))
  if (free) await enqueue(tx, 'updates.send', { issueId })
}

/** Ends an issue for good. Who was not written to yet never will be; letters on their way arrive. */
export async function cancel(tx: For<'updates'>, doing: Doing): Promise<boolean> {
  if (!(await cancelled(tx, doing))) return false
  await giveUpRecipients(tx, doing.issueId)
  return true
}
