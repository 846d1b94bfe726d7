import { lookOver } from '../audit/chain.ts'
import { publicKeyOf, signHead } from '../audit/head.ts'
import type { Handlers } from '../jobs/queue.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import { headLetter, tamperedLetter } from './emails.ts'
import { join } from './team.ts'

export const staffJobs = (house: House): Pick<Handlers, 'staff.join' | 'staff.check-record' | 'staff.send-head'> => ({
  'staff.join': ({ invitationId, personId }) => house.db.as('security', (tx) => join(tx, { invitationId, personId })),
  'staff.check-record': () => checkRecord(house),
  'staff.send-head': () => sendHead(house),
})

async function checkRecord(house: House): Promise<void> {
  const { entries, faults } = await lookOver(house)
  const [first] = faults
  log('audit.verified', { entries, faults: faults.length }, first ? 'error' : 'info')
  if (first) await house.db.as('operations', (tx) => post(tx, tamperedLetter(house, first, faults.length - 1)))
}

async function sendHead(house: House): Promise<void> {
  const seed = house.db.keyring.own('audit')
  await house.db.as('operations', async (tx) => {
    const head = await signHead(tx, seed)
    if (head) await post(tx, headLetter(house, head, publicKeyOf(seed)))
  })
}
