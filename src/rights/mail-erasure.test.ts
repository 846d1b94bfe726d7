/**
 * Three people with canaries in every table, at every recipient and in the data folder. One asks by letter to be
 * erased, while Stripe cannot be reached: from the letter to the receipt nothing of theirs is left but what the
 * receipt declares, and the other two are as they were.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fill, personal, rowsOf } from '../../test/canaries.ts'
import { listen } from '../../test/endpoint.ts'
import { linkIn, superuser } from '../../test/harness.ts'
import { openPayingHouse } from '../../test/stripe.ts'
import { answersOf } from '../database/classify.ts'
import { enqueue } from '../jobs/queue.ts'
import { asId, type Id } from '../log.ts'
import { takeIn } from '../mail/incoming.ts'
import { sealFor } from '../people/person.ts'
import { resolveWith } from '../processors/dns.ts'
import { ask } from '../processors/stripe.ts'
import { register } from '../register.ts'
import { tellWaiting } from './jobs.ts'

const folder = mkdtempSync(join(tmpdir(), 'cloudrun-by-mail-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const ADDRESS = 'privacy@cloudrun.example'
const { house, stripe, giveCard, settle } = await openPayingHouse({
  PRIVACY_ADDRESS: ADDRESS,
  DATA_DIR: folder,
  ERASURE_LEDGER: join(folder, 'erasures.txt'),
})
const { config, db } = house.house
const eyes = await superuser(house.database)
after(() => eyes.end())

// Letters of example.org come from this machine; nobody else may send them.
resolveWith((name, type) => {
  const names: Record<string, string> = { 'example.org TXT': 'v=spf1 ip4:127.0.0.1 -all', '_dmarc.example.org TXT': 'v=DMARC1; p=reject' }
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
  readonly customer: string
}

/**
 * Rows that would begin something of their own, so that they are not filled: an erasure that was asked for, a
 * restriction, a list that is brought in, a message to an endpoint that nobody has and that confirms nothing.
 */
const ACTING = ['erasures_asked', 'restrictions', 'import_rows', 'program_deliveries']

