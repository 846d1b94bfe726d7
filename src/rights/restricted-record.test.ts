/** The record of a restricted person: for the legal role alone, with a reason that the person reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { HOUR, setAhead } from '../clock.ts'
import { asId } from '../log.ts'
import { endRestriction, restrict } from '../people/restriction.ts'

const house = await openTestHouse()
const { db } = house.house
const [legal, colleague, owner, support] = [
  await house.member('legal'),
  await house.member('legal'),
  await house.member('owner'),
  await house.member('support'),
]
const rita = await house.person('Rita Restricted', 'rita@example.org')
await house.person('Bob Neighbour', 'bob@example.org')
await rita.post('/account/privacy/requests', { kind: 'question', words: 'The canary question' })
const idOf = async (email: string) =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const ritas = await idOf('rita@example.org')
const RECORD = `/staff/restricted/${ritas}`
const looks = () => house.query('select role, reason from looks where person_id = $1', [ritas])
await house.settle()

test('of somebody who is not restricted there is nothing here', async () => {
  assert.equal((await legal.get(RECORD)).status, 404)
  assert.equal((await legal.post(RECORD, { reason: 'request', note: 'x' })).status, 404)
  await db.as('rights', (tx) => restrict(tx, ritas))
  assert.equal((await legal.get(`/staff/restricted/${await idOf('bob@example.org')}`)).status, 404)
})

test('the legal role alone finds who is restricted', async () => {
  assert.match(await legal.read('/staff/restricted'), /Rita Restricted/)
  assert.doesNotMatch(await legal.read('/staff/restricted'), /Bob Neighbour/)
  for (const browser of [owner, support, rita])
    for (const path of ['/staff/restricted', RECORD]) assert.equal((await browser.get(path)).status, 404)
  assert.equal((await owner.post(RECORD, { reason: 'request', note: 'x' })).status, 404)
  assert.equal((await looks()).length, 0)
})

test('without a reason nothing is shown; it must be one of ours, and say what it is about', async () => {
  assert.doesNotMatch(await legal.read(RECORD), /Rita|rita@/)
  for (const form of [{}, { reason: 'curiosity', note: 'x' }, { reason: 'request' }, { reason: 'request', note: 'x'.repeat(501) }])
    assert.equal((await legal.post(RECORD, form)).status, 422)
  assert.equal((await looks()).length, 0)
})

test('with a reason all that is stored is shown, and the person reads the look', async () => {
  assert.equal((await legal.post(RECORD, { reason: 'request', note: 'a claim of the canary kind' })).status, 303)
  const page = await legal.read(RECORD)
  for (const part of [
    /Rita Restricted/,
    /rita@example\.org/,
    /Firefox on Linux/,
    /The canary question/,
    /Opened as legal to fulfil a request/,
  ])
    assert.match(page, part)
  assert.doesNotMatch(page, /Bob Neighbour|Change it/)
  assert.deepEqual(await looks(), [{ role: 'legal', reason: 'request' }])
  const own = await rita.read('/account/privacy')
  assert.match(own, /Somebody in the role “legal”, to fulfil a request about their data: a claim of the canary kind/)
  assert.deepEqual(await house.traces('a claim of the canary kind'), [])
})

test('it is open for an hour, for whoever gave the reason', async () => {
  assert.doesNotMatch(await colleague.read(RECORD), /Rita|rita@/)
  await legal.post(RECORD, { reason: 'request', note: 'again' })
  assert.equal((await looks()).length, 1)
  setAhead(1.1 * HOUR)
  assert.match(await legal.read(RECORD), /Why do you open/)
  setAhead(0)
})

test('a restriction that is lifted closes this door, and opens the usual one', async () => {
  await db.as('rights', (tx) => endRestriction(tx, ritas))
  assert.equal((await legal.get(RECORD)).status, 404)
  assert.match(await support.read(`/staff/people/${ritas}`), /Why do you open this record/)
})
