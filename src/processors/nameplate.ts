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
  /**
   * Where this house sends it to, by its settings: the only place to which the wall opens a way (`egress/wall.ts`);
   * undefined while it sends nothing. Without it there is no one place: each piece of work says where it goes.
   */
  readonly way?: (config: Config) => URL | undefined
  /** The operator runs it: it may stand in a private network, and people are told its name instead of `where`. */
  readonly own?: true
  /** It is off unless the operator turns it on, and told of only then; it waits until the notice of it has run its time. */
  readonly byChoice?: true
}
