/**
 * Folding: a day that is over is counted once. What stays are tallies of each dimension alone, and the
 * visits as columns, in crowds (`crowd.ts`); the actions and the day's salt go, in the same transaction.
 */
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import type { Backend, Tally } from './backend.ts'
import type { DayColumns } from './columns.ts'
import { addHeat, addPanel, addTotals, Sums } from './counting.ts'
import { common, crowded } from './crowd.ts'
import { type Day, dimensions } from './dimension.ts'
import { everybody } from './filtering.ts'
import { Gathering } from './gathering.ts'
import { routesOf } from './goal.ts'
import { packDay } from './packing.ts'
import { stepsOf } from './pace.ts'

/** Two tallies that are no dimension to filter by: everything, and the hour of the week on the reader's own clock. */
export const ALL = 'all'
export const READER_HOUR = 'reader hour'

const FOLDING = 7_201_905

/** Monday is 0. */
export const weekdayOf = (day: Day): number => (new Date(day).getUTCDay() + 6) % 7

/**
 * Folds a day. Of several processes one does it, the others find it done.
 * @throws when actions came in the meantime; the next try counts them too
 */
export async function foldDay(backend: Backend, day: Day, least: number): Promise<void> {
  const started = performance.now()
  const gathering = new Gathering(await routesOf(backend.db))
  const done = await backend.db.as('improvement', async (tx) => {
    if (!(await claimed(tx, day))) return false
    await backend.readAll(tx, day, (action) => gathering.add(action))
    await keepFolded(backend, tx, { day, gathering, least })
    await tx.$client.query('delete from salts where day <= $1', [day])
    await backend.letGo(tx, day, gathering.actions)
    return true
  })
  await backend.finish(day)
  if (done) log('navigation.folded', { actions: gathering.actions, ms: Math.round(performance.now() - started) })
}

interface Gathered {
  readonly day: Day
  readonly gathering: Gathering
  readonly least: number
}

/** Keeps what may be kept of a day that was gathered. */
export async function keepFolded(backend: Backend, tx: For<'improvement'>, { day, gathering, least }: Gathered): Promise<void> {
  const kept = common(gathering.columns(), least)
  const at = now()
  const tallies = talliesOf(kept, day, least)
  await backend.keep(tx, { day, at, tallies, columns: packDay(crowded(kept, least)), paces: stepsOf(gathering.paces, least) })
  const { actions } = gathering
  await tx.$client.query('insert into folded_days (day, actions, visits, folded_at) values ($1, $2, $3, $4)', [
    ...[day, actions, kept.base.visits, at],
  ])
}

// One day is folded at a time, because two would wait for each other's partitions; whoever comes later
// finds the day in the list.
async function claimed({ $client: client }: For<'improvement'>, day: Day): Promise<boolean> {
  await client.query('select pg_advisory_xact_lock($1)', [FOLDING])
  const { rowCount } = await client.query('select from folded_days where day = $1', [day])
  return rowCount === 0
}

function talliesOf(day: DayColumns, date: Day, least: number): Tally[] {
  const rows: Tally[] = []
  for (const dimension of dimensions) {
    const sums = new Sums()
    addPanel(sums, day, dimension, { told: everybody, least })
    for (const { value, counts } of sums.all()) if (counts.visits > 0) rows.push([dimension, value, counts])
  }
  const all = new Sums()
  addTotals(all, '', day, everybody)
  for (const { value, counts } of all.all()) rows.push([ALL, value, counts])
  return [...rows, ...readerHours(day, date, least)]
}

function readerHours(day: DayColumns, date: Day, least: number): Tally[] {
  const hours = Array<number>(168).fill(0)
  addHeat(hours, day, { weekday: weekdayOf(date), clock: 'reader' }, { told: everybody, least })
  const named = [...hours.entries()].filter(([, visits]) => visits > 0)
  return named.map(([hour, visits]) => [READER_HOUR, String(hour), { visitors: 0, visits, views: 0, bounces: 0, seconds: 0 }])
}
