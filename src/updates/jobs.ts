import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { countReply, hearBack, leaveByLetter } from './hearing-back.ts'
import { workOnList } from './import-work.ts'
import { sendSome } from './sending.ts'
import { sendTest } from './test-letter.ts'
import { wake } from './wake.ts'

export const updateJobs = (
  house: House,
): Pick<
  Handlers,
  'updates.wake' | 'updates.send' | 'updates.test' | 'updates.bounced' | 'updates.leave' | 'updates.replied' | 'updates.import'
> => ({
  'updates.wake': () => wake(house),
  'updates.send': ({ issueId }) => sendSome(house, issueId),
  'updates.test': (data) => sendTest(house, data),
  'updates.bounced': (data) => hearBack(house, data),
  'updates.leave': (data) => leaveByLetter(house, data),
  'updates.replied': (data) => countReply(house, data),
  'updates.import': ({ importId }) => workOnList(house, importId),
})
