/** Where the database is: the embedded PostgreSQL under the data folder, or the one of `DATABASE_URL`. */
import pg from 'pg'
import type { Config } from '../config.ts'
import type { Place } from './connection.ts'
import { openEmbedded } from './embedded.ts'

/** A server that answers, with the owner's way in. */
export interface Found {
  readonly place: Place
  /** The owner's login: migrates, grants, and is closed. */
  readonly owner: pg.ClientConfig
  /** Prefix of the purposes' logins. */
  readonly prefix: string
  /** The server's socket directory, when it is the embedded one. */
  readonly socket: string | undefined
  stop(): Promise<void>
}

const NAME = 'cloudrun'
const OWNER = `${NAME}_owner`

/** Finds or starts the database; `attach` lets a command use the server that a running program started. */
export async function findDatabase(config: Config, options: { attach?: boolean; onDeath?: () => void } = {}): Promise<Found> {
  return config.databaseUrl ? external(config.databaseUrl) : embedded(config, options)
}

async function embedded(config: Config, options: { attach?: boolean; onDeath?: () => void }): Promise<Found> {
  const server = await openEmbedded({ dataDir: config.dataDir, ...options })
  const place = { host: server.host, port: 5432, database: NAME }
  await found({ ...place, user: server.superuser, database: 'postgres' })
  await entrust({ ...place, user: server.superuser })
  return { place, owner: { ...place, user: OWNER }, prefix: NAME, socket: server.host, stop: () => server.stop() }
}

// The owner is no superuser: it can make logins and owns this one database.
async function found(superuser: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(superuser)
  await client.connect()
  const exists = async (text: string, name: string) => (await client.query(text, [name])).rowCount === 1
  if (!(await exists('select from pg_roles where rolname = $1', OWNER))) await client.query(`create role ${OWNER} login createrole`)
  if (!(await exists('select from pg_database where datname = $1', NAME))) await client.query(`create database ${NAME} owner ${OWNER}`)
  await client.end()
}

// The server is ours alone, so the owner may let `operations` throw old write-ahead log away; see `scrub.ts`.
async function entrust(superuser: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(superuser)
  await client.connect()
  await client.query(`grant pg_checkpoint to ${OWNER} with admin option`)
  await client.query(`grant execute on function pg_switch_wal() to ${OWNER} with grant option`)
  await client.end()
}

function external(url: string): Found {
  const { host, port, database, ssl } = new pg.Client({ connectionString: url })
  const place: Place = { host, port, ...(database ? { database } : {}), ssl }
  return { place, owner: { connectionString: url }, prefix: database ?? NAME, socket: undefined, stop: async () => {} }
}
