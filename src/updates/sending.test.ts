import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { HOUR, MINUTE, now, setAhead } from '../clock.ts'
import type { Id } from '../log.ts'
import { makeKey, takesOver } from '../mail/signing.ts'
import { suppress } from '../mail/suppression.ts'
import { welcomeGuest } from '../people/person.ts'
import { openTestHouse } from '../../test/harness.ts'
import { mailServer } from '../../test/mail-server.ts'
import { reachOf } from './audience.ts'
import { begin, edit, issueOf, type Narrowed, pause, progressOf, resume, schedule } from './issue.ts'
import { Lanes } from './lanes.ts'
import { sendSome } from './sending.ts'
import { erase } from '../rights/erasure.ts'
import { countAsSent, sendAgain } from './settling.ts'
import { subscribe } from './subscription.ts'
import { cancel, wake } from './wake.ts'

const server = await mailServer()
const house = await openTestHouse({ SMTP_URL: server.url, MAIL_FROM: 'Cloudrun <hello@cloudrun.example>', SMTP_CONNECTIONS: '2' })
const { db } = house.house
await house.query(
  `insert into topics (slug, title, says, place, made_at, changed_at) values ('test', 'Tests', 'Now and then', 9, now(), now())`,
)

/** Somebody subscribed to the topic of the tests. */
const subscriber = (email: string, name = 'Ada Lovelace'): Promise<Id> =>
  db.as('updates', async (tx) => {
    const { id } = await welcomeGuest(tx, { name, email })
    const agreed = { language: 'en', wording: 'yes', source: 'a test', askedAt: now(), confirmedAt: now() }
    await subscribe(tx, { personId: id, topics: ['test'], ...agreed })
    return id
  })

const subscribers = (count: number): Promise<Id[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => subscriber(`reader${i}@d${i % 7}.example.org`)))

/** An issue that is due now; nobody has been written to yet. */
async function issue(draft: { subject?: string; body?: string } = {}): Promise<Id> {
  const by = await subscriber('author@elsewhere.example')
  await house.query('delete from subscriptions where person_id = $1', [by])
  return db.as('updates', async (tx) => {
    const issueId = await begin(tx, { topic: 'test', by })
    const words = { subject: 'News for {{name|you}}', preheader: 'What is new', body: 'Hello {{name|there}}, [look](/help).' }
    await edit(tx, { issueId, by, topic: 'test', narrowed: {}, ...words, ...draft })
    await schedule(tx, { issueId, by, sendAt: now(), zone: 'UTC' })
    return issueId
  })
}

const progress = async (id: Id) => {
  const found = await db.as('updates', (tx) => progressOf(tx, id))
  assert(found)
  const { total, taken, refused, left, uncertain, cancelled } = found
  return { total, taken, refused, left, uncertain, cancelled }
}
const none = { total: 0, taken: 0, refused: 0, left: 0, uncertain: 0, cancelled: 0 }
const standing = async (id: Id) => (await db.as('updates', (tx) => issueOf(tx, id)))?.standing

beforeEach(async () => {
  setAhead(0)
  server.answers = {}
  server.refuses = () => undefined
  server.taken.length = server.reached.length = 0
  for (const table of [
    'program_deliveries',
    'program_events',
    'recipients',
    'sendings',
    'issue_acts',
    'issues',
    'subscriptions',
    'departures',
    'suppressions',
    'disclosures',
    'soft_bounces',
    'guests',
  ])
    await house.query(`delete from ${table}`)
  await house.query('delete from person_keys')
  await house.query('delete from people')
  await house.query('delete from pgboss.job')
})

test('everybody who is subscribed gets one letter, and the issue is over', async () => {
  await subscribers(120)
  const id = await issue()
  await wake(house.house)
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 120, taken: 120 })
  assert.equal(new Set(server.reached).size, 120)
  assert.equal(server.reached.length, 120)
  assert.equal(await standing(id), 'sent')
  await wake(house.house)
  await sendSome(house.house, id)
  assert.equal(server.reached.length, 120)
})

test('a letter has what mail programs and the law ask for', async () => {
  await subscriber('zoe@example.org', 'Zoë <b> Lovelace')
  await issue()
  await wake(house.house)
  await house.settle()
  const [letter = ''] = server.taken
  const [head = ''] = letter.split('\r\n\r\n')
  const header = (name: string) => [...head.replace(/\r\n /g, ' ').matchAll(new RegExp(`^${name}: (.*)$`, 'gim'))].map(([, value]) => value)
  assert.deepEqual(header('To'), ['zoe@example.org'])
  assert.deepEqual(header('From'), ['"Cloudrun" <hello@cloudrun.example>'])
  assert.equal(header('List-Unsubscribe').length, 1)
  assert.match(header('List-Unsubscribe')[0] ?? '', /^<http:\/\/localhost:3000\/updates\/unsubscribe\/[\w-]+>$/)
  assert.deepEqual(header('List-Unsubscribe-Post'), ['List-Unsubscribe=One-Click'])
  for (const name of ['List-Id', 'Message-ID', 'Date', 'Feedback-ID', 'MIME-Version']) assert.equal(header(name).length, 1, name)
  assert.match(header('Message-ID')[0] ?? '', /^<[^<>]+@localhost>$/)
  assert.deepEqual(header('Precedence'), ['bulk'])
  assert.match(letter, /Zo=C3=AB &lt;b&gt; Lovelace/)
  assert.match(letter, /text\/plain[\s\S]+Hello Zo=C3=AB <b> Lovelace, look \(http:\/\/localhost:3000\/help\)/)
  assert.doesNotMatch(letter, /<img/)
})

