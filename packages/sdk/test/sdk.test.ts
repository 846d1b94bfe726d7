import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { listen } from '../../../test/endpoint.ts'
import { openTestHouse } from '../../../test/harness.ts'
import { programWith } from '../../../test/program.ts'
import { openApp } from '../../../src/app.ts'
import { newId } from '../../../src/database/columns.ts'
import { addEndpoint } from '../../../src/programs/endpoint.ts'
import { tell } from '../../../src/programs/webhook.ts'
import { type Operations, operations } from '../src/api.ts'
import { believe, Cloudrun, NotBelieved, Refused, Unreachable } from '../src/sdk.ts'

const house = await openTestHouse()
const { key = '' } = await programWith(house, ['access:read', 'usage:write'])
const program = await listen()
const app = openApp(house.house)
const origin = house.house.config.origin
const ask = (url: string, init: RequestInit) =>
  Promise.resolve(app.request(url, { ...init, headers: { ...init.headers, host: 'localhost:3000' } }))

// The same client as the product's, before answers that a test makes up.
const made: RequestInit[] = []
let answers: (() => Response)[] = []
const madeUp = (url: string, init: RequestInit): Promise<Response> => {
  made.push({ ...init, method: `${init.method} ${url}` })
  const answer = answers.shift()
  return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('fetch failed'))
}
const soon =
  (status: number, body: object = {}) =>
  () =>
    Response.json(body, { status, headers: { 'retry-after': '0' } })

afterEach(() => {
  made.length = 0
  answers = []
})

test('it asks the program itself, typed by the document', async () => {
  const cloudrun = new Cloudrun({ origin: `${origin}/`, key, fetch: ask })
  const answer = await cloudrun.call('readKey')
  assert.deepEqual([answer.name, answer.scopes], ['A program', ['access:read', 'usage:write']])
})

test('a refusal is thrown with its problem, and not tried again', async () => {
  const cloudrun = new Cloudrun({ origin, key: 'crk_nonsense', fetch: ask })
  await assert.rejects(
    cloudrun.call('readKey'),
    (fault) => fault instanceof Refused && fault.status === 401 && fault.problem.title === 'Unauthorized',
  )
})

test('what can be repeated is: after a fault, after the wait that is told, when nobody answers', async () => {
  const cloudrun = new Cloudrun({ origin, key, fetch: madeUp })
  answers = [soon(503), soon(429), soon(500), soon(200, { name: 'at last' })]
  assert.equal((await cloudrun.call('readKey')).name, 'at last')
  assert.equal(made.length, 4)
  const hasty = new Cloudrun({ origin, key, fetch: madeUp, retries: 1 })
  await assert.rejects(hasty.call('readKey'), Unreachable)
  assert.equal(made.length, 6)
})

/** An operation as the generated table will hold others. */
const more = operations as Record<string, { method: string; at: string; repeatable: boolean }>
const calling = (cloudrun: Cloudrun, name: string, asks: object) => cloudrun.call(name as keyof Operations, asks as never)

test('what is reported bears one name through all tries; what has none is sent once', async () => {
  more['wish'] = { method: 'POST', at: '/wishes/{kind}', repeatable: true }
  more['shout'] = { method: 'POST', at: '/shouts', repeatable: false }
  const cloudrun = new Cloudrun({ origin, key, fetch: madeUp })
  answers = [soon(500), soon(409), soon(201, { id: 'x' })]
  await calling(cloudrun, 'wish', { path: { kind: 'a/b' }, query: { soon: 'yes', later: undefined }, body: { what: 'rain' } })
  const names = made.map(({ headers }) => (headers as Record<string, string>)['idempotency-key'])
  assert.equal(new Set(names).size, 1)
  assert.match(names[0] ?? '', /^"[0-9a-f-]{36}"$/)
  assert.equal(made[0]?.method, `POST ${origin}/api/v1/wishes/a%2Fb?soon=yes`)
  made.length = 0
  answers = [soon(500)]
  await assert.rejects(calling(cloudrun, 'shout', { body: {} }), (fault) => fault instanceof Refused && fault.status === 500)
  assert.equal(made.length, 1)
})

test('it believes what the program tells, and what the reference library signs', async () => {
  const { secret } = await house.house.db.as('security', async (tx) => {
    const [somebody] = await house.query<{ id: ReturnType<typeof newId> }>('select id from people')
    return addEndpoint(tx, { url: program.url, types: ['person.erased'], addedBy: somebody?.id ?? assert.fail() })
  })
  const person = newId()
  await house.house.db.as('rights', (tx) => tell(tx, 'person.erased', { person }))
  await house.settle()
  const heard = program.heard[0] ?? assert.fail()
  const told = await believe({ body: heard.text, headers: heard.headers, secret })
  assert.deepEqual([told.type, told.data, told.id], ['person.erased', { person }, heard.headers['webhook-id']])
  const at = new Date()
  const body = JSON.stringify({ type: 'test.sent', timestamp: at.toISOString(), data: { endpoint: newId() } })
  const signature = new Webhook(secret).sign('msg', at, body)
  const headers = new Headers({
    'webhook-id': 'msg',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signature,
  })
  assert.equal((await believe({ body, headers, secret: ['whsec_b3RoZXI=', secret] })).type, 'test.sent')
})

test('what is forged, changed, stale or unsigned is not believed', async () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const at = new Date()
  const body = '{"type":"test.sent"}'
  const seconds = Math.floor(at.getTime() / 1000)
  const good = {
    'webhook-id': 'msg',
    'webhook-timestamp': String(seconds),
    'webhook-signature': new Webhook(secret).sign('msg', at, body),
  }
  assert.equal((await believe({ body, headers: good, secret })).id, 'msg')
  const late = new Date(at.getTime() + 301_000)
  const wrong: Parameters<typeof believe>[0][] = [
    { body: `${body} `, headers: good, secret },
    { body, headers: { ...good, 'webhook-id': 'other' }, secret },
    { body, headers: { ...good, 'webhook-timestamp': String(seconds + 1) }, secret },
    { body, headers: { ...good, 'webhook-timestamp': 'soon' }, secret },
    { body, headers: { ...good, 'webhook-signature': 'v1,AAAA' }, secret },
    { body, headers: { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v2,') }, secret },
    { body, headers: { ...good, 'webhook-signature': 'v1,%%%' }, secret },
    { body, headers: {}, secret },
    { body, headers: good, secret: 'whsec_b3RoZXI=' },
    { body, headers: good, secret: [] },
    { body, headers: good, secret, now: late },
    { body, headers: good, secret, now: new Date(at.getTime() - 301_000) },
  ]
  for (const message of wrong) await assert.rejects(believe(message), NotBelieved, JSON.stringify(message))
})
