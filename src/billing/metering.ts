/**
 * Usage on its way to Stripe's meters: our ledger first, then theirs. Uses are told in bundles, each of which
 * counts once however often it is told, so that a million uses are not a million questions.
 */
import { log } from '../log.ts'
import { reportUse } from '../processors/stripe-usage.ts'
import { type Bundle, bundlesAfter, bundleUsage, markBilled } from '../services/usage.ts'
import type { House } from '../web/house.ts'
import { livingKeys } from './customer.ts'

const USES = 20_000
const BUNDLES = 200
/** So many questions are under way at once. */
const WIDTH = 8

/**
 * Reports what is not billed yet; what Stripe does not take now stays for the next time, and holds up nothing else.
 * @throws the first fault, after everything was tried
 */
export async function reportUsage(house: House): Promise<void> {
  const { db } = house
  while ((await db.as('billing', (tx) => bundleUsage(tx, USES))) === USES);
  const faults: unknown[] = []
  let step = await db.as('billing', (tx) => bundlesAfter(tx, undefined, BUNDLES))
  while (step.length > 0) {
    faults.push(...(await tellStep(house, step)))
    const last = step.at(-1)?.name
    step = await db.as('billing', (tx) => bundlesAfter(tx, last, BUNDLES))
  }
  if (faults.length > 0) throw faults[0]
}

// Told first and noted afterwards: a crash in between tells a bundle again, under the same name.
async function tellStep(house: House, step: readonly Bundle[]): Promise<unknown[]> {
  const keys = await house.db.as('billing', (tx) => livingKeys(tx, [...new Set(step.map(({ personId }) => personId))]))
  const [told, faults]: [Bundle['name'][], unknown[]] = [[], []]
  const rest = [...step]
  const work = async (): Promise<void> => {
    for (let bundle = rest.shift(); bundle; bundle = rest.shift()) {
      const { name, personId, happenedAt: at, ...used } = bundle
      const customer = keys.get(personId)
      try {
        // Who has left Stripe is charged nothing more.
        if (customer) await reportUse(house.config, { ...used, customer, name, at })
        told.push(name)
      } catch (fault) {
        faults.push(fault)
      }
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, work))
  await house.db.as('billing', (tx) => markBilled(tx, told))
  log('billing.usage-reported', { bundles: told.length, failed: faults.length })
  return faults
}
