import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { programWith } from '../../test/program.ts'
import { DAY, HOUR, now, setAhead } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import { accessOf } from './access.ts'
import { serviceBy, stockCatalogue } from './catalogue.ts'
import { askToLeave, keepTime, livingOf, lockMembership, membershipsOf, stand } from './membership.ts'
import { currencyOf, money, priceInWords, regionOf } from './price.ts'
import { enterUsage, usageOf } from './usage.ts'

const house = await openTestHouse()
const { db } = house.house
const ada = await house.person('Ada Member', 'ada@example.org')
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const idOf = async (email: string): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const adas = await idOf('ada@example.org')
const bobs = await idOf('bob@example.org')
const service = async (slug: string) => (await db.as('service', (tx) => serviceBy(tx, { slug }))) ?? assert.fail()
const pathTo = (answer: Response): string => answer.headers.get('location') ?? assert.fail()

test('the catalogue is stocked from the content, shown to everybody, and follows its file until staff change it', async () => {
  assert.match(await house.browser().read('/services'), /Scheduled Runs[\s\S]*Free to begin with/)
  assert.match(await house.browser().read('/services/log-search'), /\$7 a month[\s\S]*The first 14 days are free/)
  const before = await service('log-search')
  await house.query("update services set title = 'Changed by hand' where slug = 'log-search'")
  await stockCatalogue(house.house)
  assert.equal((await service('log-search')).title, before.title)
  await house.query("update services set title = 'Changed by staff', changed_at = now() where slug = 'log-search'")
  await stockCatalogue(house.house)
  assert.equal((await service('log-search')).title, 'Changed by staff')
})

test('prices are told in the currency of the reader’s region', async () => {
  const german = await house.browser().get('/services/log-search', { 'accept-language': 'de-AT,de;q=0.8' })
  assert.match(await german.text(), /€7 a month/)
  assert.match(german.headers.get('vary') ?? '', /Accept-Language/)
  assert.match(await (await house.browser().get('/services/log-search', { 'accept-language': 'en-GB' })).text(), /£6 a month/)
  assert.deepEqual([currencyOf(regionOf('pt-PT')), currencyOf(regionOf('en')), currencyOf(undefined)], ['eur', 'usd', 'usd'])
  assert.deepEqual([money(700, 'usd'), money(1250, 'eur'), money(500, 'jpy')], ['$7', '€12.50', '¥500'])
  const tiered = {
    kind: 'tiered',
    amounts: { usd: 200 },
    tiers: [
      { upTo: 50, cents: 200 },
      { upTo: null, cents: 120 },
    ],
  } as const
  assert.equal(priceInWords({ ...tiered, every: 'month', tax: 'exclusive', meter: 'gigabyte' }, 'usd'), 'from $1.20 for each gigabyte')
})

test('a visitor is led to the door and back; a free service opens at once, once, and is left at once', async () => {
  assert.match(pathTo(await house.browser().get('/services/status-pages/page')), /^\/sign-in\?then=%2Fservices%2Fstatus-pages%2Fpage$/)
  assert.match(await ada.read('/services/status-pages/page'), /No card is needed/)
  const [first, second] = await Promise.all([ada.post('/services/status-pages/page'), ada.post('/services/status-pages/page')])
  const path = pathTo(first).replace(/\?.*/, '')
  assert.equal(pathTo(second).replace(/\?.*/, ''), path)
  assert.match(await ada.read(`${path}?done=joined`), /You are registered/)
  assert.deepEqual(await accessOf(db, { service: 'status-pages', person: adas }), {
    allowed: true,
    standing: 'active',
    plan: 'page',
    seats: 1,
    until: null,
    limits: { pages: 1 },
  })
  assert.equal((await bob.get(path)).status, 404)
  assert.equal((await bob.post(`${path}/leave`)).status, 404)
  assert.equal((await accessOf(db, { service: 'status-pages', person: adas })).allowed, true)
  await ada.post(`${path}/leave`)
  assert.equal((await accessOf(db, { service: 'status-pages', person: adas })).allowed, false)
  assert.match(await ada.read(path), /Ended[\s\S]*Registered, by you/)
})

