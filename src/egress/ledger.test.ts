/** What goes out is entered, by person, recipient and kind of data; what is not declared does not go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPayingHouse } from '../../test/stripe.ts'
import { mailServer } from '../../test/mail-server.ts'
import { newId } from '../database/columns.ts'
import type { Id } from '../log.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { smtp } from '../processors/smtp.ts'
import { ask, stripe as stripePlate } from '../processors/stripe.ts'
import { erase } from '../rights/erasure.ts'
import { enter, totalsSince } from './ledger.ts'

const server = await mailServer()
const { house, settle } = await openPayingHouse({ SMTP_URL: server.url })
const { config, db } = house.house
await house.person('Ada', 'ada@example.org')
await house.person('Bea', 'bea@example.org')
await house.person('Carla', 'carla@example.org')
const idOf = async (email: string): Promise<Id> =>
  (await house.query<{ id: Id }>('select id from people where email = $1', [email]))[0]?.id as Id
const [ada, bea] = [await idOf('ada@example.org'), await idOf('bea@example.org')]

const entries = (person: Id) =>
  house.query<{ processor: string; categories: string[] }>(
    'select processor, categories from disclosures where person_id = $1 order by sent_at, processor',
    [person],
  )

test('a letter is entered once, with the kinds of data in it, and about nobody else', async () => {
  await settle()
  const [before, others] = [await entries(ada), await entries(bea)]
  await house.query(
    `insert into letters (id, "to", person_id, kind, subject, text, html, written_at, tries)
     select $1, 'ada@example.org', $2, 'test', 'A', 'A', 'A', now(), 0`,
    [newId(), ada],
  )
  const { deliver } = await import('../mail/delivery.ts')
  for (const { id } of await house.query<{ id: Id }>('select id from letters where person_id = $1 and sent_at is null', [ada]))
    await deliver(house.house, id)
  const after = await entries(ada)
  assert.equal(after.length, before.length + 1)
  assert.deepEqual(after.at(-1), { processor: smtp.name, categories: ['contact', 'correspondence', 'reference'] })
  assert.deepEqual(await entries(bea), others)
})

test('what Stripe is told is entered with whom it is about', async () => {
  const customer = await ask(config, (client) => client.customers.create({ metadata: { account: bea, house: 'x' } }))
  const [told] = await house.query<{ person_id: Id; categories: string[] }>(
    'select person_id, categories from disclosures where processor = $1 order by sent_at desc limit 1',
    [stripePlate.name],
  )
  assert.deepEqual(told, { person_id: bea, categories: ['reference'] })
  assert.match(customer.id, /^cus_/)
  const page = await (await house.member('legal')).read('/staff/recipients')
  assert.match(page, /Stripe[\s\S]*A number that stands for something/)
})

test('a field that is not declared does not go to Stripe, and the log says that it was tried', async () => {
  const before = await ask(config, (client) => client.customers.list({ limit: 100 }))
  const trying = [
    ask(config, (client) => client.customers.create({ email: 'ada@example.org' })),
    ask(config, (client) => client.customers.create({ metadata: { account: ada, note: 'Ada' } })),
    ask(config, (client) => client.customers.create({ name: 'Ada' })),
    ask(config, (client) => client.customers.create({ address: { city: 'London' } })),
  ]
  for (const tried of await Promise.allSettled(trying)) assert.equal(tried.status, 'rejected')
  const after = await ask(config, (client) => client.customers.list({ limit: 100 }))
  assert.equal(after.data.length, before.data.length)
  assert(house.log.filter((line) => line.includes('egress.refused') && line.includes('"trick":"field"')).length >= 4)
  assert(!house.log.some((line) => line.includes('ada@example.org')))
})

test('a recipient that no version of the policy names gets nothing', async () => {
  const later: Nameplate = { ...smtp, name: 'A new company', receives: { to: 'contact' } }
  await assert.rejects(() => db.as('operations', (tx) => enter(tx, { plate: later, fields: ['to'], personId: ada })), /not announced/)
})

test('an erasure leaves the counts, and nobody in them', async () => {
  const totals = () => db.as('legal', (tx) => totalsSince(tx, new Date(0)))
  const count = async () => (await totals()).reduce((sum, { sendings }) => sum + sendings, 0)
  const before = await count()
  await erase(house.house, ada)
  assert.equal(await count(), before)
  assert.deepEqual(await entries(ada), [])
})
