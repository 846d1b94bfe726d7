/** What the doctor hears from Stripe: that the key opens, and that what happens there is told here. */
import { destinationsFound, ourDoor } from '../billing/destination.ts'
import { hasStripe } from '../processors/stripe.ts'
import type { House } from '../web/house.ts'
import { sentenceOf } from './faults.ts'
import { bad, doubtful, type Finding, well } from './finding.ts'

type Kind = Awaited<ReturnType<typeof destinationsFound>>[number]['kind']

/** Asks Stripe where it sends events; nothing is changed there. Without a key there is nothing to ask. */
export async function lookAtStripe(house: House): Promise<Finding[]> {
  if (!hasStripe(house.config)) return []
  try {
    const found = await destinationsFound(house)
    const told = found.flatMap(({ kind }) => sayOf(kind, ourDoor(house)) ?? [])
    return told.length > 0 ? told : [well('stripe', `Stripe sends the ids of events to ${ourDoor(house)}.`)]
  } catch (fault) {
    return [bad('stripe', `Stripe cannot be asked: ${sentenceOf(fault)}`)]
  }
}

function sayOf(kind: Kind, door: string): Finding | undefined {
  const says: Partial<Record<Kind, Finding>> = {
    'no destination': bad(
      'stripe',
      `Stripe sends no events here, so nobody who pays gets access: add an event destination with thin payloads to ${door}, and its secret as STRIPE_WEBHOOK_SECRET.`,
    ),
    'destination elsewhere': bad(
      'stripe',
      `Stripe sends events to another address than ${door}: move its destination at /staff/billing/reconciliation, or set ORIGIN right.`,
    ),
    'destination off': doubtful(
      'stripe',
      'The event destination is switched off at Stripe: the program switches it on by itself each night.',
    ),
    'payloads sent': doubtful(
      'stripe',
      `A destination sends whole events to ${door}, with data of customers in them: delete it at Stripe, the one with thin payloads is enough.`,
    ),
  }
  return says[kind]
}
