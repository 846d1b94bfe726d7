import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { eraseWaiting, forgetGuests } from './erasure.ts'
import { fulfil } from './fulfilment.ts'
import { noteErasures } from './ledger.ts'
import { makeCopy } from './kept-copy.ts'

export const rightsJobs = (
  house: House,
): Pick<Handlers, 'rights.copy' | 'rights.fulfil' | 'rights.forget-guests' | 'rights.erase-waiting' | 'rights.note-erasures'> => ({
  'rights.copy': ({ copyId }) => makeCopy(house, copyId),
  'rights.fulfil': ({ requestId }) => fulfil(house, requestId),
  'rights.note-erasures': () => noteErasures(house),
  'rights.forget-guests': () => forgetGuests(house),
  'rights.erase-waiting': () => eraseWaiting(house),
})
