/**
 * The ways of signing in. Whenever one changes its owner is told by letter; when one is replaced or
 * removed, whoever came in by it is put out.
 */
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { personWith } from '../people/person.ts'
import type { House } from '../web/house.ts'
import { count, limits } from '../web/throttle.ts'
import { endAttempts } from './attempt.ts'
import { guessedLetter, recoveryCodeLetter, waysChangedLetter } from './emails.ts'
import { passwordSince } from './password.ts'
import { passkeysOf } from './passkey.ts'
import { hasSecondFactor, recoveryCodesLeft } from './second-factor.ts'
import { endSessions, isStrictForUpdate } from './session.ts'

/** Whose ways they are. */
export interface Owner {
  readonly personId: Id
  readonly name: string
  readonly email: string
}

/** What anybody would try first in a password: our name, the site's, the owner's own. */
export const wordsAround = ({ content, config }: House, { name, email }: Pick<Owner, 'name' | 'email'>): string[] => [
  ...[content.company.name, content.company.short, new URL(config.origin).hostname, name, email],
]

/** Tells that a way was added; the sessions go on. */
export async function wayAdded(tx: For<'security'>, house: House, owner: Owner, what: string): Promise<void> {
  await post(tx, waysChangedLetter(house, owner, what))
}

/** Tells that a way was replaced or removed, and ends all sessions but the one that may stay, and all that waits. */
export async function wayChanged(tx: For<'security'>, house: House, owner: Owner, what: string, stays?: Id): Promise<void> {
  await endSessions(tx, owner.personId, stays)
  await endAttempts(tx, owner.personId)
  const ended = stays ? 'All other sessions were ended.' : 'All sessions were ended.'
  await post(tx, waysChangedLetter(house, owner, `${what} ${ended}`))
}

/**
 * Counts a wrong password that was given for an address, and tells the account's owner at the fifth within an hour. Whoever
 * gave it gets the same answer whether or not there is an account.
 */
export async function wrongPassword(house: House, email: string): Promise<void> {
  const tries = limits[WRONG].hits
  if ((await count(house.db, WRONG, email)).hits !== tries) return
  await house.db.as('security', async (tx) => {
    const person = await personWith(tx, email)
    if (!person || !(await passwordSince(tx, person.id))) return
    log('sessions.guessed', { tries })
    await post(tx, guessedLetter(house, { ...person, personId: person.id }, tries))
  })
}

const WRONG = 'wrong password by address'

/** Tells that a recovery code was used, and how many are left. */
export async function recoveryCodeUsed(tx: For<'security'>, house: House, owner: Owner): Promise<void> {
  const left = await recoveryCodesLeft(tx, owner.personId)
  await post(tx, recoveryCodeLetter(house, owner, left))
}

/** Would this person, who is under the strict rules, be left without any factor if one were removed? */
export async function isLastFactor(tx: For<'security'>, personId: Id): Promise<boolean> {
  if (!(await isStrictForUpdate(tx, personId))) return false
  const passkeys = await passkeysOf(tx, personId)
  const app = await hasSecondFactor(tx, personId)
  return passkeys.length + (app ? 1 : 0) <= 1
}