test('whoever left since it was settled, or is stopped, gets none', async () => {
  const [first, second] = await subscribers(5)
  const id = await issue()
  await wake(house.house)
  await house.query('delete from subscriptions where person_id = $1', [first])
  await db.as('updates', (tx) => suppress(tx, { email: 'reader1@d1.example.org', personId: second, why: 'complaint', evidence: 'report' }))
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 5, taken: 3, left: 2 })
  const reach = await db.as('updates', (tx) => reachOf(tx, { topic: 'test', narrowed: {} }))
  assert.deepEqual(reach, { subscribers: 4, meant: 3 })
  assert(!server.reached.includes('reader0@d0.example.org') && !server.reached.includes('reader1@d1.example.org'))
})

test('who is refused for good is stopped; who is refused for now is tried again later', async () => {
  await subscribers(3)
  server.refuses = (address) =>
    ({ 'reader0@d0.example.org': '550 5.1.1 no such user here', 'reader1@d1.example.org': '451 4.2.0 later' })[address]
  const id = await issue()
  await wake(house.house)
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 3, taken: 1, refused: 1 })
  const stops = await house.query<{ why: string }>('select why from suppressions')
  assert.deepEqual(stops, [{ why: 'gone' }])
  assert.equal(await standing(id), 'sending')
  server.refuses = () => undefined
  setAhead(HOUR)
  await wake(house.house)
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 3, taken: 2, refused: 1 })
  assert.equal(await standing(id), 'sent')
})

test('whoever was claimed by a process that died is uncertain, and is not written to again', async () => {
  await subscribers(10)
  const id = await issue()
  await wake(house.house)
  await house.query(
    `update recipients set state = 'claimed', claimed_at = now() where id in (select id from recipients order by id limit 4)`,
  )
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 10, taken: 6, uncertain: 4 })
  assert.equal(server.reached.length, 6)
  assert.equal(await standing(id), 'sent')
})

test('uncertain letters are counted as sent, or sent again, when somebody says so, and not while the issue goes', async () => {
  const ids = await subscribers(4)
  server.answers = { letter: 'hang up' }
  const id = await issue()
  await wake(house.house)
  await house.settle()
  server.answers = {}
  const doing = { issueId: id, by: null }
  const uncertain = () => house.query("update recipients set state = 'uncertain' where person_id = any($1)", [ids.slice(0, 2)])
  assert.deepEqual(await progress(id), { ...none, total: 4, uncertain: 4 })
  assert.equal(await db.as('updates', (tx) => countAsSent(tx, doing)), true)
  assert.deepEqual(await progress(id), { ...none, total: 4, taken: 4 })
  assert.equal(await standing(id), 'sent')
  await uncertain()
  await house.query('update sendings set uncertain = 2, taken = 2')
  // Whoever left in the meantime gets nothing.
  await house.query('delete from subscriptions where person_id = $1', [ids[0]])
  server.reached.length = 0
  assert.equal(await db.as('updates', (tx) => sendAgain(tx, doing)), true)
  assert.equal(await standing(id), 'sending')
  assert.equal(await db.as('updates', (tx) => countAsSent(tx, doing)), false)
  assert.equal(await db.as('updates', (tx) => sendAgain(tx, doing)), false)
  await house.settle()
  assert.deepEqual(server.reached, ['reader1@d1.example.org'])
  assert.deepEqual(await progress(id), { ...none, total: 4, taken: 3, left: 1 })
  assert.equal(await standing(id), 'sent')
})

test('a letter whose answer never came is uncertain', async () => {
  await subscribers(3)
  server.answers = { letter: 'hang up' }
  const id = await issue()
  await wake(house.house)
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 3, uncertain: 3 })
})

test('a mail server that is away costs nothing but time', async () => {
  await subscribers(5)
  const id = await issue()
  server.answers = { MAIL: '554 not today' }
  await wake(house.house)
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 5 })
  const [waiting] = await house.query<{ tries: number }>('select max(tries) as tries from recipients')
  assert.equal(waiting?.tries, 0)
  server.answers = {}
  await wake(house.house)
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 5, taken: 5 })
})

