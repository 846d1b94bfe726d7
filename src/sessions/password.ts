/** A password, for those who want one: long enough, not on the lists of stolen ones, kept as argon2id. */
import { createRequire } from 'node:module'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { now } from '../clock.ts'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { type Person, personWith } from '../people/person.ts'
import { slowMatch } from './secrets.ts'
import { passwords } from './tables.ts'

/** A password as it was typed: nothing is trimmed, cut or changed. */
export const newPassword = z
  .string('Please choose a password.')
  .min(12, 'At least 12 characters, please: a few words that you remember are best.')
  .max(200, 'At most 200 characters, please.')
  .refine((password) => !isStolen(password), 'That password is on a list of stolen ones, so others will try it. Please choose another.')

export const typedPassword = z.string().max(200, 'That is longer than a password can be.').optional()

// 30,000 passwords from public breaches, in a package, read when the first password is chosen.
let stolen: ReadonlySet<string> | undefined
function isStolen(password: string): boolean {
  stolen ??= new Set(breachList())
  const bare = password.toLowerCase()
  return stolen.has(bare) || stolen.has(bare.replace(/[\d!?.\s]+$/, ''))
}

function breachList(): string[] {
  const { dictionary } = createRequire(import.meta.url)('@zxcvbn-ts/language-common') as { dictionary: Record<string, string[]> }
  return dictionary['passwords'] ?? []
}

/** Sets or replaces the person's password. Hash it first (`slowHash`), outside of the transaction. */
export async function keepPassword(tx: For<'security'>, personId: Id, hash: string): Promise<void> {
  await tx
    .insert(passwords)
    .values({ personId, hash, setAt: now() })
    .onConflictDoUpdate({ target: passwords.personId, set: { hash, setAt: now() } })
}

/** Signs in by code or passkey alone from now on. */
export async function dropPassword(tx: For<'security'>, personId: Id): Promise<void> {
  await tx.delete(passwords).where(eq(passwords.personId, personId))
}

/** Does the person have a password? */
export async function passwordSince(tx: For<'security' | 'rights'>, personId: Id): Promise<Date | undefined> {
  const [row] = await tx.select({ setAt: passwords.setAt }).from(passwords).where(eq(passwords.personId, personId))
  return row?.setAt
}

/** The person with this address and password; the same work is done whether or not there is one. */
export async function personByPassword(db: Database, email: string, password: string): Promise<Person | undefined> {
  const known = await db.as('security', async (tx) => {
    const person = await personWith(tx, email)
    return { person, hash: await hashOf(tx, person?.id) }
  })
  return (await slowMatch(known.hash, password)) ? known.person : undefined
}

/** Is this the person's password? */
export async function isPasswordOf(db: Database, personId: Id, password: string): Promise<boolean> {
  return slowMatch(await db.as('security', (tx) => hashOf(tx, personId)), password)
}

// Asked also for nobody, so that known and unknown addresses cost the same.
async function hashOf(tx: For<'security'>, personId: Id | undefined): Promise<string | undefined> {
  const [row] = await tx
    .select({ hash: passwords.hash })
    .from(passwords)
    .where(eq(passwords.personId, personId ?? ('00000000-0000-0000-0000-000000000000' as Id)))
  return row?.hash
}
