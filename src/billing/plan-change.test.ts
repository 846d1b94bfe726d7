import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stripe } from 'stripe'
import type { Browser } from '../../test/browser.ts'
import { openPayingHouse, typedCard } from '../../test/stripe.ts'
import { DAY, setAhead } from '../clock.ts'

const { house, stripe, settle, giveCard } = await openPayingHouse()
const client = new Stripe('sk_test_emu_for_tests_alone', { host: stripe.host, port: stripe.port, protocol: 'http', telemetry: false })
const mallory = await house.person('Mallory Else', 'mallory@example.org')

/** Somebody who joined a plan with a card of their own; the address of what they pay for. */
async function member(
  name: string,
  plan: string,
  number: string,
  form: Record<string, string> = {},
): Promise<{ browser: Browser; at: string }> {
  const browser = await house.person(`${name} Changes`, `${name.toLowerCase()}@example.org`)
  const begin = (await browser.post(`/services/${plan}`, form)).headers.get('location') ?? assert.fail()
  assert.match(await giveCard(browser, begin, number), /done=joined$/)
  return { browser, at: begin.replace('begin', 'memberships') }
}

/** What a page would post: all its hidden fields of the form that changes. */
function formIn(page: string): Record<string, string> {
  const form = page.split('<form').find((part) => part.includes('name="mark"')) ?? assert.fail(page)
  return Object.fromEntries([...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
}

const pathTo = (answer: Response): string => answer.headers.get('location') ?? assert.fail(String(answer.status))
const customerOf = async (name: string): Promise<string> =>
  (
    await house.query<{ key: string }>(
      'select stripe_customer as key from customers c join people p on p.id = c.person_id where p.email = $1',
      [`${name.toLowerCase()}@example.org`],
    )
  )[0]?.key ?? assert.fail()
const schedulesOf = async (name: string) => (await client.subscriptionSchedules.list({ customer: await customerOf(name) })).data
const useCard = async (browser: Browser, number: string): Promise<void> => {
  const portal = pathTo(await browser.post('/account/billing/portal'))
  assert.equal(stripe.visit(`${portal}/card`, typedCard(number)).status, 303)
  await settle()
}
const live = (at: string) => at.replace('/account/billing/memberships/', '/account/services/')

test('what is dearer is shown first, then made at once and paid in part; the page says the same amount as the invoice', async () => {
  const { browser, at } = await member('Ada', 'scheduled-runs/steady', '4242424242424242')
  assert.match(await browser.read(at), /Another plan[\s\S]*Steady for a year[\s\S]*By the run/)
  const page = await browser.read(`${at}/change?plan=yearly`)
  assert.match(page, /that is [€$]50 less [€$]5 for time that you paid for and do not use[\s\S]*[€$]50 a year/)
  assert.match(page, /Change now and pay [€$]45/)
  const form = formIn(page)
  const answers = await Promise.all([browser.post(`${at}/change`, form), browser.post(`${at}/change`, form)])
  assert.deepEqual(answers.map(pathTo), [`${at}?done=changed`, `${at}?done=changed`])
  const invoices = await client.invoices.list({ customer: await customerOf('Ada') })
  assert.deepEqual(
    invoices.data.map(({ total, status }) => [total, status]),
    [
      [4500, 'paid'],
      [500, 'paid'],
    ],
  )
  assert.match(await browser.read(`${at}?done=changed`), /It is changed[\s\S]*Steady for a year/)
  await settle()
  assert.match(await browser.read(live(at)), /Plan changed/)
})

test('what is cheaper waits for the renewal; two tabs make one schedule; it is shown, and can be withdrawn', async () => {
  const { browser, at } = await member('Bea', 'small-hosting/team', '5555555555554444', { seats: '5' })
  const page = await browser.read(`${at}/change?plan=team&seats=3`)
  assert.match(page, /With the renewal on[\s\S]*Nothing\.[\s\S]*[€$]18 a month/)
  const form = formIn(page)
  const answers = await Promise.all([browser.post(`${at}/change`, form), browser.post(`${at}/change`, form)])
  assert.deepEqual(answers.map(pathTo), [`${at}?done=planned`, `${at}?done=planned`])
  assert.equal((await schedulesOf('Bea')).length, 1)
  assert.match(await browser.read(at), /Team, for 3 people follows on/)
  // Another choice takes its place, in the same schedule.
  await browser.post(`${at}/change`, formIn(await browser.read(`${at}/change?plan=single`)))
  assert.match(await browser.read(at), /Single follows on/)
  assert.equal((await schedulesOf('Bea')).length, 1)
  assert.equal(pathTo(await browser.post(`${at}/withdraw`)), `${at}?done=withdrawn`)
  assert.equal(pathTo(await browser.post(`${at}/withdraw`)), `${at}?done=withdrawn`)
  assert.doesNotMatch(await browser.read(at), /follows on/)
  assert.match(await browser.read(live(at)), /Change withdrawn[\s\S]*Plan change planned[\s\S]*Seats change planned/)
})

test('more seats begin at once, fewer with the renewal', async () => {
  const { browser, at } = await member('Cem', 'small-hosting/team', '378282246310005', { seats: '2' })
  await browser.post(`${at}/change`, formIn(await browser.read(`${at}/change?plan=team&seats=4`)))
  assert.match(await browser.read(at), /For how many people<\/dt><dd>4/)
  await browser.post(`${at}/change`, formIn(await browser.read(`${at}/change?plan=team&seats=1`)))
  assert.match(await browser.read(at), /For how many people<\/dt><dd>4[\s\S]*/)
  setAhead(32 * DAY)
  stripe.clock.advance(0)
  await settle()
  setAhead(0)
  const page = await browser.read(at)
  assert.match(page, /For how many people<\/dt><dd>1/)
  assert.doesNotMatch(page, /follows on/)
})

test('a payment that fails leaves the old plan; the change waits, is paid with another card, or withdrawn', async () => {
  const { browser, at } = await member('Dan', 'small-hosting/team', '6011111111111117', { seats: '1' })
  await useCard(browser, '4000000000000341')
  const wanted = `${at}/change?plan=team&seats=6`
  assert.equal(pathTo(await browser.post(`${at}/change`, formIn(await browser.read(wanted)))), `${at}?done=unpaid`)
  const page = await browser.read(at)
  assert.match(page, /Team, for 6 people was asked for, and its payment did not go through[\s\S]*For how many people<\/dt><dd>1/)
  assert.match(await browser.read(live(at)), /How it stands<\/dt><dd>Open</)
  await browser.post(`${at}/withdraw`)
  assert.doesNotMatch(await browser.read(at), /was asked for/)
  await browser.post(`${at}/change`, formIn(await browser.read(wanted)))
  await useCard(browser, '3056930009020004')
  await settle()
  assert.match(await browser.read(at), /For how many people<\/dt><dd>6/)
})

test('during a trial everything changes at once and costs nothing', async () => {
  const { browser, at } = await member('Eve', 'log-search/small', '4000056655665556')
  const page = await browser.read(`${at}/change?plan=growing`)
  assert.match(page, /At once\.[\s\S]*Nothing\.[\s\S]*for each gigabyte/)
  assert.equal(pathTo(await browser.post(`${at}/change`, formIn(page))), `${at}?done=changed`)
  assert.match(await browser.read(live(at)), /Open, on trial[\s\S]*Growing/)
})

test('a plan by use follows with the renewal', async () => {
  const { browser, at } = await member('Fay', 'scheduled-runs/steady', '3566002020360505')
  const page = await browser.read(`${at}/change?plan=metered`)
  assert.match(page, /With the renewal on[\s\S]*[€$]0\.02 for each run, after each month/)
  await browser.post(`${at}/change`, formIn(page))
  setAhead(32 * DAY)
  stripe.clock.advance(0)
  await settle()
  setAhead(0)
  assert.match(await browser.read(live(at)), /By the run/)
})

test('a preview that is out of date changes nothing and is shown anew', async () => {
  const { browser, at } = await member('Gus', 'small-hosting/team', '4000002760000016', { seats: '2' })
  const old = formIn(await browser.read(`${at}/change?plan=team&seats=9`))
  await browser.post(`${at}/change`, formIn(await browser.read(`${at}/change?plan=team&seats=3`)))
  const again = pathTo(await browser.post(`${at}/change`, old))
  assert.equal(again, `${at}/change?plan=team&seats=9&done=stale`)
  assert.match(await browser.read(again), /Nothing was changed: meanwhile something else did[\s\S]*for 9 people/)
  const later = formIn(await browser.read(`${at}/change?plan=team&seats=4`))
  assert.match(pathTo(await browser.post(`${at}/change`, { ...later, moment: '1000' })), /done=stale$/)
  assert.match(await browser.read(at), /For how many people<\/dt><dd>3/)
})

test('who leaves takes a planned change back; and stays with what they had', async () => {
  const { browser, at } = await member('Hal', 'small-hosting/team', '5200828282828210', { seats: '4' })
  await browser.post(`${at}/change`, formIn(await browser.read(`${at}/change?plan=team&seats=2`)))
  await browser.post(`${at}/leave`)
  const page = await browser.read(at)
  assert.match(page, /Ends, as you asked/)
  assert.doesNotMatch(page, /follows on|Another plan/)
  await browser.post(`${at}/stay`)
  assert.match(await browser.read(at), /For how many people<\/dt><dd>4[\s\S]*Another plan/)
})

test('nonsense is refused with words; nothing of another is seen or changed; Stripe away changes nothing', async () => {
  const { browser, at } = await member('Ida', 'small-hosting/team', '4000008260000000', { seats: '2' })
  const wrong = await browser.get(`${at}/change?plan=team&seats=none`)
  assert.equal(wrong.status, 422)
  assert.match(await wrong.text(), /Please give a number/)
  assert.match(await browser.read(`${at}/change?plan=team&seats=2`), /That is what you have/)
  for (const path of [`${at}/change`, `${at}/change?plan=nothing`, `${at}/change?plan=steady`])
    assert.equal((await browser.get(path)).status, 404, path)
  const form = formIn(await browser.read(`${at}/change?plan=team&seats=3`))
  assert.equal((await browser.post(`${at}/change`, { ...form, mark: '' })).headers.get('location')?.endsWith('done=stale'), true)
  assert.equal((await browser.post(`${at}/change`, {})).status, 404)
  for (const path of ['', '/change?plan=team&seats=3']) assert.equal((await mallory.get(at + path)).status, 404)
  assert.equal((await mallory.post(`${at}/change`, form)).status, 404)
  assert.equal((await mallory.post(`${at}/withdraw`)).status, 404)
  stripe.admin.down(true)
  assert.equal((await browser.post(`${at}/change`, form)).status, 503)
  assert.match(await browser.read(at), /once Stripe can be reached again/)
  stripe.admin.down(false)
  assert.match(await browser.read(at), /For how many people<\/dt><dd>2/)
})

test('from a free plan to a paid one: the free one goes on until the card does, or one thinks better of it', async () => {
  const joe = await house.person('Joe Changes', 'joe@example.org')
  const free = pathTo(await joe.post('/services/scheduled-runs/try')).replace(/\?.*/, '')
  const begin = pathTo(await joe.post('/services/scheduled-runs/steady'))
  assert.equal(begin, free.replace('services', 'billing/begin'))
  assert.match(await joe.read(begin), /A card for Scheduled Runs[\s\S]*\$5 a month[\s\S]*Steady begins/)
  assert.match(await joe.read(free), /Open<[\s\S]*Try: Free[\s\S]*Go on to the card for the other plan/)
  assert.equal(pathTo(await joe.post(`${free}/keep`)), `${free}?done=kept`)
  assert.equal((await joe.get(begin)).status, 404)
  await joe.post('/services/scheduled-runs/steady')
  assert.match(await joe.read(free), /Try: Free/)
  assert.match(await giveCard(joe, begin, '4000001240000000'), /done=joined$/)
  await settle()
  assert.match(await joe.read(free), /<dd>Steady<[\s\S]*Plan changed/)
  assert.equal(
    (await house.query(`select from memberships m join people p on p.id = m.person_id where p.email = 'joe@example.org'`)).length,
    1,
  )
})

test('from a paid plan to a free one with the renewal, and back only with a card given anew', async () => {
  const { browser, at } = await member('Kim', 'scheduled-runs/steady', '4000002500000003')
  const page = await browser.read(`${at}/change?plan=try`)
  assert.match(page, /With the renewal on[\s\S]*To pay from then on<\/dt><dd>Nothing/)
  const form = formIn(page)
  assert.equal(pathTo(await browser.post(`${at}/change`, form)), `${at}?done=planned`)
  assert.equal(pathTo(await browser.post(`${at}/change`, form)), `${at}?done=planned`)
  const planned = await browser.read(at)
  assert.match(planned, /Try follows on/)
  assert.doesNotMatch(planned, /Ends, as you asked/)
  await browser.post(`${at}/withdraw`)
  assert.doesNotMatch(await browser.read(at), /follows on/)
  await browser.post(`${at}/change`, formIn(await browser.read(`${at}/change?plan=try`)))
  setAhead(32 * DAY)
  stripe.clock.advance(0)
  await settle()
  setAhead(0)
  assert.match(await browser.read(live(at)), /Open<[\s\S]*Try: Free/)
  await browser.post('/services/scheduled-runs/steady')
  await settle()
  const begin = at.replace('memberships', 'begin')
  assert.match(await browser.read(begin), /Go to Stripe’s page/)
  assert.match(await browser.read(begin.replace('begin', 'return')), /No card was given yet/)
  assert.match(await browser.read(live(at)), /Try: Free/)
})
