import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { DAY, MINUTE, now, setAhead } from '../clock.ts'
import type { Action } from './action.ts'
import { type Day, dayBefore, dayOf } from './dimension.ts'
import { storeOf } from './store.ts'

const house = await openTestHouse()
const store = storeOf(house.house)
const owner = await house.member('owner')
const KEPT = '/staff/navigation/kept'
const yesterday = dayBefore(dayOf(now()))
const one = `from=${yesterday}&until=${yesterday}`
let visitors = 0n

const nobody: Omit<Action, 'at' | 'visitor' | 'page'> = {
  ...{ kind: 'view', host: 'cloudrun.example', label: '', properties: [], amount: null },
  ...{ browser: 'Firefox', version: 'Firefox 151', language: 'de', device: 'computer', country: 'DE', region: '', zone: 4 },
  ...{ referrer: '', channel: 'direct', source: '', medium: '', campaign: '', term: '', content: '' },
}

/** So many visitors who do this, one thing a minute; what begins with `!` is an action. */
const come = (day: Day, count: number, acts: readonly string[], more: Partial<Action> = {}): Action[] =>
  Array.from({ length: count }, () => ++visitors).flatMap((visitor) =>
    acts.map((act, at) => ({
      ...{ ...nobody, visitor, at: new Date(Date.parse(`${day}T12:00:00Z`) + at * MINUTE), page: act.startsWith('!') ? '/' : act },
      ...(act.startsWith('!') ? { kind: 'action' as const, label: act.slice(1) } : {}),
      ...more,
    })),
  )

const text = (html: string): string =>
  html
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

await owner.post(`${KEPT}/goals`, { goal: 'Signing up', steps: 'page /services*\naction sign up\npage /welcome' })
await store.record([
  ...come(yesterday, 12, ['/services/a', '!sign up', '/welcome']),
  ...come(yesterday, 7, ['/services/b', '!sign up']),
  ...come(yesterday, 9, ['!sign up', '/services/a'], { country: 'FR' }),
  ...come(yesterday, 5, ['/'], { channel: 'search' }),
])

test('a funnel counts each step after those before it, on the day and when the day is folded, and under filters', async () => {
  const told =
    /Signing up Step Visits Of all Of the step before page \/services\* 28 85 % – action sign up 19 58 % 68 % page \/welcome 12 36 % 63 %/
  assert.match(text(await owner.read(`/staff/navigation?${one}`)), told)
  assert.match(text(await owner.read(`/staff/navigation?${one}&is.country=FR`)), /page \/services\* 9 100 % – action sign up – 0 % 0 %/)
  await store.fold(yesterday)
  assert.match(text(await owner.read(`/staff/navigation?${one}`)), told)
})

test('a goal that is added counts today, and days that were folded before do not have it', async () => {
  await store.record(come(dayOf(now()), 6, ['/late']))
  await store.totals({ from: dayOf(now()), until: dayOf(now()), filters: [] })
  await owner.post(`${KEPT}/goals`, { goal: 'Late', steps: 'page /late' })
  assert.match(text(await owner.read('/staff/navigation?days=1')), /Late Step Visits Of all Of the step before page \/late 6 100 %/)
  assert.match(text(await owner.read(`/staff/navigation?${one}`)), /Late Step Visits Of all Of the step before page \/late – 0 %/)
})

test('what is wrong with a form is said beside it, and what was typed stays', async () => {
  const refused = await owner.post(`${KEPT}/goals`, { goal: 'Odd', steps: 'pages /x' })
  assert.equal(refused.status, 422)
  assert.match(await refused.text(), /value="Odd"[\s\S]*Please write 1 to 6 lines[\s\S]*pages \/x/)
  for (const [kind, form] of [
    ['notes', { day: '2026-02-30', says: 'x' }],
    ['notes', { day: yesterday, says: '' }],
    ['segments', { segment: '', words: 'is.country=DE' }],
    ['links', { link: 'x', days: '0', words: '' }],
  ] as const)
    assert.equal((await owner.post(`${KEPT}/${kind}`, form)).status, 422, kind)
})

