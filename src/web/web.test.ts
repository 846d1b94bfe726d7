import assert from 'node:assert/strict'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect as connectSocket } from 'node:net'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import fc from 'fast-check'
import { addressBehind } from './client.ts'
import { partOf } from './health.ts'
import { openTestHouse } from '../../test/harness.ts'
import { openApp } from '../app.ts'
import { DAY, now, setAhead } from '../clock.ts'
import { readConfig, WrongSetting } from '../config.ts'
import { Moment } from './lists.tsx'

const house = await openTestHouse()
const browser = house.browser()

test('every public page is whole, without a cookie', async () => {
  const { content } = house.house
  const pages = [
    '/',
    '/services',
    '/help',
    '/privacy',
    '/privacy/data',
    '/privacy/versions',
    '/privacy/processors',
    '/cookies',
    '/security',
    '/help/contact',
    '/sign-up',
    '/sign-in',
    ...content.services.map((text) => `/services/${text.slug}`),
    ...content.help.map((text) => `/help/${text.slug}`),
  ]
  for (const path of pages) {
    const answer = await browser.get(path)
    assert.equal(answer.status, 200, path)
    assert.equal(answer.headers.getSetCookie().length, 0, path)
    assert.match(await answer.text(), /<h1/, path)
  }
})

test('every link on every public page leads somewhere', async () => {
  const seen = new Set<string>()
  const queue = ['/']
  const broken: string[] = []
  for (let path = queue.pop(); path; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const answer = await browser.get(path)
    if (answer.status >= 400) broken.push(path)
    if (!(answer.headers.get('content-type') ?? '').includes('html')) continue
    for (const [, href = ''] of (await answer.text()).matchAll(/(?:href|src)="(\/[^"#?]*)/g)) queue.push(href)
  }
  assert.deepEqual(broken, [])
  assert(seen.size > 40)
})

test('a page weighs at most 30 kB with its stylesheet, and asks no other host', async () => {
  const { assets } = house.house
  for (const path of ['/', '/help', '/privacy', '/privacy/data']) {
    const page = await browser.get(path, { 'accept-encoding': 'gzip' })
    const html = Buffer.from(await page.arrayBuffer())
    const css = assets.files.get(assets.css.replace('/assets/', ''))?.gzip?.body.length ?? Infinity
    const script = assets.files.get(assets.script.replace('/assets/', ''))?.gzip?.body.length ?? Infinity
    assert(html.length + css <= 30_000, `${path}: ${html.length} + ${css}`)
    assert(script <= 5_000)
    assert.doesNotMatch(gunzipSync(html).toString(), /(src|href)="(https?:)?\/\/(?!localhost)[^"]*\.(css|js|woff2|png|svg)/)
  }
})

test('an unchanged page costs no body the second time', async () => {
  const first = await browser.get('/privacy', { 'accept-encoding': 'br' })
  assert.equal(first.headers.get('content-encoding'), 'br')
  const again = await browser.get('/privacy', { 'accept-encoding': 'br', 'if-none-match': first.headers.get('etag') ?? '' })
  assert.equal(again.status, 304)
  assert.equal(await again.text(), '')
})

test('assets never change under their name, and nothing else is served there', async () => {
  const answer = await browser.get(house.house.assets.css)
  assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
  for (const path of ['/assets/none.css', '/assets/manifest.json', '/assets/..%2f..%2fpackage.json', '/.git/config', '/account/x.css']) {
    assert.notEqual((await browser.get(path)).status, 200, path)
  }
})

test('every answer bears the safe headers', async () => {
  for (const path of ['/', '/nothing', '/sign-in', '/account', house.house.assets.css]) {
    const { headers } = await browser.get(path)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*|https?:/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }
})

test('https brings HSTS and cookies with a prefix; a domain of sessions brings another', async () => {
  const secure = await openTestHouse({ ORIGIN: 'https://example.com' })
  const visitor = secure.browser()
  const answer = await visitor.post('/sign-up', { name: 'Ada', email: 'ada@example.org' })
  assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age=31536000/)
  assert.match(answer.headers.getSetCookie().join(), /^__Host-attempt=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  await secure.close()
})

test('a host that is not listed is refused, whatever it asks', async () => {
  for (const path of ['/', '/account', '/livez']) {
    const answer = await browser.get(path, { host: 'evil.example' })
    assert.equal(answer.status, 421)
  }
})

test('a form from another site does nothing', async () => {
  const forged: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': '', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': '', origin: 'null' },
  ]
  for (const headers of forged) {
    const answer = await browser.post('/sign-up', { name: 'Eve', email: 'eve@example.org' }, headers)
    assert.equal(answer.status, 403, JSON.stringify(headers))
  }
  assert.equal((await house.inbox('eve@example.org')).length, 0)
})

