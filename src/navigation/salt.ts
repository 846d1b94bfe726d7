/**
 * The visitors of one day are told apart by a keyed hash under a random salt. The salt is in the memory
 * of each process and, sealed, in the database, so that several processes and a restart share it; when
 * the day is over it is destroyed in both, and nobody can work out any more who a number was.
 */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { DAY, now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { type Day, dayOf } from './dimension.ts'

const salts = new WeakMap<Database, { day: Day; salt: Promise<KeyObject> }>()

/** The salt of this day. */
export function saltOf(db: Database, day: Day): Promise<KeyObject> {
  const known = salts.get(db)
  if (known?.day === day) return known.salt
  const made = { day, salt: shared(db, day) }
  salts.set(db, made)
  const forget = () => void (salts.get(db) === made && salts.delete(db))
  made.salt.catch(forget)
  // A process that nobody visits any more must not remember the day, either.
  setTimeout(forget, Math.max(0, Date.parse(day) + DAY - now().getTime())).unref()
  return made.salt
}

// Whichever process comes first makes it; all open the same.
async function shared(db: Database, day: Day): Promise<KeyObject> {
  const key = db.keyring.own('navigation')
  return db.as('improvement', async ({ $client: client }) => {
    const fresh = [day, seal(key, randomBytes(32)), now()]
    await client.query('insert into salts (day, sealed, made_at) values ($1, $2, $3) on conflict do nothing', fresh)
    const { rows } = await client.query<{ sealed: Buffer }>('select sealed from salts where day = $1', [day])
    if (!rows[0]) throw new Error('the salt of the day is gone')
    return createSecretKey(unseal(key, rows[0].sealed))
  })
}

/** Destroys every salt of a day that is over. */
export async function destroySalts(db: Database): Promise<void> {
  const today = dayOf(now())
  await db.as('improvement', ({ $client: client }) => client.query('delete from salts where day < $1', [today]))
  if (salts.get(db)?.day !== today) salts.delete(db)
}

/** A number for whom these parts tell apart, under the salt. */
export const markOf = (salt: KeyObject, ...parts: readonly string[]): bigint =>
  createHmac('sha256', salt).update(parts.join('\n')).digest().readBigInt64BE(0)
