/** Events: signed, thin, shuffled, doubled, lost, tried again; and to be asked for. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import type { Stripe } from 'stripe'
import { clientFor, idOf, openBench, payer, plan, typed } from './harness.ts'

/** A receiver on loopback, whose answer a test chooses. */
async function receiver() {
  const received: { body: string; signature: string }[] = []
  const state = { status: 200 }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      received.push({ body: Buffer.concat(parts).toString(), signature: String(request.headers['stripe-signature']) })
      response.writeHead(state.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, state }
}

test('the SDK accepts the signature, fetches the object, and refuses a forgery', async () => {
  const { emulator, stripe, letters } = await openBench()
  const { id } = await stripe.customers.create({ metadata: { account: 'a' } })
  await emulator.admin.settled()
  const [letter] = letters
  assert(letter)
  const note = stripe.parseEventNotification(letter.body, letter.signature, emulator.webhookSecret)
  assert(note.type === 'v1.customer.created')
  assert.equal((await note.fetchRelatedObject()).id, id)
  assert.throws(() => stripe.parseEventNotification(`${letter.body} `, letter.signature, emulator.webhookSecret), /signature/i)
  assert.throws(() => stripe.parseEventNotification(letter.body, letter.signature, 'whsec_other'), /signature/i)
  assert.throws(() => stripe.webhooks.constructEvent(letter.body, letter.signature, emulator.webhookSecret))
})

test('a thin event holds ids and nothing that was typed', async () => {
  const { emulator, stripe, letters } = await openBench()
  const customer = await stripe.customers.create({ name: 'Zyx Canary', email: 'zyx@example.org' })
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    currency: 'eur',
    success_url: 'https://app.example',
  })
  emulator.visit(session.url ?? '', typed('4242424242424242', { name: 'Zyx Canary', line1: 'Canary Wharf' }))
  emulator.visit(session.url ?? '', typed('4000000000000002', { name: 'Zyx Canary' }))
  await stripe.customers.update(customer.id, { name: 'Zyx Other' })
  await emulator.admin.settled()
  assert(letters.length >= 5)
  const all = letters.map(({ body }) => body).join()
  for (const secret of ['Zyx', 'Canary', '4242', 'visa', '10115', 'Berlin', 'zyx@']) assert(!all.includes(secret), secret)
})

test('by default everything comes twice and in any order, and the state is the same', async () => {
  const { emulator, stripe, told } = await openBench({ delivery: 'shuffled and doubled' })
  const customer = await payer(stripe)
  await stripe.subscriptions.create({ customer, items: [{ price: await plan(stripe, 100) }] })
  await emulator.admin.settled()
  const events = await stripe.events.list({ limit: 100 })
  assert.equal(told.length, events.data.length * 2)
  assert.deepEqual([...new Set(told)].sort(), [...new Set(events.data.map(({ type }) => type))].sort())
  assert.notDeepEqual(
    told,
    events.data.reverse().flatMap(({ type }) => [type, type]),
  )
})

test('the same seed makes the same ids', async () => {
  const [one, other] = [await openBench({ seed: 3 }), await openBench({ seed: 3 })]
  assert.equal((await one.stripe.customers.create()).id, (await other.stripe.customers.create()).id)
})

test('what was not answered is told again later, until it is', async () => {
  const { url, received, state } = await receiver()
  const { emulator, stripe } = await openBench({ webhook: { url } })
  state.status = 500
  await stripe.customers.create()
  await emulator.admin.settled()
  assert.equal(received.length, 1)
  assert.equal((await stripe.events.list({ delivery_success: false })).data.length, 1)
  emulator.clock.advance(61)
  await emulator.admin.settled()
  assert.equal(received.length, 2)
  state.status = 200
  emulator.clock.advance(10 * 60)
  await emulator.admin.settled()
  emulator.clock.advance(86_400)
  await emulator.admin.settled()
  assert.equal(received.length, 3)
  assert.equal((await stripe.events.list({ delivery_success: false })).data.length, 0)
})

