import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../test/harness.ts'
import { sweep } from './database/sweep.ts'
import { furnish } from './demo.ts'
import { register } from './register.ts'
import { forgetGuests } from './rights/erasure.ts'

const house = await openTestHouse()
await furnish(house.house, { people: 300 })
const count = async (from: string): Promise<number> => Number((await house.query<{ n: string }>(`select count(*) as n from ${from}`))[0]?.n)

test('the demo is a company that lives: people, and a believable share of them subscribed', async () => {
  assert.equal(await count('people'), 300)
  const readers = await count('(select distinct person_id from subscriptions) as readers')
  assert(readers > 120 && readers < 240, `${readers} readers`)
  assert((await count('departures')) > 5 && (await count('guests')) > 5 && (await count('pending')) > 0)
})

test('it has an archive, one issue that waits, and one at the desk', async () => {
  assert.equal(await count('sendings'), 3)
  const page = await (await house.member('marketing')).read('/staff/updates')
  assert.match(page, /Scheduled/)
  assert.match(page, /Draft/)
  assert.match(await house.browser().read('/updates/archive'), /What is new this autumn/)
})

test('some of its members use what is free, and a few left it', async () => {
  assert((await count("memberships where standing = 'active'")) > 20)
  assert((await count("memberships where standing = 'ended'")) > 0)
  assert.equal(await count('memberships m join people p on p.id = m.person_id where m.joined_at < p.joined_at or m.joined_at > now()'), 0)
})

test('its websites were visited, in these weeks and in those before', async () => {
  const page = await (await house.member('analyst')).read('/staff/navigation')
  for (const said of ['Visitors over time', '/services/small-hosting', 'Germany', 'Firefox', 'Other']) assert(page.includes(said), said)
  assert.doesNotMatch(page, /none before/)
  assert.equal(await count("actions where day < (now() at time zone 'utc')::date"), 0)
})

test('its moments are in order, and guests never signed in', async () => {
  assert.equal(await count('subscriptions where asked_at > confirmed_at or confirmed_at > now()'), 0)
  assert.equal(await count('departures where left_at < confirmed_at or left_at > now()'), 0)
  assert.equal(await count('subscriptions s join people p on p.id = s.person_id where s.asked_at < p.joined_at'), 0)
  for (const table of ['sessions', 'passwords', 'passkeys', 'staff'])
    assert.equal(await count(`guests g join ${table} t on t.person_id = g.person_id`), 0)
})

test('nothing in it is due yet', async () => {
  const tables = register.map(({ name }) => name)
  const counts = async () => new Map(await Promise.all(tables.map(async (name) => [name, await count(`"${name}"`)] as const)))
  const before = await counts()
  await sweep(house.house.db, register)
  await forgetGuests(house.house)
  const after = await counts()
  // Visits to the pages above may still come in; nothing may go.
  assert.deepEqual(
    tables.filter((name) => (after.get(name) ?? 0) < (before.get(name) ?? 0)),
    [],
  )
})
