import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { watch } from './telling.ts'

export const disclosureJobs = (house: House): Pick<Handlers, 'disclosures.watch'> => ({
  'disclosures.watch': () => watch(house),
})
