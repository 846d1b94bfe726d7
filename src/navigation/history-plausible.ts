/** Plausible's export: a file of tallies for each kind of report (its documentation, “Import stats using CSV files”). */
import { arrivalOf } from './arrival.ts'
import type { Counts } from './counting.ts'
import { type Day, OTHER } from './dimension.ts'
import { ALL } from './folding.ts'
import { countIn, type Counted, dayIn, flawWords, type TableCounts } from './history-counts.ts'
import type { HistorySheet } from './history-sheets.ts'
import { browserIn, countryIn, deviceIn, hostIn, pageIn, regionIn, versionIn, wordIn } from './history-values.ts'

/** A row by the names of its columns. */
type Cells = (name: string) => string
/** What a row tells: each dimension with its value. */
type Tells = (cell: Cells) => readonly (readonly [Counted, string])[]

/** What a kind of table is known by, and what its rows tell; the first that fits counts. */
const kinds: readonly (readonly [column: string, tells: Tells | string])[] = [
  ['entry_page', (cell) => [['entry', pageIn(cell('entry_page'))]]],
  ['exit_page', (cell) => [['exit', pageIn(cell('exit_page'))]]],
  ['operating_system', 'Operating systems are not counted here.'],
  ['browser', (cell) => browser(cell('browser'), cell('browser_version'))],
  ['device', (cell) => [['device', deviceIn(cell('device'))]]],
  ['country', (cell) => place(countryIn(cell('country')), cell('region'))],
  ['utm_source', source],
  ['source', source],
  ['events', event],
  ['page', (cell) => [['page', pageIn(cell('page'))]]],
  ['pageviews', () => [[ALL, '']]],
]

const browser = (name: string, version: string): ReturnType<Tells> => [
  ['browser', browserIn(name)],
  ['version', versionIn(name, version)],
]

const place = (country: string, region: string): ReturnType<Tells> => [
  ['country', country],
  ['region', regionIn(country, region)],
]

// The channel is told as for our own visits, by the host that linked here and the words of a campaign.
function source(cell: Cells): ReturnType<Tells> {
  const words = new URLSearchParams()
  for (const name of ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content']) if (cell(name)) words.set(name, cell(name))
  const host = hostIn(cell('referrer'))
  const arrival = arrivalOf({ host: '', referring: host ? `https://${host}/` : undefined, query: words.toString() }, new Set())
  return (['referrer', 'channel', 'source', 'medium', 'campaign', 'term', 'content'] as const).map((of) => [of, arrival[of]])
}

function event(cell: Cells): ReturnType<Tells> {
  const name = cell('name')
  if (name === 'Outbound Link: Click') return [['link', hostIn(cell('link_url'))]]
  if (name === 'File Download') return [['file', pageIn(cell('link_url'))]]
  return name === '404' ? [['missing', pageIn(cell('path'))]] : [['action', wordIn(name)]]
}

const measures: Readonly<Record<keyof Counts, readonly string[]>> = {
  visitors: ['visitors'],
  visits: ['visits', 'entrances', 'exits', 'visitors'],
  views: ['pageviews', 'events'],
  bounces: ['bounces'],
  seconds: ['visit_duration', 'total_time_on_page', 'time_on_page'],
}

/** Reads one file of it. */
export async function readPlausible(table: TableCounts, { columns, rows }: HistorySheet): Promise<void> {
  const [, tells] = kinds.find(([column]) => columns.includes(column)) ?? []
  if (typeof tells !== 'function') {
    table.remark = tells ?? 'It is none of the tables that are known.'
    return
  }
  const counted = Object.entries(measures).map(
    ([measure, names]) => [measure, columns.indexOf(names.find((name) => columns.includes(name)) ?? '')] as const,
  )
  for await (const { line, cells, flaw } of rows()) {
    table.rows++
    if (!cells || cells.length !== columns.length) table.fail(line, flaw ?? flawWords.cells)
    else readRow(table, { line, cells, columns, counted, tells })
  }
}

interface RowRead {
  readonly line: number
  readonly cells: readonly string[]
  readonly columns: readonly string[]
  readonly counted: readonly (readonly [measure: string, at: number])[]
  readonly tells: Tells
}

function readRow(table: TableCounts, { line, cells, columns, counted, tells }: RowRead): void {
  const cell: Cells = (name) => cells[columns.indexOf(name)] ?? ''
  const day: Day | undefined = dayIn(cell('date'))
  if (!day) return table.fail(line, flawWords.day)
  const counts: Record<string, number> = {}
  for (const [measure, at] of counted) {
    const count = at === -1 ? 0 : countIn(cells[at] ?? '')
    if (count === undefined) return table.fail(line, flawWords.count)
    counts[measure] = count
  }
  for (const [dimension, value] of tells(cell)) table.add(dimension, day, value === OTHER ? OTHER : value, counts)
}
