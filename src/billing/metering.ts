/** Usage on its way to Stripe's meters: our ledger first, then theirs, each use once. */
import { createHash } from 'node:crypto'
import { log } from '../log.ts'
import { reportUse } from '../processors/stripe-usage.ts'
import { markBilled, type Unbilled, unbilledUsage } from '../services/usage.ts'
import type { House } from '../web/house.ts'
import { customerOf } from './customer.ts'

const STEP = 200

/** Reports what is not billed yet; what Stripe does not take now stays for the next time. */
export async function reportUsage(house: House): Promise<void> {
  for (;;) {
    const step = await house.db.as('billing', (tx) => unbilledUsage(tx, STEP))
    for (const use of step) await reportOne(house, use)
    if (step.length > 0) log('billing.usage-reported', { records: step.length })
    if (step.length < STEP) return
  }
}

// Told first and noted afterwards: a crash in between tells it again, under the same name, and Stripe counts it once.
async function reportOne(house: House, { serviceId, service, record, personId, meter, quantity, happenedAt }: Unbilled): Promise<void> {
  const customer = await house.db.as('billing', (tx) => customerOf(tx, personId))
  if (customer && !customer.closedAt) {
    const name = createHash('sha256').update(`${serviceId} ${record}`).digest('base64url')
    await reportUse(house.config, { customer: customer.stripeCustomer, service, meter, quantity, name, at: happenedAt })
  }
  await house.db.as('billing', (tx) => markBilled(tx, { serviceId, record }))
}
