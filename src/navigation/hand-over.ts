/**
 * Handing over what waits. A row is claimed by moving its time ahead, so that nobody else sends it meanwhile;
 * whether its consent still stands is asked once more before each request. At least once: only PostHog can
 * tell a repetition.
 */
import { HOUR, MINUTE, now } from '../clock.ts'
import type { AnalyticsDestination } from '../config-analytics.ts'
import { enter } from '../egress/ledger.ts'
import type { Outcome } from '../egress/post.ts'
import { log, word } from '../log.ts'
import { type OutgoingAction, tell } from '../processors/analytics.ts'
import { analyticsServices, destinationOf } from '../processors/analytics-services.ts'
import type { House } from '../web/house.ts'
import { opened } from './outgoing.ts'

/** The waits between tries; the last one again and again, until the row's time is over. */
const waits = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR] as const
const LEASE = 2 * MINUTE
const AT_ONCE = 100
/** Requests under way at a time. */
const ABREAST = 5

interface Claimed extends Record<string, unknown> {
  readonly id: string
  readonly service: string
  readonly sealed: Buffer
  readonly tries: number
}

/** Hands over all that is due, for at most a minute: then the next minute goes on with it. */
export async function handOver(house: House): Promise<void> {
  const until = performance.now() + MINUTE
  while (performance.now() < until) {
    const claimed = await claim(house)
    if (claimed.length === 0) return
    for (const [service, rows] of Map.groupBy(claimed, (row) => row.service)) await handOverTo(house, service, rows)
  }
}

// A service that failed is left in peace until what failed is due again: the rest waits with it.
const CLAIM = `
  with due as (
    select id from outgoing_actions
     where due_at <= $1 and until_at > $1
       and service not in (select service from outgoing_actions where tries > 0 and due_at > $1)
     order by due_at limit ${AT_ONCE} for update skip locked)
  update outgoing_actions o set due_at = $2, tries = o.tries + 1 from due where o.id = due.id
  returning o.id, o.service, o.sealed, o.tries`

function claim({ db }: House): Promise<Claimed[]> {
  const at = now()
  return db.write<Claimed>('improvement', { name: 'claim-outgoing', text: CLAIM, values: [at, new Date(at.getTime() + LEASE)] })
}

async function handOverTo(house: House, service: string, rows: readonly Claimed[]): Promise<void> {
  const destination = destinationOf(house.config, service)
  // It was turned off: what was meant for it goes nowhere.
  if (!destination) return remove(house, rows)
  const { together } = analyticsServices[destination.service]
  const requests = Array.from({ length: Math.ceil(rows.length / together) }, (_, at) => rows.slice(at * together, (at + 1) * together))
  for (let at = 0; at < requests.length; at += ABREAST)
    await Promise.all(requests.slice(at, at + ABREAST).map((some) => handOverTogether(house, destination, some)))
}

async function handOverTogether(house: House, destination: AnalyticsDestination, rows: readonly Claimed[]): Promise<void> {
  const standing = await stillAgreed(house, rows)
  if (standing.length === 0) return
  const actions = standing.map(({ sealed }): OutgoingAction => opened(house.db, sealed))
  const { plate, message } = analyticsServices[destination.service]
  // Nobody is named: these actions are nobody's whom we could find.
  await house.db.as('improvement', (tx) => enter(tx, { plate, fields: Object.keys(plate.receives) }))
  const outcome = await tell(house.config, plate, message(destination, actions))
  const result = resultOf(outcome)
  const told = 'status' in outcome ? outcome.status : word(outcome.failed)
  log('navigation.handed-over', { service: word(destination.service), result: word(result), outcome: told, actions: actions.length })
  await (result === 'later' ? putOff(house, standing) : remove(house, standing))
}

// Rows of a consent that ended are gone, and those of somebody whose data is only stored are not seen.
async function stillAgreed({ db }: House, rows: readonly Claimed[]): Promise<Claimed[]> {
  const text = 'select id from outgoing_actions where id = any ($1)'
  const found = await db.read<{ id: string }>('personalisation', { name: 'still-agreed', text, values: [rows.map(({ id }) => id)] })
  const ids = new Set(found.map(({ id }) => id))
  return rows.filter(({ id }) => ids.has(id))
}

function resultOf(outcome: Outcome): 'taken' | 'refused' | 'later' {
  if (!('status' in outcome)) return 'later'
  const { status } = outcome
  if (status >= 200 && status < 300) return 'taken'
  // What it does not understand it will not understand tomorrow; a wrong key can be mended.
  return status === 400 || status === 413 || status === 422 ? 'refused' : 'later'
}

async function remove({ db }: House, rows: readonly Claimed[]): Promise<void> {
  const text = 'delete from outgoing_actions where id = any ($1)'
  await db.write('improvement', { name: 'remove-outgoing', text, values: [rows.map(({ id }) => id)] })
}

async function putOff({ db }: House, rows: readonly Claimed[]): Promise<void> {
  const tries = Math.max(...rows.map((row) => row.tries))
  const wait = waits[Math.min(tries, waits.length) - 1] ?? HOUR
  const dueAt = new Date(now().getTime() + wait * (1 + Math.random() / 10))
  const text = 'update outgoing_actions set due_at = $2 where id = any ($1)'
  await db.write('improvement', { name: 'put-off-outgoing', text, values: [rows.map(({ id }) => id), dueAt] })
}
