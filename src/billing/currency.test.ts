import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stripe } from 'stripe'
import { openPayingHouse } from '../../test/stripe.ts'

const { house, stripe, giveCard } = await openPayingHouse()
const client = new Stripe('sk_test_emu_for_tests_alone', { host: stripe.host, port: stripe.port, protocol: 'http', telemetry: false })
const berlin = { city: 'Berlin', postal_code: '10115', country: 'DE' }

interface Mirrored {
  readonly key: string
  readonly customer: string
  readonly cents: string
  readonly currency: string
}

const mirrored = async (email: string): Promise<Mirrored> =>
  (
    await house.query<Mirrored & Record<string, unknown>>(
      `select s.stripe_subscription as key, c.stripe_customer as customer, s.cents, s.currency
         from stripe_subscriptions s join customers c using (person_id) join people p on p.id = s.person_id where p.email = $1`,
      [email],
    )
  )[0] ?? assert.fail()

test('what is charged is what was shown: in the currency of the reader’s region, and with its tax', async () => {
  const pia = await house.person('Pia Euro', 'pia@example.org')
  pia.headers['accept-language'] = 'de-DE,de;q=0.9'
  const begin = (await pia.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  assert.match(await pia.read(begin), /€5 a month[\s\S]*Tax comes on top/)
  assert.match(await giveCard(pia, begin, '4000002760000016', berlin), /done=joined$/)
  const { key, customer, cents, currency } = await mirrored('pia@example.org')
  assert.deepEqual([Number(cents), currency], [500, 'eur'])
  const [invoice] = (await client.invoices.list({ customer })).data
  assert.deepEqual([invoice?.currency, invoice?.subtotal, invoice?.total], ['eur', 500, 595])
  assert.equal((await client.subscriptions.retrieve(key)).automatic_tax.enabled, true)
  const at = begin.replace('begin', 'memberships')
  assert.match(await pia.read(`${at}/change?plan=yearly`), /of it is tax[\s\S]*€59\.50 a year; €9\.50 of it is tax/)
})

test('another currency than the price’s first one is kept as it is charged', async () => {
  const gil = await house.person('Gil Pound', 'gil@example.org')
  gil.headers['accept-language'] = 'en-GB'
  const begin = (await gil.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  await giveCard(gil, begin, '4000008260000000')
  const { customer, cents, currency } = await mirrored('gil@example.org')
  assert.deepEqual([Number(cents), currency], [400, 'gbp'])
  assert.equal((await client.invoices.list({ customer })).data[0]?.total, 400)
  assert.match(await gil.read(begin.replace('begin', 'memberships')), /Steady: £4 a month/)
})

test('who pays in one currency already goes on in it, wherever they read', async () => {
  const una = await house.person('Una Travels', 'una@example.org')
  const begin = (await una.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  assert.match(await una.read(begin), /\$5 a month/)
  await giveCard(una, begin, '5555555555554444')
  una.headers['accept-language'] = 'fr-FR'
  const next = (await una.post('/services/log-search/growing')).headers.get('location') ?? assert.fail()
  assert.match(await una.read(next), /from \$1\.20 for each gigabyte/)
  assert.match(await giveCard(una, next, '5555555555554444'), /done=joined$/)
  assert.equal((await house.query(`select from stripe_subscriptions where currency = 'usd'`)).length, 2)
})
