/**
 * Another plan of the same service, or another number of seats. What is dearer at each payment begins at
 * once and is charged for the rest of the period; everything else begins with the next renewal. Before
 * anything is done, Stripe says what it would cost; and what is done is looked at first, under the
 * person's lock, so that a double click and two tabs make one change.
 */
import { MINUTE, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { StripeTerms } from '../processors/stripe-schedules.ts'
import {
  changeAtRenewal,
  changeNow,
  type Cost,
  costEach,
  costNow,
  endForFree,
  takeBack,
  termsNow,
  type TermsNow,
  type WantedTerms,
  wantedTerms,
} from '../processors/stripe-plans.ts'
import { openPlans, type Plan, type Service, serviceBy } from '../services/catalogue.ts'
import { membershipOf, type NamedMembership } from '../services/membership.ts'
import type { House } from '../web/house.ts'
import { livingSubscription } from './change.ts'
import { lockCustomer, sync } from './customer.ts'
import { exposureNow, exposureWith, limitFor } from './exposure.ts'

/** What can be changed, and how it stands at Stripe. */
export interface Changeable {
  readonly membership: NamedMembership
  readonly service: Service
  readonly plan: Plan
  readonly terms: TermsNow
}

export interface Whose {
  readonly personId: Id
  readonly membershipId: Id
}

/** Who has what is paid for and open, and does not leave, can change it. */
export const canChange = ({ standing, leavesAt, plan }: NamedMembership): boolean =>
  (standing === 'active' || standing === 'trial') && !leavesAt && plan.kind !== 'free'

/** The person's membership with its plan and its terms; undefined when nothing can be changed about it. */
export async function changeable(tx: For<'billing'>, house: House, { personId, membershipId }: Whose): Promise<Changeable | undefined> {
  const membership = await membershipOf(tx, personId, membershipId)
  if (!membership || !canChange(membership)) return undefined
  const [service, subscription] = [await serviceBy(tx, { id: membership.serviceId }), await livingSubscription(tx, membership.id)]
  const plan = service?.plans.find(({ id }) => id === membership.planId)
  return service && plan && subscription ? { membership, service, plan, terms: await termsNow(house.config, subscription) } : undefined
}

/** The plans that one can change to, in their order. */
export const otherPlans = ({ service, plan }: Pick<Changeable, 'service' | 'plan'>): Plan[] =>
  openPlans(service).filter(({ id }) => id !== plan.id)

/** What somebody wants: a plan, and how many of it. */
export interface Wanted {
  readonly plan: Plan
  readonly seats: number
}

/** The plan with this name, if one can have it: the present one is for other seats. */
export const planNamed = (from: Changeable, slug: string): Plan | undefined =>
  [from.plan, ...otherPlans(from)].find((plan) => plan.slug === slug)

/** When a change begins. During a trial nothing is paid yet, so that everything can change at once. */
export const beginsNow = (terms: Pick<TermsNow, 'trialing' | 'cents'>, wanted: Pick<WantedTerms, 'cents'>): boolean =>
  terms.trialing || (terms.cents !== null && wanted.cents !== null && wanted.cents >= terms.cents)

/** What a change would do and cost, as Stripe reckons it. */
export interface Preview extends Changeable {
  readonly wanted: Wanted
  readonly moment: Date
  /** What is charged at once; null when it begins with the renewal, or nothing is paid during a trial. */
  readonly now: Cost | null
  /** What each period costs; null when it is free. */
  readonly each: Cost | null
  readonly begins: 'now' | 'renewal'
  /** What they would owe is above this: a member of staff must look first. */
  readonly above: number | null
}

const sold = (house: House, terms: TermsNow, { plan, seats }: Wanted): Promise<WantedTerms | undefined> =>
  wantedTerms(house.config, { lookupKey: plan.lookupKey ?? '', currency: terms.currency, seats })

/** Reckons a change and does nothing. Undefined when the plan is not sold in the currency that the person pays in. */
export async function preview(house: House, from: Changeable, wanted: Wanted): Promise<Preview | undefined> {
  const { terms } = from
  const moment = new Date(Math.floor(now().getTime() / 1000) * 1000)
  if (wanted.plan.kind === 'free') return { ...from, wanted, moment, now: null, each: null, begins: 'renewal', above: null }
  const atStripe = await sold(house, terms, wanted)
  if (!atStripe) return undefined
  const isNow = beginsNow(terms, atStripe)
  const asked = { terms, wanted: atStripe, moment }
  return {
    ...from,
    wanted,
    moment,
    now: isNow && !terms.trialing ? await costNow(house.config, asked) : null,
    each: await costEach(house.config, asked),
    begins: isNow ? 'now' : 'renewal',
    above: await house.db.as('billing', (tx) => limitPassed(tx, from, { terms, wanted: atStripe })),
  }
}

/** The limit that other terms would go beyond; null where they do not, or are no dearer than what somebody has. */
async function limitPassed(
  tx: For<'billing'>,
  { membership }: Pick<Changeable, 'membership'>,
  { terms, wanted }: { terms: TermsNow; wanted: WantedTerms },
): Promise<number | null> {
  if ((wanted.cents ?? 0) <= (terms.cents ?? 0)) return null
  const { personId, serviceId } = membership
  const limit = await limitFor(tx, personId, serviceId)
  return exposureWith(await exposureNow(tx, personId, terms.currency), wanted.cents ?? 0) > limit ? limit : null
}

/** What a preview was reckoned from: it is good while this is the same. */
export const markOf = ({ lookupKey, quantity }: StripeTerms): string => `${lookupKey} ${quantity ?? ''}`

/** What was on the page when the button was pressed. */
export interface Shown {
  readonly mark: string
  readonly moment: Date
}

/** How long a preview is good for. */
const GOOD_MS = 30 * MINUTE

const isGood = ({ mark, moment }: Shown, terms: TermsNow): boolean =>
  mark === markOf(terms) && moment >= terms.periodStart && moment <= now() && now().getTime() - moment.getTime() < GOOD_MS

export type Outcome = 'changed' | 'planned' | 'unpaid' | 'stale' | 'above' | 'gone'

/** Makes a change that was shown. What is so already, or waits already, is found and not made again. */
export async function makeChange(house: House, whose: Whose, { wanted, shown }: { wanted: Wanted; shown: Shown }): Promise<Outcome> {
  const outcome = await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, whose.personId)
    const from = await changeable(tx, house, whose)
    return from ? change(tx, house, { from, wanted, shown }) : 'gone'
  })
  if (outcome !== 'gone' && outcome !== 'stale' && outcome !== 'above') await sync(house, whose.personId)
  return outcome
}

