/**
 * A sudden rise or fall: the last whole hours against the same hours of the same weekday in the weeks
 * before. The rule must hold at small numbers, where visits go up and down by chance.
 */
import { DAY, HOUR, now } from '../clock.ts'
import type { House } from '../web/house.ts'
import { type Day, dayBefore, dayOf } from './dimension.ts'
import type { Filter } from './filtering.ts'
import { storeOf } from './store.ts'

export const HOURS = 3
export const WEEKS = 8
export const FEWEST_WEEKS = 4
const TIMES = 2
const LEAST_DIFFERENCE = 20
/** In chance alone a count varies by about its root; four times that hardly ever happens. */
const ROOTS = 4

/** The rule, in the words of the page and of the letter. */
export const ruleWords = [
  `Every hour, the visits of the last ${HOURS} whole hours are compared with the same hours of the same weekday in the ${WEEKS} weeks before. What is usual is the middle one of these weeks, and at least ${FEWEST_WEEKS} of them must have been counted.`,
  `A letter goes when there are at least twice as many visits as usual and more than in any of the weeks, or at most half as many and fewer than in any of them; and only when the difference is at least ${LEAST_DIFFERENCE} visits and at least four times the square root of what is usual, because small numbers go up and down by chance. There is at most one letter a day for each website and direction.`,
] as const

/** What was unusual. */
export interface Sudden {
  readonly site: string
  readonly direction: 'rise' | 'fall'
  /** The beginning of the first hour, and the end of the last. */
  readonly from: Date
  readonly until: Date
  readonly visits: number
  readonly usual: number
  readonly weeks: number
}

/** The middle one; of an even number, between the two in the middle. */
export function median(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) / 2
  return ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2
}

/** Whether so many visits are unusual, by what the weeks before had. */
export function directionOf(visits: number, before: readonly number[]): Sudden['direction'] | undefined {
  if (before.length < FEWEST_WEEKS) return undefined
  const usual = median(before)
  const far = Math.abs(visits - usual) >= Math.max(LEAST_DIFFERENCE, ROOTS * Math.sqrt(usual))
  if (!far) return undefined
  if (visits >= TIMES * usual && visits > Math.max(...before)) return 'rise'
  return visits * TIMES <= usual && visits < Math.min(...before) ? 'fall' : undefined
}

/** What is unusual now, for each website. */
export async function suddenNow(house: House): Promise<Sudden[]> {
  const until = Math.floor(now().getTime() / HOUR) * HOUR
  const sites = await sitesOf(house)
  const found: Sudden[] = []
  for (const site of sites) {
    const filters: Filter[] = sites.length > 1 ? [{ dimension: 'host', values: [site] }] : []
    const sudden = await suddenOn(house, { site, filters, until })
    if (sudden) found.push(sudden)
  }
  return found
}

// The websites of the last weeks, as far as enough visitors came to them.
async function sitesOf(house: House): Promise<string[]> {
  const today = dayOf(now())
  const { rows } = await storeOf(house).panel({ from: dayBefore(today, WEEKS * 7), until: today, filters: [] }, 'host')
  const named = rows.map(({ value }) => value).filter(Boolean)
  return named.length > 0 ? named : [new URL(house.config.origin).hostname]
}

interface Watched {
  readonly site: string
  readonly filters: readonly Filter[]
  readonly until: number
}

async function suddenOn(house: House, { site, filters, until }: Watched): Promise<Sudden | undefined> {
  const counted = await firstCounted(house)
  const weeks = Array.from({ length: WEEKS }, (_, ago) => until - (ago + 1) * 7 * DAY).filter(
    (end) => dayOf(new Date(end - HOURS * HOUR)) >= counted,
  )
  if (weeks.length < FEWEST_WEEKS) return undefined
  const visits = await visitsUntil(house, filters, until)
  const before: number[] = []
  for (const end of weeks) before.push(await visitsUntil(house, filters, end))
  const direction = directionOf(visits, before)
  if (!direction) return undefined
  return {
    site,
    direction,
    from: new Date(until - HOURS * HOUR),
    until: new Date(until),
    visits,
    usual: median(before),
    weeks: weeks.length,
  }
}

// A day on which nobody came counts as none from the first day on that was counted at all.
async function firstCounted({ db }: House): Promise<Day> {
  const text = 'select min(day)::text as day from folded_days'
  const [first] = await db.read<{ day: Day | null }>('improvement', { name: 'first-folded-day', text, values: [] })
  return first?.day ?? '9999-12-31'
}

// Visits that began in the hours before a moment; those may lie on two days.
async function visitsUntil(house: House, filters: readonly Filter[], end: number): Promise<number> {
  const starts = Array.from({ length: HOURS }, (_, ago) => new Date(end - (ago + 1) * HOUR))
  let visits = 0
  for (const day of new Set(starts.map(dayOf))) {
    const heat = await storeOf(house).heat({ from: day, until: day, filters }, 'utc')
    const monday = ((new Date(day).getUTCDay() + 6) % 7) * 24
    for (const start of starts) if (dayOf(start) === day) visits += heat[monday + start.getUTCHours()] ?? 0
  }
  return visits
}
