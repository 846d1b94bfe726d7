import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '../../test/browser.ts'
import { linkIn, openTestHouse, SECRET, socket } from '../../test/harness.ts'
import { DAY, setAhead } from '../clock.ts'
import { sweep } from '../database/sweep.ts'
import { asId } from '../log.ts'
import { register } from '../register.ts'
import { sign } from './import.ts'
import { openSheet, rowsOf, type Sheet } from '../web/sheet.ts'
import { workOnList } from './import-work.ts'

const house = await openTestHouse()
const [marketing, owner] = [await house.member('marketing'), await house.member('owner')]
const BASE = '/staff/updates/import'

const SAID = {
  topics: 'news',
  proof: 'statement',
  words: 'Yes, write to me once a month.',
  place: 'the form on blog.example.com',
  day: '2024-05-31',
}
const COLUMNS = { email: '0', name: '1' }

async function upload(browser: Browser, csv: string | Buffer): Promise<Response> {
  const head = '--cloudrun-boundary\r\ncontent-disposition: form-data; name="file"; filename="people.csv"\r\ncontent-type: text/csv\r\n\r\n'
  const body = Buffer.concat([Buffer.from(head), Buffer.from(csv), Buffer.from('\r\n--cloudrun-boundary--\r\n')])
  return browser.send(BASE, { body, type: 'multipart/form-data; boundary=cloudrun-boundary' })
}

async function uploaded(csv: string | Buffer, browser = marketing): Promise<string> {
  const answer = await upload(browser, csv)
  assert.equal(answer.status, 303, await answer.text())
  return answer.headers.get('location') ?? ''
}

/** Uploads a list and says what it is; returns where it is. */
async function read(csv: string, said: Record<string, string> = {}): Promise<string> {
  const path = await uploaded(csv)
  const answer = await marketing.post(path, { ...COLUMNS, ...SAID, ...said })
  assert.equal(answer.status, 303, await answer.text())
  await house.settle()
  return path
}

async function carryOut(path: string): Promise<void> {
  assert.match((await marketing.post(`${path}/sign`, { sure: 'yes' })).headers.get('location') ?? '', /done=signed/)
  await house.settle()
}

const numberIn = (path: string): string => path.split('/').at(-1) ?? ''
const countsOf = async (path: string): Promise<Record<string, Record<string, number> | null> | undefined> =>
  (await house.query('select expected, became from imports where id = $1', [numberIn(path)]))[0]
const subscribed = async (topic = 'news'): Promise<string[]> =>
  (
    await house.query<{ email: string }>(
      'select email from subscriptions s join people p on p.id = s.person_id where topic = $1 order by email',
      [topic],
    )
  ).map(({ email }) => email)
const letters = async (): Promise<number> => (await house.query<{ n: number }>('select count(*)::int as n from letters'))[0]?.n ?? 0

