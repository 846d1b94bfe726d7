/** The links of requests: two requests for one token, a thousand guesses at once, a stolen link used twice: one success at the most. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { linkIn, openTestHouse, type Written } from '../../test/harness.ts'
import { rowsIn, unzip } from '../../test/unzip.ts'

const house = await openTestHouse()
const [person, thief] = [house.browser(), house.browser()]
thief.headers = { ...thief.headers, 'user-agent': 'Thief/1.0' }
for (const [name, email] of [
  ['Ada Asker', 'ada@example.org'],
  ['Bob Sharer', 'bob@example.org'],
  ['Eve Erased', 'eve@example.org'],
] as const)
  await house.person(name, email)

beforeEach(() => house.query('delete from throttles'))

const ask = (kind: string, email: string) => person.post('/privacy/requests/new', { kind, email, words: 'Please' })
const newest = async (email: string): Promise<Written> => (await house.inbox(email))[0] ?? assert.fail(`no letter to ${email}`)
const statusIn = ({ text }: Written): string => /https?:\/\/\S+(\/privacy\/requests\/[\w-]{40,})\s/.exec(text)?.[1] ?? assert.fail(text)
const done = ({ status }: Response): boolean => status < 400
const twelve = (path: string, form: Record<string, string> = {}): Promise<Response[]> =>
  Promise.all(Array.from({ length: 12 }, (_, at) => (at % 2 ? thief : person).post(path, form)))
const rows = () => house.query('select * from requests order by id')
const happened = async (what: string): Promise<number> => (await house.query('select from request_steps where what = $1', [what])).length

/** Asks, and gives the link by which it is confirmed. */
async function asked(kind: string, email: string): Promise<string> {
  await ask(kind, email)
  return linkIn(await newest(email))
}

/** Asks for a copy, confirms it, and gives the link by which the copy is fetched. */
async function copyReady(email: string): Promise<string> {
  assert(done(await person.post(await asked('access', email))))
  await house.settle()
  return linkIn(await newest(email))
}

test('a button pressed by twelve at once confirms once, and one copy is made', async () => {
  const answers = await twelve(await asked('access', 'ada@example.org'))
  assert.equal(answers.filter(done).length, 1)
  assert(answers.every((answer) => done(answer) || answer.status === 410))
  await house.settle()
  assert.deepEqual([await happened('proven'), await happened('ready')], [1, 1])
})

test('a link to a copy gives it to one of twelve, and to nobody afterwards', async () => {
  const link = await copyReady('ada@example.org')
  const answers = await twelve(link)
  const [given, ...more] = answers.filter(done)
  assert(given && more.length === 0)
  assert.match(JSON.stringify(rowsIn(unzip(Buffer.from(await given.arrayBuffer())), 'people')), /Ada Asker/)
  assert.equal((await thief.post(link)).status, 410)
  assert.equal(await happened('fetched'), 1)
})

test('an erasure confirmed by twelve at once is one erasure, with one receipt', async () => {
  const answers = await twelve(await asked('erasure', 'eve@example.org'), { sure: 'yes' })
  assert.equal(answers.filter(done).length, 1)
  await house.settle()
  assert.equal((await house.query('select from receipts')).length, 1)
  assert.deepEqual((await house.inbox('eve@example.org')).filter(({ subject }) => subject.includes('is erased')).length, 1)
})

test('taking back and asking for another link, by twelve at once, are each one act', async () => {
  await ask('restriction', 'bob@example.org')
  await twelve(`${statusIn(await newest('bob@example.org'))}/withdraw`)
  assert.equal(await happened('withdrawn'), 1)
  await copyReady('bob@example.org')
  const before = await happened('ready')
  await twelve(`${statusIn(await newest('bob@example.org'))}/copy`)
  await house.settle()
  assert.equal(
    await house.query("select from requests where copy_hash is not null and email = 'bob@example.org'").then(({ length }) => length),
    1,
  )
  assert((await happened('ready')) > before)
})

