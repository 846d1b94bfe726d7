/** The Data Rights Protocol: the vector, what is refused, and that nothing is erased by an agent's word alone. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { listen } from '../../test/endpoint.ts'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { MINUTE, now } from '../clock.ts'
import { readMessage, verifyKeyIn } from './message.ts'
import { tellAgents } from './asking.ts'

const house = await openTestHouse({ DRP_BUSINESS_ID: 'BIZ' })
const ada = await house.person('Ada Lovelace', 'ada@example.org')
await house.person('Bob Neighbour', 'bob@example.org')
const mallory = await house.person('Mallory', 'mallory@example.net')
const [legal, marketing] = [await house.member('legal'), await house.member('marketing')]

// Signed with the seed of 32 bytes 0x07, and verified by another library.
const VECTOR = {
  key: '6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=',
  body: 'zhXSnefdpLVew/A/fYfkE5YeGWfgM/W2L8hMREw8hFDTATPPHaroe7gsrWrWxbU0czyNQ8BFLCnSGwXGJrP6BnsiYWdlbnQtaWQiOiJBR0VOVCIsImJ1c2luZXNzLWlkIjoiQklaIiwiaXNzdWVkLWF0IjoiMjAyNi0wMS0wMVQwMDowMDowMC4wMDArMDA6MDAiLCJleHBpcmVzLWF0IjoiMjAyNi0wMS0wMVQwMDoxMDowMC4wMDArMDA6MDAiLCJkcnAudmVyc2lvbiI6IjEuMCJ9',
}

function newAgent(agentId: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
  const time = (at: Date) => at.toISOString().replace('Z', '+00:00')
  const message = (more: Record<string, unknown> = {}): string => {
    const whole = {
      ...{ 'agent-id': agentId, 'business-id': 'BIZ', 'drp.version': '1.0' },
      ...{ 'issued-at': time(new Date(now().getTime() - MINUTE)), 'expires-at': time(new Date(now().getTime() + 9 * MINUTE)) },
      // Two messages of one moment are two messages.
      ...{ 'test-number': Math.random(), ...more },
    }
    const signed = Buffer.from(JSON.stringify(whole))
    return Buffer.concat([sign(null, signed, privateKey), signed]).toString('base64')
  }
  return { agentId, raw, message }
}

const [good, other, stranger] = [newAgent('AGENT_1'), newAgent('AGENT_2'), newAgent('AGENT_1')]
const list = ({ agentId, raw }: { agentId: string; raw: string }) =>
  legal.post('/staff/agents', { agentId, name: `The agent ${agentId}`, verifyKey: raw })

interface Answer {
  readonly status: number
  readonly json: Record<string, string>
}

const machine = house.browser()
async function call(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { token, body }: { token?: string; body?: string } = {},
): Promise<Answer> {
  const headers: Record<string, string> = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body ? { 'content-type': 'text/plain' } : {}),
  }
  const answer = await machine.call(method, `/drp/v1${path}`, headers, body)
  const text = await answer.text()
  return { status: answer.status, json: text.startsWith('{') ? JSON.parse(text) : { text } }
}

async function setUp(agent: { agentId: string; message(): string }): Promise<string> {
  const { status, json } = await call('POST', `/agent/${agent.agentId}`, { body: agent.message() })
  assert.equal(status, 200)
  assert.equal(json['agent-id'], agent.agentId)
  return json['token'] ?? assert.fail()
}

const fresh = () => house.query('delete from throttles')
const theirRequests = async (email: string) =>
  (await house.query<{ n: number }>('select count(*)::int as n from requests where email = $1', [email]))[0]?.n ?? 0

test('the vector is read as it should be, and refused in every other case', () => {
  const key = verifyKeyIn(VECTOR.key) ?? assert.fail()
  const expected = { key, agentId: 'AGENT', businessId: 'BIZ', at: new Date('2026-01-01T00:05:00Z') }
  const read = readMessage(VECTOR.body, expected)
  assert(read.ok)
  assert.equal(read.payload['drp.version'], '1.0')
  const fault = (body: string, more: object = {}) => {
    const answer = readMessage(body, { ...expected, ...more })
    return answer.ok ? 'read' : answer.fault
  }
  assert.equal(fault(VECTOR.body, { at: new Date('2025-12-31T23:59:59Z') }), 'not yet')
  assert.equal(fault(VECTOR.body, { at: new Date('2026-01-01T00:00:00Z') }), 'read')
  assert.equal(fault(VECTOR.body, { at: new Date('2026-01-01T00:10:00Z') }), 'expired')
  assert.equal(fault(VECTOR.body, { businessId: 'OTHER' }), 'wrong business')
  assert.equal(fault(VECTOR.body, { agentId: 'OTHER' }), 'wrong agent')
  assert.equal(fault(VECTOR.body, { key: verifyKeyIn(good.raw) }), 'wrong signature')
  const bytes = Buffer.from(VECTOR.body, 'base64')
  for (const at of [0, 63, 64, bytes.length - 2]) {
    const bent = Buffer.from(bytes)
    bent[at] = (bent[at] ?? 0) ^ 1
    assert.equal(fault(bent.toString('base64')), 'wrong signature')
  }
  for (const text of ['', 'nonsense', VECTOR.body.slice(0, 80), `${VECTOR.body}!`]) assert.equal(fault(text), 'not a message', text)
})

test('an agent that the operator listed sets up, once a message; all else fails alike, with an empty answer', async () => {
  assert.equal((await list(good)).status, 303)
  assert.equal((await list(other)).status, 303)
  assert.equal((await list(good)).status, 422)
  assert.equal((await legal.post('/staff/agents', { agentId: 'X', name: 'X', verifyKey: 'AAAA' })).status, 422)
  const message = good.message()
  assert.equal((await call('POST', '/agent/AGENT_1', { body: message })).status, 200)
  const refused: [string, string][] = [
    ['AGENT_1', message],
    ['AGENT_1', stranger.message()],
    ['AGENT_1', other.message()],
    ['AGENT_1', good.message({ 'business-id': 'OTHER' })],
    ['AGENT_1', good.message({ 'expires-at': '2020-01-01T00:00:00+00:00' })],
    ['NOBODY', good.message()],
    ['AGENT_1', 'nonsense'],
  ]
  for (const [agent, body] of refused)
    assert.deepEqual(await call('POST', `/agent/${agent}`, { body }), { status: 403, json: { text: '' } })
  const [token, others] = [await setUp(good), await setUp(other)]
  assert.deepEqual(await call('GET', '/agent/AGENT_1', { token }), { status: 200, json: {} })
  for (const wrong of [others, 'x'.repeat(43), '']) assert.equal((await call('GET', '/agent/AGENT_1', { token: wrong })).status, 403)
})

test('what it asks becomes a request: the person is asked to confirm, and nothing is erased before', async () => {
  const [token, others] = [await setUp(good), await setUp(other)]
  const body = good.message({
    exercise: 'deletion',
    regime: 'ccpa',
    email: 'ada@example.org',
    email_verified: true,
    'agent-request-id': 'r-1',
  })
  const { status, json } = await call('POST', '/data-rights-request/', { token, body })
  assert.equal(status, 200, JSON.stringify(json))
  assert.equal(json['status'], 'in_progress')
  assert.equal(json['reason'], 'need_user_verification')
  assert.equal(json['agent_request_id'], 'r-1')
  assert.match(json['received_at'] ?? '', /\+00:00$/)
  await house.settle()
  assert.equal((await house.query("select from people where email = 'ada@example.org'")).length, 1)
  assert.deepEqual((await call('POST', '/data-rights-request', { token, body })).status, 403, 'the same message twice')
  const again = good.message({ exercise: 'deletion', email: 'ada@example.org', 'agent-request-id': 'r-1' })
  assert.equal((await call('POST', '/data-rights-request', { token, body: again })).json['request_id'], json['request_id'])
  assert.equal(await theirRequests('ada@example.org'), 1)
  const path = `/data-rights-request/${json['request_id']}`
  assert.equal((await call('GET', path, { token: others })).status, 403)
  assert.equal((await call('DELETE', path, { token: others })).status, 403)
  assert.equal((await call('GET', path, { token })).json['status'], 'in_progress')
  assert.match(await legal.read(`/staff/requests/${json['request_id']}`), /mandate\.txt[\s\S]*Accept the mandate/)
  const [letter] = await house.inbox('ada@example.org')
  assert.equal((await house.browser().post(linkIn(letter), { sure: 'yes' })).status, 303)
  await house.settle()
  assert.equal((await house.query("select from people where email = 'ada@example.org'")).length, 0)
  assert.equal((await house.query("select from people where email = 'bob@example.org'")).length, 1)
  assert.equal((await call('GET', path, { token })).json['status'], 'fulfilled')
})

test('known and unknown addresses get the same answer, and an agent can take back what it asked', async () => {
  await fresh()
  const token = await setUp(good)
  const answers = []
  for (const email of ['bob@example.org', 'nobody@example.org']) {
    const { json } = await call('POST', '/data-rights-request', { token, body: good.message({ exercise: 'access', email }) })
    const { request_id: id = '', received_at: _at, expires_at: _until, ...same } = json
    answers.push(same)
    assert.equal(
      (await call('DELETE', `/data-rights-request/${id}`, { token, body: good.message({ reason: 'no longer' }) })).json['status'],
      'revoked',
    )
  }
  assert.deepEqual(answers[0], answers[1])
})

test('what is not understood, or leads into a private network, is refused in the protocol’s words', async () => {
  await fresh()
  const token = await setUp(good)
  const wrong = [
    { exercise: 'sale:opt-in', email: 'bob@example.org' },
    { exercise: 'access' },
    { exercise: 'access', email: 'nonsense' },
    { exercise: 'access', email: 'bob@example.org', status_callback: 'https://10.0.0.1/x' },
    { exercise: 'access', email: 'bob@example.org', status_callback: 'ftp://example.org/x' },
  ]
  const before = await theirRequests('bob@example.org')
  for (const more of wrong) {
    const { status, json } = await call('POST', '/data-rights-request', { token, body: good.message(more) })
    assert.deepEqual([status, json['code']], [400, '400'], JSON.stringify(more))
  }
  assert.equal((await call('POST', '/data-rights-request', { body: good.message(wrong[0]) })).status, 403)
  assert.equal(
    (await call('POST', '/data-rights-request', { token, body: other.message({ exercise: 'access', email: 'bob@example.org' }) })).status,
    403,
  )
  assert.equal(await theirRequests('bob@example.org'), before)
  const optOut = await call('POST', '/data-rights-request', {
    token,
    body: good.message({ exercise: 'sale:opt_out', email: 'bob@example.org' }),
  })
  assert.equal(optOut.status, 200)
})

test('an agent that left an address is told when the state changes, and again until it takes it', async () => {
  await fresh()
  const endpoint = await listen()
  const token = await setUp(good)
  const body = good.message({ exercise: 'access', email: 'mallory@example.net', status_callback: endpoint.url })
  const { json } = await call('POST', '/data-rights-request', { token, body })
  await tellAgents(house.house)
  assert.equal(endpoint.heard.length, 0)
  endpoint.answer = 500
  const link = linkIn((await house.inbox('mallory@example.net'))[0])
  await mallory.post(link)
  await tellAgents(house.house)
  endpoint.answer = 200
  await tellAgents(house.house)
  await tellAgents(house.house)
  assert.equal(endpoint.heard.length, 2)
  assert.equal(JSON.parse(endpoint.heard.at(-1)?.text ?? '{}').request_id, json['request_id'])
  assert.doesNotMatch(endpoint.heard.map((one) => one.text).join(), /mallory/)
})

test('an agent that is listed no more opens nothing', async () => {
  await fresh()
  const token = await setUp(other)
  const id = /\/staff\/agents\/([\w-]+)\/end/.exec((await legal.read('/staff/agents')).split('<code>AGENT_2</code>')[1] ?? '')?.[1]
  assert.equal((await legal.post(`/staff/agents/${id}/end`)).headers.get('location'), '/staff/agents?done=ended')
  assert.equal((await call('GET', '/agent/AGENT_2', { token })).status, 403)
  assert.equal((await call('POST', '/agent/AGENT_2', { body: other.message() })).status, 403)
})

test('the list of agents is for those who answer, and without a number of ours there are no doors', async () => {
  assert.equal((await marketing.get('/staff/agents')).status, 404)
  assert.equal((await ada.get('/staff/agents')).status, 303)
  assert.match(await legal.read('/staff/agents'), /BIZ[\s\S]*The agent AGENT_1/)
  const entry = JSON.parse(await machine.read('/drp/entry.json'))
  assert.deepEqual([entry.id, entry.api_base], ['BIZ', `${house.house.config.origin}/drp`])
  const closed = await openTestHouse()
  assert.equal((await closed.browser().get('/drp/entry.json')).status, 404)
})
