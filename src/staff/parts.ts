import type { Held } from '../database/classify.ts'
import type { Finder } from './finder.ts'
import type { Waiting } from './waiting.ts'

/** What the rooms above hand to the console. */
export interface Parts {
  readonly waiting: readonly Waiting[]
  readonly finders: readonly Finder[]
  /** Every table that is kept. */
  readonly register: readonly Held[]
}
