/**
 * The only way to the data: `db.as(purpose, tx => …)`. Each purpose is a PostgreSQL login of its own
 * with a small pool, so that what a purpose may not see is refused by the database, whatever
 * statement reaches it (a `SET ROLE` could be undone by one injected statement; a login cannot).
 */
import { createHmac } from 'node:crypto'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { logFault, word } from '../log.ts'
import { isTracing, timed } from '../tracing.ts'
import { openLine } from './line.ts'
import { type Purpose, purposeNames } from './purposes.ts'
import { type Keyring, keyring } from './sealing.ts'

/** A transaction under a purpose. A function that takes `For<'billing'>` cannot be called with another. */
export type For<P extends Purpose> = NodePgDatabase & {
  readonly $client: pg.PoolClient
  readonly purpose: P
  /** The house's database that this transaction belongs to. */
  readonly db: Database
}

/** Where the server is, without a user. */
export type Place = Pick<pg.ClientConfig, 'host' | 'port' | 'database' | 'ssl'>

/** A statement that is prepared once a connection: the few that run with every request. */
export interface Named {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** Asks whether a purpose may be used; undefined where that is known to be so. */
export type Asking = (purpose: Purpose) => Promise<void> | undefined

export interface Database {
  /** Runs `work` in one transaction under `purpose`; whatever it throws rolls everything back. */
  as<P extends Purpose, R>(purpose: P, work: (tx: For<P>) => Promise<R>): Promise<R>
  /** Runs one prepared reading under `purpose`, without the cost of a transaction around it. */
  read<R extends pg.QueryResultRow>(purpose: Purpose, statement: Named): Promise<R[]>
  /** The same for one statement that writes. */
  write<R extends pg.QueryResultRow>(purpose: Purpose, statement: Named): Promise<R[]>
  /** Runs statements that stand outside a transaction, one after another, without a time limit: for upkeep such as VACUUM. */
  run(purpose: Purpose, ...statements: readonly string[]): Promise<void>
  /** Has each use of a purpose asked for: whoever asks refuses by throwing. Set once, at the start. */
  guard(ask: Asking): void
  /** Makes and opens the keys under which text about people is sealed. */
  readonly keyring: Keyring
  /** How to log in under `purpose`, for a library that keeps connections of its own. */
  login(purpose: Purpose): pg.PoolConfig
  /** How its pools stand at this moment. */
  pools(): readonly PoolState[]
  close(): Promise<void>
}

/** The connections of a purpose: how many there are, are at rest, and how many callers wait for one. */
export interface PoolState {
  readonly purpose: Purpose
  readonly total: number
  readonly idle: number
  readonly waiting: number
}

/** All connections of a purpose were taken for as long as one may wait for them: nothing was done, and a later try may do. */
export class Busy extends Error {
  override name = 'Busy'

  constructor(purpose: Purpose) {
    super(`no connection for ${purpose} became free in time`)
  }
}

/** The PostgreSQL login of a purpose, such as `cloudrun_billing`. */
export const loginName = (prefix: string, purpose: Purpose): string => `${prefix}_${purpose}`

/** The login's password. It exists in no file: it is derived from the root at each start, and so a new `SECRET` leaves it as it is. */
export const loginPassword = (root: Buffer, purpose: Purpose): string =>
  createHmac('sha256', root).update(`login:${purpose}`).digest('base64url')

// What faces every visitor gets more connections than what runs in the background.
const poolSize: Partial<Record<Purpose, number>> = { security: 8, service: 8 }

// The purposes whose readings run with every request, and are short.
const inLine: readonly Purpose[] = ['security', 'service']

/** Opens the pools, lazily: a purpose that is never used costs no connection. */
export function connect(options: { place: Place; prefix: string; root: Buffer }): Database {
  const login = (purpose: Purpose): pg.PoolConfig => ({
    ...options.place,
    user: loginName(options.prefix, purpose),
    password: loginPassword(options.root, purpose),
    application_name: `cloudrun ${purpose}`,
    max: poolSize[purpose] ?? 4,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    options: '-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000 -c lock_timeout=15000',
  })
  const pools = Object.fromEntries(purposeNames.map((purpose) => [purpose, watched(new pg.Pool(login(purpose)), purpose)])) as Record<
    Purpose,
    pg.Pool
  >
  const lines = new Map(inLine.map((purpose) => [purpose, openLine(login(purpose), lost(purpose))]))
  const connecting = (purpose: Purpose) => () => pools[purpose].connect().catch(busy(purpose))
  let ask: Asking = () => undefined
  const db: Database = {
    guard: (asking) => {
      ask = asking
    },
    as: async (purpose, work) => {
      await ask(purpose)
      return transact(connecting(purpose), (client) => work(Object.assign(drizzle(client), { purpose, db })))
    },
    read: async (purpose, { name, text, values }) => {
      await ask(purpose)
      const query = { name, text, values: [...values] }
      const line = lines.get(purpose)
      return line ? timed(() => line.query(query)) : (await timed(() => pools[purpose].query(query)).catch(busy(purpose))).rows
    },
    // Not in a line: those behind would wait for the disk.
    write: async (purpose, { name, text, values }) => {
      await ask(purpose)
      const query = { name, text, values: [...values] }
      return (await timed(() => pools[purpose].query(query)).catch(busy(purpose))).rows
    },
    run: (purpose, ...statements) => outside(pools[purpose], statements),
    keyring: keyring(options.root),
    login,
    pools: () =>
      purposeNames.map((purpose) => {
        const { totalCount: total, idleCount: idle, waitingCount: waiting } = pools[purpose]
        return { purpose, total, idle, waiting }
      }),
    close: async () =>
      void (await Promise.all([...[...lines.values()].map((line) => line.close()), ...Object.values(pools).map((pool) => pool.end())])),
  }
  return db
}

// Without a listener, on idle connections and on those in use, a server that restarts would take the
// program down with it.
function watched(pool: pg.Pool, purpose: Purpose): pg.Pool {
  return pool.on('error', lost(purpose)).on('connect', (client) => client.on('error', lost(purpose)))
}

const lost =
  (purpose: Purpose) =>
  (fault: Error): void =>
    logFault('database.connection-lost', fault, { purpose: word(purpose) })

// The pool says it in words alone.
const busy =
  (purpose: Purpose) =>
  (fault: unknown): never => {
    throw fault instanceof Error && fault.message === 'timeout exceeded when trying to connect' ? new Busy(purpose) : fault
  }

async function transact<R>(connect: () => Promise<pg.PoolClient>, work: (client: pg.PoolClient) => Promise<R>): Promise<R> {
  const client = await connect()
  const untimed = isTracing() ? timing(client) : undefined
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (fault) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost
    })
    throw fault
  } finally {
    untimed?.()
    client.release(broken)
  }
}

/** While somebody has this connection, the time of its statements is taken; returns how that ends. */
function timing(client: pg.PoolClient): () => void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  Object.assign(client, { query: (...args: unknown[]) => timed(() => query(...args)) })
  return () => void Reflect.deleteProperty(client, 'query')
}

async function outside(pool: pg.Pool, statements: readonly string[]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    for (const statement of statements) await client.query(statement)
  } finally {
    // The connection ends, and with it whatever the statements have set.
    client.release(true)
  }
}
