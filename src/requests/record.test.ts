/** What is done with requests stands in the record that nobody can change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkIn, openTestHouse } from '../../test/harness.ts'

const house = await openTestHouse()
const visitor = house.browser()
const ada = await house.person('Ada Canary', 'ada-canary@example.org')
const legal = await house.member('legal')
const support = await house.member('support')

const ask = async (kind: string, email = 'ada-canary@example.org'): Promise<string> => {
  await visitor.post('/privacy/requests/new', { kind, email })
  await house.settle()
  return (await house.query<{ id: string }>('select id from requests order by id desc limit 1'))[0]?.id ?? assert.fail()
}
const actsOf = async (id: string): Promise<string[]> =>
  (await house.query<{ act: string }>('select act from audit_details where thing_id = $1 order by number', [id])).map(({ act }) => act)
const entries = async (act: string): Promise<number> => (await house.query('select from audit_entries where act = $1', [act])).length

test('received, acknowledged, extended, answered and refused are recorded, with who did it', async () => {
  const id = await ask('question')
  await legal.post(`/staff/requests/${id}/extend`, { reasons: 'There are many.' })
  await legal.post(`/staff/requests/${id}/answer`, { answer: 'Here is the answer.' })
  await legal.post(`/staff/requests/${id}/refuse`, { ground: 'nothing', why: 'There is nothing.' })
  assert.deepEqual(await actsOf(id), [
    'request.received',
    'request.acknowledged',
    'request.extended',
    'request.answered',
    'request.refused',
  ])
  const [extended] = await house.query<{ actor_id: string | null; person_id: string | null }>(
    `select actor_id, person_id from audit_details where thing_id = $1 and act = 'request.extended'`,
    [id],
  )
  assert(extended?.actor_id && extended.person_id)
  assert.match(await legal.read('/staff/audit'), /A request was refused, with the reasons/)
  assert.equal((await support.get('/staff/audit')).status, 404)
})

test('what is taken back is closed; what is nobody’s is recorded without a person', async () => {
  const id = await ask('question', 'nobody@example.org')
  await legal.post(`/staff/requests/${id}/none`)
  assert.deepEqual(await actsOf(id), ['request.received', 'request.acknowledged', 'request.closed'])
})

test('an erasure takes the details with it, and the chain keeps that it was done', async () => {
  const done = await entries('request.completed')
  await ask('erasure')
  await visitor.post(linkIn((await house.inbox('ada-canary@example.org'))[0]), { sure: 'yes' })
  await house.settle()
  assert.equal(await entries('request.completed'), done + 1)
  assert.equal((await ada.get('/account')).status, 303)
  assert.deepEqual(await house.traces('ada-canary'), ['letters.to'])
})
