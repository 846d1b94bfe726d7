import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '../../test/browser.ts'
import { openTestHouse } from '../../test/harness.ts'
import { rowsIn, unzip } from '../../test/unzip.ts'
import { DAY, HOUR, setAhead } from '../clock.ts'
import { sweep } from '../database/sweep.ts'
import { asId, type Id } from '../log.ts'
import { register } from '../register.ts'
import { takeCopy } from './copy.ts'
import { erase } from './erasure.ts'
import { makeCopy } from './kept-copy.ts'

const house = await openTestHouse()
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const idOf = async (email: string): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail(email)
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer())

/** Somebody with a long history. */
async function veteran(name: string, rows: number): Promise<Browser> {
  const browser = await house.person(name)
  await house.query(
    `insert into corrections select gen_random_uuid(), id, 'name', now() - g * interval '1 second'
       from people, generate_series(1, ${rows}) g where name = $1`,
    [name],
  )
  return browser
}

const kept = () =>
  house.query<{ copies: number; parts: number }>(
    'select (select count(*)::int from copies) as copies, (select count(*)::int from copy_parts) as parts',
  )

test('the copy of an ordinary person comes at once, and is kept nowhere', async () => {
  const support = await house.member('support')
  await support.post(`/staff/people/${await idOf('bob@example.org')}`, { reason: 'question', note: 'rang about <a bill>' })
  const answer = await bob.post('/account/privacy/copy')
  assert.equal(answer.headers.get('content-type'), 'application/zip')
  const zip = await bytesOf(answer)
  assert.equal(answer.headers.get('content-length'), String(zip.length))
  const files = unzip(zip)
  assert.deepEqual(
    rowsIn(files, 'people').map(({ name, email }) => [name, email]),
    [['Bob Neighbour', 'bob@example.org']],
  )
  assert.equal(rowsIn(files, 'looks')[0]?.['sealedNote'], 'rang about <a bill>')
  assert.match(String(rowsIn(files, 'sessions')[0]?.['startedAt']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.equal('tokenHash' in (rowsIn(files, 'sessions')[0] ?? {}), false)
  assert.match(files.get('index.html') ?? '', /rang about &lt;a bill&gt;/)
  assert.match(files.get('data-map.json') ?? '', /What they noted about the reason/)
  assert.match(files.get('received.json') ?? '', /Our e-mail server/)
  assert.deepEqual(await kept(), [{ copies: 0, parts: 0 }])
})

test('a large copy is made by a job, shows how far it is, waits for its person alone, and goes', async () => {
  const vera = await veteran('Vera Veteran', 20_000)
  assert.equal((await vera.post('/account/privacy/copy')).headers.get('location'), '/account/privacy#copy')
  assert.match(await vera.read('/account/privacy'), /0 of about 20,00\d rows so far/)
  assert.equal((await vera.get('/account/privacy/copy.zip')).status, 404)
  await vera.post('/account/privacy/copy')
  assert.deepEqual(await kept(), [{ copies: 1, parts: 0 }], 'asking twice is asking once')
  await house.settle()
  assert.match(await vera.read('/account/privacy'), /Download your copy/)
  const answer = await vera.get('/account/privacy/copy.zip')
  const zip = await bytesOf(answer)
  assert.equal(answer.headers.get('content-length'), String(zip.length))
  const files = unzip(zip)
  assert.equal(new Set(rowsIn(files, 'corrections').map(({ id }) => id)).size, 20_000)
  assert.equal(rowsIn(files, 'people')[0]?.['name'], 'Vera Veteran')
  assert.match(files.get('index.html') ?? '', /The first 1000 are shown here; data\/corrections.json has all/)
  assert.equal((await bob.get('/account/privacy/copy.zip')).status, 404)
  assert.equal((await house.browser().get('/account/privacy/copy.zip')).status, 303)
  const open = "select from copy_parts where position('PK'::bytea in sealed_bytes) = 1"
  assert.deepEqual(await house.query(open), [], 'the pieces are sealed')
})

test('after a quarter of an hour the download asks for a proof, and after a day it is gone', async () => {
  const vera = house.browser()
  await vera.post('/sign-in', { email: 'vera.veteran@example.org' })
  const code = /^\s*(\d{6})\s*$/m.exec((await house.inbox('vera.veteran@example.org'))[0]?.text ?? '')?.[1] ?? ''
  await vera.post('/sign-in/code', { code })
  assert.equal((await vera.get('/account/privacy/copy.zip')).status, 200)
  setAhead(HOUR / 3)
  assert.match((await vera.get('/account/privacy/copy.zip')).headers.get('location') ?? '', /^\/account\/proof/)
  setAhead(DAY + HOUR)
  assert.match(await vera.read('/account/privacy'), /Take a copy/)
  await sweep(house.house.db, register)
  setAhead(0)
  assert.deepEqual(await kept(), [{ copies: 0, parts: 0 }])
})

test('a copy in the making does not outlive its person', async () => {
  const walter = await veteran('Walter', 60_000)
  await walter.post('/account/privacy/copy')
  const [{ id }] = (await house.query<{ id: Id }>('select id from copies')) as [{ id: Id }]
  const making = makeCopy(house.house, id)
  while ((await kept())[0]?.parts === 0) await sleep(2)
  assert(await erase(house.house, await idOf('walter@example.org')))
  await making
  assert.deepEqual(await kept(), [{ copies: 0, parts: 0 }])
  await house.settle()
  assert.deepEqual(await kept(), [{ copies: 0, parts: 0 }])
})

test('two workers at one copy make one, whole', async () => {
  const xenia = await veteran('Xenia', 60_000)
  await xenia.post('/account/privacy/copy')
  const [{ id }] = (await house.query<{ id: Id }>('select id from copies')) as [{ id: Id }]
  const first = makeCopy(house.house, id)
  while ((await kept())[0]?.parts === 0) await sleep(2)
  await Promise.all([first, makeCopy(house.house, id)])
  assert.equal(rowsIn(unzip(await bytesOf(await xenia.get('/account/privacy/copy.zip'))), 'corrections').length, 60_000)
})

test('whoever stops reading leaves the connection as it was', async () => {
  const id = await idOf('xenia@example.org')
  for (let i = 0; i < 8; i++) {
    await takeCopy(house.house, id, async ({ bytes }) => {
      for await (const piece of bytes) if (piece.length > 0) break
    })
    await assert.rejects(
      takeCopy(house.house, id, () => Promise.reject(new Error('the reader fell'))),
      /the reader fell/,
    )
  }
  assert.match(await bob.read('/account/privacy'), /Bob Neighbour/)
})

test('a fault while reading breaks the copy off, and nothing half is handed out', async () => {
  await house.query("update looks set sealed_note = '\\x00'")
  assert.equal((await bob.post('/account/privacy/copy')).status, 500)
})
