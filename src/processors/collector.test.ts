/** Traces: what arrives at a collector, as a tree; what never does; and that nobody waits for it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, afterEach, test } from 'node:test'
import { promisify } from 'node:util'
import { type Arrived, browserTo, collect, taken } from '../../test/collector.ts'
import { listen } from '../../test/endpoint.ts'
import { codeIn, openTestHouse, settings } from '../../test/harness.ts'
import { sink } from '../../test/sink.ts'
import { openPayingHouse } from '../../test/stripe.ts'
import { openLedger } from '../egress/ledger.ts'
import { post } from '../egress/post.ts'
import { log, word } from '../log.ts'
import { serve } from '../main.ts'
import { isTracing, type Loss, spanCounts, tracedCall, tracedWork } from '../tracing.ts'
import { spansGauge } from '../web/gauges.ts'
import { collector, type EndTraces, traceIfAsked } from './collector.ts'
import { webhooks } from './webhooks.ts'

const [collecting, mail, program] = [await collect(), await sink(), await listen()]
const { house, giveCard, settle } = await openPayingHouse({
  OTEL_EXPORTER_OTLP_ENDPOINT: `${collecting.url}/`,
  OTEL_EXPORTER_OTLP_HEADERS: 'X-Key=a%20secret, x-team=ours',
  SMTP_URL: mail.url,
  NAVIGATION_SITES: 'https://www.example.com',
})
const { config } = house.house
const served = { ...house.house, config: { ...config, port: 0 } }
openLedger(served)
const server = await serve(served, { leaving: false, migrations: 1 })
after(() => server.close())
const { port } = server.address() as { port: number }
const visitor = (at = port) => browserTo(at, config.origin)

let ending: EndTraces | undefined
/** Begins to trace, by the house's settings or others. */
async function begin(share = 1): Promise<void> {
  const other = { ...config, traces: config.traces && { ...config.traces, share } }
  openLedger({ config: other, db: house.house.db })
  ending = await traceIfAsked(other)
}
/** Ends it, as the program does on its way out: everything was sent that will be. */
async function finish(): Promise<readonly Arrived[]> {
  while ((await promisify(server.getConnections.bind(server))()) > 0) await new Promise((resolve) => setImmediate(resolve))
  await ending?.()
  ending = undefined
  return collecting.spans
}
const forget = (): void => {
  for (const list of [collecting.spans, collecting.texts, collecting.heads, collecting.services]) list.length = 0
}
const job = { name: word('process test'), kind: 'consumer', says: {} } as const
const lost = (why: Loss): number => spanCounts.lost.get(why) ?? 0
afterEach(async () => {
  await finish()
  forget()
  collecting.answer = taken
})

const SERVER = 2
const CLIENT = 3
const CONSUMER = 5
const FAILED = 2
const named = (spans: readonly Arrived[], name: string): Arrived =>
  spans.find((span) => span.name === name) ?? assert.fail(`${name} is not among ${spans.map((span) => span.name).join(', ')}`)

test('a request is one span: its route’s pattern, its answer, and what the database took', async () => {
  await begin()
  const reader = visitor()
  const shown = await reader.get('/help/signing-in?secret=canary')
  await reader.get('/help/signing-in')
  await reader.get('/nothing/of/the/sort')
  await reader.post('/sign-in', { email: 'canary@example.org' })
  await reader.call('POST', '/n', { 'content-type': 'application/json' }, '{"p":"/canary"}')
  await reader.call('PROPFIND', '/help', {})
  const spans = await finish()
  assert.equal(shown.status, 200)
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['GET /help/:article', 'GET /help/:article', 'GET', 'POST /sign-in', 'POST /n', '_OTHER'],
  )
  assert(spans.every(({ kind, parentSpanId }) => kind === SERVER && parentSpanId === undefined))
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, spans.length)
  const [first, ready, missing, signIn] = spans
  assert.deepEqual([first?.said['http.request.method'], first?.said['http.response.status_code']], ['GET', 200])
  assert.deepEqual([ready?.said['http.route'], ready?.said['cloudrun.database.statements']], ['/help/:article', undefined])
  assert.deepEqual([missing?.said['http.response.status_code'], missing?.status.code ?? 0], [404, 0])
  assert(Number(signIn?.said['cloudrun.database.statements']) >= 3, JSON.stringify(signIn))
  assert(Number(signIn?.said['cloudrun.database.seconds']) > 0)
  assert.deepEqual([...new Set(collecting.services)], ['service.name=cloudrun'])
  assert.deepEqual([collecting.heads[0]?.['x-key'], collecting.heads[0]?.['x-team']], ['a secret', 'ours'])
})

