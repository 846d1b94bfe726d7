/**
 * Nothing is forgotten by the forgetting: every table that is about a person is filled with canaries,
 * as the register declares it, and after the erasure they are looked for everywhere.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { count, sql } from 'drizzle-orm'
import pg from 'pg'
import { fill, personal, rowsOf, written } from '../../test/canaries.ts'
import { openTestHouse, settings } from '../../test/harness.ts'
import { rowsIn, unzip } from '../../test/unzip.ts'
import { answersOf, type Held } from '../database/classify.ts'
import { mayRead } from '../database/purposes.ts'
import { scrub } from '../database/scrub.ts'
import { asId, type Id, logTo } from '../log.ts'
import { openHouse } from '../main.ts'
import { sealFor, welcome } from '../people/person.ts'
import { register } from '../register.ts'
import type { House } from '../web/house.ts'
import { handlers } from '../worker.ts'
import { workOff } from '../jobs/queue.ts'
import { erase } from './erasure.ts'
import { askForCopy, fetchCopy, smallCopy } from './kept-copy.ts'
import { theirs } from './subject.ts'

const MARKER = 'Canary4711'

/** Makes somebody known, with rows in every table. */
async function furnished(house: House, eyes: pg.Client, rows: number): Promise<{ id: Id; email: string }> {
  const email = `${MARKER.toLowerCase()}@example.org`
  const { id, sealed } = await house.db.as('security', async (tx) => {
    const { person } = await welcome(tx, { name: `${MARKER} Ada`, email })
    return { id: person.id, sealed: await sealFor(tx, person.id, `${MARKER} sealed`) }
  })
  await fill(eyes, { who: `p.id = '${id}'`, rows, marker: MARKER, sealed })
  return { id, email }
}

/** Does the receipt, or the data map, declare that this stays: what is kept for a reason, what is left of rows that are emptied? */
function isDeclared(place: string, canary: string): boolean {
  if (place === 'letters.to') return true
  // A number means nothing any more in the log, and in the message by which the company's programs forget, too.
  if (canary !== MARKER && ['log', 'program_events.data'].includes(place)) return true
  const held = register.find(({ name }) => place.startsWith(`${name}.`))
  if (!held || held.onErasure === 'delete') return false
  if ('keep' in held.onErasure) return true
  const key = answersOf(held).find(({ name }) => place === `${held.name}.${name}`)?.key
  return key !== undefined && !held.onErasure.blank.includes(key)
}

/** Where a value is left that nothing declares to stay. */
const leftOf = async (canary: string): Promise<string[]> => (await house.traces(canary)).filter((place) => !isDeclared(place, canary))

const house = await openTestHouse()
const eyes = new pg.Client({ host: process.env['TEST_SOCKET'] ?? '', user: 'postgres', database: house.database })
await eyes.connect()
after(() => eyes.end())
const ada = await furnished(house.house, eyes, 3)

const small = await smallCopy(house.house, ada.id)
assert(small && 'zip' in small)
const files = unzip(small.zip)

for (const held of personal) {
  test(`${held.name}: a row of somebody's is made, copied, and gone with them`, async () => {
    const rows = (await rowsOf(eyes, ada.id, ada.email)).get(held.name) ?? 0
    assert(rows > 0, `${held.name} holds nothing about her: about says ${JSON.stringify(held.about)}`)
    if (held.repeats) return
    const copy = rowsIn(files, held.name)
    assert.equal(copy.length, rows, `${held.name}: not every row is in the copy. Does serves name rights?`)
    for (const column of readable(held)) assert(column in (copy[0] ?? {}), `${held.name}.${column} is not in the copy`)
  })
}

const readable = (held: Held): string[] =>
  answersOf(held)
    .filter(({ category }) => mayRead('rights', category))
    .map(({ key }) => key)

test('every column that points at people says so in its table’s `about`', async () => {
  const { rows } = await eyes.query<{ table: string; column: string }>(
    `select c.conrelid::regclass::text as table, a.attname as column from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
      where c.contype = 'f' and c.confrelid = 'people'::regclass`,
  )
  for (const { table, column } of rows) {
    const held = register.find(({ name }) => name === table) ?? assert.fail(table)
    const key = answersOf(held).find(({ name }) => name === column)?.key ?? ''
    const about = held.about === 'nobody' ? [] : [held.about.person, held.about.address, ...(held.about.authors ?? [])]
    assert(
      about.includes(key),
      `${table}.${column} points at people, but about names it neither as person nor among authors: erasing would fail`,
    )
  }
})

test('every way to a person’s rows is the beginning of an index', async () => {
  const { rows } = await eyes.query<{ place: string }>(
    `select c.relname || '.' || a.attname as place from pg_index i join pg_class c on c.oid = i.indrelid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indpred is null`,
  )
  const indexed = new Set(rows.map(({ place }) => place))
  for (const held of new Set([...personal, ...written])) {
    const { person, address, authors = [] } = held.about === 'nobody' ? {} : held.about
    for (const key of [person, address, ...authors].filter((one) => one !== undefined)) {
      const column = answersOf(held).find((answer) => answer.key === key)?.name
      assert(
        indexed.has(`${held.name}.${column}`),
        `${held.name}.${column} leads to a person, but no index begins with it: seeing and erasing would read the whole table`,
      )
    }
  }
})

