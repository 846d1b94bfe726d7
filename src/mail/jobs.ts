import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { checkForKeys } from './checkup.ts'
import { readIncoming } from './coming-back.ts'
import { deliver } from './delivery.ts'
import { poll } from './polling.ts'

export const mailJobs = (house: House): Pick<Handlers, 'mail.deliver' | 'mail.check' | 'mail.poll' | 'mail.read'> => ({
  'mail.deliver': ({ letterId }) => deliver(house, letterId),
  'mail.check': () => checkForKeys(house),
  'mail.poll': () => poll(house),
  'mail.read': ({ incomingId }) => readIncoming(house, incomingId),
})
