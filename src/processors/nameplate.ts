/** What a file in this folder declares. The published list of processors is this folder. */
import type { Config } from '../config.ts'
import type { Basis } from '../database/classify.ts'
import type { Category, Purpose } from '../database/purposes.ts'

export interface Nameplate {
  readonly name: string
  /** What the company does for us. */
  readonly does: string
  readonly where: string
  /** For which of our purposes. */
  readonly purposes: readonly Purpose[]
  /** Where data goes to a third country (GDPR Chapter V): to which, and under which safeguards. */
  readonly transfer?: string
  /** Each field that is sent, with its category; nothing else leaves. */
  readonly receives: Readonly<Record<string, Category>>
  readonly basis: Basis
  /** How it forgets a person. */
  readonly forget: string
  /** What becomes there of something that a person had corrected. */
  readonly correct: string
  /** It is off unless the operator turns it on, and told of only then. */
  readonly byChoice?: true
  /** Where this house sends it to, by its settings; undefined when it sends nothing. Without it, it always may. */
  readonly host?: (config: Config) => string | undefined
  /**
   * Which of a person's rows were handed over: the table in which that is noted, the columns that went,
   * and the columns with the moment (whichever is filled). So the person can be told what went and when.
   */
  readonly noted?: { readonly table: string; readonly columns: readonly string[]; readonly at: readonly [string, ...string[]] }
}
