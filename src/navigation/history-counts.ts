/**
 * What is gathered from an export: counts for each day and value, never a row of anybody. Values that fewer
 * visitors share than the threshold are one value from here on.
 */
import { now } from '../clock.ts'
import type { Counts } from './counting.ts'
import { type Day, dayOf, type Dimension, OTHER } from './dimension.ts'
import { ALL } from './folding.ts'
import { UploadFlaw } from './history-archive.ts'
import type { LineFlaw, TableRead } from './history-tables.ts'

/** A dimension of ours, or the whole day. */
export type Counted = Dimension | typeof ALL

/** The counts of a day: each value with visitors, visits, views, bounces, seconds. */
export interface DayCounts {
  readonly dimension: Counted
  readonly day: Day
  readonly rows: readonly (readonly [value: string, ...counts: number[]])[]
}

const FIRST_DAY = '2000-01-01'
const MOST_VALUES = 1_000_000
const MOST_FLAWS = 100
const measures = ['visitors', 'visits', 'views', 'bounces', 'seconds'] as const
const MOST_COUNT = 2_000_000_000

type Mutable = { -readonly [M in keyof Counts]: Counts[M] }

/** One table of an export, while it is read. */
export class TableCounts {
  readonly dimensions = new Set<Counted>()
  readonly days = new Set<Day>()
  rows = 0
  remark: string | undefined

  readonly file: string
  readonly #all: HistoryCounts

  constructor(file: string, all: HistoryCounts) {
    this.file = file
    this.#all = all
  }

  /** Adds to a value's counts. What another table of the export told already of that day is not told twice. */
  add(dimension: Counted, day: Day, value: string, counts: Partial<Counts>): void {
    this.dimensions.add(dimension)
    this.days.add(day)
    if (!this.#all.add(this, { dimension, day, value, counts }))
      this.remark = 'Another file of this upload tells the same of the same days: that one counts.'
  }

  /** Notes a line that was not understood. */
  fail(line: number, flaw: string): void {
    this.#all.flawed++
    if (this.#all.flaws.length < MOST_FLAWS) this.#all.flaws.push({ file: this.file, line, flaw })
  }
}

interface Added {
  readonly dimension: Counted
  readonly day: Day
  readonly value: string
  readonly counts: Partial<Counts>
}

export class HistoryCounts {
  readonly tables: TableCounts[] = []
  readonly flaws: LineFlaw[] = []
  flawed = 0
  readonly #cells = new Map<string, { table: TableCounts; values: Map<string, Mutable> }>()
  #values = 0

  table(file: string): TableCounts {
    const table = new TableCounts(file, this)
    this.tables.push(table)
    return table
  }

  /** @returns false where another table told it */
  add(table: TableCounts, { dimension, day, value, counts }: Added): boolean {
    const key = `${dimension} ${day}`
    const cell = this.#cells.get(key) ?? { table, values: new Map<string, Mutable>() }
    this.#cells.set(key, cell)
    if (cell.table !== table) return false
    const sum = cell.values.get(value) ?? this.#newValue()
    cell.values.set(value, sum)
    for (const measure of measures) sum[measure] = Math.min(MOST_COUNT, sum[measure] + Math.round(counts[measure] ?? 0))
    return true
  }

  #newValue(): Mutable {
    if (++this.#values > MOST_VALUES)
      throw new UploadFlaw('There are too many different values in it. Please bring it in as several shorter spans.')
    return { visitors: 0, visits: 0, views: 0, bounces: 0, seconds: 0 }
  }

  /** What was understood of each table. */
  read(): TableRead[] {
    return this.tables.map(({ file, dimensions, rows, days, remark }) => ({
      ...{ file, dimensions: [...dimensions], rows, days: days.size },
      ...(remark ? { remark } : {}),
    }))
  }

  /** The counts of every day, the first day first; what fewer than `least` visitors share is together. */
  days(least: number): DayCounts[] {
    const days = [...this.#cells].map(([key, { values }]): DayCounts => {
      const at = key.lastIndexOf(' ')
      const dimension = key.slice(0, at) as Counted
      return { dimension, day: key.slice(at + 1), rows: rowsOf(values, dimension === ALL ? 0 : least) }
    })
    return days.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.dimension < b.dimension ? -1 : 1))
  }
}

function rowsOf(values: ReadonlyMap<string, Counts>, least: number): DayCounts['rows'] {
  const named: [string, ...number[]][] = []
  const other = measures.map(() => 0)
  for (const [value, counts] of values) {
    if (counts.visitors >= least && value !== OTHER) named.push([value, ...measures.map((measure) => counts[measure])])
    else for (const [at, measure] of measures.entries()) other[at] = (other[at] ?? 0) + counts[measure]
  }
  return other.some((count) => count > 0) ? [...named, [OTHER, ...other]] : named
}

/** A day as exports write it (`2024-05-31`, `20240531`); undefined for what is none, and for today and later. */
export function dayIn(text: string): Day | undefined {
  const day = text.trim().replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
  const moment = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(day) : Number.NaN
  const real = !Number.isNaN(moment) && dayOf(new Date(moment)) === day
  return real && day >= FIRST_DAY && day < dayOf(now()) ? day : undefined
}

/** A count as exports write it; undefined for what is none. */
export const countIn = (text: string): number | undefined => (/^\d{1,12}(\.\d{1,20})?$/.test(text.trim()) ? Number(text) : undefined)

export const flawWords = {
  day: 'There is no day in it that can be brought in: it must be past, and written as 2024-05-31 or 20240531.',
  count: 'A count in it is no number.',
  cells: 'It has another number of cells than there are columns.',
}
