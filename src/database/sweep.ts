/** The retention sweep: deletes what the data map says is due, in small steps, in the register's order. */
import { and, lte, type SQL, sql } from 'drizzle-orm'
import { DAY, now } from '../clock.ts'
import { log, word } from '../log.ts'
import { columnOf, type Held } from './classify.ts'
import type { Database } from './connection.ts'

const STEP = 5_000

/** The condition under which a row is due; undefined for what is kept while something lasts. */
export function due(held: Held, at: Date): SQL | undefined {
  const { keptFor } = held
  if ('until' in keptFor) return lte(columnOf(held, keptFor.until), at)
  if ('days' in keptFor) return lte(columnOf(held, keptFor.after), new Date(at.getTime() - keptFor.days * DAY))
  return undefined
}

/** Sweeps every table that has an end date. Repeating it does no harm. */
export async function sweep(db: Database, register: readonly Held[]): Promise<void> {
  for (const held of register) {
    const condition = due(held, now())
    if (condition) await sweepTable(db, held, condition)
  }
}

async function sweepTable(db: Database, held: Held, condition: SQL): Promise<void> {
  let gone = STEP
  while (gone === STEP) {
    gone = await db.as('operations', async (tx) => {
      const rows = tx.select({ ctid: sql`ctid` }).from(held.table).where(and(condition)).limit(STEP)
      return (await tx.delete(held.table).where(sql`ctid in ${rows}`)).rowCount ?? 0
    })
    if (gone > 0) log('retention.swept', { table: word(held.name), rows: gone })
  }
}
