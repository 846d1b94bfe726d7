/**
 * The store on ClickHouse: Debian's server on loopback, which `bin/test` unpacks. Where there is none, this says so and
 * proves nothing.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type ClickhouseServer, clickhouseProgram, clickhouseServer, losingAnswers } from '../../test/clickhouse.ts'
import { openTestHouse, type TestHouse } from '../../test/harness.ts'
import { testStore } from '../../test/store-tests.ts'
import { literal, openClickhouse } from '../database/clickhouse.ts'
import { DAY, now } from '../clock.ts'
import { measuredActions } from '../demo-history.ts'
import { inventedActions } from '../demo-visits.ts'
import type { Action } from './action.ts'
import { clickhouseBackend } from './clickhouse.ts'
import { storeOn } from './counted-store.ts'
import { dayBefore, dayOf, dimensions } from './dimension.ts'
import { postgresStore } from './postgres.ts'
import { type Asked, type Store, storeOf } from './store.ts'

const LEAST = 5
const today = dayOf(now())
const yesterday = dayBefore(today)

async function testAll(program: string): Promise<void> {
  const server = await clickhouseServer(program)
  after(() => server.stop())
  const house = await houseOn(server)
  await testStore({ store: storeOf(house.house), backend: clickhouseBackend(house.house.db, house.url) })
  await testLikeness(server)
  await testSurvival(server)
  testWords(server)
}

let databases = 0
/** A house whose visits are in a database of the server that nobody used before. */
async function houseOn(server: ClickhouseServer): Promise<TestHouse & { readonly url: URL }> {
  const url = new URL(server.url)
  url.pathname = `/visits_${++databases}`
  await (await openClickhouse(new URL(server.url))).command(`create database visits_${databases}`)
  return { ...(await openTestHouse({ NAVIGATION_STORE: url.href })), url }
}

const actionsOf = (day: string, visitors: number): Action[] =>
  measuredActions([...inventedActions({ day: Date.parse(day), visitors, hosts: ['www.example', 'docs.example'], seed: 11 })], 12)

async function testLikeness(server: ClickhouseServer): Promise<void> {
  const house = await houseOn(server)
  const [mine, plain] = [storeOf(house.house), postgresStore(house.house.db, LEAST)]
  const days = [dayBefore(today, 2), yesterday]
  for (const day of days) for (const store of [mine, plain]) await store.record(actionsOf(day, 600))
  const whole: Asked = { from: days[0] ?? '', until: today, filters: [] }
  const german: Asked = { ...whole, filters: [{ dimension: 'country', values: ['DE', 'US'] }] }
  const everything = async (store: Store) => ({
    panels: await Promise.all(
      dimensions.map(async (dimension) => [dimension, await store.panel(whole, dimension), await store.panel(german, dimension)]),
    ),
    totals: [await store.totals(whole), await store.totals(german)],
    days: [await store.days(whole), await store.days(german)],
    heat: [await store.heat(whole, 'utc'), await store.heat(whole, 'reader'), await store.heat(german, 'utc')],
    paces: (await store.paces(whole)).sort((a, b) => (a.measure + a.page < b.measure + b.page ? -1 : 1)),
  })

  void test('every panel, total, hour and speed is the one that PostgreSQL tells', async () => {
    const [here, there] = [await everything(mine), await everything(plain)]
    assert.deepEqual(here, there)
    assert((here.totals[0]?.visitors ?? 0) > 1000 && here.paces.length > 20)
  })

  void test('and so it is once the days are folded; then no row of a visitor is left, nor the salt', async () => {
    await house.house.db.as('improvement', ({ $client: client }) =>
      client.query('insert into salts (day, sealed, made_at) values ($1, $2, $3)', [yesterday, Buffer.alloc(32), now()]),
    )
    const unfolded = await everything(mine)
    for (const day of days) await mine.fold(day)
    const folded = await everything(mine)
    assert.deepEqual(folded.totals[0], unfolded.totals[0])
    assert.deepEqual(folded.days[0], unfolded.days[0])
    assert.deepEqual(folded.heat, [...unfolded.heat.slice(0, 2), folded.heat[2]])
    assert.deepEqual(folded.paces, unfolded.paces)
    const client = await openClickhouse(house.url)
    assert.deepEqual(await client.rows(`select count() as n from actions where day < ${literal(today)}`), [{ n: '0' }])
    assert.deepEqual(
      await client.rows(
        `select name from system.parts where database = currentDatabase() and table = 'actions' and active and partition < ${literal(today)}`,
      ),
      [],
    )
    const tables = await client.rows<{ name: string }>(
      "select name from system.columns where database = currentDatabase() and name = 'visitor'",
    )
    assert.deepEqual(
      tables.map(({ name }) => name),
      ['visitor'],
      'one column of one table',
    )
    assert.deepEqual(await house.query('select count(*)::int as n from salts where day = $1', [yesterday]), [{ n: 0 }])
    const other = storeOf((await openTestHouse()).house)
    for (const day of days) {
      await other.record(actionsOf(day, 600))
      await other.fold(day)
    }
    assert.deepEqual(folded, await everything(other), 'PostgreSQL folds the same actions to the same numbers')
  })
}

