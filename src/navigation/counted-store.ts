/** A store on a backend. Without a filter a question is answered from the tallies, with filters from the columns. */
import { setImmediate } from 'node:timers/promises'
import { now } from '../clock.ts'
import type { Backend, TalliesWanted } from './backend.ts'
import type { DayColumns } from './columns.ts'
import { addHeat, addPanel, addTotals, type Counts, Sums } from './counting.ts'
import { type Day, dayOf, type Dimension, OTHER } from './dimension.ts'
import { type FoldedDay, foldedBetween, loadDays, toldOf } from './folded.ts'
import { passing, type Told } from './filtering.ts'
import { ALL, foldDay, READER_HOUR, weekdayOf } from './folding.ts'
import { stepsOf, threeQuarters } from './pace.ts'
import { columnsOfUnfolded, forgetOthers, gatheringOf, hereSince } from './present.ts'
import type { Asked, Pace, Panel, Present, Store } from './store.ts'

/** The store on this backend; `least` is the smallest number of visitors that is told apart. */
export const storeOn = (backend: Backend, least: number): Store => ({
  record: (actions) => backend.write(actions),
  totals: async (asked) => together(await byDay(backend, withLeast(asked, least))),
  days: async (asked) => {
    const sums = await byDay(backend, withLeast(asked, least))
    return sums
      .all()
      .map(({ value, counts }) => ({ day: value, counts }))
      .sort((a, b) => (a.day < b.day ? -1 : 1))
  },
  panel: async (asked, dimension) => panelOf(await byValue(backend, withLeast(asked, least), dimension), least),
  heat: (asked, clock) => heat(backend, withLeast(asked, least), clock),
  paces: (asked) => paces(backend, asked, least),
  present: (minutes) => present(backend, minutes),
  unfolded: async () => (await backend.days()).filter((day) => day < dayOf(now())),
  fold: (day) => foldDay(backend, day, least),
})

/** What is asked, and the smallest number of visitors of a day that is told apart. */
interface Sought extends Asked {
  readonly least: number
}

const withLeast = (asked: Asked, least: number): Sought => ({ ...asked, least })

function together(sums: Sums): Counts {
  const all = new Sums()
  for (const { counts } of sums.all()) all.add('', counts)
  return all.counts(all.at(''))
}

function panelOf(sums: Sums, least: number): Panel {
  const other = new Sums()
  other.at('')
  const rows = sums.all().filter(({ value, counts }) => {
    if (value !== OTHER && counts.visitors >= least) return true
    other.add('', counts)
    return false
  })
  rows.sort((a, b) => b.counts.visitors - a.counts.visitors || b.counts.views - a.counts.views || (a.value < b.value ? -1 : 1))
  return { rows, other: other.counts(0) }
}

// ---- Which days, and from where ------------------------------------------------------------------

interface Days {
  readonly folded: readonly FoldedDay[]
  readonly unfolded: readonly Day[]
}

// Partitions are listed first: a day that is folded meanwhile is then found among the folded.
async function daysOf(backend: Backend, { from, until }: Asked): Promise<Days> {
  const there = await backend.days()
  const folded = await foldedBetween(backend.db, from, until)
  const done = new Set(folded.map(({ day }) => day))
  const unfolded = there.filter((day) => !done.has(day))
  forgetOthers(backend, new Set(unfolded))
  return { folded, unfolded: unfolded.filter((day) => day >= from && day <= until) }
}

type Take = (day: Day, columns: DayColumns, told: Told) => void

/** Longest time for which counting keeps others from being served. */
const TURN_MS = 8

