/** The two ways in: the door, and the mailbox that is emptied. */
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { fakeMailbox } from '../../test/imap.ts'
import { newId } from '../database/columns.ts'
import type { Id } from '../log.ts'
import { openDoor } from './door.ts'
import { most } from './incoming.ts'
import { post } from './letter.ts'
import { poll } from './polling.ts'
import { messageId, returnPath, returnToken } from './return-path.ts'

const mailbox = await fakeMailbox()
const house = await openTestHouse({
  SUPPORT_ADDRESS: 'questions@cloudrun.example',
  BOUNCE_ADDRESS: 'bounce@cloudrun.example',
  ORIGIN: 'https://cloudrun.example',
  IMAP_URL: mailbox.url,
})
const door = await openDoor(house.house, 0)
after(() => door.close())

/** Somebody who speaks SMTP, line by line. */
class Visitor {
  private text = ''
  private readonly socket: Socket
  private waiting: (() => void)[] = []

  constructor() {
    this.socket = connect(door.port, '127.0.0.1')
    this.socket.on('data', (bytes) => {
      this.text += bytes.toString()
      for (const wake of this.waiting.splice(0)) wake()
    })
    this.socket.on('close', () => this.waiting.splice(0).forEach((wake) => wake()))
    this.socket.on('error', () => {})
  }

