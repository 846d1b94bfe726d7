import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse, settings as testSettings } from '../../test/harness.ts'
import { meaningOf } from '../policy/claims.ts'
import { asStrictAsChosen, inForce, learnSettings } from './stricter.ts'

const house = await openTestHouse({ NOTICE_DAYS: '30', NAVIGATION_THRESHOLD: '5' })
const [owner, legal] = [await house.member('owner'), await house.member('legal')]
const chosen = (form: Record<string, string> = {}) => ({ 'notice-days': '30', 'smallest-crowd': '5', 'second-person': '0', ...form })
const rows = () => house.query<{ name: string; value: number }>('select name, value from stricter_settings order by name')

test('the owner makes settings stricter, and the house goes by them at once', async () => {
  assert.equal((await owner.post('/staff/settings', chosen({ 'notice-days': '45', 'second-person': '1' }))).status, 303)
  assert.equal(house.house.config.noticeDays, 45)
  assert.equal(house.house.config.updatesApproval, true)
  assert.equal(house.house.config.navigationThreshold, 5)
  assert.equal(meaningOf(house.house, 'notice-days'), '45 days')
  const [entry] = await house.query<{ n: number }>("select count(*)::int as n from audit_details where act = 'setting.changed'")
  assert.equal(entry?.n, 2)
})

test('nothing is made laxer than the environment has it, whatever is typed or stored', async () => {
  const before = await rows()
  for (const form of [
    { 'notice-days': '29' },
    { 'notice-days': '1e3' },
    { 'smallest-crowd': '4' },
    { 'second-person': '2' },
    { 'notice-days': '' },
  ]) {
    const answer = await owner.post('/staff/settings', chosen(form))
    assert.equal(answer.status, 422, JSON.stringify(form))
    assert.match(await answer.text(), /Please give a whole number from/)
  }
  assert.deepEqual(await rows(), before)
  await house.query("insert into stricter_settings (name, value, changed_at) values ('smallest-crowd', 1, now())")
  await learnSettings(house.house)
  assert.equal(house.house.config.navigationThreshold, 5)
})

test('another process learns of it', async () => {
  await owner.post('/staff/settings', chosen({ 'smallest-crowd': '9' }))
  const other = { config: asStrictAsChosen(testSettings()), db: house.house.db }
  assert.equal(inForce(other, 'smallest-crowd'), 5)
  await learnSettings(other)
  assert.equal(inForce(other, 'smallest-crowd'), 9)
})

test('what is set back to the environment is stored no more', async () => {
  assert.equal((await owner.post('/staff/settings', chosen())).status, 303)
  assert.deepEqual(await rows(), [])
  assert.equal(house.house.config.noticeDays, 30)
})

test('others have no settings, and the page shows no secret', async () => {
  assert.equal((await legal.get('/staff/settings')).status, 404)
  assert.equal((await legal.post('/staff/settings', chosen({ 'notice-days': '90' }))).status, 404)
  assert.deepEqual(await rows(), [])
  const page = await owner.read('/staff/settings')
  assert.match(page, /the embedded PostgreSQL|a PostgreSQL of yours/)
  for (const secret of [house.house.config.secret, 'postgres://']) assert.ok(!page.includes(secret))
})
