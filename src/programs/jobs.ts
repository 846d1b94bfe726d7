import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { deliverDue } from './delivery.ts'
import { spread } from './webhook.ts'

export const programJobs = (house: House): Pick<Handlers, 'programs.tell' | 'programs.deliver'> => ({
  'programs.tell': async ({ eventId }) => {
    await house.db.as('operations', (tx) => spread(tx, eventId))
    await deliverDue(house)
  },
  'programs.deliver': () => deliverDue(house),
})
