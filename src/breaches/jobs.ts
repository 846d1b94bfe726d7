import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { sendNotices } from './sending.ts'
import { watch } from './watch.ts'

export const breachJobs = (house: House): Pick<Handlers, 'breaches.send' | 'breaches.watch'> => ({
  'breaches.send': ({ breachId }) => sendNotices(house, breachId),
  'breaches.watch': () => watch(house),
})
