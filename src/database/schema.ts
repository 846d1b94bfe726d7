/**
 * The start-up check: what the live database holds must be exactly what the register answers for. A
 * table or a column that one side does not know stops the start, by name.
 */
import { escapeIdentifier as quoted, escapeLiteral as literal } from 'pg'
import type pg from 'pg'
import { answersOf, type Held } from './classify.ts'

/**
 * Schemas of libraries. They hold ids, moments and states, never personal values: pg-boss the jobs
 * (payloads are ids by type, see `jobs/queue.ts`), drizzle the list of migrations that ran.
 */
export const foreignSchemas = ['pgboss', 'drizzle'] as const

/**
 * Names of columns that stand on one side only, in sentences; empty when map and database agree. A database that is `ahead`
 * of this program holds columns that a newer one answers for: that one noted its answers beside them (`noteAnswers`).
 */
export async function disagreements(client: pg.Client, register: readonly Held[], ahead = false): Promise<string[]> {
  const live = await liveColumns(client)
  const mapped = answersByName(register)
  const answered = (name: string): boolean => mapped.has(name) || (ahead && Boolean(live.get(name)))
  return [
    ...[...live.keys()].filter((name) => !answered(name)).map((name) => `${name} is in the database but not in src/register.ts`),
    ...[...mapped.keys()].filter((name) => !live.has(name)).map((name) => `${name} is in src/register.ts but not in the database`),
  ]
}

/**
 * Notes the answers of the map in the database itself, as comments on its columns: which kind of data each holds. Whoever
 * looks into the database sees them, and so does an older program that is started on it. Writes only what changed.
 */
export async function noteAnswers(client: pg.Client, register: readonly Held[]): Promise<void> {
  const noted = await liveColumns(client)
  const statements = register.flatMap((held) =>
    answersOf(held)
      .filter(({ name, category }) => noted.get(`${held.name}.${name}`) !== category)
      .map(({ name, category }) => `comment on column ${quoted(held.name)}.${quoted(name)} is ${literal(category)}`),
  )
  // All at once: the first time there are a thousand of them.
  if (statements.length > 0) await client.query(statements.join(';'))
}

const answersByName = (register: readonly Held[]): ReadonlyMap<string, string> =>
  new Map(register.flatMap((held) => answersOf(held).map(({ name, category }) => [`${held.name}.${name}`, category])))

/** Every column that is there, with what is noted beside it. */
async function liveColumns(client: pg.Client): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await client.query<{ name: string; noted: string | null }>(
    `select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname || '.' || a.attname as name,
            col_description(c.oid, a.attnum) as noted
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped and not c.relispartition
        and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and n.nspname <> all($1)
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
    [foreignSchemas],
  )
  return new Map(rows.map(({ name, noted }) => [name, noted]))
}
