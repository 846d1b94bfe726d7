import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import type { Browser } from '../../test/browser.ts'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { DAY, setAhead } from '../clock.ts'
import { pictureIn } from './picture.ts'
import { momentIn } from './zone.ts'

const house = await openTestHouse()
const [marketing, owner, analyst, billing, support] = [
  await house.member('marketing'),
  await house.member('owner'),
  await house.member('analyst'),
  await house.member('billing'),
  await house.member('support'),
]

const WORDS = { topic: 'news', subject: 'News for {{name|you}}', preheader: 'What is new', body: 'Hello {{name|there}}, [read](/help).' }
const NOW = { day: '', time: '', zone: 'UTC', sure: 'yes' }

async function begin(browser: Browser, words: Record<string, string> = WORDS): Promise<string> {
  const path = (await browser.post('/staff/updates', { topic: 'news' })).headers.get('location') ?? ''
  assert.equal((await browser.post(path, words)).status, 303)
  return path
}

interface DevLetter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Record<string, string>
}

const devMail = async (to: string): Promise<DevLetter[]> => {
  const letters = (await (await house.browser().get('/dev/mail', { accept: 'application/json' })).json()) as DevLetter[]
  return letters.filter((letter) => letter.to === to)
}

test('visits are counted by the campaign words that the writer put into links, and by nothing else', async () => {
  const link =
    'See [the plans](http://localhost:3000/services?utm_source=letter&utm_campaign=spring%20sale) and [more](/help?utm_campaign=spring%20sale).'
  const [marked, plain] = [await begin(marketing, { ...WORDS, body: link }), await begin(marketing)]
  await house.query(
    "insert into issue_acts (id, issue_id, act, done_at) select gen_random_uuid(), issues.id, act, now() + step * interval '1 second' from issues, unnest(array['scheduled', 'started', 'finished']) with ordinality as one (act, step) where issues.id::text = any($1)",
    [[marked, plain].map((path) => path.split('/').at(-1))],
  )
  const page = await marketing.read(marked)
  assert.equal(page.match(/is\.campaign=spring%20sale/g)?.length, 1)
  assert.equal((await marketing.get('/staff/navigation?is.campaign=spring%20sale')).status, 200)
  assert.match(await marketing.read(plain), /If you end a link with/)
})

test('the text and the page have the same words', async () => {
  const path = await begin(marketing, {
    ...WORDS,
    body: '# A\n\nB *c* & d, "e".\n\n1. f\n2. g\n\n> h\n\n![i](/updates/images/x)\n\n---\n\nj',
  })
  const html = await marketing.read(`${path}/letter.html`)
  const text = await marketing.read(`${path}/letter.txt`)
  const inHtml = html.slice(html.indexOf('<h1'), html.indexOf('<hr style="border:0;border-top:1px solid #8886;margin:32px'))
  const words = inHtml
    .replace(/<img[^>]*alt="([^"]*)"[^>]*>/g, '$1')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
  assert.deepEqual(
    words.match(/\w+/g),
    text
      .slice(text.indexOf('A\n'), text.indexOf('\n-- \n'))
      .replace(/^\d\. /gm, '')
      .match(/\w+/g),
  )
})

test('who may not see updates finds nothing there', async () => {
  const path = await begin(marketing)
  const doors = ['/staff/updates', '/staff/updates/issues.csv', path, `${path}/letter.html`, `${path}/letter.txt`, `${path}/progress.json`]
  for (const browser of [analyst, billing, support]) {
    for (const door of doors) assert.equal((await browser.get(door)).status, 404, door)
    for (const act of ['', '/schedule', '/test', '/images', '/approve', '/pause', '/cancel'])
      assert.equal((await browser.post(`${path}${act}`, { ...WORDS, ...NOW })).status, 404, act)
  }
  for (const door of ['/staff/people', '/staff/team', '/staff/jobs', '/staff/people/export'])
    assert.equal((await marketing.get(door)).status, 404, door)
  assert.equal((await owner.get(path)).status, 200)
})

