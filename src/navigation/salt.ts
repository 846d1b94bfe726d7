/**
 * The visitors of one day are told apart by a keyed hash under a random salt. The salt is in the memory
 * of each process and, sealed, in the database, so that several processes and a restart share it; when
 * the day is over it is destroyed in both, and nobody can work out any more who a number was.
 */
import { hash, randomBytes } from 'node:crypto'
import { DAY, now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { type Day, dayOf } from './dimension.ts'

/** A salt, made ready for HMAC-SHA-256 (RFC 2104): its two pads, which are as long as a block of the hash. */
export interface Salt {
  readonly inner: string
  /** With room for the inner hash behind it. */
  readonly outer: Buffer
}

interface Known {
  readonly day: Day
  salt: Salt | Promise<Salt>
}

const salts = new WeakMap<Database, Known>()

/** The salt of this day: itself once this process has it, else when it comes. */
export function saltOf(db: Database, day: Day): Salt | Promise<Salt> {
  const known = salts.get(db)
  if (known?.day === day) return known.salt
  const coming = shared(db, day)
  const made: Known = { day, salt: coming }
  salts.set(db, made)
  const forget = () => void (salts.get(db) === made && salts.delete(db))
  coming.then((salt) => (made.salt = salt), forget)
  // A process that nobody visits any more must not remember the day, either.
  setTimeout(forget, Math.max(0, Date.parse(day) + DAY - now().getTime())).unref()
  return coming
}

// Whichever process comes first makes it; all open the same.
async function shared(db: Database, day: Day): Promise<Salt> {
  const key = db.keyring.own('navigation')
  return db.as('improvement', async ({ $client: client }) => {
    const fresh = [day, seal(key, randomBytes(32)), now()]
    await client.query('insert into salts (day, sealed, made_at) values ($1, $2, $3) on conflict do nothing', fresh)
    const { rows } = await client.query<{ sealed: Buffer }>('select sealed from salts where day = $1', [day])
    if (!rows[0]) throw new Error('the salt of the day is gone')
    return saltFrom(unseal(key, rows[0].sealed))
  })
}

/** Destroys every salt of a day that is over. */
export async function destroySalts(db: Database): Promise<void> {
  const today = dayOf(now())
  await db.as('improvement', ({ $client: client }) => client.query('delete from salts where day < $1', [today]))
  if (salts.get(db)?.day !== today) salts.delete(db)
}

/** A number for whom these parts tell apart, under the salt. */
export const markOf = (salt: Salt, ...parts: readonly string[]): bigint =>
  BigInt.asIntN(64, BigInt(`0x${hmac(salt, parts.join('\n')).slice(0, 16)}`))

// The key is the salt's 64 hexadecimal digits: as long as a block, and so plain that its pads are plain text as well. Two
// hashes at once cost half of what an object for one HMAC does, and this runs with every action.
const saltFrom = (bytes: Buffer): Salt => {
  const pad = (mask: number): Buffer => Buffer.from(Buffer.from(bytes.toString('hex')).map((sign) => sign ^ mask))
  return { inner: pad(0x36).toString('latin1'), outer: Buffer.concat([pad(0x5c), Buffer.alloc(32)]) }
}

/** HMAC-SHA-256 of this text, in hexadecimal digits. */
export function hmac({ inner, outer }: Salt, text: string): string {
  outer.write(hash('sha256', inner + text, 'hex'), 64, 'hex')
  return hash('sha256', outer, 'hex')
}
