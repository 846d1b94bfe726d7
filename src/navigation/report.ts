/** A report: the answers of the store to one question, put side by side. */
import type { House } from '../web/house.ts'
import { type Counts, Sums } from './counting.ts'
import { type Day, dayBefore, type Dimension, OTHER } from './dimension.ts'
import { ALL } from './folding.ts'
import { allGoals, stepName as stepOf } from './goal.ts'
import { type Brought, broughtIn, historyBy } from './history.ts'
import type { Origin } from './history-tables.ts'
import { type ChartNote, notesBetween } from './kept.ts'
import { before, daysIn, type Question } from './question.ts'
import { type Asked, type Panel, type Present, storeOf } from './store.ts'

/** How many rows a panel shows, and where somebody counts as being here. */
export const ROWS = 10
export const HERE_MINUTES = 5

export const NOTHING: Counts = { visitors: 0, visits: 0, views: 0, bounces: 0, seconds: 0 }
const NO_PANEL: Panel = { rows: [], other: NOTHING }

/** One moment of the time axis: a day, or an hour of a single day. */
export interface Step {
  readonly name: string
  readonly count: number
  readonly before: number
  /** The programs that it was brought in from; nothing for our own counts. */
  readonly origins: readonly Origin[]
}

export interface Report {
  readonly totals: Counts
  /** The same without what was brought in from other programs. */
  readonly own: Counts
  readonly before: Counts
  readonly present: Present
  /** What the steps count: visits where they are hours, because visitors are told apart by day. */
  readonly over: 'visitors' | 'visits'
  readonly steps: readonly Step[]
  readonly panels: ReadonlyMap<Dimension, Panel>
  readonly heat: readonly number[]
  readonly goals: readonly Reached[]
  readonly notes: readonly ChartNote[]
  /** What was brought in and lies in the period. Under filters it is in no number. */
  readonly brought: readonly Brought[]
}

/** How many visits came how far on the way to a goal. */
export interface Reached {
  readonly name: string
  readonly steps: readonly { readonly says: string; readonly count: number }[]
}

/** What a page of reports shows beside everything else, in its order. */
export const panelled = [
  ...['page', 'entry', 'exit', 'channel', 'referrer', 'campaign', 'country', 'region', 'language', 'browser', 'version', 'device'],
  ...['host', 'action', 'property', 'link', 'file', 'missing'],
] as const satisfies readonly Dimension[]

/** Everything that the page of reports shows. */
export async function reportOf(house: House, question: Question): Promise<Report> {
  const store = storeOf(house)
  const [own, totals, earlier, present, brought] = await Promise.all([
    store.totals(question),
    totalsOf(house, question),
    totalsOf(house, before(question)),
    store.present(HERE_MINUTES),
    broughtIn(house.db, question),
  ])
  const over = daysIn(question) === 1 ? 'visits' : 'visitors'
  const begun = { totals, own, before: earlier, present, over, brought } as const
  // Too few visitors pass the filters: then nothing is told of them, in no panel.
  if (totals.visitors === 0) return { ...begun, steps: [], panels: new Map(), heat: [], goals: [], notes: [] }
  const steps = await (over === 'visits' ? hours(house, question) : days(house, question))
  const panels = new Map<Dimension, Panel>()
  for (const dimension of panelled) panels.set(dimension, await withHistory(house, question, dimension))
  const [goals, notes] = [await goalsReached(house, question), await notesIn(house, question)]
  return { ...begun, steps, panels, heat: await store.heat(question, question.clock), goals, notes }
}

/** Everything together, with what was brought in from other programs. */
export async function totalsOf(house: House, asked: Asked): Promise<Counts> {
  const [own, history] = [await storeOf(house).totals(asked), await historyBy(house.db, 'day', asked, ALL)]
  return sumOf([own, ...history.map(({ counts }) => counts)])
}

function sumOf(all: readonly Counts[]): Counts {
  const sums = new Sums()
  for (const counts of all) sums.add('', counts)
  return sums.counts(sums.at(''))
}

// The values of both, the most visitors first.
async function withHistory(house: House, asked: Asked, dimension: Dimension): Promise<Panel> {
  const own = await storeOf(house).panel(asked, dimension)
  const history = await historyBy(house.db, 'value', asked, dimension)
  if (history.length === 0) return own
  const sums = new Sums()
  for (const { value, counts } of own.rows) sums.add(value, counts)
  for (const { name, counts } of history) if (name !== OTHER) sums.add(name, counts)
  const rows = sums
    .all()
    .toSorted(({ value: a, counts: one }, { value: b, counts: two }) => two.visitors - one.visitors || (a < b ? -1 : 1))
  return { rows, other: sumOf([own.other, ...history.filter(({ name }) => name === OTHER).map(({ counts }) => counts)]) }
}

const notesIn = ({ db }: House, { from, until }: Asked): Promise<ChartNote[]> => db.as('improvement', (tx) => notesBetween(tx, from, until))

/** How many visits came how far to each goal. */
export async function goalsReached(house: House, question: Asked): Promise<Reached[]> {
  const goals = await house.db.as('improvement', allGoals)
  if (goals.length === 0) return []
  const { rows } = await storeOf(house).panel(question, 'step')
  const visits = new Map(rows.map(({ value, counts }) => [value, counts.visits]))
  return goals.map(({ id, name, steps }) => ({
    name,
    steps: steps.map((says, at) => ({ says, count: visits.get(stepOf(id, at + 1)) ?? 0 })),
  }))
}

/** The counts of a dimension, or nothing where too few visitors pass the filters. */
export async function panelOf(house: House, asked: Asked, dimension: Dimension): Promise<Panel> {
  const store = storeOf(house)
  if (asked.filters.length > 0 && (await store.totals(asked)).visitors === 0) return NO_PANEL
  return withHistory(house, asked, dimension)
}

/** Every day of the period with its counts, also those on which nobody came. */
export async function everyDay(house: House, asked: Asked): Promise<{ day: Day; counts: Counts; origins: readonly Origin[] }[]> {
  const known = new Map((await storeOf(house).days(asked)).map(({ day, counts }) => [day, counts]))
  const history = new Map((await historyBy(house.db, 'day', asked, ALL)).map((one) => [one.name, one]))
  const all = Array.from({ length: daysIn(asked) }, (_, ago) => dayBefore(asked.until, ago)).reverse()
  return all.map((day) => ({
    day,
    counts: known.get(day) ?? history.get(day)?.counts ?? NOTHING,
    origins: known.has(day) ? [] : (history.get(day)?.origins ?? []),
  }))
}

async function days(house: House, asked: Asked): Promise<Step[]> {
  const [these, those] = await Promise.all([everyDay(house, asked), everyDay(house, before(asked))])
  return these.map(({ day, counts, origins }, at) => ({
    name: day,
    count: counts.visitors,
    before: those[at]?.counts.visitors ?? 0,
    origins,
  }))
}

async function hours(house: House, asked: Asked): Promise<Step[]> {
  const store = storeOf(house)
  const [these, those] = await Promise.all([store.heat(asked, 'utc'), store.heat(before(asked), 'utc')])
  const [here, there] = [mondayBased(asked.from) * 24, mondayBased(before(asked).from) * 24]
  return Array.from({ length: 24 }, (_, hour) => ({
    name: `${String(hour).padStart(2, '0')}:00`,
    count: these[here + hour] ?? 0,
    before: those[there + hour] ?? 0,
    origins: [],
  }))
}

const mondayBased = (day: Day): number => (new Date(day).getUTCDay() + 6) % 7
