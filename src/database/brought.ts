/**
 * Which migrations this program brings, and whether the database has seen newer ones: then a newer version of the program
 * works on it, or has worked there, and this one is on its way out.
 */
import type pg from 'pg'
import journal from '../../migrations/meta/_journal.json' with { type: 'json' }

/** How many migrations this program brings. */
export const migrationsBrought = journal.entries.length

const newestBrought = Math.max(...journal.entries.map(({ when }) => when))

const SEEN = `select exists (select from drizzle.__drizzle_migrations where created_at > $1) as ahead`

/** How far the database is: behind what this program brings, level with it, or ahead of it. */
export type Standing = 'behind' | 'level' | 'ahead'

/** Compares the database with what this program brings; a database that nobody migrated is behind. */
export async function standingOf(client: pg.ClientBase): Promise<Standing> {
  const { rows: found } = await client.query<{ there: boolean }>(`select to_regclass('drizzle.__drizzle_migrations') is not null as there`)
  if (!found[0]?.there) return 'behind'
  if (await isAhead(client)) return 'ahead'
  const { rows } = await client.query<{ seen: number }>('select count(*)::int as seen from drizzle.__drizzle_migrations')
  return (rows[0]?.seen ?? 0) < migrationsBrought ? 'behind' : 'level'
}

/** Has the database seen migrations that this program does not know? Asked with a login that may read their list. */
export async function isAhead(client: pg.ClientBase): Promise<boolean> {
  return (await client.query<{ ahead: boolean }>(SEEN, [newestBrought])).rows[0]?.ahead === true
}
