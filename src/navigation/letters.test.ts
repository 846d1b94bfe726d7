import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { DAY, HOUR, MINUTE, now, setAhead } from '../clock.ts'
import { handlers } from '../worker.ts'
import type { Action } from './action.ts'
import { dayOf } from './dimension.ts'
import { storeOf } from './store.ts'
import { directionOf, median } from './sudden.ts'

const house = await openTestHouse()
const store = storeOf(house.house)
const [owner, analyst, support] = [await house.member('owner'), await house.member('analyst'), await house.member('support')]
const LETTERS = '/staff/navigation/letters'
const addresses = Object.fromEntries(
  (await house.query<{ role: string; email: string }>('select role, email from staff s join people p on p.id = s.person_id')).map(
    ({ role, email }) => [role, email],
  ),
)
const inbox = async (role: string) => (await house.inbox(addresses[role] ?? '')).filter(({ kind }) => kind === 'visits')
let visitors = 0n

const nobody: Omit<Action, 'at' | 'visitor'> = {
  ...{ kind: 'view', host: 'www.example.com', page: '/', label: '', properties: [], amount: null },
  ...{ browser: 'Firefox', version: 'Firefox 151', language: 'de', device: 'computer', country: 'DE', region: '', zone: 4 },
  ...{ referrer: '', channel: 'direct', source: '', medium: '', campaign: '', term: '', content: '' },
}
const come = (at: number, count: number, more: Partial<Action> = {}): Action[] =>
  Array.from({ length: count }, () => ({ ...nobody, visitor: ++visitors, at: new Date(at), ...more }))

// The clock stands on a Monday at 12:30, two weeks from now.
const monday =
  Math.ceil(now().getTime() / DAY) * DAY + ((8 - new Date(Math.ceil(now().getTime() / DAY) * DAY).getUTCDay()) % 7) * DAY + 7 * DAY
const noon = monday + 12 * HOUR + 30 * MINUTE
/** Puts the clock to a moment. */
function at(moment: number): void {
  setAhead(0)
  setAhead(moment - now().getTime())
}
const weekly = () => handlers(house.house)['navigation.weekly-letter']({})
const sudden = () => handlers(house.house)['navigation.sudden-letter']({})

test('letters are off until somebody of the team asks for them, each for themselves', async () => {
  assert.doesNotMatch(await owner.read(LETTERS), /checked/)
  await owner.post(LETTERS, { letters: 'weekly,sudden' })
  await analyst.post(LETTERS, { letters: 'weekly' })
  assert.equal((await owner.read(LETTERS)).match(/checked/g)?.length, 2)
  assert.equal((await analyst.read(LETTERS)).match(/checked/g)?.length, 1)
  assert.match(await owner.read(LETTERS), /at least twice as many visits as usual and more than in any of the weeks/)
  for (const outsider of [support, await house.person('Mallory')]) {
    assert.equal((await outsider.get(LETTERS)).status, 404)
    assert.equal((await outsider.post(LETTERS, { letters: 'weekly' })).status, 404)
  }
})

test('the weekly letter tells the week before, word by word, to those who asked, once', async () => {
  await owner.post('/staff/navigation/kept/goals', { goal: 'Prices', steps: 'page /prices' })
  await owner.post('/staff/navigation/kept/goals', { goal: 'Thanks', steps: 'page /thanks' })
  const [lastWeek, earlier] = [monday - 6 * DAY, monday - 13 * DAY]
  at(noon)
  await store.record([
    ...come(lastWeek, 12, { referrer: 'news.example' }),
    ...come(lastWeek, 8, { page: '/prices' }),
    ...come(lastWeek, 2, { page: '/secret', referrer: 'rare.example' }),
    ...come(earlier, 11),
  ])
  for (const day of [lastWeek, earlier]) await store.fold(dayOf(new Date(day)))
  await weekly()
  await weekly()
  await house.settle()
  assert.deepEqual([(await inbox('owner')).length, (await inbox('analyst')).length, (await inbox('support')).length], [1, 1, 0])
  const [letter] = await inbox('analyst')
  const day = (moment: number) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(moment)
  const [from, until] = [dayOf(new Date(monday - 7 * DAY)), dayOf(new Date(monday - DAY))]
  const short = house.house.content.company.short
  assert.equal(letter?.subject, `Visits of ${short}, ${day(monday - 7 * DAY)} to ${day(monday - DAY)}`)
  const words = (letter?.text ?? '')
    .replace(/letters\/[\w-]+/, 'letters/TOKEN')
    .replace(/\s+/g, ' ')
    .trim()
  const { origin } = house.house.config
  assert.equal(
    words,
    [
      `Hello Staff analyst, this is how the websites of ${short} were used from ${day(monday - 7 * DAY)} to ${day(monday - DAY)}, against the week before.`,
      'Visitors: 22 (+100 %) Visits: 22 (+100 %) Pages seen: 22 (+100 %) Left after one page: 100 % (100 % the week before) Time of a visit: 0 s (0 s the week before)',
      'The pages with the most visitors: /: 12 /prices: 8',
      'Where the most visitors came from: news.example: 12',
      'Visits that came to a goal: Prices: 8 Thanks: fewer than 5',
      'Pages and sources that fewer than 5 visitors of a day share are not named.',
      `Open the report: ${origin}/staff/navigation?from=${from}&until=${until}`,
      `You get this letter because you asked for it at ${origin}/staff/navigation/letters. With the next link you stop it, without signing in:`,
      `Stop these letters: ${origin}/visits/letters/TOKEN`,
      `-- ${house.house.content.company.name}`,
    ].join(' '),
  )
  assert.doesNotMatch(`${letter?.text}${letter?.html}`, /secret|rare\.example/)
  assert.match(letter?.html ?? '', /<td[^>]*>\/prices<\/td><td>8<\/td>/)
})

