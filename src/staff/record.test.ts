import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openTestHouse } from '../../test/harness.ts'
import { HOUR, setAhead } from '../clock.ts'
import type { Id } from '../log.ts'
import { looksAt } from './look.ts'

const house = await openTestHouse()
const { db } = house.house
const [owner, support, analyst] = [await house.member('owner'), await house.member('support'), await house.member('analyst')]
const ada = await house.person('Ada Lovelace', 'ada@canary.example')
const mallory = await house.person('Mallory')
await house.settle()

const idOf = async (email: string): Promise<Id> => {
  const [row] = await house.query<{ id: Id }>('select id from people where email like $1', [email])
  assert(row)
  return row.id
}
const adas = await idOf('ada@canary.example')
const RECORD = `/staff/people/${adas}`
const looksAtAda = () => db.as('service', (tx) => looksAt(tx, adas))

test('without a reason nothing of the person is shown', async () => {
  for (const browser of [owner, support]) {
    const page = await browser.read(RECORD)
    assert.match(page, /Why do you open/)
    assert.doesNotMatch(page, /Lovelace|canary|Firefox/)
  }
  assert.equal((await looksAtAda()).length, 0)
})

test('a reason must be one of ours; what was typed is kept', async () => {
  const answer = await support.post(RECORD, { reason: 'curiosity', note: 'hm' })
  const page = await answer.text()
  assert.equal(answer.status, 422)
  assert.match(page, /Please say why/)
  assert.match(page, />hm<\/textarea>/)
  assert.equal((await support.post(RECORD, { reason: 'question', note: 'x'.repeat(501) })).status, 422)
  assert.equal((await looksAtAda()).length, 0)
})

test('with a reason the record opens, says under what, and the person reads the look', async () => {
  assert.equal((await support.post(RECORD, { reason: 'question', note: 'secret canary note' })).status, 303)
  const page = await support.read(RECORD)
  for (const part of [
    /Opened as support to answer a question/,
    /Ada Lovelace/,
    /ada@canary\.example/,
    /Firefox on Linux/,
    /registering/,
    /secret canary note/,
  ])
    assert.match(page, part)
  const [look, ...others] = await looksAtAda()
  assert.deepEqual([look?.role, look?.reason, look?.note, others.length], ['support', 'question', 'secret canary note', 0])
  const own = await ada.read('/account/privacy')
  assert.match(own, /secret canary note/)
  assert.doesNotMatch(own, /Staff support|staff\.example/)
})

test('the note is sealed: its words are nowhere in the database', async () => {
  assert.deepEqual(await house.traces('secret canary note'), [])
  const [row] = await house.query<{ sealed_note: Buffer }>('select sealed_note from looks')
  assert.ok(row && row.sealed_note.length > 20)
})

test('within the hour one look stands, whatever is sent; then it takes a reason again', async () => {
  await Promise.all(['billing', 'security', 'upkeep'].map((reason) => support.post(RECORD, { reason })))
  assert.equal((await looksAtAda()).length, 1)
  setAhead(1.1 * HOUR)
  assert.match(await support.read(RECORD), /Why do you open/)
  await Promise.all(['billing', 'billing', 'billing'].map((reason) => support.post(RECORD, { reason })))
  assert.equal((await looksAtAda()).length, 2)
  setAhead(0)
})

test("one member's look opens nothing for another", async () => {
  assert.match(await owner.read(RECORD), /Why do you open/)
})

test('who may not look cannot, and nobody is told whether there is such a person', async () => {
  const nobody = '/staff/people/00000000-0000-7000-8000-000000000000'
  for (const browser of [analyst, mallory])
    for (const path of [RECORD, nobody]) {
      assert.equal((await browser.get(path)).status, 404)
      assert.equal((await browser.post(path, { reason: 'question' })).status, 404)
      assert.equal((await browser.post(`${path}/sessions/end`)).status, 404)
    }
  for (const path of [nobody, '/staff/people/export', '/staff/people/x%00']) assert.equal((await support.get(path)).status, 404)
  assert.equal((await support.post(nobody, { reason: 'question' })).status, 404)
  assert.equal((await looksAtAda()).length, 2)
})

test('ending all sessions takes a look first, signs the person out, and tells them', async () => {
  assert.equal((await owner.post(`${RECORD}/sessions/end`)).headers.get('location'), RECORD)
  assert.equal((await ada.get('/account')).status, 200)
  await owner.post(RECORD, { reason: 'security' })
  assert.match((await owner.post(`${RECORD}/sessions/end`)).headers.get('location') ?? '', /sessions-ended/)
  assert.equal((await ada.get('/account')).status, 303)
  assert.match((await house.inbox('ada@canary.example'))[0]?.text ?? '', /ended all your sessions/)
  assert.match(await owner.read(RECORD), /Nowhere/)
})

test('support opens the record of a colleague, but acts on nobody of the team', async () => {
  const path = `/staff/people/${await idOf('owner%')}`
  await support.post(path, { reason: 'upkeep' })
  assert.doesNotMatch(await support.read(path), /End all sessions/)
  assert.equal((await support.post(`${path}/sessions/end`)).status, 404)
  assert.equal((await owner.get('/staff')).status, 200)
})

test('only who runs the team sees how to invite into it', async () => {
  const path = `/staff/people/${await idOf('mallory%')}`
  const seenBy = async (browser: Browser): Promise<string> => {
    await browser.post(path, { reason: 'request' })
    return browser.read(path)
  }
  assert.match(await seenBy(owner), /Invite into the team/)
  assert.doesNotMatch(await seenBy(support), /Invite into the team/)
})

test('corrections are on the record, without what was there before', async () => {
  await mallory.post('/account/name', { name: 'Mallory Malloy' })
  assert.match(await support.read(`/staff/people/${await idOf('mallory%')}`), /the name was corrected/)
})
