import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stripe } from 'stripe'
import { openPayingHouse } from '../../test/stripe.ts'
import { HOUR, setAhead } from '../clock.ts'
import { newId } from '../database/columns.ts'
import { asId, type Id } from '../log.ts'
import { houseMark } from '../processors/stripe-customer.ts'
import { erase } from '../rights/erasure.ts'
import { accessOf } from '../services/access.ts'
import { membershipsOf, stand } from '../services/membership.ts'
import { bury } from './tombstone.ts'
import { reconcile, superfluous } from './reconciliation.ts'

const { house, stripe, settle, giveCard } = await openPayingHouse()
const { db } = house.house
const client = new Stripe(stripe.secretKey, { host: stripe.host, port: stripe.port, protocol: 'http', telemetry: false })
const card = '4242424242424242'

const idOf = async (email: string): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const keyOf = async (person: Id): Promise<string> =>
  (await house.query<{ key: string }>('select stripe_customer as key from customers where person_id = $1', [person]))[0]?.key ??
  assert.fail()

/** Somebody who pays for Log Search, where one card may serve many. */
async function payer(name: string) {
  const browser = await house.person(name)
  const begin = (await browser.post('/services/scheduled-runs/steady')).headers.get('location') ?? ''
  await giveCard(browser, begin, card)
  await house.query("update qualifications set outcome = 'pass'")
  await browser.get(begin.replace('begin', 'return'))
  await settle()
  const person = await idOf(`${name.toLowerCase().replace(' ', '.')}@example.org`)
  assert.equal((await accessOf(db, { service: 'scheduled-runs', person })).allowed, true)
  return { browser, person, customer: await keyOf(person), membership: begin.split('/').at(-1) ?? '' }
}

const open = () => house.query<{ kind: string }>('select kind from stripe_findings where mended_at is null')
const mended = async (kind: string) =>
  await house.query<{ times: number }>(`select times from stripe_findings where kind = $1 and mended_by = 'program'`, [kind])

const ann = await payer('Ann Agrees')

test('where everything agrees nothing is found, and nothing changes', async () => {
  await reconcile(house.house)
  await reconcile(house.house)
  assert.deepEqual(await house.query('select kind from stripe_findings'), [])
  assert.equal((await house.query('select from reconciliations where done_at is not null')).length, 2)
})

test('what happened while no event reached us is learnt, and counted without saying of whom', async () => {
  const ben = await payer('Ben Lost')
  stripe.admin.drop(100)
  const [subscription] = (await client.subscriptions.list({ customer: ben.customer })).data
  setAhead(HOUR)
  await client.subscriptions.cancel(subscription?.id ?? '')
  setAhead(2 * HOUR)
  await settle()
  assert.equal((await accessOf(db, { service: 'scheduled-runs', person: ben.person })).allowed, true)
  await reconcile(house.house)
  assert.equal((await accessOf(db, { service: 'scheduled-runs', person: ben.person })).allowed, false)
  assert.deepEqual(await mended('missed events'), [{ times: 1 }])
  stripe.admin.drop(0)
})

test('a second subscription for one membership is ended, with credit for what was not used; the newest one stays', async () => {
  const [first] = (await client.subscriptions.list({ customer: ann.customer })).data
  const price = first?.items.data[0]?.price.id ?? ''
  setAhead(3 * HOUR)
  const of = { customer: ann.customer, currency: first?.currency ?? assert.fail() }
  const second = await client.subscriptions.create({ ...of, items: [{ price }], metadata: { membership: ann.membership } })
  await settle()
  await reconcile(house.house)
  const living = (await client.subscriptions.list({ customer: ann.customer })).data
  assert.deepEqual(
    living.map(({ id }) => id),
    [second.id],
  )
  assert.equal((await mended('two subscriptions')).length, 1)
  const known = await client.customers.retrieve(ann.customer)
  assert(!known.deleted && known.balance < 0, 'there is credit')
  assert.equal((await accessOf(db, { service: 'scheduled-runs', person: ann.person })).allowed, true)
})

test('of two the one that is paid counts, however young the one is that never was; what is not ours is left alone', () => {
  const one = (id: string, status: string, day: number, membership = 'mine') => ({
    ...{ id, status, membership, lookupKey: null, quantity: 1, cents: 100, currency: 'usd', every: 'month' },
    ...{ periodEnd: null, cancelAt: null, paused: false, planned: null, follows: undefined, createdAt: new Date(day) },
  })
  const all = [one('paid', 'active', 1), one('begun', 'incomplete', 2), one('gone', 'canceled', 3), one('foreign', 'active', 4, 'not ours')]
  assert.deepEqual(superfluous(all, [{ id: 'mine' as Id, standing: 'active' }]), [{ id: 'begun', kind: 'two subscriptions' }])
})

test('a subscription whose membership has ended here is ended at Stripe', async () => {
  const cem = await payer('Cem Over')
  await db.as('billing', async (tx) => {
    const [membership] = await membershipsOf(tx, cem.person)
    await stand(tx, membership?.id ?? assert.fail(), { standing: 'ended' }, 'staff')
  })
  await reconcile(house.house)
  assert.deepEqual((await client.subscriptions.list({ customer: cem.customer })).data, [])
  assert.equal((await mended('paid for nothing')).length, 1)
})

