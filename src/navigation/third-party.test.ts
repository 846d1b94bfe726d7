import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { type Listening, listen } from '../../test/endpoint.ts'
import { codeIn, openTestHouse } from '../../test/harness.ts'
import { DAY, HOUR, MINUTE, setAhead } from '../clock.ts'
import { sweep } from '../database/sweep.ts'
import { asId } from '../log.ts'
import { register } from '../register.ts'
import { erase } from '../rights/erasure.ts'
import { handlers } from '../worker.ts'

const posthog = await listen()
const plausible = await listen()
const matomo = await listen()
const google = await listen()
const umami = await listen()
const all = [posthog, plausible, matomo, google, umami]

const at = ({ url }: Listening, key: string): string => url.replace('http://', `http://${key}@`).replace('/hooks', '')
const house = await openTestHouse({
  POSTHOG: at(posthog, 'phc_Key'),
  PLAUSIBLE: at(plausible, 'example.com'),
  MATOMO: at(matomo, '1'),
  GOOGLE_ANALYTICS: at(google, 'G-ABC:secret'),
  UMAMI: at(umami, 'b59e9c65-ae32-47f1-8400-119fcf4861c4'),
})

const settled = async () => {
  await house.settle()
  await handlers(house.house)['navigation.hand-over']({})
}
const waiting = async () => (await house.query<{ n: number }>('select count(*)::int as n from outgoing_actions'))[0]?.n
const heard = (): number[] => all.map((service) => service.heard.length)
const forget = (): void => all.forEach((service) => service.heard.splice(0))
const accept = (browser: Browser, then = '/help') => browser.post('/privacy/choices', { answer: 'yes', then })
const NOBODY = [0, 0, 0, 0, 0]

test('everybody is asked, and nothing goes before they answer', async () => {
  const visitor = house.browser()
  const page = await visitor.read('/help')
  assert.match(page, /<section class="asking" aria-label="Your choice about analytics services">/)
  assert.match(page, /May we tell PostHog, Plausible, Matomo, Google Analytics, and Umami which pages you read here\?/)
  // Two buttons of one kind; no is as near as yes.
  const buttons = [...page.matchAll(/<button type="submit" name="answer" value="(no|yes)"([^>]*)>/g)].map(([, value, more]) => [
    value,
    more,
  ])
  assert.deepEqual(buttons, [
    ['no', ''],
    ['yes', ''],
  ])
  await visitor.get('/services')
  await settled()
  assert.deepEqual(heard(), NOBODY)
  assert.equal(await waiting(), 0)
})

