import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stripe } from 'stripe'
import { openPayingHouse } from '../../test/stripe.ts'
import { DAY, setAhead } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import type { Role } from '../staff/team.ts'
import { centsTyped } from '../services/price.ts'
import { enterUsage } from '../services/usage.ts'
import { churnOf, revenue } from './revenue.ts'

const { house, stripe, settle, giveCard } = await openPayingHouse()
const { db } = house.house
const client = new Stripe(stripe.secretKey, { host: stripe.host, port: stripe.port, protocol: 'http', telemetry: false })

/** Somebody who pays for a plan with a card of their own. */
async function payer(name: string, plan: string, card: string, seats = '1') {
  const browser = await house.person(name)
  const begin = (await browser.post(`/services/${plan}`, { seats })).headers.get('location') ?? ''
  await giveCard(browser, begin, card)
  // A card that others in this test use, too, waits for a member of staff.
  await house.query("update qualifications set outcome = 'pass'")
  await browser.get(begin.replace('begin', 'return'))
  await settle()
  const [{ person, customer } = { person: '', customer: '' }] = await house.query<{ person: string; customer: string }>(
    'select c.person_id as person, stripe_customer as customer from customers c join people p on p.id = c.person_id where p.name = $1',
    [name],
  )
  return { browser, person: asId(person) ?? assert.fail(), customer, membership: begin.split('/').at(-1) ?? '' }
}

const ada = await payer('Ada Monthly', 'scheduled-runs/steady', '4242424242424242')
const bob = await payer('Bob Yearly', 'scheduled-runs/yearly', '5555555555554444')
const cem = await payer('Cem Seats', 'small-hosting/team', '378282246310005', '3')
await payer('Dan Fails', 'scheduled-runs/steady', '4000000000000341')
await (await house.person('Eve Free')).post('/services/status-pages/page')
const billing = await house.member('billing')
const dollars = async () => (await db.as('billing', (tx) => revenue(tx))).find(({ currency }) => currency === 'usd') ?? assert.fail()

test('a month’s revenue is what runs, a year’s price as a twelfth, seats multiplied, rounded once', async () => {
  // 500 a month, 5000 a year, 3 seats of 600.
  const { monthly, paying, begun, failing, leaving, collected } = await dollars()
  assert.deepEqual([monthly, paying, begun], [500 + Math.round(5000 / 12) + 1800, 3, 500 + Math.round(5000 / 12) + 1800])
  assert.deepEqual([failing, leaving, collected], [0, 0, 500 + 5000 + 1800])
})

test('what is leaving is at risk; what is paused is no revenue; what ended is churn', async () => {
  await ada.browser.post(`/account/billing/memberships/${ada.membership}/leave`)
  await cem.browser.post(`/account/billing/memberships/${cem.membership}/pause`)
  const now = await dollars()
  assert.deepEqual([now.monthly, now.leaving], [500 + Math.round(5000 / 12), 500])
  setAhead(32 * DAY)
  stripe.clock.advance(0)
  await settle()
  const later = await dollars()
  assert.equal(later.ended, 500, 'Ada has left')
  assert.equal(churnOf(later), 500 / (500 + Math.round(5000 / 12) + 1800))
  assert.equal(later.begun, 0)
  setAhead(0)
})

test('the page says what each number means', async () => {
  const page = await billing.read('/staff/billing/revenue')
  assert.match(page, /Monthly recurring revenue[\s\S]*What the numbers mean[\s\S]*a year’s price counts a twelfth/)
  assert.match(page, /\$4\.17/)
})

test('the roll can be narrowed, keeps its filter in the address, and names customers alone', async () => {
  const all = await billing.read('/staff/billing/memberships')
  assert.match(all, /Bob Yearly/)
  assert.doesNotMatch(all, /Eve Free/)
  const paused = await billing.read('/staff/billing/memberships?service=small-hosting&standing=paused&paid=yes')
  assert.match(paused, /Cem Seats[\s\S]*paused/)
  assert.doesNotMatch(paused, /Bob Yearly/)
  assert.match(await billing.read('/staff/billing/memberships?standing=nonsense&before=x'), /Bob Yearly/)
})

test('whose membership is opened can read of it', async () => {
  const page = await billing.read(`/staff/billing/memberships/${bob.membership}`)
  assert.match(page, /Bob Yearly[\s\S]*\$50[\s\S]*opened, by Stripe/)
  assert.match(await bob.browser.read('/account/privacy'), /to settle something about billing/)
})

const invoiceOf = async (person: Id): Promise<string> =>
  (await house.query<{ id: string }>('select stripe_invoice as id from stripe_invoices where person_id = $1 and paid > 0', [person]))[0]
    ?.id ?? assert.fail()
const hidden = (page: string, name: string): string => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? assert.fail(page)

