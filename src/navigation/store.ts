/**
 * Where actions are kept and counted: everything that the rest of the room knows of it. Their rows are on
 * PostgreSQL (`postgres.ts`), or on ClickHouse (`clickhouse.ts`), which passes the same tests.
 */
import type { House } from '../web/house.ts'
import type { Action } from './action.ts'
import type { Counts } from './counting.ts'
import type { Filter } from './filtering.ts'
import type { Day, Dimension } from './dimension.ts'
import { clickhouseBackend } from './clickhouse.ts'
import { storeOn } from './counted-store.ts'
import { postgresBackend } from './postgres.ts'

/** What is asked: the days from the first to the last, and only visits that pass every filter. */
export interface Asked {
  readonly from: Day
  readonly until: Day
  readonly filters: readonly Filter[]
}

/**
 * A count for each value, most visitors first. Values that fewer visitors share than the threshold are
 * in `other`; nothing says which they were.
 */
export interface Panel {
  readonly rows: readonly { readonly value: string; readonly counts: Counts }[]
  readonly other: Counts
}

/** How fast a page was: three quarters of all measurements were at most this. */
export interface Pace {
  readonly measure: string
  readonly page: string
  readonly measurements: number
  readonly p75: number
}

/** Who is here now. */
export interface Present {
  readonly visitors: number
  readonly pages: readonly { readonly page: string; readonly visitors: number }[]
}

export interface Store {
  /** Keeps actions; they are durable once this resolves. */
  record(actions: readonly Action[]): Promise<void>
  /** Everything together. Zero where fewer visitors than the threshold pass the filters. */
  totals(asked: Asked): Promise<Counts>
  /** Everything, for each day (UTC) that has any. */
  days(asked: Asked): Promise<{ day: Day; counts: Counts }[]>
  /** By the values of a dimension. */
  panel(asked: Asked, dimension: Dimension): Promise<Panel>
  /** Visits by hour of the week (168 numbers, Monday 0 h first), in UTC or on the reader's own clock. */
  heat(asked: Asked, clock: 'utc' | 'reader'): Promise<number[]>
  /** Web Vitals, by page, or for all pages together under the page `''`. Filters do not apply. */
  paces(asked: Asked): Promise<Pace[]>
  /** Visitors with an action within the last minutes, today. */
  present(minutes: number): Promise<Present>
  /** Days that are over and not folded yet. */
  unfolded(): Promise<Day[]>
  /** Counts a day that is over, keeps the counts, and drops its actions and its salt. Repeating it does no harm. */
  fold(day: Day): Promise<void>
}

// The threshold can be raised while the house is open.
const stores = new WeakMap<House, { readonly store: Store; readonly least: number }>()

/** The store of this house. */
export function storeOf(house: House): Store {
  const { navigationStore: url, navigationThreshold: least } = house.config
  const known = stores.get(house)
  if (known?.least === least) return known.store
  const store = storeOn(url ? clickhouseBackend(house.db, url) : postgresBackend(house.db), least)
  stores.set(house, { store, least })
  return store
}
