/**
 * Where the rows of a store lie: what counting (`counted-store.ts`) needs of a database. Everything is counted by the
 * same code whichever it is, so that every answer is the same.
 */
import type { Database, For } from '../database/connection.ts'
import type { Action } from './action.ts'
import type { Counts } from './counting.ts'
import type { Day } from './dimension.ts'
import type { FoldedDay } from './folded.ts'

type Take = (action: Action) => void

/** Which tallies are wanted: of these folded days, which are all that lie between the two. */
export interface TalliesWanted {
  readonly from: Day
  readonly until: Day
  readonly folded: readonly FoldedDay[]
  readonly dimension: string
  readonly by: 'value' | 'day'
}

/** A packed column of a folded day. */
export interface ColumnWanted extends FoldedDay {
  readonly name: string
}

export type Tally = readonly [dimension: string, value: string, counts: Counts]

/** Measurements of one page, in the steps of `pace.ts`. */
export interface Steps {
  readonly measure: string
  readonly page: string
  readonly steps: number[]
}

/** What is kept of a day that is folded. */
export interface Fold {
  readonly day: Day
  readonly at: Date
  readonly tallies: readonly Tally[]
  readonly columns: ReadonlyMap<string, Buffer>
  readonly paces: readonly Steps[]
}

export interface Backend {
  /** The house's PostgreSQL, where goals, salts, and the list of folded days are, whatever the backend is. */
  readonly db: Database
  /** Keeps actions; they are durable once this resolves. */
  write(actions: readonly Action[]): Promise<void>
  /** Days whose actions are there, in order. */
  days(): Promise<Day[]>
  /** A reader that hands over a day's actions at the first call, and at each later one what is new since, each once. */
  follow(day: Day): (take: Take) => Promise<void>
  tallies(wanted: TalliesWanted): Promise<(Counts & { name: string })[]>
  /** Visits by the hour of the week, as they were tallied. */
  hours(wanted: Omit<TalliesWanted, 'by'>): Promise<{ hour: number; visits: number }[]>
  /** In the order wanted; null where there is none. */
  columns(wanted: readonly ColumnWanted[]): Promise<(Buffer | null)[]>
  paces(wanted: Pick<TalliesWanted, 'from' | 'until' | 'folded'>): Promise<Steps[]>

  // ---- Folding, in a transaction of PostgreSQL that ends by noting the day in its list -----------

  /** Hands over every action of a day, each once. */
  readAll(tx: For<'improvement'>, day: Day, take: Take): Promise<void>
  /** Keeps what is left of the day; it counts once the day is in the list. */
  keep(tx: For<'improvement'>, fold: Fold): Promise<void>
  /** Lets go of the day's actions, of which so many were counted. @throws when there are others meanwhile */
  letGo(tx: For<'improvement'>, day: Day, counted: number): Promise<void>
  /** What is left to do for a day once it is in the list. Repeating it does no harm. */
  finish(day: Day): Promise<void>
}
