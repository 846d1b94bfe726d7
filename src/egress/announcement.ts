/**
 * New recipients are announced before they get anything: by a version of the privacy policy that names them, once it
 * took effect. Those that the program knew when the database was new are named by the first version.
 */
import type { Database } from '../database/connection.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { mayUse, type Permission, permissionOf } from '../versions/permission.ts'
import { refuse } from './refusal.ts'

/**
 * Lets pass what may be used by now.
 * @throws EgressRefused for a recipient that no version names, or one that did not take effect
 */
export async function requireUsable(db: Database, { name }: Nameplate): Promise<void> {
  if (await mayUse(db, { processor: name })) return
  const permission = permissionOf(db, { processor: name })
  if (!permission) throw refuse('too early', `${name} is not announced`)
  throw refuse('too early', `${name} may be used from ${permission.at.toISOString().slice(0, 10)} on, if the notice of it went out`)
}

/** When a recipient may first be used; undefined when it is not announced. */
export const usableFrom = (db: Database, { name }: Nameplate): Permission | undefined => permissionOf(db, { processor: name })
