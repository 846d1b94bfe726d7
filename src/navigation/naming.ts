/**
 * Which values are told by name under filters: those that could be asked for as one filter more. Where a
 * value has fewer visitors than the threshold, or leaves fewer out, in any combination of the filters, it
 * is told as "other", so that no two answers differ by so few (decision 0025).
 */
import type { DayColumns, Many, Numbers } from './columns.ts'
import { OTHER } from './dimension.ts'
import { isFew, type Told } from './filtering.ts'

/** For each combination and code, at `combination * codes + code`: how many visitors of the day. */
export type Sharers = Int32Array

/** How sharers are counted: from those of the visits that pass, which are known, and up to a number that is enough. */
export interface Sharing {
  readonly told: Told
  readonly counted: Int32Array
  readonly enough: number
}

/** Who shares each value in each combination. */
export function sharersOfOne({ base: { visitor, visits } }: DayColumns, codes: Numbers, sharing: Sharing): Sharers {
  const { visitors, last, cells, passed } = begun(sharing)
  const { enough, counted } = sharing
  const width = counted.length
  for (let at = 0; at < visits; at++) {
    const cell = cells ? cells[at]! : 0
    const place = cell * width + codes[at]!
    if (visitors[place]! >= enough || cell === passed || last[place] === visitor[at]) continue
    last[place] = visitor[at]!
    visitors[place]!++
  }
  return visitors
}

/** The same of what a visit has many of. */
export function sharersOfMany({ base: { visitor } }: DayColumns, { owners, codes }: Many, sharing: Sharing): Sharers {
  const { visitors, last, cells, passed } = begun(sharing)
  const { enough, counted } = sharing
  const width = counted.length
  for (let stay = 0; stay < codes.length; stay++) {
    const at = owners[stay]!
    const cell = cells ? cells[at]! : 0
    const place = cell * width + codes[stay]!
    if (visitors[place]! >= enough || cell === passed || last[place] === visitor[at]) continue
    last[place] = visitor[at]!
    visitors[place]!++
  }
  return visitors
}

interface Begun extends Pick<Told, 'cells'> {
  readonly visitors: Sharers
  readonly last: Int32Array
  /** The combination that need not be counted again. */
  readonly passed: number
}

function begun({ told: { cells, combinations, passed = -1 }, counted }: Sharing): Begun {
  const visitors = new Int32Array(combinations * counted.length)
  if (passed >= 0) visitors.set(counted, passed * counted.length)
  return { visitors, last: new Int32Array(visitors.length).fill(-1), cells, passed }
}

interface Names {
  readonly names: readonly string[]
  readonly least: number
  /** Counts sharers, up to a number that is enough. */
  sharers(enough: number): Sharers
  /** Whether each visit has one value, so that the unnamed can be had by subtraction. */
  readonly addUp: boolean
}

/** The codes that are told together as "other". */
export function unnamedIn({ names, least, sharers, addUp }: Names): ReadonlySet<number> {
  const rows = rowsOf(sharers(least), names.length)
  const codes = [...names.keys()]
  const unnamed = new Set(codes.filter((code) => names[code] === OTHER || rows.some((row) => isFew(row[code]!, least))))
  const tooFew = (): boolean => addUp && rows.some((row) => isFew(sumOf(row, unnamed), least))
  if (!tooFew()) return unnamed
  const sizes = rowsOf(sharers(Number.POSITIVE_INFINITY), names.length)
  const size = (code: number): number => sizes.reduce((sum, row) => sum + row[code]!, 0)
  const named = codes.filter((code) => !unnamed.has(code) && size(code) > 0)
  named.sort((a, b) => size(b) - size(a) || (names[a]! < names[b]! ? 1 : -1))
  for (let smallest = named.pop(); smallest !== undefined && tooFew(); smallest = named.pop()) unnamed.add(smallest)
  return unnamed
}

const rowsOf = (sharers: Sharers, width: number): Sharers[] =>
  Array.from({ length: sharers.length / width }, (_, row) => sharers.subarray(row * width, (row + 1) * width))

/** How many visitors of these codes there are together. */
export const sumOf = (row: Sharers, codes: ReadonlySet<number>): number => [...codes].reduce((sum, code) => sum + row[code]!, 0)
