import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { listen } from '../../test/endpoint.ts'
import { openTestHouse } from '../../test/harness.ts'
import { DAY, HOUR, MINUTE, setAhead } from '../clock.ts'
import { newId } from '../database/columns.ts'
import { purposeNames } from '../database/purposes.ts'
import type { Id } from '../log.ts'
import { handlers } from '../worker.ts'
import { waits } from './delivery.ts'
import { events, type EventType } from './events.ts'
import { tell } from './webhook.ts'

const house = await openTestHouse()
const { db } = house.house
const [owner, support] = [await house.member('owner'), await house.member('support')]
const program = await listen()

const deliver = () => handlers(house.house)['programs.deliver']({})
const idIn = (path: string | null): string => /endpoints\/([0-9a-f-]{36})/.exec(path ?? '')?.[1] ?? ''
const secretIn = (html: string): string => /whsec_[\w+/=]+/.exec(html)?.[0] ?? ''
const rows = () =>
  house.query<{ tries: number; outcome: string; delivered_at: Date | null; given_up_at: Date | null; due_at: Date | null }>(
    'select tries, outcome, delivered_at, given_up_at, due_at from program_deliveries order by made_at, id',
  )
const endpointRow = async () =>
  (await house.query<{ failing_since: Date | null; off_at: Date | null; off_why: string | null }>('select * from program_endpoints'))[0]

async function add(url = program.url, types = 'person.erased'): Promise<{ id: string; secret: string }> {
  const html = await (await owner.post('/staff/programs/endpoints', { url, types })).text()
  return { id: idIn(html), secret: secretIn(html) }
}

afterEach(async () => {
  setAhead(0)
  program.answer = 204
  program.heard.length = 0
  await forget()
})

const forget = () => house.query('truncate program_endpoints, program_events cascade')
const erased = (person = newId()) => db.as('rights', (tx) => tell(tx, 'person.erased', { person }))

test('what happened is told, signed so that the reference library believes it', async () => {
  const { secret } = await add()
  const person = newId()
  await erased(person)
  await house.settle()
  const [heard] = program.heard.splice(0)
  assert(heard)
  const believed = new Webhook(secret).verify(heard.text, heard.headers as Record<string, string>)
  assert.deepEqual(believed, heard.body)
  assert.deepEqual(Object.keys(heard.body), ['type', 'timestamp', 'data'])
  assert.deepEqual([heard.body.type, heard.body.data], ['person.erased', { person }])
  assert.throws(() => new Webhook(secret).verify(`${heard.text} `, heard.headers as Record<string, string>))
  assert.deepEqual(
    (await rows()).map(({ tries, outcome }) => [tries, outcome]),
    [[1, '204']],
  )
  assert.deepEqual(await house.traces(secret), [])
  await house.settle()
  await deliver()
  assert.equal(program.heard.length, 0)
})

test('what is rolled back is told to nobody, and what nobody wants is not kept', async () => {
  await add()
  const failing = db.as('rights', async (tx) => {
    await tell(tx, 'person.erased', { person: newId() })
    throw new Error('after all')
  })
  await assert.rejects(failing)
  await house.settle()
  assert.equal(program.heard.length, 0)
  await forget()
  await erased()
  await house.settle()
  assert.deepEqual(await house.query('select from program_events'), [])
})

test('every purpose may tell, and what holds more than numbers and states stops the act', async () => {
  for (const purpose of purposeNames) await db.as(purpose, (tx) => tell(tx, 'person.erased', { person: newId() }))
  const person = newId()
  const leaking = db.as('rights', (tx) => tell(tx, 'person.erased', { person, email: 'ada@example.org' } as { person: Id }))
  await assert.rejects(leaking, z.ZodError)
  await assert.rejects(
    db.as('billing', (tx) => tx.$client.query('select data from program_events')),
    { code: '42501' },
  )
  await house.settle()
})

