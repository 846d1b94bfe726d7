import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { addressOf, type Door, doorsOf } from '../../test/doors.ts'
import { codeIn, openTestHouse } from '../../test/harness.ts'
import { openApp } from '../app.ts'
import type { Id } from '../log.ts'
import { personWith } from '../people/person.ts'
import { abilityFor, may } from './roles.ts'
import { appoint, dismiss, type Role, roles } from './team.ts'

const house = await openTestHouse()
const doors = doorsOf(openApp(house.house)).filter(({ path }) => /^\/staff(\/|$)/.test(path))
const NOBODY = '00000000-0000-7000-8000-000000000000'

// Forms are sent empty: who may is told what is missing, who may not learns nothing.
const knock = (browser: Browser, door: Door, value: string): Promise<Response> =>
  door.method === 'GET' ? browser.get(addressOf(door, value)) : browser.post(addressOf(door, value))

/** What an answer says, without what differs in each. */
const said = async (answer: Response): Promise<string> =>
  (await answer.text()).replace(/Number of this request: [\w-]+/, '').replaceAll(/<a[^>]*aria-current[^>]*>/g, '')

test('every door of the console is in the table of roles', () => {
  assert.ok(doors.length > 10)
  for (const { path } of doors) assert.ok(abilityFor(path), `${path} is opened by no ability: add it to src/staff/roles.ts`)
  assert.equal(abilityFor('/staff/something-new'), undefined)
  assert.equal(abilityFor('/staff/people/export'), 'export')
})

for (const role of roles)
  test(`the doors that open to ${role} are those of the table, and all others are not there`, async () => {
    const browser = await house.member(role)
    const nowhere = await said(await browser.get('/staff/nowhere'))
    for (const door of doors) {
      const ability = abilityFor(door.path)
      assert.ok(ability)
      const answer = await knock(browser, door, NOBODY)
      // A door that leads to a number answers 404 for a number that nobody has, so those are told by the log.
      const refused = house.log.at(-1)?.includes('"not this role"') ?? false
      assert.equal(refused, !may(role, ability), `${role} at ${door.method} ${door.path}: ${answer.status}`)
      if (refused) assert.ok(answer.status === 404 && (await said(answer)) === nowhere)
      house.log.length = 0
    }
  })

test('for a customer and for a visitor there is no console', async () => {
  const [mallory, visitor] = [await house.person('Mallory'), house.browser()]
  const nowhere = await said(await mallory.get('/staff/nowhere'))
  for (const door of doors) {
    const answer = await knock(mallory, door, NOBODY)
    assert.ok(answer.status === 404 && (await said(answer)) === nowhere, `${door.method} ${door.path}`)
    const outside = await knock(visitor, door, NOBODY)
    if (door.method === 'GET') assert.match(outside.headers.get('location') ?? '', /^\/sign-in\?then=/)
    else assert.equal(outside.status, 401)
  }
})

test('who has no second factor is sent to the page where one is added', async () => {
  const nora = await house.person('Nora')
  await house.house.db.as('security', async (tx) => {
    const person = await personWith(tx, 'nora@example.org')
    assert(person)
    await appoint(tx, { personId: person.id, role: 'owner', addedBy: null })
  })
  await nora.post('/sign-in', { email: 'nora@example.org' })
  await nora.post('/sign-in/code', { code: codeIn((await house.inbox('nora@example.org'))[0]) })
  for (const door of doors.filter(({ path }) => may('owner', abilityFor(path) ?? 'console'))) {
    const answer = await knock(nora, door, NOBODY)
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/account/security'], `${door.method} ${door.path}`)
  }
  assert.match(await nora.read('/account/security'), /second factor/)
})

test('a role without the strict rules for sessions opens nothing', async () => {
  const owner = await house.member('owner')
  assert.equal((await owner.get('/staff')).status, 200)
  await house.query('delete from strict_sessions')
  assert.equal((await owner.get('/staff')).status, 404)
})

test('who leaves the team is outside at once, and a changed role counts at once', async () => {
  const support = await house.member('support')
  const { id } = (await house.query<{ id: Id }>('select id from people order by joined_at desc limit 1'))[0] ?? { id: '' as Id }
  const demoted: Role = 'analyst'
  await house.query('update staff set role = $2 where person_id = $1', [id, demoted])
  assert.equal((await support.get('/staff/people')).status, 404)
  await house.house.db.as('security', (tx) => dismiss(tx, { personId: id, by: id }))
  assert.equal((await support.get('/staff')).status, 303)
})
