/** Letters to the address for privacy, from the door and the mailbox to the receipt. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTransport } from 'nodemailer'
import { fakeMailbox } from '../../test/imap.ts'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { enqueue } from '../jobs/queue.ts'
import { openDoor } from '../mail/door.ts'
import { takeIn } from '../mail/incoming.ts'
import { poll } from '../mail/polling.ts'
import { messageId } from '../mail/return-path.ts'
import { asId } from '../log.ts'
import { resolveWith } from '../processors/dns.ts'

const ADDRESS = 'privacy@cloudrun.example'
const mailbox = await fakeMailbox()
const house = await openTestHouse({ PRIVACY_ADDRESS: ADDRESS, ORIGIN: 'https://cloudrun.example', IMAP_URL: mailbox.url })
const door = await openDoor(house.house, 0)
after(() => door.close())

// Letters of example.org come from this machine; nobody else may send them.
resolveWith((name, type) => {
  const names: Record<string, string> = {
    'example.org TXT': 'v=spf1 ip4:127.0.0.1 ip6:::1 -all',
    '_dmarc.example.org TXT': 'v=DMARC1; p=reject',
  }
  const found = names[`${name} ${type}`]
  return found ? Promise.resolve([[found]]) : Promise.reject(Object.assign(new Error('nothing'), { code: 'ENOTFOUND' }))
})

await house.person('Eve Canary', 'eve-canary@example.org')
const ada = await house.person('Ada Neighbour', 'ada@example.org')
await house.person('Bob Neighbour', 'bob@example.org')
const legal = await house.member('legal')
const visitor = house.browser()

const server = createTransport({ host: '127.0.0.1', port: door.port, secure: false, ignoreTLS: true })
after(() => server.close())

async function send(from: string, subject: string, text: string, more: object = {}): Promise<void> {
  await server.sendMail({ from, to: ADDRESS, subject, text, ...more })
  await house.settle()
}

const newest = async (email: string) => (await house.inbox(email))[0] ?? assert.fail(`no letter to ${email}`)
const requests = () =>
  house.query<{ id: string; kind: string; email: string; closed_at: Date | null }>('select * from requests order by id')
const outcomes = async () =>
  (await house.query<{ outcome: string }>('select outcome from incoming_letters order by received_at')).map(({ outcome }) => outcome)

test('from a letter to a receipt without a human step; nothing is left of the one, everything of the others', async () => {
  const began = performance.now()
  await send('Eve Canary <eve-canary@example.org>', 'Delete', 'Please delete all my data. I am the eve-canary.')
  assert.deepEqual(await outcomes(), ['request'])
  const letter = await newest('eve-canary@example.org')
  assert.match(letter.subject, /Please confirm/)
  const link = linkIn(letter)
  assert.equal((await visitor.post(link)).status, 422, 'an erasure asks twice')
  const pressed = await Promise.all(Array.from({ length: 8 }, () => house.browser().post(link, { sure: 'yes' })))
  assert.equal(pressed.filter(({ status }) => status === 303).length, 1)
  await house.settle()
  const goodbye = await newest('eve-canary@example.org')
  assert.match(goodbye.subject, /is erased/)
  assert(performance.now() - began < 60_000)
  assert.match(await visitor.read(linkIn(goodbye)), /What you asked of us about your data/)
  assert.deepEqual(await house.traces('eve-canary'), ['letters.to'])
  assert.match(await ada.read('/account/privacy'), /Ada Neighbour/)
  const receipts = await house.query('select * from receipts')
  const [request] = await requests()
  await house.house.db.as('operations', (tx) => enqueue(tx, 'rights.fulfil', { requestId: asId(request?.id) ?? assert.fail() }))
  await house.settle()
  assert.deepEqual(await house.query('select * from receipts'), receipts, 'done again, it is the same receipt')
})

test('a forged sender gets nothing and changes nothing, and a member of staff sees why', async () => {
  const before = (await house.inbox('bob@example.org')).length
  await takeIn(house.house, {
    from: 'bob@example.org',
    to: [ADDRESS],
    raw: Buffer.from('From: bob@example.org\r\nSubject: unsubscribe\r\n\r\nunsubscribe'),
    bringer: { ip: '203.0.113.9', helo: 'evil.example' },
  })
  await house.settle()
  assert.equal((await house.inbox('bob@example.org')).length, before)
  const request = (await requests()).at(-1)
  assert.equal(request?.email, null)
  const desk = await legal.read(`/staff/requests/${request?.id}`)
  assert.match(desk, /the sender is forged/)
  assert.match(desk, /It says that it comes from bob@example.org/)
  assert.doesNotMatch(desk, /Send it<\/button>/)
  await legal.post(`/staff/requests/${request?.id}/none`)
  assert.match(await legal.read('/staff/requests?which=closed'), /It was no request/)
})

test('somebody reads what is in doubt, and says what it is; the sender confirms it', async () => {
  await send('ada@example.org', 'Hello', 'Please do something about me.')
  assert.match((await newest('ada@example.org')).text.replace(/\s+/g, ' '), /Somebody of our staff reads it/)
  const request = (await requests()).at(-1)
  await legal.post(`/staff/requests/${request?.id}/kind`, { kind: 'access' })
  assert.match((await newest('ada@example.org')).subject, /Please confirm/)
  await visitor.post(linkIn(await newest('ada@example.org')))
  await house.settle()
  assert.match((await newest('ada@example.org')).subject, /copy .* is ready/)
})

test('an answer to our letter joins its request; from another address it does not', async () => {
  await send('ada@example.org', 'My name', 'Please correct my name.', { messageId: '<first@mail.example>' })
  const request = (await requests()).at(-1)
  const [ours] = await house.query<{ id: string }>(`select id from letters where "to" = 'ada@example.org' order by written_at desc limit 1`)
  const inReplyTo = messageId(house.house, { what: 'letter', id: asId(ours?.id) ?? assert.fail() })
  await send('ada@example.org', 'Re: Please confirm', 'It is Adah, with an h.', { inReplyTo })
  await send('ada@example.org', 'Re: My name', 'And Lovelace.', { inReplyTo: '<first@mail.example>' })
  assert.deepEqual((await outcomes()).slice(-2), ['answer', 'answer'])
  const desk = await legal.read(`/staff/requests/${request?.id}`)
  assert.match(desk, /with an h/)
  assert.match(desk, /And Lovelace/)
  await send('bob@example.org', 'Re: Please confirm', 'It is Bobah, with an h.', { inReplyTo })
  assert.notEqual((await outcomes()).at(-1), 'answer')
  assert.doesNotMatch(await legal.read(`/staff/requests/${request?.id}`), /Bobah/)
})

test('our answer stands beside what they wrote, by headers, and no number that is none gets into one', async () => {
  await house.query('delete from throttles')
  await send('ada@example.org', 'My address', 'Please correct my address.', { messageId: '<thread-canary@mail.example>' })
  const request = (await requests()).at(-1)
  assert.deepEqual(await house.traces('thread-canary'), ['letters.headers'], 'the number is kept sealed')
  const headersOf = async () =>
    (
      await house.query<{ id: string; headers: Record<string, string> }>(
        `select id, headers from letters where "to" = 'ada@example.org' order by id desc limit 1`,
      )
    )[0]
  const first = await headersOf()
  assert.equal(first?.headers['In-Reply-To'], '<thread-canary@mail.example>')
  await legal.post(`/staff/requests/${request?.id}/answer`, { answer: 'Which one is right?' })
  const ours = messageId(house.house, { what: 'letter', id: asId(first?.id) ?? assert.fail() })
  assert.equal((await headersOf())?.headers['References'], `${ours} <thread-canary@mail.example>`)
  const raw =
    'From: ada@example.org\r\nMessage-ID: <bad id\r\n Bcc: bob@example.org>\r\nSubject: Correct my data\r\n\r\nPlease correct my name.'
  await takeIn(house.house, { from: 'ada@example.org', to: [ADDRESS], raw: Buffer.from(raw), bringer: { ip: '127.0.0.1', helo: 'x' } })
  await house.settle()
  assert.equal((await headersOf())?.headers, null)
})

test('the same letter is one request, by whichever way and however often it comes', async () => {
  const count = (await requests()).length
  const raw =
    'From: ada@example.org\r\nMessage-ID: <same@mail.example>\r\nDelivered-To: privacy@cloudrun.example\r\nSubject: Data\r\n\r\nPlease erase all my data.'
  for (let i = 0; i < 2; i++)
    await takeIn(house.house, { from: 'ada@example.org', to: [ADDRESS], raw: Buffer.from(raw), bringer: { ip: '127.0.0.1', helo: 'x' } })
  mailbox.add(raw)
  await poll(house.house)
  await house.settle()
  assert.equal((await requests()).length, count + 1)
})

test('what is too large is refused at the door, and by IMAP its head alone is taken and it stays', async () => {
  const attachments = [{ filename: 'large.pdf', content: Buffer.alloc(20 * 2 ** 20, '%PDF-') }]
  await assert.rejects(send('ada@example.org', 'Delete my data', 'All of it', { attachments }), /552/)
  const count = (await requests()).length
  mailbox.add(`From: bob@example.org\r\nTo: ${ADDRESS}\r\nSubject: Please delete my data\r\n\r\n${'x'.repeat(20 * 2 ** 20)}`)
  await poll(house.house)
  await house.settle()
  const found = (await requests()).slice(count)
  assert.deepEqual(
    found.map(({ kind, email }) => [kind, email]),
    [['erasure', 'bob@example.org']],
  )
  assert.equal(mailbox.letters.length, 1, 'it stays in the mailbox')
  assert.match((await newest('bob@example.org')).subject, /Please confirm/)
})

test('letters in somebody’s name do not make us flood that address', async () => {
  await house.query('delete from throttles')
  const before = (await house.inbox('nora@nowhere.example')).length
  for (let i = 0; i < 12; i++) await send('nora@nowhere.example', `Delete ${i}`, 'Please delete all my data.')
  assert.equal((await house.inbox('nora@nowhere.example')).length - before, 4)
  assert.match(await legal.read('/staff/requests'), /To be read by you/, 'and none is lost')
})

test('our letters say where to answer, and that no machine should', async () => {
  const [letter] = (await (await visitor.get('/dev/mail', { accept: 'application/json' })).json()) as { headers: Record<string, string> }[]
  assert.equal(letter?.headers['Reply-To'], ADDRESS)
  assert.match(letter?.headers['Auto-Submitted'] ?? '', /^auto-/)
})