test('after a yes each service is told of pages and acts, without address, agent or query', async () => {
  const visitor = house.browser()
  visitor.headers['accept-language'] = 'de-DE'
  await visitor.get('/services')
  const answer = await accept(visitor)
  assert.equal(answer.status, 303)
  assert.equal(answer.headers.get('location'), '/help')
  assert.doesNotMatch(await visitor.read('/help?utm_source=letter&email=ada%40example.org&token=abc'), /class="asking"/)
  await visitor.json('/n', [{ k: 'a', u: 'http://localhost:3000/help', n: 'Played', d: { level: 3 } }])
  await visitor.json('/n', [{ k: 't', u: 'http://localhost:3000/help', s: 3 }])
  await settled()
  assert.deepEqual(heard(), [1, 2, 1, 2, 2])
  const batch = JSON.parse(posthog.heard[0]?.text ?? '') as { batch: { event: string; properties: Record<string, unknown> }[] }
  assert.deepEqual(batch.batch.map(({ event }) => event).sort(), ['$pageview', 'Played'])
  const [one, two] = batch.batch.map(({ properties }) => properties['distinct_id'])
  assert.equal(one, two)
  assert.match(String(one), /^[0-9a-f]{16}$/)
  // No service can be laid beside another by the visitor's number.
  assert(!umami.heard.some(({ text }) => text.includes(String(one))))
  for (const { path, text, headers } of all.flatMap((service) => service.heard)) {
    const whole = `${path} ${text} ${JSON.stringify(headers)}`
    assert.doesNotMatch(whole, /token|email=|ada%40|127\.0\.0\.1"|Gecko|Linux|level/)
    assert.match(whole, /localhost/)
  }
  assert.equal(await waiting(), 0)
  forget()
})

test('the proof says what was shown and chosen, and knows no address; the cookie holds its number', async () => {
  const visitor = house.browser()
  await visitor.post('/privacy/choices', { answer: 'no', then: '/help' })
  const cookie = visitor.cookies.get('answers') ?? ''
  assert.match(cookie, /^[0-9a-f]{32}(-n[0-9a-f]{8}){5}$/)
  const number = cookie.slice(0, 32)
  const [row] = await house.query(
    `select c.person_id, c.agreed, c.refused, c.ended_at, w.words from consents c join consent_words w using (version) where replace(id::text, '-', '') = $1`,
    [number],
  )
  assert.deepEqual(
    { ...row, words: '' },
    {
      person_id: null,
      agreed: [],
      refused: ['posthog', 'plausible', 'matomo', 'google', 'umami'],
      ended_at: null,
      words: '',
    },
  )
  assert.match(String(row?.['words']), /PostHog \(127\.0\.0\.1:\d+\)\. .*It gets: the address of the page with the words of a campaign, /)
  assert.doesNotMatch(await visitor.read('/'), /class="asking"/)
  await visitor.get('/services')
  await settled()
  assert.deepEqual(heard(), NOBODY)
})

test('each has a switch of its own', async () => {
  const visitor = house.browser()
  const page = await visitor.read('/privacy')
  assert.match(page, /<section id="choices">/)
  assert.match(page, /Allow PostHog/)
  const answer = await visitor.post('/privacy/choices', { service: 'matomo', answer: 'yes' })
  assert.equal(answer.headers.get('location'), '/privacy#choices')
  const after = await visitor.read('/privacy')
  assert.match(after, /End it for Matomo/)
  assert.match(after, /Allow PostHog/)
  await visitor.get('/help')
  await settled()
  assert.deepEqual(
    heard().map((n) => n > 0),
    [false, false, true, false, false],
  )
  await visitor.post('/privacy/choices', { service: 'matomo', answer: 'no' })
  forget()
  await visitor.get('/help')
  await settled()
  assert.deepEqual(heard(), NOBODY)
  for (const wrong of [{ service: 'nobody', answer: 'yes' }, { service: 'matomo' }, {}] as Record<string, string>[])
    assert.equal((await visitor.post('/privacy/choices', wrong)).status, 422)
  for (const then of ['//evil.example', 'https://evil.example', '/\\evil', '/help?x=1'])
    assert.equal((await visitor.post('/privacy/choices', { answer: 'no', then })).headers.get('location'), '/privacy#choices')
})

test('whoever asks not to be followed is not asked, and has refused, even with a yes in the cookie', async () => {
  for (const signal of [{ 'sec-gpc': '1' }, { dnt: '1' }] as Record<string, string>[]) {
    const visitor = house.browser()
    await accept(visitor)
    const page = await (await visitor.get('/privacy', signal)).text()
    assert.doesNotMatch(page, /class="asking"|Allow PostHog/)
    assert.match(page, /We take that as a refusal/)
    assert.doesNotMatch(await (await house.browser().get('/', signal)).text(), /class="asking"/)
    await visitor.get('/help', signal)
    await settled()
    assert.deepEqual(heard(), NOBODY)
    const stubborn = house.browser()
    await stubborn.post('/privacy/choices', { answer: 'yes' }, signal)
    assert.match(stubborn.cookies.get('answers') ?? '', /-n/)
    assert.doesNotMatch(stubborn.cookies.get('answers') ?? '', /-y/)
  }
  const uncounted = house.browser()
  await accept(uncounted)
  await uncounted.post('/privacy/counting', { answer: 'no' })
  await uncounted.get('/help')
  await settled()
  assert.deepEqual(heard(), NOBODY)
  assert.doesNotMatch(await uncounted.read('/'), /class="asking"/)
})

test('ending it stops what waits, and an old cookie opens nothing', async () => {
  const visitor = house.browser()
  await accept(visitor)
  const old = visitor.cookies.get('answers') ?? ''
  await visitor.get('/help')
  await house.settle()
  assert.equal(await waiting(), 5)
  await visitor.post('/privacy/choices', { answer: 'no' })
  assert.equal(await waiting(), 0)
  visitor.cookies.set('answers', old)
  await visitor.get('/help')
  // Nor does one that nobody was ever given.
  const forged = house.browser()
  forged.cookies.set('answers', old.replace(/^.{32}/, 'f'.repeat(32)))
  await forged.get('/help')
  await settled()
  assert.deepEqual(heard(), NOBODY)
})

test('what waits is sealed, and its moment is a full hour', async () => {
  const visitor = house.browser()
  await accept(visitor)
  await visitor.get('/services/log-search')
  await house.settle()
  const rows = await house.query<{ sealed: Buffer; due_at: Date; id: string }>('select id, sealed, due_at from outgoing_actions')
  assert.equal(rows.length, 5)
  for (const { sealed, due_at, id } of rows) {
    assert(!sealed.includes('log-search') && !sealed.includes('Firefox'))
    assert.equal(due_at.getTime() % HOUR, 0)
    // A number that tells its moment would be version 7.
    assert.equal(id[14], '4')
  }
  await settled()
  forget()
})

test('one’s own pages and pages with tokens go nowhere', async () => {
  const ada = await house.person('Ada Tells', 'ada-tells@example.org')
  await accept(ada, '/account')
  for (const path of ['/account', '/account/privacy', '/sign-in', '/privacy/requests/new']) await ada.get(path)
  await ada.json('/n', [{ k: 'a', u: 'http://localhost:3000/account', n: 'x' }])
  await settled()
  assert.deepEqual(heard(), NOBODY)
  await ada.get('/help')
  await settled()
  assert.equal(posthog.heard.length, 1)
  forget()
})

test('a refused connection and a fault are tried again, with growing pauses, and given up in the end', async () => {
  const visitor = house.browser()
  await accept(visitor)
  await visitor.get('/help')
  for (const service of all) service.answer = 503
  posthog.answer = (response) => void response.destroy()
  await settled()
  assert.deepEqual(heard(), [1, 1, 1, 1, 1])
  // More comes in, and waits with what failed.
  await visitor.get('/services')
  await settled()
  assert.deepEqual(heard(), [1, 1, 1, 1, 1])
  setAhead(2 * MINUTE)
  await settled()
  const tries = (
    await house.query<{ tries: number }>(`select distinct tries from outgoing_actions where service = 'google' order by 1`)
  ).map((row) => row.tries)
  assert.deepEqual(tries, [1, 2])
  const again = heard()
  setAhead(4 * MINUTE)
  await settled()
  assert.deepEqual(heard(), again)
  for (const service of all) service.answer = 202
  setAhead(10 * MINUTE)
  await settled()
  assert.equal(await waiting(), 0)
  const uuids = posthog.heard.flatMap(({ text }) => (JSON.parse(text) as { batch: { uuid: string }[] }).batch.map(({ uuid }) => uuid))
  assert.equal(new Set(uuids).size, 2)
  assert(uuids.length > 2)
  forget()
  for (const service of all) service.answer = 503
  await visitor.get('/help')
  await settled()
  setAhead(DAY)
  for (const service of all) service.answer = 202
  forget()
  await settled()
  assert.deepEqual(heard(), NOBODY)
  await sweep(house.house.db, register)
  assert.equal(await waiting(), 0)
  setAhead(0)
})

test('what a service does not understand is not sent twice', async () => {
  const visitor = house.browser()
  await accept(visitor)
  for (const service of all) service.answer = 400
  await visitor.get('/help')
  await settled()
  assert.equal(await waiting(), 0)
  for (const service of all) service.answer = 202
  forget()
})

test('the answer of somebody signed in holds on their devices, is theirs to see, and goes with them', async () => {
  const bob = await house.person('Bob Tells', 'bob-tells@example.org')
  await accept(bob, '/account')
  const device = house.browser()
  await device.post('/sign-in', { email: 'bob-tells@example.org' })
  await device.post('/sign-in/code', { code: codeIn((await house.inbox('bob-tells@example.org'))[0]) })
  await device.get('/account')
  assert.equal(device.cookies.get('answers'), bob.cookies.get('answers'))
  const page = await bob.read('/account/privacy')
  assert.match(page, /What you answered when you were asked about analytics services of others/)
  assert.match(page, /posthog/)
  const mallory = await house.person('Mallory Tells', 'mallory-tells@example.org')
  assert.doesNotMatch(await mallory.read('/account/privacy'), /What you answered when you were asked/)
  // What Bob answered is his own: after he has gone, it lets nobody's visit go from this browser.
  await device.post('/sign-out')
  await device.get('/help')
  await settled()
  assert.deepEqual(heard(), NOBODY)
  await bob.get('/help')
  await house.settle()
  assert.equal(await waiting(), 5)
  // Ended on one device, it is ended on all.
  await mallory.post('/privacy/choices', { answer: 'no' })
  assert.equal(await waiting(), 5)
  await bob.post('/privacy/choices', { answer: 'no' })
  assert.equal(await waiting(), 0)
  await accept(bob)
  await bob.get('/help')
  await house.settle()
  const id =
    asId((await house.query<{ id: string }>(`select id from people where email = 'bob-tells@example.org'`))[0]?.id) ?? assert.fail()
  assert(await erase(house.house, id))
  assert.equal(await waiting(), 0)
  assert.deepEqual(await house.query('select * from consents where person_id = $1', [id]), [])
  await settled()
  assert.deepEqual(heard(), NOBODY)
})

test('while data about somebody is only stored, nothing of theirs goes', async () => {
  const eve = await house.person('Eve Tells', 'eve-tells@example.org')
  await accept(eve)
  await eve.get('/help')
  await house.settle()
  assert.equal(await waiting(), 5)
  await house.query(`insert into restrictions (person_id, since_at) select id, now() from people where email = 'eve-tells@example.org'`)
  await eve.get('/services')
  await settled()
  assert.deepEqual(heard(), NOBODY)
  assert.equal(await waiting(), 5)
  await house.query('delete from outgoing_actions')
})

test('a no on one’s own device does not end what a stranger’s cookie names', async () => {
  const bob = await house.person('Carl Tells', 'carl-tells@example.org')
  await accept(bob)
  await bob.get('/help')
  await house.settle()
  const thief = house.browser()
  thief.cookies.set('answers', bob.cookies.get('answers') ?? '')
  await thief.post('/privacy/choices', { answer: 'no' })
  assert.equal(await waiting(), 5)
  await house.query('delete from outgoing_actions')
})

test('after 180 days a yes has had its time', async () => {
  const visitor = house.browser()
  const answer = await accept(visitor)
  assert.match(answer.headers.getSetCookie().join(), /answers=[\w-]+; Max-Age=15552000/)
  setAhead(181 * DAY)
  await visitor.get('/help')
  await settled()
  assert.deepEqual(heard(), NOBODY)
  setAhead(0)
})

test('the team sees counts alone, and those who receive data are listed with every field', async () => {
  const analyst = await house.member('analyst')
  const page = await analyst.read('/staff/navigation/consents')
  assert.match(page, /<th scope="row">PostHog<\/th>\s*<td class="number">\d+<\/td>\s*<td class="number">\d+<\/td>/)
  assert.doesNotMatch(page, /class="asking"|@example\.org/)
  const support = await house.member('support')
  assert.notEqual((await support.get('/staff/navigation/consents')).status, 200)
  assert.notEqual((await house.browser().get('/staff/navigation/consents')).status, 200)
  const list = await house.browser().read('/privacy/processors')
  for (const name of ['PostHog', 'Plausible', 'Matomo', 'Google Analytics', 'Umami']) assert.match(list, new RegExp(`<h2>${name}</h2>`))
  assert.match(list, /distinct_id, \$current_url/)
})

test('without a service nobody is asked, and none is listed', async () => {
  const plain = await openTestHouse()
  const visitor = plain.browser()
  assert.doesNotMatch(await visitor.read('/'), /class="asking"/)
  assert.doesNotMatch(await visitor.read('/privacy'), /id="choices"/)
  assert.doesNotMatch(await visitor.read('/privacy/processors'), /PostHog|Matomo/)
  assert.equal((await visitor.post('/privacy/choices', { answer: 'yes' })).status, 303)
  assert.equal(visitor.cookies.has('answers'), false)
  await plain.close()
})
