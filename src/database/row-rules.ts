/**
 * Rules by rows: a login that may read a table, and of it only the rows that a rule lets through
 * (PostgreSQL's row-level security). Other logins see the table as before. Where a login has a rule it
 * may read and nothing else, unless the rule says that it writes.
 */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { escapeIdentifier as quoted } from 'pg'
import type { Purpose } from './purposes.ts'
import { purposeNames } from './purposes.ts'
import { loginName } from './connection.ts'

export interface RowRule {
  readonly table: string
  readonly purpose: Purpose
  /** Which rows, in words. */
  readonly says: string
  /** Which rows, as a condition of SQL on a row of the table. */
  readonly where: string
  /** It may also write: new rows freely, and of the others those that it sees. Without it, it may read and nothing else. */
  readonly writes?: true
}

interface Policy {
  readonly name: string
  readonly statement: string
}

// The name tells what it says, so that a policy that is there already is left alone: making one locks the table.
const named = (table: string, text: string): Policy => {
  const name = `row_rule_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  return { name, statement: `create policy ${name} on ${quoted(table)} ${text}` }
}

const WRITING = ['for insert to :login with check (true)', 'for update to :login using (true)', 'for delete to :login using (true)']

function policiesOf(rules: readonly RowRule[], table: string, prefix: string): Policy[] {
  const logins = (purposes: readonly Purpose[]) => purposes.map((purpose) => quoted(loginName(prefix, purpose))).join(', ')
  const ruled = rules.filter((rule) => rule.table === table)
  const others = purposeNames.filter((name) => !ruled.some(({ purpose }) => purpose === name))
  return [
    named(table, `for all to ${logins(others)} using (true) with check (true)`),
    ...ruled.map(({ purpose, where }) => named(table, `for select to ${logins([purpose])} using (${where})`)),
    ...ruled
      .filter(({ writes }) => writes)
      .flatMap(({ purpose }) => WRITING.map((way) => named(table, way.replace(':login', logins([purpose]))))),
  ]
}

/** The statements that make the live policies equal to the rules; none where they are. */
export async function rowRuleStatements(client: pg.Client, rules: readonly RowRule[], prefix: string): Promise<string[]> {
  const { rows: live } = await client.query<{ table: string; name: string }>(
    `select tablename as table, policyname as name from pg_policies where schemaname = 'public' and policyname like 'row\\_rule\\_%'`,
  )
  const { rows: secured } = await client.query<{ table: string }>(
    `select relname as table from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity`,
  )
  const tables = [...new Set(rules.map(({ table }) => table))]
  const wanted = tables.flatMap((table) => policiesOf(rules, table, prefix).map((policy) => ({ table, ...policy })))
  const isIn = (all: readonly { table: string; name: string }[], { table, name }: { table: string; name: string }) =>
    all.some((one) => one.table === table && one.name === name)
  return [
    ...tables
      .filter((table) => !secured.some((one) => one.table === table))
      .map((table) => `alter table ${quoted(table)} enable row level security`),
    ...live.filter((one) => !isIn(wanted, one)).map(({ table, name }) => `drop policy ${quoted(name)} on ${quoted(table)}`),
    ...wanted.filter((one) => !isIn(live, one)).map(({ statement }) => statement),
  ]
}
