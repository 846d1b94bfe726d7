import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Browser } from '../../test/browser.ts'
import { openTestHouse } from '../../test/harness.ts'
import { openApp } from '../app.ts'
import { DAY, now, setAhead } from '../clock.ts'
import { kinds } from './action.ts'
import { dayOf, type Dimension } from './dimension.ts'
import { storeOf } from './store.ts'

const hosts = ['www.cloudrun.example', 'docs.cloudrun.example']
const house = await openTestHouse({
  ORIGIN: 'http://www.cloudrun.example',
  HOSTS: hosts.join(','),
  TRUSTED_PROXIES: '127.0.0.1',
  NAVIGATION_SITES: 'https://shop.example,https://wild.example',
  NAVIGATION_IGNORED: '203.0.113.0/24',
})
const app = openApp(house.house)
const store = storeOf(house.house)
const today = dayOf(now())
const asked = { from: today, until: today, filters: [] }

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0'
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1'
const EDGE = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0'
const agents = [
  { agent: CHROME, browser: 'Chrome', version: 'Chrome 149', device: 'computer' },
  { agent: FIREFOX, browser: 'Firefox', version: 'Firefox 151', device: 'computer' },
  { agent: SAFARI, browser: 'Safari', version: 'Safari 26', device: 'telephone' },
  { agent: EDGE, browser: 'Microsoft Edge', version: 'Microsoft Edge 148', device: 'computer' },
]
// Networks of universities and large companies, which have been theirs for decades.
const networks = [
  { address: '18.9.22.', country: 'US', languages: 'en-US,en;q=0.9', language: 'en' },
  { address: '141.14.16.', country: 'DE', languages: 'de-DE,de;q=0.8,en;q=0.5', language: 'de' },
  { address: '129.67.1.', country: 'GB', languages: 'en-GB', language: 'en' },
  { address: '133.11.0.', country: 'JP', languages: 'ja', language: 'ja' },
  { address: '130.79.1.', country: 'FR', languages: 'fr-FR,fr', language: 'fr' },
]
const walks = [['/'], ['/', '/services'], ['/help', '/help/signing-in', '/privacy'], ['/services', '/'], ['/privacy']]
const arrivals = [
  { referer: undefined, query: '', channel: 'direct', referrer: '' },
  { referer: 'https://www.google.com/', query: '', channel: 'search', referrer: 'www.google.com' },
  { referer: 'https://www.microsoft.com/', query: '', channel: 'referral', referrer: 'www.microsoft.com' },
  {
    referer: undefined,
    query: '?utm_source=updates&utm_medium=email&utm_campaign=november&email=canary@example.org',
    channel: 'e-mail',
    referrer: '',
  },
]

const visitors = Array.from({ length: 50 }, (_, n) => {
  const network = networks[n % 5]
  const browser = agents[n % 4]
  const walk = walks[(n * 3) % 5]
  const arrival = arrivals[Math.floor(n / 5) % 4]
  assert(network && browser && walk && arrival)
  return { ...network, ...browser, ...arrival, address: `${network.address}${n + 10}`, walk }
})
type Visitor = (typeof visitors)[number]

async function come(
  { address, agent, languages, walk, referer, query }: Visitor,
  host: string,
  more: Record<string, string> = {},
): Promise<void> {
  const browser = new Browser(app, `http://${host}`)
  browser.headers = { 'user-agent': agent, 'accept-language': languages, 'x-forwarded-for': address, ...more }
  for (const [step, path] of walk.entries()) {
    const from = step === 0 ? referer : `http://${host}${walk[step - 1] ?? ''}`
    const answer = await browser.get(step === 0 ? path + query : path, from ? { referer: from } : {})
    assert.equal(answer.status, 200)
  }
}

/** How many of these have each value. */
function expected(of: (visitor: Visitor) => readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const visitor of visitors) for (const value of new Set(of(visitor))) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].filter(([, count]) => count >= 5).sort()
}

async function told(dimension: Dimension, filters: { dimension: Dimension; values: string[] }[] = []): Promise<[string, number][]> {
  const { rows } = await store.panel({ ...asked, filters }, dimension)
  return rows.map(({ value, counts }): [string, number] => [value, counts.visitors]).sort()
}

const whatIsTold: [Dimension, (visitor: Visitor) => readonly string[]][] = [
  ['country', ({ country }) => [country]],
  ['language', ({ language }) => [language]],
  ['browser', ({ browser }) => [browser]],
  ['version', ({ version }) => [version]],
  ['device', ({ device }) => [device]],
  ['page', ({ walk }) => walk],
  ['entry', ({ walk }) => walk.slice(0, 1)],
  ['exit', ({ walk }) => walk.slice(-1)],
  ['channel', ({ channel }) => [channel]],
  ['referrer', ({ referrer }) => [referrer]],
  ['campaign', ({ query }) => [query ? 'november' : '']],
]

