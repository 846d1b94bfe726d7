/** Recipients are told what became of somebody's data, and nothing is complete before they have confirmed it. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { listen } from '../../test/endpoint.ts'
import { linkIn } from '../../test/harness.ts'
import { openPayingHouse } from '../../test/stripe.ts'
import { DAY, setAhead } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import { readdress } from '../people/person.ts'
import { ask } from '../processors/stripe.ts'
import { tellWaiting } from './jobs.ts'

const { house, stripe, giveCard, settle } = await openPayingHouse()
const { config, db } = house.house
const owner = await house.member('owner')
const legal = await house.member('legal')
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const program = await listen()
await owner.post('/staff/programs/endpoints', { url: program.url, types: 'access.changed' })

beforeEach(() => house.query('delete from throttles'))

const idOf = async (email: string): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail(email)

/** Somebody who pays; what Stripe has of a name and an address is what it is told here. */
async function customer(name: string, email: string, there: { name?: string; email?: string } = {}) {
  const browser = await house.person(name, email)
  const begin = (await browser.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  await giveCard(browser, begin, cards.shift() ?? assert.fail('no card is left'))
  await settle()
  const id = await idOf(email)
  const [{ key } = { key: '' }] = await house.query<{ key: string }>('select stripe_customer as key from customers where person_id = $1', [
    id,
  ])
  await ask(config, (client) => client.customers.update(key, there))
  return { browser, id, there: () => ask(config, (client) => client.customers.retrieve(key)) }
}

// Numbers of cards whose fingerprints differ.
const cards = ['6011111111111117', '3056930009020004', '4242424242424242', '5555555555554444', '378282246310005', '4000056655665556']

const confirmations = (id: Id) =>
  house.query<{ act: string; recipient: string; how: string | null }>(
    `select act, split_part(recipient, ' ', 1) as recipient, how from tellings where person_id = $1 order by asked_at, recipient desc`,
    [id],
  )
const heard = (type: string) => program.heard.filter(({ body }) => body.type === type)

test('a corrected name reaches Stripe where it had the old one, and waits as long as it cannot be reached', async () => {
  const ada = await customer('Ada Canary', 'ada@example.org', { name: 'Ada Canary', email: 'ada@example.org' })
  stripe.admin.down(true)
  await ada.browser.post('/account/name', { name: 'Ada Corrected' })
  await settle()
  const page = await ada.browser.read('/account/privacy')
  assert.match(page, /Stripe, to correct your name<\/dt><dd>waiting, since/)
  assert.match(page, /127\.0\.0\.1:\d+, to correct your name<\/dt><dd>confirmed .*it took the message/)
  assert.doesNotMatch(await bob.read('/account/privacy'), /to correct your name/)
  assert.deepEqual(
    (await house.traces('Ada Canary')).filter((place) => !place.startsWith('letters.')),
    [],
    'what it was before is kept sealed alone',
  )
  stripe.admin.down(false)
  await tellWaiting(house.house)
  assert.match(await ada.browser.read('/account/privacy'), /Stripe, to correct your name<\/dt><dd>confirmed .*we read it there again/)
  const there = await ada.there()
  assert(!there.deleted && there.name === 'Ada Corrected' && there.email === 'ada@example.org')
  await db.as('security', (tx) => readdress(tx, ada.id, 'ada.new@example.org'))
  await settle()
  const now = await ada.there()
  assert(!now.deleted && now.email === 'ada.new@example.org')
  assert.deepEqual(
    heard('person.corrected').map(({ body }) => body.data),
    [
      { person: ada.id, field: 'name' },
      { person: ada.id, field: 'email' },
    ],
  )
  assert.deepEqual(await house.query('select from tellings where sealed_before is not null'), [])
  assert.deepEqual(await house.query('select from corrections where sealed_before is not null'), [])
})

test('Stripe is given no name and no address that it had not', async () => {
  const eve = await customer('Eve Private', 'eve@example.org', { name: 'Private Ltd' })
  await eve.browser.post('/account/name', { name: 'Eve Renamed' })
  await db.as('security', (tx) => readdress(tx, eve.id, 'eve.new@example.org'))
  await settle()
  const there = await eve.there()
  assert(!there.deleted)
  assert.deepEqual([there.name, there.email], ['Private Ltd', null])
  assert.match(await eve.browser.read('/account/privacy'), /it has nothing that this is about/)
})

test('a correction by staff is done once all recipients have confirmed, and not before', async () => {
  const fay = await customer('Fay Wrong', 'fay@example.org', { name: 'Fay Wrong' })
  const status =
    (await fay.browser.post('/account/privacy/requests', { kind: 'correction', words: 'My name' })).headers.get('location') ?? ''
  await settle()
  const [{ id } = { id: '' }] = await house.query<{ id: string }>('select id from requests order by id desc limit 1')
  stripe.admin.down(true)
  await legal.post(`/staff/requests/${id}/name`, { name: 'Fay Right' })
  await settle()
  assert.match(await fay.browser.read(status), /It waits for a company that works for us: Stripe/)
  assert.doesNotMatch(await fay.browser.read(status), /<dd>Done<\/dd>/)
  stripe.admin.down(false)
  await tellWaiting(house.house)
  await settle()
  assert.match(await fay.browser.read(status), /<dd>Done<\/dd>/)
  const [letter] = await house.inbox('fay@example.org')
  assert.match(letter?.text.replace(/\s+/g, ' ') ?? '', /It is Fay Right now.*Stripe confirmed it on .*: we read it there again/)
})

test('a restriction holds at once, is told to all, and is done when they have confirmed; so is its lifting', async () => {
  const gus = await customer('Gus Limited', 'gus@example.org')
  program.answer = 503
  const status = (await gus.browser.post('/account/privacy/requests', { kind: 'restriction' })).headers.get('location') ?? ''
  await settle()
  assert.match(await gus.browser.read(status), /It waits for a company that works for us: 127/)
  assert.equal((await house.query('select from restrictions where person_id = $1', [gus.id])).length, 1)
  program.answer = 204
  setAhead(DAY / 24)
  const { deliverDue } = await import('../programs/delivery.ts')
  await deliverDue(house.house)
  await settle()
  setAhead(0)
  assert.match(await gus.browser.read(status), /<dd>Done<\/dd>/)
  assert.deepEqual(heard('person.restricted').at(-1)?.body.data, { person: gus.id })
  const there = await gus.there()
  assert(!there.deleted && there.metadata['restricted'] === 'yes')
  const [{ id } = { id: '' }] = await house.query<{ id: string }>('select id from requests order by id desc limit 1')
  await legal.post(`/staff/requests/${id}/lift`, { lift: 'It is settled.' })
  await settle()
  const now = await gus.there()
  assert(!now.deleted && !('restricted' in now.metadata))
  assert.deepEqual(heard('person.released').at(-1)?.body.data, { person: gus.id })
  assert.deepEqual(
    (await confirmations(gus.id)).map(({ act, recipient, how }) => `${act} ${recipient} ${how}`),
    ['restrict stripe read back', 'restrict program taken', 'lift stripe read back', 'lift program taken'],
  )
  const acts = (await house.query<{ act: string }>('select act from audit_details where person_id = $1', [gus.id])).map(({ act }) => act)
  for (const act of ['person.restricted', 'person.released', 'recipient.confirmed']) assert(acts.includes(act), act)
})

test('an erasure is complete when Stripe and every program have confirmed; the receipt says for whom it waits', async () => {
  const hal = await customer('Hal Canary', 'hal-canary@example.org')
  const visitor = house.browser()
  await visitor.post('/privacy/requests/new', { kind: 'erasure', email: 'hal-canary@example.org' })
  const [asked] = await house.inbox('hal-canary@example.org')
  const status = /\/privacy\/requests\/[\w-]{40,}(?=\s)/.exec(asked?.text ?? '')?.[0] ?? assert.fail()
  stripe.admin.down(true)
  program.answer = 500
  await visitor.post(linkIn(asked), { sure: 'yes' })
  await settle()
  assert.match(await hal.browser.read('/account/privacy/erasure'), /Waiting: Stripe, since/)
  stripe.admin.down(false)
  await tellWaiting(house.house)
  await settle()
  const [goodbye] = await house.inbox('hal-canary@example.org')
  assert.match(goodbye?.text.replace(/\s+/g, ' ') ?? '', /Stripe: confirmed on .*it deleted what it had 127\.0\.0\.1:\d+: waiting since/)
  const receipt = linkIn(goodbye)
  assert.match(await visitor.read(receipt), /It is complete once 127\.0\.0\.1:\d+ confirmed, too/)
  assert.doesNotMatch(await visitor.read(status), /<dd>Done<\/dd>/)
  assert.match(await visitor.read(status), /It waits for a company that works for us: 127/)
  program.answer = 204
  setAhead(DAY / 24)
  const { deliverDue } = await import('../programs/delivery.ts')
  await deliverDue(house.house)
  await settle()
  setAhead(0)
  const complete = await visitor.read(receipt)
  assert.doesNotMatch(complete, /It is complete once/)
  assert.match(complete, /it took the message that says so/)
  assert.match(await visitor.read(status), /<dd>Done<\/dd>/)
  assert.deepEqual(await house.traces('hal-canary'), ['letters.to'])
  const receipts = await house.query('select * from receipts')
  await tellWaiting(house.house)
  await settle()
  assert.deepEqual(await house.query('select * from receipts'), receipts, 'done again, it is the same receipt')
  for (const email of ['bob@example.org', 'eve.new@example.org']) assert(await idOf(email))
})

test('what a program gave up is told it again, and one that was removed is no recipient any more', async () => {
  program.answer = 500
  await bob.post('/account/name', { name: 'Bob Corrected' })
  await settle()
  await house.query('update program_deliveries set given_up_at = now(), due_at = null where delivered_at is null')
  program.answer = 204
  await tellWaiting(house.house)
  await settle()
  assert.equal((await confirmations(await idOf('bob@example.org')))[0]?.how, 'taken')
  program.answer = 500
  await bob.post('/account/name', { name: 'Bob Neighbour' })
  await settle()
  const [{ id } = { id: '' }] = await house.query<{ id: string }>('select id from program_endpoints')
  await owner.post(`/staff/programs/endpoints/${id}/remove`)
  await tellWaiting(house.house)
  assert.match(await bob.read('/account/privacy'), /it is no recipient of ours any more/)
})
