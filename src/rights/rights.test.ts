import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeIn, openTestHouse } from '../../test/harness.ts'
import { DAY, setAhead } from '../clock.ts'
import { asId } from '../log.ts'
import { register } from '../register.ts'
import { smallCopy } from './kept-copy.ts'
import { erase } from './erasure.ts'

const house = await openTestHouse()
const ada = await house.person('Ada Canary', 'ada-canary@example.org')
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const owner = await house.member('owner')
const idOf = async (email: string) => asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id)

test('the page shows what is held, field by field, to its person alone', async () => {
  const page = await ada.read('/account/privacy')
  assert.match(page, /Ada Canary/)
  assert.match(page, /ada-canary@example.org/)
  assert.match(page, /Kept so that nobody can read it/)
  assert.doesNotMatch(await bob.read('/account/privacy'), /canary/i)
  assert.equal((await house.browser().get('/account/privacy')).status, 303)
})

test('a look of staff appears on the person’s page, with role and reason, without a name', async () => {
  const id = await idOf('ada-canary@example.org')
  assert.doesNotMatch(await owner.read(`/staff/people/${id}`), /canary/i)
  await owner.post(`/staff/people/${id}`, { reason: 'question', note: 'asked about a bill' })
  assert.match(await owner.read(`/staff/people/${id}`), /Ada Canary/)
  const page = await ada.read('/account/privacy')
  assert.match(page, /to answer a question: asked about a bill/)
  assert.doesNotMatch(page, /Staff owner/)
})

test('nobody has no copy', async () => {
  assert.equal(await smallCopy(house.house, asId('01a20adc-42fc-72e8-b87b-0b4b894a8323') ?? assert.fail()), undefined)
})

test('what one may change oneself bears a link to where, and each leads somewhere', async () => {
  const page = await ada.read('/account/privacy')
  assert.match(page, /Ada Canary <a href="\/account">Change it<\/a>/)
  assert.match(page, /mailto:privacy@[^"]+Correction%3A%20Who%20you%20are/)
  for (const { name, changedAt = {} } of register)
    for (const [column, path = ''] of Object.entries(changedAt))
      assert.equal((await ada.get(path)).status, 200, `${name}: changedAt says that ${column} is changed at ${path}, which is not there`)
})

test('the page says who received what, when, and where that is', async () => {
  const page = await ada.read('/account/privacy')
  assert.match(page, /Our e-mail server<\/dt><dd>[^<]*It is not in use here: nothing was handed over/)
  const served = await openTestHouse({ SMTP_URL: 'smtp://mail.example.net:2525' })
  const carla = await served.person('Carla')
  assert.match(
    await carla.read('/account/privacy'),
    /mail.example.net. It gets: name and e-mail address, what we wrote to you[^<]*Nothing of yours/,
  )
  await served.query(
    `insert into disclosures (id, processor, person_id, categories, sent_at)
     select gen_random_uuid(), 'Our e-mail server', id, '{contact}', '2026-11-01 10:00+00' from people`,
  )
  assert.match(await carla.read('/account/privacy'), /Handed over once, last on 2026-11-01 10:00 UTC; each is noted for 2 years/)
})

test('an old proof is asked for again before anything grave', async () => {
  setAhead(DAY / 2)
  const answer = await ada.get('/account/privacy/erasure')
  setAhead(0)
  assert.match(answer.headers.get('location') ?? '', /^\/account\/proof/)
})

test('erasing leaves what the receipt declares, and nothing else', async () => {
  await house.settle()
  assert.equal((await ada.post('/account/privacy/erasure', {})).status, 422)
  assert.equal((await house.query("select from people where name = 'Ada Canary'")).length, 1)
  const answer = await ada.post('/account/privacy/erasure', { sure: 'yes' })
  const receipt = answer.headers.get('location') ?? ''
  assert.match(receipt, /^\/receipts\//)
  const told = await house.browser().read(receipt)
  assert.match(told, /Who you are<\/dt><dd>1 row deleted/)
  assert.doesNotMatch(told, /person_keys|canary/i)
  assert.deepEqual(await house.traces('ada-canary@example.org'), ['letters.to'])
  assert.deepEqual(await house.traces('Ada Canary'), [])
  const [letter, ...more] = await house.inbox('ada-canary@example.org')
  assert.equal(letter?.kind, 'goodbye')
  assert.match(letter?.text ?? '', /Who you are: 1 row deleted/)
  assert.deepEqual(more, [])
  assert.equal((await ada.get('/account')).status, 303)
  assert.match(await bob.read('/account'), /Bob Neighbour/)
})

test('the receipt counts what was there', async () => {
  const [row] = await house.query<{ erased: { table: string; rows: number }[] }>('select erased from receipts')
  const counted = Object.fromEntries((row?.erased ?? []).map(({ table, rows }) => [table, rows]))
  assert.equal(counted['people'], 1)
  assert.equal(counted['person_keys'], 1)
  assert.equal(counted['looks'], 1)
  assert(register.some((held) => held.name in counted))
})

test('two erasures at once make one receipt, and one of nobody makes none', async () => {
  const carol = await house.person('Carol', 'carol@example.org')
  const id = (await idOf('carol@example.org')) ?? assert.fail()
  const before = (await house.query('select from receipts')).length
  const tokens = await Promise.all([erase(house.house, id), erase(house.house, id), erase(house.house, id)])
  assert.equal(tokens.filter(Boolean).length, 1)
  assert.equal((await house.query('select from receipts')).length, before + 1)
  assert.equal((await carol.get('/account')).status, 303)
})

test('staff can be erased, too: their looks stay with the person, without their author', async () => {
  const support = await house.member('support')
  const bobs = await idOf('bob@example.org')
  await support.post(`/staff/people/${bobs}`, { reason: 'upkeep' })
  const [member] = await house.query<{ person_id: string }>("select person_id from staff where role = 'support'")
  assert.match(await support.read('/account/privacy/erasure'), /1 row about others stays with them/)
  const receipt = await erase(house.house, asId(member?.person_id) ?? assert.fail())
  assert.match(await house.browser().read(`/receipts/${receipt}`), /Who looked at your record<\/dt><dd>1 row stays, without you in it/)
  assert.deepEqual(await house.query('select staff_id, role from looks where person_id = $1', [bobs]), [
    { staff_id: null, role: 'support' },
  ])
  assert.match(await bob.read('/account/privacy'), /to repair something/)
})

test('whoever was erased can come again, as somebody new', async () => {
  const again = house.browser()
  await again.post('/sign-up', { name: 'Ada Again', email: 'ada-canary@example.org' })
  assert.equal((await again.post('/sign-in/code', { code: codeIn((await house.inbox('ada-canary@example.org'))[0]) })).status, 303)
  assert.doesNotMatch(await again.read('/account/privacy'), /asked about a bill/)
})
