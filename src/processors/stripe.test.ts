/**
 * Show 2 of payments, the errors: whatever Stripe or the SDK fails with, and wherever, what leaves this room
 * says nothing of a card or a person. Each way to Stripe is called against a Stripe that answers with errors
 * full of them.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import { globSync } from 'node:fs'
import { Stripe } from 'stripe'
import { openTestHouse } from '../../test/harness.ts'
import type { Config } from '../config.ts'
import { logFault, logTo } from '../log.ts'
import { hasStripe, StripeTrouble } from './stripe.ts'

const log: string[] = []

/** What must be nowhere. */
const secrets = [
  '4242424242424242',
  '4242',
  'visa',
  'Zyxwine Canarrow',
  '77 Quokkaroad',
  'Canaryville',
  '12/39',
  '2039',
  'fingerprintX9',
  'zyx@canary.example',
]
const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2039, fingerprint: 'fingerprintX9', number: '4242424242424242' }
const billing_details = { name: 'Zyxwine Canarrow', email: 'zyx@canary.example', address: { line1: '77 Quokkaroad', city: 'Canaryville' } }
const method = { id: 'pm_1', object: 'payment_method', type: 'card', card, billing_details }
const sentence = `Zyxwine Canarrow of 77 Quokkaroad, Canaryville: visa 4242424242424242, 12/39`

const body = (type: string, more: object = {}) => ({
  error: {
    type,
    message: sentence,
    code: 'card_4242424242424242',
    decline_code: 'Zyxwine Canarrow',
    param: 'payment_method[card][4242]',
    doc_url: 'https://canary.example/?card=4242424242424242',
    request_log_url: 'https://canary.example/77 Quokkaroad',
    payment_method: method,
    payment_intent: {
      id: 'pi_1',
      last_payment_error: { payment_method: method },
      charges: { data: [{ billing_details, payment_method_details: { card } }] },
    },
    setup_intent: { id: 'seti_1', last_setup_error: { payment_method: method } },
    user_message: sentence,
    ...more,
  },
})

/** Every way in which an answer can fail: status and body. */
const failures: Readonly<Record<string, readonly [status: number, body: unknown]>> = {
  'card error': [402, body('card_error')],
  'invalid request': [400, body('invalid_request_error')],
  'not there': [404, body('invalid_request_error')],
  'api error': [500, body('api_error')],
  idempotency: [400, body('idempotency_error')],
  'in use': [409, body('invalid_request_error')],
  'rate limit': [429, body('rate_limit_error')],
  authentication: [401, body('authentication_error')],
  permission: [403, body('invalid_request_error')],
  'of a kind that nobody knows': [418, body(sentence)],
  oauth: [400, { error: 'invalid_grant', error_description: sentence }],
  'of version 2': [400, body('insufficient_funds', { code: sentence })],
  'no JSON': [200, `{"id": "pm_1", "card": "4242424242424242", "name": "Zyxwine Canarrow"`],
  'another shape': [200, { object: 'payment_method', data: [method], billing_details }],
  'a page': [502, `<h1>${sentence}</h1>`],
}

