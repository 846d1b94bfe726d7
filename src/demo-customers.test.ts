import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPayingHouse } from '../test/stripe.ts'
import { bringCustomers, type FillIn } from './demo-customers.ts'
import { furnish } from './demo.ts'

const { house, stripe, settle } = await openPayingHouse()
const fillIn: FillIn = (page, form) => Promise.resolve(stripe.visit(page, form).location)

test('the demo’s customers went the whole way, and there is one for each way in which things can stand', async () => {
  await furnish(house.house, { people: 120 })
  await bringCustomers(house.house, fillIn)
  await settle()
  const standings = await house.query<{ standing: string }>(
    "select distinct m.standing from memberships m join plans p on p.id = m.plan_id where p.kind <> 'free' order by 1",
  )
  assert.deepEqual(
    standings.map(({ standing }) => standing),
    ['active', 'ended', 'grace', 'paused', 'suspended', 'trial', 'waiting'],
  )
  const outcomes = await house.query<{ outcome: string }>('select distinct outcome from qualifications order by 1')
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['fail', 'pass', 'review'],
  )
  const have = async (what: string) => (await house.query(`select from ${what}`)).length
  assert.equal(await have('memberships where next_seats = 4'), 1)
  assert.equal(await have('memberships where leaves_at is not null'), 1)
  assert.equal(await have('deposits where paid_at is null'), 1)
  assert((await have('usage_records where billed_at is not null')) > 3)
  const page = await (await house.member('billing')).read('/staff/billing')
  assert.match(page, /it is a prepaid card/)
  assert.match(page, /Two people must agree/)
})

test('a house that has customers gets no others', async () => {
  const before = (await house.query('select from memberships')).length
  await bringCustomers(house.house, fillIn)
  assert.equal((await house.query('select from memberships')).length, before)
})
