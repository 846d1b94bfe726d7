import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { forgetGuests } from './erasure.ts'

export const rightsJobs = (house: House): Pick<Handlers, 'rights.forget-guests'> => ({
  'rights.forget-guests': () => forgetGuests(house),
})
