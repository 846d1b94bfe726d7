/** Counts the visits of loaded days: totals, and a count for each value of a dimension. */
import { type DayColumns, type Many, many, type Numbers, single, valuesOf } from './columns.ts'
import { type Dimension, isMany, OTHER } from './dimension.ts'
import { isFew, type PanelName, type Told } from './filtering.ts'
import { type Sharers, type Sharing, sharersOfMany, sharersOfOne, sumOf, unnamedIn } from './naming.ts'

/** How much. Visitors are counted for each day anew, because nobody is known again on another day. */
export interface Counts {
  readonly visitors: number
  readonly visits: number
  /** Pages seen; for actions, links and files: how often. */
  readonly views: number
  /** Visits that saw one page and did nothing else. */
  readonly bounces: number
  /** How long all of it lasted; for pages, how long they were looked at. */
  readonly seconds: number
}

/** Counts under names. */
export class Sums {
  readonly #at = new Map<string, number>()
  readonly names: string[] = []
  readonly visitors: number[] = []
  readonly visits: number[] = []
  readonly views: number[] = []
  readonly bounces: number[] = []
  readonly seconds: number[] = []

  /** Where the counts of a name lie. */
  at(name: string): number {
    const known = this.#at.get(name)
    if (known !== undefined) return known
    this.#at.set(name, this.names.length)
    for (const sums of [this.visitors, this.visits, this.views, this.bounces, this.seconds]) sums.push(0)
    return this.names.push(name) - 1
  }

  add(name: string, counts: Counts): void {
    const at = this.at(name)
    for (const measure of ['visitors', 'visits', 'views', 'bounces', 'seconds'] as const)
      this[measure][at] = (this[measure][at] ?? 0) + counts[measure]
  }

  counts(at: number): Counts {
    const of = (sums: readonly number[]): number => sums[at] ?? 0
    return {
      visitors: of(this.visitors),
      visits: of(this.visits),
      views: of(this.views),
      bounces: of(this.bounces),
      seconds: of(this.seconds),
    }
  }

  all(): { value: string; counts: Counts }[] {
    return this.names.map((value, at) => ({ value, counts: this.counts(at) }))
  }
}

/** Adds up everything that passes, under one name. */
export function addTotals(sums: Sums, name: string, { base }: DayColumns, { places }: Told): void {
  const { visits, visitor, views, seconds, bounced } = base
  const length = places?.length ?? visits
  const counts = { visitors: 0, visits: length, views: 0, bounces: 0, seconds: 0 }
  let last = -1
  for (let place = 0; place < length; place++) {
    const at = places ? places[place]! : place
    counts.views += views[at]!
    counts.seconds += seconds[at]!
    counts.bounces += bounced[at]!
    if (visitor[at] !== last) counts.visitors++
    last = visitor[at]!
  }
  sums.add(name, counts)
}

/** What is told of a day, and the threshold under which values have no name where filters narrow it. */
export interface Wanted {
  readonly told: Told
  readonly least: number
}

/** Adds up what passes under the values of a dimension. */
export function addPanel(sums: Sums, day: DayColumns, dimension: Dimension, { told, least }: Wanted): void {
  if (told.places?.length === 0) return
  const values = valuesOf(day, dimension)
  const counted = new Counted(values.length)
  if (isMany(dimension)) countMany(counted, day, many(day, dimension), told)
  else countSingle(counted, day, single(day, dimension).codes, told)
  const unnamed = told.cells ? unnamedOf(day, dimension, { told, least, counted: counted.visitors }) : none
  // What a visit has many of does not add up to all visits: so few are left out, and nobody can work them out.
  const untold = isMany(dimension) && isFew(sumOf(counted.visitors, unnamed), least)
  for (const [code, value] of values.entries()) {
    if (!counted.visits[code] || (untold && unnamed.has(code))) continue
    sums.add(unnamed.has(code) ? OTHER : value, counted.of(code))
  }
}

const none: ReadonlySet<number> = new Set()

function unnamedOf(day: DayColumns, dimension: Dimension, { told, least, counted }: Wanted & { counted: Int32Array }): ReadonlySet<number> {
  const sharers = (enough: number) => sharersOf(day, dimension, { told, counted, enough })
  return foundOnce(told, dimension, () => unnamedIn({ names: valuesOf(day, dimension), least, sharers, addUp: !isMany(dimension) }))
}

/**
 * The codes of a panel that have no name under these filters: found once, since whole panels and CSV ask for them again.
 * What is told without filters is not of one day alone, so nothing is kept beside it.
 */
function foundOnce({ cells, unnamed }: Told, panel: PanelName, find: () => ReadonlySet<number>): ReadonlySet<number> {
  const found = unnamed.get(panel) ?? find()
  if (cells) unnamed.set(panel, found)
  return found
}

const sharersOf = (day: DayColumns, dimension: Dimension, sharing: Sharing): Sharers =>
  isMany(dimension) ? sharersOfMany(day, many(day, dimension), sharing) : sharersOfOne(day, single(day, dimension).codes, sharing)

