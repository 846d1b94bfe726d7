/** Writing the letters about visits, on the clock: each occasion once, to all who asked, in one transaction. */
import { now } from '../clock.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import { dayBefore, dayOf, type Dimension } from './dimension.ts'
import { type Named, suddenLetter, type Week, weeklyLetter } from './emails.ts'
import { goalsReached, panelOf, totalsOf } from './report.ts'
import { noteOccasion, readersOf } from './report-letter.ts'
import type { Asked } from './store.ts'
import { type Sudden, suddenNow } from './sudden.ts'
import { nameOf } from './words.ts'

/** How many pages and sources a letter names. */
const NAMED = 5

/** Writes about the last week that is over, once. */
export async function writeWeekly(house: House): Promise<void> {
  if ((await house.db.as('support', (tx) => readersOf(tx, 'weekly'))).length === 0) return
  const week = await weekUntil(house, now())
  await house.db.as('support', async (tx) => {
    if (!(await noteOccasion(tx, { day: week.from, site: '', occasion: 'week' }))) return
    const readers = await readersOf(tx, 'weekly')
    for (const reader of readers) await post(tx, weeklyLetter(house, reader, week))
    log('navigation.weekly-written', { letters: readers.length })
  })
}

async function weekUntil(house: House, moment: Date): Promise<Week> {
  const today = dayOf(moment)
  const monday = dayBefore(today, ((moment.getUTCDay() + 6) % 7) + 7)
  const asked: Asked = { from: monday, until: dayBefore(monday, -6), filters: [] }
  const earlier: Asked = { from: dayBefore(monday, 7), until: dayBefore(monday), filters: [] }
  const [totals, before] = [await totalsOf(house, asked), await totalsOf(house, earlier)]
  const goals = (await goalsReached(house, asked)).map(({ name, steps }) => ({ name, visits: steps.at(-1)?.count ?? 0 }))
  return { from: monday, totals, before, goals, pages: await named(house, asked, 'page'), sources: await sourcesIn(house, asked) }
}

// Where no website linked here, the channel says how somebody came.
async function sourcesIn(house: House, asked: Asked): Promise<Named> {
  const referrers = await named(house, asked, 'referrer')
  return referrers.length > 0 ? referrers : named(house, asked, 'channel')
}

// Values that too few visitors share have no name in a panel, and so none here.
async function named(house: House, asked: Asked, of: Dimension): Promise<Named> {
  const { rows } = await panelOf(house, asked, of)
  const told = rows.filter(({ value }) => value !== '')
  return told.slice(0, NAMED).map(({ value, counts }) => [nameOf(of, value), counts.visitors])
}

/** Looks whether there are suddenly more or fewer visits than usual, and writes of it; once a day for each website and direction. */
export async function writeSudden(house: House): Promise<void> {
  if ((await house.db.as('support', (tx) => readersOf(tx, 'sudden'))).length === 0) return
  for (const sudden of await suddenNow(house)) await writeOf(house, sudden)
}

async function writeOf(house: House, sudden: Sudden): Promise<void> {
  const today = dayOf(new Date(sudden.until.getTime() - 1))
  const asked: Asked = { from: today, until: today, filters: [] }
  const [pages, sources] = [await named(house, asked, 'page'), await sourcesIn(house, asked)]
  await house.db.as('support', async (tx) => {
    if (!(await noteOccasion(tx, { day: today, site: sudden.site, occasion: sudden.direction }))) return
    const readers = await readersOf(tx, 'sudden')
    for (const reader of readers) await post(tx, suddenLetter(house, reader, { sudden, pages, sources }))
    log('navigation.sudden-written', { letters: readers.length, rise: sudden.direction === 'rise' })
  })
}
