import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { hearBack } from './hearing-back.ts'
import { sendSome } from './sending.ts'
import { sendTest } from './test-letter.ts'
import { wake } from './wake.ts'

export const issueJobs = (house: House): Pick<Handlers, 'updates.wake' | 'updates.send' | 'updates.test' | 'updates.bounced'> => ({
  'updates.wake': () => wake(house),
  'updates.send': ({ issueId }) => sendSome(house, issueId),
  'updates.test': (data) => sendTest(house, data),
  'updates.bounced': (data) => hearBack(house, data),
})
