/**
 * What a member changes about something that they pay for. The act is done at Stripe under the person's
 * lock; ours follows by asking Stripe how things stand, as after any event.
 */
import { and, desc, eq, isNull } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { endWithPeriod, pauseCollecting } from '../processors/stripe-changes.ts'
import { takeBack, termsNow } from '../processors/stripe-plans.ts'
import { membershipOf, type NamedMembership } from '../services/membership.ts'
import type { House } from '../web/house.ts'
import { lockCustomer, sync } from './customer.ts'
import { stripeSubscriptions } from './tables.ts'

/** What can be done without choosing anything. */
export type Act = 'leave' | 'stay' | 'pause' | 'resume'

/** Which acts fit how a membership stands. */
export function actsFor({ standing, leavesAt }: Pick<NamedMembership, 'standing' | 'leavesAt'>): Act[] {
  if (standing === 'ended' || standing === 'waiting') return []
  if (leavesAt) return ['stay']
  if (standing === 'paused') return ['resume', 'leave']
  return standing === 'active' ? ['pause', 'leave'] : ['leave']
}

const doneAtStripe = {
  // Who leaves wants no other plan; and Stripe lets nobody end what a schedule manages.
  leave: async (config, subscription) => {
    await takeBack(config, await termsNow(config, subscription))
    await endWithPeriod(config, subscription, true)
  },
  stay: (config, subscription) => endWithPeriod(config, subscription, false),
  pause: (config, subscription) => pauseCollecting(config, subscription, true),
  resume: (config, subscription) => pauseCollecting(config, subscription, false),
} as const satisfies Record<Act, (config: House['config'], subscription: string) => Promise<void>>

/**
 * Does it, if it fits: a second click finds it done.
 * @returns false when there is no such membership
 */
export async function act(house: House, whose: { personId: Id; membershipId: Id }, what: Act): Promise<boolean> {
  const found = await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, whose.personId)
    const membership = await membershipOf(tx, whose.personId, whose.membershipId)
    const subscription = membership && (await livingSubscription(tx, membership.id))
    if (subscription && actsFor(membership).includes(what)) await doneAtStripe[what](house.config, subscription)
    return membership !== undefined
  })
  if (found) await sync(house, whose.personId)
  return found
}

/** The key of the newest subscription that pays for a membership and has not ended. */
export async function livingSubscription(tx: For<'billing'>, membershipId: Id): Promise<string | undefined> {
  const [found] = await tx
    .select({ key: stripeSubscriptions.stripeSubscription })
    .from(stripeSubscriptions)
    .where(and(eq(stripeSubscriptions.membershipId, membershipId), isNull(stripeSubscriptions.endedAt)))
    .orderBy(desc(stripeSubscriptions.begunAt))
    .limit(1)
  return found?.key
}
