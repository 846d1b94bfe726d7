/**
 * Sending what is due. A delivery is claimed by moving its time ahead, so that nobody else sends it
 * meanwhile and a crash only delays it: at least once, and the id tells a repeated one.
 */
import { eq, sql } from 'drizzle-orm'
import { DAY, fromNow, HOUR, MINUTE, now, SECOND } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, word } from '../log.ts'
import { post } from '../mail/letter.ts'
import { enter } from '../egress/ledger.ts'
import { type Outcome, post as send } from '../egress/post.ts'
import { webhooks } from '../processors/webhooks.ts'
import { team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { endpointOffLetter } from './emails.ts'
import { secretsOf, switchOff } from './endpoint.ts'
import { obliged } from './events.ts'
import { signedHeaders } from './signature.ts'
import { programDeliveries, programEndpoints } from './tables.ts'

/** The waits between tries, as Standard Webhooks advises: about three days until a delivery is given up. */
export const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR] as const

/** An endpoint that took nothing for so long, and now lets a delivery be given up, is switched off. */
const PATIENCE = 3 * DAY
const LEASE = 2 * MINUTE
const AT_ONCE = 20
// Who is slow or gone holds up nobody else.
const OF_ONE = 5

interface Claimed extends Record<string, unknown> {
  readonly id: Id
  readonly tries: number
  readonly event_id: Id
  readonly type: string
  readonly data: unknown
  readonly happened_at: string
  readonly person_id: Id | null
  readonly endpoint_id: Id
  readonly url: string
}

/** Sends all that is due, for at most a minute: then the next minute goes on with it. */
export async function deliverDue(house: House): Promise<void> {
  const until = performance.now() + MINUTE
  while (performance.now() < until) {
    const claimed = await house.db.as('operations', claim)
    if (claimed.length === 0) return
    await Promise.all(claimed.map((one) => deliver(house, one)))
  }
}

async function claim(tx: For<'operations'>): Promise<Claimed[]> {
  const at = now().toISOString()
  const { rows } = await tx.execute<Claimed>(sql`
    with due as (
      select d.id, row_number() over (partition by d.endpoint_id order by d.due_at) as place, e.failing_since
        from program_deliveries d join program_endpoints e on e.id = d.endpoint_id
       where d.due_at <= ${at} and e.off_at is null
       order by d.due_at limit 1000),
    chosen as (select id from due where place <= case when failing_since is null then ${OF_ONE}::int else 1 end limit ${AT_ONCE}),
    claimed as (
      update program_deliveries d set due_at = ${fromNow(LEASE).toISOString()}, tries = d.tries + 1
       where d.id in (select id from chosen) and d.due_at <= ${at}
      returning d.id, d.tries, d.event_id, d.endpoint_id)
    select c.id, c.tries, c.event_id, v.type, v.data, v.happened_at::text, v.person_id, c.endpoint_id, e.url
      from claimed c join program_events v on v.id = c.event_id join program_endpoints e on e.id = c.endpoint_id`)
  return rows
}

async function deliver(house: House, one: Claimed): Promise<void> {
  const secrets = await house.db.as('security', (tx) => secretsOf(tx, one.endpoint_id))
  const body = JSON.stringify({ type: one.type, timestamp: new Date(one.happened_at).toISOString(), data: one.data })
  const headers = signedHeaders(secrets, { id: one.event_id, at: now(), body })
  const fields = ['type', 'timestamp', 'states', 'numbers']
  await house.db.as('operations', (tx) => enter(tx, { plate: webhooks, fields, personId: one.person_id, id: one.id }))
  const outcome = await send(house.config, webhooks, { url: one.url, headers, body })
  const result = resultOf(outcome, one.tries)
  await house.db.as('operations', (tx) => note(tx, one, outcome, result))
  log('programs.told', { delivery: one.id, endpoint: one.endpoint_id, result: word(result), tries: one.tries })
  if (result === 'gone' || result === 'given up') await perhapsSwitchOff(house, one, result)
}

type Result = 'taken' | 'later' | 'given up' | 'gone'

function resultOf(outcome: Outcome, tries: number): Result {
  if ('status' in outcome && outcome.status >= 200 && outcome.status < 300) return 'taken'
  // The program says that nothing is wanted here any more.
  if ('status' in outcome && outcome.status === 410) return 'gone'
  return tries > waits.length ? 'given up' : 'later'
}

async function note(
  tx: For<'operations'>,
  { id, tries, type, event_id, endpoint_id }: Claimed,
  outcome: Outcome,
  result: Result,
): Promise<void> {
  const told = 'status' in outcome ? String(outcome.status) : outcome.failed
  const over = { taken: { deliveredAt: now() }, later: {}, 'given up': { givenUpAt: now() }, gone: { givenUpAt: now() } }[result]
  const dueAt = result === 'later' ? fromNow(jittered(waits[tries - 1] ?? 0)) : null
  await tx
    .update(programDeliveries)
    .set({ outcome: told, dueAt, ...over })
    .where(eq(programDeliveries.id, id))
  if (result === 'taken' && obliged.some((one) => one === type)) await enqueue(tx, 'rights.heard', { messageId: event_id })
  const failingSince = result === 'taken' ? null : sql`coalesce(${programEndpoints.failingSince}, ${now().toISOString()})`
  await tx.update(programEndpoints).set({ failingSince }).where(eq(programEndpoints.id, endpoint_id))
}

// Up to a tenth more, so that what failed together does not come again together.
const jittered = (wait: number): number => wait * (1 + Math.random() / 10)

async function perhapsSwitchOff(house: House, { endpoint_id: id, url }: Claimed, result: 'gone' | 'given up'): Promise<void> {
  await house.db.as('security', async (tx) => {
    const [endpoint] = await tx.select({ since: programEndpoints.failingSince }).from(programEndpoints).where(eq(programEndpoints.id, id))
    const long = endpoint?.since && endpoint.since <= fromNow(-PATIENCE)
    if (result !== 'gone' && !long) return
    if (!(await switchOff(tx, id, result === 'gone' ? 'gone' : 'failing'))) return
    const owners = (await team(tx)).filter(({ role }) => role === 'owner')
    for (const owner of owners) await post(tx, endpointOffLetter(house, owner, { id, url, gone: result === 'gone' }))
  })
}
