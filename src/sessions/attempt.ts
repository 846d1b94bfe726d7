/**
 * An attempt: somebody asks to register, to sign in, to move to another address, and we wait for a
 * code or a link from a letter. Until it is confirmed nothing else is kept of them. Known and unknown
 * addresses take the same steps and the same time; only the letter differs.
 */
import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { fromNow, MINUTE, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { post } from '../mail/letter.ts'
import { personWith } from '../people/person.ts'
import type { House } from '../web/house.ts'
import { type Addressed, addressAskedLetter, letterFor } from './emails.ts'
import { newCode, newToken, slowHash, slowMatch, tokenHash } from './secrets.ts'
import { attempts } from './tables.ts'

export type Attempt = typeof attempts.$inferSelect
export type AttemptKind = Attempt['kind']

/** A code or a link is good for ten minutes and five tries. */
export const ATTEMPT_MINUTES = 10
const MOST_TRIES = 5

interface Begun {
  readonly wants: 'sign-up' | 'sign-in' | 'reset'
  readonly email: string
  readonly name?: string | undefined
  readonly invitationId?: Id | undefined
}

/**
 * Begins an attempt to register, sign in or choose a new password, and posts the letter that fits.
 * @returns the token that ties the attempt to this browser, for its cookie
 */
export async function begin(house: House, { wants, email, name, invitationId }: Begun): Promise<string> {
  const secrets = await fresh()
  await house.db.as('security', async (tx) => {
    const person = await personWith(tx, email)
    const kind = kindOf(wants, person !== undefined)
    await keep(tx, secrets, { kind, email, name: kind === 'sign-up' ? name : undefined, personId: person?.id, invitationId })
    await post(tx, letterFor(house, { ...secrets, wants, kind, email, name: person?.name ?? name, personId: person?.id }))
  })
  return secrets.browser
}

// Who registers twice is signed in; who is not known is told so by letter, never by the page.
function kindOf(wants: Begun['wants'], known: boolean): AttemptKind {
  if (wants === 'sign-up') return known ? 'sign-in' : 'sign-up'
  return known ? wants : 'stranger'
}

interface Signed {
  readonly personId: Id
  readonly name: string
  readonly email: string
}

/** Begins an attempt of somebody who is signed in to prove who they are; returns the cookie's token. */
export async function beginProof(house: House, person: Signed): Promise<string> {
  const secrets = await fresh()
  const about = { kind: 'proof', email: person.email, personId: person.personId } as const
  await house.db.as('security', async (tx) => {
    await keep(tx, secrets, about)
    await post(tx, letterFor(house, { ...about, ...secrets, wants: 'proof', name: person.name }))
  })
  return secrets.browser
}

/**
 * Begins an attempt of somebody who is signed in to move to another address; both addresses are told. If
 * somebody has the new one already, its letter says so and its code does nothing: the page never tells.
 * @returns the cookie's token
 */
export async function beginMove(house: House, person: Signed, to: string): Promise<string> {
  const secrets = await fresh()
  await house.db.as('security', async (tx) => {
    const other = await personWith(tx, to)
    const kind = other ? 'stranger' : 'new-address'
    await keep(tx, secrets, { kind, email: to, personId: other?.id ?? person.personId })
    await post(
      tx,
      letterFor(house, { ...secrets, wants: 'new-address', kind, email: to, name: (other ?? person).name, personId: other?.id }),
    )
    await post(tx, addressAskedLetter(house, person))
  })
  return secrets.browser
}

/** Begins to wait for the second factor of somebody who gave the first; returns the cookie's token. */
export async function beginSecond(tx: For<'security'>, person: { id: Id; email: string }, first: First): Promise<string> {
  const browser = newToken()
  const about = { kind: 'second-factor', email: person.email, personId: person.id, ...first } as const
  await tx.insert(attempts).values({ ...times(), ...about, id: newId(), browserHash: tokenHash(browser) })
  return browser
}

/** What was given before the second factor is asked for, and what it is all about. */
export interface First {
  readonly means: NonNullable<Attempt['means']>
  readonly invitationId: Id | null
}

/** Ends everything of this person that waits: what was begun with the old ways in must not end inside. */
export async function endAttempts(tx: For<'security'>, personId: Id): Promise<void> {
  await tx.delete(attempts).where(eq(attempts.personId, personId))
}

interface Secrets {
  readonly browser: string
  readonly code: string
  readonly link: string
  readonly codeHash: string
}

async function fresh(): Promise<Secrets> {
  const code = newCode()
  return { browser: newToken(), code, link: newToken(), codeHash: await slowHash(code) }
}

const times = () => ({ startedAt: now(), expiresAt: fromNow(ATTEMPT_MINUTES * MINUTE) })

type Kept = Pick<Addressed, 'kind' | 'email'> & { name?: string | undefined; personId?: Id | undefined; invitationId?: Id | undefined }

async function keep(tx: For<'security'>, secrets: Secrets, { name, personId, invitationId, ...rest }: Kept): Promise<void> {
  const known = { name: name ?? null, personId: personId ?? null, invitationId: invitationId ?? null }
  const hashes = { browserHash: tokenHash(secrets.browser), codeHash: secrets.codeHash, linkHash: tokenHash(secrets.link) }
  await tx.insert(attempts).values({ id: newId(), ...rest, ...known, ...hashes, ...times() })
}

/** The attempt that this browser is in, if it still lasts. */
export async function attemptOf(tx: For<'security'>, browser: string): Promise<Attempt | undefined> {
  const [attempt] = await tx
    .select()
    .from(attempts)
    .where(and(eq(attempts.browserHash, tokenHash(browser)), gt(attempts.expiresAt, now())))
  return attempt
}

/**
 * Tries a code. Each try is counted before it is compared, in one statement, so that a thousand at
 * once are five; a right one can be redeemed once.
 */
export async function tryCode(db: Database, browser: string | undefined, code: string): Promise<Attempt | 'wrong' | 'over'> {
  const attempt = browser === undefined ? undefined : await db.as('security', (tx) => countTry(tx, browser))
  const matches = await slowMatch(attempt?.codeHash, code)
  if (!attempt || attempt.kind === 'second-factor') return 'over'
  if (!matches || attempt.kind === 'stranger') return 'wrong'
  return attempt
}

/** Counts one try of the attempt that this browser is in; undefined when it is over. */
export async function countTry(tx: For<'security'>, browser: string): Promise<Attempt | undefined> {
  const living = and(eq(attempts.browserHash, tokenHash(browser)), gt(attempts.expiresAt, now()), lt(attempts.tries, MOST_TRIES))
  const [attempt] = await tx
    .update(attempts)
    .set({ tries: sql`${attempts.tries} + 1` })
    .where(living)
    .returning()
  return attempt
}

/** Redeems an attempt: true for the one caller who may act on it. */
export async function redeem(tx: For<'security'>, attempt: Attempt): Promise<boolean> {
  const gone = await tx
    .delete(attempts)
    .where(and(eq(attempts.id, attempt.id), gt(attempts.expiresAt, now())))
    .returning({ id: attempts.id })
  return gone.length > 0
}

/** The attempt behind a link from a letter, if it still lasts. */
export async function attemptBehind(tx: For<'security'>, link: string): Promise<Attempt | undefined> {
  const [attempt] = await tx
    .select()
    .from(attempts)
    .where(and(eq(attempts.linkHash, tokenHash(link)), gt(attempts.expiresAt, now())))
  return attempt
}
