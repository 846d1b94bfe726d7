import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { programWith } from '../../test/program.ts'
import { MINUTE, now } from '../clock.ts'
import type { Action } from './action.ts'
import { ceiling } from './charts.tsx'
import { type Day, dayBefore, dayOf } from './dimension.ts'
import { readQuestion, wordsOf } from './question.ts'
import { storeOf } from './store.ts'
import { outlines } from './world.tsx'

const house = await openTestHouse()
const today = dayOf(now())
const yesterday = dayBefore(today)
let visitors = 0n

const nobody: Omit<Action, 'at' | 'visitor' | 'page'> = {
  ...{ kind: 'view', host: 'cloudrun.example', label: '', properties: [], amount: null },
  ...{ browser: 'Firefox', version: 'Firefox 151', language: 'de', device: 'computer', country: 'DE', region: '', zone: 4 },
  ...{ referrer: '', channel: 'direct', source: '', medium: '', campaign: '', term: '', content: '' },
}

/** So many visitors who see these pages, one a minute, from noon on. */
function come(day: Day, count: number, pages: readonly string[], more: Partial<Action> = {}): Action[] {
  return Array.from({ length: count }, () => ++visitors).flatMap((visitor) =>
    pages.map((page, at) => ({ ...nobody, visitor, page, at: new Date(Date.parse(`${day}T12:00:00Z`) + at * MINUTE), ...more })),
  )
}

const formula = '=HYPERLINK("https://evil.example","x")'
await storeOf(house.house).record([
  ...come(yesterday, 8, ['/', '/services']),
  ...come(yesterday, 6, ['/'], {
    country: 'FR',
    language: 'fr',
    browser: 'Chrome',
    version: 'Chrome 149',
    channel: 'e-mail',
    campaign: formula,
  }),
  ...come(yesterday, 3, ['/rare'], { country: 'IS', language: 'is', referrer: 'rare.example', channel: 'referral' }),
  ...come(dayBefore(yesterday), 10, ['/']),
])
// Who was there measures how fast it was.
const measured = (visitor: bigint, page: string, label: string, amount: number): Action => ({
  ...{ ...nobody, visitor, page, kind: 'pace', label, amount, at: new Date(`${yesterday}T12:00:30Z`) },
})
await storeOf(house.house).record([
  ...[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map((visitor) => measured(visitor, '/', 'LCP', visitor <= 6n ? 1000 : 9000)),
  ...[1n, 2n].map((visitor) => measured(visitor, '/rare', 'LCP', 5000)),
])

const owner = await house.member('owner')
const one = `from=${yesterday}&until=${yesterday}`
const page = (words: string): Promise<string> => owner.read(`/staff/navigation?${words}`)
const csv = async (words: string): Promise<string[]> => (await owner.read(`/staff/navigation/panel.csv?${words}`)).trimEnd().split('\r\n')
/** The words of a page, without what marks them up. */
const text = (html: string): string =>
  html
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

test('a day is told in the numbers that it had, against the day before', async () => {
  const told = text(await page(one))
  assert.match(
    told,
    /Visitors 17 \+70 % Visits 17 \+70 % Pages seen 25 \+150 % Left after one page 53 % 100 % before Time of a visit 28 s 0 s before/,
  )
  assert.match(told, /Pages Value Visitors Share Views \/ 14 82 % 14 \/services 8 47 % 8 Other 3 18 % 3/)
  assert.match(told, /Countries Value Visitors Share Views Germany 8 47 % 16 France 6 35 % 6 Other 3 18 % 3/)
  assert.match(told, /12:00 17 10/, 'the hours stand in the table twin')
  assert.doesNotMatch(told, /\/rare|Iceland|rare\.example/)
  assert.match(told, /IP Geolocation by DB-IP/)
})

test('filters combine, stand in the address, and can be taken away', async () => {
  const [link] = /href="[^"]*is\.country=DE[^"]*"/.exec(await page(one)) ?? []
  assert(link)
  const german = await page(`${one}&is.country=DE`)
  assert.match(text(german), /Countries: Germany.*Visitors 8 /)
  assert.match(german, /href="[^"]*is\.page=%2Fservices&amp;is\.country=DE|is\.country=DE&amp;is\.page=%2Fservices/)
  assert.match(text(await page(`${one}&is.country=DE&is.page=%2Fservices`)), /Visitors 8 /)
  assert.match(text(await page(`${one}&not.country=DE`)), /Countries: not Germany.*Visitors 9 /)
  // Three are left, too few to be left alone: they are counted with the others.
  assert.match(text(await page(`${one}&is.country=DE&is.country=FR`)), /Visitors 17 /)
})