test('machines get problems (RFC 9457), people get pages', async () => {
  const machine = await browser.get('/nothing', { accept: 'application/json' })
  assert.equal(machine.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  assert.equal(((await machine.json()) as { status: number }).status, 404)
  assert.match(await browser.read('/nothing'), /<h1>Nothing here<\/h1>/)
})

test('a body that is too long, of another kind, or damaged is refused with words', async () => {
  assert.equal((await browser.post('/sign-up', { name: 'x'.repeat(70_000), email: 'a@example.org' })).status, 413)
  assert.equal((await browser.json('/sign-up', { name: 'Ada' })).status, 415)
  const damaged = await browser.post('/sign-up', {}, { 'content-type': 'multipart/form-data; boundary=x' })
  assert([400, 422].includes(damaged.status))
})

test('what was typed is kept beside its error', async () => {
  const answer = await browser.post('/sign-up', { name: 'Ada "the first" <Lovelace>', email: 'not an address' })
  const html = await answer.text()
  assert.equal(answer.status, 422)
  assert.match(html, /value="Ada &quot;the first&quot; &lt;Lovelace&gt;"/)
  assert.match(html, /aria-invalid="true"/)
})

test('no form field, however odd, breaks a page', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), async (name, email) => {
      const answer = await house.browser().post('/sign-up', { name, email })
      assert(answer.status < 500, `${answer.status}`)
    }),
    { numRuns: 150 },
  )
})

test('too many tries are told to wait, and for how long', async () => {
  const eager = await openTestHouse()
  const visitor = eager.browser()
  let last = await visitor.post('/sign-in', { email: 'ada@example.org' })
  for (let tries = 0; tries < 7; tries++) last = await visitor.post('/sign-in', { email: 'ada@example.org' })
  assert.equal(last.status, 429)
  assert(Number(last.headers.get('retry-after')) > 0)
  assert.deepEqual(await eager.query("select key_hash from throttles where key_hash like '%ada%' or key_hash like '%127%'"), [])
  await eager.close()
})

test('forwarded addresses count from trusted proxies only', async () => {
  const behind = await openTestHouse({ TRUSTED_PROXIES: '127.0.0.0/8' })
  const counted = async (forwarded: string) => {
    await behind.query('delete from throttles')
    await behind.browser().post('/sign-up', { name: 'A', email: 'a@example.org' }, { 'x-forwarded-for': forwarded })
    return (await behind.query<{ key_hash: string }>('select key_hash from throttles order by 1')).map((row) => row.key_hash).join()
  }
  assert.notEqual(await counted('198.51.100.1'), await counted('198.51.100.2'))
  assert.equal(await counted('203.0.113.9, 198.51.100.1'), await counted('198.51.100.1'))
  const { config } = behind.house
  assert.equal(addressBehind(config, '127.0.0.1', ' 203.0.113.9 ,198.51.100.1, 127.0.0.2, nobody,'), '198.51.100.1')
  assert.equal(addressBehind(config, '192.0.2.1', '198.51.100.1'), '192.0.2.1')
  // Whoever breaks the connection off at once is not taken for the proxy.
  assert.equal(addressBehind(config, undefined, '198.51.100.1'), '')
  await behind.close()
})

test('it is alive, ready, and counts', async () => {
  assert.equal(await browser.read('/livez'), 'ok')
  assert.deepEqual(await (await browser.get('/readyz')).json(), { database: 'ok', migrations: 'ok', jobs: 'ok' })
  await browser.get('/account')
  await browser.get('/updates/confirm/some-token')
  const metrics = await browser.read('/metrics')
  assert.match(metrics, /http_request_duration_seconds_count\{method="GET",part="account",status="303"\}/)
  assert.doesNotMatch(metrics, /some-token/)
  await browser.post('/updates', { name: 'Ada', email: 'ada@example.org', topics: 'news' })
  const later = await browser.read('/metrics')
  assert.match(later, /cloudrun_letters_waiting [1-9]/)
  assert.match(later, /cloudrun_jobs_waiting\{job="mail.deliver"\} [1-9]/)
  assert.match(later, /cloudrun_database_connections\{purpose="security"\} \d/)
  assert.match(later, /cloudrun_gauges_failed 0/)
})

test('a part of the site is a word of ours, whatever the path', async () => {
  for (const path of [
    '/account/x',
    '/staff/people/1',
    '/api/v1/people',
    '/',
    '/updates/unsubscribe/secret',
    '/constructor',
    '/__proto__/x',
  ])
    assert.match(partOf(path), /^(account|console|api|pages)$/, path)
})