test('a job is a trace of its own, with the letter that it sends below it; its log lines say which', async () => {
  await visitor().post('/updates', { name: 'Letty', email: 'letty@example.org', topics: 'news' })
  await begin()
  house.log.length = 0
  await house.settle()
  const spans = await finish()
  const [job, letter] = [named(spans, 'process mail.deliver'), named(spans, 'Our e-mail server')]
  assert.deepEqual([job.kind, letter.kind], [CONSUMER, CLIENT])
  assert.deepEqual([letter.traceId, letter.parentSpanId], [job.traceId, job.spanId])
  assert.deepEqual(
    [job.said['messaging.destination.name'], job.said['cloudrun.job.attempt'], job.said['cloudrun.job.outcome']],
    ['mail.deliver', 1, 'completed'],
  )
  assert.equal(letter.said['server.address'], 'Our e-mail server')
  assert(Number(job.said['cloudrun.database.statements']) > 2)
  const line = house.log.map((text) => JSON.parse(text) as { event: string; trace?: string }).find(({ event }) => event === 'jobs.done')
  assert.equal(line?.trace, job.traceId)
  log('test.apart')
  assert(!house.log.at(-1)?.includes('trace'))
})

test('a job that fails says the class of its fault; the next try says that it is the second', async () => {
  mail.answer = () => '451 canary@example.org is busy'
  await visitor().post('/updates', { name: 'Olga', email: 'olga@example.org', topics: 'news' })
  await begin()
  await house.settle()
  await house.query(`update pgboss.job set start_after = now() where name = 'mail.deliver' and state = 'retry'`)
  mail.answer = () => 250
  await house.settle()
  const tries = (await finish()).filter(({ name }) => name === 'process mail.deliver')
  assert.deepEqual(
    tries.map(({ said, status }) => [said['cloudrun.job.attempt'], said['cloudrun.job.outcome'], said['error.type'], status]),
    [
      [1, 'failed', 'TryLater', { code: FAILED }],
      [2, 'completed', undefined, { code: 0 }],
    ],
  )
})

test('a fault is told by its class, a post by its answer, and neither by its words', async () => {
  await house.query(`create function quote() returns trigger language plpgsql as $$ begin raise exception 'canary %', new."to"; end $$`)
  await house.query('create trigger quote before insert on letters for each row execute function quote()')
  await begin()
  const answer = await visitor().post('/updates', { name: 'Finn', email: 'canary@example.org', topics: 'news' })
  await house.query('drop function quote cascade')
  assert.equal(answer.status, 500)
  program.answer = 410
  await tracedWork(
    () => job,
    () => post(config, webhooks, { url: `${program.url}/canary?canary=1`, headers: {}, body: '{}' }),
  )
  await assert.rejects(
    tracedWork(
      () => job,
      () => Promise.reject(new RangeError('canary')),
    ),
    /canary/,
  )
  const spans = await finish()
  const fault = named(spans, 'POST /updates')
  assert.deepEqual([fault.status, fault.said['http.response.status_code']], [{ code: FAILED }, 500])
  assert.match(String(fault.said['error.type']), /^\w*Error$/)
  const told = named(spans, webhooks.name)
  assert.deepEqual([told.said['http.response.status_code'], told.said['error.type'], told.status.code], [410, '410', FAILED])
  assert(spans.some(({ said }) => said['error.type'] === 'RangeError'))
  assert.doesNotMatch(collecting.texts.join(), /canary/)
})

