import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { newId } from '../database/columns.ts'
import { clock, handlers } from '../worker.ts'
import { enqueue, type Handlers, keepAppointments, workOff } from './queue.ts'

const house = await openTestHouse()
const { db } = house.house
const waiting = () => house.query("select id from pgboss.job where name = 'mail.deliver' and state < 'active'")

test('what is rolled back leaves no job; what is committed leaves one', async () => {
  const failing = db.as('service', async (tx) => {
    await enqueue(tx, 'mail.deliver', { letterId: newId() })
    throw new Error('after all')
  })
  await assert.rejects(failing)
  assert.equal((await waiting()).length, 0)
  await db.as('service', (tx) => enqueue(tx, 'mail.deliver', { letterId: newId() }))
  assert.equal((await waiting()).length, 1)
})

test('a job that fails is tried again later, and one that keeps failing ends among the dead letters', async () => {
  const failing: Handlers = { ...handlers(house.house), 'mail.deliver': () => Promise.reject(new TypeError('canary@example.org')) }
  for (let tries = 0; tries < 16; tries++) {
    await workOff(db, failing)
    await house.query("update pgboss.job set start_after = now() - interval '1 minute' where state = 'retry'")
  }
  assert.deepEqual(await house.query("select name, data ? 'letterId' as id from pgboss.job where name = 'dead-letters'"), [
    { name: 'dead-letters', id: true },
  ])
  assert.deepEqual(await house.traces('canary@example.org'), [])
})

test('every purpose can leave a job, and none but operations can read them', async () => {
  await db.as('billing', (tx) => enqueue(tx, 'retention.sweep', {}))
  await assert.rejects(
    db.as('billing', (tx) => tx.$client.query('select data from pgboss.job')),
    { code: '42501' },
  )
  await house.settle()
})

test('the clock keeps exactly the appointments on its page', async () => {
  await keepAppointments(db, clock)
  const kept = await house.query<{ name: string }>('select name from pgboss.schedule order by name')
  assert.deepEqual(
    kept.map((row) => row.name),
    clock.map((appointment) => appointment.job).sort(),
  )
  await keepAppointments(db, [])
  assert.deepEqual(await house.query('select name from pgboss.schedule'), [])
})