test('the letter stands in a frame that can do nothing', async () => {
  const path = await begin(marketing, { ...WORDS, body: '<script>alert(1)</script> [x](javascript:alert(1))' })
  const letter = await marketing.get(`${path}/letter.html`)
  assert.match(letter.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
  const html = await letter.text()
  assert.doesNotMatch(html, /<script|href="javascript/)
  const page = await marketing.get(path)
  assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self'.*frame-src 'self'/)
  assert.match(await page.text(), /<iframe[^>]*sandbox=""/)
})

const refusedFor = async (words: Record<string, string>, reason: RegExp) => {
  const path = await begin(marketing, { ...WORDS, ...words })
  const answer = await marketing.post(`${path}/schedule`, NOW)
  assert.equal(answer.status, 422)
  assert.match(await answer.text(), reason)
  await house.settle()
  assert.equal(
    (await house.query('select r.id from recipients r join issues i on i.id = r.issue_id where i.id = $1', [path.slice(-36)])).length,
    0,
  )
}

test('what is not right holds an issue back', async () => {
  await refusedFor({ subject: '' }, /Subject<\/h3>[\s\S]{0,200}It is missing/)
  await refusedFor({ body: 'See [this](/nothing/there)' }, /\/nothing\/there: nothing is there \(404\)/)
  await refusedFor({ body: 'See [this](https://a%5b.example/)' }, /Links/)
  await refusedFor({ body: '![a cat](https://elsewhere.example/cat.png)' }, /not a picture of this issue/)
  await refusedFor({ body: 'Dear {{surname}}' }, /Nothing is known for \{\{surname\}\}/)
  await refusedFor({ body: '[you](https://example.com/{{name}})' }, /cannot hold an open place/)
})

test('an issue waits for its moment, in its time zone', async () => {
  assert.equal(momentIn('Europe/Berlin', '2026-07-01', '09:30')?.toISOString(), '2026-07-01T07:30:00.000Z')
  assert.equal(momentIn('Europe/Berlin', '2026-03-29', '03:30')?.toISOString(), '2026-03-29T01:30:00.000Z')
  assert.equal(momentIn('America/New_York', '2026-11-01', '12:00')?.toISOString(), '2026-11-01T17:00:00.000Z')
  assert.equal(momentIn('Asia/Kolkata', '2026-01-01', '00:00')?.toISOString(), '2025-12-31T18:30:00.000Z')
  const path = await begin(marketing)
  const day = new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10)
  await marketing.post(`${path}/schedule`, { ...NOW, day, time: '09:00', zone: 'Pacific/Auckland' })
  await house.settle()
  assert.match(await marketing.read(path), /Scheduled[\s\S]+Pacific\/Auckland/)
  assert.equal((await marketing.post(path, { ...WORDS, subject: 'Changed' })).headers.get('location'), `${path}?done=unchanged`)
  await marketing.post(`${path}/withdraw`)
  assert.match(await marketing.read(path), /Draft/)
  await marketing.post(`${path}/schedule`, { ...NOW, day, time: '09:00' })
  setAhead(3 * DAY)
  await house.house.db.as('operations', async (tx) => (await import('../jobs/queue.ts')).enqueue(tx, 'updates.wake', {}))
  await house.settle()
  setAhead(0)
  assert.match(await marketing.read(path), /class="badge good">Sent/)
})

test('where a second person is asked for, nothing goes without one', async () => {
  const strict = await openTestHouse({ UPDATES_APPROVAL: 'yes' })
  const [first, second] = [await strict.member('marketing'), await strict.member('owner')]
  const path = (await first.post('/staff/updates', { topic: 'news' })).headers.get('location') ?? ''
  await first.post(path, WORDS)
  await first.post(`${path}/schedule`, NOW)
  await strict.settle()
  assert.match(await first.read(path), /nobody approves their own/)
  assert.equal((await first.post(`${path}/approve`)).headers.get('location'), `${path}?done=unchanged`)
  await strict.settle()
  assert.match(await first.read(path), /Scheduled/)
  assert.match(await second.read(path), /Approve it/)
  await second.post(`${path}/withdraw`)
  await first.post(`${path}/schedule`, NOW)
  assert.equal((await second.post(`${path}/approve`)).headers.get('location'), `${path}?done=approved`)
  await strict.settle()
  assert.match(await first.read(path), /class="badge good">Sent/)
})

test('a test letter goes to oneself alone', async () => {
  const path = await begin(marketing)
  await marketing.post(`${path}/test`)
  await house.settle()
  const [{ email } = { email: '' }] = await house.query<{ email: string }>("select email from people where email like 'marketing-%'")
  const [letter] = await devMail(email)
  assert.equal(letter?.subject, '[Test] News for Staff marketing')
  const link = /unsubscribe\/[\w-]+/.exec(letter?.text ?? '')?.[0] ?? ''
  const before = await house.query('select id from subscriptions order by id')
  await house.browser().post(`/updates/${link}`, { 'List-Unsubscribe': 'One-Click' })
  assert.deepEqual(await house.query('select id from subscriptions order by id'), before)
})

// ---- Pictures ----------------------------------------------------------------------------------

function chunk(name: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.length)
  return Buffer.concat([size, Buffer.from(name, 'latin1'), data, Buffer.alloc(4)])
}

