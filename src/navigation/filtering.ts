/**
 * Which visits of a day pass some filters, so that no number that comes of it stands for fewer visitors
 * than the threshold, and no difference of such numbers does (decision 0025).
 */
import { type DayColumns, type Many, many, narrow, type Numbers, single, valuesOf } from './columns.ts'
import { type Dimension, isMany, OTHER } from './dimension.ts'

/** Only visits that have one of these values, or (`not`) none of them. A value that ends in `*` stands for all that begin so. */
export interface Filter {
  readonly dimension: Dimension
  readonly values: readonly string[]
  readonly not?: boolean
}

/** What a question tells of a day. */
export interface Told {
  /** Places of the visits that pass every filter, in order; undefined when all do. */
  readonly places: Uint32Array | undefined
  /** For each visit, the number of the combination of filters that it passes and fails; undefined where nothing is filtered. */
  readonly cells: Numbers | undefined
  /** How many combinations there are. */
  readonly combinations: number
  /** The combination of the visits that pass; undefined where they have several. */
  readonly passed: number | undefined
  /** The codes of each panel that have no name here, as they were found once (`naming.ts`). */
  readonly unnamed: Map<PanelName, ReadonlySet<number>>
}

/** What visits are counted by: the values of a dimension, or the hours of the week on either clock. */
export type PanelName = Dimension | 'utc' | 'reader'

/** What a question without filters tells. */
export const everybody: Told = { places: undefined, cells: undefined, combinations: 1, passed: 0, unnamed: new Map() }

const nobody: Told = { places: new Uint32Array(), cells: undefined, combinations: 1, passed: undefined, unnamed: new Map() }

/** Are these too few to be told apart? */
export const isFew = (visitors: number, least: number): boolean => visitors > 0 && visitors < least

/**
 * Finds the visits that pass. A filter that fewer than `least` visitors of the day pass lets nobody pass;
 * one that it would take fewer from takes nobody; and where several filters together would single fewer
 * out, by whatever combination of passing and failing, the day is not told at all.
 */
export function passing(day: DayColumns, filters: readonly Filter[], least: number): Told {
  if (filters.length === 0) return everybody
  const parts: Part[] = []
  for (const filter of filters) {
    const passed = having(day, filter.dimension, (value) => filter.values.some((wanted) => meets(wanted, value)), filter.not)
    if (isFewIn(day, { passed, as: 1 }, least)) return nobody
    if (!isFewIn(day, { passed, as: 0 }, least)) parts.push({ filter, passed })
  }
  const { cells, combinations } = combined(day, parts)
  if (isFewInAny(day, { cells, combinations }, least)) return nobody
  const places = common(day, parts)
  const isOne = parts.every(({ filter }) => filter.values.length === 1)
  return { places, cells, combinations, passed: isOne ? cells[places?.[0] ?? 0] : undefined, unnamed: new Map() }
}

interface Part {
  readonly filter: Filter
  /** 1 for each visit that passes. */
  readonly passed: Uint8Array
}

const meets = (wanted: string, value: string): boolean =>
  wanted.endsWith('*') ? value !== OTHER && value.startsWith(wanted.slice(0, -1)) : value === wanted

/** 1 for each visit with such a value. */
function having(day: DayColumns, dimension: Dimension, such: (value: string) => boolean, not = false): Uint8Array {
  const wanted = Uint8Array.from(valuesOf(day, dimension), (value) => (such(value) ? 1 : 0))
  const flip = not ? 1 : 0
  return isMany(dimension) ? havingAny(many(day, dimension), wanted, flip) : havingOne(single(day, dimension).codes, wanted, flip)
}

function havingOne(codes: Numbers, wanted: Uint8Array, flip: number): Uint8Array {
  const passed = new Uint8Array(codes.length)
  for (let at = 0; at < codes.length; at++) passed[at] = wanted[codes[at]!]! ^ flip
  return passed
}

function havingAny({ starts, owners, codes }: Many, wanted: Uint8Array, flip: number): Uint8Array {
  const passed = new Uint8Array(starts.length - 1)
  for (let stay = 0; stay < codes.length; stay++) passed[owners[stay]!]! |= wanted[codes[stay]!]!
  if (flip) for (let at = 0; at < passed.length; at++) passed[at]! ^= 1
  return passed
}

// The visits of one visitor stand together. Whoever has seen enough need not look at the rest.
function isFewIn({ base: { visitor } }: DayColumns, { passed, as }: { passed: Uint8Array; as: 0 | 1 }, least: number): boolean {
  let visitors = 0
  let last = -1
  for (let at = 0; at < passed.length && visitors < least; at++) {
    if (passed[at] !== as || visitor[at] === last) continue
    last = visitor[at]!
    visitors++
  }
  return isFew(visitors, least)
}

interface Combined {
  readonly cells: Numbers
  readonly combinations: number
}

// Values of one filter are told apart here: asking for one fewer of them must not single anybody out, either.
function combined(day: DayColumns, parts: readonly Part[]): Combined {
  const marks = parts.flatMap(({ filter: { dimension, values }, passed }) =>
    values.length === 1 ? [passed] : values.map((wanted) => having(day, dimension, (value) => meets(wanted, value))),
  )
  const cells = new Uint32Array(day.base.visits)
  const combinations = marks.reduce((count, mark) => split(cells, mark, count), 1)
  return { cells: narrow(cells), combinations }
}

/** Splits every cell into those with the mark and those without; returns how many cells there are then. */
function split(cells: Uint32Array, mark: Uint8Array, count: number): number {
  const numbers = new Int32Array(count * 2).fill(-1)
  let next = 0
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at]! * 2 + mark[at]!
    if (numbers[cell] === -1) numbers[cell] = next++
    cells[at] = numbers[cell]!
  }
  return next
}

function isFewInAny({ base: { visitor } }: DayColumns, { cells, combinations }: Combined, least: number): boolean {
  const visitors = new Uint32Array(combinations)
  const last = new Int32Array(combinations).fill(-1)
  let few = combinations
  for (let at = 0; at < cells.length && few > 0; at++) {
    const cell = cells[at]!
    if (last[cell] === visitor[at]) continue
    last[cell] = visitor[at]!
    if (++visitors[cell]! === least) few--
  }
  return few > 0
}

// Without a branch: which visits pass is hard to guess for a processor, too.
function common({ base }: DayColumns, parts: readonly Part[]): Uint32Array | undefined {
  if (parts.length === 0) return undefined
  const passed = new Uint8Array(base.visits).fill(1)
  for (const part of parts) for (let at = 0; at < passed.length; at++) passed[at] = passed[at]! & part.passed[at]!
  const places = new Uint32Array(base.visits)
  let length = 0
  for (let at = 0; at < passed.length; at++) {
    places[length] = at
    length += passed[at]!
  }
  return places.slice(0, length)
}
