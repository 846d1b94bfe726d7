/** Updates by the API, and what the company's own programs are told of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen } from '../../test/endpoint.ts'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { programWith } from '../../test/program.ts'
import type { Id } from '../log.ts'
import { erase } from '../rights/erasure.ts'
import { limits } from '../web/throttle.ts'

const house = await openTestHouse()
const reading = await programWith(house, ['updates:read'])
const writing = await programWith(house, ['updates:write'])
const visitor = house.browser()
const program = await listen()
const owner = await house.member('owner')
await owner.post('/staff/programs/endpoints', { url: program.url, types: ['subscription.confirmed', 'subscription.ended'] })

const request = (email: string, more: object = {}) => ({ name: 'Nina Reader', email, topics: ['news'], ...more })
const ask = (email: string, more: object = {}, headers: Record<string, string> = {}) =>
  writing.post('/updates/requests', request(email, more), headers)
const received = async (email: string) =>
  (await reading.post('/updates/status', { email })).body['subscriptions'] as { subscription: Id; topic: string; since: string }[]
const confirm = async (email: string) => assert.equal((await visitor.post(linkIn((await house.inbox(email))[0]))).status, 303)
const end = (id: string, headers: Record<string, string> = {}) => writing.send('DELETE', `/updates/subscriptions/${id}`, { headers })
const told = async () => {
  await house.settle()
  return program.heard.splice(0).map(({ body: { type, data } }) => ({ type, data }))
}

test('the topics are listed as they are', async () => {
  const { body } = await reading.get('/updates/topics')
  const topics = body['topics'] as { topic: string; open: boolean }[]
  assert.deepEqual([topics[0]?.topic, topics[0]?.open], ['news', true])
})

test('asking makes nobody a subscriber; the button of the letter does, and the proof names the program', async () => {
  assert.deepEqual([(await ask('Nina@Example.org ', { language: 'de' })).status, await received('nina@example.org')], [202, []])
  assert.deepEqual(await house.query('select from people where email = $1', ['nina@example.org']), [])
  await confirm('nina@example.org')
  const [got] = await received('nina@example.org')
  assert(got)
  const [row] = await house.query('select id, topic, source, language, confirmed_at from subscriptions')
  const proof = { source: 'our program “A program”', language: 'de', confirmed_at: new Date(got.since) }
  assert.deepEqual(row, { id: got.subscription, topic: got.topic, ...proof })
})

test('for somebody known the answer is the same, and the letter fits', async () => {
  const [known, stranger] = [await ask('nina@example.org'), await ask('stranger@example.org')]
  assert.deepEqual([known.status, known.body], [stranger.status, stranger.body])
  assert.match((await house.inbox('nina@example.org'))[0]?.text ?? '', /You get all of them already/)
  assert.deepEqual(await received('stranger@example.org'), [])
  assert.deepEqual(await received('nobody@example.org'), [])
})

test('what is sent again under its key writes no second letter', async () => {
  const again = { 'idempotency-key': 'request-1' }
  for (let i = 0; i < 3; i++) assert.equal((await ask('twice@example.org', {}, again)).status, 202)
  assert.equal((await house.inbox('twice@example.org')).length, 1)
  assert.equal((await ask('other@example.org', {}, again)).status, 422)
  const [kept] = await house.query<{ body: unknown }>('select body from program_answers')
  assert.deepEqual(kept?.body, { state: 'asked' })
})

test('what does not fit is refused, and says where', async () => {
  const refused = await ask('nina@example.org', { topics: ['news', 'nothing-like-it'] })
  assert.deepEqual([refused.status, (refused.body['errors'] as { pointer: string }[])[0]?.pointer], [422, '/topics/1'])
  assert.equal((await ask('nonsense')).status, 422)
  assert.equal((await ask('nina@example.org', { topics: [] })).status, 422)
  assert.equal((await ask('nina@example.org', { wording: 'I agreed, surely' })).status, 422)
})

test('nobody is written to again and again, and no key asks the whole world', async () => {
  for (let i = 0; i < limits['letters by address'].hits; i++) assert.equal((await ask('often@example.org')).status, 202)
  assert.equal((await ask('often@example.org')).status, 429)
  assert.equal((await house.inbox('often@example.org')).length, limits['letters by address'].hits)
  await house.query('update throttles set hits = hits + $1', [limits['updates by key'].hits])
  assert.equal((await ask('one-too-many@example.org')).status, 429)
  assert.deepEqual(await house.inbox('one-too-many@example.org'), [])
  await house.query('delete from throttles')
})

test('a key does what its scope says, and no more', async () => {
  assert.equal((await reading.post('/updates/requests', request('no@example.org'))).status, 403)
  assert.equal((await writing.post('/updates/status', { email: 'nina@example.org' })).status, 403)
  assert.equal((await writing.get('/updates/topics')).status, 403)
  const [got] = await received('nina@example.org')
  assert.equal((await reading.send('DELETE', `/updates/subscriptions/${got?.subscription}`)).status, 403)
  assert.equal((await received('nina@example.org')).length, 1)
})

test('ending takes effect at once, is told to the subscriber, repeats without harm, and can be undone', async () => {
  const [got] = await received('nina@example.org')
  assert(got)
  await told()
  for (let i = 0; i < 3; i++) assert.deepEqual((await end(got.subscription)).body, { state: 'ended' })
  assert.deepEqual(await received('nina@example.org'), [])
  assert.deepEqual(await house.query('select door from departures'), [{ door: 'program' }])
  const letters = (await house.inbox('nina@example.org')).filter(({ subject }) => subject.startsWith('You left'))
  assert.equal(letters.length, 1)
  assert.match(letters[0]?.text ?? '', /one of our services told us/)
  const [person] = await house.query<{ id: Id }>('select id from people where email = $1', ['nina@example.org'])
  const data = { subscription: got.subscription, person: person?.id, topic: 'news' }
  assert.deepEqual(await told(), [{ type: 'subscription.ended', data }])
  await visitor.post(linkIn(letters[0]))
  assert.deepEqual(await received('nina@example.org'), [got])
  assert.deepEqual(await told(), [{ type: 'subscription.confirmed', data }])
  assert.equal((await end('01a20adc-42fc-72e8-b87b-0b4b894a8323')).status, 404)
  assert.equal((await end('nonsense')).status, 404)
})

test('every way of subscribing and leaving is told, and goes with the person', async () => {
  await told()
  const ada = await house.person('Ada', 'ada@example.org')
  await ada.post('/account/updates', { name: 'Ada', topics: ['news', 'events'] })
  await ada.post('/account/updates', { name: 'Ada', topics: ['events'] })
  const types = (await told()).map(({ type, data }) => `${type} ${String(data['topic'])}`)
  assert.deepEqual(types.sort(), ['subscription.confirmed events', 'subscription.confirmed news', 'subscription.ended news'])
  const [person] = await house.query<{ id: Id }>('select id from people where email = $1', ['ada@example.org'])
  assert(person)
  assert(await erase(house.house, person.id))
  assert.deepEqual(await house.query('select from program_events where person_id = $1', [person.id]), [])
})