test('no event can hold a name or an address', () => {
  for (const type of Object.keys(events) as EventType[]) {
    const { properties = {} } = z.toJSONSchema(events[type].data)
    for (const [name, property] of Object.entries(properties)) {
      const one = property as Record<string, unknown>
      const narrow =
        one['format'] === 'uuid' ||
        one['format'] === 'date-time' ||
        one['enum'] ||
        one['const'] ||
        ['integer', 'boolean'].includes(String(one['type']))
      const slug = one['pattern'] === '^[a-z0-9-]+$'
      assert(narrow || slug || one['anyOf'], `${type}.${name} could hold anything`)
    }
    assert(events[type].data.safeParse(events[type].example).success, type)
  }
})

test('what is not taken is tried again for three days, then given up; the program is switched off and the owner told', async () => {
  const { id } = await add()
  program.answer = 500
  await erased()
  await house.settle()
  let ahead = 0
  for (const wait of waits) {
    assert.equal((await endpointRow())?.off_at, null)
    // Not a moment too early.
    setAhead(ahead + wait - 2_000)
    const before = program.heard.length
    await deliver()
    assert.equal(program.heard.length, before)
    ahead += wait * 1.1 + 1_000
    setAhead(ahead)
    await deliver()
    assert.equal(program.heard.length, before + 1)
  }
  assert.equal(program.heard.length, waits.length + 1)
  assert.equal(new Set(program.heard.map(({ headers }) => headers['webhook-id'])).size, 1)
  assert(new Set(program.heard.map(({ headers }) => headers['webhook-timestamp'])).size > waits.length - 1)
  const [row] = await rows()
  assert(row?.given_up_at && row.due_at === null && row.outcome === '500')
  assert(ahead >= 3 * DAY && ahead < 4 * DAY)
  assert.equal((await endpointRow())?.off_why, 'failing')
  const [letter] = await house.inbox('owner-1@staff.example')
  assert.match(letter?.subject ?? '', /not told anything any more/)
  assert.match(letter?.text ?? '', new RegExp(`/staff/programs/endpoints/${id}`))
  program.heard.length = 0
  await erased()
  await house.settle()
  assert.equal(program.heard.length, 0)
})

test('a program that comes back takes what waited, and is sound again', async () => {
  await add()
  program.answer = (response) => response.destroy()
  await erased()
  await house.settle()
  assert.equal((await rows())[0]?.outcome, 'unreachable')
  assert((await endpointRow())?.failing_since)
  program.answer = 204
  setAhead(MINUTE)
  await deliver()
  setAhead(0)
  assert((await rows())[0]?.delivered_at)
  assert.equal((await endpointRow())?.failing_since, null)
})

test('410 Gone ends it at once; a redirect is followed by nobody', async () => {
  const elsewhere = await listen()
  await add()
  program.answer = (response) => response.writeHead(307, { location: elsewhere.url }).end()
  await erased()
  await house.settle()
  assert.equal((await rows())[0]?.outcome, '307')
  assert.equal(elsewhere.heard.length, 0)
  await forget()
  await add()
  program.answer = 410
  await erased()
  await house.settle()
  assert.equal((await endpointRow())?.off_why, 'gone')
})

test('an endless answer costs nothing, and two workers at once send a thing once', async () => {
  await add()
  program.answer = (response) => {
    response.writeHead(200)
    const more = setInterval(() => response.write('x'.repeat(64 * 1024)), 1)
    response.on('close', () => clearInterval(more))
  }
  await erased()
  await house.settle()
  assert((await rows())[0]?.delivered_at)
  program.answer = 204
  await forget()
  program.heard.length = 0
  await add()
  for (let many = 0; many < 30; many++) await erased()
  await Promise.all([house.settle(), deliver(), deliver(), deliver()])
  await deliver()
  assert.equal(program.heard.length, 30)
  assert.equal(new Set(program.heard.map(({ headers }) => headers['webhook-id'])).size, 30)
})

test('who is slow or gone holds up nobody else', async () => {
  const gone = await add('http://127.0.0.1:1/hooks')
  await add()
  for (let many = 0; many < 12; many++) await erased()
  await house.settle()
  assert.equal(program.heard.length, 12)
  assert.equal((await rows()).filter(({ outcome }) => outcome === 'unreachable').length, 12)
  assert(gone.id)
})

