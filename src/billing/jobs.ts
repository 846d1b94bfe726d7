import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { handle } from './inbox.ts'
import { hasStripe } from '../processors/stripe.ts'
import { reportUsage } from './metering.ts'
import { retry, settleAll } from './purchase.ts'

export const billingJobs = (
  house: House,
): Pick<Handlers, 'billing.event' | 'billing.settle' | 'billing.retry' | 'billing.report-usage'> => ({
  'billing.event': ({ inboxId }) => handle(house, inboxId),
  'billing.settle': ({ personId }) => settleAll(house, personId),
  'billing.retry': ({ personId }) => retry(house, personId),
  'billing.report-usage': async () => {
    if (hasStripe(house.config)) await reportUsage(house)
  },
})
