import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { DAY, setAhead } from '../clock.ts'
import { asId } from '../log.ts'
import { erase } from '../rights/erasure.ts'
import { register } from '../register.ts'
import { sweep } from '../database/sweep.ts'

const house = await openTestHouse()
const idOf = async (email: string) =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const actions = async () => (await house.query<{ n: number }>('select count(*)::int as n from recorded_actions()'))[0]?.n ?? 0

test('one switch on the policy’s page turns counting off, and on again', async () => {
  const visitor = house.browser()
  assert.match(await visitor.read('/privacy'), /Do not count my visits/)
  await house.settle()
  const before = await actions()
  const answer = await visitor.post('/privacy/counting', { answer: 'no' })
  assert.equal(answer.headers.get('location'), '/privacy#counting')
  const page = await visitor.read('/privacy')
  assert.match(page, /Your visits are not counted in this browser/)
  assert.doesNotMatch(page, /n\.js/)
  await visitor.get('/help')
  assert.equal((await visitor.json('/n', [{ k: 'a', u: 'http://localhost:3000/', n: 'x' }])).status, 202)
  await house.settle()
  assert.equal(await actions(), before)
  await visitor.post('/privacy/counting', { answer: 'yes' })
  await visitor.get('/help')
  await house.settle()
  assert.equal(await actions(), before + 1)
})

test('the page says that a signal is honoured', async () => {
  for (const signal of [{ 'sec-gpc': '1' }, { dnt: '1' }] as Record<string, string>[])
    assert.match(await (await house.browser().get('/privacy', signal)).text(), /we honour it: your visits are not counted/)
  assert.doesNotMatch(await (await house.browser().get('/privacy', { 'sec-gpc': 'true' })).text(), /we honour it: your visits/)
})

test('the choice of somebody signed in holds on their other devices, and so does a signal', async () => {
  const ada = await house.person('Ada Choice', 'ada-choice@example.org')
  await ada.post('/privacy/counting', { answer: 'no' })
  const other = await house.person('Gina Signal', 'gina-signal@example.org')
  await other.get('/account', { 'sec-gpc': '1' })
  await house.settle()
  for (const email of ['ada-choice@example.org', 'gina-signal@example.org']) {
    const device = house.browser()
    await device.post('/sign-in', { email })
    const { codeIn } = await import('../../test/harness.ts')
    await device.post('/sign-in/code', { code: codeIn((await house.inbox(email))[0]) })
    await device.get('/account')
    assert.equal(device.cookies.get('uncounted'), '1', email)
  }
  const rows = await house.query('select means, answer from navigation_choices order by means')
  assert.deepEqual(rows, [
    { means: 'signal', answer: 'no' },
    { means: 'switch', answer: 'no' },
  ])
})

test('nothing is kept of a person before they allow it, and nothing after they end it', async () => {
  const bob = await house.person('Bob Reader', 'bob-reader@example.org')
  await bob.get('/help/signing-in')
  await house.settle()
  assert.deepEqual(await house.query('select * from personal_actions'), [])
  assert.match(await bob.read('/account/suggestions'), /only if you want it/)
  await bob.post('/account/suggestions', { answer: 'yes' })
  await bob.get('/services/log-search')
  await bob.get('/services/log-search')
  await bob.get('/help/cookies')
  await house.settle()
  const id = await idOf('bob-reader@example.org')
  const kept = await house.query('select person_id, page, times from personal_actions order by page')
  assert.deepEqual(kept, [
    { person_id: id, page: '/help/cookies', times: 1 },
    { person_id: id, page: '/services/log-search', times: 2 },
  ])
  const page = await bob.read('/account/suggestions')
  assert.match(page, /Why you see this: you looked at this service twice in the last 90 days/)
  assert.match(page, /which is about the same/)
  assert.match(await bob.read('/account/privacy'), /services\/log-search/)
  await bob.post('/account/suggestions', { answer: 'no' })
  await bob.get('/help/cookies')
  await house.settle()
  assert.deepEqual(await house.query('select * from personal_actions'), [])
})

test('what is kept ends after 90 days, and with the person', async () => {
  const eve = await house.person('Eve Canary', 'eve-canary@example.org')
  await eve.post('/account/suggestions', { answer: 'yes' })
  await eve.get('/help/cookies')
  await house.settle()
  assert.equal((await house.query('select * from personal_actions')).length, 1)
  setAhead(91 * DAY)
  await sweep(house.house.db, register)
  setAhead(0)
  assert.equal((await house.query('select * from personal_actions')).length, 0)
  await eve.get('/help/cookies')
  await house.settle()
  const id = await idOf('eve-canary@example.org')
  assert(await erase(house.house, id))
  await house.settle()
  assert.deepEqual(
    (await house.traces(id)).filter((where) => where !== 'log'),
    [],
  )
})

test('signing up after ten anonymous actions links nothing, by any join', async () => {
  const mallory = await house.person('Mallory Other', 'mallory-other@example.org')
  await mallory.get('/account')
  await house.settle()
  await house.query('delete from letters')
  const before = new Set(
    (await house.query<{ visitor: string }>('select distinct visitor from recorded_actions()')).map(({ visitor }) => visitor),
  )
  const visitor = house.browser()
  visitor.headers['user-agent'] = 'Mozilla/5.0 (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0'
  for (const path of [
    '/',
    '/help',
    '/services',
    '/privacy',
    '/cookies',
    '/security',
    '/help/cookies',
    '/help/signing-in',
    '/services/log-search',
  ])
    await visitor.get(path)
  await visitor.get('/sign-up')
  await visitor.post('/sign-up', { name: 'Grace Linked', email: 'grace-linked@example.org' })
  const { codeIn } = await import('../../test/harness.ts')
  await visitor.get('/sign-in/code')
  await visitor.post('/sign-in/code', { code: codeIn((await house.inbox('grace-linked@example.org'))[0]) })
  await visitor.get('/account')
  await visitor.post('/account/suggestions', { answer: 'yes' })
  await visitor.get('/help/cookies')
  await house.settle()
  const fresh = (
    await house.query<{ visitor: string; n: number }>(
      'select visitor, count(*)::int as n from recorded_actions() group by 1 order by 2 desc',
    )
  ).filter(({ visitor }) => !before.has(visitor))
  assert.deepEqual(
    fresh.map(({ n }) => n),
    [10, 3],
  )
  const anonymous = fresh[0]?.visitor ?? ''
  const id = await idOf('grace-linked@example.org')
  // Every value of every row that is about her, against every value of the ten rows: nothing identifying is in both.
  const hers = await valuesOf((row) => row.includes(id) || row.includes('grace-linked@example.org'))
  const ten = await house.query<Record<string, unknown>>('select * from recorded_actions() where visitor = $1', [anonymous])
  assert.equal(ten.length, 10)
  const common = new Set(['kind', 'host', 'page', 'day', 'channel', 'browser', 'version', 'language', 'device', 'country'])
  for (const row of ten)
    for (const [name, value] of Object.entries(row))
      if (value !== null && value !== '' && !common.has(name))
        assert(!hers.has(text(value)), `${name} = ${text(value)} is also in a row about her`)
})

const text = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value))

async function valuesOf(theirs: (row: string) => boolean): Promise<Set<string>> {
  const values = new Set<string>()
  for (const held of register.filter(({ name }) => !['actions', 'action_batches'].includes(name))) {
    for (const row of await house.query<Record<string, unknown>>(`select * from "${held.name}"`))
      if (theirs(JSON.stringify(row))) for (const value of Object.values(row)) values.add(text(value))
  }
  assert(values.size > 10)
  return values
}
