import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeIn, linkIn, openTestHouse, settings, type Written } from '../../test/harness.ts'
import { DAY, HOUR, setAhead } from '../clock.ts'
import { sweep } from '../database/sweep.ts'
import { asId, type Id } from '../log.ts'
import { readdress } from '../people/person.ts'
import { register } from '../register.ts'
import { erase, forgetGuests } from '../rights/erasure.ts'
import { suppress, suppressionOf } from '../mail/suppression.ts'
import { leavingAddress, unsubscribeToken } from './link.ts'

const house = await openTestHouse({ FORM_ORIGINS: 'https://blog.example.com' })
const { db } = house.house
const visitor = house.browser()

const subscribed = (email: string) =>
  house.query<{ id: Id; topic: string; wording: string; source: string; language: string | null; asked_at: Date; confirmed_at: Date }>(
    'select s.* from subscriptions s join people p on p.id = s.person_id where p.email = $1 order by topic',
    [email],
  )
const topicsOf = async (email: string) => (await subscribed(email)).map(({ topic }) => topic)
const newest = async (email: string): Promise<Written> => (await house.inbox(email))[0] ?? assert.fail(`no letter to ${email}`)
const ask = (email: string, more: Record<string, string> = {}) => visitor.post('/updates', { name: 'Nina Reader', email, ...more })

/** Subscribes through the front door, and returns the subscription's number. */
async function subscribe(email: string, topics = 'news', name = 'Nina Reader'): Promise<Id> {
  await house.query('delete from throttles')
  await visitor.post('/updates', { name, email, topics })
  assert.equal((await visitor.post(linkIn(await newest(email)))).status, 303)
  return (await subscribed(email)).find(({ topic }) => topics.includes(topic))?.id ?? assert.fail('not subscribed')
}

const leavingPath = async (subscriptionId: Id, topic = 'news') => `/updates/unsubscribe/${unsubscribeToken(db, { subscriptionId, topic })}`

test('until the button is pressed nobody is subscribed and nobody is known', async () => {
  const answer = await ask('ada@example.org', { topics: 'events' })
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/updates/asked'])
  assert.deepEqual(await house.traces('ada@example.org'), ['letters.to', 'pending.email'])
  const confirm = linkIn(await newest('ada@example.org'))
  assert.match(confirm, /^\/updates\/confirm\/[\w-]{43}$/)
  for (let i = 0; i < 3; i++) assert.match(await visitor.read(confirm), /Events/)
  assert.deepEqual(await topicsOf('ada@example.org'), [])
  assert.equal((await visitor.post(confirm)).headers.get('location'), '/updates/confirmed')
  assert.deepEqual(await topicsOf('ada@example.org'), ['events'])
  assert.equal((await visitor.post(confirm)).status, 410)
  assert.equal((await house.query('select from pending')).length, 0)
})

test('the proof of consent holds the words that were shown, and both moments', async () => {
  const page = linkIn(await (await ask('proof@example.org', { topics: 'partners', language: 'de' }), newest('proof@example.org')))
  const shown = await visitor.read(page)
  await visitor.post(page)
  const [proof] = await subscribed('proof@example.org')
  assert(proof && shown.includes(proof.wording) && /Partners/.test(proof.wording))
  assert.equal(proof.source, 'the page “Updates by e-mail”')
  assert.equal(proof.language, 'de')
  assert(proof.asked_at < proof.confirmed_at)
})

test('a name and an address suffice; more than one topic can be chosen', async () => {
  assert.equal((await ask('short@example.org')).status, 303)
  await visitor.post(linkIn(await newest('short@example.org')))
  assert.deepEqual(await topicsOf('short@example.org'), ['news'])
  await visitor.post('/updates', { name: 'Sev Eral', email: 'several@example.org', topics: ['news', 'events'] })
  await visitor.post(linkIn(await newest('several@example.org')))
  assert.deepEqual(await topicsOf('several@example.org'), ['events', 'news'])
})

test('what is wrong is said beside its field, and what was typed is kept', async () => {
  const answer = await visitor.post('/updates', { name: '', email: 'nonsense', topics: 'events' })
  assert.equal(answer.status, 422)
  const page = await answer.text()
  assert.match(page, /Please tell us your name/)
  assert.match(page, /value="nonsense"/)
  assert.match(page, /value="events" checked/)
  assert.equal((await ask('a@example.org', { topics: 'nothing-like-it' })).status, 422)
  assert.equal((await house.query('select from pending')).length, 0)
})

