import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { freshDatabase, openTestHouse, PREFIX, socket, superuser } from '../../test/harness.ts'
import { register } from '../register.ts'
import { classify } from './classify.ts'
import { connect, loginName } from './connection.ts'
import { grantsOf } from './grants.ts'
import { mayRead, type Purpose, purposeNames } from './purposes.ts'
import { disagreements } from './schema.ts'
import { keyring, seal, unseal } from './sealing.ts'

const house = await openTestHouse()
await house.person('Ada Lovelace')

async function loggedIn(purpose: Purpose, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ ...house.house.db.login(purpose) })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const refused = { code: '42501' }

test('the login of improvement reads no address, whatever it sets its role to', () =>
  loggedIn('improvement', async (client) => {
    await assert.rejects(client.query('select email from people'), refused)
    const service = loginName(PREFIX, 'service')
    await assert.rejects(client.query(`set role ${service}`), refused)
    await assert.rejects(client.query(`select set_config('role', '${service}', false)`), refused)
    await client.query('reset role')
    await assert.rejects(client.query('select email from people'), refused)
    await assert.rejects(client.query('select * from people'), refused)
    await assert.rejects(client.query("select 1 from people where email = 'ada.lovelace@example.org'"), refused)
  }))

test('the login of service reads it', () =>
  loggedIn('service', async (client) => {
    const { rows } = await client.query('select email from people')
    assert.deepEqual(rows, [{ email: 'ada.lovelace@example.org' }])
  }))

test('a purpose that is not served may not even count', () =>
  loggedIn('improvement', async (client) => {
    await assert.rejects(client.query('select count(*) from letters'), refused)
    await assert.rejects(client.query('delete from people'), refused)
  }))

test('every purpose may post a letter, and only some may read one', () =>
  loggedIn('updates', async (client) => {
    await client.query(
      `insert into letters (id, "to", kind, subject, text, html, written_at) values (gen_random_uuid(), 'x@example.org', 'test', '', '', '', now())`,
    )
    await assert.rejects(client.query('select subject from letters'), refused)
  }))

test('no purpose can make or change anything but rows', async () => {
  for (const purpose of purposeNames) {
    await loggedIn(purpose, async (client) => {
      await assert.rejects(client.query('create table public.mine (id int)'), refused, purpose)
      await assert.rejects(client.query('alter table people add column mine int'), refused, purpose)
      await assert.rejects(client.query('truncate people'), refused, purpose)
      await assert.rejects(client.query("select pg_read_file('/etc/passwd')"), refused, purpose)
      await assert.rejects(client.query("copy people to program 'true'"), refused, purpose)
    })
  }
})

/** Every privilege that a login holds on a registered table, as PostgreSQL itself says. */
async function livePrivileges(): Promise<string[]> {
  const rows = await house.query<{ line: string }>(
    `select grantee || ' ' || privilege_type || ' ' || table_name || '.' || column_name as line from information_schema.column_privileges
      where table_schema = 'public' and grantee like $1 || '\\_%' and grantee <> $1 || '_owner' and privilege_type in ('SELECT', 'UPDATE')
     union
     select grantee || ' ' || privilege_type || ' ' || table_name from information_schema.table_privileges
      where table_schema = 'public' and grantee like $1 || '\\_%' and grantee <> $1 || '_owner' and privilege_type in ('INSERT', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER')`,
    [PREFIX],
  )
  return rows.map((row) => row.line).sort()
}

test('the live privileges are exactly what matrix and register say', async () => {
  const wanted = grantsOf(register).flatMap(({ purpose, table, select, update, insert, remove }) => {
    const login = loginName(PREFIX, purpose)
    return [
      ...select.map((column) => `${login} SELECT ${table}.${column}`),
      ...update.map((column) => `${login} UPDATE ${table}.${column}`),
      ...(insert ? [`${login} INSERT ${table}`] : []),
      ...(remove ? [`${login} DELETE ${table}`] : []),
    ]
  })
  assert.deepEqual(await livePrivileges(), wanted.sort())
})

test('the matrix keeps P4, P6, P9 and P10', () => {
  const readers = (category: Parameters<typeof mayRead>[1]) => purposeNames.filter((purpose) => mayRead(purpose, category))
  assert.deepEqual(readers('credential'), ['security'])
  assert(!readers('contact').includes('improvement') && !readers('contact').includes('personalisation'))
  assert(!readers('correspondence').includes('updates') && !readers('correspondence').includes('billing'))
})

