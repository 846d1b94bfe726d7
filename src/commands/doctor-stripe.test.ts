import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stripe } from 'stripe'
import { openPayingHouse } from '../../test/stripe.ts'
import { lookAtStripe } from './doctor-stripe.ts'

const { house, stripe } = await openPayingHouse({ ORIGIN: 'http://localhost:3000' })
const client = new Stripe(house.house.config.stripeKey ?? '', { host: stripe.host, port: stripe.port, protocol: 'http', telemetry: false })
const told = async (): Promise<string[]> => (await lookAtStripe(house.house)).map(({ state, says }) => `${state} ${says}`)

test('where Stripe sends events is asked of Stripe itself, and nothing is changed there', async () => {
  const [destination] = (await client.v2.core.eventDestinations.list({})).data
  assert(destination)
  assert.match((await told()).join(), /^pass Stripe sends the ids of events to http:\/\/localhost:3000\/webhooks\/stripe\.$/)
  await client.v2.core.eventDestinations.disable(destination.id)
  assert.match((await told()).join(), /^warn .*switched off/)
  assert.equal((await client.v2.core.eventDestinations.retrieve(destination.id)).status, 'disabled')
  await client.v2.core.eventDestinations.update(destination.id, { webhook_endpoint: { url: 'https://old.example/webhooks/stripe' } })
  assert.match((await told()).join(), /^fail .*another address/)
  await client.v2.core.eventDestinations.update(destination.id, { webhook_endpoint: { url: 'https://old.example/elsewhere' } })
  assert.match((await told()).join(), /^fail .*no events here/)
})

test('a key that Stripe does not know, and a Stripe that is away, are told in a sentence', async () => {
  const with_ = (config: object) => lookAtStripe({ ...house.house, config: { ...house.house.config, ...config } })
  const [unknown] = await with_({ stripeKey: 'sk_test_emu_another' })
  assert.match(`${unknown?.state} ${unknown?.says}`, /^fail Stripe cannot be asked/)
  const [away] = await with_({ stripeOrigin: 'http://127.0.0.1:1' })
  assert.match(`${away?.state} ${away?.says}`, /^fail Stripe cannot be asked/)
  assert.deepEqual(await with_({ stripeKey: undefined }), [])
})
