import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { readRequest } from './by-mail.ts'
import { watch } from './watch.ts'

export const requestJobs = (house: House): Pick<Handlers, 'requests.watch' | 'requests.read'> => ({
  'requests.read': ({ incomingId }) => readRequest(house, incomingId),
  'requests.watch': () => watch(house),
})
