/**
 * The grants, generated from the matrix and the register. They are applied after each migration, all
 * of them, in one transaction; a test compares them with what the live database says.
 */
import { escapeIdentifier as quoted, escapeLiteral as literal } from 'pg'
import { answersOf, type Held } from './classify.ts'
import { loginName, loginPassword } from './connection.ts'
import { mayRead, mayWrite, type Purpose, purposeNames } from './purposes.ts'

/** What one login may do with one table. Column names are the database's. */
export interface Grant {
  readonly purpose: Purpose
  readonly table: string
  readonly select: readonly string[]
  readonly update: readonly string[]
  readonly insert: boolean
  readonly remove: boolean
}

/** Tables into which every purpose may put something, without reading it: the outbox, and what was done. */
const open = new Set(['letters', 'audit_details'])

/** Every grant that the register and the matrix call for. */
export function grantsOf(register: readonly Held[]): Grant[] {
  return register.flatMap((held) => purposeNames.map((purpose) => grantOf(held, purpose)))
}

function grantOf(held: Held, purpose: Purpose): Grant {
  const served = held.serves.includes(purpose)
  const named = (may: typeof mayRead): string[] =>
    served || (may === mayRead && held.reads?.includes(purpose))
      ? answersOf(held)
          .filter((answer) => may(purpose, answer.category))
          .map((answer) => answer.name)
      : []
  return {
    purpose,
    table: held.name,
    select: named(mayRead),
    update: named(mayWrite),
    insert: served || open.has(held.name) || (held.takesFrom?.includes(purpose) ?? false),
    remove: served,
  }
}

/** The statements that make the live privileges equal to the register's, in order. */
export function grantStatements(register: readonly Held[], prefix: string): string[] {
  const logins = purposeNames.map((purpose) => quoted(loginName(prefix, purpose))).join(', ')
  return [
    'revoke all on schema public from public',
    `grant usage on schema public to ${logins}`,
    `grant usage on schema drizzle to ${whoAsks(prefix)}`,
    `grant select on drizzle.__drizzle_migrations to ${whoAsks(prefix)}`,
    ...register.map((held) => `revoke all on ${quoted(held.name)} from public, ${logins}`),
    ...grantsOf(register).flatMap((grant) => statementsOf(grant, quoted(loginName(prefix, grant.purpose)))),
  ]
}

// Whether all migrations ran is asked to be ready; and before somebody is erased or copied, see `rights/newest.ts`.
const whoAsks = (prefix: string): string => (['operations', 'rights'] as const).map((name) => quoted(loginName(prefix, name))).join(', ')

function statementsOf(grant: Grant, login: string): string[] {
  const columns = (names: readonly string[]) => names.map(quoted).join(', ')
  const on = `on ${quoted(grant.table)} to ${login}`
  return [
    grant.select.length > 0 ? `grant select (${columns(grant.select)}) ${on}` : '',
    grant.update.length > 0 ? `grant update (${columns(grant.update)}) ${on}` : '',
    grant.insert ? `grant insert ${on}` : '',
    grant.remove ? `grant delete ${on}` : '',
  ].filter(Boolean)
}

/** Creates the logins that are missing and gives each the password derived from the root. */
export function loginStatements(prefix: string, root: Buffer, existing: ReadonlySet<string>): string[] {
  return purposeNames.map((purpose) => {
    const name = loginName(prefix, purpose)
    const password = literal(loginPassword(root, purpose))
    if (existing.has(name)) return `alter role ${quoted(name)} password ${password}`
    return `create role ${quoted(name)} login noinherit nocreatedb nocreaterole password ${password}`
  })
}

/**
 * Personal columns are left out of the planner's statistics, which would otherwise keep samples of
 * names and addresses in a system table that no erasure reaches.
 */
export function statisticsStatements(register: readonly Held[]): string[] {
  const personal = new Set(['contact', 'correspondence', 'session', 'sealed', 'key', 'credential'])
  return register.flatMap((held) =>
    answersOf(held)
      .filter((answer) => personal.has(answer.category))
      .map((answer) => `alter table ${quoted(held.name)} alter column ${quoted(answer.name)} set statistics 0`),
  )
}

/** The planner's statistics of an index on an expression, such as the one that finds people by name, are left out, too. */
export const INDEX_STATISTICS = `
  select format('alter index %s alter column %s set statistics 0', a.attrelid::regclass, a.attnum) as statement
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_attribute a on a.attrelid = i.indexrelid
   where i.indkey[a.attnum - 1] = 0 and t.relname = any($1) and t.relnamespace = 'public'::regnamespace and a.attstattarget is distinct from 0`

/** What lets `operations` rewrite tables so that their files forget what was deleted; PostgreSQL 17 and later know it. */
export const upkeepStatements = (register: readonly Held[], prefix: string): string[] =>
  register.map((held) => `grant maintain on ${quoted(held.name)} to ${quoted(loginName(prefix, 'operations'))}`)

/** What lets `operations` begin a new write-ahead log, so that the old one goes; for an owner who may pass that on. */
export const forgettingStatements = (prefix: string): string[] => [
  `grant pg_checkpoint to ${quoted(loginName(prefix, 'operations'))} with inherit true, set false`,
  `grant execute on function pg_switch_wal() to ${quoted(loginName(prefix, 'operations'))}`,
]
