import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { programWith, TestProgram } from '../../test/program.ts'
import { DAY, HOUR, setAhead } from '../clock.ts'
import { limits } from '../web/throttle.ts'
import { freshKey, looksLikeKey } from './key.ts'

const house = await openTestHouse()
const owner = await house.member('owner')
const mallory = await house.person('Mallory')

const secretIn = (html: string): string => /crk_\w+/.exec(html)?.[0] ?? ''
const form = { name: 'Log search', scopes: 'access:read', service: '', lasts: '365' }

test('the owner makes a key, sees it once, and a program comes in with it', async () => {
  const answer = await owner.post('/staff/programs/keys', { ...form, service: 'log-search' })
  const key = secretIn(await answer.text())
  assert(looksLikeKey(key), key)
  const { status, body } = await new TestProgram(house, key).get('/key')
  assert.equal(status, 200)
  assert.deepEqual(
    { ...body, expires_at: typeof body['expires_at'] },
    { name: 'Log search', scopes: ['access:read'], service: 'log-search', expires_at: 'string' },
  )
  const page = await owner.read('/staff/programs')
  assert.match(page, /Log search/)
  assert.doesNotMatch(page, new RegExp(key))
  assert.deepEqual(await house.traces(key), [])
  assert.equal(
    house.log.some((line) => line.includes(key)),
    false,
  )
})

test('what is wrong with the form is said beside its field, and what was chosen stays', async () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ ...form, name: '' }, /Please give it a name/],
    [{ ...form, scopes: '' }, /Please choose what it may do/],
    [{ ...form, scopes: 'everything' }, /Please choose what it may do/],
    [{ ...form, service: 'nothing-like-it' }, /Please choose a service/],
    [{ ...form, lasts: '-1' }, /Please choose how long/],
  ]
  for (const [typed, says] of wrong) {
    const answer = await owner.post('/staff/programs/keys', typed)
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), says)
  }
})

test('a mistyped, a made-up, an expired and a revoked key open nothing', async () => {
  const program = await programWith(house, ['access:read'], { expiresAt: new Date(Date.now() + DAY) })
  const key = program.key ?? ''
  const statusOf = async (sent?: string) => (await new TestProgram(house, sent).get('/key')).status
  assert.equal(await statusOf(key), 200)
  const mistyped = key.slice(0, 20) + (key[20] === 'a' ? 'b' : 'a') + key.slice(21)
  assert.equal(looksLikeKey(mistyped), false)
  for (const sent of [undefined, '', mistyped, key.slice(0, -1), `${key}a`, freshKey(), 'x']) assert.equal(await statusOf(sent), 401, sent)
  setAhead(2 * DAY)
  assert.equal(await statusOf(key), 401)
  setAhead(0)
  const [{ id } = { id: '' }] = await house.query<{ id: string }>('select id from program_keys order by made_at desc limit 1')
  assert.equal((await mallory.post(`/staff/programs/keys/${id}/revoke`)).status, 404)
  assert.equal(await statusOf(key), 200)
  assert.equal((await owner.post(`/staff/programs/keys/${id}/revoke`)).status, 303)
  assert.equal((await owner.post(`/staff/programs/keys/${id}/revoke`)).status, 404)
  assert.equal(await statusOf(key), 401)
  assert.match(await owner.read('/staff/programs'), /revoked/)
})

test('a refused program is told how to come in, and not whether the key was ever one', async () => {
  const refused = await new TestProgram(house, freshKey()).get('/key')
  assert.equal(refused.headers.get('www-authenticate'), 'Bearer realm="api"')
  assert.equal(refused.body['title'], 'Unauthorized')
  assert.equal(refused.headers.get('access-control-allow-origin'), house.house.config.origin)
})

test('a cookie opens nothing, and a key opens no page', async () => {
  assert.equal((await owner.get('/api/v1/key')).status, 401)
  const { key } = await programWith(house, ['access:read'])
  assert.equal((await house.browser().get('/staff/programs', { authorization: `Bearer ${key}` })).status, 303)
})

test('other sites’ pages get no answer that a browser would show them', async () => {
  const { key } = await programWith(house, ['access:read'])
  const answer = await house
    .browser()
    .get('/api/v1/key', { authorization: `Bearer ${key}`, origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' })
  assert.equal(answer.headers.get('access-control-allow-origin'), house.house.config.origin)
  const asked = await new TestProgram(house, key).get('/key', { origin: 'app://desktop', 'sec-fetch-site': 'cross-site' })
  assert.equal(asked.status, 200)
})

test('the last use is noted to the hour', async () => {
  const program = await programWith(house, ['access:read'])
  await program.get('/key')
  await program.get('/key')
  const [row] = await house.query<{ used_at: Date }>('select used_at from program_keys order by made_at desc limit 1')
  assert.equal((row?.used_at.getTime() ?? 1) % HOUR, 0)
  assert((row?.used_at.getTime() ?? 0) <= Date.now())
})

test('the limit of a key is told with each answer, and kept by several processes together', async () => {
  const program = await programWith(house, ['access:read'])
  const { headers } = await program.get('/key')
  assert.equal(headers.get('ratelimit-policy'), '"requests";q=6000;w=60')
  assert.match(headers.get('ratelimit') ?? '', /^"requests";r=5999;t=\d+$/)
  await Promise.all(Array.from({ length: 120 }, () => program.get('/key')))
  assert.match((await program.get('/key')).headers.get('ratelimit') ?? '', /r=5878;/)
  // Another process drew all that was left.
  await house.query('update throttles set hits = $1 where hits >= 200', [limits['requests by key'].hits])
  let last = await program.get('/key')
  for (let more = 0; more < 250 && last.status === 200; more++) last = await program.get('/key')
  assert.equal(last.status, 429)
  assert.match(last.headers.get('retry-after') ?? '', /^\d+$/)
  assert.match(last.headers.get('ratelimit') ?? '', /r=0;/)
  setAhead(2 * 60_000)
  assert.equal((await program.get('/key')).status, 200)
  setAhead(0)
})

test('making and revoking take a fresh proof', async () => {
  const chief = await house.member('owner')
  setAhead(HOUR)
  for (const path of ['/staff/programs/keys', `/staff/programs/keys/${'0'.repeat(8)}-0000-7000-8000-000000000000/revoke`])
    assert.match((await chief.post(path, form)).headers.get('location') ?? '', /^\/account\/proof/, path)
  setAhead(0)
})

test('a key outlives whoever made it, without their name', async () => {
  const second = await house.member('owner')
  const key = secretIn(await (await second.post('/staff/programs/keys', { ...form, name: 'Outliving' })).text())
  await second.post('/account/privacy/erasure', { sure: 'yes' })
  assert.deepEqual(await house.query("select made_by from program_keys where name = 'Outliving'"), [{ made_by: null }])
  assert.equal((await new TestProgram(house, key).get('/key')).status, 200)
  assert.match(await owner.read('/staff/programs'), /Outliving/)
})
