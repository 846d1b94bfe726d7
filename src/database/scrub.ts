/**
 * Deleting a row does not overwrite its bytes: PostgreSQL leaves them in the table's file until the
 * space is used again, and in its write-ahead log until that is thrown away. Every night the tables
 * that lost rows are rewritten and the log is begun anew, so that what was erased is gone from the
 * files, too.
 */
import { log, logFault, word } from '../log.ts'
import type { Held } from './classify.ts'
import type { Database } from './connection.ts'

/** The hour of the night (UTC) at which it happens, as `worker.ts` puts it on the clock. */
export const SCRUB_TIME = '03:40'

/**
 * How far this server lets us go: files and write-ahead log, the tables' files only, or neither, as before
 * PostgreSQL 17 or where the operator's server is shared. What we may not do, the server does in its own time.
 */
export type Reach = 'all' | 'tables' | 'nothing'

/** How far the scrub reaches on this server. */
export async function reach(db: Database): Promise<Reach> {
  const [found] = await db.read<{ tables: boolean; log: boolean }>('operations', { name: 'scrub-reach', text: REACH, values: [] })
  if (!found?.tables) return 'nothing'
  return found.log ? 'all' : 'tables'
}

const REACH = `
  select case when current_setting('server_version_num')::int < 170000 then false
              else has_table_privilege('people', 'MAINTAIN') end as tables,
         has_function_privilege('pg_switch_wal()', 'EXECUTE') and pg_has_role('pg_checkpoint', 'USAGE')
           and current_setting('wal_recycle') = 'off' and current_setting('archive_mode') = 'off' as log`

/**
 * Rewrites every table that lost rows since the last time, and throws the old write-ahead log away.
 * @throws the first fault, after all other tables were rewritten; the job then tries again
 */
export async function scrub(db: Database, register: readonly Held[]): Promise<void> {
  const far = await reach(db)
  if (far === 'nothing') return log('database.scrub-left-to-the-server', {}, 'warn')
  const faults: unknown[] = []
  for (const held of await thoseThatLost(db, register)) await rewrite(db, held).catch((fault: unknown) => faults.push(fault))
  if (far === 'all') await db.run('operations', 'select pg_switch_wal()', 'checkpoint')
  log('database.scrubbed', { log: far === 'all', failed: faults.length })
  for (const fault of faults) logFault('database.scrub-failed', fault)
  if (faults.length > 0) throw faults[0]
}

/** How far each table's counters stood when this process last rewrote it; a new process rewrites all once. */
const rewritten = new WeakMap<Database, Map<string, string>>()

// Rows that were deleted, changed, or never committed. The counters begin anew when a server recovers
// from a crash, which `stats_reset` tells.
const LOST = `
  select relname as name,
         concat_ws(' ', n_tup_del + n_tup_upd, n_dead_tup, (select stats_reset from pg_stat_bgwriter)) as mark
    from pg_stat_user_tables where schemaname = 'public'`

interface Counted {
  readonly name: string
  readonly mark: string
}

async function thoseThatLost(db: Database, register: readonly Held[]): Promise<Counted[]> {
  const seen = rewritten.get(db)
  const kept = new Set(register.map((held) => held.name))
  const rows = await db.read<Counted & Record<string, unknown>>('operations', { name: 'scrub-lost', text: LOST, values: [] })
  return rows.filter(({ name, mark }) => kept.has(name) && seen?.get(name) !== mark)
}

// It waits for the table two seconds at most, because everybody else would wait behind it.
async function rewrite(db: Database, { name, mark }: Counted): Promise<void> {
  const started = performance.now()
  await db.run('operations', "set lock_timeout = '2s'", `vacuum (full) "${name}"`)
  const marks = rewritten.get(db) ?? new Map<string, string>()
  rewritten.set(db, marks.set(name, mark))
  log('database.rewritten', { table: word(name), ms: Math.round(performance.now() - started) })
}