  /** The next answer, all its lines. */
  async hear(): Promise<string> {
    for (;;) {
      const end = /^\d{3} .*\r\n/m.exec(this.text)
      if (end) {
        const answer = this.text.slice(0, end.index + end[0].length)
        this.text = this.text.slice(answer.length)
        return answer.trim()
      }
      if (this.socket.closed) return 'closed'
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  async say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`)
    return this.hear()
  }

  leave(): void {
    this.socket.destroy()
  }
}

async function visitor(): Promise<Visitor> {
  const visitor = new Visitor()
  assert.match(await visitor.hear(), /^220 /)
  await visitor.say('EHLO mx.example.org')
  return visitor
}

const letterTo = (to: string): Promise<Id> =>
  house.house.db.as('updates', (tx) => post(tx, { to, kind: 'test', subject: 'News', parts: ['Hello'], from: 'Cloudrun Inc' }))

const path = async (to = 'ada@example.org') => returnPath(house.house, { what: 'letter', id: await letterTo(to) }) ?? assert.fail()
const waiting = async () => (await house.query('select from incoming_letters where read_at is null')).length
const failure = (to: string) =>
  `From: MAILER-DAEMON@mx.example.org\r\nTo: ${to}\r\nSubject: failure notice\r\n\r\n<ada@example.org>:\r\nSorry, no mailbox here by that name. (#5.1.1)`

async function bring(to: string, letter: string): Promise<string> {
  const sender = await visitor()
  await sender.say('MAIL FROM:<>')
  const answer = await sender.say(`RCPT TO:<${to}>`)
  if (!answer.startsWith('250')) {
    sender.leave()
    return answer
  }
  await sender.say('DATA')
  const taken = await sender.say(`${letter}\r\n.`)
  sender.leave()
  return taken
}

test('what was taken lies in the database, sealed, before it is acknowledged', async () => {
  const to = await path()
  assert.match(await bring(to, failure(to)), /^250 /)
  assert.equal(await waiting(), 1)
  assert.deepEqual(await house.traces('no mailbox here by that name'), [])
  await house.settle()
  assert.equal((await house.query("select from suppressions where why = 'gone'")).length, 1)
  assert.deepEqual(await house.traces('no mailbox here by that name'), [])
})

test('a return path in capital letters is the same', async () => {
  const to = await path()
  assert.match(
    await bring(
      to.replace(/^.*(?=@)/, (local) => local.toUpperCase()),
      failure(to),
    ),
    /^250 /,
  )
  await house.settle()
})

test('nobody else has a mailbox here: not a guess, not a made-up return path, no other domain', async () => {
  const before = await waiting()
  const good = await path()
  const bad = [
    'bounce@cloudrun.example',
    'bounce+guess@cloudrun.example',
    good.replace(/(?<=\+.{35})./, (sign) => (sign === 'a' ? 'b' : 'a')),
    good.replace('@cloudrun.example', '@elsewhere.example'),
    `bounce+${returnToken(house.house.db, { what: 'letter', id: await letterTo('bob@example.org') }).slice(0, -1)}@cloudrun.example`,
    'hello@cloudrun.example',
    '"complaints"@other.example',
  ]
  for (const to of bad) assert.match(await bring(to, 'Subject: x\r\n\r\nx'), /^550 /, to)
  assert.equal(await waiting(), before)
})

test('what is too large, to too many, or too much at once is refused', async () => {
  const to = await path()
  const sender = await visitor()
  assert.match(await sender.say(`MAIL FROM:<a@example.org> SIZE=${most.bytes + 1}`), /^552 /)
  await sender.say('MAIL FROM:<a@example.org>')
  const answers: string[] = []
  for (let i = 0; i <= most.recipients; i++) answers.push((await sender.say(`RCPT TO:<${await path(`r${i}@example.org`)}>`)).slice(0, 3))
  assert.deepEqual([answers.slice(0, -1).every((code) => code === '250'), answers.at(-1)], [true, '452'])
  sender.leave()
  const huge = await visitor()
  await huge.say('MAIL FROM:<a@example.org>')
  await huge.say(`RCPT TO:<${to}>`)
  await huge.say('DATA')
  assert.match(await huge.say(`${'x'.repeat(76)}\r\n`.repeat(70_000).concat('.')), /^552 /)
  huge.leave()
})

test('the door offers no encryption with a key that everybody has, no login, and no names of others', async () => {
  const sender = await visitor()
  const greeting = await sender.say('EHLO again')
  assert.doesNotMatch(greeting, /STARTTLS|AUTH/)
  assert.match(await sender.say('STARTTLS'), /^5/)
  assert.match(await sender.say('AUTH PLAIN AGEAYg=='), /^5/)
  assert.doesNotMatch(await sender.say('VRFY ada@example.org'), /ada/)
  assert.match(await sender.say('EXPN everybody'), /^5/)
  sender.leave()
})

test('one visitor alone cannot fill the door', async () => {
  const crowd = Array.from({ length: 15 }, () => new Visitor())
  const answers = await Promise.all(crowd.map((one) => one.hear()))
  assert(answers.some((answer) => /^421 |closed/.test(answer)))
  for (const one of crowd) one.leave()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const sender = await visitor()
  assert.match(await sender.say('NOOP'), /^250 /)
  sender.leave()
})

test('when the letter cannot be kept, its bringer keeps it', async () => {
  const to = await path()
  await house.query('alter table incoming_letters rename to away')
  assert.match(await bring(to, failure(to)), /^451 /)
  await house.query('alter table away rename to incoming_letters')
  assert.match(await bring(to, failure(to)), /^250 /)
  await house.settle()
})

test('the mailbox is emptied of what is ours, and of nothing else', async () => {
  await house.query('delete from suppressions')
  const to = await path()
  const gone = returnToken(house.house.db, { what: 'letter', id: await letterTo('x@example.org') }).replace(/(?<=^.{35})./, (sign) =>
    sign === 'a' ? 'b' : 'a',
  )
  mailbox.add(`Delivered-To: ${to}\n${failure(to)}`)
  mailbox.add('From: friend@example.org\nTo: bounce@cloudrun.example\nSubject: private\n\nnot for a machine')
  mailbox.add(`Delivered-To: bounce+${gone}@cloudrun.example\nSubject: forged\n\n<bob@example.org>: 550 5.1.1 unknown user`)
  await poll(house.house)
  await house.settle()
  assert.deepEqual(
    mailbox.letters.map(({ raw, seen }) => [/Subject: (\w+)/.exec(raw)?.[1], seen]),
    [
      ['private', true],
      ['forged', true],
    ],
  )
  assert.deepEqual(await house.query('select why from suppressions'), [{ why: 'gone' }])
  await poll(house.house)
  assert.equal(mailbox.letters.length, 2)
})

test('an answer to an issue stays in the mailbox, and is counted by its head alone', async () => {
  const answered = messageId(house.house, { what: 'update', id: newId() })
  mailbox.add(`From: friend@example.org\nTo: hello@cloudrun.example\nSubject: answer\nIn-Reply-To: ${answered}\n\nfor people to read`)
  await poll(house.house)
  assert.deepEqual([mailbox.letters.at(-1)?.seen, /Subject: (\w+)/.exec(mailbox.letters.at(-1)?.raw ?? '')?.[1]], [true, 'answer'])
  await house.settle()
  assert.deepEqual(await house.query("select outcome from incoming_letters where mailbox = 'replies'"), [{ outcome: 'reply' }])
  const { rows } = await house.house.db.as('operations', (tx) =>
    tx.execute("select data ->> 'incomingId' as id from pgboss.job where name = 'updates.replied'"),
  )
  assert.equal(rows.length, 1)
})

test('a mailbox that refuses is tried again, and its password is nowhere', async () => {
  const other = await openTestHouse({ IMAP_URL: mailbox.url.replace('secret', 'wrong'), ORIGIN: 'https://cloudrun.example' })
  await assert.rejects(poll(other.house), { name: 'MailboxFault' })
  assert(!other.log.some((line) => line.includes('wrong')))
})