test('what costs money waits for its payment, with another plan as long as it waits, and is forgotten after two days', async () => {
  assert.match(pathTo(await ada.post('/services/small-hosting/team', { seats: '0' }).then(again(ada))), /^\/account\/billing\/begin\//)
  const { id, planId } = await living('small-hosting')
  await ada.post('/services/small-hosting/single')
  const now_ = await living('small-hosting')
  assert.equal(now_.id, id)
  assert.notEqual(now_.planId, planId)
  assert.equal((await accessOf(db, { service: 'small-hosting', person: adas })).allowed, false)
  setAhead(49 * HOUR)
  await db.as('service', (tx) => keepTime(tx))
  setAhead(0)
  assert.equal((await house.query('select standing from memberships where id = $1', [id]))[0]?.['standing'], 'ended')
})

/** A form that was refused is sent again, put right. */
const again = (browser: typeof ada) => async (answer: Response) => {
  assert.equal(answer.status, 422)
  assert.match(await answer.text(), /At least one/)
  return browser.post('/services/small-hosting/team', { seats: '3' })
}

const living = async (slug: string) => {
  const { id } = await service(slug)
  return (await db.as('service', (tx) => livingOf(tx, adas, id))) ?? assert.fail()
}

test('access follows the standing, and grace ends by its moment', async () => {
  await ada.post('/services/scheduled-runs/steady')
  const { id } = await living('scheduled-runs')
  const ask = () => accessOf(db, { service: 'scheduled-runs', person: adas })
  const to = (standing: Parameters<typeof stand>[2]) => db.as('billing', (tx) => stand(tx, id, standing, 'stripe'))
  assert.equal(await to({ standing: 'active', paidUntil: null }), true)
  assert.equal(await to({ standing: 'active', paidUntil: null }), false)
  assert.equal((await ask()).allowed, true)
  const graceUntil = new Date(now().getTime() + DAY)
  await to({ standing: 'grace', graceUntil })
  assert.deepEqual([(await ask()).allowed, (await ask()).until], [true, graceUntil])
  setAhead(DAY + HOUR)
  assert.equal((await ask()).allowed, false)
  setAhead(0)
  await to({ standing: 'suspended' })
  assert.deepEqual([(await ask()).allowed, (await ask()).limits], [false, {}])
  await to({ standing: 'active', paidUntil: null })
  assert.equal((await ask()).allowed, true)
  await db.as('service', async (tx) => askToLeave(tx, (await lockMembership(tx, id)) ?? assert.fail(), graceUntil))
  assert.deepEqual((await ask()).until, graceUntil)
  assert.match(await ada.read(`/account/services/${id}`), /Payment failed, as Stripe told us/)
  assert.equal((await accessOf(db, { service: 'scheduled-runs', person: bobs })).standing, 'none')
  assert.equal((await accessOf(db, { service: 'no-such', person: adas })).standing, 'none')
})

test('usage is entered once, for members who have the meter, and shown to them', async () => {
  const { id: serviceId } = await service('scheduled-runs')
  const at = now()
  const record = (record: string, person: Id, meter = 'runs', quantity = 5) => ({ record, person, meter, quantity, happenedAt: at })
  const batch = [record('a', adas), record('b', adas, 'runs', 7), record('c', bobs), record('d', adas, 'unknown')]
  assert.deepEqual(await db.as('service', (tx) => enterUsage(tx, serviceId, batch)), { entered: 2, repeated: 0, refused: ['c', 'd'] })
  assert.deepEqual(await db.as('service', (tx) => enterUsage(tx, serviceId, [record('a', adas, 'runs', 100), record('e', adas)])), {
    entered: 1,
    repeated: 1,
    refused: [],
  })
  const { id } = await living('scheduled-runs')
  const day = { from: new Date(at.getTime() - DAY), to: new Date(at.getTime() + DAY) }
  assert.deepEqual(await db.as('service', (tx) => usageOf(tx, id, day)), [{ meter: 'runs', quantity: 17 }])
  assert.match(await ada.read(`/account/services/${id}`), /17 of 10,000/)
})

test('a service asks and tells by its key, and speaks of no other service', async () => {
  const bound = await programWith(house, ['access:read', 'usage:write'], { service: 'scheduled-runs' })
  const asked = await bound.get(`/access?person=${adas}`)
  assert.deepEqual([asked.status, asked.body['allowed']], [200, true])
  assert.equal((await bound.get(`/access?person=${adas}&service=log-search`)).status, 403)
  assert.deepEqual(
    (await bound.get(`/access?person=${bobs}`)).body,
    (await bound.get('/access?person=01a20adc-42fc-72e8-b87b-0b4b894a8323')).body,
  )
  const use = { record: 'api-1', person: adas, meter: 'runs', quantity: 3, happened_at: now().toISOString() }
  assert.deepEqual((await bound.post('/usage', { records: [use] })).body, { entered: 1, repeated: 0, refused: [] })
  assert.deepEqual((await bound.post('/usage', { records: [use] })).body, { entered: 0, repeated: 1, refused: [] })
  assert.equal((await bound.post('/usage', { records: [{ ...use, quantity: -1 }] })).status, 422)
  assert.equal((await bound.post('/usage', { records: [] })).status, 422)
})

test('staff of the right role keep the catalogue; a closed service takes nobody new and keeps its members', async () => {
  const billing = await house.member('billing')
  assert.equal((await ada.get('/staff/services')).status, 404)
  assert.equal((await billing.post('/staff/services', { slug: 'New One', title: '' })).status, 422)
  const words = { title: 'New One', summary: 'It is new.', words: 'Much to say.', place: '9' }
  assert.equal(pathTo(await billing.post('/staff/services', { slug: 'new-one', ...words })), '/staff/services/new-one?done=listed')
  assert.equal((await billing.post('/staff/services', { slug: 'new-one', ...words })).status, 422)
  const plan = { slug: 'one', title: 'One', kind: 'flat', every: 'month', tax: 'exclusive', trialDays: '0', graceDays: '3', place: '1' }
  assert.match(
    await (await billing.post('/staff/services/new-one/plans', { ...plan, amounts: 'usd 100' })).text(),
    /needs its price at Stripe/,
  )
  assert.equal((await billing.post('/staff/services/new-one/plans', { ...plan, amounts: 'usd', lookupKey: 'new-one' })).status, 422)
  assert.equal((await billing.post('/staff/services/new-one/plans', { ...plan, amounts: 'usd 100', lookupKey: 'new-one' })).status, 303)
  assert.doesNotMatch(await house.browser().read('/services'), /New One/)
  await billing.post('/staff/services/new-one/open')
  assert.match(await house.browser().read('/services'), /New One[\s\S]*\$1 a month/)
  await billing.post('/staff/services/new-one/plans/one', { ...plan, amounts: 'usd 250', lookupKey: 'new-one' })
  assert.match(await house.browser().read('/services/new-one'), /\$2.50 a month/)
  await billing.post('/staff/services/scheduled-runs/close')
  assert.match(await house.browser().read('/services/scheduled-runs'), /takes nobody new/)
  assert.equal((await bob.get('/services/scheduled-runs/steady')).status, 404)
  assert.equal((await accessOf(db, { service: 'scheduled-runs', person: adas })).allowed, true)
})

// Programs are told which number was erased, so that they erase it, too; the receipt says so.
test('an erased member leaves nothing', async () => {
  assert.match(await ada.read('/account/privacy'), /How much of a service you used/)
  assert.equal((await ada.post('/account/privacy/erasure', { sure: 'yes' })).status, 303)
  assert.deepEqual(
    (await house.traces(adas)).filter((place) => !['log', 'program_events.data'].includes(place)),
    [],
  )
  assert.deepEqual(await db.as('service', (tx) => membershipsOf(tx, adas)), [])
})
