/**
 * The furnished house of the tests: a real PostgreSQL (a database of its own, made from a template),
 * all routes, real letters, no network. Tests come through the front door, as people do.
 */
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Secret, TOTP } from 'otpauth'
import pg from 'pg'
import { openApp } from '../src/app.ts'
import { settleNotices } from '../src/billing/inbox.ts'
import { now, setAhead } from '../src/clock.ts'
import { type Config, readConfig } from '../src/config.ts'
import { asStrictAsChosen } from '../src/settings/stricter.ts'
import { connect, type Database } from '../src/database/connection.ts'
import { openRoot } from '../src/database/root.ts'
import { openLedger } from '../src/egress/ledger.ts'
import { closeQueue, openQueue, workOff } from '../src/jobs/queue.ts'
import { logTo } from '../src/log.ts'
import { settleRecording } from '../src/navigation/recording.ts'
import { personWith } from '../src/people/person.ts'
import { bringVersions } from '../src/policy/publishing.ts'
import { guardPurposes } from '../src/versions/permission.ts'
import { resolveWith } from '../src/processors/dns.ts'
import { register } from '../src/register.ts'
import { confirmFactor, enrol, enrolmentOf } from '../src/sessions/second-factor.ts'
import { appoint, type Role } from '../src/staff/team.ts'
import { stockCatalogue } from '../src/services/catalogue.ts'
import { bringTopics } from '../src/updates/topic.ts'
import { readAssets } from '../src/web/assets.ts'
import { readContent } from '../src/web/content.ts'
import type { House } from '../src/web/house.ts'
import { handlers } from '../src/worker.ts'
import { Browser } from './browser.ts'

const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Prefix of the logins, shared by all databases of the test server. */
export const PREFIX = 'cloudrun'
export const SECRET = 'a secret for tests alone, long enough'
export const TEMPLATE = 'cloudrun_template'

// A test that reaches for the network fails.
globalThis.fetch = (target) => {
  throw new Error(`a test tried to reach ${String(target)}`)
}

// Nor are there name servers.
resolveWith(() => Promise.reject(Object.assign(new Error('no name servers in tests'), { code: 'ENOTFOUND' })))

/** Where `scripts/test.mjs` started the server. */
export function socket(): string {
  const path = process.env['TEST_SOCKET']
  assert(path, 'run tests with bin/test, which starts their database')
  return path
}

/** A connection with every right, to look at what the program itself may not. */
export async function superuser(database = 'postgres'): Promise<pg.Client> {
  const client = new pg.Client({ host: socket(), user: 'postgres', database })
  await client.connect()
  return client
}

/** The root from which the keys of a test's database are derived, and the passwords of its logins. */
export async function rootOf(client: pg.ClientBase): Promise<Buffer> {
  const opened = await openRoot(client, settings())
  assert(opened, 'nobody made a root')
  return opened.root
}

let made = 0

/** A fresh database, made from the template. */
export async function freshDatabase(): Promise<string> {
  const name = `test_${process.pid}_${++made}`
  const client = await superuser()
  await client.query(`create database ${name} template ${TEMPLATE} owner cloudrun_owner`)
  await client.end()
  return name
}

/** The settings of a test, with those that it wants otherwise. */
export const settings = (more: Record<string, string> = {}): Config =>
  readConfig({
    SECRET,
    DATABASE_URL: 'postgres://unused/',
    CONTENT_DIR: checkout('content'),
    DATA_DIR: '/nonexistent',
    LOCAL_STRIPE: 'no',
    ...more,
  })

export interface TestHouse {
  readonly house: House
  readonly database: string
  readonly log: string[]
  /** A browser with an empty cookie jar. */
  browser(): Browser
  /** Registers somebody through the front door; their browser is signed in. */
  person(name: string, email?: string): Promise<Browser>
  /** Somebody of the team, with an app for codes as their second factor; their browser is signed in. */
  member(role: Role): Promise<Browser>
  /** Does all work that waits, and what that work leaves to do. */
  settle(): Promise<void>
  /** The letters to an address, newest first. */
  inbox(email: string): Promise<Written[]>
  /** Where a value is still to be found: `table.column` of the whole database, and `log`; in the order of letters. */
  traces(value: string): Promise<string[]>
  /** Rows of a query with every right. */
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>
  close(): Promise<void>
}

export interface Written {
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly kind: string
}