test('a request that nobody confirms is gone after 48 hours', async () => {
  await ask('late@example.org')
  const confirm = linkIn(await newest('late@example.org'))
  setAhead(47 * HOUR)
  await sweep(db, register)
  assert.equal((await visitor.get(confirm)).status, 200)
  setAhead(48 * HOUR + 1)
  assert.equal((await visitor.post(confirm)).status, 410)
  await sweep(db, register)
  assert.deepEqual(
    (await house.traces('late@example.org')).filter((place) => place !== 'letters.to'),
    [],
  )
  setAhead(0)
  assert.deepEqual(await topicsOf('late@example.org'), [])
})

test('for somebody known the page is the same, and the letter fits', async () => {
  await subscribe('known@example.org', 'news', 'Known Already')
  const again = await ask('known@example.org', { topics: 'news' })
  const stranger = await ask('stranger@example.org', { topics: 'news' })
  assert.deepEqual([...again.headers], [...stranger.headers])
  assert.equal(again.status, stranger.status)
  assert.match((await newest('known@example.org')).text, /You get all of them already/)
  await ask('known@example.org', { topics: 'news,events', name: 'Somebody Else' })
  const further = await newest('known@example.org')
  assert.match(further.text, /Hello Known Already/)
  assert.match(further.text, /Events/)
  await visitor.post(linkIn(further))
  assert.deepEqual(await topicsOf('known@example.org'), ['events', 'news'])
  assert.deepEqual(await house.query('select name from people where email = $1', ['known@example.org']), [{ name: 'Known Already' }])
})

test('a letter to an address that nobody confirmed does not repeat what was typed', async () => {
  await visitor.post('/updates', { name: 'Win a prize at evil.example', email: 'victim@example.org' })
  const { text, html, subject } = await newest('victim@example.org')
  for (const words of [text, html, subject]) assert.doesNotMatch(words, /prize/)
})

test('one address gets a few letters, and one network asks a few times', async () => {
  await house.query('delete from throttles')
  for (let i = 0; i < 4; i++) assert.equal((await ask('much@example.org')).status, 303)
  assert.equal((await ask('much@example.org')).status, 429)
  for (let i = 0; i < 26; i++) await ask(`many${i}@example.org`)
  assert.equal((await ask('many-more@example.org')).status, 429)
  await house.query('delete from throttles')
})

// ---- From other sites --------------------------------------------------------------------------

const fromSite = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' })

test('a listed site’s own form may ask for updates, and no other site’s may', async () => {
  const form = { name: 'Ben', email: 'ben@example.org' }
  assert.equal((await visitor.post('/updates', form, fromSite('https://blog.example.com'))).status, 303)
  await visitor.post(linkIn(await newest('ben@example.org')))
  assert.equal((await subscribed('ben@example.org'))[0]?.source, 'a form on https://blog.example.com')
  for (const origin of ['https://evil.example', 'https://blog.example.com.evil.example', 'http://blog.example.com', 'null'])
    assert.equal((await visitor.post('/updates', form, fromSite(origin))).status, 403, origin)
})

test('a site that is no origin stops the start', () => {
  for (const FORM_ORIGINS of ['blog.example.com', 'https://blog.example.com/path', 'https://a.example,*'])
    assert.throws(() => settings({ FORM_ORIGINS }), /FORM_ORIGINS lists/, FORM_ORIGINS)
})

test('the listed site may send nothing else, and no cookie is read where it may', async () => {
  const carla = await house.person('Carla Customer', 'carla@example.org')
  const cross = fromSite('https://blog.example.com')
  for (const path of ['/updates/preferences', '/account/updates', '/account/name', '/sign-out', '/updates/', '/sign-in'])
    assert.notEqual((await carla.post(path, { name: 'X', email: 'x@example.org' }, cross)).status, 303, path)
  const [withCookie, without] = [
    await carla.post('/updates', { name: 'X', email: 'nobody1@example.org' }, cross),
    await visitor.post('/updates', { name: 'X', email: 'nobody2@example.org' }, cross),
  ]
  assert.deepEqual([withCookie.status, withCookie.headers.get('location')], [without.status, without.headers.get('location')])
  assert.deepEqual(await topicsOf('carla@example.org'), [])
})

