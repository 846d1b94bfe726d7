import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { keepTime } from './membership.ts'

export const serviceJobs = ({ db }: House): Pick<Handlers, 'services.keep-time'> => ({
  'services.keep-time': async () => {
    while ((await db.as('service', (tx) => keepTime(tx))) > 0);
  },
})
