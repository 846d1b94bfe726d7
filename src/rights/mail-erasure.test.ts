/**
 * Three people have rows in every table, a letter in the queue, lines in the log and one of them a card at Stripe.
 * She asks by e-mail to be erased: from her letter to the receipt, with Stripe out of reach in between.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTransport } from 'nodemailer'
import { fill, personal, rowsOf } from '../../test/canaries.ts'
import { listen } from '../../test/endpoint.ts'
import { linkIn, superuser } from '../../test/harness.ts'
import { openPayingHouse } from '../../test/stripe.ts'
import { answersOf } from '../database/classify.ts'
import { enqueue } from '../jobs/queue.ts'
import { asId, type Id } from '../log.ts'
import { openDoor } from '../mail/door.ts'
import { sealFor } from '../people/person.ts'
import { resolveWith } from '../processors/dns.ts'
import { ask } from '../processors/stripe.ts'
import { register } from '../register.ts'
import { tellWaiting } from './jobs.ts'

const ADDRESS = 'privacy@cloudrun.example'
const { house, stripe, giveCard, settle } = await openPayingHouse({ PRIVACY_ADDRESS: ADDRESS })
const { config, db } = house.house
const eyes = await superuser(house.database)
const door = await openDoor(house.house, 0)
const server = createTransport({ host: '127.0.0.1', port: door.port, secure: false, ignoreTLS: true })
after(async () => {
  server.close()
  await door.close()
  await eyes.end()
})

// Letters of example.org come from this machine.
resolveWith((name, type) => {
  const names: Record<string, string> = {
    'example.org TXT': 'v=spf1 ip4:127.0.0.1 ip6:::1 -all',
    '_dmarc.example.org TXT': 'v=DMARC1; p=reject',
  }
  const found = names[`${name} ${type}`]
  return found ? Promise.resolve([[found]]) : Promise.reject(Object.assign(new Error('nothing'), { code: 'ENOTFOUND' }))
})

const owner = await house.member('owner')
const program = await listen()
await owner.post('/staff/programs/endpoints', { url: program.url, types: 'access.changed' })

interface Somebody {
  readonly id: Id
  readonly email: string
  readonly marker: string
  /** What stands for them at Stripe. */
  readonly customer: string
}

// What would begin something by itself, or make them somebody else than a customer, is no canary.
const APART = new Set(['restrictions', 'staff', 'guests', 'erasures_asked', 'strict_sessions', 'tellings'])
const only = personal.map(({ name }) => name).filter((name) => !APART.has(name))

