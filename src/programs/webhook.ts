/**
 * Telling the company's own programs what happened. It is noted in the transaction of the act, so that
 * what is rolled back is told to nobody; later it becomes one delivery for each program that wants it.
 */
import { and, arrayContains, eq, isNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Purpose } from '../database/purposes.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { type EventData, type EventType, events } from './events.ts'
import { programDeliveries, programEndpoints, programEvents } from './tables.ts'

/**
 * Tells an event to every program that wants it, once the transaction commits. `about` is the person
 * whom it is about, so that what was told is shown to them and goes with them.
 */
export async function tell<T extends EventType>(tx: For<Purpose>, type: T, data: EventData<T>, about?: Id): Promise<void> {
  const id = newId()
  // What is more than numbers and states stops the act that would have told it.
  const plain = events[type].data.parse(data)
  await tx.insert(programEvents).values({ id, type, data: plain, personId: about ?? null, happenedAt: now() })
  await enqueue(tx, 'programs.tell', { eventId: id })
}

/** Makes a delivery for each program that wants the event; what none wants is not kept. Repeating it does no harm. */
export async function spread(tx: For<'operations'>, eventId: Id): Promise<void> {
  const [event] = await tx
    .select({ type: programEvents.type, personId: programEvents.personId })
    .from(programEvents)
    .where(eq(programEvents.id, eventId))
  if (!event) return
  const wanting = await tx
    .select({ id: programEndpoints.id })
    .from(programEndpoints)
    .where(and(arrayContains(programEndpoints.types, [event.type]), isNull(programEndpoints.offAt)))
  if (wanting.length === 0) await tx.delete(programEvents).where(eq(programEvents.id, eventId))
  for (const { id } of wanting) await deliveryTo(tx, id, { id: eventId, personId: event.personId })
}

async function deliveryTo(tx: For<'operations' | 'security'>, endpointId: Id, event: { id: Id; personId: Id | null }): Promise<void> {
  const fresh = { id: newId(), eventId: event.id, endpointId, personId: event.personId, madeAt: now(), dueAt: now() }
  await tx.insert(programDeliveries).values(fresh).onConflictDoNothing()
}

/** Sends a test to one endpoint, whatever it asked to be told. */
export async function tellTest(tx: For<'security'>, endpointId: Id): Promise<void> {
  const id = newId()
  await tx.insert(programEvents).values({ id, type: 'test.sent', data: { endpoint: endpointId }, happenedAt: now() })
  await deliveryTo(tx, endpointId, { id, personId: null })
  await enqueue(tx, 'programs.deliver', {})
}
