/** An endpoint: where a program is told what happened, what it wants to be told, and the secret between us. */
import { and, desc, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { type EventType, eventsAmong } from './events.ts'
import { freshSecret } from './signature.ts'
import { programDeliveries, programEndpoints, programEvents, programSecrets } from './tables.ts'

/** How long the old secret counts beside the new one. */
const OVERLAP = DAY

const SEALED_FOR = 'webhooks'

export interface Endpoint {
  readonly id: Id
  readonly url: string
  readonly types: readonly EventType[]
  readonly addedAt: Date
  readonly failingSince: Date | null
  readonly offAt: Date | null
  readonly offWhy: 'staff' | 'failing' | 'gone' | null
}

const { id, url, types, addedAt, failingSince, offAt, offWhy } = programEndpoints
const shown = { id, url, types, addedAt, failingSince, offAt, offWhy }
const known = (row: Omit<Endpoint, 'types'> & { types: string[] }): Endpoint => ({ ...row, types: eventsAmong(row.types) })

/** Every endpoint, oldest first. */
export const listEndpoints = async (tx: For<'security'>): Promise<Endpoint[]> =>
  (await tx.select(shown).from(programEndpoints).orderBy(addedAt)).map(known)

/** The endpoint with this id, if there is one. */
export async function endpointOf(tx: For<'security'>, which: Id): Promise<Endpoint | undefined> {
  const [found] = await tx.select(shown).from(programEndpoints).where(eq(id, which))
  return found && known(found)
}

interface NewEndpoint {
  readonly url: string
  readonly types: readonly EventType[]
  readonly addedBy: Id
}

/** Adds an endpoint and returns it with its secret: this once, and never again. */
export async function addEndpoint(tx: For<'security'>, { url, types, addedBy }: NewEndpoint): Promise<{ id: Id; secret: string }> {
  const fresh = newId()
  await tx.insert(programEndpoints).values({ id: fresh, url, types: [...types], addedBy, addedAt: now() })
  log('programs.endpoint-added', { endpoint: fresh, staff: addedBy })
  return { id: fresh, secret: await giveSecret(tx, fresh) }
}

/** Changes what an endpoint is told. */
export async function choose(tx: For<'security'>, which: Id, types: readonly EventType[]): Promise<boolean> {
  return (
    ((
      await tx
        .update(programEndpoints)
        .set({ types: [...types] })
        .where(eq(id, which))
    ).rowCount ?? 0) > 0
  )
}

async function giveSecret(tx: For<'security'>, endpointId: Id): Promise<string> {
  const secret = freshSecret()
  const sealedSecret = seal(tx.db.keyring.own(SEALED_FOR), secret)
  await tx.insert(programSecrets).values({ endpointId, sealedSecret, madeAt: now() })
  return secret
}

/** Gives an endpoint a new secret; the old one counts for a day more, so that no message is lost meanwhile. */
export async function renewSecret(tx: For<'security'>, endpointId: Id): Promise<string> {
  await tx
    .update(programSecrets)
    .set({ endsAt: fromNow(OVERLAP) })
    .where(and(eq(programSecrets.endpointId, endpointId), isNull(programSecrets.endsAt)))
  log('programs.secret-renewed', { endpoint: endpointId })
  return giveSecret(tx, endpointId)
}

/** The secrets that count now, the newest first. */
export async function secretsOf(tx: For<'security'>, endpointId: Id): Promise<string[]> {
  const { sealedSecret, endsAt, madeAt } = programSecrets
  const rows = await tx
    .select({ sealedSecret })
    .from(programSecrets)
    .where(and(eq(programSecrets.endpointId, endpointId), or(isNull(endsAt), gt(endsAt, now()))))
    .orderBy(desc(madeAt))
  const key = tx.db.keyring.own(SEALED_FOR)
  return rows.map((row) => unseal(key, row.sealedSecret).toString())
}

/** Switches an endpoint off: it is told nothing more. True when it was on. */
export async function switchOff(tx: For<'security'>, which: Id, why: NonNullable<Endpoint['offWhy']>, by?: Id): Promise<boolean> {
  const off = await tx
    .update(programEndpoints)
    .set({ offAt: now(), offWhy: why, offBy: by ?? null })
    .where(and(eq(id, which), isNull(offAt)))
    .returning({ id })
  if (off.length > 0) log('programs.endpoint-off', { endpoint: which })
  return off.length > 0
}

/** Switches it on again: what still waits is told at once, what happened meanwhile is not. */
export async function switchOn(tx: For<'security'>, which: Id): Promise<void> {
  await tx
    .update(programEndpoints)
    .set({ offAt: null, offWhy: null, offBy: null, failingSince: null })
    .where(and(eq(id, which), isNotNull(offAt)))
  await enqueue(tx, 'programs.deliver', {})
}

/** Removes an endpoint, with its secrets and deliveries. */
export async function removeEndpoint(tx: For<'security'>, which: Id): Promise<boolean> {
  return ((await tx.delete(programEndpoints).where(eq(id, which))).rowCount ?? 0) > 0
}

/** A delivery as the console lists it. */
export interface ListedDelivery {
  readonly id: Id
  readonly eventId: Id
  readonly type: string
  readonly happenedAt: Date
  readonly tries: number
  readonly outcome: string | null
  readonly dueAt: Date | null
  readonly deliveredAt: Date | null
  readonly givenUpAt: Date | null
}

/** The newest deliveries to an endpoint. */
export async function deliveriesTo(tx: For<'security'>, endpointId: Id, most = 100): Promise<ListedDelivery[]> {
  const { id, eventId, tries, outcome, dueAt, deliveredAt, givenUpAt } = programDeliveries
  const { type, happenedAt } = programEvents
  return tx
    .select({ id, eventId, type, happenedAt, tries, outcome, dueAt, deliveredAt, givenUpAt })
    .from(programDeliveries)
    .innerJoin(programEvents, eq(programEvents.id, eventId))
    .where(eq(programDeliveries.endpointId, endpointId))
    .orderBy(desc(programDeliveries.madeAt), desc(id))
    .limit(most)
}

/** How many deliveries wait for each endpoint. */
export async function waitingFor(tx: For<'security'>): Promise<ReadonlyMap<Id, number>> {
  const { endpointId, dueAt } = programDeliveries
  const rows = await tx
    .select({ endpointId, waiting: sql<number>`count(*)::int` })
    .from(programDeliveries)
    .where(isNotNull(dueAt))
    .groupBy(endpointId)
  return new Map(rows.map(({ endpointId, waiting }) => [endpointId, waiting]))
}

/** Tells one thing again, from the first try on. */
export async function resend(tx: For<'security'>, endpointId: Id, deliveryId: Id): Promise<boolean> {
  const again = await tx
    .update(programDeliveries)
    .set({ dueAt: now(), tries: 0, outcome: null, deliveredAt: null, givenUpAt: null })
    .where(and(eq(programDeliveries.id, deliveryId), eq(programDeliveries.endpointId, endpointId)))
    .returning({ id: programDeliveries.id })
  if (again.length > 0) await enqueue(tx, 'programs.deliver', {})
  return again.length > 0
}
