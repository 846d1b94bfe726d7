import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stripe } from 'stripe'
import type { Browser } from '../../test/browser.ts'
import { openPayingHouse } from '../../test/stripe.ts'
import { asId } from '../log.ts'
import { eraseWaiting } from '../rights/erasure.ts'

const { house, stripe, settle, giveCard } = await openPayingHouse()
const client = new Stripe('sk_test_emu_for_tests_alone', { host: stripe.host, port: stripe.port, protocol: 'http', telemetry: false })
const billing = await house.member('billing')
const marketing = await house.member('marketing')
const pathTo = (answer: Response): string => answer.headers.get('location') ?? assert.fail(String(answer.status))

interface Known {
  readonly id: string
  readonly customer: string
  readonly decision: string | null
}

const known = async (email: string): Promise<Known> =>
  (
    await house.query<Known & Record<string, unknown>>(
      `select p.id, c.stripe_customer as customer, (select q.id from qualifications q where q.person_id = p.id and outcome = 'review') as decision
         from people p join customers c on c.person_id = p.id where p.email = $1`,
      [email],
    )
  )[0] ?? assert.fail(email)

/** Somebody whose prepaid card waits for a decision, and the page on which they wait. */
async function waiter(
  name: string,
  number: string,
  plan = 'scheduled-runs/steady',
): Promise<{ browser: Browser; begin: string; email: string }> {
  const email = `${name.toLowerCase()}@example.org`
  const browser = await house.person(`${name} Waits`, email)
  const begin = pathTo(await browser.post(`/services/${plan}`))
  await giveCard(browser, begin, number, { postal_code: '10115' })
  return { browser, begin, email }
}

const balanceOf = async (customer: string): Promise<number> => ((await client.customers.retrieve(customer)) as Stripe.Customer).balance

test('a deposit is asked for with the decision, paid once, becomes credit, and pays the first invoice', async () => {
  const { browser, begin, email } = await waiter('Ada', '5105105105105100')
  const { id, customer, decision } = await known(email)
  assert.match(await billing.read(`/staff/billing/customers/${id}`), /Scheduled Runs waits for a decision[\s\S]*After a deposit of/)
  const act = `/staff/billing/decisions/${decision}`
  assert.equal((await billing.post(act, { outcome: 'pass', deposit: 'much' })).status, 422)
  assert.equal(pathTo(await billing.post(act, { outcome: 'pass', deposit: '2000' })), '/staff/billing?done=decided')
  await settle()
  assert.match((await house.inbox(email))[0]?.text ?? '', /once a deposit is paid/)
  assert.match(await browser.read(begin), /A deposit of \$20[\s\S]*Pay the deposit of \$20/)
  assert.equal((await client.subscriptions.list({ customer })).data.length, 0)
  const paid = await Promise.all([browser.post(`${begin}/deposit`), browser.post(`${begin}/deposit`)])
  assert.match(pathTo(paid[0]), /done=joined$|billing\/begin/)
  await settle()
  const invoices = (await client.invoices.list({ customer })).data
  assert.deepEqual(
    invoices.map(({ total, amount_paid: took, status }) => [total, took, status]),
    [
      [500, 0, 'paid'],
      [2000, 2000, 'paid'],
    ],
  )
  assert.equal(await balanceOf(customer), -1500)
  assert.match(await browser.read('/account/billing'), /\$15 is to your credit at Stripe/)
  assert.match(await billing.read(`/staff/billing/customers/${id}`), /To their credit<\/dt><dd>\$15/)
})

test('what is left is given back once, by refund', async () => {
  const { id, customer } = await known('ada@example.org')
  const at = `/staff/billing/customers/${id}`
  assert.equal(pathTo(await billing.post(`${at}/return`)), `${at}?done=returned`)
  assert.equal(pathTo(await billing.post(`${at}/return`)), `${at}?done=nothing`)
  assert.equal(await balanceOf(customer), 0)
  assert.deepEqual(
    (await client.refunds.list()).data.map(({ amount }) => amount),
    [1500],
  )
  assert.match(await billing.read(at), /Given back[\s\S]*\$15/)
})

