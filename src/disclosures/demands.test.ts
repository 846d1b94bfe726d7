/** Legal demands: nothing without a basis and two people, never more than the scope, and who is concerned hears of it in time. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openTestHouse } from '../../test/harness.ts'
import { rowsIn, unzip } from '../../test/unzip.ts'
import { DAY, fromNow, now, setAhead } from '../clock.ts'
import { rangeOf } from './counts.ts'
import { watch } from './telling.ts'

const house = await openTestHouse({ PRIVACY_ZONE: 'UTC' })
const ada = await house.person('Ada Demanded', 'ada@example.org')
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const mallory = await house.person('Mallory Outside', 'mallory@example.net')
for (const one of [ada, bob, mallory]) await one.post('/services/status-pages/page')
await house.settle()
const [legal, owner, marketing] = [await house.member('legal'), await house.member('owner'), await house.member('marketing')]

const day = (ahead: number): string =>
  fromNow(ahead * DAY)
    .toISOString()
    .slice(0, 10)
const notices = async (email: string) => (await house.inbox(email)).filter(({ kind }) => kind === 'legal demand')
const outcome = (path: string, word: string): string => `${path}?done=${word}`
const located = async (answer: Response | Promise<Response>): Promise<string | null> => (await answer).headers.get('location')
const idOf = (path: string): string => path.split('/').at(-1) ?? ''
const personId = async (email: string): Promise<string> =>
  (await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id ?? assert.fail(email)

const ENTRY = {
  ...{ kind: 'demand', authority: 'Office of Nosiness', instrument: 'Search warrant', jurisdiction: 'Florida', fileNumber: '4711' },
  ...{ receivedOn: day(0), dueOn: day(60) },
}
const SCOPE = {
  who: 'ada@example.org\nnobody@example.org',
  columns: 'people.email',
  fromDay: '',
  untilDay: '',
  why: 'Only the address is needed.',
}
const CHECKS = ['competent', 'valid', 'applies', 'specific', 'necessary']
const REQUIRED = { checks: CHECKS, legalBasis: 'Florida Statutes 92.605', letter: '', ending: 'required' }

async function enter(more: Record<string, string> = {}, scope: Record<string, string | readonly string[]> = {}): Promise<string> {
  const path = ((await located(legal.post('/staff/demands/new', { ...ENTRY, ...more }))) ?? '').replace(/\?.*/, '')
  assert.match(path, /^\/staff\/demands\/[\w-]{36}$/)
  assert.equal(await located(legal.post(`${path}/scope`, { ...SCOPE, ...scope })), outcome(path, 'scoped'))
  return path
}

const required = async (path: string): Promise<void> =>
  assert.equal(await located(legal.post(`${path}/findings`, REQUIRED)), outcome(path, 'checked'))

async function approve(who: Browser, path: string): Promise<string | null> {
  const finding = /name="finding" value="([^"]*)"/.exec(await who.read(path))?.[1] ?? ''
  return located(who.post(`${path}/approve`, { finding, sure: 'yes' }))
}

/** A form with a document. */
function withPaper(fields: Record<string, string>, field: string, text: string): { body: Buffer; type: string } {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--edge\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const head = `--edge\r\ncontent-disposition: form-data; name="${field}"; filename="order.pdf"\r\ncontent-type: application/pdf\r\n\r\n`
  return { body: Buffer.from(`${parts.join('')}${head}${text}\r\n--edge--\r\n`), type: 'multipart/form-data; boundary=edge' }
}

/** Puts a release in by SQL, as the login that may add to the register. */
const releaseBySql = (path: string): Promise<unknown> =>
  house.house.db.as('legal', (tx) =>
    tx.$client.query(
      `insert into legal_demand_releases (id, demand_id, scope_id, finding_id, people, rows, bytes, file_hash, released_at)
       select gen_random_uuid(), $1::uuid, (select id from legal_demand_scopes where demand_id = $1 order by id desc limit 1),
         coalesce((select id from legal_demand_findings where demand_id = $1 order by id desc limit 1), gen_random_uuid()), 1, 1, 1, 'x', $2`,
      [idOf(path), now()],
    ),
  )

