import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { readQuestion } from './by-mail.ts'
import { watch } from './watch.ts'

export const helpJobs = (house: House): Pick<Handlers, 'help.read' | 'help.watch'> => ({
  'help.read': (data) => readQuestion(house, data),
  'help.watch': () => watch(house),
})
