/** An issue's letter that comes back, or is complained of, by the same door as every other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { now } from '../clock.ts'
import type { Id } from '../log.ts'
import { takeIn } from '../mail/incoming.ts'
import { messageId, returnPath } from '../mail/return-path.ts'
import { suppressionOf } from '../mail/suppression.ts'
import { welcomeGuest } from '../people/person.ts'
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
