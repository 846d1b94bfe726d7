import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { openApp } from '../app.ts'
import { DAY, HOUR, MINUTE, setAhead } from '../clock.ts'
import { connect } from '../database/connection.ts'
import { sweep } from '../database/sweep.ts'
import { register } from '../register.ts'
import { Browser } from '../../test/browser.ts'
import { codeIn, linkIn, openTestHouse, PREFIX, rootOf, socket, superuser } from '../../test/harness.ts'

const house = await openTestHouse()
afterEach(() => setAhead(0))

const sessionsOf = async (email: string) =>
  (await house.query('select s.* from sessions s join people p on p.id = s.person_id where p.email = $1', [email])).length

test('somebody registers with a name and an address, and is inside', async () => {
  const ada = await house.person('Ada Lovelace')
  const page = await ada.read('/account')
  assert.match(page, /Ada Lovelace/)
})

test('a link opens, a button acts', async () => {
  const bob = house.browser()
  await bob.post('/sign-up', { name: 'Bob', email: 'bob@example.org' })
  const link = linkIn((await house.inbox('bob@example.org'))[0])
  assert.match(await bob.read(link), /bob@example\.org/)
  assert.equal((await house.query('select from people where email = $1', ['bob@example.org'])).length, 0)
  assert.equal((await bob.post(link)).status, 303)
  assert.match(await bob.read('/account'), /Bob/)
  assert.equal((await bob.get(link)).status, 410)
  assert.equal((await bob.post(link)).status, 410)
})

test('a code works once, in the browser that asked for it', async () => {
  const [carol, mallory] = [house.browser(), house.browser()]
  await carol.post('/sign-up', { name: 'Carol', email: 'carol@example.org' })
  const code = codeIn((await house.inbox('carol@example.org'))[0])
  assert.equal((await mallory.post('/sign-in/code', { code })).status, 400)
  assert.equal((await carol.post('/sign-in/code', { code })).status, 303)
  assert.equal((await carol.post('/sign-in/code', { code })).status, 400)
})

test('a code and a link are good for ten minutes', async () => {
  const late = house.browser()
  await late.post('/sign-up', { name: 'Late', email: 'late@example.org' })
  const [letter] = await house.inbox('late@example.org')
  setAhead(10 * MINUTE + 1)
  assert.equal((await late.post('/sign-in/code', { code: codeIn(letter) })).status, 400)
  assert.equal((await late.post(linkIn(letter))).status, 410)
  await sweep(house.house.db, register)
  assert.equal((await house.query('select from attempts where email = $1', ['late@example.org'])).length, 0)
})

test('registering twice, signing in as a stranger and asking for a password look the same as for those who are known', async () => {
  await house.person('Dora', 'dora@example.org')
  const seen = async (path: string, email: string) => {
    const browser = house.browser()
    const answer = await browser.post(path, { name: 'Anybody', email })
    const next = answer.headers.get('location')
    const page = next ? await browser.read(next) : await answer.text()
    return [answer.status, next, [...browser.cookies.keys()], page.replaceAll(email, '')]
  }
  for (const path of ['/sign-up', '/sign-in', '/password/reset'])
    assert.deepEqual(await seen(path, 'dora@example.org'), await seen(path, `nobody${path.length}@example.org`))
  assert.match((await house.inbox('nobody8@example.org'))[0]?.text ?? '', /no account/)
  assert.equal((await house.query('select from people where name = $1', ['Anybody'])).length, 0)
})

test('who registers twice stays one person under the first name', async () => {
  await house.person('Emma', 'emma@example.org')
  const again = await house.person('Somebody Else', 'emma@example.org')
  assert.match(await again.read('/account'), /Emma/)
  assert.equal((await house.query('select from people where email = $1', ['emma@example.org'])).length, 1)
})

test('two who register with the same address at the same time become one person', async () => {
  const pair = [house.browser(), house.browser()]
  const codes: string[] = []
  for (const browser of pair) {
    await browser.post('/sign-up', { name: 'Twin', email: 'twin@example.org' })
    codes.push(codeIn((await house.inbox('twin@example.org'))[0]))
  }
  const answers = await Promise.all(pair.map((browser, at) => browser.post('/sign-in/code', { code: codes[at] ?? '' })))
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [303, 303],
  )
  assert.equal((await house.query('select from people where email = $1', ['twin@example.org'])).length, 1)
})

test('a session slides for 30 days, at most 180, and is noted once an hour', async () => {
  const fay = await house.person('Fay')
  setAhead(29 * DAY)
  const prolonged = await fay.get('/account')
  assert.equal(prolonged.status, 200)
  assert.match(prolonged.headers.get('set-cookie') ?? '', /session=.*Max-Age=(2592000|2591999)/)
  assert.equal((await fay.get('/account')).headers.get('set-cookie'), null)
  setAhead(58 * DAY)
  assert.equal((await fay.get('/account')).status, 200)
  setAhead(88 * DAY + HOUR)
  assert.equal((await fay.get('/account')).status, 303)
  assert.equal((await fay.get('/account')).headers.get('location'), '/sign-in?then=%2Faccount')
})

