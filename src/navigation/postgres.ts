/** The store on PostgreSQL. Without a filter a question is answered from the tallies, with filters from the columns. */
import { setImmediate } from 'node:timers/promises'
import { now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import type { DayColumns } from './columns.ts'
import { addHeat, addPanel, addTotals, type Counts, Sums } from './counting.ts'
import { type Day, dayOf, type Dimension, OTHER } from './dimension.ts'
import { type FoldedDay, foldedBetween, loadDays, toldOf } from './folded.ts'
import { passing, type Told } from './filtering.ts'
import { ALL, foldDay, READER_HOUR, weekdayOf } from './folding.ts'
import { stepsOf, threeQuarters } from './pace.ts'
import { columnsOfUnfolded, forgetOthers, gatheringOf, hereSince } from './present.ts'
import { writeActions } from './rows.ts'
import type { Asked, Pace, Panel, Present, Store } from './store.ts'

/** The store in this database; `least` is the smallest number of visitors that is told apart. */
export const postgresStore = (db: Database, least: number): Store => ({
  record: (actions) => writeActions(db, actions),
  totals: async (asked) => together(await byDay(db, withLeast(asked, least))),
  days: async (asked) => {
    const sums = await byDay(db, withLeast(asked, least))
    return sums
      .all()
      .map(({ value, counts }) => ({ day: value, counts }))
      .sort((a, b) => (a.day < b.day ? -1 : 1))
  },
  panel: async (asked, dimension) => panelOf(await byValue(db, withLeast(asked, least), dimension), least),
  heat: (asked, clock) => heat(db, withLeast(asked, least), clock),
  paces: (asked) => paces(db, asked, least),
  present: (minutes) => present(db, minutes),
  unfolded: async () => (await unfoldedDays(db)).filter((day) => day < dayOf(now())),
  fold: (day) => foldDay(db, day, least),
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

/** Days whose actions are there, from the names of their partitions. */
async function unfoldedDays(db: Database): Promise<Day[]> {
  const text = `select to_date(right(c.relname, 8), 'YYYYMMDD')::text as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
                 where i.inhparent = 'actions'::regclass order by 1`
  const rows = await db.read<{ day: Day }>('improvement', { name: 'unfolded-days', text, values: [] })
  return rows.map(({ day }) => day)
}

interface Days {
  readonly folded: readonly FoldedDay[]
  readonly unfolded: readonly Day[]
}

// Partitions are listed first: a day that is folded meanwhile is then found among the folded.
async function daysOf(db: Database, { from, until }: Asked): Promise<Days> {
  const there = await unfoldedDays(db)
  const folded = await foldedBetween(db, from, until)
  const done = new Set(folded.map(({ day }) => day))
  const unfolded = there.filter((day) => !done.has(day))
  forgetOthers(db, new Set(unfolded))
  return { folded, unfolded: unfolded.filter((day) => day >= from && day <= until) }
}

type Take = (day: Day, columns: DayColumns, told: Told) => void

/** Longest time for which counting keeps others from being served. */
const TURN_MS = 8

// Hands over the columns of every day that tallies cannot answer for; lets others have their turn in between.
async function visit(db: Database, { folded, unfolded }: Days, asked: Sought, wanted: readonly Dimension[], take: Take): Promise<void> {
  const dimensions = [...new Set([...asked.filters.map(({ dimension }) => dimension), ...wanted])]
  let turn = performance.now()
  const one = async (day: Day, columns: DayColumns, told: Told): Promise<void> => {
    take(day, columns, told)
    if (performance.now() - turn < TURN_MS) return
    await setImmediate()
    turn = performance.now()
  }
  const loaded = folded.length > 0 ? await loadDays(db, folded, dimensions) : undefined
  for (const day of folded) {
    const columns = loaded?.get(day.day)
    if (columns) await one(day.day, columns, toldOf(db, day, { ...asked, columns }))
  }
  for (const day of unfolded) {
    const columns = await columnsOfUnfolded(db, day, asked.least)
    await one(day, columns, passing(columns, asked.filters, asked.least))
  }
}

// ---- Counting ------------------------------------------------------------------------------------

async function byDay(db: Database, asked: Sought): Promise<Sums> {
  const days = await daysOf(db, asked)
  const sums = new Sums()
  const take: Take = (day, columns, told) => addTotals(sums, day, columns, told)
  if (asked.filters.length > 0) return await visit(db, days, asked, [], take), sums
  await addTallies(db, sums, asked, { dimension: ALL, by: 'day::text' })
  await visit(db, { ...days, folded: [] }, asked, [], take)
  return sums
}

async function byValue(db: Database, asked: Sought, dimension: Dimension): Promise<Sums> {
  const days = await daysOf(db, asked)
  const sums = new Sums()
  const take: Take = (_, columns, told) => addPanel(sums, columns, dimension, { told, least: asked.least })
  if (asked.filters.length > 0) await visit(db, days, asked, [dimension], take)
  else {
    await addTallies(db, sums, asked, { dimension, by: 'value' })
    await visit(db, { ...days, folded: [] }, asked, [dimension], take)
  }
  return sums
}

async function addTallies(
  db: Database,
  sums: Sums,
  { from, until }: Asked,
  { dimension, by }: { dimension: string; by: 'value' | 'day::text' },
): Promise<void> {
  const text = `
    select ${by} as name, sum(visitors)::float8 as visitors, sum(visits)::float8 as visits, sum(views)::float8 as views,
           sum(bounces)::float8 as bounces, sum(seconds)::float8 as seconds
      from tallies where dimension = $1 and day between $2 and $3 group by 1`
  const name = `tallies-${by === 'value' ? 'value' : 'day'}`
  const rows = await db.read<Counts & { name: string }>('improvement', { name, text, values: [dimension, from, until] })
  for (const { name: value, ...counts } of rows) sums.add(value, counts)
}

async function heat(db: Database, asked: Sought, clock: 'utc' | 'reader'): Promise<number[]> {
  const days = await daysOf(db, asked)
  const hours = Array<number>(168).fill(0)
  const take: Take = (day, columns, told) => addHeat(hours, columns, { weekday: weekdayOf(day), clock }, { told, least: asked.least })
  const wanted: Dimension[] = clock === 'utc' ? ['hour'] : ['hour', 'zone']
  if (asked.filters.length > 0) return await visit(db, days, asked, wanted, take), hours
  await addHours(db, hours, asked, clock)
  await visit(db, { ...days, folded: [] }, asked, wanted, take)
  return hours
}

async function addHours(db: Database, hours: number[], { from, until }: Asked, clock: 'utc' | 'reader'): Promise<void> {
  const place = clock === 'utc' ? '(extract(isodow from day)::int - 1) * 24 + value::int' : 'value::int'
  const text = `select ${place} as hour, sum(visits)::float8 as visits from tallies
                 where dimension = $1 and day between $2 and $3 and value ~ '^[0-9]+$' group by 1`
  const values = [clock === 'utc' ? 'hour' : READER_HOUR, from, until]
  const rows = await db.read<{ hour: number; visits: number }>('improvement', { name: `tallies-hours-${clock}`, text, values })
  for (const { hour, visits } of rows) hours[hour] = (hours[hour] ?? 0) + visits
}

// ---- Speed, and who is here ----------------------------------------------------------------------

async function paces(db: Database, asked: Asked, least: number): Promise<Pace[]> {
  const { unfolded } = await daysOf(db, asked)
  const text = 'select measure, page, steps from paces where day between $1 and $2'
  const rows = await db.read<{ measure: string; page: string; steps: number[] }>('improvement', {
    name: 'paces',
    text,
    values: [asked.from, asked.until],
  })
  for (const day of unfolded) rows.push(...stepsOf((await gatheringOf(db, day)).paces, least))
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

async function present(db: Database, minutes: number): Promise<Present> {
  return (await gatheringOf(db, dayOf(now()))).present(hereSince(minutes))
}
