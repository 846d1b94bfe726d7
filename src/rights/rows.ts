/**
 * What a table holds about somebody, read in steps by a cursor: a hundred thousand rows need no more
 * memory than a thousand.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { answersOf, columnOf, type Held } from '../database/classify.ts'
import type { For } from '../database/connection.ts'
import { mayRead } from '../database/purposes.ts'
import { unseal } from '../database/sealing.ts'

/** A row as its person may read it, by the names that the data map gives the columns. */
export type Row = Readonly<Record<string, unknown>>

export interface Wanted {
  readonly held: Held
  readonly where: SQL
  /** The person's key. */
  readonly key: Buffer
  readonly most?: number
}

const STEP = 1_000

/** Lets all readings of the transaction see one state. */
export async function readSteadily(tx: For<'rights'>): Promise<void> {
  await tx.execute(sql`set transaction isolation level repeatable read, read only`)
}

/** The rows, oldest first, some at a time. Columns that the purpose may not read (credentials) are absent; sealed ones are opened. */
export async function* rowsOf(
  tx: For<'rights'>,
  { held, where, key, most = Number.POSITIVE_INFINITY }: Wanted,
): AsyncGenerator<readonly Row[], void, void> {
  const columns = readable(held)
  // PostgreSQL must not look for the first rows of one person by walking through everybody's: so it
  // plans for all of them, without a limit, and is asked for as many as are wanted.
  const all = tx
    .select(columns)
    .from(held.table)
    .where(where)
    .orderBy(...Object.values(columns).slice(0, 1))
  await tx.execute(sql`set local cursor_tuple_fraction = 1`)
  await tx.execute(sql`declare held no scroll cursor for ${all}`)
  let left = most
  let rows: Record<string, unknown>[]
  do {
    const step = Math.min(left, STEP)
    rows = (await tx.execute(sql`fetch ${sql.raw(String(step))} from held`)).rows
    left = rows.length < step ? 0 : left - step
    yield rows.map((row) => shown(held, columns, row, key))
  } while (left > 0)
  await tx.execute(sql`close held`)
}

const readable = (held: Held): Record<string, PgColumn> =>
  Object.fromEntries(
    answersOf(held)
      .filter(({ category }) => mayRead('rights', category))
      .map(({ key }) => [key, columnOf(held, key)]),
  )

function shown(held: Held, columns: Record<string, PgColumn>, row: Row, key: Buffer): Row {
  const value = (name: string, column: PgColumn): unknown => {
    const raw = row[column.name]
    if (raw === null) return null
    return Buffer.isBuffer(raw) ? opened(held, name, raw, key) : column.mapFromDriverValue(raw)
  }
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, value(name, column)]))
}

// The wrapped key itself opens nothing without the house's secret, and is of no use to its person.
const opened = (held: Held, name: string, bytes: Buffer, key: Buffer): string =>
  held.columns[name]?.[0] === 'sealed' ? unseal(key, bytes).toString() : '(sealed key)'
