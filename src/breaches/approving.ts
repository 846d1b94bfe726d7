/** Approving that the people concerned are told: two people, each with a fresh proof, each of exactly these words and facts. */
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { may } from '../staff/roles.ts'
import { type Member, team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { type Acting, type Breach, locked, note, noticeOf, type Notice } from './breach.ts'

/** Those of the team who answer for breaches. */
export async function answerable({ db }: House): Promise<Member[]> {
  return (await db.as('support', team)).filter(({ role }) => may(role, 'breaches'))
}

/** How many have to approve: two, unless there is nobody else. A company of one has the same 72 hours. */
export const approvalsNeeded = (members: number): 1 | 2 => (members > 1 ? 2 : 1)

/** Who has approved these words. Whatever is known anew, a list or other words end earlier approvals. */
export function approvers({ acts }: Breach, notice: Notice | undefined): Id[] {
  const since = acts.findLastIndex(({ what }) => what === 'described' || what === 'listed')
  const theirs = acts.slice(since + 1).filter(({ what, detail }) => what === 'approved' && detail === notice?.id)
  return [...new Set(theirs.flatMap(({ byId }) => byId ?? []))]
}

export type Approval = 'approved' | 'sent' | 'unchanged' | 'again'

/** Approves. With the last approval that is needed it is sent off: a job that the same transaction leaves. */
export async function approve(
  tx: For<'legal'>,
  acting: Acting & { by: Id },
  { noticeId, needed }: { noticeId: Id; needed: number },
): Promise<Approval> {
  const breach = await locked(tx, acting.id)
  const notice = await noticeOf(tx, acting.id, 'people')
  if (!breach?.facts || breach.sentAt || breach.closedAt || notice?.id !== noticeId) return 'unchanged'
  const already = approvers(breach, notice)
  if (already.includes(acting.by)) return 'again'
  await note(tx, acting, 'approved', { detail: noticeId })
  if (already.length + 1 < needed) return 'approved'
  await note(tx, acting, 'sent', { detail: noticeId })
  await enqueue(tx, 'breaches.send', { breachId: acting.id })
  return 'sent'
}