const copyOf = async (browser: Browser): Promise<Map<string, string>> =>
  unzip(Buffer.from(await (await browser.post('/account/privacy/copy')).arrayBuffer()))

test('what is barred until a day is told on that day and not before, in letter, page, copy and record of looks', async () => {
  const path = await enter()
  const ends = day(30)
  assert.equal(await located(legal.post(`${path}/bars`, { barBasis: '18 U.S.C. 2705(b)', endsOn: ends })), outcome(path, 'barred'))
  await required(path)
  assert.equal(await located(legal.post(`${path}/notice`)), outcome(path, 'not-told'))
  await assert.rejects(
    house.query(`update legal_demand_people set told = 'x', told_at = $1 where demand_id = $2`, [now(), idOf(path)]),
    /a bar on telling stands/,
  )
  await approve(legal, path)
  await approve(owner, path)
  assert.equal((await owner.post(`${path}/release`)).status, 200)
  await watch(house.house)
  await house.settle()
  assert.equal((await notices('ada@example.org')).length, 0)
  assert.doesNotMatch(await ada.read('/account/privacy'), /Nosiness|Legal demands that named/)
  const before = await copyOf(ada)
  assert.doesNotMatch([...before.values()].join('\n'), /Nosiness|legal_demand|18 U\.S\.C\./)
  assert.deepEqual(await house.query('select 1 from looks where person_id = $1', [await personId('ada@example.org')]), [])

  const midnight = new Date(ends).getTime() - now().getTime()
  setAhead(midnight - 60_000)
  await watch(house.house)
  await house.settle()
  assert.equal((await notices('ada@example.org')).length, 0, 'a minute before')
  setAhead(midnight + 1_000)
  await watch(house.house)
  await watch(house.house)
  await house.settle()
  setAhead(0)
  const [letter, ...more] = await notices('ada@example.org')
  assert(letter && more.length === 0)
  const text = letter.text.replaceAll(/\s+/g, ' ')
  for (const said of [
    'Office of Nosiness (Florida) demanded data about you',
    'Search warrant',
    'received: ',
    'forbade us to tell you until now',
  ])
    assert(text.includes(said), said)
  assert.match(await ada.read('/account/privacy'), /Legal demands that named you[\s\S]*Office of Nosiness received/)
  const [row, ...others] = rowsIn(await copyOf(ada), 'legal_demand_people')
  assert(row && others.length === 0)
  assert.match(String(row['disclosed']), /^Office of Nosiness received/)
  for (const [email, neighbour] of [
    ['bob@example.org', bob],
    ['mallory@example.net', mallory],
  ] as const) {
    assert.equal((await notices(email)).length, 0)
    assert.doesNotMatch(await neighbour.read('/account/privacy'), /Nosiness/)
  }
})

