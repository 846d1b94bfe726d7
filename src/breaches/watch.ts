/** Watching the clocks of breaches: no term ends in silence. */
import { now } from '../clock.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import { answerable } from './approving.ts'
import { type Breach, caseOf, note, openBreaches, settledDuties } from './breach.ts'
import { type Clock, clocksOf, reminderDue } from './clock.ts'
import { countConcerned } from './concerned.ts'
import { warningLetter } from './emails.ts'
import { duties } from './kinds.ts'
import { followFates } from './sending.ts'

/** A clock that still runs. */
export interface Running extends Clock {
  readonly state: 'done' | 'spared' | 'open'
}

/** Every duty of a breach with its clock, done or not. */
export async function runningOf({ db }: House, breach: Breach): Promise<Running[]> {
  const { facts } = breach
  const concerned = facts && (await db.as('rights', (tx) => countConcerned(tx, { ...breach, facts }))).people
  const settled = settledDuties(breach)
  return clocksOf(caseOf(breach, concerned)).map((clock) => ({ ...clock, state: settled.get(clock.duty) ?? 'open' }))
}

/** All of it; every ten minutes, because the shortest clock is counted in hours. */
export async function watch(house: House): Promise<void> {
  await house.db.as('rights', followFates)
  const to = (await answerable(house)).map(({ email }) => email)
  for (const breach of await house.db.as('legal', openBreaches)) await warnOf(house, breach, to)
}

async function warnOf(house: House, breach: Breach, to: readonly string[]): Promise<void> {
  const due = (await runningOf(house, breach)).flatMap((clock) => {
    const reminder = clock.state === 'open' ? reminderDue(clock, now()) : undefined
    // A clock that was moved is warned of anew.
    const detail = `${clock.duty}: ${reminder}, ${clock.until.toISOString()}`
    const isTold = breach.acts.some((act) => act.what === 'warned' && act.detail === detail)
    return reminder === undefined || isTold ? [] : [{ clock, detail }]
  })
  if (due.length === 0) return
  await house.db.as('legal', async (tx) => {
    for (const { detail } of due) await note(tx, { id: breach.id, by: null }, 'warned', { detail })
    const facts = due.map(({ clock }): [string, string] => [leftInWords(clock.until, now()), duties[clock.duty]])
    for (const email of to) await post(tx, warningLetter(house, email, breach.id, facts))
  })
  log('breaches.warned', { breach: breach.id, duties: due.length, letters: to.length })
}

/** How long is left, in words. */
export function leftInWords(until: Date, at: Date): string {
  const hours = (until.getTime() - at.getTime()) / 3_600_000
  const many = Math.abs(hours) < 72 ? [Math.floor(Math.abs(hours)), 'hour'] : [Math.floor(Math.abs(hours) / 24), 'day']
  const words = `${many[0]} ${many[1]}${many[0] === 1 ? '' : 's'}`
  return hours < 0 ? `${words} too late` : `${words} left`
}
