/**
 * A day of visits as columns: for each visit one code of each dimension, and what the codes stand for.
 * The visits of one visitor stand together; nothing says who the visitor was.
 */
import { type Dimension, isMany, type ManyDimension, OTHER, type SingleDimension, UNKNOWN } from './dimension.ts'

/** One value for each visit. */
export interface Single {
  readonly values: readonly string[]
  readonly codes: Uint16Array
}

/** Any number of values for each visit: those of visit `v` lie between `starts[v]` and `starts[v + 1]`, each once. */
export interface Many {
  readonly values: readonly string[]
  readonly starts: Uint32Array
  readonly codes: Uint16Array
  /** How often in this visit. */
  readonly counts: Uint16Array
  /** How long, for pages. */
  readonly seconds: Uint16Array
}

/** What is known of every visit. */
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
