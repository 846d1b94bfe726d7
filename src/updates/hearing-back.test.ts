/** An issue's letter that comes back, or is complained of, by the same door as every other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { now } from '../clock.ts'
import type { Id } from '../log.ts'
import { takeIn } from '../mail/incoming.ts'
import { messageId, returnPath } from '../mail/return-path.ts'
import { suppressionOf } from '../mail/suppression.ts'
import { welcomeGuest } from '../people/person.ts'
import { echoOf } from './desk.ts'
import { begin, edit, progressOf, schedule } from './issue.ts'
import { subscribe } from './subscription.ts'
import { wake } from './wake.ts'

const house = await openTestHouse({ BOUNCE_ADDRESS: 'bounce@cloudrun.example', ORIGIN: 'https://cloudrun.example' })
const { db } = house.house
await house.query(
  `insert into topics (slug, title, says, place, made_at, changed_at) values ('test', 'Tests', 'Now and then', 9, now(), now())`,
)

const subscriber = (email: string): Promise<Id> =>
  db.as('updates', async (tx) => {
    const { id } = await welcomeGuest(tx, { name: 'Reader', email })
    await subscribe(tx, {
      personId: id,
      topics: ['test'],
      language: 'en',
      wording: 'yes',
      source: 'a test',
      askedAt: now(),
      confirmedAt: now(),
    })
    return id
  })

async function sent(): Promise<Id> {
  const by = await subscriber('author@elsewhere.example')
  const id = await db.as('updates', async (tx) => {
    const issueId = await begin(tx, { topic: 'test', by })
    await edit(tx, { issueId, by, topic: 'test', narrowed: {}, subject: 'News', preheader: 'What is new', body: 'Hello.' })
    await schedule(tx, { issueId, by, sendAt: now(), zone: 'UTC' })
    return issueId
  })
  await wake(house.house)
  await house.settle()
  return id
}

const recipient = async (email: string): Promise<Id> =>
  (await house.query<{ id: Id }>('select r.id from recipients r join people p on p.id = r.person_id where p.email = $1', [email]))[0]?.id ??
  assert.fail()
const state = async (email: string) =>
  (
    await house.query<{ state: string }>('select state from recipients r join people p on p.id = r.person_id where p.email = $1', [email])
  )[0]?.state
const stop = (email: string) => db.as('updates', (tx) => suppressionOf(tx, email))

async function failure(about: Id, named: string): Promise<void> {
  const to = returnPath(house.house, { what: 'update', id: about }) ?? assert.fail()
  const raw = `From: MAILER-DAEMON@mx.example.org\r\nTo: ${to}\r\nSubject: failure notice\r\n\r\n<${named}>:\r\n550 5.1.1 No such user here`
  await takeIn(house.house, { from: '', to: [to], raw: Buffer.from(raw) })
  await house.settle()
}

test('what comes back is noted with its recipient, stops the address, and counts once', async () => {
  for (const name of ['ada', 'bob', 'eve']) await subscriber(`${name}@example.org`)
  const id = await sent()
  const ada = await recipient('ada@example.org')
  await failure(ada, 'ada@example.org')
  await failure(ada, 'ada@example.org ')
  assert.equal(await state('ada@example.org'), 'bounced')
  assert.equal((await stop('ada@example.org'))?.why, 'gone')
  const progress = await db.as('updates', (tx) => progressOf(tx, id))
  assert.deepEqual([progress?.bounced, progress?.complained], [1, 0])
})

test('a report that names somebody else stops neither', async () => {
  await failure(await recipient('bob@example.org'), 'eve@example.org')
  assert.equal(await state('bob@example.org'), 'taken')
  assert.deepEqual([await stop('bob@example.org'), await stop('eve@example.org')], [undefined, undefined])
})

test('whoever complains has left that topic, and gets nothing more', async () => {
  const about = { what: 'update', id: await recipient('eve@example.org') } as const
  const part = (type: string, text: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`
  const raw = [
    'From: fbl@provider.example\r\nTo: complaints@cloudrun.example\r\nSubject: Report\r\n',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n',
    part('message/feedback-report', 'Feedback-Type: abuse\r\nVersion: 1'),
    part('message/rfc822', `Message-ID: ${messageId(house.house, about)}\r\n`),
    '--b--\r\n',
  ].join('')
  await takeIn(house.house, { from: '', to: ['complaints@cloudrun.example'], raw: Buffer.from(raw) })
  await house.settle()
  assert.equal(await state('eve@example.org'), 'complained')
  assert.equal((await stop('eve@example.org'))?.why, 'complaint')
  const left = await house.query('select door from departures d join people p on p.id = d.person_id where p.email = $1', [
    'eve@example.org',
  ])
  assert.deepEqual(left, [{ door: 'complaint' }])
  const [waiting] = await house.query<{ letters: number }>('select count(*)::int as letters from incoming_letters where read_at is null')
  assert.equal(waiting?.letters, 0)
})

// ---- Leaving by letter, and answers ------------------------------------------------------------

const [reads, elsewhere] = ['lea@example.org', 'leo@example.org'] as const
let issue: Id

const headersOf = async (email: string): Promise<Record<string, string>> => {
  const [letter] = await house.query<{ headers: Record<string, string> }>(
    `select headers from letters where "to" = $1 and kind = 'updates' order by written_at desc`,
    [email],
  )
  return letter?.headers ?? assert.fail()
}
const leavingMailboxOf = async (email: string): Promise<string> =>
  /^<mailto:([^?>]+)\?subject=unsubscribe>, <https:\/\/cloudrun\.example\/updates\/unsubscribe\/[\w-]+>$/.exec(
    (await headersOf(email))['List-Unsubscribe'] ?? '',
  )?.[1] ?? assert.fail()
const bring = async (to: string, raw: string): Promise<number> => {
  const boxes = await takeIn(house.house, { from: 'somebody@example.org', to: [to], raw: Buffer.from(raw) })
  await house.settle()
  return boxes
}
const topics = (email: string) =>
  house.query('select topic from subscriptions s join people p on p.id = s.person_id where email = $1', [email])
const echo = () => db.as('updates', (tx) => echoOf(tx, house.house, issue))

test('a letter to the address in its head ends one subscription, as the link does, and can be undone', async () => {
  await subscriber(reads)
  await subscriber(elsewhere)
  issue = await sent()
  const to = await leavingMailboxOf(reads)
  assert.match(to, /^[^@]{1,64}@/)
  assert.equal(await bring(to, `From: ${reads}\r\nTo: ${to}\r\nSubject: unsubscribe\r\n\r\n`), 1)
  assert.deepEqual(await topics(reads), [])
  assert.equal((await topics(elsewhere)).length, 1)
  const [departure] = await house.query('select door, issue_id from departures d join people p on p.id = d.person_id where email = $1', [
    reads,
  ])
  assert.deepEqual(departure, { door: 'mail program', issue_id: issue })
  assert.deepEqual(await echo(), { left: 1, replies: 0 })
  const [goodbye] = await house.inbox(reads)
  assert.match(goodbye?.text ?? '', /updates\/return\//)
  await house.browser().post(linkIn(goodbye))
  assert.equal((await topics(reads)).length, 1)
  // The same letter of the mail program, months later: the address still does what it says.
  await house.query('delete from recipients')
  await bring(to, `From: ${reads}\r\nTo: ${to}\r\nSubject: unsubscribe\r\nDate: later\r\n\r\n`)
  assert.deepEqual(await topics(reads), [])
  await bring(to, `From: ${reads}\r\nTo: ${to}\r\nSubject: unsubscribe\r\nDate: much later\r\n\r\n`)
  assert.equal((await house.inbox(reads)).filter(({ kind }) => kind === goodbye?.kind).length, 2)
})

test('a made-up address is refused, and a returned letter to a real one is nobody’s wish', async () => {
  const to = await leavingMailboxOf(elsewhere)
  const forged = [to.replace(/.(?=@)/, (sign) => (sign === 'a' ? 'e' : 'a')), to.replace(/(?<=\+)./, (sign) => (sign === 'a' ? 'b' : 'a'))]
  for (const address of [...forged, to.replace('@cloudrun', '@elsewhere'), to.replace('bounce+', 'leave+')])
    assert.equal(await bring(address, `Subject: unsubscribe\r\n\r\n`), 0)
  await bring(
    to,
    `From: MAILER-DAEMON@mx.example.org\r\nTo: ${to}\r\nSubject: failure notice\r\n\r\n<${elsewhere}>:\r\n550 5.1.1 No such user here`,
  )
  assert.equal((await topics(elsewhere)).length, 1)
  assert.equal(await stop(elsewhere), undefined)
})

test('answers to an issue are counted once each, and neither who wrote them nor what is kept', async () => {
  issue = await sent()
  const number = (await headersOf(elsewhere))['Message-ID'] ?? assert.fail()
  const answer = (more = '') =>
    `From: Leo Canary <${elsewhere}>\r\nTo: hello@cloudrun.example\r\nSubject: Re: News\r\n${more}In-Reply-To: ${number}\r\nReferences: ${number}\r\n\r\nMy secret-canary words`
  const replies = 'replies@cloudrun.example'
  await bring(replies, answer())
  await bring(replies, answer())
  assert.deepEqual(await echo(), { left: 0, replies: 1 })
  await bring(replies, answer('Auto-Submitted: auto-replied\r\n'))
  await bring(replies, answer('Date: later\r\n').replaceAll(number, '<other@elsewhere.example>'))
  assert.deepEqual(await echo(), { left: 0, replies: 1 })
  await bring(replies, answer('Date: tomorrow\r\n'))
  assert.deepEqual(await echo(), { left: 0, replies: 2 })
  for (const canary of ['secret-canary', 'Leo Canary']) assert.deepEqual(await house.traces(canary), [])
})
