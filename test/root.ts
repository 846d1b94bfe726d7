/** The root of a database's keys, for processes of tests that are not the whole program. */
import pg from 'pg'
import type { Place } from '../src/database/connection.ts'
import { openRoot } from '../src/database/root.ts'

/** Reads it with every right. */
export async function rootAt(place: Place, secret: string): Promise<Buffer> {
  const client = new pg.Client({ ...place, user: 'postgres' })
  await client.connect()
  const opened = await openRoot(client, { secret, secretPrevious: undefined })
  await client.end()
  if (!opened) throw new Error('nobody made a root')
  return opened.root
}
