/**
 * Watching the clocks: no day passes in silence. Those who answer are written to ten days, three days and no
 * day before the last one, and then every day; a request that nobody confirms is closed as its letter said.
 */
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { may } from '../staff/roles.ts'
import { team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { dayIn, warningDue } from './deadline.ts'
import { warningLetter } from './emails.ts'
import { lapse } from './request.ts'
import { type Listed, listRequests, warningsOf } from './queue.ts'
import { note } from './steps.ts'

/** All of it; every hour. */
export async function watch(house: House): Promise<void> {
  await house.db.as('rights', lapse)
  const members = await house.db.as('support', team)
  const to = members.filter(({ role }) => may(role, 'requests')).map(({ email }) => email)
  await house.db.as('legal', (tx) => warn(tx, house, to))
}

async function warn(tx: For<'legal'>, house: House, to: readonly string[]): Promise<void> {
  const today = dayIn(house.config.privacyClock.zone, now())
  const due: Listed[] = []
  // As many as there are: none may be overlooked because others come before it.
  for (const listed of await listRequests(tx, house, 'open', 100_000)) {
    const warning = warningDue(today, listed.request.answerBy)
    // A day that was moved is warned of anew.
    const detail = `${warning}, ${listed.request.answerBy}`
    if (warning === undefined || (await isWarned(tx, house, listed, detail))) continue
    await note(tx, listed.request, 'warned', { detail })
    due.push(listed)
  }
  if (due.length === 0) return
  const shown = due.slice(0, 50).map(({ request, daysLeft }): [string, string] => [request.id, `${request.kind}, ${inDays(daysLeft)}`])
  const facts = due.length > 50 ? [...shown, ['and more', String(due.length - 50)] as const] : shown
  for (const email of to) await post(tx, warningLetter(house, email, facts))
  log('requests.warned', { requests: due.length, letters: to.length })
}

// What is overdue is told every day; everything else once.
async function isWarned(tx: For<'legal'>, house: House, { request }: Listed, detail: string): Promise<boolean> {
  const { zone } = house.config.privacyClock
  const told = (await warningsOf(tx, request.id)).filter((warned) => warned.detail === detail)
  return detail.startsWith('overdue') ? told.some(({ happenedAt }) => dayIn(zone, happenedAt) === dayIn(zone, now())) : told.length > 0
}

/** How long is left, in words. */
export function inDays(left: number): string {
  if (left < 0) return `${-left} ${left === -1 ? 'day' : 'days'} too late`
  return left === 0 ? 'today' : `${left} ${left === 1 ? 'day' : 'days'} left`
}