test('a letter’s link opens a page, and its button stops that kind for that person alone', async () => {
  setAhead(0)
  const path = new URL(/http\S+\/visits\/letters\/[\w-]+/.exec((await inbox('owner'))[0]?.text ?? '')?.[0] ?? '').pathname
  const stranger = house.browser()
  assert.match(await stranger.read(path), /Stop the weekly letter about visits\?/)
  const asked = () => house.query('select kind from report_letters order by kind')
  assert.equal((await asked()).length, 3, 'opening it changes nothing')
  assert.equal((await stranger.post(path)).status, 200)
  assert.equal((await stranger.post(path)).status, 200)
  assert.deepEqual(await asked(), [{ kind: 'sudden' }, { kind: 'weekly' }])
  assert.equal((await stranger.get(`${path.slice(0, -4)}AAAA`)).status, 404)
})

test('the rule holds at small numbers', () => {
  const usual = [10, 12, 9, 11, 10, 13, 8, 10]
  assert.equal(median(usual), 10)
  assert.equal(directionOf(25, usual), undefined, 'fifteen more are chance')
  assert.equal(directionOf(30, usual), 'rise')
  assert.equal(directionOf(0, usual), undefined, 'ten fewer tell nothing')
  assert.equal(directionOf(30, usual.slice(0, 3)), undefined, 'three weeks are too few')
  assert.equal(directionOf(30, [...usual, 31]), undefined, 'one of the weeks had more')
  assert.equal(directionOf(0, [0, 0, 0, 0]), undefined)
  assert.equal(directionOf(25, [0, 0, 0, 0]), 'rise')
  assert.equal(directionOf(20, [60, 61, 62, 63]), 'fall')
  assert.equal(directionOf(31, [60, 61, 62, 63]), undefined, 'half as many at most')
})

test('a sudden rise is told once a day, word by word, and a usual day is not', async () => {
  at(noon)
  for (let week = 1; week <= 5; week++) {
    const then = monday - week * 7 * DAY + 10 * HOUR
    await store.record(come(then, 20))
    await store.fold(dayOf(new Date(then)))
  }
  await store.record(come(monday + 10 * HOUR, 21))
  await sudden()
  await house.settle()
  const told = async () => (await inbox('owner')).filter(({ subject }) => /than usual/.test(subject))
  assert.equal((await told()).length, 0, '21 are as usual')
  await store.record(come(monday + 11 * HOUR, 60, { page: '/news', referrer: 'news.example' }))
  await sudden()
  await sudden()
  await house.settle()
  assert.equal((await told()).length, 1)
  assert.equal((await inbox('analyst')).length, 1, 'who did not ask for it gets none')
  const [letter] = await told()
  assert.equal(letter?.subject, 'Many more visits than usual on www.example.com')
  const words = (letter?.text ?? '').replace(/\s+/g, ' ')
  assert.match(
    words,
    /^Hello Staff owner, on Monday, \d+ \w+ \d{4}, from 09:00 to 12:00 \(UTC\), www\.example\.com had many more visits than usual at that time of a Monday\. Visits: 81 Usual: 20 \(the middle one of the 5 weeks before\) The pages with the most visitors today: \/news: 60 \/: 21 Where the most visitors came from today: news\.example: 60 Open the report of today: /,
  )
  assert.match(
    words,
    /Every hour, the visits of the last 3 whole hours are compared .* There is at most one letter a day for each website and direction\. You get this letter because you asked/,
  )
})

test('a sudden fall is told, and numbers below the threshold are not', async () => {
  // Five Wednesdays had many; this one has three.
  for (let week = 1; week <= 5; week++) {
    const then = monday + 2 * DAY - week * 7 * DAY + 10 * HOUR
    await store.record(come(then, 50))
    await store.fold(dayOf(new Date(then)))
  }
  at(noon + 2 * DAY)
  await store.record(come(monday + 2 * DAY + 10 * HOUR, 3))
  await sudden()
  await house.settle()
  const letter = (await inbox('owner')).find(({ subject }) => /Far fewer/.test(subject))
  assert.equal(letter?.subject, 'Far fewer visits than usual on www.example.com')
  assert.match(
    (letter?.text ?? '').replace(/\s+/g, ' '),
    /had far fewer visits than usual at that time of a Wednesday\. Visits: fewer than 5 Usual: 50 \(the middle one/,
  )
  setAhead(0)
})

test('whoever may no longer see reports gets no letters', async () => {
  at(noon)
  await house.query("update staff set role = 'support' where role = 'analyst'")
  await house.query('delete from report_occasions')
  const before = (await inbox('analyst')).length
  await weekly()
  await house.settle()
  assert.equal((await inbox('analyst')).length, before)
  setAhead(0)
})