test('of fewer visitors than the threshold nothing is told, anywhere', async () => {
  const filter = `${one}&is.country=IS`
  assert.match(text(await page(filter)), /Too few to tell.*Fewer than 5 visitors/)
  assert.deepEqual(await csv(`of=page&${filter}`), ['page,name,visitors,visits,views,bounces,seconds'])
  const days = await owner.read(`/staff/navigation/days.csv?${filter}`)
  assert.equal(days, `day,visitors,visits,views,bounces,seconds,brought in from\r\n${yesterday},0,0,0,0,0,\r\n`)
})

test('every panel goes out as CSV, and no cell of it is a formula', async () => {
  assert.deepEqual(await csv(`of=page&${one}`), [
    'page,name,visitors,visits,views,bounces,seconds',
    '/,/,14,14,14,6,0',
    '/services,/services,8,8,8,0,0',
    ',Other,3,3,3,3,0',
  ])
  const campaigns = await csv(`of=campaign&${one}`)
  const escaped = `"'${formula.replaceAll('"', '""')}"`
  assert(campaigns.includes(`${escaped},${escaped},6,6,6,6,0`), campaigns.join('\n'))
  assert.match(await owner.read(`/staff/navigation/panel?of=campaign&${one}`), /=HYPERLINK\(&quot;/)
  for (const none of ['nothing', '', '__proto__']) assert.equal((await owner.get(`/staff/navigation/panel.csv?of=${none}`)).status, 404)
})

test('days on which nobody came are told, too', async () => {
  const days = await owner.read(`/staff/navigation/days.csv?from=${dayBefore(yesterday, 2)}&until=${yesterday}`)
  assert.deepEqual(
    days
      .split('\r\n')
      .slice(1, 4)
      .map((line) => line.split(',')[1]),
    ['0', '10', '17'],
  )
})

test('who is here now is told; an empty house says what to do first', async () => {
  assert.match(text(await page('days=7')), /Nobody is here now/)
  const empty = await page('from=2000-01-01&until=2000-01-31')
  assert.match(empty, /NAVIGATION_SITES/)
  assert.match(empty, /&lt;script defer src=&quot;[^ ]+\/n\.js&quot;&gt;/)
})

test('nonsense in an address is no fault: the usual period is shown', async () => {
  const usual = { ...readQuestion(new URLSearchParams()) }
  for (const words of ['days=x', 'days=31', 'from=2026-02-30', 'from=9999-12-31&until=0001-01-01', 'from=0001-01-01', 'from=%00&is.none=x'])
    assert.deepEqual(readQuestion(new URLSearchParams(words)), usual, words)
  assert.match(await page('from=2026-02-30'), /These days are no period/)
  const words = `${one}&is.page=%2Fa&is.page=%2Fb&not.country=&clock=utc`
  assert.equal(
    String(wordsOf(readQuestion(new URLSearchParams(words))))
      .split('&')
      .sort()
      .join('&'),
    words.split('&').sort().join('&'),
  )
})

test('owner, marketing and analyst see it; support and billing do not, nor does a stranger', async () => {
  for (const role of ['marketing', 'analyst'] as const)
    assert.match(await (await house.member(role)).read('/staff/navigation'), /<h1>Visits/)
  const [support, mallory, stranger] = [await house.member('support'), await house.person('Mallory'), house.browser()]
  for (const path of ['', '/speed', '/panel?of=page', '/panel.csv?of=page', '/days.csv']) {
    for (const outsider of [support, mallory]) assert.equal((await outsider.get(`/staff/navigation${path}`)).status, 404)
    assert.match((await stranger.get(`/staff/navigation${path}`)).headers.get('location') ?? '', /^\/sign-in/)
  }
})

test('a program with a key for reports reads the same numbers, and no others', async () => {
  const program = await programWith(house, ['reports:read'])
  const get = async (path: string): Promise<Record<string, unknown>> => (await program.get(path)).body
  const counts = { visitors: 17, visits: 17, views: 25, bounces: 9, seconds: 480 }
  const day = `from=${yesterday}&until=${yesterday}`
  assert.deepEqual(await get(`/reports/totals?${day}`), {
    totals: counts,
    before: { visitors: 10, visits: 10, views: 10, bounces: 10, seconds: 0 },
  })
  assert.deepEqual(await get(`/reports/days?${day}`), { days: [{ day: yesterday, ...counts, origins: [] }] })
  const countries = await get(`/reports/panels/country?${day}&filter=page%3D%2Fservices&filter=country!%3DJP`)
  assert.deepEqual(countries['rows'], [{ value: 'DE', visitors: 8, visits: 8, views: 16, bounces: 0, seconds: 480 }])
  const two = (await get(`/reports/totals?${day}&filter=country%3DDE&filter=country%3DFR`))['totals']
  assert.equal((two as Record<string, unknown>)['visitors'], 17)
  assert.deepEqual(await get(`/reports/panels/page?${day}&filter=country%3DIS`), {
    rows: [],
    other: { visitors: 0, visits: 0, views: 0, bounces: 0, seconds: 0 },
    more: false,
  })
  for (const bad of [`from=${yesterday}`, `from=${today}&until=${yesterday}`, `${day}&filter=nothing%3Dx`, `${day}&filter=page`])
    assert.equal((await program.get(`/reports/totals?${bad}`)).status, 422, bad)
  assert.equal((await program.get(`/reports/panels/nothing?${day}`)).status, 404)
  assert.equal((await (await programWith(house, ['access:read'])).get(`/reports/totals?${day}`)).status, 403)
})

test('on the map every country has its letters, its outline, and its visitors', async () => {
  const shapes = outlines()
  assert(shapes.length > 170 && shapes.every(({ path }) => path.startsWith('M')))
  assert.deepEqual(shapes.filter(({ country }) => country === '').length, 3)
  for (const code of ['DE', 'US', 'NA', 'NO', 'FR'])
    assert(
      shapes.some(({ country }) => country === code),
      code,
    )
  const shown = await page(one)
  assert.match(shown, /<path class="shade-6" d="M[^"]+"><title>Germany: 8 visitors/)
  assert.match(shown, /<title>Iceland: 0 visitors/)
  assert.match(text(shown), /Country Visitors Visits Germany 8 8 France 6 6 Other 3 3/)
})

test('the speed of each page is told as three quarters of its readers had it', async () => {
  const told = text(await owner.read(`/staff/navigation/speed?${one}`))
  // A measurement stands for the end of its step, which is at most a fifth above it.
  const [, pace = ''] = /Page .* \/ ([\d,]+) ms good – – – – 8 /.exec(told) ?? []
  assert(Number(pace.replace(',', '')) >= 1000 && Number(pace.replace(',', '')) <= 1200, told)
  assert.match(told, /All pages [\d,]+ ms poor – – – – 10/)
  assert.match(told, /Other [\d,]+ ms poor – – – – 2/)
  assert.doesNotMatch(told, /\/rare/)
  assert.match(await owner.read('/staff/navigation/speed?from=2000-01-01&until=2000-01-09'), /Nothing was measured/)
})

test('the top of an axis is a round number above everything', () => {
  assert.deepEqual([0, 3, 4, 11, 19, 41, 99, 101, 420, 999].map(ceiling), [4, 4, 4, 20, 20, 50, 100, 200, 500, 1000])
})