test('without a basis, a second person, or the notice nothing is handed over, in the console and by SQL', async () => {
  const path = await enter()
  const refused = async (word: string, why: RegExp) => {
    assert.equal(await located(owner.post(`${path}/release`)), outcome(path, word))
    await assert.rejects(releaseBySql(path), why)
  }
  await refused('basis', /basis in law|violates/)
  const refusal = await legal.post(`${path}/findings`, { ...REQUIRED, checks: CHECKS.slice(1) })
  assert.equal(refusal.status, 422)
  assert.equal((await legal.post(`${path}/findings`, { ...REQUIRED, legalBasis: '' })).status, 422)
  await assert.rejects(
    house.query(
      `insert into legal_demand_findings select gen_random_uuid(), demand_id, id, true, true, true, true, true, 'required', ' ', '', now()
         from legal_demand_scopes where demand_id = $1`,
      [idOf(path)],
    ),
    /legal_demand_findings_reasoned/,
  )
  await required(path)
  await refused('people', /needs two people/)
  assert.equal(await approve(legal, path), outcome(path, 'approved'))
  assert.equal(await approve(legal, path), outcome(path, 'again'))
  await refused('people', /needs two people/)
  await assert.rejects(
    house.query(
      'insert into legal_demand_approvals select gen_random_uuid(), demand_id, scope_id, finding_id, by_id, now() from legal_demand_approvals where demand_id = $1',
      [idOf(path)],
    ),
    /legal_demand_approvals_once/,
  )
  assert.equal(await approve(owner, path), outcome(path, 'approved'))
  await refused('notice', /told first/)
  assert.equal(await located(legal.post(`${path}/notice`)), outcome(path, 'told'))
  await house.settle()
  assert.equal((await notices('ada@example.org')).length, 2)
  // A narrower scope is another scope: what was found and approved is void.
  assert.equal(await located(legal.post(`${path}/scope`, { ...SCOPE, who: 'ada@example.org' })), outcome(path, 'scoped'))
  await refused('basis', /basis in law/)
  await required(path)
  await approve(legal, path)
  await approve(owner, path)
  assert.equal((await owner.post(`${path}/release`)).status, 200)
})

test('what is handed over is the scope and nothing else', async () => {
  const rows = await house.query<{ person_id: string; joined: Date }>('select person_id, joined_at as joined from memberships')
  assert.equal(rows.length, 3)
  // One of Ada's visits to the service lies outside the days.
  const who = `${await personId('ada@example.org')}\nbob@example.org`
  const columns = ['people.email', 'memberships.joined_at']
  const path = await enter({}, { who, columns, fromDay: day(0), untilDay: day(0) })
  await house.query(`update memberships set joined_at = joined_at - interval '9 days' where person_id = $1`, [
    await personId('bob@example.org'),
  ])
  await required(path)
  await approve(legal, path)
  await approve(owner, path)
  await legal.post(`${path}/notice`)
  const answer = await owner.post(`${path}/release`)
  const bytes = Buffer.from(await answer.arrayBuffer())
  const file = JSON.parse(bytes.toString()) as { people: { place: number; data: Record<string, Record<string, unknown>[]> }[] }
  const [first, second, ...more] = file.people.toSorted((a, b) => Object.keys(b.data).length - Object.keys(a.data).length)
  assert.deepEqual(more, [])
  assert.deepEqual(Object.keys(first?.data ?? {}).toSorted(), ['memberships', 'people'])
  assert.deepEqual(first?.data['people'], [{ email: 'ada@example.org' }])
  assert.deepEqual(Object.keys(first?.data['memberships']?.[0] ?? {}), ['joinedAt'])
  // Bob began before the days in scope.
  assert.deepEqual(second?.data, { people: [{ email: 'bob@example.org' }] })
  for (const outside of ['Ada Demanded', 'Bob Neighbour', 'mallory@example.net', await personId('ada@example.org')])
    assert(!bytes.toString().includes(outside), outside)
  const [kept] = await house.query('select people, rows, bytes, file_hash from legal_demand_releases where demand_id = $1', [idOf(path)])
  const hash = createHash('sha256').update(bytes).digest('hex')
  assert.deepEqual(kept, { people: 2, rows: 3, bytes: bytes.length, file_hash: hash })
  assert.match(await legal.read(path), new RegExp(hash))
  assert.equal((await mallory.get(path)).status, 404)
})

test('a scope becomes narrower and never wider, and days limit only what knows days', async () => {
  const path = await enter({}, { columns: ['people.email', 'people.name'], fromDay: '2026-01-01', untilDay: '' })
  for (const wider of [{ who: 'bob@example.org' }, { columns: 'people.joined_at' }, { fromDay: '' }])
    assert.equal((await legal.post(`${path}/scope`, { ...SCOPE, fromDay: '2026-01-01', ...wider })).status, 422, JSON.stringify(wider))
  assert.equal(
    await located(legal.post(`${path}/scope`, { ...SCOPE, who: 'ada@example.org', fromDay: '2026-02-01' })),
    outcome(path, 'scoped'),
  )
  assert.equal((await legal.post(`${path}/scope`, { ...SCOPE, columns: 'person_keys.wrapped_key' })).status, 422)
})

