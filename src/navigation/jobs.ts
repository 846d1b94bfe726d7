import { DAY, MINUTE, now } from '../clock.ts'
import { enqueue, type Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { handOver } from './hand-over.ts'
import { bringHistoryIn } from './history-import.ts'
import { destroySalts } from './salt.ts'
import { storeOf } from './store.ts'
import { writeSudden, writeWeekly } from './writing.ts'

/** Actions that came in at midnight are written by then. */
const GRACE = 10 * MINUTE

export const navigationJobs = (
  house: House,
): Pick<
  Handlers,
  'navigation.fold' | 'navigation.hand-over' | 'navigation.import' | 'navigation.weekly-letter' | 'navigation.sudden-letter'
> => ({
  'navigation.fold': () => foldWhatIsOver(house),
  'navigation.hand-over': () => handOver(house),
  'navigation.import': ({ importId }) => bringHistoryIn(house, importId),
  'navigation.weekly-letter': () => writeWeekly(house),
  'navigation.sudden-letter': () => writeSudden(house),
})

// The rows are gone with the day; their bytes are gone from the files once those are rewritten.
async function foldWhatIsOver(house: House): Promise<void> {
  await destroySalts(house.db)
  const store = storeOf(house)
  const over = (await store.unfolded()).filter((day) => Date.parse(day) + DAY + GRACE <= now().getTime())
  for (const day of over) await store.fold(day)
  if (over.length > 0) await house.db.as('operations', (tx) => enqueue(tx, 'database.scrub', {}))
}
