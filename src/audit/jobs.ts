import type { Handlers } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { headsFile, putDown, signHead } from './head.ts'

export const auditJobs = (house: House): Pick<Handlers, 'audit.sign-head'> => ({
  'audit.sign-head': () => putHeadDown(house),
})

async function putHeadDown({ db, config }: House): Promise<void> {
  const head = await db.as('operations', (tx) => signHead(tx, db.keyring.own('audit')))
  if (head) await putDown(headsFile(config.dataDir), head)
}
