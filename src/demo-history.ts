/** The demo's visits of the last weeks: counted and folded day by day, as those of real readers are. */
import { DAY } from './clock.ts'
import { inventedActions } from './demo-visits.ts'
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

/** Visits up to this moment. */
export async function bringVisits(house: House, until: Date): Promise<void> {
  const store = storeOf(house)
  const today = Math.floor(until.getTime() / DAY) * DAY
  for (let ago = DAYS - 1; ago >= 0; ago--) {
    const day = today - ago * DAY
    const invented = [...inventedActions({ day, visitors: visitorsOn(day, ago), hosts: house.config.hosts.slice(0, 1), seed: SEED })]
    await store.record(invented.filter(({ at }) => at <= until))
    if (ago > 0) await store.fold(dayOf(new Date(day)))
  }
}