test('three people are brought in: one is new, one has an account, one gets it already; nobody is written to', async () => {
  const bob = await house.person('Bob', 'bob@example.org')
  await house.browser().post('/updates', { name: 'Carla', email: 'carla@example.org', topics: 'news' })
  await house.browser().post(linkIn((await house.inbox('carla@example.org'))[0]))
  const before = await letters()
  const path = await read('email,name\nAda@Example.org,Ada Lovelace\nbob@example.org,Robert\ncarla@example.org,Karla\n')
  const page = await marketing.read(path)
  assert.match(page, /What would happen/)
  assert.deepEqual(await subscribed(), ['carla@example.org'])
  assert.equal((await house.query("select from people where email = 'ada@example.org'")).length, 0)
  assert.equal((await marketing.post(`${path}/sign`)).status, 422)
  await carryOut(path)
  assert.deepEqual((await countsOf(path))?.['became'], { added: 2, has: 1, twice: 0, unsubscribed: 0, flawed: 0 })
  assert.deepEqual(await subscribed(), ['ada@example.org', 'bob@example.org', 'carla@example.org'])
  assert.equal(await letters(), before)
  const names = await house.query(`select p.name, g.person_id is not null as guest, k.person_id is not null as key from people p
    left join guests g on g.person_id = p.id left join person_keys k on k.person_id = p.id where email in ('ada@example.org', 'bob@example.org') order by email`)
  assert.deepEqual(names, [
    { name: 'Ada Lovelace', guest: true, key: true },
    { name: 'Bob', guest: false, key: true },
  ])
  // Whom it is about reads where it comes from.
  assert.match(await bob.read('/account/privacy'), /brought in from a list on/)
  const [proof] = await house.query(
    "select wording, source, asked_at from subscriptions s join people p on p.id = s.person_id where email = 'ada@example.org'",
  )
  assert.equal(proof?.['wording'], SAID.words)
  assert.match(
    String(proof?.['source']),
    new RegExp(`^the form on blog.example.com; brought in from a list on .* \\(number ${numberIn(path)}\\)$`),
  )
  const [signature] = await house.query('select statement, name from import_signatures join people on people.id = signed_by')
  assert.match(
    String(signature?.['statement']),
    /I state for .*31 May 2024, by “the form on blog\.example\.com”, in the words “.*once a month/,
  )
  assert.equal(signature?.['name'], 'Staff marketing')
})

test('who must not be written to is passed over and counted: stopped, left, erased, unsubscribed there', async () => {
  const people = ['stopped', 'left', 'erased'].map((name) => [name, `${name}@example.net`] as const)
  const browsers = new Map<string, Browser>()
  for (const [name, email] of people) browsers.set(name, await house.person(name, email))
  await browsers.get('left')?.post('/account/updates', { name: 'Left', topics: 'news' })
  await browsers.get('left')?.post('/account/updates/leave')
  await browsers.get('erased')?.post('/account/privacy/erasure', { sure: 'yes' })
  await owner.post('/staff/updates/stopped', { email: 'stopped@example.net' })
  const rows = [
    ...people.map(([name, email]) => `${email},${name},subscribed`),
    'no@example.net,No,unsubscribed',
    'late@example.net,Late,cleaned',
  ]
  const twice = ['new@example.net,New,subscribed', 'NEW@example.net,New again,subscribed', 'late@example.net,Late,subscribed']
  const path = await read(`email,name,status\n${[...rows, ...twice, 'odd@example.net,Odd,perhaps'].join('\n')}`, { status: '2' })
  const expected = { added: 1, left: 1, stopped: 1, forgotten: 1, unsubscribed: 2, twice: 2, flawed: 1 }
  assert.deepEqual((await countsOf(path))?.['expected'], expected)
  await carryOut(path)
  assert.deepEqual((await countsOf(path))?.['became'], expected)
  const now = await subscribed()
  assert.deepEqual(
    now.filter((email) => email.endsWith('example.net')),
    ['new@example.net'],
  )
  assert.deepEqual(await house.traces('erased@example.net'), ['letters.to'])
})

test('whoever was erased while a list waits is not brought back by it', async () => {
  const gone = await house.person('Gone', 'gone@example.net')
  const path = await read('email,name\ngone@example.net,Gone\nstays@example.net,Stays\n')
  assert.deepEqual((await countsOf(path))?.['expected'], { added: 2, twice: 0, unsubscribed: 0, flawed: 0 })
  await gone.post('/account/privacy/erasure', { sure: 'yes' })
  assert.deepEqual(await house.query("select from import_rows where email = 'gone@example.net'"), [])
  await carryOut(path)
  assert.deepEqual(await house.query("select from people where email = 'gone@example.net'"), [])
  assert.ok((await subscribed()).includes('stays@example.net'))
  // They may come back by themselves.
  await house.browser().post('/updates', { name: 'Gone', email: 'gone@example.net', topics: 'news' })
  await house.browser().post(linkIn((await house.inbox('gone@example.net'))[0]))
  assert.ok((await subscribed()).includes('gone@example.net'))
})

