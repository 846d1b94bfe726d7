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

const LONGEST = 200
// Signs as people count them: an emoji is one, though JavaScript keeps it as two.
const signs = (text: string): number => Array.from(text).length

/** A password as it was typed: nothing is trimmed, cut or changed. */
export const newPassword = z
  .string('Please choose a password.')
  .refine((password) => signs(password) >= 12, 'At least 12 characters, please: a few words that you remember are best.')
  .refine((password) => signs(password) <= LONGEST, `At most ${LONGEST} characters, please.`)
  .refine((password) => !isStolen(password), 'That password is on a list of stolen ones, so others will try it. Please choose another.')

/** A password that should be the right one. */
export const typedPassword = z
  .string()
  .refine((password) => signs(password) <= LONGEST, 'That is longer than a password can be.')
  .optional()

/**
 * Is the password little more than words that everybody who attacks this account tries first: of our name, the site's, the
 * person's own name and address? What is left without them must still be eight signs.
 */
export function isGuessable(password: string, around: readonly string[]): boolean {
  const words = around.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 4)
  const longestFirst = [...new Set(words)].toSorted((a, b) => b.length - a.length)
  const rest = longestFirst.reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase())
  return rest.length < password.toLowerCase().length && signs(rest.replace(/[^\p{L}\p{N}]/gu, '')) < 8
}

/** What is said of such a password. */
export const GUESSABLE = 'That is mostly your name, your address or our name, which others try first. Please add words of another kind.'

// 49,000 passwords from public breaches, in a package, read when the first password is chosen. As one
// text they take half a megabyte; the package's own array would take six, so it is let go.
let stolen: string | undefined
function isStolen(password: string): boolean {
  stolen ??= `\n${breachList().join('\n')}\n`
  const bare = password.toLowerCase()
  return [bare, bare.replace(/[\d!?.\s]+$/, '')].some((guess) => stolen?.includes(`\n${guess}\n`))
}

// Read from node_modules by path, both by the sources and by the built program.
function breachList(): readonly string[] {
  const load = createRequire(import.meta.url)
  const path = load.resolve('@zxcvbn-ts/language-common/dist/passwords.json.cjs')
  const list = load(path) as unknown
  delete load.cache[path]
  if (!Array.isArray(list) || list.length < 10_000) throw new Error('the list of stolen passwords is not where it was')
  return list as string[]
}

/** Sets or replaces the person's password. Hash it first (`slowHash`), outside of the transaction. */
export async function keepPassword(tx: For<'security'>, personId: Id, hash: string): Promise<void> {
  await tx
    .insert(passwords)
    .values({ personId, hash, setAt: now() })
    .onConflictDoUpdate({ target: passwords.personId, set: { hash, setAt: now() } })
}

/** Removes the password, and says whether there was one. */
export async function dropPassword(tx: For<'security'>, personId: Id): Promise<boolean> {
  return (await tx.delete(passwords).where(eq(passwords.personId, personId)).returning({ personId: passwords.personId })).length > 0
}

/** When the person chose their password; undefined when there is none. */
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
