/** Changing SECRET, and a house that was there before roots were: nothing that was made before stops to work. */
import assert from 'node:assert/strict'
import { createHash, createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { after, beforeEach, test } from 'node:test'
import type pg from 'pg'
import { Browser } from '../../test/browser.ts'
import { codeIn, linkIn, rootOf, SECRET, settings, socket, superuser, TEMPLATE, type Written } from '../../test/harness.ts'
import { openApp } from '../app.ts'
import { verify } from '../audit/chain.ts'
import { WrongSetting } from '../config.ts'
import { workOff } from '../jobs/queue.ts'
import { logTo } from '../log.ts'
import { suppress, suppressionOf } from '../mail/suppression.ts'
import { openHouse } from '../main.ts'
import { houseMark } from '../processors/stripe-customer.ts'
import { handlers } from '../worker.ts'
import type { Database } from './connection.ts'
import { loginName } from './connection.ts'
import { purposeNames } from './purposes.ts'
import { derivedKey, seal } from './sealing.ts'

const NEW = 'the secret that comes after it, long enough'
const log: string[] = []
logTo((line) => log.push(line))

let made = 0

/** A database of its own, whose logins bear its name; and a connection with every right. */
async function madeDatabase(): Promise<{ name: string; eyes: pg.Client }> {
  const name = `root_${process.pid}_${++made}`
  const client = await superuser()
  await client.query(`create database ${name} template ${TEMPLATE} owner cloudrun_owner`)
  await client.end()
  const eyes = await superuser(name)
  after(() => eyes.end())
  return { name, eyes }
}

/** Starts the program on it, as the operator does. */
async function open(name: string, secret: string, previous = '') {
  const url = `postgres://cloudrun_owner@localhost/${name}?host=${encodeURIComponent(socket())}`
  const config = settings({ DATABASE_URL: url, SECRET: secret, SECRET_PREVIOUS: previous })
  const { house, close } = await openHouse(config, { working: false, unwalled: true })
  let closed = false
  const once = async (): Promise<void> => {
    if (!closed) await close()
    closed = true
  }
  after(once)
  return { house, close: once, browser: () => new Browser(openApp(house), config.origin) }
}
type Opened = Awaited<ReturnType<typeof open>>

const newest = async (eyes: pg.Client, email: string): Promise<Written> =>
  (await eyes.query<Written>('select subject, text, html, kind from letters where "to" = $1 order by written_at desc, id desc', [email]))
    .rows[0] ?? assert.fail(`no letter to ${email}`)

const rootRow = async (eyes: pg.Client) =>
  (await eyes.query<{ number: number; sealed_root: Buffer; origin: string; made_at: Date; sealed_at: Date }>('select * from house_roots'))
    .rows

/** Ada registers, asks a question, and for her data; and a letter to Bob came back. */
async function furnish({ house, browser }: Opened, eyes: pg.Client) {
  const ada = browser()
  await ada.post('/sign-up', { name: 'Ada', email: 'ada@example.org' })
  assert.equal((await ada.post('/sign-in/code', { code: codeIn(await newest(eyes, 'ada@example.org')) })).status, 303)
  const asked = await ada.post('/help/contact', {
    name: 'Ada',
    email: 'ada@example.org',
    words: 'Does the engine think?',
    about: 'erasing',
  })
  const question = asked.headers.get('location')?.replace(/\?.*/, '') ?? assert.fail(await asked.text())
  const visitor = browser()
  await visitor.post('/privacy/requests/new', { kind: 'access', email: 'ada@example.org' })
  await visitor.post(linkIn(await newest(eyes, 'ada@example.org')))
  await workOff(house.db, handlers(house))
  const { text } = await newest(eyes, 'ada@example.org')
  const status = /https?:\/\/\S+(\/privacy\/requests\/[\w-]{40,})\s/.exec(text)?.[1] ?? assert.fail(text)
  await house.db.as('operations', (tx) => suppress(tx, { email: 'bob@example.org', personId: undefined, why: 'gone', evidence: 'report' }))
  return { cookies: ada.cookies, status, question }
}
type Sent = Awaited<ReturnType<typeof furnish>>

/** What was made before is good in this house: a session, a link, what is sealed for her, the stop of an address. */
async function isGood({ house, browser }: Opened, { cookies, status, question }: Sent): Promise<void> {
  const ada = browser()
  for (const [name, value] of cookies) ada.cookies.set(name, value)
  assert.match(await ada.read(question), /Does the engine think\?/)
  assert.match(await browser().read(status), /copy/i)
  const stopped = (email: string) => house.db.as('operations', (tx) => suppressionOf(tx, email))
  assert.equal((await stopped('bob@example.org'))?.why, 'gone')
  assert.equal(await stopped('mallory@example.net'), undefined)
}

/** Everything that a start could change: roots, logins, migrations. */
async function standing(name: string, eyes: pg.Client): Promise<unknown> {
  const logins = purposeNames.map((purpose) => loginName(name, purpose))
  const { rows } = await eyes.query('select rolname, rolpassword from pg_authid where rolname = any($1) order by 1', [logins])
  const { rows: migrations } = await eyes.query('select * from drizzle.__drizzle_migrations order by id')
  return { rows, migrations, roots: await rootRow(eyes) }
}

/** Does the server let this password in? The servers of tests ask for none, so what it keeps of it is compared (RFC 5803). */
async function letsIn(eyes: pg.Client, db: Database): Promise<boolean> {
  const { user, password } = db.login('service')
  const { rows } = await eyes.query<{ kept: string }>('select rolpassword as kept from pg_authid where rolname = $1', [user])
  const [, rounds, salt, stored] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(rows[0]?.kept ?? '') ?? assert.fail()
  const salted = pbkdf2Sync(String(password), Buffer.from(salt ?? '', 'base64'), Number(rounds), 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  return createHash('sha256').update(clientKey).digest('base64') === stored
}

const refused = (pattern: RegExp) => (fault: unknown) => fault instanceof WrongSetting && pattern.test(fault.message)

beforeEach(() => void (log.length = 0))

test('a new SECRET seals the root anew, and whatever was made before goes on', async () => {
  const { name, eyes } = await madeDatabase()
  const first = await open(name, SECRET)
  const sent = await furnish(first, eyes)
  const [before] = await rootRow(eyes)
  const root = await rootOf(eyes)

  const second = await open(name, NEW, SECRET)
  const [row, ...others] = await rootRow(eyes)
  assert.equal(others.length, 0)
  assert(row && before && !row.sealed_root.equals(before.sealed_root) && row.sealed_at > before.sealed_at)
  assert.deepEqual(row.made_at, before.made_at)
  await isGood(second, sent)
  // Who has not been started anew yet is let in by the database, and works on.
  await isGood(first, sent)
  assert(await letsIn(eyes, first.house.db))
  assert(await letsIn(eyes, second.house.db))
  assert.equal(houseMark(second.house.db.keyring), houseMark(first.house.db.keyring))

  const { rows: acts } = await eyes.query(`select act from audit_details where act = 'house.secret-changed'`)
  assert.equal(acts.length, 1)
  assert.deepEqual(await second.house.db.as('operations', async (tx) => (await verify(tx, [])).faults), [])
  for (const word of [SECRET, NEW, root.toString('hex')]) assert(!log.some((line) => line.includes(word)))

  await second.close()
  const third = await open(name, NEW)
  await isGood(third, sent)
  assert.deepEqual(await rootRow(eyes), [row], 'once is enough')
  await third.close()
  // With the old one still set, too; nothing is sealed or recorded again.
  await (await open(name, NEW, SECRET)).close()
  assert.deepEqual(await rootRow(eyes), [row])
  assert.equal((await eyes.query(`select act from audit_details where act = 'house.secret-changed'`)).rows.length, 1)
})

test('a wrong SECRET is refused with words, before anything is changed', async () => {
  const { name, eyes } = await madeDatabase()
  await (await open(name, SECRET)).close()
  const before = await standing(name, eyes)
  await assert.rejects(open(name, NEW), refused(/^SECRET does not open this database, .* set SECRET_PREVIOUS to it \(docs\/operate\.md/))
  await assert.rejects(open(name, NEW, `${NEW} but one`), refused(/^Neither SECRET nor SECRET_PREVIOUS opens this database/))
  assert.deepEqual(await standing(name, eyes), before)
  await (await open(name, NEW, SECRET)).close()
  const changed = await standing(name, eyes)
  await assert.rejects(open(name, SECRET), refused(/^SECRET does not open/))
  assert.deepEqual(await standing(name, eyes), changed)
  assert.throws(() => settings({ SECRET_PREVIOUS: SECRET }), refused(/^SECRET_PREVIOUS is the same as SECRET: /))
  // What was changed can be changed back.
  await (await open(name, SECRET, NEW)).close()
  await (await open(name, SECRET)).close()
})

test('the root of a new house is random, and no login but the owner’s can read it, sealed as it is', async () => {
  const [one, two] = [await madeDatabase(), await madeDatabase()]
  const roots: Buffer[] = []
  for (const { name, eyes } of [one, two]) {
    // As a first start that was killed after its migrations left it.
    await eyes.query('delete from house_roots')
    const { house, close } = await open(name, SECRET)
    const root = await rootOf(eyes)
    assert.equal(root.length, 32)
    assert.equal((await rootRow(eyes))[0]?.origin, 'random')
    for (const purpose of purposeNames)
      await assert.rejects(
        house.db.read(purpose, { name: 'root', text: 'select sealed_root from house_roots', values: [] }),
        /permission denied/,
      )
    roots.push(root)
    await close()
  }
  assert(roots[0] && roots[1] && !roots[0].equals(roots[1]))
})

/** A house with people in it, as the version before roots left it: every key is derived from SECRET itself, and there is no root. */
async function olderHouse() {
  const { name, eyes } = await madeDatabase()
  const sealed = seal(derivedKey(Buffer.from(SECRET), 'house root'), Buffer.from(SECRET))
  await eyes.query(`update house_roots set sealed_root = $1, origin = 'first secret'`, [sealed])
  const older = await open(name, SECRET)
  const sent = await furnish(older, eyes)
  await eyes.query('drop table house_roots')
  return { name, eyes, older, sent }
}

const migrated = async (eyes: pg.Client): Promise<void> => {
  const [file] = globSync('migrations/*_house_root.sql')
  await eyes.query(`set role cloudrun_owner; ${readFileSync(file ?? '', 'utf8')}; reset role`)
}

test('an older house keeps every key: the version before works on beside this one, and so does all that it made', async () => {
  const { name, eyes, older, sent } = await olderHouse()
  // Nothing is migrated under a SECRET that does not open what is there.
  await assert.rejects(open(name, NEW), refused(/^SECRET does not open this database/))
  assert.equal((await eyes.query(`select to_regclass('public.house_roots') as there`)).rows[0]?.there, null)
  await migrated(eyes)
  await assert.rejects(open(name, NEW), refused(/^SECRET does not open this database/))
  assert.deepEqual(await rootRow(eyes), [])

  const newer = await open(name, SECRET)
  assert.equal((await rootRow(eyes))[0]?.origin, 'first secret')
  assert.deepEqual(await rootOf(eyes), Buffer.from(SECRET))
  // As the version before derives them, which knows of no root.
  for (const use of ['suppression', 'requests', 'updates leave', 'audit', 'erasures', 'mark at stripe'])
    assert.deepEqual(newer.house.db.keyring.own(use), Buffer.from(hkdfSync('sha256', SECRET, '', `cloudrun ${use}`, 32)), use)
  for (const purpose of purposeNames)
    assert.equal(newer.house.db.login(purpose).password, createHmac('sha256', SECRET).update(`login:${purpose}`).digest('base64url'))
  for (const each of [newer, older]) {
    assert(await letsIn(eyes, each.house.db))
    await isGood(each, sent)
  }
  await newer.close()
  const changed = await open(name, NEW, SECRET)
  await isGood(changed, sent)
  await isGood(older, sent)
  await changed.close()
  await assert.rejects(open(name, SECRET), refused(/^SECRET does not open/))
  await isGood(await open(name, NEW), sent)
})

test('an older house may be upgraded and get a new SECRET in one start', async () => {
  const { name, eyes, sent } = await olderHouse()
  await migrated(eyes)
  await assert.rejects(open(name, NEW, `${NEW} but one`), refused(/^Neither SECRET nor SECRET_PREVIOUS/))
  await isGood(await open(name, NEW, SECRET), sent)
  assert.equal((await eyes.query(`select act from audit_details where act = 'house.secret-changed'`)).rows.length, 1)
  await isGood(await open(name, NEW), sent)
})
