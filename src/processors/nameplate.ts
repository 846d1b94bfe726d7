/** What a file in this folder declares. The published list of processors is this folder. */
import type { Basis } from '../database/classify.ts'
import type { Category } from '../database/purposes.ts'

export interface Nameplate {
  readonly name: string
  /** What the company does for us. */
  readonly does: string
  readonly where: string
  /** Each field that is sent, with its category; nothing else leaves. */
  readonly receives: Readonly<Record<string, Category>>
  readonly basis: Basis
  /** How it forgets a person. */
  readonly forget: string
}
