/** Counts the visits of loaded days: filters that combine, totals, and a count for each value of a dimension. */
import { type DayColumns, type Many, many, type Numbers, single, valuesOf } from './columns.ts'
import { type Dimension, isMany, type ManyDimension, OTHER } from './dimension.ts'

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

/** 1 for each visit that passes every filter; undefined when all do. */
export function passing(day: DayColumns, filters: readonly Filter[]): Uint8Array | undefined {
  if (filters.length === 0) return undefined
  const mask = new Uint8Array(day.base.visits).fill(1)
  for (const filter of filters) {
    const wanted = Uint8Array.from(valuesOf(day, filter.dimension), (value) => (meets(filter, value) ? 1 : 0))
    if (isMany(filter.dimension)) sift(mask, having(day, filter.dimension, wanted), filter.not)
    else sift(mask, single(day, filter.dimension).codes, filter.not, wanted)
  }
  return mask
}

const meets = ({ values }: Filter, value: string): boolean =>
  values.some((wanted) => (wanted.endsWith('*') ? value !== OTHER && value.startsWith(wanted.slice(0, -1)) : value === wanted))

function sift(mask: Uint8Array, codes: Numbers, not: boolean | undefined, wanted?: Uint8Array): void {
  const flip = not ? 1 : 0
  if (wanted) for (let at = 0; at < mask.length; at++) mask[at] = mask[at]! & (wanted[codes[at]!]! ^ flip)
  else for (let at = 0; at < mask.length; at++) mask[at] = mask[at]! & (codes[at]! ^ flip)
}

function having(day: DayColumns, dimension: ManyDimension, wanted: Uint8Array): Uint8Array {
  const { starts, owner } = many(day, dimension)
  const found = new Uint8Array(day.base.visits)
  for (let code = 0; code < wanted.length; code++)
    if (wanted[code]) for (let at = starts[code]!; at < starts[code + 1]!; at++) found[owner[at]!] = 1
  return found
}

/** Adds up everything that passes, under one name. */
export function addTotals(sums: Sums, name: string, day: DayColumns, mask: Uint8Array | undefined): void {
  const { visits, visitor, views, seconds, bounced } = day.base
  const counts = { visitors: 0, visits: 0, views: 0, bounces: 0, seconds: 0 }
  let last = -1
  for (let at = 0; at < visits; at++) {
    if (mask && !mask[at]) continue
    counts.visits++
    counts.views += views[at]!
    counts.seconds += seconds[at]!
    counts.bounces += bounced[at]!
    if (visitor[at] !== last) counts.visitors++
    last = visitor[at]!
  }
  sums.add(name, counts)
}

/** Adds up what passes under the values of a dimension. */
export function addPanel(sums: Sums, day: DayColumns, dimension: Dimension, mask: Uint8Array | undefined): void {
  if (isMany(dimension)) return addMany(sums, day, many(day, dimension), mask)
  const { values, codes } = single(day, dimension)
  const counted = new Counted(values.length)
  countSingle(counted, day, codes, mask)
  for (const [code, value] of values.entries()) if (counted.visits[code]! > 0) sums.add(value, counted.of(code))
}

/** Counts by code, in numbers that lie close together: a day has many visits. */
class Counted {
  readonly visitors: Float64Array
  readonly visits: Float64Array
  readonly views: Float64Array
  readonly bounces: Float64Array
  readonly seconds: Float64Array
  /** The visitor who was counted last under each code. */
  readonly last: Int32Array

  constructor(codes: number) {
    this.visitors = new Float64Array(codes)
    this.visits = new Float64Array(codes)
    this.views = new Float64Array(codes)
    this.bounces = new Float64Array(codes)
    this.seconds = new Float64Array(codes)
    this.last = new Int32Array(codes).fill(-1)
  }

  of(code: number): Counts {
    const { visitors, visits, views, bounces, seconds } = this
    return { visitors: visitors[code]!, visits: visits[code]!, views: views[code]!, bounces: bounces[code]!, seconds: seconds[code]! }
  }
}

function countSingle(counted: Counted, { base }: DayColumns, codes: Numbers, mask: Uint8Array | undefined): void {
  const { visitors, visits, views, bounces, seconds, last } = counted
  for (let at = 0; at < codes.length; at++) {
    if (mask && !mask[at]) continue
    const code = codes[at]!
    visits[code]!++
    views[code]! += base.views[at]!
    seconds[code]! += base.seconds[at]!
    bounces[code]! += base.bounced[at]!
    if (last[code] === base.visitor[at]) continue
    last[code] = base.visitor[at]!
    visitors[code]!++
  }
}

function addMany(sums: Sums, { base }: DayColumns, { values, starts, owner, counts, seconds }: Many, mask: Uint8Array | undefined): void {
  for (let code = 0; code < values.length; code++) {
    const sum = { visitors: 0, visits: 0, views: 0, bounces: 0, seconds: 0 }
    let last = -1
    for (let at = starts[code]!; at < starts[code + 1]!; at++) {
      const visit = owner[at]!
      if (mask && !mask[visit]) continue
      sum.visits++
      sum.views += counts[at]!
      sum.seconds += seconds[at]!
      sum.bounces += base.bounced[visit]!
      if (base.visitor[visit] !== last) sum.visitors++
      last = base.visitor[visit]!
    }
    if (sum.visits > 0) sums.add(values[code] ?? '', sum)
  }
}

/** Visits by the hour of the week (Monday 0 h is 0), in UTC or on the reader's own clock where it is known. */
export function addHeat(hours: number[], day: DayColumns, weekday: number, mask: Uint8Array | undefined, zone: 'utc' | 'reader'): void {
  const hour = single(day, 'hour')
  const starts = hour.values.map((value) => (value === '' || Number.isNaN(Number(value)) ? undefined : Number(value)))
  const zones = zone === 'utc' ? undefined : single(day, 'zone')
  const ahead = zones?.values.map((value) => (value === '' || Number.isNaN(Number(value)) ? undefined : Number(value) / 4))
  for (let at = 0; at < day.base.visits; at++) {
    if (mask && !mask[at]) continue
    const start = starts[hour.codes[at]!]
    const shift = ahead && zones ? ahead[zones.codes[at]!] : 0
    if (start === undefined || shift === undefined) continue
    const local = (((weekday * 24 + Math.floor(start + shift)) % 168) + 168) % 168
    hours[local]!++
  }
}
