/** Journeys over the hosted Checkout page, by HTTP alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf, openBench, plan, typed } from './harness.ts'

const { emulator, stripe, told } = await openBench()

const setup = async (more = {}) => {
  const customer = await stripe.customers.create({})
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    allowed_payment_method_types: ['card'],
    billing_address_collection: 'required',
    success_url: 'https://app.example/billing/return?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://app.example/billing',
    ...more,
  })
  assert(session.url)
  return { customer: customer.id, session, url: session.url }
}

test('a card is set up, and the session says so', async () => {
  const { customer, session, url } = await setup()
  const page = await fetch(url)
  assert.equal(page.status, 200)
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(typed('4242 4242 4242 4242')), redirect: 'manual' })
  assert.equal(answer.status, 303)
  assert.equal(answer.headers.get('location'), `https://app.example/billing/return?session=${session.id}`)
  const done = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['setup_intent.payment_method', 'setup_intent.latest_attempt'],
  })
  assert.equal(done.status, 'complete')
  assert.equal(done.url, null)
  const { setup_intent: intent } = done
  assert(intent && typeof intent === 'object' && typeof intent.payment_method === 'object')
  assert.equal(intent.status, 'succeeded')
  assert.equal(intent.payment_method?.billing_details.address?.city, 'Berlin')
  assert.deepEqual(intent.payment_method?.card?.checks, {
    address_line1_check: 'pass',
    address_postal_code_check: 'pass',
    cvc_check: 'pass',
  })
  assert.equal((await stripe.paymentMethods.list({ customer })).data.length, 1)
  await emulator.admin.settled()
  assert.deepEqual(told.slice(-4), [
    'setup_intent.created',
    'payment_method.attached',
    'setup_intent.succeeded',
    'checkout.session.completed',
  ])
})

test('the form sent twice leads on and does nothing more', async () => {
  const { customer, url } = await setup()
  const first = emulator.visit(url, typed('4242424242424242'))
  assert.equal(emulator.visit(url, typed('4242424242424242')).location, first.location)
  assert.equal((await stripe.paymentMethods.list({ customer })).data.length, 1)
})

test('a declined card leaves the session open, and says why', async () => {
  const { session, url } = await setup()
  const declined = emulator.visit(url, typed('4000000000009995'))
  assert.equal(declined.status, 402)
  assert.match(declined.html, /insufficient funds/)
  assert.doesNotMatch(declined.html, /4000000000009995/)
  const intent = await stripe.setupIntents.retrieve(idOf((await stripe.checkout.sessions.retrieve(session.id)).setup_intent))
  assert.equal(intent.status, 'requires_payment_method')
  assert.equal(intent.last_setup_error?.decline_code, 'insufficient_funds')
  assert.equal(emulator.visit(url, typed('4242424242424242')).status, 303)
})

test('what is missing is said beside its field, and what was typed stays', async () => {
  const { url } = await setup({ consent_collection: { terms_of_service: 'required' } })
  const page = emulator.visit(url, { number: '4242424242424241', exp: '13/20', cvc: '1', name: 'Ada', city: 'Berlin' })
  assert.equal(page.status, 422)
  for (const words of [/number is incorrect/, /security code/, /expiration/, /enter your address/, /agree to the terms/, /value="Berlin"/])
    assert.match(page.html, words)
  assert.match(emulator.visit(url, typed('4111111111111111', { terms: 'on' })).html, /no test card/)
})

test('3-D Secure comes between, and may fail', async () => {
  const { session, url } = await setup()
  const challenge = emulator.visit(url, typed('4000002500003155')).location ?? ''
  assert.match(challenge, /^\/challenge\/seti_/)
  assert.match(emulator.visit(challenge).html, /Your bank asks/)
  const failed = emulator.visit(challenge, { outcome: 'fail' })
  assert.equal(failed.status, 402)
  const again = emulator.visit(url, typed('4000002500003155')).location ?? ''
  assert.match(emulator.visit(again, { outcome: 'complete' }).location ?? '', /app\.example/)
  const { setup_intent } = await stripe.checkout.sessions.retrieve(session.id)
  const attempts = await stripe.setupAttempts.list({ setup_intent: idOf(setup_intent) })
  assert.deepEqual(
    attempts.data.map((each) => each.payment_method_details.card?.three_d_secure?.result),
    ['authenticated', 'failed'],
  )
})

test('prepaid cards can be refused at the door', async () => {
  const { url } = await setup({ payment_method_options: { card: { restrictions: { funding_types_blocked: ['prepaid'] } } } })
  assert.equal(emulator.visit(url, typed('5105105105105100')).status, 402)
  assert.equal(emulator.visit(url, typed('4242424242424242')).status, 303)
})

test('a subscription is begun on the page, with 3-D Secure', async () => {
  const price = await plan(stripe, 1500)
  const customer = await stripe.customers.create({})
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price, quantity: 2 }],
    success_url: 'https://app.example/ok',
    subscription_data: { metadata: { membership: 'm1' } },
  })
  assert.equal(session.amount_total, 3000)
  const challenge = emulator.visit(session.url ?? '', typed('4000002760003184')).location ?? ''
  assert.equal(emulator.visit(challenge, { outcome: 'complete' }).location, 'https://app.example/ok')
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })
  assert.equal(done.payment_status, 'paid')
  assert(done.subscription && typeof done.subscription === 'object')
  assert.equal(done.subscription.status, 'active')
  assert.equal(done.subscription.metadata.membership, 'm1')
})

test('a declined subscription leaves nothing behind', async () => {
  const customer = await stripe.customers.create({})
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price: await plan(stripe, 700), quantity: 1 }],
    success_url: 'https://app.example/ok',
  })
  assert.equal(emulator.visit(session.url ?? '', typed('4000000000000341')).status, 402)
  assert.equal((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data.length, 0)
  assert.equal((await stripe.invoices.list({ customer: customer.id })).data.length, 0)
})

test('a session expires, by itself or when asked', async () => {
  const { session, url } = await setup()
  await stripe.checkout.sessions.expire(session.id)
  assert.equal(emulator.visit(url).status, 410)
  await assert.rejects(stripe.checkout.sessions.expire(session.id), /Only Checkout Sessions/)
  const other = await setup()
  emulator.clock.advance(25 * 3600)
  assert.equal((await stripe.checkout.sessions.retrieve(other.session.id)).status, 'expired')
})

test('what tutorials still send is refused as the API refuses it', async () => {
  await assert.rejects(
    stripe.checkout.sessions.create({ mode: 'setup', currency: 'eur', success_url: 'x', payment_method_types: ['card'] } as never),
    {
      code: 'payment_method_types_no_longer_supported',
    },
  )
  await assert.rejects(stripe.checkout.sessions.create({ mode: 'setup', success_url: 'https://x.example' }), { code: 'parameter_missing' })
})
