/** What a promise is: its words, what keeps it, and a check that looks at the live system and can fail. */
import type { JobName } from '../jobs/queue.ts'
import type { Look } from './look.ts'

export const promiseNames = [
  ...(['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9'] as const),
  ...(['P10', 'P11', 'P12', 'P13', 'P14', 'P15', 'P16', 'P17', 'P18'] as const),
] as const
export type PromiseName = (typeof promiseNames)[number]

/** How a promise stands after a look: a check that saw nothing, or failed on its way, has shown nothing. */
export const standingNames = ['holds', 'broken', 'unexamined'] as const
export type Standing = (typeof standingNames)[number]

/**
 * Something by name that keeps a promise. What lives in the database, on the clock or at an address is looked for
 * with every run: a guard that was dropped breaks its promise, even where nothing has gone wrong yet.
 */
export type Keeper = { readonly says: string } & (
  | { readonly trigger: string }
  | { readonly constraint: string }
  | { readonly job: JobName }
  | { readonly page: string }
  | { readonly file: string }
)

export interface Promised {
  readonly name: PromiseName
  /** What is promised, in the words of the policy. */
  readonly says: string
  readonly keptBy: readonly Keeper[]
  /** What its check looks at, for whoever reads the page. */
  readonly looksAt: string
  /** Looks, and notes what it examined and what breaks the promise. */
  check(look: Look): Promise<void>
}
