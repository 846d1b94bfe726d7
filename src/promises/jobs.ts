import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'

// What looks is loaded when it is first needed: a program at rest need not hold it.
export const promiseJobs = (house: House): Pick<Handlers, 'promises.check'> => ({
  'promises.check': async () => void (await (await import('./running.ts')).runChecks(house)),
})
