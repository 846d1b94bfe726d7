import { enqueue, type Handlers } from '../jobs/queue.ts'
import { hasStripe } from '../processors/stripe.ts'
import type { House } from '../web/house.ts'
import { catchUp, handleAll } from './inbox.ts'
import { reportUsage } from './metering.ts'
import { retry, settleAll } from './purchase.ts'
import { reconcile } from './reconciliation.ts'

type Billing = 'billing.event' | 'billing.catch-up' | 'billing.settle' | 'billing.retry' | 'billing.report-usage' | 'billing.reconcile'

export const billingJobs = (house: House): Pick<Handlers, Billing> => ({
  'billing.event': ({ inboxIds }) => handleAll(house, inboxIds),
  'billing.catch-up': async () => {
    if (hasStripe(house.config)) await catchUp(house)
  },
  'billing.settle': ({ personId }) => settleAll(house, personId),
  'billing.retry': ({ personId }) => retry(house, personId),
  'billing.report-usage': async () => {
    if (hasStripe(house.config)) await reportUsage(house)
  },
  'billing.reconcile': async () => {
    if (!hasStripe(house.config)) return
    const { done } = await reconcile(house)
    if (!done) await house.db.as('billing', (tx) => enqueue(tx, 'billing.reconcile', {}))
  },
})
