import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { handle } from './inbox.ts'
import { retry, settleAll } from './purchase.ts'

export const billingJobs = (house: House): Pick<Handlers, 'billing.event' | 'billing.settle' | 'billing.retry'> => ({
  'billing.event': ({ inboxId }) => handle(house, inboxId),
  'billing.settle': ({ personId }) => settleAll(house, personId),
  'billing.retry': ({ personId }) => retry(house, personId),
})
