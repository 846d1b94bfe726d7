import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { nextTime } from '../jobs/cron.ts'
import { enqueue, keepAppointments } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { clock } from '../worker.ts'

const house = await openTestHouse()
const { db } = house.house
const [owner, support] = [await house.member('owner'), await house.member('support')]

// A number that is none makes the database refuse: a job that fails at once and for good.
async function fail(letterId: string): Promise<void> {
  await db.as('operations', (tx) => enqueue(tx, 'mail.deliver', { letterId: letterId as Id }))
  await house.query("update pgboss.job set retry_limit = 0 where state = 'created'")
  await house.settle()
}

test('the page counts what waits, and says what runs when', async () => {
  await house.settle()
  await keepAppointments(db, clock)
  await db.as('operations', (tx) => enqueue(tx, 'retention.sweep', {}))
  const page = await owner.read('/staff/jobs')
  assert.match(page, /retention\.sweep<\/th>\s*<td class="number">1<\/td>/)
  assert.match(page, /Every five minutes/)
  assert.match(page, /Nothing was given up/)
  await house.settle()
})

test('what was given up is listed by number and kind of fault, never by what a payload holds', async () => {
  await fail('canary@example.org')
  const page = await owner.read('/staff/jobs')
  assert.match(page, /One job was given up/)
  assert.match(page, /mail\.deliver<\/th><td>\w+/)
  assert.doesNotMatch(page, /canary/)
})

test('one is tried again, or all; who may not, cannot', async () => {
  await fail('not a number either')
  const dead = () => house.query<{ id: string }>("select id from pgboss.job where name = 'dead-letters' and state = 'created'")
  const [first] = await dead()
  for (const path of ['/staff/jobs/retry', `/staff/jobs/${first?.id}/retry`]) assert.equal((await support.post(path)).status, 404)
  assert.equal((await dead()).length, 2)
  assert.equal((await owner.post(`/staff/jobs/${first?.id}/retry`)).status, 303)
  assert.equal((await dead()).length, 1)
  assert.equal((await owner.post(`/staff/jobs/${first?.id}/retry`)).status, 404)
  assert.equal((await owner.post('/staff/jobs/x/retry')).status, 404)
  assert.equal((await owner.post('/staff/jobs/retry')).status, 303)
  assert.equal((await dead()).length, 0)
  const [waiting] = await house.query<{ count: number }>(
    "select count(*)::int as count from pgboss.job where name = 'mail.deliver' and state = 'created'",
  )
  assert.equal(waiting?.count, 2)
})

test('when an appointment comes next', () => {
  const next = (cron: string, from: string) => nextTime(cron, new Date(from))?.toISOString()
  assert.equal(next('*/5 * * * *', '2026-03-01T10:04:59Z'), '2026-03-01T10:05:00.000Z')
  assert.equal(next('*/5 * * * *', '2026-03-01T10:05:00Z'), '2026-03-01T10:10:00.000Z')
  assert.equal(next('40 3 * * *', '2026-12-31T03:40:00Z'), '2027-01-01T03:40:00.000Z')
  assert.equal(next('0 9 * * 1-5', '2026-11-20T09:00:00Z'), '2026-11-23T09:00:00.000Z')
  assert.equal(next('15 0,12 1 2,8 *', '2026-03-01T00:00:00Z'), '2026-08-01T00:15:00.000Z')
  assert.equal(next('10-20/5 8 * * *', '2026-03-01T08:11:00Z'), '2026-03-01T08:15:00.000Z')
  assert.equal(next('0 0 31 2 *', '2026-03-01T00:00:00Z'), undefined)
})
