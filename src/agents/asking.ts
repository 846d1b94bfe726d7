/** Taking what an agent asks: a request like every other, of which the agent hears how it stands. */
import { and, eq, isNotNull, lt, or, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import { enter } from '../egress/ledger.ts'
import { post as send } from '../egress/post.ts'
import { agents as plate } from '../processors/agents.ts'
import { file, requestOf, withdraw } from '../requests/request.ts'
import { stepsOf } from '../requests/steps.ts'
import type { House } from '../web/house.ts'
import type { Agent } from './agent.ts'
import { type asked, exercises, isFinal, type Status, statusOf } from './exercise.ts'
import { agentRequests } from './tables.ts'
import type { z } from 'zod'

type Tx = For<'rights'>
/** How often an agent is told of one state before it has to ask. */
const MOST_TRIES = 20

const asId = (status: Status): string => `${status.status} ${status.reason ?? ''} ${status.processing_details ?? ''}`

/**
 * Files the request. The signed message is kept with it, sealed, as the mandate; who it is for has to confirm
 * it all the same, or our staff accept the mandate. The same number of the agent's is the same request.
 */
export async function ask(
  tx: Tx,
  house: House,
  { agent, wanted, signed }: { agent: Agent; wanted: z.infer<typeof asked>; signed: string },
): Promise<Status> {
  const known = wanted['agent-request-id'] && (await byAgentsNumber(tx, house, agent, wanted['agent-request-id']))
  if (known) return known
  const { exercise, email, regime } = wanted
  const request = await file(tx, house, {
    ...{ kind: exercises[exercise], channel: 'agent', email },
    words: `For this person asks the agent ${agent.name}, by the Data Rights Protocol: ${exercise}`,
    papers: [{ what: 'mandate', name: 'mandate.txt', type: 'text/plain', bytes: Buffer.from(signed) }],
    ...(regime === 'ccpa' ? { regime: 'ccpa' } : {}),
  })
  const agentRequestId = wanted['agent-request-id'] ?? null
  const status = statusOf(request, [], { agentRequestId, origin: house.config.origin })
  await tx.insert(agentRequests).values({
    ...{ requestId: request.id, agentId: agent.id, personId: request.personId, agentRequestId, exercise },
    ...{ callback: wanted.status_callback ?? null, told: asId(status), askedAt: now(), toldAt: now() },
  })
  log('agents.asked', { request: request.id, agent: agent.id, exercise: word(exercise) })
  return (await statusFor(tx, house, agent, request.id)) ?? status
}

async function byAgentsNumber(tx: Tx, house: House, agent: Agent, agentRequestId: string): Promise<Status | undefined> {
  const theirs = and(eq(agentRequests.agentId, agent.id), eq(agentRequests.agentRequestId, agentRequestId))
  const [row] = await tx.select().from(agentRequests).where(theirs)
  return row && statusIn(tx, row, house.config.origin)
}

type Row = typeof agentRequests.$inferSelect

async function statusIn(tx: Tx, row: Row, origin: string): Promise<Status | undefined> {
  const request = await requestOf(tx, row.requestId)
  return request && statusOf(request, await stepsOf(tx, request.id), { agentRequestId: row.agentRequestId, origin })
}

/** How a request of this agent stands; undefined for what it did not make. */
export async function statusFor(tx: Tx, { config }: House, agent: Agent, requestId: Id): Promise<Status | undefined> {
  const mine = and(eq(agentRequests.agentId, agent.id), eq(agentRequests.requestId, requestId))
  const [row] = await tx.select().from(agentRequests).where(mine)
  return row && statusIn(tx, row, config.origin)
}

/** Takes a request of this agent back, as long as nothing has come of it. */
export async function revoke(tx: Tx, house: House, agent: Agent, requestId: Id): Promise<Status | undefined> {
  if (!(await statusFor(tx, house, agent, requestId))) return undefined
  await withdraw(tx, requestId)
  return statusFor(tx, house, agent, requestId)
}

/** Tells agents what has changed since they were last told. One that cannot be reached does not hold up the others. */
export async function tellAgents(house: House): Promise<void> {
  const waiting = await house.db.as('rights', (tx) =>
    tx
      .select()
      .from(agentRequests)
      .where(and(isNotNull(agentRequests.callback), lt(agentRequests.tries, MOST_TRIES), or(isOpen, sql`${agentRequests.toldAt} is null`)))
      .orderBy(agentRequests.askedAt)
      .limit(500),
  )
  for (const row of waiting) await tellOne(house, row)
}

const isOpen = sql`${agentRequests.told} like 'in_progress %'`

async function tellOne(house: House, row: Row): Promise<void> {
  const status = await house.db.as('rights', (tx) => statusIn(tx, row, house.config.origin))
  if (!status || !row.callback || asId(status) === row.told) return
  const fields = Object.keys(status)
  await house.db.as('rights', (tx) => enter(tx, { plate, fields, personId: row.personId ?? undefined, id: row.requestId }))
  const outcome = await send(house.config, plate, {
    url: row.callback,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(status),
  })
  const taken = 'status' in outcome && outcome.status === 200
  await house.db.as('rights', (tx) =>
    tx
      .update(agentRequests)
      .set(taken ? { told: asId(status), toldAt: now(), tries: 0 } : { tries: row.tries + 1 })
      .where(eq(agentRequests.requestId, row.requestId)),
  )
  log('agents.told', { request: row.requestId, taken, final: isFinal(status) })
}