test('whoever confirms reads our letters: what came back stops us no more, and a complaint does only by their word', async () => {
  const stop = (email: string, why: 'soft' | 'complaint') =>
    house.house.db.as('operations', (tx) => suppress(tx, { email, why, evidence: 'report' }))
  const stops = (email: string) => house.house.db.as('updates', (tx) => suppressionOf(tx, email))
  for (const why of ['soft', 'complaint'] as const) await stop('back@example.org', why)
  await ask('back@example.org', { topics: 'news' })
  const page = linkIn(await newest('back@example.org'))
  assert.match(await visitor.read(page), /because a letter of ours was reported as unwanted.*that we may write to it again/s)
  await visitor.post(page)
  assert.deepEqual((await stops('back@example.org'))?.why, 'complaint')
  assert.deepEqual(await topicsOf('back@example.org'), ['news'])
  await ask('back@example.org', { topics: 'events' })
  const again = linkIn(await newest('back@example.org'))
  const said = /name="again" value="(\w+)"/.exec(await visitor.read(again))?.[1] ?? assert.fail()
  await visitor.post(again, { again: said })
  assert.equal(await stops('back@example.org'), undefined)
  await stop('soft@example.org', 'soft')
  await ask('soft@example.org', { topics: 'news' })
  const plain = linkIn(await newest('soft@example.org'))
  assert.doesNotMatch(await visitor.read(plain), /write to it again/)
  await visitor.post(plain)
  assert.equal(await stops('soft@example.org'), undefined)
})

// ---- Leaving -----------------------------------------------------------------------------------

test('one click ends one subscription, without a cookie and from anywhere', async () => {
  await subscribe('oneclick@example.org', 'news,events')
  const news = (await subscribed('oneclick@example.org'))[1] ?? assert.fail()
  const address = leavingAddress(house.house, { subscriptionId: news.id, topic: 'news' })
  const answer = await house
    .browser()
    .post(new URL(address).pathname, { 'List-Unsubscribe': 'One-Click' }, fromSite('https://mail.provider.example'))
  assert.equal(answer.status, 200)
  assert.deepEqual(await topicsOf('oneclick@example.org'), ['events'])
  const [left] = await house.query('select topic, door, wording from departures where id = $1', [news.id])
  assert.deepEqual(left, { topic: 'news', door: 'mail program', wording: news.wording })
})

test('a scanner that opens every link of every letter changes nothing', async () => {
  const id = await subscribe('scanned@example.org')
  await visitor.post('/updates/preferences', { email: 'scanned@example.org' })
  await ask('scanned@example.org', { topics: 'events' })
  await house.browser().post(await leavingPath(await subscribe('gone@example.org')))
  const letters = [...(await house.inbox('scanned@example.org')), ...(await house.inbox('gone@example.org'))]
  const paths = [await leavingPath(id), ...letters.map(linkIn)]
  const tables = ['subscriptions', 'departures', 'pending', 'preference_links', 'people', 'letters']
  const everything = () => Promise.all(tables.map((table) => house.query(`select t::text from ${table} t order by 1`)))
  const before = await everything()
  for (const path of paths) for (const answer of [await visitor.get(path), await visitor.get(path)]) assert(answer.status < 500, path)
  assert.deepEqual(await everything(), before)
})

test('a forwarded letter shows nothing about its subscriber, subscribed or not', async () => {
  const [id, other] = [await subscribe('forward@example.org', 'news', 'Forward Canary'), await subscribe('other@example.org')]
  const pages = async (of: Id) => (await visitor.read(await leavingPath(of))).replace(/unsubscribe\/[\w-]+/g, '')
  const hers = await pages(id)
  assert.doesNotMatch(hers, /canary|forward@/i)
  assert.equal(hers, await pages(other))
  const token = unsubscribeToken(db, { subscriptionId: id, topic: 'news' })
  assert.doesNotMatch(Buffer.from(token, 'base64url').toString('latin1'), /news/)
  assert(!Buffer.from(token, 'base64url').toString('hex').includes(id.replaceAll('-', '')))
  await visitor.post(await leavingPath(id))
  assert.equal(await pages(id), await pages(other))
  assert.equal((await visitor.post(await leavingPath(id))).headers.get('location'), '/updates/left')
})

test('leaving by link is told by letter, and can be undone for 30 days, by that letter alone', async () => {
  const id = await subscribe('undo@example.org', 'news', 'Una Undo')
  const [before] = await subscribed('undo@example.org')
  await visitor.post(await leavingPath(id))
  await visitor.post(await leavingPath(id))
  const letters = (await house.inbox('undo@example.org')).filter(({ kind }) => kind === 'leaving updates')
  assert.equal(letters.length, 1)
  assert.match(letters[0]?.text ?? '', /everything that we hold about you is deleted/)
  const back = linkIn(letters[0])
  assert.equal((await visitor.get(back)).status, 200)
  assert.deepEqual(await topicsOf('undo@example.org'), [])
  setAhead(30 * DAY - HOUR)
  assert.equal((await visitor.post(back)).headers.get('location'), '/updates/returned')
  assert.deepEqual(await subscribed('undo@example.org'), [before])
  assert.equal((await house.query('select from departures where id = $1', [id])).length, 0)
  await visitor.post(await leavingPath(id))
  setAhead(60 * DAY)
  assert.equal((await visitor.post(back)).status, 410)
  setAhead(0)
  assert.deepEqual(await topicsOf('undo@example.org'), [])
})