test('the trace of a caller is gone on with where a trusted proxy brings it, and from nobody else', async () => {
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
  const { trustedProxies } = settings({ TRUSTED_PROXIES: '127.0.0.1' })
  const other = await serve({ ...house.house, config: { ...config, port: 0, trustedProxies } }, { leaving: false, migrations: 1 })
  const behind = visitor((other.address() as { port: number }).port)
  await begin(0)
  for (const traceparent of [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-00`, `00-${'0'.repeat(32)}-${spanId}-01`, 'canary'])
    await behind.get('/help', { traceparent, tracestate: 'canary=1' })
  await new Promise((resolve) => other.close(resolve))
  await visitor().get('/help', { traceparent: `00-${traceId}-${spanId}-01` })
  const spans = await finish()
  assert.deepEqual(
    spans.map((span) => [span.name, span.traceId, span.parentSpanId]),
    [['GET /help', traceId, spanId]],
  )
  assert.doesNotMatch(collecting.texts.join(), /canary/)
})

test('nothing of a person, a path or an address arrives, whatever they do', async () => {
  await begin()
  const ada = visitor()
  ada.headers['user-agent'] = 'Canaryfox/77.0'
  await ada.post('/sign-up', { name: 'Zyxwine Canarrow', email: 'zyxwine@canary.example' })
  await ada.post('/sign-in/code', { code: codeIn((await house.inbox('zyxwine@canary.example'))[0]) })
  const asked = await ada.get('/account')
  assert.equal(asked.status, 200)
  for (const path of ['/account/privacy', '/account/security', '/help?q=quokkaroad', '/updates/archive/canaryslug', '/%63anary'])
    await ada.get(path, { referer: 'https://canary.example/', 'accept-language': 'cy' })
  await ada.post('/help/contact', { name: 'Zyxwine Canarrow', email: 'zyxwine@canary.example', words: 'Quokkaroad 77' })
  const begun = (await ada.post('/services/scheduled-runs/steady')).headers.get('location') ?? ''
  await giveCard(ada, begun, '4242424242424242')
  await settle()
  const zip = await ada.post('/account/privacy/copy')
  assert.equal(zip.headers.get('content-type'), 'application/zip')
  await ada.get('/updates/confirm/canarytoken')
  await ada.get('/account/services/0197f000-0000-7000-8000-000000000000')
  await settle()
  const spans = await finish()
  const text = collecting.texts.join('\n')
  for (const name of [
    'POST /sign-up',
    'GET /account/privacy',
    'POST /account/privacy/copy',
    'process mail.deliver',
    'Stripe',
    'Our e-mail server',
  ])
    named(spans, name)
  assert.equal(named(spans, 'Stripe').said['server.address'], 'Stripe')
  // Whatever the database keeps of them, by every column of every table that is about somebody.
  const ids = await house.query<{ id: string }>('select id from people union select id from sessions union select id from letters')
  assert(ids.length > 3)
  for (const { id } of ids) assert(!text.includes(id) && !text.includes(id.replaceAll('-', '')), id)
  const never = /canar|zyxwine|quokka|127\.0\.0\.1|localhost|firefox|@|\?|cus_|[0-9a-f]{8}-[0-9a-f]{4}-|select |insert |update /i
  assert.equal(never.exec(text)?.[0], undefined)
  const patterns = new Set(spans.flatMap(({ said }) => said['http.route'] ?? []))
  assert([...patterns].some((pattern) => String(pattern).includes(':')))
  // What is declared, and nothing else.
  const declared = Object.keys(collector.receives)
  assert.deepEqual(
    [...new Set(spans.flatMap(({ said }) => Object.keys(said)))].filter((field) => !declared.includes(field)),
    [],
  )
  assert(spans.every(({ status }) => status.message === undefined))
  assert(spans.every(({ events, links }) => events.length === 0 && links.length === 0))
})

test('it stands in the list of who receives data, and in the ledger, only where it is set', async () => {
  await begin()
  await visitor().get('/help')
  await visitor().get('/help')
  await finish()
  assert.match(await visitor().read('/privacy/processors'), /Our collector of traces[\s\S]*http\.route/)
  const entries = await house.query<{ person_id: string | null; categories: string[] }>(
    'select person_id, categories from disclosures where processor = $1',
    [collector.name],
  )
  assert(entries.length > 0)
  for (const entry of entries) assert.deepEqual(entry, { person_id: null, categories: ['record'] })
})

test('while the collector is down, or says no, requests are answered, and what is lost is counted', async () => {
  await begin()
  await collecting.down()
  const before = lost('not taken')
  assert.equal((await visitor().get('/help')).status, 200)
  assert.equal((await visitor().get('/account')).status, 303)
  await finish()
  await collecting.up()
  assert.equal(lost('not taken'), before + 2)
  assert(house.log.some((line) => line.includes('traces.lost')))
  await begin()
  collecting.answer = (response) => void response.writeHead(503).end()
  await visitor().get('/help')
  await finish()
  await begin()
  collecting.answer = (response) => taken(response, '{"partialSuccess":{"rejectedSpans":"1"}}')
  await visitor().get('/help')
  await visitor().get('/help')
  const sent = spanCounts.taken
  await finish()
  assert.deepEqual([lost('not taken'), spanCounts.taken], [before + 4, sent + 1])
  const families = await spansGauge(house.house)
  assert.deepEqual(
    families.map(({ name }) => name),
    ['cloudrun_spans_taken_total', 'cloudrun_spans_lost_total'],
  )
  assert(families[1]?.readings.some(({ labels, value }) => labels?.['why'] === 'not taken' && value === before + 4))
  assert.deepEqual(await spansGauge({ ...house.house, config: { ...config, traces: undefined } }), [])
})

test('what is sent is a part of no request, even of the one that fills the queue', async () => {
  await begin()
  collecting.answer = (response) => void response.writeHead(503).end()
  house.log.length = 0
  await tracedWork(
    () => job,
    async () => {
      for (let made = 0; made < 512; made++)
        await tracedCall(
          'Stripe',
          async () => {},
          () => ({}),
        )
      while (!house.log.some((line) => line.includes('traces.lost'))) await new Promise((resolve) => setTimeout(resolve, 5))
      log('test.inside')
    },
  )
  await finish()
  const lines = house.log.map((line) => JSON.parse(line) as { event: string; trace?: string })
  assert.equal(lines.find(({ event }) => event === 'traces.lost')?.trace, undefined)
  assert.match(lines.find(({ event }) => event === 'test.inside')?.trace ?? '', /^[0-9a-f]{32}$/)
})

test('memory has an end: what a collector that hangs leaves waiting is counted, and nobody waits', async () => {
  await begin()
  const hanging = Promise.withResolvers<() => void>()
  collecting.answer = (response) => hanging.resolve(() => taken(response))
  const before = lost('too many')
  for (let made = 0; made < 2_048 + 512 + 7; made++)
    await tracedWork(
      () => job,
      async () => {},
    )
  assert.equal(lost('too many'), before + 7)
  const release = await hanging.promise
  collecting.answer = taken
  release()
  await finish()
  assert.equal(collecting.spans.length, 2_048 + 512)
})

test('with a share of 0 nothing is sent, and the log names no trace', async () => {
  await begin(0)
  house.log.length = 0
  await visitor().get('/account')
  await visitor().post('/updates', { name: 'Nora', email: 'nora@example.org', topics: 'news' })
  await house.settle()
  assert.deepEqual(await finish(), [])
  assert(!house.log.some((line) => line.includes('"trace"')))
  assert.equal(collecting.texts.length, 0)
})

test('settings: the endpoint, its headers, the name and the share', () => {
  const of = (more: Record<string, string>) => settings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example.com/in/', ...more }).traces
  assert.deepEqual(of({}), { url: 'https://otel.example.com/in/v1/traces', headers: {}, service: 'cloudrun', share: 1 })
  assert.deepEqual(of({ OTEL_SERVICE_NAME: 'shop', OTEL_TRACES_SAMPLER_ARG: '0.25' })?.share, 0.25)
  assert.equal(settings({ OTEL_SERVICE_NAME: 'shop' }).traces, undefined)
  const wrong = (more: Record<string, string>) => assert.throws(() => of(more), /^WrongSetting: OTEL_\w+ must/)
  for (const endpoint of ['collector:4317', 'http://u:p@host', 'http://host/?a=b', 'ftp://host'])
    wrong({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
  for (const headers of ['nothing', 'a=%zz', 'host=other', 'a=b%0D%0Ac: d', 'a b=c']) wrong({ OTEL_EXPORTER_OTLP_HEADERS: headers })
  for (const share of ['2', '-1', 'all']) wrong({ OTEL_TRACES_SAMPLER_ARG: share })
})

test('a house whose policy does not name it yet sends nothing, and counts it', async () => {
  const early = await openTestHouse()
  const { db } = early.house
  const other = { ...early.house.config, traces: config.traces }
  openLedger({ config: other, db })
  const before = lost('not announced')
  ending = await traceIfAsked(other)
  await early.settle()
  await tracedWork(
    () => job,
    () => db.as('service', async () => undefined),
  )
  assert.deepEqual(await finish(), [])
  assert(lost('not announced') > before)
  assert.equal(collecting.texts.length, 0)
  assert.doesNotMatch(await early.browser().read('/privacy/processors'), /traces/)
})

test('where no collector is set, nothing of it is loaded', async () => {
  assert.equal(isTracing(), false)
  assert.equal(await traceIfAsked({ ...config, traces: undefined }), undefined)
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', './scripts/hooks.mjs', 'test/loaded.ts'])
  const loaded = JSON.parse(stdout) as { without: string[]; with: string[] }
  const ours = /@opentelemetry\/(sdk-trace|otlp-transformer|resources|core)\/|\/collector-[a-z]+\.ts$/
  assert(loaded.without.length > 200)
  assert.deepEqual(
    loaded.without.filter((url) => ours.test(url)),
    [],
  )
  assert(loaded.with.some((url) => ours.test(url)))
})