test('filters are saved without the days, and notes stand below the chart of their days', async () => {
  assert.match(await owner.read(`${KEPT}?${one}&is.country=FR`), /Countries: France/)
  await owner.post(`${KEPT}/segments`, { segment: 'From France', words: `${one}&is.country=FR` })
  await owner.post(`${KEPT}/notes`, { day: yesterday, says: 'We were in the <newspaper>' })
  const page = await owner.read(`/staff/navigation?${one}`)
  assert.match(page, /<a href="\/staff\/navigation\?days=30&amp;is\.country=FR">From France<\/a>/)
  assert.match(page, /We were in the &lt;newspaper&gt;/)
  assert.doesNotMatch(await owner.read(`/staff/navigation?from=2000-01-01&until=2000-01-09`), /newspaper/)
  for (const kind of ['segments', 'notes']) {
    const [end = ''] = new RegExp(`/staff/navigation/kept/${kind}/[\\w-]+/end`).exec(await owner.read(KEPT)) ?? []
    assert.equal((await owner.post(end)).status, 303)
    assert.equal((await owner.post(end)).status, 404)
  }
  assert.doesNotMatch(await owner.read(`/staff/navigation?${one}`), /From France|newspaper/)
})

test('the chart marks notes at their days, with a name for everybody, and the table tells them, too', async () => {
  const days = `from=${dayBefore(yesterday, 4)}&until=${yesterday}`
  for (const [day, says] of [
    [dayBefore(yesterday, 4), 'Begun'],
    [dayBefore(yesterday), 'First "sale"'],
    [dayBefore(yesterday), 'Second'],
  ] as const)
    await owner.post(`${KEPT}/notes`, { day, says })
  const page = await owner.read(`/staff/navigation?${days}`)
  const marks = [...page.matchAll(/<a href="#(note-\d)"><title>([^<]+)<\/title><circle cx="([\d.]+)%"/g)]
  const name = (at: number) => marks[at]?.[2]?.replace(/(?<=, ).*?(?=:)/, '')
  assert.deepEqual(
    [marks.map(([, to]) => to), marks.map(([, , , x]) => x)],
    [
      ['note-1', 'note-2'],
      ['0.00', '75.00'],
    ],
  )
  assert.deepEqual([name(0), name(1)], ['Note 1, : Begun', 'Note 2, : First &quot;sale&quot;; Second'])
  assert.match(page, /<path class="noted" d="M0\.00 0V100M75\.00 0V100"/)
  assert.match(page, /<li id="note-2"><strong>[^<]+<\/strong>: First &quot;sale&quot;; Second<\/li>/)
  assert.match(text(page), /In the period before Notes .*? 0 0 Begun .* First &quot;sale&quot;; Second/)
  for (let left = 3; left > 0; left--)
    await owner.post(/\/staff\/navigation\/kept\/notes\/[\w-]+\/end/.exec(await owner.read(KEPT))?.[0] ?? '')
  assert.doesNotMatch(await owner.read(`/staff/navigation?${days}`), /class="marks|In the period before<\/th><th scope="col">Notes/)
})

test('a link shows one report to whoever has it, until it ends or is ended', async () => {
  const making = async (): Promise<string> => {
    const made = await owner.post(`${KEPT}/links`, { link: 'The board', days: '3', words: `${one}&is.country=DE` })
    return new URL(/http[^<]+\/visits\/[\w-]{32}/.exec(await made.text())?.[0] ?? '').pathname
  }
  const [path, other] = [await making(), await making()]
  const stranger = house.browser()
  const shown = await stranger.get(path)
  assert.equal(shown.headers.get('x-robots-tag'), 'noindex')
  assert.equal(shown.headers.get('referrer-policy'), 'no-referrer')
  const html = await shown.text()
  assert.match(html, /<meta name="robots" content="noindex"/)
  assert.match(text(html), /Countries: Germany.*Visitors 24 /)
  assert.doesNotMatch(html, /\/staff\/|The board|A value is a link/)
  // What is added to the address changes nothing.
  assert.equal(text(await stranger.read(`${path}?days=90&is.country=FR`)), text(html))
  assert.equal((await house.query('select 1 from report_links where token_hash = $1', [path.split('/').at(-1)])).length, 0)
  const [end = ''] = /\/staff\/navigation\/kept\/links\/[\w-]+\/end/.exec(await owner.read(KEPT)) ?? []
  await owner.post(end)
  assert.deepEqual([(await stranger.get(path)).status, (await stranger.get(other)).status].sort(), [200, 404])
  setAhead(3 * DAY + MINUTE)
  assert.equal((await stranger.get(path)).status, 404)
  assert.equal((await stranger.get(other)).status, 404)
  setAhead(0)
  assert.equal((await stranger.get('/visits/x')).status, 404)
})

test('only who may see reports keeps something for them', async () => {
  const [support, mallory] = [await house.member('support'), await house.person('Mallory')]
  for (const outsider of [support, mallory]) {
    assert.equal((await outsider.get(KEPT)).status, 404)
    assert.equal((await outsider.post(`${KEPT}/links`, { link: 'me', days: '3' })).status, 404)
  }
})
