/** What every part of the demo needs to bring its rows in: ids of a moment, secrets that nobody has, many rows at once. */
import { createHash } from 'node:crypto'
import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { v7 } from 'uuid'
import type { For } from './database/connection.ts'
import type { Purpose } from './database/purposes.ts'
import type { Chance } from './demo-names.ts'
import type { Id } from './log.ts'

/** Inserts many rows at once: as one JSON parameter, which PostgreSQL takes apart faster than thousands of them. */
export async function put<T extends PgTable>(tx: For<Purpose>, table: T, rows: readonly InferInsertModel<T>[]): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => key in (rows[0] as object))
  const names = columns.map(([, column]) => `"${column.name}"`).join(', ')
  const name = `"${getTableName(table)}"`
  const json = JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map(([key, column]) => [column.name, plain((row as Record<string, unknown>)[key])]))),
  )
  await tx.$client.query(`insert into ${name} (${names}) select ${names} from jsonb_populate_recordset(null::${name}, $1::jsonb)`, [json])
}

const plain = (value: unknown): unknown => (Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value)

export const bytes = (roll: Chance): Buffer => createHash('sha256').update(String(roll())).update(String(roll())).digest()

/** The hash of a secret that nobody has. */
export const nobodys = (roll: Chance): string => bytes(roll).toString('base64url')

/** A UUIDv7 of that moment. */
export const idAt = (roll: Chance, at: Date): Id => v7({ msecs: at.getTime(), random: bytes(roll) }) as Id
