/**
 * Customers of the demo: people who go to the local Stripe's pages with its test cards, as anybody can who
 * tries the program. One for each way in which a membership can stand, so that every screen has something
 * to show. Nothing of it is made up: each went the whole way.
 */
import { asc, eq, notInArray } from 'drizzle-orm'
import { act, livingSubscription } from './billing/change.ts'
import { customerOf, sync } from './billing/customer.ts'
import { reportUsage } from './billing/metering.ts'
import { changeable, makeChange, markOf, planNamed } from './billing/plan-change.ts'
import { cardPage, settle, type Whose } from './billing/purchase.ts'
import { decisionOn } from './billing/qualification.ts'
import { decideReview } from './billing/review.ts'
import { customers } from './billing/tables.ts'
import { fromNow, HOUR, now } from './clock.ts'
import { type Id, log } from './log.ts'
import { people } from './people/tables.ts'
import { endAtOnce, endTrial } from './processors/stripe-local.ts'
import { portalPage } from './processors/stripe-pages.ts'
import { serviceBy } from './services/catalogue.ts'
import { join, keepTime, stand } from './services/membership.ts'
import { enterUsage } from './services/usage.ts'
import { sessions } from './sessions/tables.ts'
import { staff } from './staff/tables.ts'
import type { House } from './web/house.ts'

/** Sends a form of one of the local Stripe's pages; returns where it leads. */
export type FillIn = (page: string, form: Readonly<Record<string, string>>) => Promise<string | undefined>

interface Scene {
  readonly house: House
  readonly fillIn: FillIn
  readonly owner: Id | undefined
}

interface Story {
  readonly plan: string
  readonly seats?: number
  /** Without one they have not come that far. */
  readonly card?: string
  readonly then?: (scene: Scene, whose: Whose) => Promise<void>
}

const FAILS = '4000000000000341'

const stories: readonly Story[] = [
  { plan: 'scheduled-runs/steady', card: '4242424242424242' },
  { plan: 'scheduled-runs/yearly', card: '5555555555554444' },
  { plan: 'scheduled-runs/metered', card: '6011111111111117', then: (scene, whose) => uses(scene, whose, 'run', 412) },
  { plan: 'log-search/small', card: '3056930009020004' },
  { plan: 'log-search/growing', card: '3566002020360505', then: (scene, whose) => uses(scene, whose, 'gigabyte', 63) },
  { plan: 'small-hosting/single', card: '4000056655665556' },
  { plan: 'small-hosting/team', seats: 6, card: '5200828282828210', then: (scene, whose) => wants(scene, whose, 'team', 4) },
  { plan: 'small-hosting/team', seats: 3, card: '4000002760000016', then: ({ house }, whose) => acts(house, whose, 'leave') },
  { plan: 'scheduled-runs/steady', card: '4000008260000000', then: ({ house }, whose) => acts(house, whose, 'pause') },
  { plan: 'small-hosting/single', card: '4000002500000003', then: failsAfterTrial },
  { plan: 'log-search/small', card: '4000001240000000', then: closedAfterTrial },
  { plan: 'scheduled-runs/steady', card: '4000000400000008', then: ended },
  { plan: 'small-hosting/team', seats: 2, card: '4000003800000446', then: wantsMoreUnpaid },
  { plan: 'scheduled-runs/steady', card: '5105105105105100' },
  { plan: 'small-hosting/team', seats: 250, card: '378282246310005' },
  { plan: 'scheduled-runs/steady', card: '4000000000000101' },
  { plan: 'log-search/growing', card: '4000000000000036', then: owesDeposit },
  { plan: 'scheduled-runs/steady' },
]

/** Brings them in, once: a house that has customers gets no others. */
export async function bringCustomers(house: House, fillIn: FillIn): Promise<void> {
  const some = await house.db.as('billing', (tx) => tx.select({ id: customers.personId }).from(customers).limit(1))
  if (some.length > 0) return
  const [owner] = await house.db.as('security', (tx) =>
    tx.select({ id: staff.personId }).from(staff).where(eq(staff.role, 'owner')).limit(1),
  )
  const scene: Scene = { house, fillIn, owner: owner?.id }
  const who = await somebody(house, stories.length)
  for (const [i, story] of stories.entries()) {
    const personId = who[i]
    if (personId) await live(scene, story, personId)
  }
  log('demo.customers', { customers: who.length })
}

