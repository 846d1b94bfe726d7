import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { join } from './team.ts'

export const staffJobs = ({ db }: House): Pick<Handlers, 'staff.join'> => ({
  'staff.join': ({ invitationId, personId }) => db.as('security', (tx) => join(tx, { invitationId, personId })),
})
