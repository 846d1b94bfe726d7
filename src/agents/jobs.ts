import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { tellAgents } from './asking.ts'

export const agentJobs = (house: House): Pick<Handlers, 'agents.tell'> => ({
  'agents.tell': () => tellAgents(house),
})