test('a proof in each row is demanded, and kept as it stands there', async () => {
  const rows = [
    'a@rows.example,A,2021-03-04 05:06:07,fair,Yes please',
    'b@rows.example,B,,fair,Yes',
    'c@rows.example,C,4/3/2021,,',
    'd@rows.example,D,2999-01-01,,',
  ]
  const csv = `email,name,confirmed_at,source,wording\n${rows.join('\n')}\n`
  const said = { proof: 'rows', agreed: '2', source: '3', wording: '4', words: '', place: '', day: '' }
  const without = await marketing.post(await uploaded(csv), { ...COLUMNS, ...SAID, ...said, agreed: '' })
  assert.equal(without.status, 422)
  assert.match(await without.text(), /which column tells when they agreed/)
  const path = await read(csv, said)
  assert.deepEqual((await countsOf(path))?.['expected'], { added: 1, twice: 0, unsubscribed: 0, flawed: 3 })
  const errors = await marketing.read(`${path}/errors.csv`)
  assert.deepEqual(
    errors.split('\r\n').map((line) => line.split(',').slice(0, 2).join(',')),
    ['line,column', '3,confirmed_at', '4,confirmed_at', '5,confirmed_at', ''],
  )
  assert.doesNotMatch(errors + (await marketing.read(path)), /rows\.example/)
  await carryOut(path)
  const [proof] = await house.query(
    "select wording, source, confirmed_at from subscriptions s join people p on p.id = s.person_id where email = 'a@rows.example'",
  )
  assert.deepEqual([proof?.['wording'], proof?.['confirmed_at']], ['Yes please', new Date('2021-03-04T05:06:07Z')])
  assert.match(String(proof?.['source']), /^fair; /)
})

test('nothing is done without a proof, a topic or an address column, and what was typed is kept', async () => {
  const path = await uploaded('email,name\na@b.example,A\n')
  for (const [lacking, sentence] of [
    [{ email: '' }, /which column holds/],
    [{ topics: '' }, /at least one topic/],
    [{ words: '' }, /the words that they agreed to/],
    [{ place: '' }, /where they agreed/],
    [{ day: '' }, /by which day/],
    [{ day: '2999-01-01' }, /has not come yet/],
    [{ proof: 'none' }, /how you know it/],
  ] as const) {
    const answer = await marketing.post(path, { ...COLUMNS, ...SAID, ...lacking })
    assert.equal(answer.status, 422)
    const page = await answer.text()
    assert.match(page, sentence)
    if (!('place' in lacking)) assert.match(page, /the form on blog\.example\.com/)
  }
  assert.match((await marketing.post(`${path}/sign`, { sure: 'yes' })).headers.get('location') ?? '', /unchanged/)
})

const GHOST =
  'id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\r\n' +
  '1,g1@ghost.example,"Lovelace, Ada",,true,false,,2020-01-01T00:00:00.000Z,,,\r\n2,g2@ghost.example,,,false,false,,2020-01-01T00:00:00.000Z,,,\r\n'
const LISTMONK =
  'uuid,email,name,attributes,status,created_at,updated_at\n' +
  'u1,l1@listmonk.example,Lin,"{""city"": ""Bonn""}",enabled,2020-01-01,2020-01-01\nu2,l2@listmonk.example,Lo,{},blocklisted,2020-01-01,2020-01-01\n'
const MAILCHIMP =
  '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID,UNSUB_TIME\n' +
  'm1@mailchimp.example,Mona,Lisa,2,"2019-05-14 12:00:00","2019-05-14 12:33:11",1,x,\nm2@mailchimp.example,Max,,2,,"2019-05-14 12:33:11",2,y,"2022-01-01 00:00:00"\n'

/** What a form's fields hold as the page comes. */
const filledIn = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/<select name="(\w+)".*?<\/select>/gs)].map(([select, name = '']) => [
      name,
      /value="(\d*)" selected/.exec(select)?.[1] ?? '',
    ]),
  )

