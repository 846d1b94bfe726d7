import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { deliver } from './delivery.ts'

export const mailJobs = (house: House): Pick<Handlers, 'mail.deliver'> => ({
  'mail.deliver': ({ letterId }) => deliver(house, letterId),
})
