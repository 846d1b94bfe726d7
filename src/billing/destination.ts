/** Where Stripe sends its events: that there is one place, that it is ours, and that only ids go there. */
import { and, eq, isNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import { hasStripe } from '../processors/stripe.ts'
import { type Destination, destinationsNow, pointTo, switchOn } from '../processors/stripe-reconciliation.ts'
import type { House } from '../web/house.ts'
import { type Found, report } from './finding.ts'
import { stripeFindings } from './reconciliation-tables.ts'

const PATH = '/webhooks/stripe'

/** Where our events must go: to the site's own address, or where a local Stripe reaches us. */
export const ourDoor = ({ config }: House): string => `${config.localStripe ? `http://127.0.0.1:${config.port}` : config.origin}${PATH}`

/** Looks at all destinations; one of ours that is off is switched on. */
export async function lookAtDestinations(house: House): Promise<void> {
  const found = await destinationsFound(house)
  for (const { kind, destination } of found) if (kind === 'destination off' && destination) await switchOn(house.config, destination)
  await house.db.as('billing', async (tx) => {
    for (const each of found) await report(tx, each)
  })
}

/** What is wrong with the destinations; nothing is changed. */
export const destinationsFound = async (house: House): Promise<Found[]> => judged(house, await destinationsNow(house.config))

function judged(house: House, all: readonly Destination[]): Found[] {
  const here = all.filter(({ url }) => url === ourDoor(house))
  const whole = here.filter(({ thin, enabled }) => !thin && enabled).map(({ id }) => found('payloads sent', id, false))
  const thin = here.filter((one) => one.thin)
  if (thin.some(({ enabled }) => enabled)) return whole
  const [off] = thin
  if (off) return [...whole, found('destination off', off.id, true)]
  const elsewhere = all.filter((one) => one.thin && one.url.endsWith(PATH))
  if (elsewhere.length === 0) return [...whole, { kind: 'no destination', about: '', mended: false }]
  return [...whole, ...elsewhere.map(({ id }) => found('destination elsewhere', id, false))]
}

const found = (kind: Found['kind'], id: string, mended: boolean): Found => ({ kind, about: id, destination: id, mended })

/** A member of staff says that a destination with another address is ours: the site has moved. */
export async function moveHere(house: House, destination: string): Promise<boolean> {
  const open = and(
    eq(stripeFindings.kind, 'destination elsewhere'),
    eq(stripeFindings.destination, destination),
    isNull(stripeFindings.mendedAt),
  )
  const [known] = await house.db.as('billing', (tx) => tx.select({ id: stripeFindings.id }).from(stripeFindings).where(open))
  if (!known || !hasStripe(house.config)) return false
  await pointTo(house.config, destination, ourDoor(house))
  await house.db.as('billing', (tx) => tx.update(stripeFindings).set({ mendedAt: now(), mendedBy: 'staff' }).where(open))
  return true
}
