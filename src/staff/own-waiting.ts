/** What of the program itself needs somebody: work that was given up, letters that do not go out or are not read. */
import { deadLetters, stuck } from '../jobs/overview.ts'
import { unread } from '../mail/incoming.ts'
import type { Waiting } from './waiting.ts'

export const jobsWait: Waiting = {
  ability: 'jobs',
  async look({ db }) {
    const dead = await db.as('operations', (tx) => deadLetters(tx, 0))
    return [{ count: dead.count, says: ['job was given up', 'jobs were given up'], href: '/staff/jobs' }]
  },
}

export const mailWaits: Waiting = {
  ability: 'mail',
  async look({ db }) {
    const { going, came } = await db.as('operations', async (tx) => ({ going: await stuck(tx, 'mail.deliver'), came: await unread(tx) }))
    return [
      { ...going, says: ['letter that the mail server has not taken', 'letters that the mail server has not taken'], href: '/staff/jobs' },
      { ...came, says: ['letter that came in and was not read', 'letters that came in and were not read'], href: '/staff/mail' },
    ]
  },
}