test('a link does its own act alone, and a changed one none', async () => {
  const id = await subscribe('own@example.org')
  const token = unsubscribeToken(db, { subscriptionId: id, topic: 'news' })
  assert.equal((await visitor.post(`/updates/return/${token}`)).status, 404)
  assert.equal((await visitor.post(`/updates/preferences/${token}`)).status, 410)
  for (let at = 0; at < token.length; at += 7) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    assert.equal((await visitor.post(`/updates/unsubscribe/${changed}`)).status, 404)
  }
  assert.deepEqual(await topicsOf('own@example.org'), ['news'])
})

test('guessing gets nowhere and is limited; who has a good link still leaves', async () => {
  const id = await subscribe('safe@example.org')
  await house.query('delete from throttles')
  const guess = (door: string, i: number) => visitor.post(`/updates/${door}/${Buffer.alloc(60, i + 1).toString('base64url')}`)
  const doors = ['unsubscribe', 'return', 'confirm', 'preferences']
  const statuses = new Map<number, number>()
  for (let i = 0; i < 80; i++) {
    const { status } = await guess(doors[i % 4] ?? '', i)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  assert.deepEqual([...statuses.keys()].sort(), [404, 410, 429])
  assert.equal(statuses.get(429), 20)
  assert.equal((await visitor.get('/updates/confirm/nonsense')).status, 429)
  assert.equal((await visitor.post(await leavingPath(id))).status, 303)
  assert.deepEqual(await topicsOf('safe@example.org'), [])
  await house.query('delete from throttles')
})

test('of many who press at once one subscription comes and one goes', async () => {
  await ask('race@example.org')
  const confirm = linkIn(await newest('race@example.org'))
  const answers = await Promise.all(Array.from({ length: 4 }, () => visitor.post(confirm)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 410, 410, 410])
  const [{ id } = assert.fail()] = await subscribed('race@example.org')
  const path = await leavingPath(id)
  await Promise.all(Array.from({ length: 4 }, () => visitor.post(path)))
  assert.equal((await house.inbox('race@example.org')).filter(({ kind }) => kind === 'leaving updates').length, 1)
  assert.equal((await house.query('select from departures where id = $1', [id])).length, 1)
})

// ---- Preferences -------------------------------------------------------------------------------

test('preferences open by a fresh link to the address, for an hour', async () => {
  await subscribe('prefs@example.org', 'news,events', 'Petra Prefs')
  const answer = await visitor.post('/updates/preferences', { email: 'prefs@example.org' })
  const unknown = await visitor.post('/updates/preferences', { email: 'never@example.org' })
  assert.deepEqual([...answer.headers], [...unknown.headers])
  assert.match((await newest('never@example.org')).text, /It gets none/)
  const page = linkIn(await newest('prefs@example.org'))
  assert.match(await visitor.read(page), /Petra Prefs/)
  await visitor.post(page, { name: 'Petra Renamed', topics: 'events,partners', language: 'fr' })
  assert.deepEqual(await topicsOf('prefs@example.org'), ['events', 'partners'])
  const rows = await subscribed('prefs@example.org')
  assert.deepEqual(
    rows.map(({ language }) => language),
    ['fr', 'fr'],
  )
  assert.match(rows[1]?.wording ?? '', /Partners/)
  assert.match(await visitor.read(page), /Petra Renamed/)
  assert.equal((await visitor.post(page, { name: '' })).status, 422)
  setAhead(HOUR + 1)
  assert.equal((await visitor.get(page)).status, 410)
  assert.equal((await visitor.post(`${page}/leave`)).status, 410)
  setAhead(0)
  assert.deepEqual(await topicsOf('prefs@example.org'), ['events', 'partners'])
  await visitor.post(`${page}/leave`)
  assert.deepEqual(await topicsOf('prefs@example.org'), [])
})

test('a link that went to an old address opens nothing once its reader has a new one', async () => {
  await subscribe('old@example.org', 'news', 'Mona Moves')
  await visitor.post('/updates/preferences', { email: 'old@example.org' })
  const page = linkIn(await newest('old@example.org'))
  assert.equal((await visitor.get(page)).status, 200)
  const [mona = assert.fail()] = await house.query<{ id: Id }>("select id from people where email = 'old@example.org'")
  await db.as('security', (tx) => readdress(tx, mona.id, 'new@example.org'))
  assert.equal((await visitor.get(page)).status, 410)
  assert.equal((await visitor.post(`${page}/leave`)).status, 410)
  await visitor.post('/updates/preferences', { email: 'new@example.org' })
  assert.match(await visitor.read(linkIn(await newest('new@example.org'))), /Mona Moves/)
})

test('whoever is signed in chooses without letters; nobody else’s are touched', async () => {
  const [dora, mallory] = [await house.person('Dora Account', 'dora@example.org'), await house.person('Mallory', 'mallory@example.org')]
  const before = (await house.inbox('dora@example.org')).length
  await mallory.post('/account/updates', { name: 'Mallory', topics: 'partners' })
  await dora.post('/account/updates', { name: 'Dora Account', topics: 'news,services' })
  assert.deepEqual(await topicsOf('dora@example.org'), ['news', 'services'])
  assert.match(await dora.read('/account/updates'), /value="services" checked/)
  assert.doesNotMatch(await mallory.read('/account/updates'), /Dora/)
  await dora.post('/account/updates/leave')
  assert.deepEqual(await topicsOf('dora@example.org'), [])
  assert.deepEqual(await topicsOf('mallory@example.org'), ['partners'])
  assert.equal((await house.inbox('dora@example.org')).length, before)
  assert.equal((await visitor.get('/account/updates')).status, 303)
})

// ---- Rights ------------------------------------------------------------------------------------

test('a subscriber sees all of it, and erasing leaves nothing', async () => {
  const id = await subscribe('canary@example.org', 'news,partners', 'Erika Canary')
  await visitor.post(await leavingPath(id))
  await visitor.post('/updates/preferences', { email: 'canary@example.org' })
  await ask('canary@example.org', { topics: 'events', name: 'Erika Canary' })
  const erika = house.browser()
  await erika.post('/sign-in', { email: 'canary@example.org' })
  await erika.post('/sign-in/code', { code: codeIn(await newest('canary@example.org')) })
  const page = await erika.read('/account/privacy')
  for (const heading of [
    'E-mail updates that you get',
    'E-mail updates that you left',
    'Subscriptions that wait',
    'Links to your preferences',
  ])
    assert(page.includes(heading), heading)
  const copy = Buffer.from(await (await erika.post('/account/privacy/copy')).arrayBuffer())
  for (const table of ['subscriptions', 'departures', 'pending', 'preference_links']) assert(copy.includes(`data/${table}.json`), table)
  const [person] = await house.query<{ id: string }>("select id from people where email = 'canary@example.org'")
  assert(await erase(house.house, asId(person?.id) ?? assert.fail()))
  assert.deepEqual(await house.traces('canary@example.org'), ['letters.to'])
  assert.deepEqual(await house.traces('Erika Canary'), [])
  assert.equal((await visitor.get(await leavingPath(id))).status, 200)
  assert.equal((await visitor.post(await leavingPath(id))).status, 303)
})

test('whoever subscribes is a guest until they sign in', async () => {
  await subscribe('guest@example.org')
  const guests = () => house.query("select from guests g join people p on p.id = g.person_id where p.email = 'guest@example.org'")
  assert.equal((await guests()).length, 1)
  const guest = house.browser()
  await guest.post('/sign-in', { email: 'guest@example.org' })
  await guest.post('/sign-in/code', { code: codeIn(await newest('guest@example.org')) })
  assert.equal((await guests()).length, 0)
})

test('a guest who left everything is forgotten after 30 days; who signed in once, or came back, is not', async () => {
  const known = async (email: string) => (await house.query('select from people where email = $1', [email])).length === 1
  const names = ['leaves', 'returns', 'stays', 'account'] as const
  const ids = new Map<string, Id>()
  for (const name of names) ids.set(name, await subscribe(`${name}@guest.example`))
  const account = house.browser()
  await account.post('/sign-in', { email: 'account@guest.example' })
  await account.post('/sign-in/code', { code: codeIn(await newest('account@guest.example')) })
  for (const name of ['leaves', 'returns', 'account']) await visitor.post(await leavingPath(ids.get(name) ?? assert.fail()))
  assert.doesNotMatch((await newest('account@guest.example')).text, /is deleted/)
  await forgetGuests(house.house)
  setAhead(29 * DAY)
  await visitor.post(linkIn(await newest('returns@guest.example')))
  await forgetGuests(house.house)
  assert(await known('leaves@guest.example'))
  setAhead(31 * DAY)
  await forgetGuests(house.house)
  setAhead(0)
  for (const name of names) assert.equal(await known(`${name}@guest.example`), name !== 'leaves', name)
  assert.deepEqual(await house.traces('leaves@guest.example'), [])
})
