import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { ZipFile } from 'yazl'
import type { Browser } from '../../test/browser.ts'
import { openTestHouse } from '../../test/harness.ts'
import { programWith } from '../../test/program.ts'
import { DAY, MINUTE, now, setAhead } from '../clock.ts'
import { sweep } from '../database/sweep.ts'
import { register } from '../register.ts'
import type { Action } from './action.ts'
import { dayBefore, dayOf } from './dimension.ts'
import { storeOf } from './store.ts'

const house = await openTestHouse()
const [analyst, support, mallory] = [await house.member('analyst'), await house.member('support'), await house.person('Mallory')]
const IMPORT = '/staff/navigation/import'
const today = dayOf(now())
// Three days that another program counted, the last of which was counted here, too.
const [first, second, ours] = [dayBefore(today, 42), dayBefore(today, 41), dayBefore(today, 40)]
const period = `from=${first}&until=${ours}`

const visitors: readonly Action[] = Array.from({ length: 7 }, (_, at) => ({
  ...{
    at: new Date(`${ours}T10:00:00Z`),
    visitor: BigInt(at + 1),
    kind: 'view',
    host: 'cloudrun.example',
    page: '/here',
    label: '',
    properties: [],
    amount: null,
  },
  ...{ browser: 'Firefox', version: 'Firefox 151', language: 'de', device: 'computer', country: 'DE', region: '', zone: 4 },
  ...{ referrer: '', channel: 'direct', source: '', medium: '', campaign: '', term: '', content: '' },
}))
await storeOf(house.house).record(visitors)
await storeOf(house.house).fold(ours)

interface Sent {
  readonly name: string
  readonly content: string | Buffer
}

async function zipOf(...files: readonly Sent[]): Promise<Buffer> {
  const zip = new ZipFile()
  for (const { name, content } of files) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  const pieces: Buffer[] = []
  zip.outputStream.on('data', (piece: Buffer) => pieces.push(piece))
  await once(zip.outputStream, 'end')
  return Buffer.concat(pieces)
}

