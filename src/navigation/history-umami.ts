/**
 * Umami's export of data, a row for each action (`website_event.csv`): it is counted as it is read, and no row
 * is kept. Visitors and visits are told apart by numbers that are gone when the upload is.
 */
import { DAY } from '../clock.ts'
import { arrivalOf } from './arrival.ts'
import { type Day, dayOf, type Dimension } from './dimension.ts'
import { ALL } from './folding.ts'
import { dayIn, flawWords, type TableCounts } from './history-counts.ts'
import type { HistorySheet } from './history-sheets.ts'
import { browserIn, countryIn, deviceIn, hostIn, languageIn, pageIn, regionIn, wordIn } from './history-values.ts'

interface Visit {
  readonly day: Day
  readonly visitor: number
  readonly values: (readonly [Dimension, string])[]
  first: number
  last: number
  entry: string
  exit: string
  views: number
  acts: number
}

/** What a visitor did of one thing on a day. */
interface Shared {
  readonly visitors: Set<number>
  readonly visits: Set<Visit>
  times: number
}

type Cells = (name: string) => string

/** Reads one file of it. */
export async function readUmami(table: TableCounts, { columns, rows }: HistorySheet): Promise<void> {
  if (!columns.includes('created_at')) {
    table.remark =
      'It has the totals of a whole period, and no days. Please ask Umami for the export of data: it has website_event.csv in it.'
    return
  }
  const events = new Events(table)
  const places = new Map(columns.map((name, at) => [name, at]))
  for await (const { line, cells, flaw } of rows()) {
    table.rows++
    if (!cells || cells.length !== columns.length) table.fail(line, flaw ?? flawWords.cells)
    // Before what a spreadsheet would take for a formula it puts an apostrophe.
    else events.take(line, (name) => (cells[places.get(name) ?? -1] ?? '').replace(/^'(?=[=+\-@])/, ''))
  }
  events.tell()
}

const momentIn = (text: string): number => {
  const plain = text.trim().replace(' ', 'T')
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(plain) ? Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(plain) ? plain : `${plain}Z`) : Number.NaN
}

class Events {
  readonly #visitors = new Map<string, number>()
  readonly #visits = new Map<string, Visit>()
  readonly #shared = new Map<string, Shared>()

  readonly #table: TableCounts

  constructor(table: TableCounts) {
    this.#table = table
  }

  take(line: number, cell: Cells): void {
    const at = momentIn(cell('created_at'))
    const day = Number.isNaN(at) ? undefined : dayIn(dayOf(new Date(at)))
    const session = cell('session_id')
    if (!day || !session) return this.#table.fail(line, day ? 'It does not say whose it is.' : flawWords.day)
    const kind = cell('event_type') || (cell('event_name') ? '2' : '1')
    if (kind !== '1' && kind !== '2') return
    const visit = this.#visitOf(`${day} ${cell('visit_id') || session}`, { day, at, session, cell })
    if (kind === '1') this.#view(visit, at, pageIn(cell('url_path')))
    else visit.acts++
    visit.first = Math.min(visit.first, at)
    visit.last = Math.max(visit.last, at)
    if (kind === '2') this.#share(`action ${day}`, wordIn(cell('event_name')), visit)
  }

  #visitOf(key: string, { day, at, session, cell }: { day: Day; at: number; session: string; cell: Cells }): Visit {
    const known = this.#visits.get(key)
    if (known) return known
    const visitor = this.#visitors.get(session) ?? this.#visitors.size
    this.#visitors.set(session, visitor)
    const visit: Visit = { day, visitor, values: valuesOf(cell), first: at, last: at, entry: '', exit: '', views: 0, acts: 0 }
    this.#visits.set(key, visit)
    return visit
  }

  #view(visit: Visit, at: number, page: string): void {
    if (visit.views === 0 || at < visit.first) visit.entry = page
    if (visit.views === 0 || at >= visit.last) visit.exit = page
    visit.views++
    this.#share(`page ${visit.day}`, page, visit)
  }

  #share(key: string, value: string, visit: Visit): void {
    const name = `${key} ${value}`
    const shared = this.#shared.get(name) ?? { visitors: new Set(), visits: new Set(), times: 0 }
    this.#shared.set(name, shared)
    shared.visitors.add(visit.visitor)
    shared.visits.add(visit)
    shared.times++
  }

  /** Adds up what was taken. */
  tell(): void {
    const met = new Set<string>()
    for (const visit of this.#visits.values()) this.#tellVisit(visit, met)
    for (const [name, { visitors, visits, times }] of this.#shared) {
      const [dimension = '', day = '', ...value] = name.split(' ')
      this.#table.add(dimension as 'page' | 'action', day, value.join(' '), { visitors: visitors.size, visits: visits.size, views: times })
    }
  }

  // Whoever comes twice on a day is one visitor, of the day and of each value.
  #tellVisit(visit: Visit, met: Set<string>): void {
    const { day, visitor, values, entry, exit, views, acts, first, last } = visit
    const counts = { visits: 1, views, bounces: views === 1 && acts === 0 ? 1 : 0, seconds: Math.min(last - first, DAY) / 1000 }
    for (const [dimension, value] of [[ALL, ''], ['entry', entry], ['exit', exit], ...values] as const) {
      const key = `${dimension} ${day} ${visitor} ${value}`
      this.#table.add(dimension, day, value, { ...counts, visitors: met.has(key) ? 0 : 1 })
      met.add(key)
    }
  }
}

// A visit came from where its first line says. A website refers nobody to itself.
function valuesOf(cell: Cells): Visit['values'] {
  const [country, host] = [countryIn(cell('country')), hostIn(cell('hostname'))]
  const words = new URLSearchParams(cell('url_query'))
  for (const name of ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content']) if (cell(name)) words.set(name, cell(name))
  const from = hostIn(cell('referrer_domain'))
  const arrival = arrivalOf({ host, referring: from && from !== host ? `https://${from}/` : undefined, query: words.toString() }, new Set())
  return [
    ['host', host],
    ['country', country],
    ['region', regionIn(country, cell('region') || cell('subdivision1'))],
    ['language', languageIn(cell('language'))],
    ['browser', browserIn(cell('browser'))],
    ['device', deviceIn(cell('device'))],
    ...(['referrer', 'channel', 'source', 'medium', 'campaign', 'term', 'content'] as const).map((of) => [of, arrival[of]] as const),
  ]
}
