/** What the database says of itself: its columns, who may read them, its guards. Any login may ask that. */
import { loginName } from '../database/connection.ts'
import { type Purpose, purposeNames } from '../database/purposes.ts'
import type { Look } from './look.ts'
import type { Keeper } from './promise.ts'
import { columnsElsewhere } from './visits-elsewhere.ts'

/** A column as it is. */
export interface LiveColumn {
  readonly table: string
  readonly name: string
  readonly type: string
  /** A row cannot be without it, and nobody but the one who writes the row can give it. */
  readonly required: boolean
}

/** Relations of ours: tables, and whatever else could show the same. */
const OURS = `c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pgboss', 'drizzle') and n.nspname not like 'pg\\_%'`
const FROM = 'pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace'

/** Every column that there is, but for those of libraries; also those of visits, where they are kept elsewhere. */
export async function columnsOf(look: Look): Promise<LiveColumn[]> {
  const columns = await look.rows<{ table: string; name: string; type: string; required: boolean }>(
    'operations',
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            a.attnotnull and not a.atthasdef and a.attgenerated = '' as required
       from ${FROM} where ${OURS} order by 1, a.attnum`,
  )
  const all = [...columns, ...(await columnsElsewhere(look))]
  look.count('columns', all.length)
  return all
}

/** A login that may read, put in or change a column. */
export interface Right {
  readonly login: string
  /** The purpose, where it is one of the program's own logins. */
  readonly purpose: Purpose | undefined
  readonly table: string
  readonly column: string
}

/**
 * Who may do something with which columns: every login of the server but its superusers and the owner of the table. A
 * login that nobody declared is found like any other.
 */
export async function rightsTo(look: Look, way: 'select' | 'update' | 'insert', tables: readonly string[] = []): Promise<Right[]> {
  const rows = await look.rows<{ login: string; table: string; column: string }>(
    'operations',
    `select r.rolname as login, c.relname as table, a.attname as column
       from pg_roles r cross join ${FROM}
      where ${OURS} and r.rolcanlogin and not r.rolsuper and r.oid <> c.relowner
        and (cardinality($1::text[]) = 0 or c.relname = any($1)) and has_column_privilege(r.oid, c.oid, a.attnum, $2)
      order by 1, 2, a.attnum`,
    [tables, way],
  )
  look.count('rights of logins', rows.length)
  return rows.map((row) => ({ ...row, purpose: purposeOf(look, row.login) }))
}

/** The prefix of the program's own logins. */
export function prefixOf({ house }: Look): string {
  return String(house.db.login('operations').user).slice(0, -loginName('', 'operations').length)
}

const purposeOf = (look: Look, login: string): Purpose | undefined =>
  purposeNames.find((purpose) => loginName(prefixOf(look), purpose) === login)

/** Everybody to whom something of a table or a column of ours was granted, but for its owner; `public` is everybody. */
export async function grantees(look: Look): Promise<string[]> {
  const rows = await look.rows<{ name: string }>(
    'operations',
    `select distinct case g.grantee when 0 then 'public' else pg_get_userbyid(g.grantee) end as name
       from (select c.relowner, (aclexplode(c.relacl)).grantee from pg_class c where c.relnamespace = 'public'::regnamespace
             union all select c.relowner, (aclexplode(a.attacl)).grantee from ${FROM} where ${OURS}) g
      where g.grantee <> g.relowner order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** Looks for what keeps the promise: each guard, constraint, appointment and page that is named. */
export async function lookForKeepers(look: Look, keepers: readonly Keeper[]): Promise<void> {
  await lookForTriggers(look, namesOf(keepers, 'trigger'))
  await lookForConstraints(look, namesOf(keepers, 'constraint'))
  await lookForJobs(look, namesOf(keepers, 'job'))
  for (const path of namesOf(keepers, 'page')) await lookForPage(look, path)
}

const namesOf = (keepers: readonly Keeper[], kind: string): string[] =>
  keepers.flatMap((keeper) => (kind in keeper ? [(keeper as unknown as Record<string, string>)[kind] ?? ''] : []))

async function lookForTriggers(look: Look, names: readonly string[]): Promise<void> {
  const live = await look.rows<{ name: string }>(
    'operations',
    `select tgname as name from pg_trigger where tgname = any($1) and tgenabled in ('O', 'A')`,
    [names],
  )
  compare(look, {
    what: 'triggers',
    names,
    live: live.map(({ name }) => name),
    says: 'a guard of the database is not there or switched off',
  })
}

// A constraint or a unique index, which is one by another name.
async function lookForConstraints(look: Look, names: readonly string[]): Promise<void> {
  const live = await look.rows<{ name: string }>(
    'operations',
    `select conname as name from pg_constraint where conname = any($1) and convalidated
      union select relname from pg_class join pg_index on indexrelid = pg_class.oid where relname = any($1) and indisunique and indisvalid`,
    [names],
  )
  compare(look, { what: 'constraints', names, live: live.map(({ name }) => name), says: 'a constraint of the database is not there' })
}

// A database that no program has worked on yet has no clock; in production that is a breach by itself.
async function lookForJobs(look: Look, names: readonly string[]): Promise<void> {
  const live = await look.rows<{ name: string }>('operations', 'select name from pgboss.schedule')
  if (live.length === 0 && look.house.config.environment === 'development') return
  compare(look, { what: 'appointments', names, live: live.map(({ name }) => name), says: 'it is not on the clock' })
}

interface Comparison {
  readonly what: string
  readonly names: readonly string[]
  readonly live: readonly string[]
  readonly says: string
}

function compare(look: Look, { what, names, live, says }: Comparison): void {
  if (names.length > 0) look.count(what, names.length)
  look.find(...names.filter((name) => !live.includes(name)).map((name) => `${says}: ${name}`))
}

// What is somebody's answers a stranger by sending them to the door, or by saying nothing.
async function lookForPage(look: Look, path: string): Promise<void> {
  if (path.includes(':'))
    return look.expect(
      'doors',
      look.doors().some((door) => door.path === path),
      `there is no such page: ${path}`,
    )
  const { status } = await look.get(path)
  const closed = /^\/(account|staff)/.test(path)
  look.expect('pages', status === (closed ? 302 : 200) || (closed && status === 303), `a page answers ${status}: ${path}`)
}
