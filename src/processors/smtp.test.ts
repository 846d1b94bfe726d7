import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settings } from '../../test/harness.ts'
import { type Answers, mailServer } from '../../test/mail-server.ts'
import { encryptionFor, type Fate, handOver } from './smtp.ts'

const send = (url: string, to = 'ada@example.org'): Promise<Fate> =>
  handOver(settings({ SMTP_URL: url, SMTP_CONNECTIONS: '2' }), {
    to,
    returnPath: 'back@example.com',
    message: Buffer.from('Subject: x\r\n\r\nwords'),
    keys: [],
  })

test('a letter is taken, and the next goes over the same connection', async () => {
  const server = await mailServer()
  assert.deepEqual(await send(server.url), { fate: 'taken' })
  assert.deepEqual(await send(server.url), { fate: 'taken' })
  assert.deepEqual([server.taken.length, server.connections.length], [2, 1])
})

test('many at once use as many connections as there may be', async () => {
  const server = await mailServer()
  const fates = await Promise.all(Array.from({ length: 50 }, () => send(server.url)))
  assert(fates.every(({ fate }) => fate === 'taken'))
  assert.deepEqual([server.taken.length, server.connections.length], [50, 2])
})

const cases: readonly (readonly [string, Answers, Fate])[] = [
  [
    'a recipient who is refused for good',
    { RCPT: '550 no such user' },
    { fate: 'refused', code: 550, says: '550 no such user', about: 'recipient' },
  ],
  [
    'words that are refused for good',
    { letter: '554 we do not like it' },
    { fate: 'refused', code: 554, says: '554 we do not like it', about: 'letter' },
  ],
  ['a recipient for later', { RCPT: '451 try again' }, { fate: 'later', code: 451, says: '451 try again' }],
  ['words for later', { letter: '452 no room' }, { fate: 'later', code: 452, says: '452 no room' }],
  ['a sender who is refused', { MAIL: '550 not from you' }, { fate: 'unreached' }],
  ['a server that hangs up before the letter', { RCPT: 'hang up' }, { fate: 'unreached' }],
  ['a server that hangs up during the letter', { begun: 'yes' }, { fate: 'unknown' }],
  ['a server that hangs up after the letter', { letter: 'hang up' }, { fate: 'unknown' }],
  ['a server that wants nobody', { EHLO: '554 go away', HELO: '554 go away' }, { fate: 'unreached' }],
]

for (const [what, answers, fate] of cases) {
  test(`${what}: ${fate.fate}, and the next letter goes`, async () => {
    const server = await mailServer(answers)
    assert.deepEqual(await send(server.url), fate)
    assert.equal(server.taken.length, 0)
    server.answers = {}
    assert.deepEqual(await send(server.url), { fate: 'taken' })
    assert.equal(server.taken.length, 1)
  })
}

test('nobody there: unreached', async () => {
  assert.deepEqual(await send('smtp://127.0.0.1:1'), { fate: 'unreached' })
})

test('a connection that died while it was idle costs no letter', async () => {
  const server = await mailServer()
  await send(server.url)
  server.connections[0]?.destroy()
  assert.deepEqual(await send(server.url), { fate: 'taken' })
  assert.deepEqual([server.taken.length, server.connections.length], [2, 2])
})

test('an address cannot smuggle a command', async () => {
  const server = await mailServer()
  assert.deepEqual(await send(server.url, 'ada@example.org>\r\nRCPT TO:<eve@example.org'), {
    fate: 'refused',
    code: 553,
    says: '5.1.3',
    about: 'recipient',
  })
  assert.equal(server.taken.length, 0)
})

test('a password goes encrypted or not at all', () => {
  for (const url of ['smtp://user:secret@mail.example.com', 'smtps://user:secret@mail.example.com', 'smtp://user:secret@10.0.0.5:587'])
    assert.equal(encryptionFor(url).requireTLS, true, url)
  for (const url of [
    'smtp://mail.example.com',
    'smtp://user:secret@localhost',
    'smtp://user:secret@127.0.0.1:2525',
    'smtp://user:secret@[::1]',
  ])
    assert.equal(encryptionFor(url).requireTLS, false, url)
})