test('a server that does not like the words pauses the issue and stops nobody', async () => {
  await subscribers(100)
  server.answers = { letter: '554 5.7.1 this is spam' }
  const id = await issue()
  await wake(house.house)
  await house.settle()
  assert.equal(await standing(id), 'paused')
  const { refused, total } = await progress(id)
  assert(refused >= 20 && refused <= 60, `${refused} of ${total}`)
  assert.deepEqual(await house.query('select id from suppressions'), [])
})

test('conditions narrow whom an issue reaches', async () => {
  const [first, second] = await subscribers(4)
  await house.query(`update subscriptions set language = 'de' where person_id = $1`, [first])
  await house.query(`update people set joined_at = '2020-01-01' where id = $1`, [second])
  await house.query(
    `insert into memberships (id, person_id, service_id, plan_id, standing, joined_at)
     select gen_random_uuid(), $1, s.id, p.id, 'active', now() from services s join plans p on p.service_id = s.id where s.slug = 'status-pages' limit 1`,
    [second],
  )
  const meant = async (narrowed: Narrowed) => (await db.as('updates', (tx) => reachOf(tx, { topic: 'test', narrowed }))).meant
  assert.deepEqual(
    [
      await meant({}),
      await meant({ language: 'de' }),
      await meant({ joinedSince: '2021-01-01' }),
      await meant({ service: 'status-pages' }),
    ],
    [4, 1, 3, 1],
  )
  assert.equal(await meant({ service: 'status-pages', language: 'de' }), 0)
  await house.query('delete from memberships')
})

test('pause, resume, cancel', async () => {
  const [by] = await subscribers(30)
  const id = await issue()
  await wake(house.house)
  const doing = { issueId: id, by: by ?? null }
  assert(await db.as('updates', (tx) => pause(tx, doing)))
  await house.settle()
  await wake(house.house)
  await house.settle()
  assert.equal(server.reached.length, 0)
  assert(await db.as('updates', (tx) => resume(tx, doing)))
  assert(await db.as('updates', (tx) => cancel(tx, doing)))
  await house.settle()
  assert.deepEqual(await progress(id), { ...none, total: 30, cancelled: 30 })
  assert(!(await db.as('updates', (tx) => resume(tx, doing))))
  assert.equal(server.reached.length, 0)
})

test('two processes at once send each letter once', async () => {
  await subscribers(200)
  const id = await issue()
  await wake(house.house)
  await Promise.all(Array.from({ length: 4 }, () => sendSome(house.house, id)))
  await house.settle()
  assert.deepEqual([server.reached.length, new Set(server.reached).size], [200, 200])
  assert.deepEqual(await progress(id), { ...none, total: 200, taken: 200 })
})

test('an erased person takes their rows along, and the counts stay', async () => {
  const [person] = await subscribers(2)
  const id = await issue()
  await wake(house.house)
  await house.settle()
  assert(person && (await erase(house.house, person)))
  assert.deepEqual(await progress(id), { ...none, total: 2, taken: 2 })
  assert.equal((await house.query('select id from recipients')).length, 1)
  await house.settle()
  assert.deepEqual(await house.traces('reader0@d0.example.org'), [])
})

test('a letter is signed, and says with which headers: the one-click ones among them', async () => {
  const key = await db.as('operations', (tx) => makeKey(tx, house.house))
  await db.as('operations', (tx) => takesOver(tx, key))
  await subscriber('ada@example.org')
  await issue()
  await wake(house.house)
  await house.settle()
  const records: Record<string, string[][]> = { [key.record.name]: [[key.record.value.slice(0, 200), key.record.value.slice(200)]] }
  const resolver = async (name: string) => records[name] ?? Promise.reject(Object.assign(new Error('nothing there'), { code: 'ENOTFOUND' }))
  const { results } = await dkimVerify(`${server.taken[0]}\r\n`, { resolver: resolver as never })
  assert.deepEqual(
    results.map(({ status, signingDomain }) => [status.result, signingDomain]),
    [['pass', 'cloudrun.example']],
  )
  const signed = /\bh=([^;]+);/.exec((server.taken[0] ?? '').replace(/\r\n\s+/g, ''))?.[1]?.toLowerCase() ?? ''
  for (const name of ['list-unsubscribe', 'list-unsubscribe-post', 'from', 'subject']) assert(signed.split(':').includes(name), name)
})

test('a domain that wants it slower gets it slower', () => {
  const some = new Lanes({ atOnce: 1, perSecond: 1 })
  assert.equal(some.turn('a.example', false), undefined)
  const turns = [some.turn('a.example', false), some.turn('a.example', false)]
  assert.deepEqual(
    turns.map((turn) => Math.round(((turn?.getTime() ?? 0) - now().getTime()) / 1000)),
    [1, 2],
  )
  assert.equal(some.turn('b.example', false), undefined)
  assert.equal(some.turn('a.example', true), undefined)
  for (let i = 0; i < 3; i++) some.trouble('a.example')
  const paused = some.turn('a.example', true)
  assert(paused && paused.getTime() - now().getTime() > 20_000 && paused.getTime() - now().getTime() < MINUTE)
})
