/**
 * The recipients of somebody's data, who each must be told what becomes of it, and by what each confirms. What goes to
 * the mail server is passed on and kept nowhere, so there is nobody to tell.
 */
import { eq } from 'drizzle-orm'
import { bidFarewell, livesAtStripe } from '../billing/farewell.ts'
import { correctAtStripe, restrictAtStripe } from '../billing/informing.ts'
import type { For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import { openFor, personOf } from '../people/person.ts'
import { restrictedSince } from '../people/restriction.ts'
import { StripeTrouble } from '../processors/stripe.ts'
import { inform, listeners, standingOf } from '../programs/informing.ts'
import { type DsrKind, dsrServicesFor, makeDsrRequest, pursue } from '../programs/opendsr.ts'

import { servicesOf } from '../services/of-person.ts'
import type { House } from '../web/house.ts'
import { type Confirmation, type Telling, type TellingAct, tellings } from './tables.ts'

/** Somebody who is told: `stripe`, or a program by its number. */
export interface Recipient {
  readonly key: 'stripe' | `program ${string}` | `service ${string}`
  readonly name: string
}

/** Whether it confirmed, and by what. */
export type Answer = Confirmation | 'waiting'

// What a service is asked for by an act.
const kindOf: Readonly<Record<TellingAct, DsrKind>> = {
  forget: 'erasure',
  correct: 'correction',
  restrict: 'restriction',
  lift: 'release',
  access: 'access',
}

/** Who must be told of an act. Programs hear of an erasure once it is done, by the number that meant somebody; see `erasure.ts`. */
export async function recipientsFor(tx: For<'rights'>, personId: Id, act: TellingAct): Promise<Recipient[]> {
  const known = act !== 'access' && (await livesAtStripe(tx, personId))
  const programs = act === 'forget' || act === 'access' ? [] : await listeners(tx)
  const doors = await dsrServicesFor(tx, await servicesOf(tx, personId), kindOf[act])
  return [
    ...(known ? [{ key: 'stripe', name: 'Stripe' } as const] : []),
    ...programs.map(({ id, host }) => ({ key: `program ${id}` as const, name: host })),
    ...doors.map(({ id, domain }) => ({ key: `service ${id}` as const, name: domain })),
  ]
}

/** Tells one recipient, or looks whether it has confirmed. */
export async function tellRecipient(house: House, telling: Telling): Promise<Answer> {
  const [kind, text] = telling.recipient.split(' ')
  const to = asId(text)
  if (kind === 'stripe') return tellStripe(house, telling).catch(unlessUnreached)
  if (kind === 'program' && to) return tellProgram(house, telling, to)
  if (kind === 'service' && to) return tellService(house, telling, to)
  return 'waiting'
}

function unlessUnreached(fault: unknown): Answer {
  if (fault instanceof StripeTrouble) return 'waiting'
  throw fault
}

async function tellStripe(house: House, telling: Telling): Promise<Answer> {
  const { personId, act } = telling
  if (act === 'forget') {
    await bidFarewell(house, personId)
    return 'deleted'
  }
  if (act === 'correct') return correctStripe(house, telling)
  // As it is now: of two acts that waited, the last one holds.
  const restricted = await house.db.as('rights', async (tx) => (await restrictedSince(tx, personId)) !== undefined)
  return (await restrictAtStripe(house, personId, restricted)) ? 'read back' : 'not held'
}

async function correctStripe(house: House, { personId, field, sealedBefore }: Telling): Promise<Answer> {
  const found = await house.db.as('rights', async (tx) => {
    const person = await personOf(tx, personId)
    return person && sealedBefore && { person, before: (await openFor(tx, personId, sealedBefore)).toString() }
  })
  if (!found || !field) return 'not held'
  const held = await correctAtStripe(house, personId, { field, before: found.before, after: found.person[field] })
  return held === 'held' ? 'read back' : 'not held'
}

const types = { correct: 'person.corrected', restrict: 'person.restricted', lift: 'person.released' } as const

async function tellProgram(house: House, { id, personId, act, field, messageId }: Telling, to: Id): Promise<Answer> {
  if (act === 'forget' || act === 'access') return 'waiting'
  return house.db.as('rights', async (tx) => {
    const standing = messageId ? await standingOf(tx, { eventId: messageId, endpointId: to }) : 'lost'
    if (standing === 'removed') return 'removed'
    if (standing === 'waiting') return 'waiting'
    if (standing !== 'lost') return 'taken'
    const data = act === 'correct' ? { person: personId, field: field ?? 'name' } : { person: personId }
    const message = await inform(tx, types[act], { data: data as never, about: personId, to: [to] })
    await tx.update(tellings).set({ messageId: message }).where(eq(tellings.id, id))
    return 'waiting'
  })
}

// A service that called a request off is asked anew: what the law gives somebody cannot be called off there.
async function tellService(house: House, { id, personId, act, field, messageId }: Telling, to: Id): Promise<Answer> {
  const standing = messageId ? await pursue(house, messageId) : 'cancelled'
  if (standing === 'gone') return 'removed'
  if (standing === 'completed') return 'signed'
  if (standing !== 'cancelled') return 'waiting'
  const fresh = await house.db.as('rights', async (tx) => {
    const made = await makeDsrRequest(tx, { dsrServiceId: to, personId, kind: kindOf[act], field: field ?? undefined })
    await tx.update(tellings).set({ messageId: made }).where(eq(tellings.id, id))
    return made
  })
  return (await pursue(house, fresh)) === 'completed' ? 'signed' : 'waiting'
}
