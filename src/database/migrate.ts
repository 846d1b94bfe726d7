/**
 * What the owner's login does before anything is served: migrations, the queue's tables, logins,
 * grants, and the check that map and database agree. Then it is closed and not used again. Several
 * processes may start at once; an advisory lock lets one work while the others wait.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { word, log } from '../log.ts'
import { standingOf } from './brought.ts'
import type { Held } from './classify.ts'
import {
  forgettingStatements,
  grantStatements,
  INDEX_STATISTICS,
  loginStatements,
  statisticsStatements,
  upkeepStatements,
} from './grants.ts'
import { keepRoot, likelyRoot, openRoot, type Secrets } from './root.ts'
import { type RowRule, rowRuleStatements } from './row-rules.ts'
import { disagreements, noteAnswers } from './schema.ts'

const LOCK = 7_201_903

/** A database that cannot be served; its message says which and why. */
export class WrongDatabase extends Error {
  override name = 'WrongDatabase'
}

export interface Owner {
  /** How the owner logs in. */
  readonly login: pg.ClientConfig
  /** Prefix of the purposes' logins. */
  readonly prefix: string
  readonly secrets: Secrets
  readonly migrations: string
  readonly register: readonly Held[]
  readonly rowRules: readonly RowRule[]
  /** Makes the queue's tables and lets the logins use them, under the same lock. */
  readonly queue: (client: pg.Client) => Promise<void>
  /** Notes in the record that `SECRET` was changed, in the transaction in which it is. */
  readonly noteChange: (client: pg.Client) => Promise<void>
}

/** What came of it: the database is what this program needs; or a newer program has been there, and nothing was touched. */
export type Prepared = 'level' | 'ahead'

/** What came of it, and the root from which the house's keys and the logins' passwords are derived. */
export interface Ready {
  readonly prepared: Prepared
  readonly root: Buffer
}

/**
 * Brings the database to what this program needs. One that is ahead is left as it is: its grants are those of the newer
 * program, which may be serving beside this one, and this one would take away what it does not know.
 * @throws WrongDatabase when it is too old, or holds something that the register does not answer for
 * @throws WrongSetting when `SECRET` is another one than that of this database; nothing was changed then
 */
export async function prepare(owner: Owner): Promise<Ready> {
  const client = new pg.Client(owner.login)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    const major = await requireVersion(client)
    const standing = await standingOf(client)
    const known = (await openRoot(client, owner.secrets)) ?? (await likelyRoot(client, owner.register, owner.secrets))
    if (standing === 'ahead') return { prepared: await goAlong(client, owner), root: known.root }
    await migratePatiently(client, owner)
    await requireAgreement(client, owner.register)
    const root = await keepRoot(client, owner)
    await grant(client, { ...owner, root }, major)
    await noteAnswers(client, owner.register)
    await owner.queue(client)
    return { prepared: 'level', root }
  } finally {
    await client.end()
  }
}

// While a newer version is brought in, a process of the older one may end and be started again.
async function goAlong(client: pg.Client, { register }: Owner): Promise<'ahead'> {
  const sentences = await disagreements(client, register, true)
  if (sentences.length > 0)
    throw new WrongDatabase(
      `The database belongs to a newer version of this program, and this one cannot go along with it: ${sentences.join('; ')}. Start the newer version.`,
    )
  log('database.ahead', {}, 'warn')
  return 'ahead'
}

// A migration that waits for a table makes everybody wait who comes after it: better to let go, and to try again.
const LOCK_TIMEOUT = '2s'
const TRIES = 30
const NO_LOCK = '55P03'

async function migratePatiently(client: pg.Client, { migrations }: Owner): Promise<void> {
  await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`)
  for (let tries = 1; ; tries++)
    try {
      await runMigrations(drizzle(client), { migrationsFolder: migrations })
      break
    } catch (fault) {
      if (tries === TRIES || codeOf(fault) !== NO_LOCK) throw fault
      log('database.waits-for-lock', { tries }, 'warn')
      await sleep(1_000)
    }
  await client.query('reset lock_timeout')
}

const codeOf = (fault: unknown): unknown => {
  const { code, cause } = (fault ?? {}) as { code?: unknown; cause?: unknown }
  return code ?? (cause === undefined ? undefined : codeOf(cause))
}

async function requireVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num')
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000)
  if (major < 15) throw new WrongDatabase(`PostgreSQL ${major} is too old: 15 or later is needed.`)
  log('database.version', { major })
  return major
}

async function requireAgreement(client: pg.Client, register: readonly Held[]): Promise<void> {
  const sentences = await disagreements(client, register)
  if (sentences.length > 0) throw new WrongDatabase(`The data map and the database disagree: ${sentences.join('; ')}.`)
}

// One transaction, so that no process ever meets half of the grants.
async function grant(client: pg.Client, owner: Owner & Pick<Ready, 'root'>, major: number): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles')
  const existing = new Set(rows.map((row) => row.rolname))
  await client.query('begin')
  for (const statement of loginStatements(owner.prefix, owner.root, existing)) await client.query(statement)
  for (const statement of grantStatements(owner.register, owner.prefix)) await client.query(statement)
  for (const statement of await rowRuleStatements(client, owner.rowRules, owner.prefix)) await client.query(statement)
  for (const statement of statisticsStatements(owner.register)) await client.query(statement)
  for (const statement of await indexStatistics(client, owner)) await client.query(statement)
  for (const statement of major >= 17 ? await upkeep(client, owner) : []) await client.query(statement)
  await client.query('commit')
  log('database.granted', { tables: owner.register.length, by: word('owner') })
}

async function indexStatistics(client: pg.Client, { register }: Owner): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(INDEX_STATISTICS, [register.map((held) => held.name)])
  return rows.map((row) => row.statement)
}

// On a server that is not ours alone, the owner may lack the right to pass on what touches the whole server.
async function upkeep(client: pg.Client, { register, prefix }: Owner): Promise<string[]> {
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_has_role(current_user, 'pg_checkpoint', 'MEMBER WITH ADMIN OPTION')
        and has_function_privilege(current_user, 'pg_switch_wal()', 'EXECUTE WITH GRANT OPTION') as may`,
  )
  return [...upkeepStatements(register, prefix), ...(rows[0]?.may ? forgettingStatements(prefix) : [])]
}
