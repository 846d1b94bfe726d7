import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeIn, linkIn, openTestHouse } from '../../test/harness.ts'
import { HOUR, setAhead } from '../clock.ts'
import type { Id } from '../log.ts'
import { changeRole, dismiss } from './team.ts'

const house = await openTestHouse()
const [owner, support] = [await house.member('owner'), await house.member('support')]
const mallory = await house.person('Mallory')

const idOf = async (email: string): Promise<Id> => {
  const [row] = await house.query<{ id: Id }>('select id from people where email like $1', [email])
  assert(row)
  return row.id
}
const roleOf = async (email: string): Promise<string | undefined> =>
  (await house.query<{ role: string }>('select role from staff join people on people.id = person_id where email like $1', [email]))[0]?.role

test('the owner invites somebody new, who accepts and is in the team', async () => {
  const answer = await owner.post('/staff/team', { email: 'nina@example.org', role: 'legal' })
  assert.equal(answer.headers.get('location'), '/staff/team?done=invited')
  assert.match(await owner.read('/staff/team'), /nina@example\.org/)
  const nina = house.browser()
  const link = linkIn((await house.inbox('nina@example.org'))[0])
  assert.equal((await nina.get(link)).status, 200)
  assert.equal(await roleOf('nina%'), undefined)
  await nina.post(`${link}/accept`, { name: 'Nina' })
  await house.settle()
  assert.equal(await roleOf('nina%'), 'legal')
  assert.equal((await house.query('select from invitations')).length, 0)
  assert.equal((await nina.get('/staff')).headers.get('location'), '/account/security')
})

test('an invitation can be withdrawn; then its link leads nowhere', async () => {
  await owner.post('/staff/team', { email: 'late@example.org', role: 'billing' })
  const path = /action="(\/staff\/team\/invitations\/[^"]*\/withdraw)"/.exec(await owner.read('/staff/team'))?.[1] ?? ''
  assert.equal((await support.post(path)).status, 404)
  assert.equal((await owner.post(path)).status, 303)
  const late = house.browser()
  const link = linkIn((await house.inbox('late@example.org'))[0])
  assert.equal((await late.get(link)).status, 404)
  await late.post(`${link}/accept`, { name: 'Late' })
  await house.settle()
  assert.equal(await roleOf('late%'), undefined)
})

test('what is wrong with an invitation is said beside its field', async () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ email: 'nonsense', role: 'support' }, /does not look like an e-mail address/],
    [{ email: 'x@example.org', role: 'king' }, /Please choose a role/],
    [{ email: 'SUPPORT-2@staff.example', role: 'owner' }, /in the team already/],
  ]
  for (const [form, says] of wrong) {
    const answer = await owner.post('/staff/team', form)
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), says)
  }
})

test('a changed role counts at once and ends the sessions', async () => {
  const id = await idOf('support%')
  assert.equal((await support.get('/staff/people')).status, 200)
  assert.equal((await owner.post(`/staff/team/${id}/role`, { role: 'analyst' })).status, 303)
  assert.equal(await roleOf('support%'), 'analyst')
  assert.equal((await support.get('/staff')).status, 303)
  assert.equal((await owner.post(`/staff/team/${id}/role`, { role: 'king' })).status, 422)
  assert.equal((await owner.post(`/staff/team/${await idOf('mallory%')}/role`, { role: 'owner' })).status, 404)
})

test('who is removed is out, signed out, and a customer again', async () => {
  const id = await idOf('support%')
  assert.equal((await owner.post(`/staff/team/${id}/remove`)).status, 303)
  assert.equal(await roleOf('support%'), undefined)
  assert.equal((await house.query('select from strict_sessions where person_id = $1', [id])).length, 0)
  assert.equal((await owner.post(`/staff/team/${id}/remove`)).status, 404)
})

test('the last owner stays, also against an invitation and against two hands at once', async () => {
  const id = await idOf('owner%')
  for (const [path, form] of [
    ['remove', {}],
    ['role', { role: 'support' }],
  ] as const) {
    const answer = await owner.post(`/staff/team/${id}/${path}`, form)
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), /The last owner stays/)
  }
  const second = await house.member('owner')
  assert.equal((await second.get('/staff/team')).status, 200)
  const ids = (await house.query<{ person_id: Id }>("select person_id from staff where role = 'owner'")).map((row) => row.person_id)
  const outcomes = await Promise.all(
    ids.map((one, at) =>
      house.house.db.as('security', (tx) =>
        at === 0 ? dismiss(tx, { personId: one, by: one }) : changeRole(tx, { personId: one, role: 'legal', by: one }),
      ),
    ),
  )
  assert.deepEqual(outcomes.filter((outcome) => outcome === 'last owner').length, 1)
  assert.equal((await house.query("select from staff where role = 'owner'")).length, 1)
})

test('running the team takes a fresh proof', async () => {
  const chief = await house.member('owner')
  setAhead(HOUR)
  const id = await idOf('nina%')
  for (const path of [
    '/staff/team',
    `/staff/team/${id}/role`,
    `/staff/team/${id}/remove`,
    `/staff/team/invitations/${id}/withdraw`,
    '/staff/people/export',
  ])
    assert.match((await chief.post(path, { role: 'owner' })).headers.get('location') ?? '', /^\/account\/proof/, path)
  assert.equal(await roleOf('nina%'), 'legal')
  setAhead(0)
})

test('an invitation does not turn a customer into staff before they answer', async () => {
  const chief = await house.member('owner')
  await chief.post('/staff/team', { email: 'mallory@example.org', role: 'support' })
  await house.settle()
  assert.equal((await mallory.get('/staff')).status, 404)
  const again = house.browser()
  await again.post('/sign-in', { email: 'mallory@example.org' })
  await again.post('/sign-in/code', { code: codeIn((await house.inbox('mallory@example.org'))[0]) })
  await house.settle()
  assert.equal(await roleOf('mallory%'), undefined)
})
