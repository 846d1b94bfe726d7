/** The doors of the Data Rights Protocol 1.0, in which we are the privacy infrastructure provider; and the console's list of agents. */
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { now } from '../clock.ts'
import { asId, log, word } from '../log.ts'
import { faultIn } from '../egress/post.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { clientNetwork } from '../web/client.ts'
import { type Form, line, outcomeTold, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere, Refusal } from '../web/refusal.ts'
import { limit, limitLetters } from '../web/throttle.ts'
import { type Agent, agentNamed, agentWith, allAgents, end, list, pair, takeOnce } from './agent.ts'
import { ask, revoke, statusFor } from './asking.ts'
import { asked, exerciseNames, type Status } from './exercise.ts'
import { type Fault, type Payload, readMessage, verifyKeyIn } from './message.ts'
import { AgentsPage } from './pages.tsx'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const REQUESTS = '/drp/v1/data-rights-request'

export const agentRoutes = new Hono<Web>()
  .get('/drp/entry.json', (c) => c.json(entryOf(c)))
  .post('/drp/v1/agent/:agent', setUp)
  .get('/drp/v1/agent/:agent', showAgent)
  .post(REQUESTS, (c) => spoken(c, exercise))
  .post(`${REQUESTS}/`, (c) => spoken(c, exercise))
  .get(`${REQUESTS}/:id`, (c) => spoken(c, showStatus))
  .delete(`${REQUESTS}/:id`, (c) => spoken(c, takeBack))
  .get('/staff/agents', signedIn, whoMay('agents'), (c) => showAgents(c))
  .post('/staff/agents', signedIn, whoMay('agents'), freshly, listByForm)
  .post('/staff/agents/:id/end', signedIn, whoMay('agents'), freshly, endByForm)

const baseOf = (c: Ctx): string => `${c.get('house').config.origin}/drp`

/** Which number the directory gave us. Without one, there is nothing here. */
function businessHere(c: Ctx): string {
  const { businessId } = c.get('house').config
  if (!businessId) throw nothingHere('no business id')
  return businessId
}

function entryOf(c: Ctx): object {
  const { config, content } = c.get('house')
  const contact = config.privacyAddress
  return {
    id: businessHere(c),
    name: content.company.name,
    logo: `${config.origin}/favicon.svg`,
    api_base: baseOf(c),
    supported_actions: exerciseNames,
    supported_verifications: ['email'],
    web_url: config.origin,
    privacy_policy_url: `${config.origin}/privacy`,
    technical_contact: contact,
    business_contact: contact,
  }
}

/** Reads what an agent signed, and takes it once. */
async function heard(c: Ctx, agent: Agent, body: string): Promise<{ payload: Payload } | { fault: Fault | 'came already' }> {
  const [key, businessId] = [verifyKeyIn(agent.verifyKey), businessHere(c)]
  if (!key) return { fault: 'wrong signature' }
  const read = readMessage(body, { key, agentId: agent.agentId, businessId, at: now() })
  if (!read.ok) return read
  const isNew = await c.get('house').db.as('rights', (tx) => takeOnce(tx, read))
  return isNew ? { payload: read.payload } : { fault: 'came already' }
}

// Whoever fails here learns nothing at all: the protocol wants an empty answer.
async function setUp(c: Ctx): Promise<Response> {
  businessHere(c)
  const { db } = c.get('house')
  await limit(db, 'wrong key by network', clientNetwork(c))
  const agent = await db.as('rights', (tx) => agentNamed(tx, c.req.param('agent') ?? ''))
  const message = agent ? await heard(c, agent, await c.req.text()) : ({ fault: 'wrong agent' } as const)
  if (!agent || 'fault' in message) {
    log('agents.refused', { why: word('fault' in message ? message.fault : 'unknown') }, 'warn')
    return c.body(null, 403)
  }
  const token = await db.as('rights', (tx) => pair(tx, agent.id))
  return c.json({ 'agent-id': agent.agentId, token }, 200, { 'cache-control': 'no-store' })
}

async function agentHere(c: Ctx): Promise<Agent | undefined> {
  businessHere(c)
  const token = /^Bearer ([\w-]{20,200})$/.exec(c.req.header('authorization') ?? '')?.[1]
  const { db } = c.get('house')
  const agent = token && (await db.as('rights', (tx) => agentWith(tx, token)))
  if (!agent) await limit(db, 'wrong key by network', clientNetwork(c))
  return agent || undefined
}

async function showAgent(c: Ctx): Promise<Response> {
  const agent = await agentHere(c)
  return agent && agent.agentId === c.req.param('agent') ? c.json({}) : c.body(null, 403)
}