test('and PostgreSQL goes that way', async () => {
  const subject = { personId: ada.id, name: MARKER, emails: [ada.email] }
  await house.house.db.as('rights', async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`)
    for (const held of personal) {
      const rows = tx.select({ rows: count() }).from(held.table).where(theirs(held, subject))
      const plan = (await tx.execute(sql`explain ${rows}`)).rows.map((line) => String(line['QUERY PLAN'])).join('\n')
      assert.doesNotMatch(plan, /Seq Scan/, `${held.name} is read as a whole:\n${plan}`)
    }
  })
})

test('who wrote about others is taken out of what they wrote, and the rows stay', async () => {
  const author = await house.person('Arthur Author')
  assert(author)
  const [arthur] = await house.query<{ id: string }>("select id from people where name = 'Arthur Author'")
  await house.person('Wilma Written')
  const [wilma] = await house.query<{ id: string }>("select id from people where name = 'Wilma Written'")
  assert(arthur && wilma)
  await fill(eyes, { who: `p.id = '${wilma.id}'`, rows: 2, marker: 'written', author: arthur.id })
  const before = await rowsOf(eyes, wilma.id, 'wilma.written@example.org')
  assert(await erase(house.house, asId(arthur.id) ?? assert.fail()), 'a column among authors must be able to be empty')
  assert.deepEqual(await rowsOf(eyes, wilma.id, 'wilma.written@example.org'), before)
  assert.deepEqual(await leftOf(arthur.id), [])
})

test('after the erasure no table, no queue and no line of the log holds a canary', async () => {
  assert(await erase(house.house, ada.id))
  await house.settle()
  for (const canary of [MARKER, ada.id]) assert.deepEqual(await leftOf(canary), [], 'left behind: onErasure of the table does not reach it')
})

// What is left of rows that are emptied is looked at above; here it is put aside, so that a file can be searched as a whole.
const blanked = personal.filter(({ onErasure }) => onErasure !== 'delete').map(({ name }) => `"${name}"`)

/** The files below a folder that hold a value. */
function filesWith(folder: string, value: string): string[] {
  try {
    return execFileSync('grep', ['-rliaF', value, folder], { encoding: 'utf8' }).trim().split('\n')
  } catch (fault) {
    // grep answers 1 for "nowhere", and 2 where a file went while it looked.
    assert.equal((fault as { status: number }).status, 1)
    return []
  }
}

test('a person with 100,000 rows: copied whole, erased whole; no dump, no file and no log holds a canary', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudrun-traces-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const open = await openHouse(settings({ DATABASE_URL: '', DATA_DIR: folder, SMTP_URL: 'smtp://127.0.0.1:9' }), {
    working: false,
    unwalled: true,
  })
  const log: string[] = []
  logTo((line) => log.push(line))
  const all = new pg.Client({ ...open.found.place, user: 'postgres' })
  try {
    await all.connect()
    const { house } = open
    const { id, email } = await furnished(house, all, 100)
    await fill(all, { who: `p.id = '${id}'`, rows: 100_000, marker: MARKER, only: ['corrections'] })
    const counts = await rowsOf(all, id, email)
    const rows = [...counts.values()].reduce((sum, one) => sum + one, 0)
    assert(rows >= 100_000, `${rows} rows`)
    await wholeCopy(house, id, counts)
    await all.query('checkpoint')
    assert(filesWith(folder, MARKER).length > 3, 'the bytes are there before')
    assert(await erase(house, id))
    await all.query('delete from letters')
    // Registers that are only added to refuse this to everybody, so their triggers are off meanwhile.
    await all.query('set session_replication_role = replica')
    await all.query(`delete from ${blanked.join('; delete from ')}`)
    await all.query('reset session_replication_role')
    await scrub(house.db, register)
    await dump(all)
    assert.deepEqual(filesWith(folder, MARKER), [])
    assert.deepEqual(
      log.filter((line) => line.toLowerCase().includes(MARKER.toLowerCase())),
      [],
    )
    assert(readdirSync(folder).includes('postgres.log'), 'the server’s own log was looked through, too')
  } finally {
    await all.end()
    await open.close()
  }
})

async function wholeCopy(house: House, id: Id, counts: ReadonlyMap<string, number>): Promise<void> {
  const small = await smallCopy(house, id)
  assert(small && 'rows' in small)
  await askForCopy(house, id, small.rows)
  await workOff(house.db, { ...handlers(house), 'mail.deliver': () => Promise.resolve() })
  const ready = await fetchCopy(house, id)
  assert(ready)
  const pieces: Buffer[] = []
  for await (const piece of ready.pieces) pieces.push(piece)
  const files = unzip(Buffer.concat(pieces))
  // That the copy was asked for is in it, too.
  const further = new Set(['copies', 'audit_details'])
  for (const { name, repeats } of personal)
    if (!repeats && !further.has(name)) assert.equal(rowsIn(files, name).length, counts.get(name), name)
}

// Written by the server itself beside its files, where they are looked for.
async function dump(all: pg.Client): Promise<void> {
  const { rows } = await all.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and n.nspname not in ('information_schema', 'pg_toast')`,
  )
  const [place] = (await all.query<{ folder: string }>(`select current_setting('data_directory') as folder`)).rows
  for (const [at, { name }] of rows.entries()) await all.query(`copy (select * from ${name}) to '${place?.folder}/dump-${at}'`)
  assert(rows.length > register.length)
}
