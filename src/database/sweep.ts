/** The retention sweep: deletes what the data map says is due, in small steps, in the register's order. */
import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { DAY, now } from '../clock.ts'
import { log, logFault, word } from '../log.ts'
import { columnOf, type Held } from './classify.ts'
import type { Database, For } from './connection.ts'

/** Rows that one transaction deletes, so that nobody waits long for a lock. */
const STEP = 5_000

/** Rows of a table whose `column` holds this moment or an earlier one have had their time. */
interface Due {
  readonly held: Held
  readonly column: PgColumn
  readonly until: Date
}

/** What is due in a table at this moment; undefined for what is kept while something lasts. */
export function due(held: Held, at: Date): Due | undefined {
  const { keptFor } = held
  if ('until' in keptFor) return { held, column: columnOf(held, keptFor.until), until: at }
  if ('days' in keptFor) return { held, column: columnOf(held, keptFor.after), until: new Date(at.getTime() - keptFor.days * DAY) }
  return undefined
}

/**
 * Sweeps every table that has an end date. Repeating it does no harm.
 * @throws the first fault, after all other tables were swept
 */
export async function sweep(db: Database, register: readonly Held[]): Promise<void> {
  const faults: unknown[] = []
  // One moment for all, or a row would be due that something still points at.
  const at = now()
  for (const held of register) {
    const old = due(held, at)
    if (old) await sweepTable(db, old).catch((fault: unknown) => faults.push(fault))
  }
  for (const fault of faults) logFault('retention.failed', fault)
  if (faults.length > 0) throw faults[0]
}

async function sweepTable(db: Database, old: Due): Promise<void> {
  let gone = STEP
  while (gone >= STEP) {
    gone = await db.as('operations', (tx) => step(tx, old))
    if (gone > 0) log('retention.swept', { table: word(old.held.name), rows: gone })
  }
}

// The column of time is all that this login may be sure to read, and it is indexed. Its value at the
// end of the step comes as text, because a JavaScript date would drop its microseconds.
async function step(tx: For<'operations'>, { held, column, until }: Due): Promise<number> {
  const [last] = await tx
    .select({ at: sql<string>`${column}::text` })
    .from(held.table)
    .where(sql`${column} <= ${until.toISOString()}`)
    .orderBy(column)
    .offset(STEP - 1)
    .limit(1)
  return (await tx.delete(held.table).where(sql`${column} <= ${last?.at ?? until.toISOString()}`)).rowCount ?? 0
}