test('production shows neither letters nor metrics', async () => {
  const production = await openTestHouse({
    ENVIRONMENT: 'production',
    ORIGIN: 'https://example.com',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'a@example.com',
    PRIVACY_ADDRESS: 'p@example.com',
    SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789',
  })
  const visitor = production.browser()
  assert.equal((await visitor.get('/dev/mail')).status, 404)
  assert.equal((await visitor.get('/metrics')).status, 404)
  await production.close()
})

test('a wrong or missing setting stops the start with a sentence', () => {
  const production = {
    ENVIRONMENT: 'production',
    ORIGIN: 'https://example.com',
    SMTP_URL: 'smtp://x',
    MAIL_FROM: 'a@b.example',
    PRIVACY_ADDRESS: 'p@b.example',
    SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789',
  }
  const wrong: [Record<string, string>, RegExp][] = [
    [{ ...production, SMTP_URL: '' }, /SMTP_URL is missing/],
    [{ ...production, ORIGIN: 'http://example.com' }, /ORIGIN must start with https/],
    [{ ...production, SECRET: 'secret' }, /SECRET is too weak/],
    [{ ...production, SECRET: 'a'.repeat(40) }, /SECRET is too weak/],
    [{ ...production, SECRET: '' }, /SECRET is missing/],
    [{ ...production, CLOCK_AHEAD: '2h' }, /CLOCK_AHEAD/],
    [{ PORT: 'many' }, /PORT/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
    [{ TRUSTED_PROXIES: '10.0.0.0/99' }, /TRUSTED_PROXIES/],
    [{ SECRET_FILE: '/nonexistent' }, /SECRET_FILE names/],
    [{ SECRET_PREVIOUS_FILE: '/nonexistent' }, /SECRET_PREVIOUS_FILE names/],
    [{ ...production, SECRET_PREVIOUS: production.SECRET }, /SECRET_PREVIOUS is the same as SECRET/],
    [{ HOSTS: 'a b' }, /HOSTS/],
  ]
  for (const [settings, sentence] of wrong) {
    assert.throws(
      () => readConfig(settings),
      (fault) => fault instanceof WrongSetting && sentence.test(fault.message),
      JSON.stringify(settings),
    )
  }
})

test('odd requests on the wire are answered or dropped, and the next one is served', async () => {
  const port = await listen()
  for (const raw of [
    'GET // HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'NONSENSE\r\n\r\n',
    'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
    'POST /sign-up HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ]) {
    const answer = await rawRequest(port, raw)
    assert.doesNotMatch(answer, /^HTTP\/1\.1 5\d\d/, raw)
  }
  assert.equal(await statusOf(port), 200)
})

test('moments are written as the language has them', () => {
  const utc = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
  const exact = utc({ dateStyle: 'full', timeStyle: 'long' })
  const short = utc({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })
  const moments = fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
  fc.assert(
    fc.property(moments, (at) => {
      const html = String(Moment({ at }))
      assert.equal(html, `<time datetime="${at.toISOString()}" title="${exact.format(at)}" data-moment="moment">${short.format(at)}</time>`)
    }),
  )
})

async function listen(): Promise<number> {
  const { answerBadTargets } = await import('../main.ts')
  const listener = getRequestListener(openApp(house.house).fetch, { overrideGlobalObjects: false })
  const server: Server = createServer(answerBadTargets((request, response) => void listener(request, response)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  return (server.address() as AddressInfo).port
}

const rawRequest = (port: number, text: string): Promise<string> =>
  new Promise((resolve) => {
    let answer = ''
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (bytes) => (answer += bytes.toString()))
    socket.on('close', () => resolve(answer))
    socket.on('error', () => resolve(answer))
    setTimeout(() => socket.destroy(), 400)
  })

const statusOf = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    httpRequest({ port, host: '127.0.0.1', path: '/livez', headers: { host: 'localhost:3000' } }, (answer) =>
      resolve(answer.statusCode ?? 0),
    )
      .on('error', reject)
      .end()
  })

test('security.txt says where to write, and never runs out', async () => {
  for (const days of [0, 45, 180, 364, 365]) {
    setAhead(days * DAY)
    const text = await browser.read('/.well-known/security.txt')
    assert.match(text, /^Contact: mailto:\S+@\S+$/m)
    assert.match(text, /^Canonical: \S+\/\.well-known\/security\.txt$/m)
    const expires = Date.parse(/^Expires: (\S+)$/m.exec(text)?.[1] ?? '')
    const left = (expires - now().getTime()) / DAY
    assert(left > 150 && left < 365, `${left} days`)
  }
  setAhead(0)
})
