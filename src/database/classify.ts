/**
 * Table and classification are one declaration. From it come the data map that people read, the copy,
 * the erasure, the retention sweep and the grants; nothing about personal data is written down twice.
 */
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Category, Purpose } from './purposes.ts'

/** Why the law lets us keep it (GDPR Art. 6). */
export const bases = {
  contract: 'Needed for what you registered for',
  consent: 'You agreed',
  'legitimate interest': 'Needed to run and protect the service',
  'legal obligation': 'The law requires it',
} as const
export type Basis = keyof typeof bases

type Columns<T extends PgTable> = T['_']['columns']
type ColumnName<T extends PgTable> = keyof Columns<T> & string

/**
 * Whose row it is: by a column with the person's id, a column with an e-mail address, or both; or
 * nobody's. `authors` are columns with the id of somebody else who acted, such as a member of staff.
 */
export type About<C extends string = string> = { readonly person?: C; readonly address?: C; readonly authors?: readonly C[] } | 'nobody'

/** How long: while something lasts, until a moment in a column, or some days after one. */
export type Keeping<C extends string = string> =
  | { readonly while: string }
  | { readonly until: C; readonly says: string }
  | { readonly days: number; readonly after: C }

/** What erasing a person does with the rows: delete, empty some columns, or keep for a reason. */
export type OnErasure<C extends string = string> =
  | 'delete'
  | { readonly blank: readonly C[] }
  | { readonly keep: string; readonly until: string }

/** A category, and what the column is in words that the person understands. */
export type ColumnAnswer = readonly [Category, string]

interface Classification<T extends PgTable> {
  /** What the table is, as a heading on the privacy page. */
  readonly says: string
  readonly about: About<ColumnName<T>>
  /** Its rows repeat what other tables hold, such as the pieces of a copy: they are counted, and not shown or copied once more. */
  readonly repeats?: true
  /** A moment: its person sees the row, in page, copy and receipt, from then on, because a law may forbid to tell of it before. */
  readonly shownFrom?: ColumnName<T>
  /** What a person puts right or takes away without asking anybody: the path of the page, a column each. */
  readonly changedAt?: { readonly [C in ColumnName<T>]?: string }
  readonly basis: Basis
  readonly keptFor: Keeping<ColumnName<T>>
  readonly onErasure: OnErasure<ColumnName<T>>
  /** The purposes that may touch the table at all; what they may read and change is up to the matrix. */
  readonly serves: readonly Purpose[]
  /** Purposes that may put rows in, and nothing else. */
  readonly takesFrom?: readonly Purpose[]
  /** Purposes that may read it, and nothing else. */
  readonly reads?: readonly Purpose[]
  /** Why it is in no backup. */
  readonly leftOut?: string
  /** Columns that are text of the company's own and may be longer than the usual 10,000 characters. */
  readonly columns: { readonly [C in ColumnName<T>]: ColumnAnswer }
}

/** A table that we keep, with its answers; see `register.ts` for all of them. */
export interface Held {
  readonly table: PgTable
  readonly name: string
  readonly says: string
  readonly about: About
  readonly repeats?: true
  readonly shownFrom?: string
  readonly changedAt?: Readonly<Partial<Record<string, string>>>
  readonly basis: Basis
  readonly keptFor: Keeping
  readonly onErasure: OnErasure
  readonly serves: readonly Purpose[]
  readonly takesFrom?: readonly Purpose[]
  readonly reads?: readonly Purpose[]
  readonly leftOut?: string
  readonly columns: Readonly<Record<string, ColumnAnswer>>
}

/** Declares what `table` holds. A column without an answer, or one too many, does not compile. */
export function classify<T extends PgTable>(table: T, answers: Classification<T>): Held {
  return { table, name: getTableName(table), ...answers }
}

/** Are its rows somebody's? */
export const isSomebodys = ({ about }: Held): boolean => about !== 'nobody' && (about.person ?? about.address) !== undefined

/** The column of `held` that the classification calls `key`. */
export function columnOf(held: Held, key: string): PgColumn {
  const column = getTableColumns(held.table)[key]
  if (!column) throw new Error(`${held.name} has no column ${key}`)
  return column as PgColumn
}

/** Every column of a held table with its key, its name in the database and its answer. */
export function answersOf(held: Held): { key: string; name: string; category: Category; says: string }[] {
  return Object.entries(held.columns).map(([key, [category, says]]) => ({ key, name: columnOf(held, key).name, category, says }))
}