async function testSurvival(server: ClickhouseServer): Promise<void> {
  const one = (n: number): Action => ({
    ...{
      at: now(),
      visitor: BigInt(n),
      kind: 'action',
      host: 'www.example',
      page: '/',
      label: `act ${n}`,
      properties: ["it's = \\ \n"],
      amount: 1.25,
    },
    ...{ browser: 'Firefox', version: 'Firefox 151', language: 'de', device: 'computer', country: 'DE', region: '', zone: -3 },
    ...{ referrer: '', channel: 'direct', source: '', medium: '', campaign: '', term: '', content: '' },
  })
  const told = async (store: Store): Promise<number> => {
    const { visits, views } = await store.totals({ from: today, until: today, filters: [] })
    const { other, rows } = await store.panel({ from: today, until: today, filters: [] }, 'action')
    const times = rows.reduce((sum, { counts }) => sum + counts.views, other.views)
    assert.deepEqual([times, views], [visits, 0])
    return visits
  }

  void test('a batch that is written again, because its answer was lost, is counted once, while a reader follows and after', async () => {
    const house = await houseOn(server)
    const proxy = await losingAnswers(house.url.href)
    after(() => proxy.close())
    const writing = storeOn(clickhouseBackend(house.house.db, new URL(proxy.url)), LEAST)
    const reading = storeOf(house.house)
    for (let n = 0; n < 30; n += 10) {
      proxy.lose(2)
      await writing.record(Array.from({ length: 10 }, (_, at) => one(n + at)))
      assert.equal(await told(reading), n + 10)
    }
    assert.equal(proxy.lost(), 6)
    const client = await openClickhouse(house.url)
    assert.deepEqual(await client.rows('select count() as n from actions'), [{ n: '90' }], 'each is there three times')
    assert.equal(await told(storeOn(clickhouseBackend(house.house.db, house.url), LEAST)), 30)
  })

  void test('what was acknowledged before the server was killed is there once when it is back; what waited is written then', async () => {
    const house = await houseOn(server)
    const store = storeOf(house.house)
    const acknowledged: number[] = []
    let next = 0
    for (let round = 0; round < 3; round++) {
      const writers = Array.from({ length: 4 }, async () => {
        for (let times = 0; times < 3; times++) {
          const mine = Array.from({ length: 5 }, () => next++)
          await store.record(mine.map(one))
          acknowledged.push(...mine)
        }
      })
      await new Promise((resolve) => setTimeout(resolve, 300 + round * 170))
      await server.kill()
      await server.start()
      await Promise.all(writers)
    }
    const client = await openClickhouse(house.url)
    const rows = await client.rows<{ label: string }>('select distinct label from actions')
    assert.equal(rows.length, 180)
    assert.equal(acknowledged.length, 180)
    assert.equal(await told(store), 180)
    assert.equal(await told(storeOn(clickhouseBackend(house.house.db, house.url), LEAST)), 180)
  })

  void test('a fold that was cut off does no harm: before the day is in the list nothing counts, after it the rest is done', async () => {
    const house = await houseOn(server)
    const [store, backend] = [storeOf(house.house), clickhouseBackend(house.house.db, house.url)]
    await store.record(actionsOf(yesterday, 200))
    const asked: Asked = { from: yesterday, until: yesterday, filters: [] }
    const before = await store.totals(asked)
    const cut = storeOn({ ...backend, letGo: () => Promise.reject(new Error('the power went')) }, LEAST)
    await assert.rejects(cut.fold(yesterday), /the power went/)
    assert.deepEqual(await store.totals(asked), before)
    const lazy = storeOn({ ...backend, finish: () => Promise.reject(new Error('the power went again')) }, LEAST)
    await assert.rejects(lazy.fold(yesterday), /again/)
    assert.deepEqual(await store.totals(asked), before)
    assert.deepEqual(await store.unfolded(), [yesterday], 'its actions are still there')
    await store.fold(yesterday)
    assert.deepEqual(await store.unfolded(), [])
    assert.deepEqual(await store.totals(asked), before)
  })

  void test('actions that come while their day is folded are not lost: the fold fails, and the next one counts them', async () => {
    const house = await houseOn(server)
    const [store, backend] = [storeOf(house.house), clickhouseBackend(house.house.db, house.url)]
    await store.record(actionsOf(yesterday, 50))
    const late = { ...one(1), at: new Date(Date.parse(yesterday) + DAY - 1000) }
    const racing = storeOn({ ...backend, keep: async (tx, fold) => (await store.record([late]), backend.keep(tx, fold)) }, LEAST)
    const asked: Asked = { from: yesterday, until: yesterday, filters: [] }
    await assert.rejects(racing.fold(yesterday), /actions came/)
    await store.fold(yesterday)
    const { visits } = await store.totals(asked)
    const plain = await openTestHouse()
    await storeOf(plain.house).record([...actionsOf(yesterday, 50), late])
    assert.equal(visits, (await storeOf(plain.house).totals(asked)).visits)
  })
}

function testWords(server: ClickhouseServer): void {
  void test('whatever is in a text, its literal means that text', async () => {
    const client = await openClickhouse(new URL(server.url))
    const signs = ["'", '\\', '\0', '\n', '`', '"', '%', '{x:String}', 'ü', '😀', '\\n', "\\'", "'' or 1 = 1 --", '/*', '?', '$1', ' ']
    const texts = signs.flatMap((a) => signs.map((b) => a + b)).concat(signs.join(''), '')
    for (let from = 0; from < texts.length; from += 50) {
      const some = texts.slice(from, from + 50)
      const [row] = await client.rows<{ back: string[] }>(`select [${some.map(literal).join(', ')}] as back`)
      assert.deepEqual(row?.back, some)
    }
  })

  void test('a wrong password or statement is a fault that names no value', async () => {
    const wrong = new URL(server.url)
    wrong.password = 'wrong'
    await assert.rejects(openClickhouse(wrong))
    await assert.rejects((await openClickhouse(new URL(server.url))).rows('select nonsense from nowhere'))
  })
}

const program = clickhouseProgram()
if (program) await testAll(program)
else void test('the store on ClickHouse', { skip: 'NO CLICKHOUSE HERE, SO NOTHING OF IT IS PROVEN: bin/clickhouse unpacks one' }, () => {})