test('money is given back after a preview, once, and it stands in the record', async () => {
  const path = `/staff/billing/invoices/${await invoiceOf(bob.person)}`
  assert.match(await billing.read(path), /Can be credited[\s\S]*\$50/)
  for (const amount of ['', '0', '-1', '1.234', '1e3', '50.01']) {
    const answer = await billing.post(`${path}/preview`, { amount, reason: 'order_change' })
    assert.equal(answer.status, 422, amount)
    assert.match(await answer.text(), amount === '50.01' ? /At most \$50 can be credited/ : /such as 4\.50|give an amount/)
  }
  const shown = await (await billing.post(`${path}/preview`, { amount: '12,5', reason: 'order_change' })).text()
  assert.match(shown, /Give back \$12\.50\?[\s\S]*Can be credited afterwards[\s\S]*\$37\.50/)
  assert.equal((await client.refunds.list()).data.length, 0, 'a preview does nothing')
  const form = { name: hidden(shown, 'name'), cents: hidden(shown, 'cents'), reason: 'order_change' }
  const answers = await Promise.all([billing.post(`${path}/credit`, form), billing.post(`${path}/credit`, form)])
  assert.deepEqual(
    answers.map((answer) => answer.headers.get('location')),
    [`${path}?done=credited`, `${path}?done=credited`],
  )
  assert.deepEqual(
    (await client.refunds.list()).data.map(({ amount }) => amount),
    [1250],
  )
  assert.match(await billing.read(`${path}?done=credited`), /It is credited[\s\S]*\$37\.50/)
  assert.equal((await house.query("select from audit_details where act = 'customer.credited' and person_id = $1", [bob.person])).length, 1)
})

test('what Stripe refuses is said, and nothing was done', async () => {
  const path = `/staff/billing/invoices/${await invoiceOf(bob.person)}`
  const { id: name } = { id: '01a20ec6-9ac4-7178-b719-da7cc46d3844' }
  assert.equal((await billing.post(`${path}/credit`, { name, cents: '999999', reason: 'duplicate' })).status, 422)
  stripe.admin.down(true)
  assert.equal((await billing.post(`${path}/preview`, { amount: '1', reason: 'duplicate' })).status, 503)
  assert.match(await billing.read(path), /An invoice to Bob Yearly/)
  stripe.admin.down(false)
})

test('a proof that is not fresh any more is asked for before money goes', async () => {
  const path = `/staff/billing/invoices/${await invoiceOf(bob.person)}`
  setAhead(45 * 60_000)
  const form = { name: '01a20ec6-9ac4-7178-b719-da7cc46d3845', cents: '100', reason: 'duplicate' }
  assert.match((await billing.post(`${path}/credit`, form)).headers.get('location') ?? '', /^\/account\/proof|^\/sign-in/)
  setAhead(0)
})

test('failed payments are listed with their next try', async () => {
  await payer('Fay Later', 'log-search/small', '4000000000000341')
  setAhead(16 * DAY)
  stripe.clock.advance(0)
  await settle()
  setAhead(0)
  const page = await billing.read('/staff/billing/failed')
  assert.match(page, /Fay Later[\s\S]*Log Search[\s\S]*\$7[\s\S]*open, payment failed/)
})

test('usage is summed by service', async () => {
  const meters = await payer('Gus Meters', 'scheduled-runs/metered', '6011111111111117')
  const [service] = await house.query<{ id: string }>("select id from services where slug = 'scheduled-runs'")
  const use = (record: string, quantity: number) => ({ record, person: meters.person, meter: 'run', quantity, happenedAt: new Date() })
  await db.as('service', (tx) => enterUsage(tx, asId(service?.id) ?? assert.fail(), [use('a', 3), use('b', 4)]))
  assert.match(await billing.read('/staff/billing/usage'), /Scheduled Runs[\s\S]*run[\s\S]*>1<[\s\S]*>7</)
})

test('other roles see no money: no page, no act', async () => {
  const invoice = await invoiceOf(bob.person)
  const pages = ['memberships', `memberships/${bob.membership}`, 'failed', 'revenue', 'usage', 'reconciliation', `invoices/${invoice}`]
  for (const role of ['support', 'marketing', 'legal', 'analyst'] satisfies Role[]) {
    const other = await house.member(role)
    for (const page of pages) assert.equal((await other.get(`/staff/billing/${page}`)).status, 404, `${role} ${page}`)
    for (const act of ['preview', 'credit']) assert.equal((await other.post(`/staff/billing/invoices/${invoice}/${act}`)).status, 404)
    assert.doesNotMatch(await other.read('/staff'), /\/staff\/billing/)
  }
  const owner = await house.member('owner')
  for (const page of pages) assert.equal((await owner.get(`/staff/billing/${page}`)).status, 200, page)
})

test('amounts are read without fractions, in currencies that have none, too', () => {
  assert.deepEqual(
    ['4.5', '4,50', '4', '0.07', '4.505', 'four', '1.000,00'].map((text) => centsTyped(text, 'usd')),
    [450, 450, 400, 7, undefined, undefined, undefined],
  )
  assert.deepEqual([centsTyped('450', 'jpy'), centsTyped('4.5', 'jpy')], [450, undefined])
})