test('a column that nobody answers for is named', async () => {
  const database = await freshDatabase()
  const client = await superuser(database)
  try {
    assert.deepEqual(await disagreements(client, register), [])
    await client.query('alter table people add column phone text')
    await client.query('create table notes (id int)')
    await client.query('alter table letters rename column kind to sort')
    assert.deepEqual((await disagreements(client, register)).sort(), [
      'letters.kind is in src/register.ts but not in the database',
      'letters.sort is in the database but not in src/register.ts',
      'notes.id is in the database but not in src/register.ts',
      'people.phone is in the database but not in src/register.ts',
    ])
  } finally {
    await client.end()
  }
})

test('a column without an answer, or one too many, does not compile', () => {
  const table = pgTable('example', { id: text().primaryKey(), phone: text() })
  const rest = { says: '', about: 'nobody', basis: 'contract', keptFor: { while: '' }, onErasure: 'delete', serves: [] } as const
  // @ts-expect-error phone has no answer
  classify(table, { ...rest, columns: { id: ['reference', ''] } })
  // @ts-expect-error fax is no column
  classify(table, { ...rest, columns: { id: ['reference', ''], phone: ['contact', ''], fax: ['contact', ''] } })
  // @ts-expect-error "gossip" is no category
  classify(table, { ...rest, columns: { id: ['reference', ''], phone: ['gossip', ''] } })
  classify(table, { ...rest, columns: { id: ['reference', ''], phone: ['contact', ''] } })
})

test('a transaction that fails leaves nothing', async () => {
  const { db } = house.house
  await assert.rejects(
    db.as('service', async (tx) => {
      await tx.execute(sql`update people set name = 'Nobody'`)
      throw new Error('after all')
    }),
    /after all/,
  )
  assert.deepEqual(await house.query('select name from people'), [{ name: 'Ada Lovelace' }])
})

test('a lost connection costs one transaction, not the program', async () => {
  const { db } = house.house
  await assert.rejects(db.as('support', (tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`)))
  assert.equal((await db.as('support', (tx) => tx.execute(sql`select 1 as one`))).rows.length, 1)
})

test('readings in a line keep apart: a wrong one fails alone, and a lost connection is opened anew', async () => {
  const { db } = house.house
  const read = (name: string, text: string, values: unknown[] = []) => db.read<{ n: number }>('security', { name, text, values })
  const outcomes = await Promise.allSettled([
    read('line-one', 'select $1::int n', [1]),
    read('line-wrong', 'select 1 / $1::int n', [0]),
    read('line-one', 'select $1::int n', [2]),
  ])
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value[0]?.n : 'failed')),
    [1, 'failed', 2],
  )
  await assert.rejects(read('line-end', 'select pg_terminate_backend(pg_backend_pid()), $1::int n', [0]))
  assert.deepEqual(await read('line-one', 'select $1::int n', [3]), [{ n: 3 }])
})

test('a database that was closed opens no connection any more', async () => {
  const db = connect({ place: { host: socket(), database: house.database }, prefix: PREFIX, root: randomBytes(32) })
  await db.close()
  const late = { name: 'late', text: 'select 1', values: [] }
  for (const purpose of ['security', 'support'] as const) await assert.rejects(db.read(purpose, late), /closed|after calling end/)
})

test('sealed text opens under its own key alone, and not once a byte was changed', () => {
  const key = randomBytes(32)
  const sealed = seal(key, 'between us')
  assert.equal(unseal(key, sealed).toString(), 'between us')
  assert.throws(() => unseal(randomBytes(32), sealed))
  sealed[20] = (sealed[20] ?? 0) ^ 1
  assert.throws(() => unseal(key, sealed))
})

test('a key opens under the root that made it alone', () => {
  const [one, another] = [randomBytes(32), randomBytes(32)]
  const wrapped = keyring(one).fresh()
  assert.equal(keyring(one).unwrap(wrapped).length, 32)
  assert.throws(() => keyring(another).unwrap(wrapped))
})

test('personal columns leave no samples in the planner’s statistics', async () => {
  await house.query('analyze')
  assert.deepEqual(await house.traces('lovelace').then((found) => found.filter((place) => place.includes('pg_statistic'))), [])
  assert.equal(socket().length > 0, true)
})