function upload(browser: Browser, site: string, ...files: readonly Sent[]): Promise<Response> {
  const parts = [`--cloudrun-history-boundary\r\ncontent-disposition: form-data; name="site"\r\n\r\n${site}\r\n`]
  const bodies = files.flatMap(({ name, content }) => [
    Buffer.from(
      `--cloudrun-history-boundary\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
  const body = Buffer.concat([Buffer.from(parts.join('')), ...bodies, Buffer.from('--cloudrun-history-boundary--\r\n')])
  return browser.send(IMPORT, { body, type: 'multipart/form-data; boundary=cloudrun-history-boundary' })
}

async function uploaded(site: string, ...files: readonly Sent[]): Promise<string> {
  const answer = await upload(analyst, site, ...files)
  assert.equal(answer.status, 303, text(await answer.text()))
  return answer.headers.get('location') ?? ''
}

async function confirm(path: string): Promise<void> {
  assert.match((await analyst.post(`${path}/confirm`)).headers.get('location') ?? '', /done=confirmed/)
  await house.settle()
}

const text = (html: string): string =>
  html
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
const rows = () => house.query<{ n: number }>('select count(*)::int as n from history_tallies')
/** The counts of a dimension as the database has them: value, visitors, visits, views, bounces, seconds. */
const kept = async (path: string, dimension: string, day: string): Promise<string[]> =>
  (
    await house.query<{ told: string }>(
      `select concat_ws(' ', nullif(value, ''), visitors, visits, views, bounces, seconds) as told from history_tallies
        where import_id = $1 and dimension = $2 and day = $3 order by visitors desc, value`,
      [path.split('/').at(-1), dimension, day],
    )
  ).map(({ told }) => told)
const csv = async (path: string): Promise<string[]> => (await analyst.read(path)).trimEnd().split('\r\n')

// ---- Plausible -----------------------------------------------------------------------------------

const plausible: readonly Sent[] = [
  {
    name: 'imported_visitors_20240101_20240103.csv',
    content: `"date","visitors","pageviews","bounces","visits","visit_duration"\n"${first}",119,304,77,134,21070\n"${second}",12,20,4,13,600\n"${ours}",500,900,4,600,600\n`,
  },
  {
    name: 'imported_pages_20240101_20240103.csv',
    content: `"date","hostname","page","visits","visitors","pageviews"\n"${first}","example.com","/pricing",90,80,120\n"${first}","example.com","/user/ada@example.org",3,3,3\n"${first}","example.com","/rare",4,4,5\n"${second}","example.com","/pricing/",9,8,11\n`,
  },
  {
    name: 'imported_sources_20240101_20240103.csv',
    content: `"date","source","referrer","utm_source","utm_medium","utm_campaign","utm_content","utm_term","pageviews","visitors","visits","visit_duration","bounces"\n"${first}","DuckDuckGo","duckduckgo.com","","","","","",20,10,11,190,3\n"${first}","GitHub","github.com/some/where","","","","","",30,20,22,0,13\n"${first}","spring","","spring","email","Sale","","",9,6,7,70,1\n`,
  },
  {
    name: 'imported_locations_20240101_20240103.csv',
    content: `"date","country","region","city","visitors","visits","visit_duration","bounces","pageviews"\n"${first}","FR","FR-PAC",3027647,3,3,4,0,6\n"${first}","FR","FR-IDF",2988507,4,4,4,0,8\n"${first}","GB","GB-ENG",2634910,2,2,0,1,3\n`,
  },
  {
    name: 'imported_browsers_20240101_20240103.csv',
    content: `"date","browser","browser_version","visitors","visits","visit_duration","bounces","pageviews"\n"${first}","Chrome","109.0",54,60,6627,40,128\n"${first}","Chrome","108.0",5,5,47,2,6\n`,
  },
  {
    name: 'imported_devices_20240101_20240103.csv',
    content: `"date","device","visitors","visits","visit_duration","bounces","pageviews"\n"${first}","Laptop",19,21,3545,11,36\n"${first}","Desktop",89,100,17385,56,251\n"${first}","Mobile",11,13,140,10,17\n`,
  },
  {
    name: 'imported_operating_systems_20240101_20240103.csv',
    content: `"date","operating_system","operating_system_version","visitors","visits","visit_duration","bounces","pageviews"\n"${first}","Mac","10.14",19,21,3545,11,36\n`,
  },
  {
    name: 'imported_custom_events_20240101_20240103.csv',
    content: `"date","name","link_url","path","visitors","events"\n"${first}","Outbound Link: Click","https://one.example.com/x","",6,7\n"${first}","404","","/no-such-site",5,5\n"${first}","Signup","","",8,9\n`,
  },
]

test('Plausible’s export is read, shown, brought in and undone, and reports tell its figures', async () => {
  const path = await uploaded('Example.com', { name: 'export.zip', content: await zipOf(...plausible) })
  assert.deepEqual(await rows(), [{ n: 0 }], 'nothing is brought in before it is confirmed')
  const shown = text(await analyst.read(path))
  assert.match(shown, /Plausible, example\.com/)
  assert.match(shown, /Days in it 3, .*? New 2 Counted here already: passed over 1 Brought in before: passed over 0 Bring in 2 days/)
  assert.match(shown, /imported_pages_20240101_20240103\.csv Pages 4 2 /)
  assert.match(shown, /imported_operating_systems_20240101_20240103\.csv nothing 0 0 Operating systems are not counted here\./)
  await confirm(path)
  assert.match(text(await analyst.read(path)), /What was brought in Days brought in 2, .*? Passed over 1 Done/)
  assert.deepEqual(await kept(path, 'all', first), ['119 134 304 77 21070'])
  assert.deepEqual(await kept(path, 'page', first), ['/pricing 80 90 120 0 0', '(other) 7 7 8 0 0'])
  assert.deepEqual(await kept(path, 'referrer', first), ['github.com 20 22 30 13 0', 'duckduckgo.com 10 11 20 3 190', '6 7 9 1 70'])
  assert.deepEqual(await kept(path, 'channel', first), ['referral 20 22 30 13 0', 'search 10 11 20 3 190', 'e-mail 6 7 9 1 70'])
  assert.deepEqual(await kept(path, 'campaign', first), ['30 33 50 16 190', 'Sale 6 7 9 1 70'])
  assert.deepEqual(await kept(path, 'country', first), ['FR 7 7 14 0 8', '(other) 2 2 3 1 0'])
  assert.deepEqual(await kept(path, 'version', first), ['Chrome 109 54 60 128 40 6627', 'Chrome 108 5 5 6 2 47'])
  assert.deepEqual(await kept(path, 'device', first), ['computer 108 121 287 67 20930', 'telephone 11 13 17 10 140'])
  assert.deepEqual(await kept(path, 'link', first), ['one.example.com 6 6 7 0 0'])
  assert.deepEqual(await kept(path, 'missing', first), ['/no-such-site 5 5 5 0 0'])
  assert.deepEqual(await kept(path, 'action', first), ['Signup 8 8 9 0 0'])
  assert.deepEqual(await kept(path, 'all', ours), [], 'a day that was counted here stays as it is')
})

test('reports show what was brought in, say where from, and leave it out under filters', async () => {
  const page = await analyst.read(`/staff/navigation?${period}`)
  const told = text(page)
  assert.match(told, /Visitors 138 none before Visits 154 none before Pages seen 331/)
  assert.match(told, /brought in from Plausible \(example\.com\), for days that were not counted here/)
  assert.match(told, /Counted by .*? 119 0 Plausible .*? 12 0 Plausible .*? 7 0 here/)
  assert.match(
    told,
    /Pages Value Visitors Share Views \/pricing 88 64 % 131 \/here 7 5 % 7 Other 7 5 % 8 With what was brought in from Plausible\./,
  )
  assert.match(told, /Languages Value Visitors Share Views German 7 5 % 7 CSV/, 'a panel without it is not marked')
  assert.equal([...page.matchAll(/<rect class="brought"/g)].length, 2)
  const narrowed = text(await analyst.read(`/staff/navigation?${period}&is.page=%2Fhere`))
  assert.match(narrowed, /which filters cannot narrow: they are left out here/)
  assert.match(narrowed, /Visitors 7 /)
  assert.doesNotMatch(narrowed, /With what was brought in/)
  assert.deepEqual(await csv(`/staff/navigation/days.csv?${period}`), [
    'day,visitors,visits,views,bounces,seconds,brought in from',
    `${first},119,134,304,77,21070,Plausible`,
    `${second},12,13,20,4,600,Plausible`,
    `${ours},7,7,7,7,0,`,
  ])
})

test('programs read the same, and the list of imports', async () => {
  const program = await programWith(house, ['reports:read'])
  const totals = await program.get(`/reports/totals?${period}`)
  assert.deepEqual((totals.body as { totals: unknown }).totals, { visitors: 138, visits: 154, views: 331, bounces: 88, seconds: 21_670 })
  const days = (await program.get(`/reports/days?${period}`)).body as { days: { origins: string[] }[] }
  assert.deepEqual(
    days.days.map(({ origins }) => origins),
    [['Plausible'], ['Plausible'], []],
  )
  const { imports } = (await program.get('/reports/imports')).body as { imports: Record<string, unknown>[] }
  assert.deepEqual(
    { ...imports[0], id: '' },
    { id: '', origin: 'Plausible', site: 'example.com', state: 'done', from: first, until: second, days: 3, added: 2, unread: 0 },
  )
})

test('what is brought in twice is there once, and undoing takes all of it away and nothing else', async () => {
  const before = await rows()
  const again = await uploaded('example.com', { name: 'export.zip', content: await zipOf(...plausible) })
  const shown = await analyst.read(again)
  assert.match(text(shown), /New 0 Counted here already: passed over 1 Brought in before: passed over 2 There is nothing new in it/)
  await confirm(again)
  assert.match((await analyst.post(`${again}/confirm`)).headers.get('location') ?? '', /done=unchanged/)
  assert.deepEqual(await rows(), before)
  await analyst.post(`${again}/undo`)
  assert.deepEqual(await rows(), before)
  const [path = ''] = new RegExp(`${IMPORT}/[\\w-]{36}`).exec(await analyst.read(IMPORT)) ?? []
  assert.match((await analyst.post(`${path}/undo`)).headers.get('location') ?? '', /done=undone/)
  assert.equal((await analyst.post(`${path}/undo`)).status, 404)
  assert.deepEqual(await rows(), [{ n: 0 }])
  assert.match(text(await analyst.read(`/staff/navigation?${period}`)), /Visitors 7 /)
})

// ---- Umami ---------------------------------------------------------------------------------------

const HEAD =
  'website_id,session_id,visit_id,event_id,hostname,browser,os,device,language,country,region,url_path,url_query,referrer_domain,event_type,event_name,created_at'
const SESSION = '7f3d9c1e-aaaa-4bbb-8ccc-00000000000'
/** One visitor: two pages and an action, a minute apart; the sixth comes twice; the seventh is from elsewhere. */
const umami = [
  HEAD,
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((who) => {
    const from = who === 7 ? 'en-GB,GB,GB-ENG' : 'de-DE,DE,DE-BE'
    const row = (visit: string, path: string, at: string, act = '') =>
      `w,${SESSION}${who},${visit}${who},e,www.shop.example,chrome,Mac OS,laptop,${from},${path},utm_source=spring&token=abc,www.google.com,${act ? 2 : 1},${act},${first} ${at}`
    const once = [row('a', '/', '10:00:00'), row('a', '/buy', '10:01:00'), row('a', '/buy', '10:01:30', 'Order')]
    return who === 6 ? [...once, row('b', '/', '18:00:00')] : once
  }),
  `w,${SESSION}1,a1,e,www.shop.example,chrome,Mac OS,laptop,de-DE,DE,DE-BE,/,,,1,,not a day`,
  'too,few',
].join('\n')

test('Umami’s rows are counted as they are read, and none is kept', async () => {
  const zip = await zipOf({ name: 'website_event.csv', content: umami }, { name: 'event_data.csv', content: 'website_id,session_id\nw,x' })
  const path = await uploaded('www.shop.example', { name: 'umami.zip', content: zip })
  const shown = text(await analyst.read(path))
  assert.match(shown, /website_event\.csv Totals, First pages, .* 24 1 /)
  assert.match(shown, /2 lines\. .*website_event\.csv 24 There is no day in it.*website_event\.csv 25 It has another number of cells/)
  await confirm(path)
  assert.deepEqual(await kept(path, 'all', first), ['7 8 15 1 630'])
  assert.deepEqual(await kept(path, 'page', first), ['/ 7 8 8 0 0', '/buy 7 7 7 0 0'])
  assert.deepEqual(await kept(path, 'entry', first), ['/ 7 8 15 1 630'])
  assert.deepEqual(await kept(path, 'exit', first), ['/buy 7 7 14 0 630', '(other) 1 1 1 1 0'])
  assert.deepEqual(await kept(path, 'action', first), ['Order 7 7 7 0 0'])
  assert.deepEqual(await kept(path, 'country', first), ['DE 6 7 13 1 540', '(other) 1 1 2 0 90'])
  assert.deepEqual(await kept(path, 'language', first), ['de 6 7 13 1 540', '(other) 1 1 2 0 90'])
  assert.deepEqual(await kept(path, 'browser', first), ['Chrome 7 8 15 1 630'])
  assert.deepEqual(await kept(path, 'device', first), ['computer 7 8 15 1 630'])
  assert.deepEqual(await kept(path, 'referrer', first), ['www.google.com 7 8 15 1 630'])
  assert.deepEqual(await kept(path, 'source', first), ['spring 7 8 15 1 630'])
  for (const trace of [SESSION, 'token=abc', '10:01:30']) assert.deepEqual(await house.traces(trace), [], trace)
  await analyst.post(`${path}/undo`)
})

test('Umami’s totals of a whole period have no days, and the page says what to ask for instead', async () => {
  const answer = await upload(analyst, 'x.example', { name: 'pages.csv', content: 'x,y\n/,12\n' })
  assert.equal(answer.status, 422)
  assert.match(
    text(await answer.text()),
    /pages\.csv: It has the totals of a whole period, and no days\. Please ask Umami for the export of data/,
  )
})

// ---- Google Analytics 4 --------------------------------------------------------------------------

const plain = (day: string): string => day.replaceAll('-', '')
const comments = (name: string): string =>
  [
    '----------------------------------------',
    name,
    'Account: Example',
    'Property: www.example.com',
    '----------------------------------------',
  ]
    .map((line) => `# ${line}\n`)
    .join('')
const snapshot = `${comments('Reports snapshot')}#\n# All Users\n# Start date: ${plain(first)}\n# End date: ${plain(second)}\nNth day,Active users\n0000,31\n0001,17\n\n# All Users\n# Start date: ${plain(first)}\n# End date: ${plain(second)}\nCountry,Active users\nGermany,40\n`
const exploration = `${comments('Free form 1')}\nDate,Country,Session source / medium,Active users,Sessions,Engaged sessions,Views,Average session duration\n,,,30,40,25,90,12.5,Grand total\n${plain(first)},Germany,google / organic,20,25,15,60,10.5\n${plain(first)},Côte d’Ivoire,(direct) / (none),6,8,6,20,20\n${plain(first)},(not set),news / email,2,2,0,4,0\n2024-13-99,Germany,google / organic,5,5,5,5,5\n${plain(first)},Germany,x / y,many,1,1,1,1\n`

test('Google’s tables are read with their comments, by the day or by the number of the day', async () => {
  const path = await uploaded(
    'www.example.com',
    { name: 'snapshot.csv', content: snapshot },
    { name: 'free-form.csv', content: exploration },
  )
  const shown = text(await analyst.read(path))
  assert.match(shown, /snapshot\.csv Totals 2 2 .*snapshot\.csv nothing 0 0 It does not say days\./)
  assert.match(shown, /free-form\.csv Countries, Campaign sources, Campaign media 5 1 /)
  const lines = exploration.split('\n')
  const at = (start: string): number => lines.findIndex((line) => line.includes(start)) + 1
  assert.match(
    shown,
    new RegExp(`free-form\\.csv ${at('2024-13-99')} There is no day.*free-form\\.csv ${at('x / y')} A count in it is no number`),
  )
  await confirm(path)
  assert.deepEqual(await kept(path, 'all', first), ['31 31 0 0 0'])
  assert.deepEqual(await kept(path, 'all', second), ['17 17 0 0 0'])
  assert.deepEqual(await kept(path, 'country', first), ['DE 20 25 60 10 263', 'CI 6 8 20 2 160', '(other) 2 2 4 2 0'])
  assert.deepEqual(await kept(path, 'source', first), ['google 20 25 60 10 263', '6 8 20 2 160', '(other) 2 2 4 2 0'])
  // A table that comes later adds what the first did not tell, and never tells a day twice.
  const later = `${comments('Devices')}# ${plain(first)}-${plain(first)}\n\nDevice category,Country,Active users,Sessions\nmobile,Germany,12,12\ndesktop,France,9,10\n`
  const more = await uploaded('www.example.com', { name: 'devices.csv', content: later })
  await confirm(more)
  assert.deepEqual(await kept(more, 'device', first), ['telephone 12 12 0 0 0', 'computer 9 10 0 0 0'])
  assert.deepEqual(await kept(more, 'country', first), [])
  await analyst.post(`${path}/undo`)
  await analyst.post(`${more}/undo`)
})

// ---- What cannot be read -------------------------------------------------------------------------

test('files that cannot be read are refused with words, and lose nothing', async () => {
  const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024, 'a'))
  const zipped = await zipOf({ name: 'bomb.csv', content: Buffer.alloc(65 * 1024 * 1024, 'a') })
  const good = await zipOf(...plausible)
  const lying = Buffer.from(await zipOf({ name: 'lying.csv', content: 'x'.repeat(100_000) }))
  const directory = lying.indexOf('PK\u0001\u0002', 0, 'latin1')
  lying.writeUInt32LE(10, directory + 24)
  const bad: readonly (readonly [string, Sent[], RegExp])[] = [
    ['nothing', [], /Please choose a file/],
    ['empty', [{ name: 'a.csv', content: '' }], /Please choose a file/],
    ['a list of something else', [{ name: 'a.csv', content: 'name,price\nsoap,3\n' }], /none of the tables that are known/],
    ['UTF-16', [{ name: 'a.csv', content: Buffer.from('\ufeffdate,visitors\n', 'utf16le') }], /no CSV file in UTF-8/],
    ['Latin-1', [{ name: 'a.csv', content: Buffer.from('date,visitors,pageviews\ncaf\xe9', 'latin1') }], /not written in UTF-8/],
    ['no good line', [{ name: 'a.csv', content: 'date,visitors,pageviews\ntomorrow,1,2\n' }], /a\.csv, line 2: There is no day/],
    ['today', [{ name: 'a.csv', content: `date,visitors,pageviews\n${today},1,2\n` }], /There is no day in it/],
    ['half a ZIP', [{ name: 'a.zip', content: good.subarray(0, good.length / 2) }], /cannot be unpacked/],
    ['a ZIP that lies of its size', [{ name: 'a.zip', content: lying }], /cannot be unpacked/],
    ['a ZIP of little that is much', [{ name: 'a.zip', content: zipped }], /more than 64 MB/],
    ['a gzip of little that is much', [{ name: 'a.csv.gz', content: bomb }], /more than 64 MB/],
    ['noise', [{ name: 'a.csv', content: deflateRawSync(Buffer.alloc(1000, 'noise')) }], /UTF-8/],
    ['two programs', [plausible[0]!, { name: 'b.csv', content: umami }], /There are files of Plausible and of Umami/],
  ]
  const before = await house.query('select id from history_imports order by id')
  for (const [says, files, words] of bad) {
    const answer = await upload(analyst, 'typed.example', ...files)
    const page = await answer.text()
    assert.equal(answer.status, 422, says)
    assert.match(text(page), words, says)
    assert.match(page, /value="typed\.example"/, says)
  }
  assert.equal((await upload(analyst, '', plausible[0]!)).status, 422)
  const huge = await upload(analyst, 'x', { name: 'a.csv', content: Buffer.alloc(21 * 1024 * 1024, 'a') })
  assert.equal(huge.status, 413)
  assert.deepEqual(await house.query('select id from history_imports order by id'), before)
})

test('a line that is not closed costs itself alone', async () => {
  const path = await uploaded('x.example', { name: 'a.csv', content: `date,visitors,pageviews\n${first},"9,20\n${second},6,7\n` })
  assert.match(text(await analyst.read(path)), /1 line\. .*a\.csv 2 A quotation mark is opened in this row and not closed/)
  await analyst.post(`${path}/undo`)
})

test('only who may see reports brings something in', async () => {
  const path = await uploaded('x.example', plausible[0]!)
  for (const outsider of [support, mallory]) {
    assert.equal((await outsider.get(IMPORT)).status, 404)
    assert.equal((await outsider.get(path)).status, 404)
    assert.equal((await upload(outsider, 'x', plausible[0]!)).status, 404)
    assert.equal((await outsider.post(`${path}/undo`)).status, 404)
  }
  await analyst.post(`${path}/undo`)
})

// It comes last: the sweep takes the sessions, too.
test('what nobody confirms is deleted after a day, and what was confirmed stays', async () => {
  await uploaded('left.example', plausible[0]!)
  await confirm(await uploaded('stays.example', plausible[0]!))
  setAhead(DAY + MINUTE)
  await sweep(house.house.db, register)
  setAhead(0)
  assert.deepEqual(await house.query('select site from history_imports'), [{ site: 'stays.example' }])
})