/** Opens a house; it is closed when the test file is done. */
export async function openTestHouse(more: Record<string, string> = {}): Promise<TestHouse> {
  const log: string[] = []
  logTo((line) => log.push(line))
  const database = await freshDatabase()
  const eyes = await superuser(database)
  const db = connect({ place: { host: socket(), database }, prefix: PREFIX, root: await rootOf(eyes) })
  await openQueue(db, false)
  const config = asStrictAsChosen(settings(more))
  const house: House = { config, db, content: readContent(config), assets: readAssets(checkout('dist/assets')) }
  openLedger(house)
  await bringVersions(house)
  guardPurposes(db)
  await bringTopics(house)
  await stockCatalogue(house)
  const app = openApp(house)
  const query = async <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) => (await eyes.query<R>(text, values)).rows
  const settle = async () => {
    await settleRecording(db)
    await settleNotices(db)
    await workOff(db, handlers(house))
  }
  const inbox = (email: string) =>
    query<Written & pg.QueryResultRow>('select subject, text, html, kind from letters where "to" = $1 order by written_at desc, id desc', [
      email,
    ])
  const browser = () => new Browser(app, config.origin)
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    setAhead(0)
    await settleNotices(db)
    await closeQueue(db, 1)
    await settleRecording(db)
    await db.close()
    await eyes.end()
  }
  after(close)
  return {
    house,
    database,
    log,
    browser,
    settle,
    inbox,
    query,
    close,
    traces: (value) => traces(eyes, log, value),
    person: (name, email) => registered(browser(), inbox, name, email),
    member: (role) => appointed(db, browser(), inbox, role),
  }
}

async function registered(
  browser: Browser,
  inbox: TestHouse['inbox'],
  name: string,
  email = `${name.toLowerCase().replace(/\W+/g, '.')}@example.org`,
): Promise<Browser> {
  await browser.post('/sign-up', { name, email })
  const answer = await browser.post('/sign-in/code', { code: codeIn((await inbox(email))[0]) })
  assert.equal(answer.status, 303, await answer.text())
  return browser
}

let members = 0

// Registers, is appointed (which ends the session), adds the factor, and signs in with both.
async function appointed(db: Database, browser: Browser, inbox: TestHouse['inbox'], role: Role): Promise<Browser> {
  const email = `${role}-${++members}@staff.example`
  await registered(browser, inbox, `Staff ${role}`, email)
  const recovery = await db.as('security', async (tx) => {
    const person = await personWith(tx, email)
    assert(person)
    await appoint(tx, { personId: person.id, role, addedBy: null })
    await enrol(tx, person.id)
    const enrolment = await enrolmentOf(tx, { personId: person.id, email }, 'test')
    const code = new TOTP({ secret: Secret.fromBase32(enrolment?.secret ?? '') }).generate({ timestamp: now().getTime() })
    return confirmFactor(tx, person.id, code)
  })
  assert(typeof recovery !== 'string')
  await browser.post('/sign-in', { email })
  await browser.post('/sign-in/code', { code: codeIn((await inbox(email))[0]) })
  const answer = await browser.post('/sign-in/second-factor', { code: recovery[0] ?? '' })
  assert.equal(answer.status, 303, await answer.text())
  return browser
}

/** The six-digit code in a letter. */
export function codeIn(letter: Written | undefined): string {
  const code = /^\s*(\d{6})\s*$/m.exec(letter?.text ?? '')?.[1]
  assert(code, 'the letter holds no code')
  return code
}

/** The path of the first link in a letter. */
export function linkIn(letter: Written | undefined): string {
  const link = /https?:\/\/\S+/.exec(letter?.text ?? '')?.[0]
  assert(link, 'the letter holds no link')
  return new URL(link).pathname
}

// Every column of every table, registered or not, the queue's and the planner's statistics too: whole rows
// first, and the columns of those tables alone in which there is something.
async function traces(eyes: pg.Client, log: readonly string[], value: string): Promise<string[]> {
  const { rows: tables } = await eyes.query<{ schema: string; name: string; columns: string[] }>(
    `select n.nspname as schema, c.relname as name, array_agg(a.attname::text) as columns from pg_attribute a
       join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped
        and (n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') or c.relname = 'pg_statistic')
      group by 1, 2`,
  )
  assert.doesNotMatch(value, /["\\]/, 'a row as text doubles these')
  const holds = async (place: string, what: string): Promise<boolean> => {
    const { rows } = await eyes.query(
      `select 1 from ${place} t where position($1 in lower(${what}::text)) > 0 or position($2 in ${what}::text) > 0 limit 1`,
      [value.toLowerCase(), Buffer.from(value).toString('hex')],
    )
    return rows.length > 0
  }
  const found: string[] = []
  for (const { schema, name, columns } of tables) {
    const place = `"${schema}"."${name}"`
    if (!(await holds(place, 't'))) continue
    for (const column of columns)
      if (await holds(place, `t."${column}"`)) found.push(`${schema === 'public' ? '' : `${schema}.`}${name}.${column}`)
  }
  if (log.some((line) => line.toLowerCase().includes(value.toLowerCase()))) found.push('log')
  return found.sort()
}

/** The names of all tables in the register. */
export const registeredTables = (): string[] => register.map((held) => held.name)