for (const [from, csv, who, name] of [
  ['Ghost', GHOST, 'g1@ghost.example', 'Lovelace, Ada'],
  ['listmonk', LISTMONK, 'l1@listmonk.example', 'Lin'],
  ['Mailchimp', MAILCHIMP, 'm1@mailchimp.example', 'Mona Lisa'],
] as const)
  test(`the columns of ${from} are known, and who is unsubscribed there is not brought in`, async () => {
    const path = await uploaded(csv)
    const page = await marketing.read(path)
    assert.match(page, new RegExp(`A list from ${from}`))
    await marketing.post(path, { ...filledIn(page), ...SAID })
    await house.settle()
    assert.deepEqual((await countsOf(path))?.['expected'], { added: 1, twice: 0, unsubscribed: 1, flawed: 0 })
    await carryOut(path)
    assert.deepEqual(await house.query('select name from people where email = $1', [who]), [{ name }])
  })

const sheet = (text: string): Sheet => {
  const opened = openSheet(Buffer.from(text))
  assert(typeof opened !== 'string', String(opened))
  return opened
}
const rows = (text: string) => [...rowsOf(sheet(text))].flat()

test('a file may have a mark at its start, any ending of lines, other separators, and quotation marks', () => {
  assert.deepEqual(sheet('\ufeffemail;name\r\na;b').columns, ['email', 'name'])
  assert.deepEqual(
    rows('email;name\r\n"a";"b;""c""\r\nd"\r\n\r\n;;\r\ne;f').map(({ line, lastLine, cells }) => [line, lastLine, cells]),
    [
      [2, 3, ['a', 'b;"c"\r\nd']],
      [6, 6, ['e', 'f']],
    ],
  )
  assert.deepEqual(
    rows('email\tname\ra\tb\rc\td').map(({ cells }) => cells),
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  )
  assert.deepEqual(
    rows('email\na@b.example').map(({ cells }) => cells),
    [['a@b.example']],
  )
})

test('a quotation mark that is out of place costs its own row alone', () => {
  const csv = 'email,name\na,"ok"\nb,"bro"ken\nc,"open\nd,D\ne,"E ""2"""\nf,"never closed\ng,G\n'
  assert.deepEqual(
    rows(csv).map(({ line, cells, flaw }) => [line, cells ?? flaw?.slice(0, 16)]),
    [
      [2, ['a', 'ok']],
      [3, 'A quotation mark'],
      [4, 'A quotation mark'],
      [5, ['d', 'D']],
      [6, ['e', 'E "2"']],
      [7, 'A quotation mark'],
      [8, ['g', 'G']],
    ],
  )
})

test('what is no list is refused in words', async () => {
  for (const [bytes, sentence] of [
    [Buffer.alloc(0), /is empty/],
    [Buffer.from('\ufeffemail\na', 'utf16le'), /UTF-16/],
    [Buffer.from('email\na', 'utf16le'), /UTF-16/],
    [Buffer.from('PK\u0003\u0004\u0000\u0000'), /spreadsheet/],
    [Buffer.from('email,name\na,Jos\xe9', 'latin1'), /not written in UTF-8/],
    [Buffer.from('ada@example.org,Ada\nbob@example.org,Bob'), /first line must say/],
    [Buffer.from('\n\n'), /nothing in that file/],
    [Buffer.from(`email${',x'.repeat(300)}`), /more than 200 columns/],
  ] as const) {
    const answer = await upload(marketing, bytes)
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), sentence)
  }
  const large = await upload(marketing, Buffer.alloc(21 * 1_024 * 1_024, 'a'))
  assert.equal(large.status, 413)
})

test('a large body without a length gets no more room than any other, and no more elsewhere', async () => {
  const body = Buffer.alloc(100_000, 'a')
  for (const path of [BASE, `${BASE}/x`, '/staff/updates/topics'])
    assert.equal((await marketing.post(path, { file: body.toString() })).status, 413, path)
})

