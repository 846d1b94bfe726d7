import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { openPayingHouse } from '../../test/stripe.ts'
import { answersOf } from '../database/classify.ts'
import type { Purpose } from '../database/purposes.ts'
import { register } from '../register.ts'

const { house, giveCard } = await openPayingHouse()

async function loggedIn<R>(purpose: Purpose, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ ...house.house.db.login(purpose) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const refused = { code: '42501' }
const addresses = (purpose: Purpose) =>
  loggedIn(purpose, async (client) =>
    (await client.query<{ email: string }>('select email from people order by email')).rows.map(({ email }) => email),
  )

const ada = await house.person('Ada Pays', 'ada@example.org')
const bea = await house.person('Bea Free', 'bea@example.org')
await house.person('Cem Nothing', 'cem@example.org')
await bea.post('/services/status-pages/page')

test('the login of billing reads the address of customers with a membership, and of nobody else', async () => {
  assert.deepEqual(await addresses('billing'), [])
  const begin = (await ada.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  await giveCard(ada, begin, '4242424242424242')
  assert.deepEqual(await addresses('billing'), ['ada@example.org'])
  assert.deepEqual(await addresses('service'), ['ada@example.org', 'bea@example.org', 'cem@example.org'])
})

test('nor does it by asking otherwise, and it changes nothing about a person', () =>
  loggedIn('billing', async (client) => {
    const none = async (text: string) => assert.equal((await client.query(text)).rowCount, 0, text)
    await none("select from people where email = 'cem@example.org'")
    await none("select from people where email like 'c%'")
    await none("with all_of_them as (select * from people) select from all_of_them where name = 'Bea Free'")
    await none('delete from people')
    await assert.rejects(client.query('update people set email = id::text'), refused)
    await assert.rejects(client.query(`insert into people values (gen_random_uuid(), 'X', 'x@example.org', now())`), refused)
    await client.query('set row_security = off')
    await assert.rejects(client.query('select email from people'), refused)
    await assert.rejects(client.query('alter table people disable row level security'), refused)
  }))

test('what sends updates, counts visits or suggests reads not a single column of billing', async () => {
  const columns = register.flatMap((held) =>
    answersOf(held)
      .filter(({ category }) => category === 'billing')
      .map(({ name }) => `select "${name}" from "${held.name}"`),
  )
  assert(columns.length > 20)
  for (const purpose of ['updates', 'improvement', 'personalisation'] as const)
    await loggedIn(purpose, async (client) => {
      for (const text of columns) await assert.rejects(client.query(text), refused, `${purpose}: ${text}`)
    })
})

test('for the others a person is found as before: by the index, and by no further condition', async () => {
  const plan = (text: string) =>
    loggedIn('security', async (client) => {
      await client.query('set enable_seqscan = off')
      return (await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`)).rows.map((row) => row['QUERY PLAN']).join('\n')
    })
  const byAddress = await plan("select id from people where email = 'ada@example.org'")
  assert.match(byAddress, /Index Scan using people_email_key/)
  assert.doesNotMatch(byAddress, /Filter|SubPlan/)
  assert.match(await plan(`select id from people where search_parts(name || ' ' || email) @> array['ada']`), /people_search/)
})