test('a session ends after 180 days, however often it was used', async () => {
  const gus = await house.person('Gus')
  for (let day = 20; day < 180; day += 20) {
    setAhead(day * DAY)
    assert.equal((await gus.get('/account')).status, 200, `day ${day}`)
  }
  setAhead(180 * DAY + HOUR)
  assert.equal((await gus.get('/account')).status, 303)
})

test('the session of a member of staff ends after 12 hours, used or not, and is noted to the hour', async () => {
  const owner = await house.member('owner')
  setAhead(11 * HOUR)
  const page = await owner.get('/account')
  assert.equal(page.status, 200)
  const [seen] = await house.query<{ late: boolean }>("select bool_or(seen_at > started_at + interval '9 hours') as late from sessions")
  assert.equal(seen?.late, true)
  setAhead(12 * HOUR + 1000)
  assert.equal((await owner.get('/account')).status, 303)
})

test('signing out ends the session on the server, not only in the browser', async () => {
  const hal = await house.person('Hal')
  const thief = house.browser()
  for (const [name, value] of hal.cookies) thief.cookies.set(name, value)
  assert.equal((await thief.get('/account')).status, 200)
  assert.equal((await hal.post('/sign-out')).status, 303)
  assert.equal(hal.cookies.has('session'), false)
  assert.equal((await thief.get('/account')).status, 303)
})

test('signing in anew ends the session that the browser had', async () => {
  const ida = await house.person('Ida', 'ida@example.org')
  const before = ida.cookies.get('session') ?? ''
  await ida.post('/sign-in', { email: 'ida@example.org' })
  await ida.post('/sign-in/code', { code: codeIn((await house.inbox('ida@example.org'))[0]) })
  assert.notEqual(ida.cookies.get('session'), before)
  assert.equal(await sessionsOf('ida@example.org'), 1)
})

test('a session survives a restart', async () => {
  const jan = await house.person('Jan')
  const eyes = await superuser(house.database)
  const db = connect({ place: { host: socket(), database: house.database }, prefix: PREFIX, root: await rootOf(eyes) })
  await eyes.end()
  const after = new Browser(openApp({ ...house.house, db }), house.house.config.origin)
  for (const [name, value] of jan.cookies) after.cookies.set(name, value)
  assert.match(await after.read('/account'), /Jan/)
  await db.close()
})

test('nothing in the database signs anybody in', async () => {
  const kay = await house.person('Kay')
  const [row] = await house.query<{ token_hash: string }>('select token_hash from sessions order by started_at desc limit 1')
  const mallory = house.browser()
  mallory.cookies.set('session', row?.token_hash ?? '')
  assert.equal((await mallory.get('/account')).status, 303)
  assert.deepEqual(await house.traces(kay.cookies.get('session') ?? 'none'), [])
})

test('where one goes after signing in is always on this site', async () => {
  await house.person('Lea', 'lea@example.org')
  const wrong = [
    '//evil.example',
    'https://evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/%0d%0aSet-Cookie:a=b',
  ]
  for (const then of [...wrong, '/account/../..//evil.example?x=//y', '/a\n/b', '', 'account', '/\t/evil.example']) {
    await house.query('delete from throttles')
    const browser = house.browser()
    await browser.post('/sign-in', { email: 'lea@example.org', then })
    const answer = await browser.post('/sign-in/code', { code: codeIn((await house.inbox('lea@example.org'))[0]), then })
    assert.equal(answer.headers.get('location'), '/account', JSON.stringify(then))
  }
  await house.query('delete from throttles')
  const browser = house.browser()
  await browser.post('/sign-in', { email: 'lea@example.org', then: '/account/privacy' })
  const answer = await browser.post('/sign-in/code', { code: codeIn((await house.inbox('lea@example.org'))[0]), then: '/account/privacy' })
  assert.equal(answer.headers.get('location'), '/account/privacy')
})

test('nobody gets in without a session: pages lead to the door, forms are refused', async () => {
  const nobody = house.browser()
  for (const path of [
    '/account',
    '/account/address',
    '/account/proof',
    '/account/proof/code',
    '/account/security',
    '/account/security/password',
    '/account/security/passkeys',
    '/account/security/second-factor',
  ])
    assert.equal((await nobody.get(path)).headers.get('location'), `/sign-in?then=${encodeURIComponent(path)}`)
  const forms = [
    'name',
    'address',
    'proof/password',
    'proof/letter',
    'proof/code',
    'proof/passkey',
    'proof/passkey/options',
    'security/password',
    'security/password/remove',
  ]
  const more = [
    'sessions/end-others',
    'passkeys',
    'passkeys/options',
    'second-factor',
    'second-factor/confirm',
    'second-factor/remove',
    'recovery-codes',
  ]
  for (const path of [...forms, ...more.map((path) => `security/${path}`)])
    assert.equal((await nobody.post(`/account/${path}`)).status, 401, path)
})