/** Somebody who pays, whom a program knows, and who has a row in every table. */
async function furnished(marker: string, card: string): Promise<Somebody> {
  const email = `${marker.toLowerCase()}@example.org`
  const browser = await house.person(`${marker} Somebody`, email)
  const begin = (await browser.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  await giveCard(browser, begin, card)
  await settle()
  const [row] = await house.query<{ id: string; customer: string }>(
    'select p.id, c.stripe_customer as customer from people p join customers c on c.person_id = p.id where p.email = $1',
    [email],
  )
  const [id, customer] = [asId(row?.id) ?? assert.fail(), row?.customer ?? '']
  await ask(config, (client) => client.customers.update(customer, { name: `${marker} Somebody`, email }))
  const sealed = await db.as('security', (tx) => sealFor(tx, id, `${marker} sealed`))
  const only = personal.map(({ name }) => name).filter((name) => !ACTING.includes(name))
  await fill(eyes, { who: `p.id = '${id}'`, rows: 2, marker, sealed, only })
  return { id, email, marker, customer }
}

const eve = await furnished('EveCanary71', '4242424242424242')
const ada = await furnished('AdaNeighbour72', '5555555555554444')
const bob = await furnished('BobNeighbour73', '378282246310005')
const neighbours = [ada, bob]

/** May this place hold the value after the erasure: by the receipt, or because the map says so of rows that are emptied? */
function isDeclared(place: string): boolean {
  if (place === 'letters.to') return true
  const held = register.find(({ name }) => place.startsWith(`${name}.`))
  if (!held || held.onErasure === 'delete') return false
  if ('keep' in held.onErasure) return true
  const key = answersOf(held).find(({ name }) => place === `${held.name}.${name}`)?.key
  return key !== undefined && !held.onErasure.blank.includes(key)
}

const inFiles = (value: string): string[] => {
  try {
    return execFileSync('grep', ['-rliaF', value, folder], { encoding: 'utf8' }).trim().split('\n')
  } catch (fault) {
    assert.equal((fault as { status: number }).status, 1)
    return []
  }
}

/** Everything of somebody's: their rows in each table, and what Stripe has. That Stripe is asked is entered, so that is not counted. */
async function whole({ id, email, customer }: Somebody): Promise<object> {
  const there = await ask(config, (client) => client.customers.retrieve(customer))
  const rows = await rowsOf(eyes, id, email)
  rows.delete('disclosures')
  return { rows: Object.fromEntries(rows), there: there.deleted ? 'deleted' : [there.name, there.email] }
}

const newest = async (email: string) => (await house.inbox(email))[0] ?? assert.fail(`no letter to ${email}`)
const visitor = house.browser()
const before = await Promise.all(neighbours.map(whole))

test('every table has rows of all three before', async () => {
  for (const somebody of [eve, ...neighbours]) {
    const rows = await rowsOf(eyes, somebody.id, somebody.email)
    for (const { name } of personal) if (!ACTING.includes(name)) assert((rows.get(name) ?? 0) > 0, `${name} is empty`)
  }
})

let [status, receipt] = ['', '']

test('with Stripe down the request waits for it, and says so; nothing is half done', async () => {
  stripe.admin.down(true)
  await takeIn(house.house, {
    from: eve.email,
    to: [ADDRESS],
    raw: Buffer.from(`From: ${eve.email}\r\nSubject: Delete\r\n\r\nPlease delete all my data. I am ${eve.marker}.`),
    bringer: { ip: '127.0.0.1', helo: 'mail.example.org' },
  })
  await settle()
  const asked = await newest(eve.email)
  assert.match(asked.subject, /Please confirm/)
  status = /\/privacy\/requests\/[\w-]{40,}(?=\s)/.exec(asked.text)?.[0] ?? assert.fail()
  await visitor.post(linkIn(asked), { sure: 'yes' })
  await settle()
  assert.match(await visitor.read(status), /It waits for a company that works for us: Stripe/)
  assert.doesNotMatch(await visitor.read(status), /<dd>Done<\/dd>/)
  assert.notDeepEqual(await house.traces(eve.email), ['letters.to'])
  assert.deepEqual(await house.query('select from receipts'), [])
  stripe.admin.down(false)
})

test('once Stripe is back it is complete, and nothing is left but what it declares', async () => {
  await tellWaiting(house.house)
  await settle()
  assert.match(await visitor.read(status), /<dd>Done<\/dd>/)
  const goodbye = await newest(eve.email)
  assert.match(goodbye.subject, /is erased/)
  receipt = linkIn(goodbye)
  assert.doesNotMatch(await visitor.read(receipt), /It is complete once/)
  for (const value of [eve.marker, eve.email]) {
    const left = (await house.traces(value)).filter((place) => !isDeclared(place))
    assert.deepEqual(left, [], value)
    assert.deepEqual(inFiles(value), [])
  }
  assert((await ask(config, (client) => client.customers.retrieve(eve.customer))).deleted)
  assert(program.heard.some(({ body }) => body.type === 'person.erased'))
})

test('the other two are as they were', async () => {
  assert.deepEqual(await Promise.all(neighbours.map(whole)), before)
  for (const { marker } of neighbours) assert.doesNotMatch(await visitor.read(receipt), new RegExp(marker, 'i'))
})

test('done again it is the same receipt', async () => {
  const receipts = await house.query('select * from receipts')
  const [request] = await house.query<{ id: string }>(`select id from requests where kind = 'erasure' order by id desc limit 1`)
  await db.as('operations', (tx) => enqueue(tx, 'rights.fulfil', { requestId: asId(request?.id) ?? assert.fail() }))
  await tellWaiting(house.house)
  await settle()
  assert.deepEqual(await house.query('select * from receipts'), receipts)
})