/** Counts by code, in numbers that lie close together: a day has many visits. */
class Counted {
  readonly visitors: Int32Array
  readonly visits: Int32Array
  readonly views: Int32Array
  readonly bounces: Int32Array
  readonly seconds: Float64Array
  /** The visitor who was counted last under each code. */
  readonly last: Int32Array

  constructor(codes: number) {
    this.visitors = new Int32Array(codes)
    this.visits = new Int32Array(codes)
    this.views = new Int32Array(codes)
    this.bounces = new Int32Array(codes)
    this.seconds = new Float64Array(codes)
    this.last = new Int32Array(codes).fill(-1)
  }

  of(code: number): Counts {
    const { visitors, visits, views, bounces, seconds } = this
    return { visitors: visitors[code]!, visits: visits[code]!, views: views[code]!, bounces: bounces[code]!, seconds: seconds[code]! }
  }
}

function countSingle(counted: Counted, { base }: DayColumns, codes: Numbers, { places }: Told): void {
  const { visitors, visits, views, bounces, seconds, last } = counted
  const { visitor: who, views: viewed, seconds: lasted, bounced } = base
  const length = places?.length ?? codes.length
  for (let place = 0; place < length; place++) {
    const at = places ? places[place]! : place
    const code = codes[at]!
    visits[code]!++
    views[code]! += viewed[at]!
    seconds[code]! += lasted[at]!
    bounces[code]! += bounced[at]!
    if (last[code] === who[at]) continue
    last[code] = who[at]!
    visitors[code]!++
  }
}

function countMany(counted: Counted, { base }: DayColumns, { starts, codes, counts, seconds: lasted }: Many, { places }: Told): void {
  const { visitors, visits, views, bounces, seconds, last } = counted
  const { visitor: who, bounced } = base
  const length = places?.length ?? base.visits
  for (let place = 0; place < length; place++) {
    const at = places ? places[place]! : place
    const end = starts[at + 1]!
    const [one, left] = [who[at]!, bounced[at]!]
    for (let stay = starts[at]!; stay < end; stay++) {
      const code = codes[stay]!
      visits[code]!++
      views[code]! += counts[stay]!
      seconds[code]! += lasted[stay]!
      bounces[code]! += left
      if (last[code] === one) continue
      last[code] = one
      visitors[code]!++
    }
  }
}

/**
 * Visits by the hour of the week (Monday 0 h is 0), in UTC or on the reader's own clock where it is known.
 * Hours in which fewer visitors came than the threshold are left out.
 */
export function addHeat(hours: number[], day: DayColumns, clock: Clock, { told, least }: Wanted): void {
  if (told.places?.length === 0) return
  const hourOf = hoursIn(day, clock)
  const unnamed = foundOnce(told, clock.clock, () => unnamedHours(day, hourOf, { told, least }))
  const visits = visitsByHour(day, hourOf, told)
  for (let hour = 0; hour < UNTOLD; hour++) if (!unnamed.has(hour)) hours[hour] = (hours[hour] ?? 0) + visits[hour]!
}

/** The hour of the week of each visit. */
type HourOf = (at: number) => number

function unnamedHours(day: DayColumns, hourOf: HourOf, { told, least }: Wanted): ReadonlySet<number> {
  const codes = Uint8Array.from({ length: day.base.visits }, (_, at) => hourOf(at))
  const counted = new Counted(hourNames.length)
  countSingle(counted, day, codes, told)
  const sharers = (enough: number) => sharersOfOne(day, codes, { told, counted: counted.visitors, enough })
  return unnamedIn({ names: hourNames, least, sharers, addUp: true })
}

function visitsByHour(day: DayColumns, hourOf: HourOf, { places }: Told): Int32Array {
  const visits = new Int32Array(hourNames.length)
  const length = places?.length ?? day.base.visits
  for (let place = 0; place < length; place++) visits[hourOf(places ? places[place]! : place)]!++
  return visits
}

/** On which day of the week, and whose clock tells. */
export interface Clock {
  readonly weekday: number
  readonly clock: 'utc' | 'reader'
}

/** The place of those whose hour is not known. */
const UNTOLD = 168
const hourNames = [...Array.from({ length: UNTOLD }, (_, hour) => String(hour)), OTHER]

/** Hours and clocks are few: the hour of the week of each pair of them is worked out once. */
function hoursIn(day: DayColumns, { weekday, clock }: Clock): HourOf {
  const hour = single(day, 'hour')
  const zone = clock === 'utc' ? undefined : single(day, 'zone')
  const zones = zone?.values ?? ['0']
  const pairs = Uint8Array.from({ length: hour.values.length * zones.length }, (_, pair) =>
    hourOfWeek(weekday, hour.values[Math.floor(pair / zones.length)], zones[pair % zones.length]),
  )
  const [hours, ahead, many] = [hour.codes, zone?.codes, zones.length]
  return (at) => pairs[hours[at]! * many + (ahead ? ahead[at]! : 0)]!
}

/** The hour of the week, where hour and clock (in quarters of an hour) are known. */
function hourOfWeek(weekday: number, hour = '', ahead = ''): number {
  const start = Number(hour) + Number(ahead) / 4
  if (hour === '' || ahead === '' || Number.isNaN(start)) return UNTOLD
  return (((weekday * 24 + Math.floor(start)) % 168) + 168) % 168
}
