import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'

export const rightsJobs = (house: House): Pick<Handlers, 'rights.copy'> => ({
  'rights.copy': async () => void house,
})