test('a list can be described anew, or deleted, until it is signed', async () => {
  const path = await read('email,name\nx@again.example,X\n', { name: '0' })
  assert.match(await marketing.read(`${path}?describe=again`), /Which column is what/)
  await marketing.post(path, { ...COLUMNS, ...SAID })
  await house.settle()
  assert.deepEqual(await house.query("select name from import_rows where email = 'x@again.example'"), [{ name: 'X' }])
  assert.match((await marketing.post(`${path}/discard`)).headers.get('location') ?? '', /discarded/)
  assert.equal((await marketing.get(path)).status, 404)
  assert.deepEqual(await house.traces('again.example'), [])
})

test('marketing and the owner bring lists in; nobody else learns that there are any', async () => {
  const path = await uploaded('email\na@b.example\n')
  for (const role of ['support', 'analyst', 'billing', 'legal'] as const) {
    const other = await house.member(role)
    assert.equal((await upload(other, 'email\na@b.example\n')).status, 404)
    for (const address of [BASE, path, `${path}/errors.csv`]) assert.equal((await other.get(address)).status, 404)
    for (const act of ['', '/sign', '/discard']) assert.equal((await other.post(`${path}${act}`, SAID)).status, 404)
  }
  assert.equal((await owner.get(path)).status, 200)
  assert.equal((await (await house.person('Mallory')).get(path)).status, 404)
})

const worker = (id: string) =>
  spawn(process.execPath, ['--import', here('../../scripts/hooks.mjs'), here('../../test/importer.ts'), socket(), house.database, id], {
    stdio: 'ignore',
    env: { ...process.env, SECRET },
  })
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

test('many are brought in by few statements; who is killed on the way goes on where they were', async () => {
  const MANY = 10_000
  const csv = `email,name\n${Array.from({ length: MANY }, (_, at) => `reader${at}@d${at % 90}.example,Reader ${at}`).join('\n')}\n`
  const path = await read(csv, { topics: 'events' })
  const id = asId(numberIn(path))
  assert(id)
  assert.equal((await countsOf(path))?.['expected']?.['added'], MANY)
  await marketing.post(`${path}/sign`, { sure: 'yes' })
  const done = async () => (await countsOf(path))?.['became']?.['added'] ?? 0
  let last = 0
  for (const until of [1, MANY / 2]) {
    const child = worker(id)
    while ((await done()) < until && child.exitCode === null) await sleep(5)
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert((await done()) >= last)
    last = await done()
  }
  // Two at once, and once more: the same.
  await Promise.all([workOnList(house.house, id), workOnList(house.house, id)])
  await workOnList(house.house, id)
  assert.deepEqual((await countsOf(path))?.['became'], { added: MANY, twice: 0, unsubscribed: 0, flawed: 0 })
  assert.equal((await subscribed('events')).length, MANY)
  assert.deepEqual(await house.query('select count(*)::int as n from import_rows where import_id = $1', [id]), [{ n: 0 }])
})

test('a long list is read, whatever the database last believed of its tables', async () => {
  await house.query('analyze import_rows')
  const csv = `email,name\n${Array.from({ length: 80_000 }, (_, at) => `long${at % 79_999}@d${at % 90}.example,Reader ${at}`).join('\n')}\n`
  const path = await read(csv, { topics: 'partners' })
  assert.deepEqual((await countsOf(path))?.['expected'], { added: 80_000, twice: 0, unsubscribed: 0, flawed: 0 })
  await marketing.post(`${path}/discard`)
})

// Last, because sessions end with it, too.
test('a list that nobody signs is gone after a day, with its file and its rows', async () => {
  const path = await read('email,name\nx@waits.example,X\nno address,Y\n')
  setAhead(DAY + 60_000)
  const id = asId(numberIn(path))
  assert(id)
  assert.equal(await house.house.db.as('updates', (tx) => sign(tx, id, { by: id, statement: '' })), false)
  await sweep(house.house.db, register)
  setAhead(0)
  assert.deepEqual(await house.query('select from imports where id = $1', [numberIn(path)]), [])
  assert.deepEqual(await house.traces('waits.example'), [])
})
