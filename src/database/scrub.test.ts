import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { openTestHouse, PREFIX, settings } from '../../test/harness.ts'
import { openHouse } from '../main.ts'
import { register } from '../register.ts'
import { reach, scrub } from './scrub.ts'

/** The files below a folder that hold a value. */
function filesWith(folder: string, value: string): string[] {
  try {
    return execFileSync('grep', ['-rlaF', value, folder], { encoding: 'utf8' }).trim().split('\n')
  } catch (fault) {
    // grep answers 1 for "nowhere", and 2 where a file went while it looked.
    assert.equal((fault as { status: number }).status, 1)
    return []
  }
}

test('what was deleted is gone from the files of our own server: tables, indexes, write-ahead log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudrun-scrub-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const open = await openHouse(settings({ DATABASE_URL: '', DATA_DIR: folder }), { working: false, unwalled: true })
  try {
    const { db } = open.house
    const eyes = new pg.Client({ ...open.found.place, user: 'postgres' })
    await eyes.connect()
    await eyes.query(
      `insert into people select gen_random_uuid(), 'Canaria ' || g, 'canaria' || g || '@example.org', now() from generate_series(1, 500) g`,
    )
    await eyes.query(`update people set name = 'Corrected' where email = 'canaria7@example.org'`)
    await eyes.query(`delete from people where email <> 'canaria7@example.org'`)
    await eyes.query('checkpoint')
    assert(filesWith(folder, 'Canaria').length > 1, 'the bytes are there before')
    assert.equal(await reach(db), 'all')
    await scrub(db, register)
    assert.deepEqual(filesWith(folder, 'Canaria'), [])
    assert.deepEqual(filesWith(folder, 'canaria8@example.org'), [])
    assert(filesWith(folder, 'canaria7@example.org').length > 0, 'who stays, stays')
    await eyes.end()
  } finally {
    await open.close()
  }
})

test('only tables that lost rows are rewritten', async () => {
  const house = await openTestHouse()
  const { db } = house.house
  const files = async () =>
    new Map(
      (
        await house.query<{ name: string; file: string }>(
          `select relname as name, relfilenode::text as file from pg_class where relkind = 'r'`,
        )
      ).map(({ name, file }) => [name, file]),
    )
  await scrub(db, register)
  const first = await files()
  await house.person('Ada Lovelace')
  await house.query(`update people set name = 'Ada Byron'`)
  await house.query('select pg_stat_force_next_flush()')
  await scrub(db, register)
  const second = await files()
  const changed = register.map(({ name }) => name).filter((name) => first.get(name) !== second.get(name))
  assert(changed.includes('people'), `rewritten: ${changed.join(', ')}`)
  assert(!changed.includes('looks') && !changed.includes('receipts'), `rewritten: ${changed.join(', ')}`)
})

test('a table that is in use waits for the next try, and the others do not wait for it', async () => {
  const house = await openTestHouse()
  await house.query('begin')
  await house.query('delete from letters')
  await assert.rejects(scrub(house.house.db, register), { code: '55P03' })
  await house.query('commit')
  assert.match(house.log.join(), /rewritten","table":"people"/)
  house.log.length = 0
  await scrub(house.house.db, register)
  assert.match(house.log.join(), /rewritten","table":"letters"/)
})

test('where the server does not let us, it is left to the server', async () => {
  const house = await openTestHouse()
  const { db } = house.house
  assert.equal(await reach(db), 'tables')
  await house.query(`revoke maintain on people from ${PREFIX}_operations`)
  assert.equal(await reach(db), 'nothing')
  house.log.length = 0
  await scrub(db, register)
  assert.match(house.log.join(), /scrub-left-to-the-server/)
})

test('only upkeep may rewrite tables', async () => {
  const house = await openTestHouse()
  const holders = await house.query<{ login: string }>(
    `select distinct a.grantee::regrole::text as login from pg_class c, aclexplode(c.relacl) a
      where a.privilege_type = 'MAINTAIN' and c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner`,
  )
  assert.deepEqual(holders, [{ login: `${PREFIX}_operations` }])
})

test('the planner keeps no samples of names and addresses, of columns or of indexes on them', async () => {
  const house = await openTestHouse()
  await house.query(
    `insert into people select gen_random_uuid(), 'Canaria', 'canaria' || g || '@example.org', now() from generate_series(1, 200) g`,
  )
  await house.query('analyze')
  assert.deepEqual((await house.traces('canaria')).sort(), ['people.email', 'people.name'])
  await house.query('alter table people alter column name set statistics 100')
  await house.query('analyze')
  assert(
    (await house.traces('canaria')).some((place) => place.includes('pg_statistic')),
    'this check can fail',
  )
})
