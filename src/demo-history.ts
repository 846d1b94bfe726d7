/** The demo's visits of the last weeks: counted and folded day by day, as those of real readers are. */
import { DAY } from './clock.ts'
import { chance } from './demo-names.ts'
import { inventedActions } from './demo-visits.ts'
import type { Action } from './navigation/action.ts'
import { dayOf } from './navigation/dimension.ts'
import { storeOf } from './navigation/store.ts'
import type { House } from './web/house.ts'

/** Enough for 30 days and the 30 before them. */
const DAYS = 60
const FEWEST = 90
const SEED = 24

// A little more from day to day, and fewer at the weekend.
function visitorsOn(day: number, ago: number): number {
  const weekend = [0, 6].includes(new Date(day).getUTCDay())
  return Math.round((FEWEST + (DAYS - ago)) * (weekend ? 0.6 : 1))
}

/** The middle of each measure; half to twice of it are measured. */
const paces = { LCP: 1500, INP: 130, CLS: 0.05, FCP: 900, TTFB: 300 } as const

/** The same actions, and the speeds that some of the browsers measured. */
export function measuredActions(actions: readonly Action[], seed: number): Action[] {
  const roll = chance(seed)
  return actions.flatMap((action) => {
    if (action.kind !== 'time' || roll() < 0.5) return [action]
    const speeds = Object.entries(paces).map(([label, middle]) => ({
      ...action,
      kind: 'pace' as const,
      label,
      amount: middle * 4 ** (roll() - 0.5),
    }))
    return [action, ...speeds]
  })
}

/** Visits up to this moment. */
export async function bringVisits(house: House, until: Date): Promise<void> {
  const store = storeOf(house)
  const today = Math.floor(until.getTime() / DAY) * DAY
  for (let ago = DAYS - 1; ago >= 0; ago--) {
    const day = today - ago * DAY
    const hosts = house.config.hosts.slice(0, 1)
    const invented = measuredActions([...inventedActions({ day, visitors: visitorsOn(day, ago), hosts, seed: SEED })], SEED + day)
    await store.record(invented.filter(({ at }) => at <= until))
    if (ago > 0) await store.fold(dayOf(new Date(day)))
  }
}