interface Changing {
  readonly from: Changeable
  readonly wanted: Wanted
  readonly shown: Shown
}

async function change(tx: For<'billing'>, house: House, { from, wanted, shown }: Changing): Promise<Outcome> {
  const { terms } = from
  const found = standsAs(terms, wanted)
  if (found) return found
  if (!isGood(shown, terms)) return 'stale'
  if (wanted.plan.kind === 'free') return endFor(house, terms, wanted.plan)
  const atStripe = await sold(house, terms, wanted)
  if (!atStripe) return 'gone'
  if ((await limitPassed(tx, from, { terms, wanted: atStripe })) !== null) return 'above'
  return buyOther(house, terms, { wanted: atStripe, moment: shown.moment })
}

async function endFor({ config }: House, terms: TermsNow, { id }: Plan): Promise<Outcome> {
  await takeBack(config, terms)
  await endForFree(config, { terms, plan: id })
  return 'planned'
}

async function buyOther(house: House, terms: TermsNow, { wanted, moment }: { wanted: WantedTerms; moment: Date }): Promise<Outcome> {
  const isNow = beginsNow(terms, wanted)
  // What was planned or waits makes room; a schedule is used again.
  const again = !isNow && !terms.waiting && !terms.follows
  if (!again) await takeBack(house.config, terms)
  if (!isNow) {
    await changeAtRenewal(house.config, { terms: again ? terms : { ...terms, schedule: undefined }, wanted })
    return 'planned'
  }
  await changeNow(house.config, { terms, wanted, moment })
  return (await termsNow(house.config, terms.subscription)).waiting ? 'unpaid' : 'changed'
}

// Who wants what they have takes nothing back: that has a button of its own.
function standsAs(terms: TermsNow, wanted: Wanted): Outcome | undefined {
  if (wanted.plan.kind === 'free') return terms.follows === wanted.plan.id ? 'planned' : undefined
  if (isWanted(terms, wanted)) return 'changed'
  if (terms.planned && isWanted(terms.planned, wanted)) return 'planned'
  return terms.waiting && isWanted(terms.waiting, wanted) ? 'unpaid' : undefined
}

const isWanted = (terms: StripeTerms, { plan, seats }: Wanted): boolean =>
  terms.lookupKey === plan.lookupKey && (terms.quantity === null || terms.quantity === seats)

/** Takes back what waits: for the renewal, or for its payment. Once more finds nothing to take back. */
export async function withdraw(house: House, whose: Whose): Promise<boolean> {
  const found = await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, whose.personId)
    const from = await changeable(tx, house, whose)
    if (from) await takeBack(house.config, from.terms)
    return from !== undefined
  })
  if (found) await sync(house, whose.personId)
  return found
}
