import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { checkForKeys } from './checkup.ts'
import { deliver } from './delivery.ts'

export const mailJobs = (house: House): Pick<Handlers, 'mail.deliver' | 'mail.check'> => ({
  'mail.deliver': ({ letterId }) => deliver(house, letterId),
  'mail.check': () => checkForKeys(house),
})
