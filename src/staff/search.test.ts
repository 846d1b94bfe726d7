import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { findPeople, nextPeople, PAGE, type Wanted } from './search.ts'

const house = await openTestHouse()
const { db } = house.house

const joined = (day: number): string => new Date(Date.UTC(2020, 0, 1) + day * 86_400_000).toISOString()
let made = 0
const settle = (name: string, email: string, day = ++made): Promise<unknown[]> =>
  house.query(`insert into people (id, name, email, joined_at) values (gen_random_uuid(), $1, $2, $3)`, [name, email, joined(day)])

const named: [string, string][] = [
  ['Ada Lovelace', 'ada@example.org'],
  ['Анна Каренина', 'anna.k@example.org'],
  ['王伟', 'wei@example.org'],
  ['Zoë Ömer', 'zoe@example.org'],
  ['Siobhán O’Neill', 'siobhan.oneill@example.org'],
  ["Bobby'); drop table people;--", 'bobby@example.org'],
  ['100% Sure', 'sure_thing@example.org'],
  ['Back\\slash', 'back@example.org'],
  ['Fox 🦊 Red', 'fox@example.org'],
  ['"Quote" Woman', 'quote@example.org'],
  ['émile Zola', 'emile@example.org'],
]
for (const [name, email] of named) await settle(name, email)

const everyone: Wanted = { part: '', staffOnly: false, order: 'name', descending: false }
const find = (part: string, more: Partial<Wanted> = {}) => db.as('support', (tx) => findPeople(tx, { ...everyone, part, ...more }))
const names = async (part: string, more: Partial<Wanted> = {}) => (await find(part, more)).people.map((person) => person.name)

test('any part of a name or an address finds the person, in any script, of any length', async () => {
  for (const part of ['lovel', 'LOVEL', 'Ada', 'ada@', 'a l', 'e ada@e', 'ada lovelace ada@example.org'])
    assert.deepEqual(await names(part), ['Ada Lovelace'], part)
  for (const part of ['анна', 'КАРЕН', 'на к']) assert.deepEqual(await names(part), ['Анна Каренина'], part)
  for (const part of ['王', '王伟', '伟 wei']) assert.deepEqual(await names(part), ['王伟'], part)
  assert.deepEqual(await names('ÖMER'), ['Zoë Ömer'])
})

test('signs that mean something elsewhere mean themselves here', async () => {
  assert.deepEqual(await names('%'), ['100% Sure'])
  assert.deepEqual(await names('_'), ['100% Sure'])
  assert.deepEqual(await names('\\'), ['Back\\slash'])
  assert.deepEqual(await names("'"), ["Bobby'); drop table people;--"])
  assert.deepEqual(await names("');"), ["Bobby'); drop table people;--"])
  assert.deepEqual(await names('"q'), ['"Quote" Woman'])
  assert.deepEqual(await names('🦊'), ['Fox 🦊 Red'])
  assert.deepEqual(await names('x 🦊 r'), ['Fox 🦊 Red'])
  assert.deepEqual(await names('%_%'), [])
  assert.deepEqual(await names('{a,b}'), [])
  assert.deepEqual(await names('x'.repeat(300)), [])
})

test('names are in the order in which people look for them', async () => {
  const list = await names('')
  assert.ok(list.indexOf('émile Zola') < list.indexOf('Fox 🦊 Red'))
  assert.ok(list.indexOf('Zoë Ömer') < list.indexOf('Анна Каренина'))
})

test('joined since and until, until not included', async () => {
  const range = { since: new Date(joined(2)), until: new Date(joined(4)), order: 'joined' as const }
  assert.deepEqual(await names('', range), ['Анна Каренина', '王伟'])
  assert.deepEqual(await names('', { ...range, descending: true }), ['王伟', 'Анна Каренина'])
  assert.deepEqual(await names('wei', range), ['王伟'])
  assert.deepEqual(await names('wei', { ...range, order: 'name' }), ['王伟'])
})