test('fifty known visitors give exactly the report that they should', async () => {
  for (const visitor of visitors) await come(visitor, hosts[0] ?? '')
  await house.settle()
  const views = visitors.reduce((sum, { walk }) => sum + walk.length, 0)
  const bounces = visitors.filter(({ walk }) => walk.length === 1).length
  const { visitors: count, visits, views: seen, bounces: bounced } = await store.totals(asked)
  assert.deepEqual([count, visits, seen, bounced], [50, 50, views, bounces])
  for (const [dimension, of] of whatIsTold) assert.deepEqual(await told(dimension), expected(of), dimension)
})

test('the same visitors at another subdomain are the same visitors, and each host has the same report of its own', async () => {
  for (const visitor of visitors) await come(visitor, hosts[1] ?? '')
  await house.settle()
  assert.equal((await store.totals(asked)).visitors, 50)
  assert.equal((await store.totals(asked)).visits, 100)
  for (const [dimension, of] of whatIsTold) {
    assert.deepEqual(await told(dimension), expected(of), dimension)
    for (const host of hosts) assert.deepEqual(await told(dimension, [{ dimension: 'host', values: [host] }]), expected(of), dimension)
  }
})

test('programs, readers who send a signal or chose not to be counted, and ignored networks are not there', async () => {
  const before = await store.totals(asked)
  const [visitor] = visitors
  assert(visitor)
  const stranger = { ...visitor, address: '18.9.23.200' }
  const bots = [
    'Googlebot/2.1 (+http://www.google.com/bot.html)',
    'curl/8.5.0',
    '',
    'Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/149.0.0.0 Safari/537.36',
  ]
  for (const agent of bots) await come({ ...stranger, agent }, hosts[0] ?? '')
  await come(stranger, hosts[0] ?? '', { 'sec-gpc': '1' })
  await come(stranger, hosts[0] ?? '', { dnt: '1' })
  await come(stranger, hosts[0] ?? '', { 'sec-purpose': 'prefetch' })
  await come({ ...stranger, address: '203.0.113.9' }, hosts[0] ?? '')
  await house.settle()
  assert.deepEqual(await store.totals(asked), before)
  await come(stranger, hosts[0] ?? '', { 'sec-gpc': '11' })
  await house.settle()
  assert.equal((await store.totals(asked)).visitors, before.visitors + 1)
})

interface Told {
  readonly k: string
  readonly u: string
  readonly [more: string]: unknown
}

const send = async (body: string | readonly Told[], headers: Record<string, string> = {}): Promise<Response> =>
  app.request('http://www.cloudrun.example/n', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      ...{
        host: 'www.cloudrun.example',
        'content-type': 'text/plain;charset=UTF-8',
        'user-agent': FIREFOX,
        'x-forwarded-for': '129.67.2.7',
      },
      ...{ origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' },
      ...headers,
    },
  })

test('a script reports from a listed website, and nothing in its words sets who, where or when', async () => {
  const answer = await send([
    { k: 'v', u: 'https://shop.example/basket/?email=canary@example.org&utm_source=news#top', r: 'https://t.co/x', z: 120 },
    {
      k: 'a',
      u: 'https://shop.example/basket',
      n: 'order',
      d: { plan: 'team', mail: 'canary@example.org', phone: '+1 555 010 9999', seats: 3 },
    },
    { k: 'l', u: 'https://shop.example/basket', n: 'GitHub.com' },
    { k: 't', u: 'https://shop.example/basket', s: 40 },
    { k: 'p', u: 'https://shop.example/basket', n: 'LCP', s: 812.5 },
  ])
  assert.equal(answer.status, 202)
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://shop.example')
  assert.equal(answer.headers.get('access-control-allow-credentials'), null)
  const rows = await house.query<Record<string, unknown>>("select * from recorded_actions() where host = 'shop.example' order by kind")
  assert.deepEqual(
    rows.map(({ kind, page, label, properties, amount }) => [kind, page, label, properties, amount]),
    [
      ['action', '/basket', 'order', ['plan = team', 'seats = 3'], null],
      ['link', '/basket', 'github.com', null, null],
      ['pace', '/basket', 'LCP', null, 812.5],
      ['time', '/basket', '', null, 40],
      ['view', '/basket', '', null, null],
    ],
  )
  assert.deepEqual(new Set(rows.map(({ country, zone }) => `${String(country)} ${String(zone)}`)), new Set(['GB 8', 'GB null']))
  for (const field of ['ip', 'address', 'at', 'time', 'browser', 'visitor', 'country', 'userAgent'])
    assert.equal((await send([{ k: 'v', u: 'https://shop.example/', [field]: '1.2.3.4' }])).status, 400, field)
  assert.deepEqual(await house.traces('canary@example.org'), [])
  assert.deepEqual(await house.traces('129.67.2.7'), [])
  assert.deepEqual(await house.traces(FIREFOX), [])
})