test('after an erasure only a hash of the key stays, until the law lets go of the invoices; who comes back is deleted', async () => {
  const dan = await payer('Dan Erased')
  assert(await erase(house.house, dan.person))
  await settle()
  assert.deepEqual(await house.traces(dan.customer), [])
  const [stone] = await house.query<{ years: number }>(
    'select extract(year from age(kept_until_at, closed_at))::int as years from stripe_tombstones',
  )
  assert(stone && stone.years >= 9, 'a declared end')
  // Stripe revives nobody; a customer that we had deleted and that lives stands for it.
  const { id } = await client.customers.create({ metadata: { somebody: 'else' } })
  await db.as('billing', (tx) => bury(tx, house.house, id))
  await reconcile(house.house)
  assert.equal((await client.customers.retrieve(id)).deleted, true)
  assert.equal((await mended('living after erasure')).length, 1)
})

test('customers of nobody that bear our mark go, those of others in the same account stay', async () => {
  const [ours, theirs] = [
    await client.customers.create({ metadata: { account: newId(), house: houseMark(db.keyring) } }),
    await client.customers.create({ metadata: { account: newId() } }),
  ]
  const left = await client.customers.create({ metadata: { account: ann.person, house: houseMark(db.keyring) } })
  await reconcile(house.house)
  assert(!(await client.customers.retrieve(ours.id)).deleted, 'one that was just made may be of a transaction under way')
  setAhead(5 * HOUR)
  await reconcile(house.house)
  const gone = await Promise.all([ours, theirs, left].map(async ({ id }) => (await client.customers.retrieve(id)).deleted ?? false))
  assert.deepEqual(gone, [true, false, true])
  assert.equal((await mended('left over customer')).length, 1)
})

test('a customer whose key we lost is found again, with what they pay for', async () => {
  const eva = await payer('Eva Lost')
  await house.query('delete from customers where person_id = $1', [eva.person])
  setAhead(8 * HOUR)
  await reconcile(house.house)
  assert.equal(await keyOf(eva.person), eva.customer)
  assert.equal((await mended('lost customer')).length, 1)
})

test('a destination that is off is switched on; one that sends elsewhere is pointed here by staff; whole payloads are told of', async () => {
  const [destination] = (await client.v2.core.eventDestinations.list({})).data
  assert(destination)
  await client.v2.core.eventDestinations.disable(destination.id)
  await reconcile(house.house)
  assert.equal((await client.v2.core.eventDestinations.retrieve(destination.id)).status, 'enabled')
  await client.v2.core.eventDestinations.update(destination.id, { webhook_endpoint: { url: 'https://old.example/webhooks/stripe' } })
  await client.webhookEndpoints.create({ url: 'http://localhost:3000/webhooks/stripe', enabled_events: ['*'] })
  await reconcile(house.house)
  await reconcile(house.house)
  assert.deepEqual((await open()).map(({ kind }) => kind).sort(), ['destination elsewhere', 'payloads sent'])
  const billing = await house.member('billing')
  const page = await billing.read('/staff/billing/reconciliation')
  assert.match(page, /sends its events to another address[\s\S]*Point it here/)
  const answer = await billing.post('/staff/billing/reconciliation/destination', { destination: destination.id })
  assert.equal(answer.headers.get('location'), '/staff/billing/reconciliation?done=moved')
  const { webhook_endpoint: at } = await client.v2.core.eventDestinations.retrieve(destination.id, { include: ['webhook_endpoint.url'] })
  assert.equal(at?.url, 'http://localhost:3000/webhooks/stripe')
  for (const endpoint of (await client.webhookEndpoints.list()).data) await client.webhookEndpoints.del(endpoint.id)
  await reconcile(house.house)
  assert.deepEqual(await open(), [], 'what is gone is over')
})

test('one customer who cannot be brought up to date does not hold up the others, and is shown', async () => {
  const [fay, gus] = [await payer('Fay Broken'), await payer('Gus Behind')]
  await house.query(`update customers set stripe_customer = 'cus_unknown1', synced_at = null where person_id = $1`, [fay.person])
  await house.query('update customers set synced_at = null where person_id = $1', [gus.person])
  await reconcile(house.house)
  assert.deepEqual(await open(), [{ kind: 'out of step' }])
  assert.equal((await house.query('select from customers where person_id = $1 and synced_at is null', [gus.person])).length, 0)
  await house.query('update customers set stripe_customer = $2 where person_id = $1', [fay.person, fay.customer])
  await reconcile(house.house)
  assert.deepEqual(await open(), [])
})

test('while Stripe is down it fails as a whole and is tried again', async () => {
  stripe.admin.down(true)
  await assert.rejects(reconcile(house.house))
  stripe.admin.down(false)
  await reconcile(house.house)
})

test('staff who see no money see none of it; a finding holds no key of a person', async () => {
  const [support, marketing] = [await house.member('support'), await house.member('marketing')]
  for (const other of [support, marketing]) {
    assert.equal((await other.get('/staff/billing/reconciliation')).status, 404)
    assert.equal((await other.post('/staff/billing/reconciliation')).status, 404)
  }
  const billing = await house.member('billing')
  assert.equal((await billing.post('/staff/billing/reconciliation')).status, 303)
  await settle()
  const rows = JSON.stringify(await house.query('select * from stripe_findings'))
  assert.doesNotMatch(rows, /cus_|sub_|pm_|in_|@/)
  setAhead(0)
})