const failed = (c: Ctx, code: ContentfulStatusCode, message: string): Response =>
  c.json({ code: String(code), message, ...(code < 500 && code !== 429 ? { fatal: true } : {}) }, code)

/** Speaks with an agent that showed its token; whatever is refused is refused in the protocol's words. */
async function spoken(c: Ctx, handle: (c: Ctx, agent: Agent) => Promise<Response>): Promise<Response> {
  const agent = await agentHere(c)
  if (!agent) return failed(c, 403, 'The token is not one of ours. Please set up anew.')
  try {
    return await handle(c, agent)
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    return failed(c, refusal.status, refusal.words)
  }
}

const faultWords: Readonly<Record<Fault | 'came already', string>> = {
  'not a message': 'That is no signed message.',
  'wrong signature': 'The signature is not the agent’s.',
  'wrong agent': 'The message is another agent’s.',
  'wrong business': 'The message is for another business.',
  'not yet': 'The message is not good yet.',
  expired: 'The message is good no more.',
  'good for too long': 'The message is good for longer than an hour.',
  'came already': 'The message came already.',
}

async function exercise(c: Ctx, agent: Agent): Promise<Response> {
  const house = c.get('house')
  const body = await c.req.text()
  const message = await heard(c, agent, body)
  if ('fault' in message) return failed(c, 403, faultWords[message.fault])
  const wanted = asked.safeParse(message.payload)
  if (!wanted.success) return failed(c, 400, `Not understood: ${wanted.error.issues.map(({ path }) => path.join('.')).join(', ')}.`)
  const { status_callback: callback, email } = wanted.data
  const fault = callback && faultIn(house.config, callback)
  if (fault) return failed(c, 400, `status_callback: ${fault}`)
  await limitLetters(c, 'request', email)
  const status = await house.db.as('rights', (tx) => ask(tx, house, { agent, wanted: wanted.data, signed: body }))
  return told(c, status)
}

function told(c: Ctx, status: Status | undefined): Response {
  return status ? c.json(status, 200, { 'cache-control': 'no-store' }) : failed(c, 403, 'That is no request of yours.')
}

async function showStatus(c: Ctx, agent: Agent): Promise<Response> {
  const [house, id] = [c.get('house'), asId(c.req.param('id'))]
  return told(c, id && (await house.db.as('rights', (tx) => statusFor(tx, house, agent, id))))
}

// What is revoked is bound to the agent that asked: the signed reason does not say which request it is about.
async function takeBack(c: Ctx, agent: Agent): Promise<Response> {
  const [house, id] = [c.get('house'), asId(c.req.param('id'))]
  return told(c, id && (await house.db.as('rights', (tx) => revoke(tx, house, agent, id))))
}

// ---- The console -------------------------------------------------------------------------------

const outcomes = {
  listed: 'It is listed, and can set up.',
  ended: 'It is listed no more.',
  unchanged: 'Nothing was done.',
} as const

async function showAgents(c: Ctx, form?: Failed): Promise<Response> {
  const { db, config } = c.get('house')
  const agents = await db.as('rights', allAgents)
  const page = <AgentsPage {...{ agents, businessId: config.businessId, base: baseOf(c), told: outcomeTold(c, outcomes) }} {...form} />
  return showPage(c, { title: 'Agents', area: 'staff' }, page, form ? 422 : 200)
}

const agentForm = z.object({
  agentId: z
    .string()
    .trim()
    .regex(/^[\w.-]{1,200}$/, 'That is a word of letters, digits, dots and dashes.'),
  name: line(200, 'Please say what it is called.'),
  verifyKey: z
    .string()
    .trim()
    .refine((text) => verifyKeyIn(text) !== undefined, 'That is no key of Ed25519: 32 bytes in base64, as the directory has it.'),
})

async function listByForm(c: Ctx): Promise<Response> {
  const form = await readForm(c, agentForm)
  if (!form.ok) return showAgents(c, form)
  const by = c.get('signedIn').personId
  const outcome = await c.get('house').db.as('rights', (tx) => list(tx, { ...form.data, by }))
  if (outcome === 'taken') return showAgents(c, refuseField(form.data, 'agentId', 'An agent of this number was listed already.'))
  return c.redirect('/staff/agents?done=listed', 303)
}

async function endByForm(c: Ctx): Promise<Response> {
  const id = asId(c.req.param('id'))
  const ended = id && (await c.get('house').db.as('rights', (tx) => end(tx, id, c.get('signedIn').personId)))
  return c.redirect(`/staff/agents?done=${ended ? 'ended' : 'unchanged'}`, 303)
}
