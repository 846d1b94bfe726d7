import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestHouse } from '../../test/harness.ts'
import { DAY, setAhead } from '../clock.ts'
import { newId } from '../database/columns.ts'
import { asId, type Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { erase } from '../rights/erasure.ts'
import { addressHash, lift, listStops, notSuppressed, softBounce, suppress, suppressionOf, type Why } from './suppression.ts'

const house = await openTestHouse()
const { db } = house.house
const idOf = async (email: string): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const stop = (email: string, why: Why, personId?: Id) =>
  db.as('operations', (tx) => suppress(tx, { email, personId, why, evidence: 'report', aboutId: newId(), code: '5.1.1' }))
const stopOf = (email: string) => db.as('service', (tx) => suppressionOf(tx, email))

test('a stop is found by the address alone, and keeps none', async () => {
  await stop('stopped-canary@example.org', 'refused')
  await stop('stopped-canary@example.org', 'refused')
  assert.equal((await stopOf('stopped-canary@example.org'))?.why, 'refused')
  assert.equal(await stopOf('stopped-canary2@example.org'), undefined)
  assert.equal((await house.query('select from suppressions')).length, 1)
  assert.deepEqual(await house.traces('stopped-canary@example.org'), [])
})

test('of several stops the gravest counts, and lifting one lifts them all', async () => {
  await stop('many@example.org', 'complaint')
  await stop('many@example.org', 'gone')
  const found = await stopOf('many@example.org')
  assert.equal(found?.why, 'gone')
  assert.equal(await db.as('security', (tx) => lift(tx, found.id, { by: 'person' })), true)
  assert.equal(await stopOf('many@example.org'), undefined)
  assert.equal(await db.as('security', (tx) => lift(tx, found.id, { by: 'person' })), false)
  const listed = await db.as('support', (tx) => listStops(tx, { email: 'many@example.org', most: 9 }))
  assert.deepEqual(
    listed.map(({ liftedBy }) => liftedBy),
    ['person', 'person'],
  )
})

test('one statement over many recipients leaves out those who are stopped', async () => {
  await house.person('Ada')
  await house.person('Bob')
  await stop('bob@example.org', 'complaint', await idOf('bob@example.org'))
  const rows = await db.as('updates', (tx) =>
    tx
      .select({ email: people.email, hash: sql<string>`${addressHash(tx, 'ada@example.org')}` })
      .from(people)
      .where(notSuppressed(tx, people.email)),
  )
  assert.deepEqual(
    rows.map(({ email }) => email),
    ['ada@example.org'],
  )
})

test('passing failures stop an address only when they are many, and far apart', async () => {
  const bounce = (aboutId: Id) =>
    db.as('operations', (tx) => softBounce(tx, { email: 'full@example.org', aboutId, code: '4.2.2', evidence: 'report' }))
  const same = newId()
  for (let again = 0; again < 9; again++) assert.equal(await bounce(same), false, 'one letter counts once')
  for (let day = 1; day <= 3; day++) {
    setAhead(day * DAY)
    assert.equal(await bounce(newId()), false)
  }
  setAhead(6 * DAY)
  assert.equal(await bounce(newId()), false, 'five, but within a week')
  setAhead(8 * DAY)
  assert.equal(await bounce(newId()), true)
  assert.equal((await stopOf('full@example.org'))?.why, 'soft')
  setAhead(0)
})

test('failures of long ago do not count', async () => {
  const bounce = () => db.as('operations', (tx) => softBounce(tx, { email: 'old@example.org', aboutId: newId(), evidence: 'report' }))
  for (let i = 0; i < 4; i++) await bounce()
  setAhead(31 * DAY)
  assert.equal(await bounce(), false)
  setAhead(0)
})

test('erasing somebody leaves a hash that still stops, and nothing that leads to them', async () => {
  const bobs = await idOf('bob@example.org')
  await db.as('operations', (tx) => softBounce(tx, { email: 'bob@example.org', personId: bobs, aboutId: newId(), evidence: 'report' }))
  assert(await erase(house.house, bobs))
  await house.query('delete from letters')
  assert.deepEqual(await house.traces('bob@example.org'), [])
  assert.deepEqual(
    (await house.traces(bobs)).filter((place) => /suppress|bounce/.test(place)),
    [],
  )
  assert.equal((await stopOf('bob@example.org'))?.why, 'complaint')
})

test('a purpose that sends nothing cannot read stops', async () => {
  await assert.rejects(db.as('improvement', (tx) => tx.execute(sql`select why from suppressions`)))
})

test('the list of stops goes out with reasons and hashes, without an address, to who may see it', async () => {
  const marketing = await house.member('marketing')
  await house.person('Csv Canary', 'csv-canary@example.org')
  await stop('csv-canary@example.org', 'soft', await idOf('csv-canary@example.org'))
  const csv = await marketing.read('/staff/updates/stopped/stopped.csv')
  const [head, ...lines] = csv.trimEnd().split('\r\n')
  assert.equal(head, 'address hash,person,because,told by,code,since,last seen,lifted,lifted by')
  assert.equal(lines.length, (await house.query('select from suppressions')).length)
  assert.match(csv, new RegExp(`[0-9a-f]{64},${await idOf('csv-canary@example.org')},soft,report,5\\.1\\.1,`))
  assert.doesNotMatch(csv, /@/)
  assert.equal((await (await house.member('analyst')).get('/staff/updates/stopped/stopped.csv')).status, 404)
})
