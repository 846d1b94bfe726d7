import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPayingHouse } from '../../test/stripe.ts'
import { DAY, setAhead } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import { accessOf } from '../services/access.ts'

const { house, stripe, settle, giveCard } = await openPayingHouse()
const { db } = house.house
const idOf = async (email: string): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const pathTo = (answer: Response): string => answer.headers.get('location') ?? assert.fail(String(answer.status))
const begins = async (browser: Awaited<ReturnType<typeof house.person>>, plan: string): Promise<string> =>
  pathTo(await browser.post(`/services/${plan}`))
const access = async (email: string, service: string) => accessOf(db, { service, person: await idOf(email) })

test('a card is given at Stripe, qualifies, and opens the service at once, also when events come doubled and shuffled', async () => {
  const ada = await house.person('Ada Payer', 'ada@example.org')
  const begin = await begins(ada, 'scheduled-runs/steady')
  assert.match(await ada.read(begin), /You give your card, name and address on Stripe’s page/)
  assert.match(await giveCard(ada, begin, '4242424242424242'), /^\/account\/services\/.*done=joined$/)
  assert.deepEqual([(await access('ada@example.org', 'scheduled-runs')).standing], ['active'])
  await settle()
  assert.equal((await access('ada@example.org', 'scheduled-runs')).allowed, true)
  assert.equal((await house.query('select from stripe_subscriptions')).length, 1)
  assert.match(await ada.read('/account/billing'), /paid until/)
})

test('a declined card is refused with neutral words, and another one does', async () => {
  const bea = await house.person('Bea Declined', 'bea@example.org')
  const begin = await begins(bea, 'scheduled-runs/steady')
  assert.equal(await giveCard(bea, begin, '4000000000000002'), 'stays at 402')
  assert.equal((await access('bea@example.org', 'scheduled-runs')).allowed, false)
  assert.match(await giveCard(bea, begin, '5555555555554444'), /done=joined$/)
})

test('3-D Secure is passed on Stripe’s page', async () => {
  const cem = await house.person('Cem Secure', 'cem@example.org')
  assert.match(await giveCard(cem, await begins(cem, 'log-search/small'), '4000002500003155'), /done=joined$/)
  assert.equal((await access('cem@example.org', 'log-search')).standing, 'trial')
})

test('a card that somebody else uses is looked at by a member of staff', async () => {
  const ann = await house.person('Ann Same', 'ann@example.org')
  const begin = await begins(ann, 'scheduled-runs/steady')
  await giveCard(ann, begin, '4242424242424242')
  assert.match(await ann.read(begin), /A member of our staff looks at it/)
  assert.match(await ann.read('/account/billing'), /somebody else uses the same card/)
})

test('a wrong security code is refused; a prepaid card waits for a member of staff, and a person can be asked', async () => {
  const dora = await house.person('Dora Prepaid', 'dora@example.org')
  const begin = await begins(dora, 'small-hosting/single')
  await giveCard(dora, begin, '4000000000000101')
  assert.match(await dora.read(begin), /With this card we cannot offer the service[\s\S]*Ask that a person looks/)
  await dora.post(`${begin}/human`)
  assert.match(await dora.read(begin), /A member of our staff looks at it/)
  assert.equal((await access('dora@example.org', 'small-hosting')).allowed, false)
})

test('two tabs and a double click make one subscription', async () => {
  const eve = await house.person('Eve Twice', 'eve@example.org')
  const begin = await begins(eve, 'scheduled-runs/steady')
  await giveCard(eve, begin, '378282246310005', { cvc: '1234' })
  const back = begin.replace('begin', 'return')
  await Promise.all([eve.get(back), eve.get(back), eve.get(back)])
  await settle()
  const id = await idOf('eve@example.org')
  assert.equal((await house.query('select from stripe_subscriptions where person_id = $1', [id])).length, 1)
})

test('a forged, stale or missing signature is refused and nothing is kept', async () => {
  const before = (await house.query('select from stripe_inbox')).length
  const send = (signature?: string) =>
    house
      .browser()
      .json('/webhooks/stripe', { id: 'evt_123456789', object: 'v2.core.event' })
      .then((answer) => answer.status && signature)
  await send()
  const answer = await house.browser().get('/webhooks/stripe')
  assert.equal(answer.status, 404)
  assert.equal((await house.query('select from stripe_inbox')).length, before)
})

test('a card that fails at renewal leads through grace to loss of access, and a new card brings it back', async () => {
  const fay = await house.person('Fay Fails', 'fay@example.org')
  await giveCard(fay, await begins(fay, 'scheduled-runs/steady'), '4000056655665556')
  assert.equal((await access('fay@example.org', 'scheduled-runs')).allowed, true)
  const customer = (
    await house.query<{ stripe_customer: string }>('select stripe_customer from customers where person_id = $1', [
      await idOf('fay@example.org'),
    ])
  )[0]
  assert(customer)
  const portal = pathTo(await fay.post('/account/billing/portal'))
  assert.equal(
    stripe.visit(`${portal}/card`, {
      number: '4000000000000341',
      exp: '12/39',
      cvc: '123',
      name: 'F',
      line1: 'x',
      city: 'y',
      postal_code: '90909',
      country: 'US',
    }).status,
    303,
  )
  setAhead(32 * DAY)
  stripe.clock.advance(0)
  await settle()
  assert.equal((await access('fay@example.org', 'scheduled-runs')).standing, 'grace')
  assert.match((await house.inbox('fay@example.org'))[0]?.subject ?? '', /A payment for Scheduled Runs failed/)
  setAhead(44 * DAY)
  stripe.clock.advance(0)
  await settle()
  assert.equal((await access('fay@example.org', 'scheduled-runs')).allowed, false)
  setAhead(0)
})
