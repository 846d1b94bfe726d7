/** Taking out who is subscribed to a topic. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { HOUR, setAhead } from '../clock.ts'

const house = await openTestHouse()
const owner = await house.member('owner')
const marketing = await house.member('marketing')
const PATH = '/staff/updates/subscribers'

const choose = async (name: string, topics: string[], email?: string) =>
  (await house.person(name, email)).post('/account/updates', { name, topics })
await choose('=HYPERLINK("http://evil.example")', ['news', 'events'], 'ada@example.org')
await choose('Bob, the "reader"', ['news'], 'bob@example.org')
await choose('Carl', ['events'], 'carl@example.org')

const noted = () => house.query('select people, narrowed, topic from exports order by exported_at')

test('the list holds who gets the topic, with the proof, and nobody else; no cell is a formula', async () => {
  const answer = await marketing.post(`${PATH}/news`)
  assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store'])
  const lines = (await answer.text()).split('\r\n')
  assert.equal(lines[0], 'name,email,topic,language,asked,confirmed,source,wording')
  assert.match(lines[1] ?? '', /^"'=HYPERLINK\(""http:\/\/evil\.example""\)",ada@example\.org,news,,20.*,your account,"?Yes, /)
  assert.match(lines[2] ?? '', /^"Bob, the ""reader""",bob@example\.org,news,/)
  assert.deepEqual([lines.length, lines[3]], [4, ''])
  assert.deepEqual(await noted(), [{ people: 2, narrowed: true, topic: 'news' }])
  assert.match(await owner.read('/staff/team'), /subscribers of news/)
})

test('a list longer than a step is whole, and one that breaks off is noted', async () => {
  await house.query(
    `with made as (insert into people (id, name, email, joined_at)
       select gen_random_uuid(), 'P', 'p' || n || '@many.example', now() from generate_series(1, 2500) n returning id)
     insert into subscriptions (id, person_id, topic, wording, source, asked_at, confirmed_at)
       select gen_random_uuid(), id, 'partners', 'Yes', 'a test', now(), now() from made`,
  )
  const emails = (await (await owner.post(`${PATH}/partners`)).text()).trim().split('\r\n').slice(1)
  assert.equal(new Set(emails.map((line) => line.split(',')[1])).size, 2500)
  const reader = (await owner.post(`${PATH}/partners`)).body?.getReader()
  for (let i = 0; i < 2; i++) await reader?.read()
  await reader?.cancel()
  const lists = await noted()
  assert.equal(lists.at(-2)?.['people'], 2500)
  const broken = Number(lists.at(-1)?.['people'])
  assert(broken > 0 && broken < 2500, String(broken))
})

test('nobody else takes it out, nor anybody without a fresh proof', async () => {
  const before = await noted()
  for (const role of ['analyst', 'billing', 'support', 'legal'] as const)
    assert.equal((await (await house.member(role)).post(`${PATH}/news`)).status, 404, role)
  assert.equal((await (await house.person('Mallory')).post(`${PATH}/news`)).status, 404)
  assert.equal((await house.browser().post(`${PATH}/news`)).status, 401)
  assert.equal((await owner.post(`${PATH}/nothing`)).status, 404)
  setAhead(HOUR)
  const stale = await marketing.post(`${PATH}/news`)
  assert.match(stale.headers.get('location') ?? '', /^\/account\/proof/)
  setAhead(0)
  assert.deepEqual(await noted(), before)
})
