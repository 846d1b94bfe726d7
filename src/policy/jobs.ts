import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { sendNotices } from './notices.ts'
import { watchVersions } from './watch.ts'

export const policyJobs = (house: House): Pick<Handlers, 'policy.send' | 'policy.watch'> => ({
  'policy.send': () => sendNotices(house),
  'policy.watch': () => watchVersions(house),
})