function png(...more: Buffer[]): Buffer {
  const head = Buffer.from('0000000300000002080200000000', 'hex').subarray(0, 13)
  const pixels = deflateSync(Buffer.alloc(20))
  const begin = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([begin, chunk('IHDR', head), ...more, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

const segment = (marker: number, data: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([head, data])
}

const jpeg = (...more: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    segment(0xe0, Buffer.from('JFIF\0')),
    ...more,
    segment(0xc0, Buffer.from('080002000301011100', 'hex')),
    segment(0xda, Buffer.from('01010000', 'hex')),
    Buffer.from('1234ffd9', 'hex'),
  ])

const gif = (...more: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from('0300020000 0000'.replace(' ', ''), 'hex'),
    ...more,
    Buffer.from('2c000000000300020000', 'hex'),
    Buffer.from('02024401003b', 'hex'),
  ])

function webp(...more: Buffer[]): Buffer {
  const part = (name: string, data: Buffer) => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(data.length)
    return Buffer.concat([Buffer.from(name, 'latin1'), size, data, Buffer.alloc(data.length % 2)])
  }
  const body = Buffer.concat([
    part('VP8X', Buffer.from('0c000000020000010000', 'hex')),
    part('VP8L', Buffer.from('2f02400000', 'hex')),
    ...more.map((data) => part('EXIF', data)),
  ])
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(body.length + 4, 4)
  return Buffer.concat([head, body])
}

test('pictures are known by their content and lose what the camera noted', () => {
  const secret = Buffer.from('GPS 25.7617 N 80.1918 W')
  const noted: readonly (readonly [string, Buffer, Buffer])[] = [
    ['image/png', png(), png(chunk('eXIf', secret), chunk('tEXt', secret))],
    ['image/jpeg', jpeg(), jpeg(segment(0xe1, secret), segment(0xfe, secret))],
    ['image/gif', gif(), gif(Buffer.concat([Buffer.from([0x21, 0xfe, secret.length]), secret, Buffer.of(0)]))],
    ['image/webp', webp(), webp(secret)],
  ]
  for (const [type, plain, full] of noted) {
    const [a, b] = [pictureIn(plain), pictureIn(full)]
    assert.deepEqual([a?.type, a?.width, a?.height], [type, 3, 2], type)
    assert(b && !b.bytes.includes('GPS'), type)
    assert.deepEqual(b.bytes, a?.bytes, type)
    assert.deepEqual(pictureIn(b.bytes)?.bytes, b.bytes, type)
    assert.equal(pictureIn(Buffer.concat([plain, Buffer.from('<script>')]))?.bytes.includes('<script>') ?? false, false, type)
    for (let end = 0; end < plain.length - 1; end++) assert.equal(pictureIn(plain.subarray(0, end)), undefined, `${type} cut at ${end}`)
  }
  for (const other of ['', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'GIF89a<script>', '%PDF-1.7', 'PK\x03\x04'])
    assert.equal(pictureIn(Buffer.from(other)), undefined, other)
})

const upload = async (browser: Browser, path: string, bytes: Buffer, alt: string) => {
  const form = new FormData()
  form.append('picture', new File([new Uint8Array(bytes)], 'cat.png', { type: 'image/png' }))
  form.append('alt', alt)
  const request = new Request('http://localhost:3000/', { method: 'POST', body: form })
  const body = Buffer.from(await request.arrayBuffer())
  return browser.send(`${path}/images`, { body, type: request.headers.get('content-type') ?? '' })
}

