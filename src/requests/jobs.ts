import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { watch } from './watch.ts'

export const requestJobs = (house: House): Pick<Handlers, 'requests.watch'> => ({
  'requests.watch': () => watch(house),
})