const wildText = fc.string({ unit: 'binary', maxLength: 40 })
const wild = fc.record(
  {
    k: fc.constantFrom('v', 'a', 'l', 'f', 'm', 't', 'p'),
    u: wildText.map((path) => `https://wild.example/${path}`),
    r: fc.oneof(
      wildText,
      wildText.map((host) => `https://${host}/`),
    ),
    n: fc.oneof(wildText, fc.constantFrom('LCP', 'CLS')),
    d: fc.dictionary(wildText, fc.oneof(wildText, fc.double({ noDefaultInfinity: true, noNaN: true }), fc.boolean()), { maxKeys: 4 }),
    s: fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(5e-324, 1e-50, 1e-45, 1e-38)),
    z: fc.integer({ min: -840, max: 840 }),
  },
  { requiredKeys: ['k', 'u'] },
)

// A batch holds text, so only reading shows what the database makes of it: one wrong field would hide the whole day.
test('whatever is taken in can be read again, one row for each action', async () => {
  let taken = 0
  for (const [at, one] of fc.sample(wild, { numRuns: 400, seed: 7 }).entries()) {
    const answer = await send([one], { 'x-forwarded-for': `129.67.4.${at % 250}` })
    assert([202, 400].includes(answer.status), JSON.stringify(one))
    if (answer.status === 202) taken++
  }
  assert(taken > 200)
  const rows = await house.query<{ kind: string }>("select * from recorded_actions() where host = 'wild.example'")
  assert.equal(rows.length, taken)
  assert.deepEqual(new Set(rows.map(({ kind }) => kind)), new Set(kinds))
  assert((await store.totals(asked)).visitors >= 50)
  assert((await store.paces(asked)).length > 0)
})

test('what is not listed, not whole or too much is turned away without a word', async () => {
  const before = await house.query('select count(*) from recorded_actions()')
  const answers = [
    [await send([{ k: 'v', u: 'https://elsewhere.example/' }]), 403],
    [await send([{ k: 'v', u: 'https://shop.example.evil.example/' }]), 403],
    [await send('[{"k":"v"'), 400],
    [await send(`[{"k":"v","u":"https://shop.example/${'x'.repeat(5000)}"}]`), 413],
    [await send([{ k: 'v', u: 'javascript:alert(1)' }]), 400],
  ] as const
  for (const [answer, status] of answers) {
    assert.equal(answer.status, status)
    assert.equal(await answer.text(), '')
  }
  assert.deepEqual(await house.query('select count(*) from recorded_actions()'), before)
  const many = Array.from({ length: 20 }, () => ({ k: 'v', u: 'https://shop.example/' }))
  const statuses = new Set<number>()
  for (let tries = 0; tries < 40; tries++) statuses.add((await send(many, { 'x-forwarded-for': '129.67.3.3' })).status)
  assert.deepEqual([...statuses], [202, 429])
})

test('the image counts for who has no script, and the script stays below its size', async () => {
  const picture = await app.request('http://www.cloudrun.example/n.gif?u=https%3A%2F%2Fshop.example%2Fno-script', {
    headers: { host: 'www.cloudrun.example', 'user-agent': FIREFOX, 'x-forwarded-for': '129.67.2.9' },
  })
  assert.equal(picture.headers.get('content-type'), 'image/gif')
  assert.equal(picture.headers.get('cross-origin-resource-policy'), 'cross-origin')
  assert.deepEqual(await house.query("select kind from recorded_actions() where page = '/no-script'"), [{ kind: 'view' }])
  const script = await app.request('http://www.cloudrun.example/n.js', {
    headers: { host: 'www.cloudrun.example', 'accept-encoding': 'gzip' },
  })
  assert.equal(script.headers.get('cross-origin-resource-policy'), 'cross-origin')
  assert((await script.arrayBuffer()).byteLength <= 1024)
})

test('pages that hold something of somebody’s in their address are counted by their pattern', async () => {
  const ada = await house.person('Ada Lovelace')
  ada.headers['x-forwarded-for'] = '18.9.22.250'
  await ada.get('/sign-in/code/a-token-that-nobody-should-read-1234567890')
  await ada.get('/nothing/here/canary@example.org')
  await house.settle()
  const pages = (await house.query<{ page: string }>('select distinct page from recorded_actions()')).map(({ page }) => page)
  assert(!pages.some((page) => /token|canary/.test(page)), pages.join(' '))
  assert(pages.includes('/nothing/here/:id'))
  const staff = await house.member('owner')
  await staff.get('/staff')
  await house.settle()
  assert(
    !(await house.query<{ page: string }>('select distinct page from recorded_actions()')).some(({ page }) => page.startsWith('/staff')),
  )
})

test('when the day is over its salt is destroyed and its actions are folded', async () => {
  setAhead(DAY)
  await house.house.db.as('operations', async (tx) => (await import('../jobs/queue.ts')).enqueue(tx, 'navigation.fold', {}))
  await house.settle()
  assert.deepEqual(await house.query('select day from salts where day <= $1', [today]), [])
  assert.deepEqual(await house.query('select day from recorded_actions() where day <= $1', [today]), [])
  assert.equal((await store.totals(asked)).visitors >= 50, true)
  setAhead(0)
})