/** The word of a link with one sign changed, another one each time. */
function nearly(link: string, at: number): string {
  const word = link.split('/').at(-1) ?? ''
  const place = at % word.length
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = signs[(signs.indexOf(word[place] ?? '') + 1 + (at % 61)) % 64] ?? 'A'
  return link.slice(0, link.length - word.length) + word.slice(0, place) + other + word.slice(place + 1)
}

test('a thousand guesses at once find nothing and change nothing, and the link itself is good once, amid them', async () => {
  const [proof, copy] = [await asked('objection', 'ada@example.org'), await copyReady('bob@example.org')]
  const status = statusIn(await newest('bob@example.org'))
  const before = await rows()
  await house.query('delete from throttles')
  const guesses = await Promise.all(
    Array.from({ length: 1_000 }, (_, at) =>
      thief.post(nearly([proof, copy, `${status}/copy`][at % 3] ?? '', at).replace('/copy/copy', '/copy')),
    ),
  )
  assert.deepEqual(guesses.filter(done), [])
  // Whoever had no turn in time was told to come again: they found nothing either.
  assert.deepEqual(
    [...new Set(guesses.map(({ status: number }) => number))].filter((number) => ![404, 410, 429, 503].includes(number)),
    [],
  )
  assert.deepEqual(await rows(), before)
  await house.query('delete from throttles')
  const amid = await Promise.all(
    Array.from({ length: 60 }, (_, at) => (at % 20 === 7 ? person.post(proof) : thief.post(nearly(proof, at)))),
  )
  assert.equal(amid.filter(done).length, 1)
})

test('a stolen link used twice: the second finds nothing, whoever was first; another goes to the address alone', async () => {
  const used = await copyReady('ada@example.org')
  assert(done(await person.post(used)))
  const late = await thief.post(used)
  assert.equal(late.status, 410)
  assert.doesNotMatch(await late.text(), /Ada|ada@/)
  const stolen = await copyReady('ada@example.org')
  assert(done(await thief.post(stolen)))
  assert.equal((await person.post(stolen)).status, 410, 'and so she sees that somebody had it')
  const status = statusIn(await newest('ada@example.org'))
  assert.match(await person.read(status), /The copy was fetched/)
  const had = (await house.inbox('ada@example.org')).length
  await thief.post(`${status}/copy`, { email: 'thief@example.net' })
  await house.settle()
  assert.deepEqual([(await house.inbox('ada@example.org')).length, (await house.inbox('thief@example.net')).length], [had + 1, 0])
  assert.equal((await thief.post(stolen)).status, 410)
})

test('a link is good for its own door alone', async () => {
  const [proof, copy] = [await asked('access', 'ada@example.org'), await copyReady('bob@example.org')]
  const word = (link: string): string => link.split('/').at(-1) ?? ''
  const before = await rows()
  for (const path of [
    `/privacy/requests/copy/${word(proof)}`,
    `/privacy/requests/confirm/${word(copy)}`,
    `/privacy/requests/${word(proof)}/copy`,
  ])
    assert([404, 410].includes((await thief.post(path)).status), path)
  assert.deepEqual(await rows(), before)
})

test('where no turn comes in time, the answer is to come again; the link is as good as before', async () => {
  const proof = await asked('access', 'bob@example.org')
  let free = (): void => undefined
  const freed = new Promise<void>((resolve) => (free = resolve))
  const held = Array.from({ length: 4 }, () => house.house.db.as('rights', () => freed))
  const pressed = await press(person, proof)
  free()
  await Promise.all(held)
  assert.deepEqual([pressed.status, pressed.headers.get('retry-after')], [503, '60'])
  assert.match(await pressed.text(), /nothing was done/)
  assert(done(await person.post(proof)))
})

const press = (browser: Browser, link: string): Promise<Response> => browser.post(link)
