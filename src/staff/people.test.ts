import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { csvLine } from '../web/csv.ts'

const house = await openTestHouse()
const [owner, support, analyst] = [await house.member('owner'), await house.member('support'), await house.member('analyst')]
const mallory = await house.person('Mallory')
await house.person('Ada Lovelace')
await house.person('=cmd|calc', 'plus+sign@example.org')

const rows = (html: string): string[] => [...html.matchAll(/<th scope="row">\s*<a[^>]*>([^<]*)/g)].map(([, name]) => name ?? '')

test('support finds a person by a part of the name or the address; the state is in the address', async () => {
  assert.deepEqual(rows(await support.read('/staff/people?q=lovel')), ['Ada Lovelace'])
  assert.deepEqual(rows(await support.read('/staff/people?q=ADA.LOVE')), ['Ada Lovelace'])
  const page = await support.read('/staff/people?q=example.org&sort=name&dir=asc')
  assert.deepEqual(rows(page), ['=cmd|calc', 'Ada Lovelace', 'Mallory'])
  assert.match(page, /value="example\.org"/)
  assert.match(page, /3 people/)
  assert.match(page, /href="\/staff\/people\?q=example\.org&amp;sort=name&amp;dir=desc"/)
})

test('staff only, joined since, joined until', async () => {
  assert.equal(rows(await support.read('/staff/people?staff=yes')).length, 3)
  const today = new Date().toISOString().slice(0, 10)
  const [all] = await house.query<{ count: number }>('select count(*)::int as count from people')
  assert.equal(rows(await support.read(`/staff/people?since=${today}&until=${today}`)).length, all?.count)
  assert.equal(rows(await support.read('/staff/people?until=2001-01-01')).length, 0)
})

test('an empty list says what to do', async () => {
  const page = await support.read('/staff/people?q=nobody-at-all')
  assert.match(page, /Nobody found/)
  assert.match(page, /nobody-at-all/)
})

test('odd addresses of the list lead to a list', async () => {
  const odd = [
    'q=%00',
    'q=%',
    'q=%ff',
    'q=%F0%9F%A6%8A',
    `q=${'x'.repeat(300)}`,
    'q=%25_%5C%27%22',
    'q=a',
    'q=ab',
    'since=yesterday',
    'sort=password',
    'dir=up',
    'after=1',
    'before=x',
    'staff=no',
    'q=a&q=b',
  ]
  for (const query of odd) assert.equal((await support.get(`/staff/people?${query}`)).status, 200, query)
})

test('names are text, never markup', async () => {
  await house.person('<img src=x onerror=alert(1)>', 'markup@example.org')
  const page = await support.read('/staff/people?q=onerror')
  assert.match(page, /&lt;img/)
  assert.doesNotMatch(page, /<img/)
})

test('long lists come by pages, forth and back', async () => {
  await house.query(`insert into people (id, name, email, joined_at)
    select gen_random_uuid(), 'Paged ' || lpad(i::text, 3, '0'), 'paged' || i || '@pages.example', now() - i * interval '1 day' from generate_series(1, 120) i`)
  const next = (html: string) => /rel="next" href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  const previous = (html: string) => /rel="prev" href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  const first = await support.read('/staff/people?q=paged&sort=name')
  const second = await support.read(next(first) ?? '')
  const third = await support.read(next(second) ?? '')
  assert.deepEqual(
    [rows(first).length, rows(second)[0], rows(third).length, next(third), previous(first)],
    [50, 'Paged 051', 20, undefined, undefined],
  )
  assert.deepEqual(rows(await support.read(previous(third) ?? '')), rows(second))
  assert.match(first, /120 people/)
})

test('the owner takes out the list that is shown; it is noted; nobody else can', async () => {
  for (const other of [support, analyst, mallory]) assert.equal((await other.post('/staff/people/export')).status, 404)
  assert.doesNotMatch(await support.read('/staff/people'), /export/i)
  const answer = await owner.post('/staff/people/export', { q: 'example.org', sort: 'name', dir: 'asc' })
  assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
  assert.match(answer.headers.get('content-disposition') ?? '', /attachment/)
  const lines = (await answer.text()).split('\r\n')
  assert.equal(lines[0], 'id,name,email,joined')
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(',')[1]),
    ['<img src=x onerror=alert(1)>', `"'=cmd|calc"`, 'Ada Lovelace', 'Mallory', undefined],
  )
  const team = await owner.read('/staff/team')
  assert.match(team, /a part/)
  const noted = await house.query('select people, narrowed from exports')
  assert.deepEqual(noted, [{ people: 4, narrowed: true }])
})

test('a long list is taken out whole, in order, and each person once', async () => {
  await house.query(`insert into people (id, name, email, joined_at)
    select gen_random_uuid(), 'Many ' || (i % 7), 'many' || i || '@many.example', timestamptz '2020-01-01' from generate_series(1, 3500) i`)
  for (const sort of ['name', 'joined']) {
    const lines = (await (await owner.post('/staff/people/export', { q: 'many.example', sort })).text()).trim().split('\r\n').slice(1)
    assert.equal(lines.length, 3500)
    assert.equal(new Set(lines.map((line) => line.slice(0, 36))).size, 3500)
  }
})

test('an export that breaks off is noted, too', async () => {
  const answer = await owner.post('/staff/people/export', { q: 'many.example', sort: 'joined' })
  const reader = answer.body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const [noted] = await house.query<{ people: number; narrowed: boolean }>(
    'select people, narrowed from exports order by exported_at desc limit 1',
  )
  assert.ok(noted && noted.narrowed && noted.people < 3500)
})

test('CSV keeps commas, quotes and lines, and runs no formula', () => {
  assert.equal(csvLine(['a,b', 'say "hi"', 'two\r\nlines', 'plain']), '"a,b","say ""hi""","two\r\nlines",plain\r\n')
  for (const formula of ['=1+1', '+1', '-1', '@x', '\t=1', ' =1', '\r=1', '|x']) assert.match(csvLine([formula]), /^"'/)
})

test('support invites somebody, who is nobody to us until they answer; it can be withdrawn', async () => {
  assert.equal((await support.post('/staff/people/invite', { email: 'nonsense' })).status, 422)
  assert.match(await (await support.post('/staff/people/invite', { email: 'ada.lovelace@example.org' })).text(), /here already/)
  assert.equal((await support.post('/staff/people/invite', { email: 'guest@example.org' })).status, 303)
  assert.equal((await house.inbox('guest@example.org')).length, 1)
  const page = await support.read('/staff/people/invite')
  const path = /action="([^"]*\/withdraw)"/.exec(page)?.[1] ?? ''
  assert.equal((await analyst.post(path)).status, 404)
  assert.equal((await support.post(path)).status, 303)
  assert.equal((await support.post(path)).status, 404)
  assert.equal((await house.query('select from invitations')).length, 0)
})

test('an invitation into the team is not for support to replace or withdraw', async () => {
  await owner.post('/staff/team', { email: 'colleague@example.org', role: 'legal' })
  assert.match(await (await support.post('/staff/people/invite', { email: 'colleague@example.org' })).text(), /invited to the team/)
  const [{ id } = { id: '' }] = await house.query<{ id: string }>('select id from invitations')
  assert.equal((await support.post(`/staff/people/invite/${id}/withdraw`)).status, 404)
  assert.equal((await house.query('select from invitations')).length, 1)
})