// Hands over the columns of every day that tallies cannot answer for; lets others have their turn in between.
async function visit(backend: Backend, { folded, unfolded }: Days, asked: Sought, wanted: readonly Dimension[], take: Take): Promise<void> {
  const dimensions = [...new Set([...asked.filters.map(({ dimension }) => dimension), ...wanted])]
  let turn = performance.now()
  const one = async (day: Day, columns: DayColumns, told: Told): Promise<void> => {
    take(day, columns, told)
    if (performance.now() - turn < TURN_MS) return
    await setImmediate()
    turn = performance.now()
  }
  const loaded = folded.length > 0 ? await loadDays(backend, folded, dimensions) : undefined
  for (const day of folded) {
    const columns = loaded?.get(day.day)
    if (columns) await one(day.day, columns, toldOf(backend, day, { ...asked, columns }))
  }
  for (const day of unfolded) {
    const columns = await columnsOfUnfolded(backend, day, asked.least)
    await one(day, columns, passing(columns, asked.filters, asked.least))
  }
}

// ---- Counting ------------------------------------------------------------------------------------

async function byDay(backend: Backend, asked: Sought): Promise<Sums> {
  const days = await daysOf(backend, asked)
  const sums = new Sums()
  const take: Take = (day, columns, told) => addTotals(sums, day, columns, told)
  if (asked.filters.length > 0) return await visit(backend, days, asked, [], take), sums
  await addTallies(backend, sums, { ...asked, folded: days.folded, dimension: ALL, by: 'day' })
  await visit(backend, { ...days, folded: [] }, asked, [], take)
  return sums
}

async function byValue(backend: Backend, asked: Sought, dimension: Dimension): Promise<Sums> {
  const days = await daysOf(backend, asked)
  const sums = new Sums()
  const take: Take = (_, columns, told) => addPanel(sums, columns, dimension, { told, least: asked.least })
  if (asked.filters.length > 0) await visit(backend, days, asked, [dimension], take)
  else {
    await addTallies(backend, sums, { ...asked, folded: days.folded, dimension, by: 'value' })
    await visit(backend, { ...days, folded: [] }, asked, [dimension], take)
  }
  return sums
}

async function addTallies(backend: Backend, sums: Sums, wanted: TalliesWanted): Promise<void> {
  for (const { name, ...counts } of await backend.tallies(wanted)) sums.add(name, counts)
}

async function heat(backend: Backend, asked: Sought, clock: 'utc' | 'reader'): Promise<number[]> {
  const days = await daysOf(backend, asked)
  const hours = Array<number>(168).fill(0)
  const take: Take = (day, columns, told) => addHeat(hours, columns, { weekday: weekdayOf(day), clock }, { told, least: asked.least })
  const wanted: Dimension[] = clock === 'utc' ? ['hour'] : ['hour', 'zone']
  if (asked.filters.length > 0) return await visit(backend, days, asked, wanted, take), hours
  const tallied = await backend.hours({ ...asked, folded: days.folded, dimension: clock === 'utc' ? 'hour' : READER_HOUR })
  for (const { hour, visits } of tallied) hours[hour] = (hours[hour] ?? 0) + visits
  await visit(backend, { ...days, folded: [] }, asked, wanted, take)
  return hours
}

// ---- Speed, and who is here ----------------------------------------------------------------------

async function paces(backend: Backend, asked: Asked, least: number): Promise<Pace[]> {
  const { folded, unfolded } = await daysOf(backend, asked)
  const rows = await backend.paces({ ...asked, folded })
  for (const day of unfolded) rows.push(...stepsOf((await gatheringOf(backend, day)).paces, least))
  const added = new Map<string, { measure: string; page: string; steps: number[] }>()
  for (const { measure, page, steps } of rows) {
    for (const name of ['', page]) {
      const sum = added.get(`${measure} ${name}`) ?? { measure, page: name, steps: steps.map(() => 0) }
      for (const [at, count] of steps.entries()) sum.steps[at] = (sum.steps[at] ?? 0) + count
      added.set(`${measure} ${name}`, sum)
    }
  }
  return [...added.values()].map(({ measure, page, steps }) => ({
    measure,
    page,
    measurements: steps.reduce((sum, count) => sum + count, 0),
    p75: threeQuarters(measure, steps),
  }))
}

async function present(backend: Backend, minutes: number): Promise<Present> {
  return (await gatheringOf(backend, dayOf(now()))).present(hereSince(minutes))
}
