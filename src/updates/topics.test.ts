import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { linkIn, openTestHouse, registeredTables } from '../../test/harness.ts'
import { bringTopics } from './topic.ts'

const house = await openTestHouse({ FORM_ORIGINS: 'https://blog.example.com' })
const { db } = house.house
const marketing = await house.member('marketing')
const visitor = house.browser()
const CONSOLE = '/staff/updates/topics'

test('the topics of the content folder are there from the start, and what the console says of them stays', async () => {
  assert.match(await visitor.read('/updates'), /Cloudrun news[\s\S]*The services[\s\S]*Partners[\s\S]*Events/)
  const better = { title: 'News of the house', says: 'What is new, once a month.', place: '1' }
  assert.equal((await marketing.post(`${CONSOLE}/news`, better)).status, 303)
  await bringTopics(house.house)
  const page = await visitor.read('/updates')
  assert.match(page, /News of the house/)
  assert.doesNotMatch(page, /Cloudrun news/)
})

test('a topic is added, closed to newcomers, and opened again', async () => {
  const added = await marketing.post(CONSOLE, { title: 'Über & under <b>', says: 'Odd things, rarely.', place: '9' })
  assert.equal(added.headers.get('location'), `${CONSOLE}?done=added`)
  assert.match(await visitor.read('/updates'), /value="uber-under-b"[\s\S]*Über &amp; under &lt;b&gt;/)
  assert.equal((await marketing.post(CONSOLE, { title: 'uber under B', says: 'The same.', place: '9' })).status, 422)
  assert.equal((await marketing.post(CONSOLE, { title: '日本', says: 'No Latin letter.', place: '9' })).status, 422)
  assert.equal((await marketing.post(CONSOLE, { title: 'X', says: 'Y', place: 'many' })).status, 422)
  await marketing.post(`${CONSOLE}/uber-under-b/close`)
  assert.doesNotMatch(await visitor.read('/updates'), /uber-under-b/)
  assert.equal((await visitor.post('/updates', { name: 'N', email: 'n@example.org', topics: 'uber-under-b' })).status, 422)
  await marketing.post(`${CONSOLE}/uber-under-b/open`)
  assert.match(await visitor.read('/updates'), /uber-under-b/)
  for (const path of ['nothing', 'nothing/close', '__proto__'])
    assert.equal((await marketing.post(`${CONSOLE}/${path}`, {})).status, 404, path)
})

test('a closed topic goes on for who is subscribed, and shows in their preferences alone', async () => {
  const ada = await house.person('Ada', 'ada@example.org')
  const bob = await house.person('Bob', 'bob@example.org')
  await ada.post('/account/updates', { name: 'Ada', topics: 'events' })
  await marketing.post(`${CONSOLE}/events/close`)
  assert.match(await ada.read('/account/updates'), /value="events" checked/)
  assert.doesNotMatch(await bob.read('/account/updates'), /value="events"/)
  await bob.post('/account/updates', { name: 'Bob', topics: 'events' })
  assert.deepEqual(await house.query('select topic from subscriptions'), [{ topic: 'events' }])
})

test('the form for other sites is what the page takes, and shows nobody', async () => {
  const page = await marketing.read(CONSOLE)
  assert.match(page, /https:\/\/blog\.example\.com/)
  assert.match(page, /&lt;form method=&quot;post&quot; action=&quot;http:\/\/localhost:3000\/updates&quot;&gt;/)
  assert.match(page, /Über &amp;amp; under &amp;lt;b&amp;gt;/)
  assert.doesNotMatch(page, /ada@example\.org/)
})

test('as analyst, billing, support or legal there are no topics; a customer and a visitor find nothing', async () => {
  for (const role of ['analyst', 'billing', 'support', 'legal'] as const) {
    const browser = await house.member(role)
    assert.equal((await browser.get(CONSOLE)).status, 404, role)
    assert.equal((await browser.post(CONSOLE, { title: 'T', says: 'S', place: '1' })).status, 404, role)
    for (const path of ['/staff/people', '/staff/people?q=ada'])
      if (role !== 'support') assert.equal((await browser.get(path)).status, 404, `${role} ${path}`)
  }
  assert.equal((await (await house.person('Mallory')).get(CONSOLE)).status, 404)
  assert.equal((await visitor.get(CONSOLE)).status, 303)
})

test('as marketing there is nothing outside updates', async () => {
  for (const path of ['/staff/people', '/staff/team', '/staff/jobs', '/staff/people/export'])
    assert.equal((await marketing.get(path)).status, 404, path)
})

// ---- At the database ---------------------------------------------------------------------------

const refused = (purpose: Parameters<typeof db.as>[0], statement: string) =>
  assert.rejects(
    db.as(purpose, (tx) => tx.execute(sql.raw(statement))),
    // "Insufficient privilege".
    (fault: Error) => (fault.cause as { code?: string }).code === '42501',
    `${purpose}: ${statement}`,
  )

test('the database lets updates see its own tables and people, and no other', async () => {
  const own = new Set(['topics', 'subscriptions', 'pending', 'departures', 'preference_links', 'people', 'guests'])
  const served = await house.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and has_any_column_privilege('cloudrun_updates', c.oid, 'select')`,
  )
  const others = served.map(({ name }) => name).filter((name) => !own.has(name) && registeredTables().includes(name))
  const personal = ['sessions', 'looks', 'staff', 'passwords', 'passkeys', 'letters', 'person_keys', 'receipts', 'exports', 'throttles']
  assert.deepEqual(
    others.filter((name) => personal.includes(name)),
    [],
  )
  for (const table of personal) await refused('updates', `select * from ${table}`)
  await refused('updates', 'delete from person_keys')
  await refused('updates', `update people set email = 'x'`)
})

test('the database shows no subscription to the purposes of the other roles', async () => {
  for (const purpose of ['billing', 'improvement', 'personalisation', 'support', 'security', 'service'] as const)
    for (const table of ['subscriptions', 'pending', 'departures', 'preference_links']) {
      await refused(purpose, `select * from ${table}`)
      await refused(purpose, `delete from ${table}`)
    }
  await refused('improvement', 'select email from people')
})

test('a letter of the outbox can be put in by updates, and not be read', async () => {
  await visitor.post('/updates', { name: 'Nina', email: 'nina@example.org', topics: 'partners' })
  assert.equal((await visitor.post(linkIn((await house.inbox('nina@example.org'))[0]))).status, 303)
  await refused('updates', 'select "to" from letters')
})