// The same small steps with many more people, of whom some are frequent, some rare, some far away: the
// list that comes by pages must be the list that a plain query gives.
test('every way through the list gives the same people in the same order', async () => {
  await house.query(`insert into people (id, name, email, joined_at)
    select gen_random_uuid(), case when i % 3 = 0 then 'Frequent' when i % 400 = 0 then 'Seldom' else 'Usual' end || ' ' || md5(i::text),
           'p' || i || '@many.example', timestamptz '2021-01-01' + (i / 2) * interval '1 minute' from generate_series(1, 30000) i`)
  for (const part of ['frequent', 'seldom', 'abc1', 'p29', ''])
    for (const order of ['joined', 'name'] as const)
      for (const descending of [true, false]) await comparePages({ ...everyone, part, order, descending })
})

async function comparePages(wanted: Wanted): Promise<void> {
  const by = wanted.order === 'name' ? 'name collate "und-x-icu"' : 'joined_at'
  const way = wanted.descending ? 'desc' : 'asc'
  const all = await house.query<{ id: string }>(
    `select id from people where strpos(lower(name || ' ' || email), lower($1)) > 0 order by ${by} ${way}, id ${way} limit 200`,
    [wanted.part],
  )
  const seen: string[] = []
  let page = await db.as('support', (tx) => findPeople(tx, wanted))
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(page.scattered, false)
    seen.push(...page.people.map((person) => person.id))
    const last = page.people.at(-1)
    if (!page.next || !last) break
    page = await db.as('support', (tx) => findPeople(tx, { ...wanted, after: last.id }))
  }
  assert.deepEqual(seen, all.map((row) => row.id).slice(0, seen.length), JSON.stringify(wanted))
  assert.ok(seen.length === all.length || seen.length >= 3 * PAGE)
  await compareBack(wanted, seen)
}

async function compareBack(wanted: Wanted, seen: readonly string[]): Promise<void> {
  const from = seen[2 * PAGE] as Wanted['before']
  if (!from) return
  const page = await db.as('support', (tx) => findPeople(tx, { ...wanted, before: from }))
  assert.deepEqual(
    page.people.map((person) => person.id),
    seen.slice(PAGE, 2 * PAGE),
  )
  assert.ok(page.previous && page.next)
}

test('it counts exactly what is few and never all of what is many', async () => {
  assert.deepEqual([(await find('lovelace')).count, (await find('lovelace')).more], [1, false])
  assert.deepEqual([(await find('seldom')).count, (await find('seldom')).more], [50, false])
  assert.deepEqual([(await find('frequent')).count, (await find('frequent')).more], [1000, true])
})

test('what is many but far away is found, and the page says that not all were looked at', async () => {
  await house.query(`insert into people (id, name, email, joined_at)
    select gen_random_uuid(), 'Ancient', 'a' || i || '@ancient.example', timestamptz '2000-01-01' from generate_series(1, 20001) i`)
  const page = await find('ancient', { order: 'joined', descending: true })
  assert.deepEqual([page.people.length, page.count, page.more, page.scattered], [PAGE, 1000, true, true])
  assert.ok(page.people.every((person) => person.name === 'Ancient'))
})

test('the end of a long list is its end', async () => {
  const [last] = await house.query<{ id: Wanted['after'] }>('select id from people order by joined_at, id limit 1')
  const page = await find('frequent', { order: 'joined', descending: true, before: last?.id })
  assert.equal(page.people.length, PAGE)
  assert.equal((await find('e', { order: 'joined', descending: true, after: last?.id })).people.length, 0)
})

test('an export reads all, in order', async () => {
  const wanted = { ...everyone, part: 'seldom' }
  const first = await db.as('support', (tx) => nextPeople(tx, wanted, { most: 30 }))
  const second = await db.as('support', (tx) => nextPeople(tx, wanted, { most: 30, place: first.place }))
  assert.deepEqual(
    [...first.people, ...second.people].map((person) => person.name),
    await names('seldom'),
  )
})

test('a place in the list that is gone is its beginning', async () => {
  const gone = '00000000-0000-7000-8000-000000000000' as NonNullable<Wanted['after']>
  assert.equal((await names('lovelace', { after: gone }))[0], 'Ada Lovelace')
})
