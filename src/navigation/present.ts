/** The days that are not folded yet, gathered in memory: at the first question from all their rows, later from what is new. */
import { MINUTE, now } from '../clock.ts'
import type { Backend } from './backend.ts'
import type { DayColumns } from './columns.ts'
import { common } from './crowd.ts'
import type { Day } from './dimension.ts'
import { Gathering } from './gathering.ts'
import { routesOf } from './goal.ts'

interface Gathered {
  readonly gathering: Gathering
  /** The goals that it was gathered for. */
  readonly goals: string
  /** Reads what is new. */
  readonly catchUp: ReturnType<Backend['follow']>
  /** How many actions the columns hold. */
  held: number
  columns: DayColumns | undefined
  /** Questions that come at once wait for one reading. */
  reading: Promise<void> | undefined
}

const gathered = new WeakMap<Backend, Map<Day, Gathered>>()

async function caughtUp(backend: Backend, day: Day): Promise<Gathered> {
  const days = gathered.get(backend) ?? new Map<Day, Gathered>()
  gathered.set(backend, days)
  const routes = await routesOf(backend.db)
  const goals = JSON.stringify(routes)
  const same = days.get(day)?.goals === goals ? days.get(day) : undefined
  const known = same ?? {
    ...{ gathering: new Gathering(routes), goals, catchUp: backend.follow(day) },
    ...{ held: -1, columns: undefined, reading: undefined },
  }
  days.set(day, known)
  known.reading ??= known
    .catchUp((action) => known.gathering.add(action))
    .catch((fault: unknown) => {
      // Half of a reading may be in it.
      days.delete(day)
      throw fault
    })
    .finally(() => {
      known.reading = undefined
    })
  await known.reading
  return known
}

/** The visits of a day that is not folded, up to now; what fewer than `least` visitors share has no name here, either. */
export async function columnsOfUnfolded(backend: Backend, day: Day, least: number): Promise<DayColumns> {
  const known = await caughtUp(backend, day)
  if (!known.columns || known.held !== known.gathering.actions) {
    known.columns = common(known.gathering.columns(), least)
    known.held = known.gathering.actions
  }
  return known.columns
}

/** Everything that was gathered of a day that is not folded. */
export const gatheringOf = async (backend: Backend, day: Day): Promise<Gathering> => (await caughtUp(backend, day)).gathering

/** Forgets what was gathered of days other than these. */
export function forgetOthers(backend: Backend, days: ReadonlySet<Day>): void {
  for (const day of gathered.get(backend)?.keys() ?? []) if (!days.has(day)) gathered.get(backend)?.delete(day)
}

/** The moment from which on somebody counts as being here. */
export const hereSince = (minutes: number): number => now().getTime() - minutes * MINUTE
