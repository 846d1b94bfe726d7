/** A report: the answers of the store to one question, put side by side. */
import type { House } from '../web/house.ts'
import type { Counts } from './counting.ts'
import { type Day, dayBefore, type Dimension } from './dimension.ts'
import { allGoals, stepName as stepOf } from './goal.ts'
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
}

export interface Report {
  readonly totals: Counts
  readonly before: Counts
  readonly present: Present
  /** What the steps count: visits where they are hours, because visitors are told apart by day. */
  readonly over: 'visitors' | 'visits'
  readonly steps: readonly Step[]
  readonly panels: ReadonlyMap<Dimension, Panel>
  readonly heat: readonly number[]
  readonly goals: readonly Reached[]
  readonly notes: readonly ChartNote[]
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
  const [totals, earlier, present] = await Promise.all([
    store.totals(question),
    store.totals(before(question)),
    store.present(HERE_MINUTES),
  ])
  const over = daysIn(question) === 1 ? 'visits' : 'visitors'
  // Too few visitors pass the filters: then nothing is told of them, in no panel.
  if (totals.visitors === 0) return { totals, before: earlier, present, over, steps: [], panels: new Map(), heat: [], goals: [], notes: [] }
  const steps = await (over === 'visits' ? hours(house, question) : days(house, question))
  const panels = new Map<Dimension, Panel>()
  for (const dimension of panelled) panels.set(dimension, await store.panel(question, dimension))
  const [goals, notes] = [await goalsReached(house, question), await notesIn(house, question)]
  return { totals, before: earlier, present, over, steps, panels, heat: await store.heat(question, question.clock), goals, notes }
}

const notesIn = ({ db }: House, { from, until }: Asked): Promise<ChartNote[]> => db.as('improvement', (tx) => notesBetween(tx, from, until))

async function goalsReached(house: House, question: Question): Promise<Reached[]> {
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
  return store.panel(asked, dimension)
}

/** Every day of the period with its counts, also those on which nobody came. */
export async function everyDay(house: House, asked: Asked): Promise<{ day: Day; counts: Counts }[]> {
  const known = new Map((await storeOf(house).days(asked)).map(({ day, counts }) => [day, counts]))
  const all = Array.from({ length: daysIn(asked) }, (_, ago) => dayBefore(asked.until, ago)).reverse()
  return all.map((day) => ({ day, counts: known.get(day) ?? NOTHING }))
}

async function days(house: House, asked: Asked): Promise<Step[]> {
  const [these, those] = await Promise.all([everyDay(house, asked), everyDay(house, before(asked))])
  return these.map(({ day, counts }, at) => ({ name: day, count: counts.visitors, before: those[at]?.counts.visitors ?? 0 }))
}

async function hours(house: House, asked: Asked): Promise<Step[]> {
  const store = storeOf(house)
  const [these, those] = await Promise.all([store.heat(asked, 'utc'), store.heat(before(asked), 'utc')])
  const [here, there] = [mondayBased(asked.from) * 24, mondayBased(before(asked).from) * 24]
  return Array.from({ length: 24 }, (_, hour) => ({
    name: `${String(hour).padStart(2, '0')}:00`,
    count: these[here + hour] ?? 0,
    before: those[there + hour] ?? 0,
  }))
}

const mondayBased = (day: Day): number => (new Date(day).getUTCDay() + 6) % 7
