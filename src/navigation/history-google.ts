/**
 * Google Analytics 4: tables of its reports and explorations, saved as CSV. A table is of use where it says
 * days: by a column Date, by the number of a day since the one above it, or because it is about one day.
 */
import type { Counts } from './counting.ts'
import { type Day, dayBefore } from './dimension.ts'
import { ALL } from './folding.ts'
import { countIn, type Counted, dayIn, flawWords, type TableCounts } from './history-counts.ts'
import type { HistorySheet } from './history-sheets.ts'
import { browserIn, channelIn, countryIn, deviceIn, hostIn, languageIn, pageIn, regionIn, wordIn } from './history-values.ts'

type Cells = (name: string) => string
type Tells = (text: string, cell: Cells) => readonly (readonly [Counted, string])[]

const one =
  (dimension: Counted, read: (text: string) => string): Tells =>
  (text) => [[dimension, read(text)]]
const sourceAndMedium: Tells = (text) => {
  const [source = '', medium = ''] = text.split(' / ')
  return [
    ['source', plainSource(source)],
    ['medium', wordIn(medium)],
  ]
}
const plainSource = (text: string): string => (text === '(direct)' ? '' : wordIn(text))

/** Its names for what is counted here, in lower case and without what stands in brackets. */
const names: Readonly<Record<string, Tells>> = {
  'page path': one('page', pageIn),
  'page path and screen class': one('page', pageIn),
  'page path + query string': one('page', pageIn),
  'page path + query string and screen class': one('page', pageIn),
  'page location': one('page', pageIn),
  'landing page': one('entry', pageIn),
  'landing page + query string': one('entry', pageIn),
  'page referrer': one('referrer', hostIn),
  'session source': one('source', plainSource),
  'session medium': one('medium', wordIn),
  'session source / medium': sourceAndMedium,
  'session campaign': one('campaign', campaignIn),
  'session default channel group': one('channel', channelIn),
  'session primary channel group': one('channel', channelIn),
  country: one('country', countryIn),
  region: (text, cell) => [['region', regionIn(countryIn(cell('country')), text)]],
  language: one('language', languageIn),
  'language code': one('language', languageIn),
  browser: one('browser', browserIn),
  'device category': one('device', deviceIn),
  hostname: one('host', hostIn),
  'event name': one('action', wordIn),
}
function campaignIn(text: string): string {
  return /^\((direct|organic|referral)\)$/.test(text) ? '' : wordIn(text)
}

const USERS = ['active users', 'total users', 'users']
const VIEWS = ['views', 'screen page views', 'event count']
const known = new Set([...USERS, ...VIEWS, 'sessions', 'engaged sessions', 'bounce rate', 'average session duration', 'user engagement'])
const bare = (column: string): string => column.replace(/\s*\([^)]*\)$/, '')

/** Reads one table of it. */
export async function readGoogle(table: TableCounts, sheet: HistorySheet): Promise<void> {
  const columns = sheet.columns.map(bare)
  const told = columns.filter((name) => Object.hasOwn(names, name))
  const others = columns.filter((name) => !told.includes(name) && !known.has(name) && !/^(date|nth day)$/.test(name))
  const users = USERS.find((name) => columns.includes(name))
  if (!columns.some((name) => known.has(name))) table.remark = 'It is none of the tables that are known.'
  else if (!dayOfTable(columns, sheet.span))
    table.remark = 'It does not say days. Please add the dimension Date to it, or save a report of one day.'
  else if (!users)
    table.remark =
      'It does not say how many users a value has: without it nobody can tell whether there are enough. Please add Active users.'
  else if (told.length === 0 && isSplit(columns, others)) table.remark = 'It counts by something that is not counted here.'
  else for await (const row of sheet.rows()) readRow(table, { row, columns, told, users, day: dayOfTable(columns, sheet.span)! })
}

// A column that is neither a number nor known splits each day into rows that are no totals.
const isSplit = (columns: readonly string[], others: readonly string[]): boolean =>
  others.some((name) => !/(users?|sessions?|rate|duration|time|count|revenue|events?|conversions?|per |totals?|value)/.test(name)) &&
  columns.length > 0

type DayOf = (cell: Cells) => Day | undefined

function dayOfTable(columns: readonly string[], span: HistorySheet['span']): DayOf | undefined {
  if (columns.includes('date')) return (cell) => dayIn(cell('date'))
  if (columns.includes('nth day') && span)
    return (cell) => (/^\d{1,4}$/.test(cell('nth day')) ? dayIn(dayBefore(span.from, -Number(cell('nth day')))) : undefined)
  return span && span.from === span.until ? () => dayIn(span.from) : undefined
}

interface RowRead {
  readonly row: { readonly line: number; readonly cells: readonly string[] | undefined; readonly flaw?: string }
  readonly columns: readonly string[]
  readonly told: readonly string[]
  readonly users: string
  readonly day: DayOf
}

function readRow(table: TableCounts, { row: { line, cells, flaw }, columns, told, users, day: dayOf }: RowRead): void {
  // Explorations write a line with the totals of the period, which has one cell more.
  if (cells?.some((cell) => /^(grand total|totals?)$/i.test(cell.trim()))) return
  table.rows++
  if (!cells || cells.length !== columns.length) return table.fail(line, flaw ?? flawWords.cells)
  const cell: Cells = (name) => cells[columns.indexOf(name)]?.trim() ?? ''
  const day = dayOf(cell)
  if (!day) return table.fail(line, flawWords.day)
  const counts = countsIn(cell, users)
  if (!counts) return table.fail(line, flawWords.count)
  if (told.length === 0) table.add(ALL, day, '', counts)
  for (const name of told) for (const [dimension, value] of names[name]?.(cell(name), cell) ?? []) table.add(dimension, day, value, counts)
}

function countsIn(cell: Cells, users: string): Partial<Counts> | undefined {
  const of = (...columns: string[]): number | undefined => {
    const text = columns.map(cell).find(Boolean)
    return text === undefined ? 0 : countIn(text)
  }
  const [visitors, sessions, views] = [of(users), of('sessions'), of(...VIEWS)]
  const [engaged, rate] = [of('engaged sessions'), of('bounce rate')]
  const [average, engagement] = [of('average session duration'), of('user engagement')]
  const all = [visitors, sessions, views, engaged, rate, average, engagement]
  if (all.some((count) => count === undefined)) return undefined
  const visits = sessions || visitors || 0
  const bounces = cell('engaged sessions') ? Math.max(0, visits - (engaged ?? 0)) : visits * Math.min(1, rate ?? 0)
  return { visitors: visitors ?? 0, visits, views: views ?? 0, bounces, seconds: (average ?? 0) * visits || (engagement ?? 0) }
}
