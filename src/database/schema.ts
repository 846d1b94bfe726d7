/**
 * The start-up check: what the live database holds must be exactly what the register answers for. A
 * table or a column that one side does not know stops the start, by name.
 */
import type pg from 'pg'
import { answersOf, type Held } from './classify.ts'

/**
 * Schemas of libraries. They hold ids, moments and states, never personal values: pg-boss the jobs
 * (payloads are ids by type, see `jobs/queue.ts`), drizzle the list of migrations that ran.
 */
export const foreignSchemas = ['pgboss', 'drizzle'] as const

/** Names of columns that stand on one side only, in sentences; empty when map and database agree. */
export async function disagreements(client: pg.Client, register: readonly Held[]): Promise<string[]> {
  const live = await liveColumns(client)
  const mapped = new Set(register.flatMap((held) => answersOf(held).map((answer) => `${held.name}.${answer.name}`)))
  return [
    ...[...live].filter((name) => !mapped.has(name)).map((name) => `${name} is in the database but not in src/register.ts`),
    ...[...mapped].filter((name) => !live.has(name)).map((name) => `${name} is in src/register.ts but not in the database`),
  ]
}

async function liveColumns(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname || '.' || a.attname as name
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped and not c.relispartition
        and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and n.nspname <> all($1)
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
    [foreignSchemas],
  )
  return new Set(rows.map((row) => row.name))
}