test('a lost answer makes no second invoice, and what was paid goes on by itself', async () => {
  const { browser, begin, email } = await waiter('Bea', '4000000000000036')
  const { customer, decision } = await known(email)
  await billing.post(`/staff/billing/decisions/${decision}`, { outcome: 'pass', deposit: '1000' })
  await settle()
  stripe.admin.fail('lost answer', { times: 1, path: 'POST /v1/invoices' })
  await browser.post(`${begin}/deposit`)
  await browser.post(`${begin}/deposit`)
  await settle()
  assert.equal((await client.invoices.list({ customer })).data.filter(({ metadata }) => metadata?.['deposit']).length, 1)
  assert.match(await browser.read(begin.replace('billing/begin', 'services')), /Open</)
  assert.equal(await balanceOf(customer), -500)
})

test('who leaves everything gets back what is left, by itself and once', async () => {
  const { customer } = await known('bea@example.org')
  const [living] = (await client.subscriptions.list({ customer })).data
  await client.subscriptions.cancel(living?.id ?? assert.fail())
  await settle()
  await settle()
  assert.equal(await balanceOf(customer), 0)
  assert.equal((await client.refunds.list({ limit: 1 })).data[0]?.amount, 500)
})

test('with an erasure what is left goes back before the customer does', async () => {
  const { browser, begin, email } = await waiter('Cem', '4000000000000028')
  const { customer, decision } = await known(email)
  await billing.post(`/staff/billing/decisions/${decision}`, { outcome: 'pass', deposit: '3000' })
  await settle()
  await browser.post(`${begin}/deposit`)
  await settle()
  assert.equal(await balanceOf(customer), -2500)
  await browser.post('/account/privacy/erasure', { sure: 'yes' })
  await eraseWaiting(house.house)
  assert.equal((await client.refunds.list({ limit: 1 })).data[0]?.amount, 2500)
  assert.deepEqual(await house.query('select from people where email = $1', [email]), [])
})

test('up to the limit of a customer nobody looks, and above it a dearer plan waits for somebody', async () => {
  const dan = await house.person('Dan Limits', 'dan@example.org')
  const begin = pathTo(await dan.post('/services/small-hosting/team', { seats: '2' }))
  await giveCard(dan, begin, '4242424242424242')
  const { id } = await known('dan@example.org')
  const at = begin.replace('begin', 'memberships')
  assert.match(await dan.read(`${at}/change?plan=team&seats=40`), /you would owe more than \$200 at a time/)
  const page = await dan.read(`${at}/change?plan=team&seats=5`)
  assert.match(page, /Change now and pay/)
  const form = Object.fromEntries(
    [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  )
  const own = `/staff/billing/customers/${id}`
  assert.equal((await billing.post(`${own}/limit`, { limit: 'none' })).status, 422)
  assert.equal(pathTo(await billing.post(`${own}/limit`, { limit: '2500' })), `${own}?done=limited`)
  assert.equal(pathTo(await dan.post(`${at}/change`, form)), `${at}/change?plan=team&seats=5`)
  assert.match(await dan.read(at), /For how many people<\/dt><dd>2/)
  await billing.post(`${own}/limit`, { limit: '50000' })
  assert.match(await dan.read(`${at}/change?plan=team&seats=40`), /Change now and pay/)
  await billing.post(`${own}/limit`, { limit: '' })
  assert.match(await billing.read(own), /name="limit"[^>]*value=""/)
})

test('customers are seen by those who decide alone, and nobody else is one', async () => {
  const { id } = await known('dan@example.org')
  assert.equal((await marketing.get(`/staff/billing/customers/${id}`)).status, 404)
  assert.equal((await marketing.post(`/staff/billing/customers/${id}/limit`, { limit: '1' })).status, 404)
  await house.person('Eve Free', 'eve@example.org')
  const eve = asId((await house.query<{ id: string }>("select id from people where email = 'eve@example.org'"))[0]?.id)
  assert.equal((await billing.get(`/staff/billing/customers/${eve}`)).status, 404)
})
