import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPayingHouse } from '../../test/stripe.ts'
import { DAY, setAhead } from '../clock.ts'
import { asId } from '../log.ts'
import { accessOf } from '../services/access.ts'

const { house, stripe, settle, giveCard } = await openPayingHouse()
const ada = await house.person('Ada Changes', 'ada@example.org')
const mallory = await house.person('Mallory Else', 'mallory@example.org')
const begin = (await ada.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
await giveCard(ada, begin, '4242424242424242')
const at = begin.replace('begin', 'memberships')
const person = asId((await house.query<{ id: string }>(`select id from people where email = 'ada@example.org'`))[0]?.id) ?? assert.fail()
const access = () => accessOf(house.house.db, { service: 'scheduled-runs', person })

test('what is paid for is paused and resumed with one click each', async () => {
  assert.match(await ada.read(at), /Pause Scheduled Runs[\s\S]*Leave Scheduled Runs/)
  assert.equal((await ada.post(`${at}/pause`)).headers.get('location'), `${at}?done=pause`)
  assert.deepEqual([(await access()).standing, (await access()).allowed], ['paused', false])
  assert.match(await ada.read(`${at}?done=pause`), /Resume Scheduled Runs/)
  await ada.post(`${at}/resume`)
  await ada.post(`${at}/resume`)
  assert.equal((await access()).standing, 'active')
})

test('leaving takes effect with the period; until then one may stay after all', async () => {
  await ada.post(`${at}/leave`)
  assert.equal((await access()).allowed, true)
  assert.match(await ada.read(at), /Ends, as you asked[\s\S]*Stay with Scheduled Runs after all/)
  await ada.post(`${at}/stay`)
  assert.doesNotMatch(await ada.read(at), /Ends, as you asked/)
  await ada.post(`${at}/leave`)
  setAhead(32 * DAY)
  stripe.clock.advance(0)
  await settle()
  assert.equal((await access()).standing, 'none')
  setAhead(0)
})

test('a trial of a service is had once: who comes back is told so, and pays at once', async () => {
  const bob = await house.person('Bob Returns', 'bob@example.org')
  const join = async () => (await bob.post('/services/log-search/small')).headers.get('location') ?? assert.fail()
  assert.match(await bob.read('/services/log-search/small'), /The first 14 days are free/)
  const first = await join()
  await giveCard(bob, first, '5555555555554444')
  assert.match(await bob.read(first.replace('billing/begin', 'services')), /on trial/)
  await bob.post(`${first.replace('begin', 'memberships')}/leave`)
  setAhead(15 * DAY)
  stripe.clock.advance(0)
  await settle()
  setAhead(0)
  assert.doesNotMatch(await bob.read('/services/log-search/small'), /days are free/)
  const again = await join()
  assert.doesNotMatch(await bob.read(again), /days are free/)
  await giveCard(bob, again, '5555555555554444')
  assert.match(await bob.read(again.replace('billing/begin', 'services')), /How it stands<\/dt><dd>Open</)
})

test('invoices are listed from Stripe and open there; nothing of another is shown', async () => {
  const page = await ada.read('/account/billing')
  const link = /\/account\/billing\/invoices\/in_\w+/.exec(page)?.[0] ?? assert.fail(page)
  assert((await ada.get(link)).headers.get('location')?.startsWith(stripe.url))
  assert.equal((await mallory.get(link)).status, 404)
  assert.equal((await mallory.get(at)).status, 404)
  assert.equal((await mallory.post(`${at}/leave`)).status, 404)
  assert.equal((await ada.post(`${at}/nonsense`)).status, 404)
  assert((await ada.post('/account/billing/card')).headers.get('location')?.startsWith(stripe.url))
})

test('while Stripe cannot be reached nothing is done, and the page shows the rest', async () => {
  stripe.admin.down(true)
  assert.match(await ada.read('/account/billing'), /cannot be reached just now/)
  stripe.admin.down(false)
})
