import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse, type TestHouse } from '../../test/harness.ts'
import { sink } from '../../test/sink.ts'
import { deliver } from './delivery.ts'
import { post } from './letter.ts'

const letter = (to: string) => ({
  to,
  kind: 'test',
  subject: 'Grüße aus dem Test',
  parts: ['Hello Ada <Lovelace> & "friends",', { code: '123456' }, { button: 'Open', href: 'https://example.com/a?b=1&c=2' }],
  from: 'Cloudrun Inc',
})

const write = (house: TestHouse, to: string) => house.house.db.as('updates', (tx) => post(tx, letter(to)))
const state = (house: TestHouse, to: string) =>
  house
    .query('select sent_at is not null as sent, refused_code, text, html, tries from letters where "to" = $1', [to])
    .then((rows) => rows[0])

test('a letter goes once, as plain text and HTML, and its words are emptied', async () => {
  const server = await sink()
  const house = await openTestHouse({ SMTP_URL: server.url, MAIL_FROM: 'Cloudrun <hello@cloudrun.example>' })
  const id = await write(house, 'ada@example.org')
  await house.settle()
  await deliver(house.house, id)
  assert.equal(server.taken.length, 1)
  const mail = server.taken[0] ?? ''
  assert.match(mail, /^From: Cloudrun <hello@cloudrun.example>/m)
  assert.match(mail, /^To: ada@example.org/m)
  assert.match(mail, /^Message-ID: <[a-z2-7]{44}@localhost>/m)
  assert.match(mail, /multipart\/alternative/)
  assert.match(mail, /&lt;Lovelace&gt; &amp; &quot;friends&quot;/)
  assert.deepEqual(await state(house, 'ada@example.org'), { sent: true, refused_code: null, text: '', html: '', tries: 1 })
})

test('what the server refuses for good is noted and not tried again', async () => {
  const server = await sink()
  server.answer = () => 550
  const house = await openTestHouse({ SMTP_URL: server.url })
  await write(house, 'gone@example.org')
  await house.settle()
  await house.settle()
  assert.deepEqual(await state(house, 'gone@example.org'), { sent: false, refused_code: 550, text: '', html: '', tries: 1 })
})

test('what it cannot take now waits and is tried again', async () => {
  const server = await sink()
  server.answer = () => 451
  const house = await openTestHouse({ SMTP_URL: server.url })
  const id = await write(house, 'later@example.org')
  await house.settle()
  assert.equal((await state(house, 'later@example.org'))?.['sent'], false)
  const [job] = await house.query('select state, retry_count from pgboss.job where name = $1', ['mail.deliver'])
  assert.equal(job?.['state'], 'retry')
  server.answer = () => 250
  await deliver(house.house, id)
  assert.equal((await state(house, 'later@example.org'))?.['sent'], true)
})

test('a server that is down loses nothing, and the job says nothing about the person', async () => {
  const house = await openTestHouse({ SMTP_URL: 'smtp://127.0.0.1:1' })
  await write(house, 'canary@example.org')
  await house.settle()
  assert.equal((await state(house, 'canary@example.org'))?.['sent'], false)
  assert.deepEqual(await house.traces('canary@example.org'), ['letters.to'])
})

test('two workers send one letter once', async () => {
  const server = await sink()
  const house = await openTestHouse({ SMTP_URL: server.url })
  const id = await write(house, 'once@example.org')
  await Promise.all([deliver(house.house, id), deliver(house.house, id), deliver(house.house, id)])
  assert.equal(server.taken.length, 1)
})

test('an address cannot smuggle headers into a letter', async () => {
  const server = await sink()
  const house = await openTestHouse({ SMTP_URL: server.url })
  await house.house.db.as('updates', (tx) => post(tx, { ...letter('ada@example.org'), subject: 'Hi\r\nBcc: eve@example.org' }))
  await house.settle()
  const [headers = ''] = (server.taken[0] ?? '').split('\r\n\r\n')
  assert.match(headers, /^Subject: Hi Bcc: eve@example.org$/m)
  assert.doesNotMatch(headers, /^Bcc:/m)
})

test('without a server, development shows every letter at /dev/mail, newest first', async () => {
  const house = await openTestHouse()
  await write(house, 'first@example.org')
  await write(house, 'second@example.org')
  await house.settle()
  const answer = await house.browser().get('/dev/mail', { accept: 'application/json' })
  const letters = (await answer.json()) as Record<string, unknown>[]
  assert.deepEqual(
    letters.map((shown) => shown['to']),
    ['second@example.org', 'first@example.org'],
  )
  assert.deepEqual(Object.keys(letters[0] ?? {}), ['id', 'to', 'from', 'subject', 'text', 'html', 'headers', 'sentAt'])
  assert.match(await house.browser().read('/dev/mail'), /second@example.org/)
})