test('events can be lost, held back, put in another order, and sent again', async () => {
  const { emulator, stripe, told } = await openBench()
  emulator.admin.drop(100)
  await stripe.products.create({ name: 'Lost' })
  await emulator.admin.settled()
  assert.deepEqual(told, [])
  emulator.admin.drop(0)
  const [lost] = emulator.admin.events()
  assert.deepEqual(
    lost?.deliveries.map(({ state }) => state),
    ['dropped'],
  )
  emulator.admin.resend(lost?.id ?? '')
  await emulator.admin.settled()
  assert.deepEqual(told, ['product.created'])
  emulator.admin.hold(true)
  await stripe.customers.create()
  await stripe.coupons.create({ percent_off: 5 })
  emulator.admin.reorder(emulator.admin.events(2).map(({ id }) => id))
  await emulator.admin.settled()
  assert.equal(told.length, 1)
  emulator.admin.hold(false)
  await emulator.admin.settled()
  assert.deepEqual(told.slice(1), ['coupon.created', 'customer.created'])
})

test('snapshots go to endpoints, thin events to destinations, each what it asked for', async () => {
  const { url, received } = await receiver()
  const { emulator, stripe } = await openBench()
  const endpoint = await stripe.webhookEndpoints.create({ url: `${url}?old`, enabled_events: ['customer.created'] })
  const destination = await stripe.v2.core.eventDestinations.create({
    name: 'thin',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['v1.product.created'],
    webhook_endpoint: { url: `${url}?new` },
    include: ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'],
  })
  await stripe.customers.create({ email: 'snap@example.org' })
  await stripe.products.create({ name: 'Thin' })
  await emulator.admin.settled()
  const [snapshot, thin] = received
  assert(snapshot && thin && received.length === 2)
  const event = stripe.webhooks.constructEvent(snapshot.body, snapshot.signature, endpoint.secret ?? '')
  assert.equal((event.data.object as Stripe.Customer).email, 'snap@example.org')
  assert.equal(
    stripe.parseEventNotification(thin.body, thin.signature, destination.webhook_endpoint?.signing_secret ?? '').type,
    'v1.product.created',
  )
  assert.throws(() => stripe.parseEventNotification(snapshot.body, snapshot.signature, endpoint.secret ?? ''))
  assert.equal((await stripe.v2.core.eventDestinations.retrieve(destination.id)).webhook_endpoint, undefined)
  await stripe.v2.core.eventDestinations.disable(destination.id)
  await stripe.webhookEndpoints.del(endpoint.id)
  await stripe.products.create({ name: 'Unheard' })
  await emulator.admin.settled()
  assert.equal(received.length, 2)
})

test('a bank that sends a new card is heard of', async () => {
  const { emulator, stripe, told } = await openBench()
  const customer = await payer(stripe)
  const [method] = (await stripe.paymentMethods.list({ customer })).data
  emulator.admin.renewCard(idOf(method))
  await emulator.admin.settled()
  assert.equal(told.at(-1), 'payment_method.automatically_updated')
  assert.equal((await stripe.paymentMethods.retrieve(idOf(method))).card?.exp_year, (method?.card?.exp_year ?? 0) + 4)
})

test('the log of events can be asked, in v1 and v2, for thirty days', async () => {
  const { emulator, stripe } = await openBench()
  const customer = await stripe.customers.create({ description: 'before' })
  await stripe.customers.update(customer.id, { description: 'after' })
  const [updated] = (await stripe.events.list({ types: ['customer.updated'] })).data
  assert.deepEqual(updated?.data.previous_attributes, { description: 'before' })
  assert(updated?.request?.idempotency_key)
  const between = { gte: updated.created, lt: updated.created + 1 }
  assert.equal((await stripe.events.list({ created: between, types: ['customer.updated'] })).data.length, 1, 'by a range of moments')
  const thin = await stripe.v2.core.events.list({ object_id: customer.id })
  assert.deepEqual(
    thin.data.map(({ type }) => type),
    ['v1.customer.updated', 'v1.customer.created'],
  )
  const listed: string[] = []
  for await (const event of stripe.v2.core.events.list({ limit: 1 })) listed.push(event.type)
  assert(listed.length >= 2)
  emulator.clock.advance(31 * 86_400)
  await assert.rejects(stripe.events.retrieve(idOf(updated)), { code: 'resource_missing' })
  assert.equal((await clientFor(emulator).events.list()).data.length, 0)
})
