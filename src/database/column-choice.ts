/** The data map's columns as people choose among them: by table, each named as `table.column`. */
import { answersOf, type Held } from './classify.ts'

/** A table with those of its columns that can be chosen. */
export interface ChoosableTable {
  readonly table: string
  readonly says: string
  readonly columns: readonly { readonly name: string; readonly says: string }[]
}

export interface ColumnChoice {
  readonly tables: readonly ChoosableTable[]
  /** Is there such a column among them? */
  has(name: string): boolean
  /** What columns are, each once, in words for the people whose data it is. */
  inWords(names: readonly string[]): string[]
}

/** The choice among these tables' columns, in their order; `columnsOf` leaves some out. A table without any is left out, too. */
export function choiceOf(tables: readonly Held[], columnsOf: typeof answersOf = answersOf): ColumnChoice {
  const choosable = tables
    .map((held) => ({
      table: held.name,
      says: held.says,
      columns: columnsOf(held).map(({ name, says }) => ({ name: `${held.name}.${name}`, says })),
    }))
    .filter(({ columns }) => columns.length > 0)
  const known = new Map(choosable.flatMap(({ columns }) => columns.map(({ name, says }) => [name, says] as const)))
  return {
    tables: choosable,
    has: (name) => known.has(name),
    inWords: (names) => [...new Set(names.flatMap((name) => known.get(name) ?? []))],
  }
}
