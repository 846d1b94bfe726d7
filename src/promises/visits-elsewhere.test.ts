/** The checks look at visits on ClickHouse, too; where there is no server, this says so and proves nothing. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { clickhouseProgram, clickhouseServer } from '../../test/clickhouse.ts'
import { openTestHouse } from '../../test/harness.ts'
import { DAY, now } from '../clock.ts'
import { openClickhouse } from '../database/clickhouse.ts'
import { inventedActions } from '../demo-visits.ts'
import { storeOf } from '../navigation/store.ts'
import { Look } from './look.ts'
import { p5 } from './p05-what-a-browser-tells.ts'
import { p6 } from './p06-address-forgotten.ts'
import { p8 } from './p08-anonymous.ts'
import type { Promised } from './promise.ts'

async function testAll(program: string): Promise<void> {
  const server = await clickhouseServer(program)
  after(() => server.stop())
  const house = await openTestHouse({ NAVIGATION_STORE: server.url })
  const client = await openClickhouse(new URL(server.url))
  const store = storeOf(house.house)
  const day = new Date(now().getTime() - DAY).toISOString().slice(0, 10)
  await store.record([...inventedActions({ day: Date.parse(day), visitors: 200, hosts: ['www.example'], seed: 5 })])
  await store.fold(day)
  await store.record([...inventedActions({ day: Date.parse(day) + DAY, visitors: 20, hosts: ['www.example'], seed: 6 })])

  const seen = async (promise: Promised) => {
    const look = new Look(house.house)
    await promise.check(look)
    return look
  }

  void test('they hold while nothing is wrong, and rows were looked at', async () => {
    const looks = [await seen(p5), await seen(p6), await seen(p8)]
    assert.deepEqual(
      looks.map(({ findings }) => findings),
      [[], [], []],
    )
    assert((looks[1]?.examined.get('counts') ?? 0) > 10 && (looks[1]?.examined.get('rows') ?? 0) > 20)
  })

  void test('an address, a small count and a column too many are found there', async () => {
    await client.insert('actions', [{ day, batch: 'x', place: 0, at: 0, visitor: '1', page: '/from/203.0.113.9' }])
    const counts = { visits: 2, views: 2, bounces: 0, seconds: 0 }
    await client.insert('tallies', [{ day, fold: '1', dimension: 'country', value: 'LI', visitors: 2, ...counts }])
    const found = (await seen(p6)).findings.join('; ')
    assert.match(found, /actions outlived|address in actions, on ClickHouse: 1/)
    assert.match(found, /fewer than 5 visitors, on ClickHouse: 1/)
    await client.command('alter table actions add column user_agent String')
    assert.match((await seen(p5)).findings.join('; '), /actions\.user_agent/)
    await client.command('alter table actions add column person_id String')
    assert.match((await seen(p8)).findings.join('; '), /actions\.person_id/)
    await client.command('alter table actions add column client_ip String')
    assert.match((await seen(p6)).findings.join('; '), /actions\.client_ip/)
  })
}

const program = clickhouseProgram()
if (program) await testAll(program)
else void test('visits on ClickHouse', { skip: 'NO CLICKHOUSE HERE, SO NOTHING OF IT IS PROVEN: bin/clickhouse unpacks one' }, () => {})