let failing: readonly [number, unknown] | 'hangs up' = 'hangs up'
const server = createServer((request, response) => {
  request.resume()
  if (failing === 'hangs up') return void request.socket.destroy()
  const [status, answer] = failing
  response.writeHead(status, {
    'content-type': 'application/json',
    'stripe-should-retry': 'false',
    'request-id': 'req_Zyxwine Canarrow 4242',
  })
  response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
after(() => server.close())
const { house } = await openTestHouse({
  STRIPE_SECRET_KEY: 'sk_test_emu_errors',
  STRIPE_WEBHOOK_SECRET: 'whsec_errors',
  STRIPE_API_ORIGIN: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
})
const { config } = house
logTo((line) => log.push(line))

/** Everything that a reader, a log or a serialiser could get out of a fault. */
function shown(fault: unknown): string {
  const parts: unknown[] = []
  for (let each = fault; each instanceof Error; each = each.cause)
    parts.push(each.message, each.stack, String(each), JSON.stringify(each), { ...each })
  log.length = 0
  logFault('test', fault)
  return [
    ...parts.map((part) => inspect(part, { depth: 20, showHidden: true })),
    inspect(fault, { depth: 20, showHidden: true }),
    ...log,
  ].join('\n')
}

/** What each way is called with; a text where it wants one, a moment where it wants that. */
const given = {
  customer: 'cus_1',
  membership: 'm',
  invoice: 'in_1',
  subscription: 'sub_1',
  paymentMethod: 'pm_1',
  lookupKey: 'key',
  quantity: 1,
  trialDays: 0,
  currency: 'usd',
  back: { done: 'http://x.example/a', left: 'http://x.example/b' },
  cents: 100,
  reason: 'duplicate',
  paid: true,
  deposit: 'd',
  service: 's',
  meter: 'm',
  name: 'n',
  at: new Date(),
  title: 't',
  kind: 'flat',
  amounts: { usd: 1 },
  tiers: [],
  every: 'month',
  tax: 'exclusive',
  terms: {
    subscription: 'sub_1',
    customer: 'cus_1',
    item: 'si_1',
    schedule: 'sub_sched_1',
    price: 'price_1',
    currency: 'usd',
    periodStart: new Date(),
    periodEnd: new Date(),
    planned: null,
    waiting: null,
    quantity: 1,
  },
  wanted: { price: 'price_1', quantity: 1, lookupKey: 'key' },
  moment: new Date(),
  plan: 'p',
  schedule: 'sub_sched_1',
  waiting: null,
  follows: undefined,
}
const texts = ['sub_123456', 'sub_123456', 'sub_123456']
/** Ways whose second argument is no object. */
const plain: Readonly<Record<string, readonly unknown[]>> = {
  missingPrices: [['key']],
  eventsSince: [new Date()],
  eachHundredCustomers: ['mark', () => Promise.resolve()],
  credit: ['01a20ec6-9ac4-7178-b719-da7cc46d3844', given],
}
/** What asks nothing of Stripe. */
const silent = new Set([
  'houseMark',
  'noticeIn',
  'concernsUs',
  'setupRequest',
  'meterEvent',
  'plannedBy',
  'termsOf',
  'clientOf',
  'guardedClient',
  'ask',
  'idOf',
  'moment',
  'hasStripe',
  'StripeTrouble',
  // It fills in the pages of a local Stripe, as somebody at a browser would, and gets no error of the SDK's.
  'fillIn',
])

type Way = (config: Config, ...given: readonly unknown[]) => Promise<unknown>
const modules = await Promise.all(
  globSync('src/processors/stripe*.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => import(`../../${file}`) as Promise<Record<string, unknown>>),
)
const ways = modules
  .flatMap((module) => Object.entries(module))
  .filter((entry): entry is [string, Way] => typeof entry[1] === 'function' && !silent.has(entry[0]))

// By what the way itself names: `(config, { … })` wants an object, `(config, id)` a text.
const argumentsFor = (name: string, way: Way): readonly unknown[] =>
  plain[name] ?? (/^(async )?\(?\s*config,\s*\{/.test(way.toString().replace(/^async function \w+/, '')) ? [given] : texts)

test('there are as many ways to Stripe as this test knows of', () => {
  assert(hasStripe(config))
  assert(ways.length >= 25, String(ways.length))
})

async function failsSafely(name: string, way: Way): Promise<void> {
  const fault = await way(config, ...argumentsFor(name, way)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  // An answer of another shape may pass for an empty one; whatever is thrown is ours.
  if (fault === undefined) return
  assert(fault instanceof StripeTrouble, `${name} lets through ${inspect(fault)}`)
  const text = shown(fault)
  for (const secret of secrets) assert(!text.includes(secret), `${name} tells ${secret}: ${text}`)
}

for (const [kind, failure] of Object.entries(failures))
  test(`an error, ${kind}, ends at every way to Stripe`, async () => {
    failing = failure
    for (const [name, way] of ways) await failsSafely(name, way)
  })

test('a connection that breaks ends at every way to Stripe', async () => {
  failing = 'hangs up'
  await Promise.all(ways.map(([name, way]) => failsSafely(name, way)))
})

test('the errors of the SDK do carry all of that, or this test would prove nothing', async () => {
  failing = failures['card error'] ?? assert.fail()
  const { host, port } = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const client = new Stripe('sk_test_emu_x', { host, port, protocol: 'http', telemetry: false })
  const fault: unknown = await client.customers.retrieve('cus_1').then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const text = inspect(fault, { depth: 20 })
  for (const secret of ['4242424242424242', 'Zyxwine Canarrow', '77 Quokkaroad']) assert(text.includes(secret))
})

test('a payload with a wrong signature is refused without a word of it', async () => {
  const { noticeIn } = await import('./stripe-events.ts')
  log.length = 0
  assert.equal(noticeIn(config, JSON.stringify({ id: 'evt_1', object: 'event', data: { object: method } }), 't=1,v1=00'), undefined)
  assert.equal(noticeIn(config, sentence, 't=1,v1=00'), undefined)
  assert.deepEqual(log, [])
})

test('every class of errors that the SDK has is told by words of ours alone', async () => {
  const { ask } = await import('./stripe.ts')
  type Class = new (...raw: readonly unknown[]) => Error
  const classes = (Object.values(Stripe.errors) as unknown[]).filter(
    (each): each is Class => typeof each === 'function' && String(each).startsWith('class'),
  )
  assert(classes.length > 20)
  for (const Class of classes) {
    const raw = body('x').error
    const thrown = Class.name === 'StripeSignatureVerificationError' ? new Class(sentence, sentence, raw) : new Class(raw)
    const fault: unknown = await ask(config, () => Promise.reject(thrown)).then(
      () => undefined,
      (other: unknown) => other,
    )
    assert(fault instanceof StripeTrouble)
    const text = shown(fault)
    for (const secret of secrets) assert(!text.includes(secret), `${Class.name} tells ${secret}: ${text}`)
  }
})
