/** What the doctor sees in the database, as its owner: version, settings, rights, clock, migrations, the data map. */
import pg from 'pg'
import { standingOf } from '../database/brought.ts'
import { disagreements } from '../database/schema.ts'
import type { Found } from '../database/open.ts'
import { register } from '../register.ts'
import { sentenceOf } from './faults.ts'
import { bad, doubtful, type Finding, well } from './finding.ts'

/** Looks at the database. `level`: it is what this program needs, so one can look further. */
export async function lookAtDatabase(found: Found): Promise<{ findings: Finding[]; level: boolean }> {
  const client = new pg.Client(found.owner)
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (fault) {
    return { findings: [bad('database', sentenceOf(fault))], level: false }
  }
  try {
    const { finding, level } = await migrationsIn(client)
    return {
      findings: [await versionOf(client), ...(await settingsOf(client)), ...(await rightsOf(client)), await clockOf(client), finding],
      level,
    }
  } finally {
    await client.end()
  }
}

async function shown(client: pg.Client, setting: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>('select current_setting($1, true) as value', [setting])
  return rows[0]?.value ?? ''
}

async function versionOf(client: pg.Client): Promise<Finding> {
  const major = Math.floor(Number(await shown(client, 'server_version_num')) / 10_000)
  if (major < 15) return bad('database', `PostgreSQL ${major} is too old: bring it to 15 or later.`)
  return major > 18
    ? doubtful('database', `PostgreSQL ${major} is newer than what was tried (18).`)
    : well('database', `PostgreSQL ${major} answers.`)
}

// What was acknowledged must be on the disk: letters are sent, and money is taken, on the strength of it.
const DURABLE = ['fsync', 'full_page_writes', 'synchronous_commit']
const NEEDED = 40

async function settingsOf(client: pg.Client): Promise<Finding[]> {
  const off: string[] = []
  for (const setting of DURABLE) if ((await shown(client, setting)) === 'off') off.push(setting)
  const { rows } = await client.query<{ left: number }>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - count(*)::int as left
       from pg_stat_activity where backend_type = 'client backend'`,
  )
  const left = rows[0]?.left ?? 0
  return [
    ...off.map((setting) => bad('database', `${setting} is off, so a power cut loses what was acknowledged: switch it on.`)),
    left < NEEDED
      ? doubtful(
          'database',
          `${left} connections are left, and a process takes up to ${NEEDED}: raise max_connections before you start another one.`,
        )
      : well('database', `${left} connections are left.`),
  ]
}

async function rightsOf(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ createrole: boolean; super: boolean; owns: boolean; trigrams: boolean }>(
    `select r.rolcreaterole as createrole, r.rolsuper as super, pg_has_role(d.datdba, 'member') as owns,
            exists (select from pg_available_extensions where name = 'pg_trgm') as trigrams
       from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`,
  )
  const [own] = rows
  return [
    ...(own?.super
      ? [doubtful('database', 'DATABASE_URL logs in as a superuser: make a role with CREATEROLE that owns the database, and no more.')]
      : []),
    ...(own && !own.super && !own.createrole
      ? [bad('database', 'The user in DATABASE_URL may not make logins: alter role … createrole.')]
      : []),
    ...(own && !own.owns ? [bad('database', 'The user in DATABASE_URL does not own the database: alter database … owner to …')] : []),
    ...(own && !own.trigrams ? [bad('database', 'The extension pg_trgm is not there: install PostgreSQL’s contrib package.')] : []),
  ]
}

async function clockOf(client: pg.Client): Promise<Finding> {
  const before = Date.now()
  const { rows } = await client.query<{ at: number }>('select extract(epoch from clock_timestamp())::float8 * 1000 as at')
  const skew = Math.abs((before + Date.now()) / 2 - (rows[0]?.at ?? 0)) / 1000
  const says = `The clocks of this machine and the database are ${skew.toFixed(1)} s apart`
  if (skew > 30) return bad('clock', `${says}: let both keep time by NTP.`)
  return skew > 2
    ? doubtful('clock', `${says}: let both keep time by NTP.`)
    : well('clock', 'This machine and the database keep the same time.')
}

async function migrationsIn(client: pg.Client): Promise<{ finding: Finding; level: boolean }> {
  const standing = await standingOf(client)
  if (standing === 'behind')
    return { finding: doubtful('migrations', 'Migrations are pending: cloudrun migrate, or start the program.'), level: false }
  const sentences = await disagreements(client, register, standing === 'ahead')
  if (sentences.length > 0)
    return { finding: bad('data map', `${sentences.join('; ')}: the program will not start until both agree.`), level: false }
  if (standing === 'ahead')
    return {
      finding: bad('migrations', 'The database belongs to a newer version: start that one. This one neither erases nor copies.'),
      level: false,
    }
  return { finding: well('migrations', 'The database is up to date, and agrees with the data map.'), level: true }
}