test('a refusal is kept in its words, and a bar is renewed by a document alone', async () => {
  const path = await enter()
  assert.equal((await legal.post(`${path}/findings`, { ending: 'refused', letter: '' })).status, 422)
  await legal.post(`${path}/findings`, { ending: 'refused', letter: 'We refuse: it is not signed.' })
  assert.match(await legal.read(path), /We refuse: it is not signed\./)
  assert.equal(await located(owner.post(`${path}/release`)), outcome(path, 'basis'))
  const form = { barBasis: '18 U.S.C. 2705(b)', endsOn: day(10) }
  assert.equal(await located(legal.post(`${path}/bars`, form)), outcome(path, 'barred'))
  assert.equal((await legal.post(`${path}/bars`, { ...form, endsOn: day(20) })).status, 422)
  const bySql = `insert into legal_demand_bars select gen_random_uuid(), demand_id, legal_basis, ends_at + interval '9 days', null, noted_at from legal_demand_bars where demand_id = $1`
  await assert.rejects(house.query(bySql, [idOf(path)]), /renewed by a document/)
  assert.equal(
    await located(legal.send(`${path}/bars`, withPaper({ ...form, endsOn: day(20) }, 'barPaper', '%PDF-1.7 order'))),
    outcome(path, 'barred'),
  )
  setAhead(11 * DAY)
  await watch(house.house)
  await house.settle()
  assert.equal((await notices('ada@example.org')).filter(({ text }) => text.includes('We refused')).length, 0)
  setAhead(21 * DAY)
  await watch(house.house)
  await house.settle()
  setAhead(0)
  assert.equal((await notices('ada@example.org')).filter(({ text }) => text.includes('We refused')).length, 1)
})

test('documents are sealed and hashed, and come out as they went in', async () => {
  const path = await enter()
  const text = '%PDF-1.7 about somebody unusual'
  assert.equal(await located(legal.send(`${path}/papers`, withPaper({ paperKind: 'instrument' }, 'paper', text))), outcome(path, 'filed'))
  assert.deepEqual(await house.traces('somebody unusual'), [])
  const href = /href="([^"]*\/papers\/[^"]*)"/.exec(await legal.read(path))?.[1] ?? ''
  assert.equal(await legal.read(href), text)
  assert.equal((await marketing.get(href)).status, 404)
})

test('an emergency is handed over by two people at once, and told right after', async () => {
  const path = await enter({ kind: 'emergency' }, { who: 'mallory@example.net' })
  await required(path)
  await approve(legal, path)
  assert.equal(await located(owner.post(`${path}/release`)), outcome(path, 'people'))
  await approve(owner, path)
  assert.equal((await owner.post(`${path}/release`)).status, 200)
  await watch(house.house)
  await house.settle()
  assert.equal((await notices('mallory@example.net')).length, 1)
})

