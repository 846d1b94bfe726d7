/** Counts the visits of loaded days: filters that combine, totals, and a count for each value of a dimension. */
import { type DayColumns, type Many, many, type Numbers, single, valuesOf } from './columns.ts'
import { type Dimension, isMany, OTHER } from './dimension.ts'

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

/** Only visits that have one of these values, or (`not`) none of them. A value that ends in `*` stands for all that begin so. */
export interface Filter {
  readonly dimension: Dimension
  readonly values: readonly string[]
  readonly not?: boolean
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

/** Places of the visits that pass every filter, in order; undefined when all do. */
export type Passing = Uint32Array | undefined

/** Finds the visits that pass: filter by filter, those of which a visit has one value first, because they cost least. */
export function passing(day: DayColumns, filters: readonly Filter[]): Passing {
  let found: Passing
  for (const filter of filters.toSorted((a, b) => Number(isMany(a.dimension)) - Number(isMany(b.dimension)))) {
    const flip = filter.not ? 1 : 0
    const wanted = Uint8Array.from(valuesOf(day, filter.dimension), (value) => (meets(filter, value) ? 1 : 0))
    found = isMany(filter.dimension)
      ? havingAny(found, many(day, filter.dimension), wanted, flip)
      : havingOne(found, single(day, filter.dimension).codes, wanted, flip)
  }
  return found
}

const meets = ({ values }: Filter, value: string): boolean =>
  values.some((wanted) => (wanted.endsWith('*') ? value !== OTHER && value.startsWith(wanted.slice(0, -1)) : value === wanted))

// Without a branch: which visits pass is hard to guess for a processor, too.
function havingOne(from: Passing, codes: Numbers, wanted: Uint8Array, flip: number): Uint32Array {
  const found = new Uint32Array(from?.length ?? codes.length)
  let length = 0
  for (let place = 0; place < found.length; place++) {
    const at = from ? from[place]! : place
    found[length] = at
    length += wanted[codes[at]!]! ^ flip
  }
  return found.slice(0, length)
}

function havingAny(from: Passing, { starts, codes }: Many, wanted: Uint8Array, flip: number): Uint32Array {
  const found = new Uint32Array(from?.length ?? starts.length - 1)
  let length = 0
  for (let place = 0; place < found.length; place++) {
    const at = from ? from[place]! : place
    const end = starts[at + 1]!
    let has = 0
    for (let stay = starts[at]!; stay < end; stay++) has |= wanted[codes[stay]!]!
    found[length] = at
    length += has ^ flip
  }
  return found.slice(0, length)
}

/** Adds up everything that passes, under one name. */
export function addTotals(sums: Sums, name: string, day: DayColumns, found: Passing): void {
  const { visits, visitor, views, seconds, bounced } = day.base
  const length = found?.length ?? visits
  const counts = { visitors: 0, visits: length, views: 0, bounces: 0, seconds: 0 }
  let last = -1
  for (let place = 0; place < length; place++) {
    const at = found ? found[place]! : place
    counts.views += views[at]!
    counts.seconds += seconds[at]!
    counts.bounces += bounced[at]!
    if (visitor[at] !== last) counts.visitors++
    last = visitor[at]!
  }
  sums.add(name, counts)
}

/** Adds up what passes under the values of a dimension. */
export function addPanel(sums: Sums, day: DayColumns, dimension: Dimension, found: Passing): void {
  const counted = new Counted(valuesOf(day, dimension).length)
  if (isMany(dimension)) countMany(counted, day, many(day, dimension), found)
  else countSingle(counted, day, single(day, dimension).codes, found)
  for (const [code, value] of valuesOf(day, dimension).entries()) if (counted.visits[code]! > 0) sums.add(value, counted.of(code))
}

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

function countSingle(counted: Counted, { base }: DayColumns, codes: Numbers, found: Passing): void {
  const { visitors, visits, views, bounces, seconds, last } = counted
  const { visitor: who, views: viewed, seconds: lasted, bounced } = base
  const length = found?.length ?? codes.length
  for (let place = 0; place < length; place++) {
    const at = found ? found[place]! : place
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

function countMany(counted: Counted, { base }: DayColumns, { starts, codes, counts, seconds: lasted }: Many, found: Passing): void {
  const { visitors, visits, views, bounces, seconds, last } = counted
  const { visitor: who, bounced } = base
  const length = found?.length ?? base.visits
  for (let place = 0; place < length; place++) {
    const at = found ? found[place]! : place
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

/** Visits by the hour of the week (Monday 0 h is 0), in UTC or on the reader's own clock where it is known. */
export function addHeat(hours: number[], day: DayColumns, { weekday, clock }: Clock, found: Passing): void {
  const hour = single(day, 'hour')
  const zones = clock === 'utc' ? undefined : single(day, 'zone')
  const ahead = zones?.values.map((value) => (isNumber(value) ? Number(value) / 4 : undefined)) ?? [0]
  // Hours and clocks are few: they are counted in pairs, and the pairs told on the clock.
  const pairs = new Float64Array(hour.values.length * ahead.length)
  const length = found?.length ?? day.base.visits
  for (let place = 0; place < length; place++) {
    const at = found ? found[place]! : place
    pairs[hour.codes[at]! * ahead.length + (zones ? zones.codes[at]! : 0)]!++
  }
  for (const [pair, visits] of pairs.entries()) {
    const [start = '', shift] = [hour.values[Math.floor(pair / ahead.length)], ahead[pair % ahead.length]]
    if (visits > 0 && isNumber(start) && shift !== undefined) hours[hourOfWeek(weekday, Number(start) + shift)]! += visits
  }
}

/** On which day of the week, and whose clock tells. */
export interface Clock {
  readonly weekday: number
  readonly clock: 'utc' | 'reader'
}

const isNumber = (value: string): boolean => value !== '' && !Number.isNaN(Number(value))

const hourOfWeek = (weekday: number, hour: number): number => (((weekday * 24 + Math.floor(hour)) % 168) + 168) % 168