test('a new secret counts at once, the old one for a day more', async () => {
  const { id, secret } = await add()
  const renewed = secretIn(await (await owner.post(`/staff/programs/endpoints/${id}/secret`)).text())
  assert.notEqual(renewed, secret)
  const hear = async () => {
    await erased()
    await house.settle()
    const heard = program.heard.at(-1)
    assert(heard)
    const believes = (by: string): boolean => {
      try {
        new Webhook(by).verify(heard.text, { ...heard.headers } as Record<string, string>)
        return true
      } catch {
        return false
      }
    }
    return [believes(secret), believes(renewed), String(heard.headers['webhook-signature']).split(' ').length]
  }
  assert.deepEqual(await hear(), [true, true, 2])
  setAhead(25 * HOUR)
  await erased()
  await house.settle()
  assert.equal(String(program.heard.at(-1)?.headers['webhook-signature']).split(' ').length, 1)
})

test('the console: add, test, look, send again, switch off and on, remove', async () => {
  const { id } = await add()
  const at = `/staff/programs/endpoints/${id}`
  assert.equal((await owner.post(`${at}/test`)).status, 303)
  await house.settle()
  assert.deepEqual(program.heard.at(-1)?.body.data, { endpoint: id })
  const page = await owner.read(at)
  assert.match(page, /test\.sent/)
  const resend = /action="([^"]*\/resend)"/.exec(page)?.[1] ?? ''
  await owner.post(resend)
  await house.settle()
  assert.equal(program.heard.length, 2)
  assert.equal(program.heard[0]?.headers['webhook-id'], program.heard[1]?.headers['webhook-id'])
  assert.equal((await owner.post(`${at}/off`)).status, 303)
  await erased()
  await house.settle()
  assert.equal(program.heard.length, 2)
  assert.match(await owner.read(at), /by hand/)
  await owner.post(`${at}/on`)
  assert.equal((await owner.post(`${at}/types`, { types: '' })).status, 422)
  assert.equal((await owner.post(`${at}/types`, { types: 'person.erased' })).status, 303)
  assert.match(await owner.read('/staff/programs'), /127\.0\.0\.1/)
  for (const path of [at, resend]) assert.equal((await support.get(path)).status, 404)
  for (const path of [`${at}/test`, `${at}/secret`, `${at}/off`, `${at}/remove`, resend])
    assert.equal((await support.post(path)).status, 404)
  assert.equal((await owner.post(`${at}/remove`)).status, 303)
  assert.equal((await owner.get(at)).status, 404)
  assert.deepEqual(await house.query('select from program_secrets'), [])
})

test('what is wrong with an address is said beside it', async () => {
  for (const url of [
    '',
    'nonsense',
    'ftp://example.com/',
    'https://me:secret@example.com/',
    'https://10.0.0.1/',
    'https://[fd00::1]/',
    'https://0x0a000001/',
  ]) {
    const answer = await owner.post('/staff/programs/endpoints', { url, types: 'person.erased' })
    assert.equal(answer.status, 422, url)
    assert.match(await answer.text(), /id="field-url-error"/, url)
  }
  assert.equal((await owner.post('/staff/programs/endpoints', { url: 'https://example.com/', types: 'test.sent' })).status, 422)
})

test('erasing somebody tells the programs to forget them, and takes what was told about them', async () => {
  await add()
  const ada = await house.person('Ada Canary', 'ada-canary@example.org')
  const [{ id } = { id: '' as Id }] = await house.query<{ id: Id }>("select id from people where email = 'ada-canary@example.org'")
  await db.as('rights', (tx) => tell(tx, 'person.erased', { person: newId() }, id))
  await house.settle()
  assert.match(await ada.read('/account/privacy'), /own programs were told about you/)
  await ada.post('/account/privacy/erasure', { sure: 'yes' })
  assert.deepEqual(await house.query('select from program_events where person_id = $1', [id]), [])
  assert.deepEqual(await house.query('select from program_deliveries where person_id is not null'), [])
  await house.settle()
  assert.deepEqual(program.heard.at(-1)?.body.data, { person: id })
  setAhead(31 * DAY)
  await handlers(house.house)['retention.sweep']({})
  setAhead(0)
  assert.deepEqual(await house.query('select from program_events'), [])
  // The log names nobody: it holds numbers alone.
  assert.deepEqual(await house.traces(id), ['log'])
})