test('a preservation letter sets a copy aside, hands nothing over, outlives an erasure, and ends by itself', async () => {
  const eve = await house.person('Eve Kept', 'eve@example.org')
  const path = await enter({ kind: 'preservation' }, { who: 'eve@example.org' })
  assert.equal(await located(legal.post(`${path}/preserve`, { until: day(80) })), outcome(path, 'basis'))
  await legal.post(`${path}/bars`, { barBasis: '18 U.S.C. 2705(b)', endsOn: day(90) })
  await required(path)
  assert.equal(await located(legal.post(`${path}/preserve`, { until: day(80) })), outcome(path, 'paper'))
  await legal.send(`${path}/papers`, withPaper({ paperKind: 'instrument' }, 'paper', '%PDF-1.7'))
  assert.equal((await legal.post(`${path}/preserve`, { until: day(400) })).status, 422)
  assert.equal(await located(legal.post(`${path}/preserve`, { until: day(80) })), outcome(path, 'preserved'))
  await approve(legal, path)
  await approve(owner, path)
  await assert.rejects(releaseBySql(path), /hands nothing over/)
  assert.doesNotMatch(await eve.read('/account/privacy'), /preservation letter|Nosiness/)
  await eve.post('/account/privacy/erasure', { sure: 'yes' })
  await house.settle()
  const [receipt] = await house.query<{ erased: unknown }>('select to_jsonb(r) as erased from receipts r order by erased_at desc limit 1')
  assert.doesNotMatch(JSON.stringify(receipt), /legal_demand/)
  const kept = 'select person_id from legal_demand_preserved where demand_id = $1'
  assert.deepEqual(await house.query(kept, [idOf(path)]), [{ person_id: null }])
  assert.deepEqual(
    (await house.traces('eve@example.org')).filter((place) => place !== 'letters.to'),
    [],
  )
  setAhead(81 * DAY)
  await house.house.db.as('operations', (tx) => tx.$client.query(`delete from legal_demand_preserved where expires_at <= $1`, [now()]))
  assert.deepEqual(await house.query(kept, [idOf(path)]), [])
  setAhead(0)
})

test('the register cannot be thinned out, not even by the owner of the tables', async () => {
  const tables = ['s', '_papers', '_scopes', '_people', '_findings', '_bars', '_approvals', '_releases', '_acts'].map(
    (end) => `legal_demand${end}`,
  )
  for (const table of tables) {
    assert((await house.query(`select 1 from ${table}`)).length > 0, table)
    for (const verb of [`delete from ${table}`, `truncate ${table} cascade`])
      await assert.rejects(house.query(verb), /only ever added to/, verb)
    for (const purpose of ['legal', 'operations'] as const)
      await assert.rejects(
        house.house.db.as(purpose, (tx) => tx.$client.query(`delete from ${table}`)),
        /permission denied/,
      )
  }
  for (const [table, change] of [
    ['legal_demands', `authority = 'x'`],
    ['legal_demand_findings', `letter = 'x'`],
    ['legal_demand_bars', 'ends_at = now()'],
    ['legal_demand_releases', 'rows = 0'],
    ['legal_demand_acts', `detail = 'x'`],
    ['legal_demand_approvals', 'by_id = gen_random_uuid()'],
    ['legal_demand_people', 'named_at = now()'],
    ['legal_demand_people', 'told_at = null'],
  ])
    await assert.rejects(house.query(`update ${table} set ${change}`), /only ever added to/, table)
  const chain = await house.query("select distinct act from audit_entries where act like 'demand.%'")
  assert.equal(chain.length, 10, JSON.stringify(chain))
})

test('everybody sees how many there were, and a range where the law wants one', async () => {
  await enter({ inRanges: 'yes' })
  const page = (await house.browser().read('/privacy/demands')).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  for (const said of [
    'Demands for data 6',
    'Emergencies 1',
    'Preservation letters 1',
    'Refused 1',
    'Answered with data 4',
    'range alone 0–249',
  ])
    assert(page.includes(said), `${said}: ${page}`)
  assert.equal(rangeOf(250), '250–499')
})

test('for everybody else there is nothing here', async () => {
  const path = await enter()
  for (const browser of [ada, mallory, marketing]) {
    for (const page of ['/staff/demands', '/staff/demands/new', path]) assert.equal((await browser.get(page)).status, 404, page)
    for (const act of ['scope', 'findings', 'bars', 'approve', 'release', 'notice', 'preserve'])
      assert.equal((await browser.post(`${path}/${act}`, {})).status, 404, act)
  }
})

test('those who answer are reminded once before the day', async () => {
  const path = await enter({ dueOn: day(2) })
  await watch(house.house)
  await watch(house.house)
  const letters = (await house.inbox('legal-1@staff.example')).filter(
    ({ kind, text }) => kind === 'legal demand due' && text.includes(path),
  )
  assert.equal(letters.length, 1)
})