// People who sign in here, and are not of the team: those who came first.
async function somebody({ db }: House, most: number): Promise<Id[]> {
  return db.as('security', async (tx) => {
    const team = (await tx.select({ id: staff.personId }).from(staff)).map(({ id }) => id)
    const rows = await tx
      .selectDistinct({ id: people.id })
      .from(people)
      .innerJoin(sessions, eq(sessions.personId, people.id))
      .where(team.length > 0 ? notInArray(people.id, team) : undefined)
      .orderBy(asc(people.id))
      .limit(most)
    return rows.map(({ id }) => id)
  })
}

async function live(scene: Scene, { plan: path, seats = 1, card, then }: Story, personId: Id): Promise<void> {
  const { house } = scene
  const [slug = '', name] = path.split('/')
  const membershipId = await house.db.as('service', async (tx) => {
    const service = await serviceBy(tx, { slug })
    const plan = service?.plans.find((one) => one.slug === name)
    if (!service || !plan) return undefined
    return (await join(tx, { personId, serviceId: service.id, planId: plan.id, seats, paid: true })).membership.id
  })
  if (!membershipId || !card) return
  const whose = { personId, membershipId }
  const page = await cardPage(house, { ...whose, wanted: 'usd' })
  if (page) await scene.fillIn(page, typed(card))
  await settle(house, whose)
  await then?.(scene, whose)
}

const typed = (number: string): Record<string, string> => ({
  ...{ number, exp: '12/39', cvc: number.startsWith('37') ? '1234' : '123', name: 'Somebody of the demo' },
  ...{ line1: '1 Example Street', city: 'Springfield', postal_code: '90210', country: 'US' },
})

async function uses({ house }: Scene, { personId }: Whose, meter: string, quantity: number): Promise<void> {
  const slug = meter === 'run' ? 'scheduled-runs' : 'log-search'
  await house.db.as('service', async (tx) => {
    const service = await serviceBy(tx, { slug })
    const uses = [0.2, 0.3, 0.5].map((part, i) => ({
      ...{ record: `demo-${meter}-${i}`, person: personId, meter, quantity: Math.round(quantity * part), happenedAt: now() },
    }))
    if (service) await enterUsage(tx, service.id, uses)
  })
  await reportUsage(house)
}

async function acts(house: House, whose: Whose, what: 'leave' | 'pause'): Promise<void> {
  await act(house, whose, what)
}

async function wants({ house }: Scene, whose: Whose, slug: string, seats: number): Promise<void> {
  const from = await house.db.as('billing', (tx) => changeable(tx, house, whose))
  const plan = from && planNamed(from, slug)
  if (plan) await makeChange(house, whose, { wanted: { plan, seats }, shown: { mark: markOf(from.terms), moment: now() } })
}

// The portal is where a card is changed; this one takes no charge.
async function givesBadCard({ house, fillIn }: Scene, { personId }: Whose): Promise<string | undefined> {
  const customer = await house.db.as('billing', (tx) => customerOf(tx, personId))
  if (!customer) return undefined
  const portal = await portalPage(house.config, { customer: customer.stripeCustomer, back: house.config.origin })
  await fillIn(`${portal}/card`, typed(FAILS))
  return customer.stripeCustomer
}

const subscriptionOf = ({ house }: Scene, { membershipId }: Whose): Promise<string | undefined> =>
  house.db.as('billing', (tx) => livingSubscription(tx, membershipId))

async function failsAfterTrial(scene: Scene, whose: Whose): Promise<void> {
  await givesBadCard(scene, whose)
  const subscription = await subscriptionOf(scene, whose)
  if (subscription) await endTrial(scene.house.config, subscription)
  await sync(scene.house, whose.personId)
}

// As if the grace were over.
async function closedAfterTrial(scene: Scene, whose: Whose): Promise<void> {
  await failsAfterTrial(scene, whose)
  await scene.house.db.as('service', async (tx) => {
    await stand(tx, whose.membershipId, { standing: 'grace', graceUntil: fromNow(-HOUR) }, 'stripe')
    await keepTime(tx)
  })
}

async function ended(scene: Scene, whose: Whose): Promise<void> {
  const subscription = await subscriptionOf(scene, whose)
  if (subscription) await endAtOnce(scene.house.config, subscription)
  await sync(scene.house, whose.personId)
}

async function wantsMoreUnpaid(scene: Scene, whose: Whose): Promise<void> {
  await givesBadCard(scene, whose)
  await sync(scene.house, whose.personId)
  await wants(scene, whose, 'team', 9)
}

async function owesDeposit({ house, owner }: Scene, { personId, membershipId }: Whose): Promise<void> {
  if (!owner) return
  await house.db.as('billing', async (tx) => {
    const decision = await decisionOn(tx, membershipId)
    if (decision?.personId === personId) await decideReview(tx, house, { id: decision.id, passed: true, by: owner, deposit: 5_000 })
  })
  await settle(house, { personId, membershipId })
}