test('a picture is kept by us and served to everybody alike', async () => {
  const path = await begin(marketing)
  assert.equal((await upload(marketing, path, Buffer.from('<svg/>'), 'A cat')).status, 422)
  assert.equal((await upload(marketing, path, png(), '')).status, 422)
  assert.equal((await upload(marketing, path, png(chunk('tEXt', Buffer.from('secret'))), 'A [cat]')).status, 303)
  const page = await marketing.read(path)
  const words = /!\[A \\\[cat\\\]\]\((\/updates\/images\/[\w-]{22}\.png)\)/.exec(page)
  assert(words?.[1], 'the desk says how to use it')
  const image = await house.browser().get(words[1])
  assert.equal(image.headers.get('content-type'), 'image/png')
  assert.match(image.headers.get('content-security-policy') ?? '', /sandbox/)
  assert.equal(image.headers.get('cross-origin-resource-policy'), 'cross-origin')
  assert.equal(image.headers.get('set-cookie'), null)
  assert.deepEqual(Buffer.from(await image.arrayBuffer()), png())
  await marketing.post(path, { ...WORDS, body: `Look: ${words[0]}` })
  assert.match(
    await marketing.read(`${path}/letter.html`),
    /<img src="http:\/\/localhost:3000\/updates\/images\/[\w-]+\.png" alt="A \[cat\]"/,
  )
  assert.match(await marketing.read(`${path}/letter.txt`), /Look: \[A \[cat\]\]/)
  assert.equal((await house.browser().get('/updates/images/AAAAAAAAAAAAAAAAAAAAAA.png')).status, 404)
})

test('SpamAssassin finds nothing in a letter, where it is installed', async (t) => {
  const real = await openTestHouse({ ORIGIN: 'https://cloudrun.example', MAIL_FROM: 'Cloudrun <hello@cloudrun.example>' })
  const author = await real.member('marketing')
  const path = (await author.post('/staff/updates', { topic: 'news' })).headers.get('location') ?? ''
  const body = 'Hello {{name|there}},\n\nthis month Log Search became faster. [Read how](/help).\n\nUntil next month.'
  await author.post(path, { ...WORDS, subject: 'What is new in November', body })
  const page = await author.read(`${path}?score=yes`)
  if (/not installed/.test(page)) return t.diagnostic('SpamAssassin is not installed here: nothing was asked')
  const score = Number(/(-?[\d.]+) points by SpamAssassin/.exec(page)?.[1])
  assert(score < 1, `${score} points`)
})

// The last one, because it lets so much time pass that everybody is signed out.
test('two subscribe, one confirms: an issue reaches one, and one click ends it', async () => {
  for (const [name, email] of [
    ['Grace Hopper', 'grace@example.org'],
    ['Pat Pending', 'pat@example.org'],
  ])
    await house.browser().post('/updates', { name: name ?? '', email: email ?? '', topics: 'news' })
  const confirmation = linkIn((await house.inbox('grace@example.org'))[0])
  await house.browser().post(confirmation)
  await marketing.post(`${await begin(marketing)}/schedule`, NOW)
  await house.settle()
  const [letter] = await devMail('grace@example.org')
  assert.equal(letter?.subject, 'News for Grace Hopper')
  assert.match(letter?.text ?? '', /Hello Grace Hopper, read \(http:\/\/localhost:3000\/help\)/)
  assert.equal((await devMail('pat@example.org')).filter(({ subject }) => subject.startsWith('News')).length, 0)
  assert.equal(letter?.headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click')
  const link = new URL(/^<([^<>]+)>$/.exec(letter?.headers['List-Unsubscribe'] ?? '')?.[1] ?? '')
  const stranger = house.browser()
  assert.equal((await stranger.get(link.pathname)).status, 200)
  const subscribed = () =>
    house.query("select s.id from subscriptions s join people p on p.id = s.person_id where p.email = 'grace@example.org'")
  assert.equal((await subscribed()).length, 1)
  const answer = await stranger.post(
    link.pathname,
    { 'List-Unsubscribe': 'One-Click' },
    { origin: 'https://mail.example', 'sec-fetch-site': 'cross-site' },
  )
  assert(answer.status < 400)
  assert.equal((await subscribed()).length, 0)
  await marketing.post(`${await begin(marketing, { ...WORDS, subject: 'Second' })}/schedule`, NOW)
  await house.settle()
  assert(!(await devMail('grace@example.org')).some(({ subject }) => subject === 'Second'))
  assert.match(await marketing.read('/staff/updates/issues.csv'), /,News for \{\{name\|you\}\},Sent,[^,]+,1,1,1,0,0,0,0,0,0,1,0\r\n/)
  setAhead(3 * DAY)
  const { sweep } = await import('../database/sweep.ts')
  const { register } = await import('../register.ts')
  await sweep(house.house.db, register)
  assert.equal((await house.query("select id from pending where email = 'pat@example.org'")).length, 0)
  setAhead(0)
})
