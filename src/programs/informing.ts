/**
 * Telling every program of the company what became of somebody's data, whatever it asked to be told; and
 * whether it took that. A program that is switched off is told as soon as it is on again.
 */
import { and, asc, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { type EventData, events, type Obliged } from './events.ts'
import { programDeliveries, programEndpoints, programEvents } from './tables.ts'

/** A program that is told things. */
export interface Listener {
  readonly id: Id
  readonly host: string
}

/** Every program that is told things, on or off. */
export async function listeners(tx: For<'rights'>): Promise<Listener[]> {
  const { id, url, addedAt } = programEndpoints
  const rows = await tx.select({ id, url }).from(programEndpoints).orderBy(asc(addedAt))
  return rows.map((row) => ({ id: row.id, host: URL.canParse(row.url) ? new URL(row.url).host : row.url }))
}

/** Tells these programs, and no other; `about` is the person, as long as they are here. Returns the message's number. */
export async function inform<T extends Obliged>(
  tx: For<'rights'>,
  type: T,
  { data, about, to }: { data: EventData<T>; about?: Id | undefined; to: readonly Id[] },
): Promise<Id> {
  const id = newId()
  const personId = about ?? null
  if (to.length === 0) return id
  await tx.insert(programEvents).values({ id, type, data: events[type].data.parse(data), personId, happenedAt: now() })
  await tx
    .insert(programDeliveries)
    .values(to.map((endpointId) => ({ id: newId(), eventId: id, endpointId, personId, madeAt: now(), dueAt: now() })))
  await enqueue(tx, 'programs.deliver', {})
  return id
}

/** How a message stands: taken at a moment; `lost`, so that another one is needed; `removed` with its program; or still on its way. */
export async function standingOf(
  tx: For<'rights'>,
  { eventId, endpointId }: { eventId: Id; endpointId: Id },
): Promise<Date | 'lost' | 'removed' | 'waiting'> {
  const { deliveredAt, givenUpAt } = programDeliveries
  const [endpoint] = await tx.select({ id: programEndpoints.id }).from(programEndpoints).where(eq(programEndpoints.id, endpointId))
  if (!endpoint) return 'removed'
  const [found] = await tx
    .select({ deliveredAt, givenUpAt })
    .from(programDeliveries)
    .where(and(eq(programDeliveries.eventId, eventId), eq(programDeliveries.endpointId, endpointId)))
  if (!found || (found.givenUpAt && !found.deliveredAt)) return 'lost'
  return found.deliveredAt ?? 'waiting'
}
