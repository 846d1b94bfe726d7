import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { eraseWaiting, forgetGuests } from './erasure.ts'
import { makeCopy } from './kept-copy.ts'

export const rightsJobs = (house: House): Pick<Handlers, 'rights.copy' | 'rights.forget-guests' | 'rights.erase-waiting'> => ({
  'rights.copy': ({ copyId }) => makeCopy(house, copyId),
  'rights.forget-guests': () => forgetGuests(house),
  'rights.erase-waiting': () => eraseWaiting(house),
})