/** Somebody who pays by card, with rows in every table, all of which hold their marker. */
async function furnished(name: string, card: string): Promise<Somebody> {
  const marker = `Canary${name}4711`
  const email = `${marker.toLowerCase()}@example.org`
  const browser = await house.person(`${marker} Person`, email)
  const begin = (await browser.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  await giveCard(browser, begin, card)
  await settle()
  const [row] = await house.query<{ id: string; customer: string }>(
    'select id, stripe_customer as customer from people join customers on person_id = id where email = $1',
    [email],
  )
  const id = asId(row?.id) ?? assert.fail(email)
  const sealed = await db.as('security', (tx) => sealFor(tx, id, `${marker} sealed`))
  await fill(eyes, { who: `p.id = '${id}'`, rows: 2, marker, sealed, only })
  return { id, email, marker, customer: row?.customer ?? '' }
}

const ada = await furnished('Ada', '4242424242424242')
const bob = await furnished('Bob', '5555555555554444')
const eve = await furnished('Eve', '378282246310005')
const others = [ada, bob]

/** Does the receipt, or the data map, declare that this stays? A number means nothing any more in the log and in messages that say it. */
function isDeclared(place: string, canary: string): boolean {
  if (place === 'letters.to') return true
  if (canary === eve.id && ['log', 'program_events.data'].includes(place)) return true
  const held = register.find(({ name }) => place.startsWith(`${name}.`))
  if (!held || held.onErasure === 'delete') return false
  if ('keep' in held.onErasure) return true
  const key = answersOf(held).find(({ name }) => place === `${held.name}.${name}`)?.key
  return key !== undefined && !held.onErasure.blank.includes(key)
}
const leftOf = async (canary: string): Promise<string[]> => (await house.traces(canary)).filter((place) => !isDeclared(place, canary))
const atStripe = ({ customer }: Somebody) => ask(config, (client) => client.customers.retrieve(customer))
const newest = async (email: string) => (await house.inbox(email))[0] ?? assert.fail(`no letter to ${email}`)

test('erased by e-mail, from the letter to the receipt; Stripe is waited for; the others are untouched; again it is the same', async () => {
  for (const { id, email } of [...others, eve])
    for (const [table, rows] of await rowsOf(eyes, id, email)) assert(rows > 0 || APART.has(table), `${table} holds something of each`)
  const before = await Promise.all(others.map(async ({ id, email }) => [...(await rowsOf(eyes, id, email))]))
  await db.as('service', (tx) => enqueue(tx, 'billing.settle', { personId: eve.id }))
  assert(
    (await house.traces(eve.id)).some((place) => place.startsWith('pgboss.')),
    'she is in the queue',
  )
  assert((await house.traces(eve.marker)).length > 30, 'she is everywhere')

  await server.sendMail({
    from: `${eve.marker} <${eve.email}>`,
    to: ADDRESS,
    subject: 'Delete',
    text: `Please delete all my data. ${eve.marker}`,
  })
  await settle()
  const asked = await newest(eve.email)
  assert.match(asked.subject, /Please confirm/)
  const status = /\/privacy\/requests\/[\w-]{40,}(?=\s)/.exec(asked.text)?.[0] ?? assert.fail(asked.text)
  const visitor = house.browser()
  assert.equal((await visitor.post(linkIn(asked))).status, 422, 'an erasure asks twice')
  stripe.admin.down(true)
  assert.equal((await visitor.post(linkIn(asked), { sure: 'yes' })).status, 303)
  await settle()
  assert.match(await visitor.read(status), /It waits for a company that works for us: Stripe/)
  assert.doesNotMatch(await visitor.read(status), /<dd>Done<\/dd>/)
  assert.equal((await house.query('select from receipts')).length, 0, 'nothing is complete before')

  stripe.admin.down(false)
  await tellWaiting(house.house)
  await settle()
  const goodbye = await newest(eve.email)
  assert.match(goodbye.subject, /is erased/)
  assert.match(goodbye.text.replace(/\s+/g, ' '), /Stripe: confirmed on .*it deleted what it had/)
  const receipt = linkIn(goodbye)
  assert.match(await visitor.read(receipt), /What you asked of us about your data/)
  assert.doesNotMatch(await visitor.read(receipt), /It is complete once/)
  assert.match(await visitor.read(status), /<dd>Done<\/dd>/)

  for (const canary of [eve.marker, eve.email, eve.id, eve.customer]) assert.deepEqual(await leftOf(canary), [], `${canary} is left`)
  assert.equal((await atStripe(eve)).deleted, true)
  assert.deepEqual(
    program.heard.filter(({ body }) => body.type === 'person.erased').map(({ body }) => body.data),
    [{ person: eve.id }],
  )

  const now = await Promise.all(others.map(async ({ id, email }) => [...(await rowsOf(eyes, id, email))]))
  assert.deepEqual(now, before)
  for (const one of others) assert(!(await atStripe(one)).deleted)

  const receipts = await house.query('select * from receipts')
  assert.equal(receipts.length, 1)
  for (const { id } of await house.query<{ id: string }>("select id from requests where kind = 'erasure' and channel = 'mail'"))
    await db.as('operations', (tx) => enqueue(tx, 'rights.fulfil', { requestId: asId(id) ?? assert.fail() }))
  await tellWaiting(house.house)
  await settle()
  assert.deepEqual(await house.query('select * from receipts'), receipts)
})
