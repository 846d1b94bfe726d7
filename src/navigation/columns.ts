/**
 * A day of visits as columns: for each visit one code of each dimension, and what the codes stand for.
 * The visits of one visitor stand together; nothing says who the visitor was.
 */
import { type Dimension, isMany, type ManyDimension, OTHER, type SingleDimension, UNKNOWN } from './dimension.ts'

/** Numbers, in as few bytes as they need. */
export type Numbers = Uint8Array | Uint16Array | Uint32Array

/** One value for each visit. */
export interface Single {
  readonly values: readonly string[]
  readonly codes: Numbers
}

/** Any number of values for each visit, each once: those of visit `v` lie between `starts[v]` and `starts[v + 1]`. */
export interface Many {
  readonly values: readonly string[]
  readonly starts: Uint32Array
  /** The same from the other side: which visit each is of. */
  readonly owners: Numbers
  readonly codes: Numbers
  /** How often in this visit. */
  readonly counts: Numbers
  /** How long, for pages. */
  readonly seconds: Numbers
}

/** What is known of every visit: in arrays of one kind, because every question runs through them. */
export interface Base {
  readonly visits: number
  /** Which visitor of the day, counted from 0. */
  readonly visitor: Uint32Array
  readonly views: Uint16Array
  readonly seconds: Uint16Array
  /** 1 where one page was seen and nothing else was done. */
  readonly bounced: Uint8Array
}

/** A day, or as much of it as was loaded. */
export interface DayColumns {
  readonly base: Base
  readonly singles: ReadonlyMap<SingleDimension, Single>
  readonly manys: ReadonlyMap<ManyDimension, Many>
}

export function single(day: DayColumns, dimension: SingleDimension): Single {
  const column = day.singles.get(dimension)
  if (!column) throw new Error(`column ${dimension} was not loaded`)
  return column
}

export function many(day: DayColumns, dimension: ManyDimension): Many {
  const column = day.manys.get(dimension)
  if (!column) throw new Error(`column ${dimension} was not loaded`)
  return column
}

/** The values that the codes of a dimension stand for. */
export const valuesOf = (day: DayColumns, dimension: Dimension): readonly string[] =>
  isMany(dimension) ? many(day, dimension).values : single(day, dimension).values

/** The same numbers in as few bytes as they need. */
export function narrow(numbers: ArrayLike<number>): Numbers {
  let most = 0
  for (let at = 0; at < numbers.length; at++) if (numbers[at]! > most) most = numbers[at]!
  return most < 256 ? Uint8Array.from(numbers) : most < 65_536 ? Uint16Array.from(numbers) : Uint32Array.from(numbers)
}

/** What a visit has of one value. */
export interface Stay {
  readonly visit: number
  readonly code: number
  readonly count: number
  readonly seconds: number
}

const WIDEST = 65_535

/** What visits have many of, from their stays in the order of visits. */
export function manyOf(values: readonly string[], stays: readonly Stay[], visits: number): Many {
  const each = new Uint32Array(visits)
  for (const { visit } of stays) each[visit]!++
  return {
    values,
    ...placesOf(each),
    codes: narrow(stays.map(({ code }) => code)),
    counts: narrow(stays.map(({ count }) => Math.min(count, WIDEST))),
    seconds: narrow(stays.map(({ seconds }) => Math.min(seconds, WIDEST))),
  }
}

/** Where each visit's begin, and which visit each is of, from how many each has. */
export function placesOf(each: Numbers): Pick<Many, 'starts' | 'owners'> {
  const starts = new Uint32Array(each.length + 1)
  for (let visit = 0; visit < each.length; visit++) starts[visit + 1] = starts[visit]! + each[visit]!
  const owners = each.length <= 65_536 ? new Uint16Array(starts[each.length]!) : new Uint32Array(starts[each.length]!)
  for (let visit = 0; visit < each.length; visit++) for (let at = starts[visit]!; at < starts[visit + 1]!; at++) owners[at] = visit
  return { starts, owners }
}

/** Codes for values, in the order in which they were met. Beyond 60,000 different ones, the rest are one. */
export class Dictionary {
  readonly values: string[] = [OTHER, UNKNOWN]
  readonly #codes = new Map<string, number>([
    [OTHER, 0],
    [UNKNOWN, 1],
  ])

  code(value: string): number {
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    if (this.values.length >= 60_000) return 0
    this.#codes.set(value, this.values.length)
    return this.values.push(value) - 1
  }
}
