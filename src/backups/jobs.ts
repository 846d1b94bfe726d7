import pg from 'pg'
import type { Handlers } from '../jobs/queue.ts'
import { register } from '../register.ts'
import type { House } from '../web/house.ts'

export const backupJobs = (house: House): Pick<Handlers, 'backups.renew-keys'> => ({ 'backups.renew-keys': () => renewKeys(house) })

/** Writes the keys of those who are left anew, so that the backups there are open nothing of somebody erased. */
async function renewKeys({ db, config: { backupDir: dir, backupKey: recipient } }: House): Promise<void> {
  if (!dir || !recipient) return
  // What encrypts is large, and here it is needed after an erasure alone.
  const { makeKeys } = await import('./backup.ts')
  const client = new pg.Client(db.login('rights'))
  await client.connect()
  try {
    await makeKeys(client, { dir, recipient, register })
  } finally {
    await client.end()
  }
}
