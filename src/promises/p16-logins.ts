/** What the program's logins may do, against what the register says. */
import { rowRuleStatements } from '../database/row-rules.ts'
import { grantsOf } from '../database/grants.ts'
import { loginName } from '../database/connection.ts'
import { purposeNames } from '../database/purposes.ts'
import { register, rowRules } from '../register.ts'
import { prefixOf, rightsTo } from './catalog.ts'
import type { Look } from './look.ts'

/** More than was granted, rules by rows that are not there, and logins that could do more to the server. */
export async function lookAtLogins(look: Look): Promise<void> {
  await lookAtGrants(look)
  await lookAtRules(look)
  await lookAtServer(look)
}

async function lookAtGrants(look: Look): Promise<void> {
  const grants = grantsOf(register)
  const declared = {
    select: new Set(grants.flatMap(({ purpose, table, select }) => select.map((column) => `${purpose} ${table}.${column}`))),
    update: new Set(grants.flatMap(({ purpose, table, update }) => update.map((column) => `${purpose} ${table}.${column}`))),
  }
  for (const way of ['select', 'update'] as const) {
    const rights = await rightsTo(look, way)
    const more = rights.filter(({ purpose, table, column }) => !purpose || !declared[way].has(`${purpose} ${table}.${column}`))
    look.find(...more.map(({ login, table, column }) => `${login} may ${way} ${table}.${column}, which nobody declared`))
  }
}

async function lookAtRules(look: Look): Promise<void> {
  look.count('rules by rows', rowRules.length)
  const missing = await look.house.db.as('operations', ({ $client: client }) =>
    rowRuleStatements(client as never, rowRules, prefixOf(look)),
  )
  look.find(...missing.map((statement) => `a rule by rows is not there as it should be: ${statement.slice(0, 90)}`))
}

/** A login of a purpose makes no logins, no databases and no tables, passes no rule by rows over, and is no other's member. */
async function lookAtServer(look: Look): Promise<void> {
  const logins = purposeNames.map((purpose) => loginName(prefixOf(look), purpose))
  const rows = await look.rows<{ name: string; may: boolean; makes: boolean; groups: string[] }>(
    'operations',
    `select r.rolname as name, r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication as may,
            has_schema_privilege(r.oid, 'public', 'create') as makes,
            array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid and g.rolname <> 'pg_checkpoint') as groups
       from pg_roles r where r.rolname = any($1)`,
    [logins],
  )
  look.count('logins', rows.length)
  look.find(
    ...rows.filter(({ may }) => may).map(({ name }) => `${name} may do more to the server than it needs`),
    ...rows.filter(({ makes }) => makes).map(({ name }) => `${name} may make tables`),
    ...rows.flatMap(({ name, groups }) => groups.map((group) => `${name} has the powers of ${group}`)),
  )
}
