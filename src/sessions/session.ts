/** A session: signed in on one browser, resumed after the browser was closed, ended at any time. */
import { and, desc, eq, gt, ne } from 'drizzle-orm'
import { DAY, fromNow, HOUR, MINUTE, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { settleIn } from '../people/person.ts'
import type { SignedIn } from '../web/house.ts'
import { newToken, tokenHash } from './secrets.ts'
import { sessions, strictSessions } from './tables.ts'

/** A session ends this long after its last use … */
export const IDLE_DAYS = 30
/** … and this long after it began, however often it was used. */
export const LONGEST_DAYS = 180
/** Staff sign in anew after this long. */
export const STRICT_HOURS = 12
/** A proof of who one is counts as fresh for this long. */
export const FRESH_MINUTES = 15

export type Means = (typeof sessions.$inferInsert)['means']

/** A session as its owner sees it. */
export interface ListedSession {
  readonly id: Id
  readonly browser: string
  readonly means: Means
  readonly startedAt: Date
  readonly seenAt: Date
}

/** Opens a session and returns the token for the cookie, which is kept nowhere. */
export async function openSession(
  tx: For<'security'>,
  { personId, browser, means }: { personId: Id; browser: string; means: Means },
): Promise<string> {
  const token = newToken()
  const startedAt = now()
  await settleIn(tx, personId)
  const expiresAt = (await isStrict(tx, personId)) ? fromNow(STRICT_HOURS * HOUR) : fromNow(IDLE_DAYS * DAY)
  await tx.insert(sessions).values({
    id: newId(),
    personId,
    browser,
    means,
    tokenHash: tokenHash(token),
    startedAt,
    seenAt: startedAt,
    provenAt: startedAt,
    expiresAt,
  })
  return token
}

/** Do the strict rules for staff apply to this person? */
export async function isStrict(tx: For<'security'>, personId: Id): Promise<boolean> {
  return (await tx.select().from(strictSessions).where(eq(strictSessions.personId, personId))).length > 0
}

/** The same, where no transaction is under way. */
export async function isStrictNow(db: Database, personId: Id): Promise<boolean> {
  const text = 'select from strict_sessions where person_id = $1'
  return (await db.read('security', { name: 'strict', text, values: [personId] })).length > 0
}

/**
 * The same, and nobody else may take away one of the person's factors until this transaction ends: two
 * removals at once would each see the other factor and leave none.
 */
export async function isStrictForUpdate(tx: For<'security'>, personId: Id): Promise<boolean> {
  return (await tx.select().from(strictSessions).where(eq(strictSessions.personId, personId)).for('update')).length > 0
}

/** From now on the person's sessions are short and need a second factor; those that run are ended. */
export async function beStrict(tx: For<'security'>, personId: Id): Promise<void> {
  await tx.insert(strictSessions).values({ personId, sinceAt: now() }).onConflictDoNothing()
  await endSessions(tx, personId)
}

/** The usual rules apply again. */
export async function beUsual(tx: For<'security'>, personId: Id): Promise<void> {
  await tx.delete(strictSessions).where(eq(strictSessions.personId, personId))
  await endSessions(tx, personId)
}

interface Found {
  id: Id
  person_id: Id
  name: string
  email: string
  joined_at: Date
  started_at: Date
  seen_at: Date
  proven_at: Date
  expires_at: Date
  strict: boolean
  factor: boolean
  passkeys: boolean
}

/** Who is signed in, with what only this room needs to know of the session. */
export interface FoundSession extends SignedIn {
  readonly seenAt: Date
  readonly expiresAt: Date
  /** Only a passkey can prove that it is them. */
  readonly owesPasskey: boolean
}

/** Who holds this token, and when they were last seen; undefined when nobody does (any more). */
export async function findSession(db: Database, token: string): Promise<FoundSession | undefined> {
  const [found] = await db.read<Found & Record<string, unknown>>('security', {
    name: 'session',
    text: FIND,
    values: [tokenHash(token), now()],
  })
  if (!found) return undefined
  // Staff who have a passkey have proven nothing before they used it, or whoever reads their mail could
  // sign in by code, add a factor of their own, and be taken for them.
  const owesPasskey = found.strict && found.passkeys && !found.factor
  return {
    sessionId: found.id,
    personId: found.person_id,
    name: found.name,
    email: found.email,
    joinedAt: found.joined_at,
    startedAt: found.started_at,
    seenAt: found.seen_at,
    provenAt: owesPasskey ? new Date(0) : found.proven_at,
    owesPasskey,
    expiresAt: found.expires_at,
    strict: found.strict,
    factor: found.factor,
  }
}

const FIND = `
  select s.id, s.person_id, p.name, p.email, p.joined_at, s.started_at, s.seen_at, s.proven_at, s.expires_at,
         exists (select from strict_sessions t where t.person_id = s.person_id) as strict,
         exists (select from passkeys k where k.person_id = s.person_id) as passkeys,
         s.means = 'passkey'
           or exists (select from second_factors f where f.person_id = s.person_id and f.confirmed_at is not null) as factor
    from sessions s join people p on p.id = s.person_id
   where s.token_hash = $1 and s.expires_at > $2`

/** Is it another hour than the one in which the session was last seen? Within an hour reading does not become writing. */
export const isStale = (session: { seenAt: Date }): boolean => thisHour().getTime() > session.seenAt.getTime()

const thisHour = (): Date => new Date(Math.floor(now().getTime() / HOUR) * HOUR)

/**
 * Notes, to the hour, that the session was used, and prolongs it; a strict one ends when it was going to.
 * @returns for how many seconds the cookie lives on
 */
export async function prolong(
  tx: For<'security'>,
  session: Pick<FoundSession, 'sessionId' | 'startedAt' | 'expiresAt' | 'strict'>,
): Promise<number> {
  const longest = session.startedAt.getTime() + LONGEST_DAYS * DAY
  const expiresAt = session.strict ? session.expiresAt : new Date(Math.min(fromNow(IDLE_DAYS * DAY).getTime(), longest))
  await tx.update(sessions).set({ seenAt: thisHour(), expiresAt }).where(eq(sessions.id, session.sessionId))
  return secondsUntil(expiresAt)
}

const secondsUntil = (moment: Date): number => Math.max(0, Math.floor((moment.getTime() - now().getTime()) / 1000))

/** Seconds that a new session's cookie lives. */
export const cookieSeconds = (strict: boolean): number => (strict ? STRICT_HOURS * HOUR : IDLE_DAYS * DAY) / 1000

/** Was the proof given within the last minutes? */
export const isFresh = (person: SignedIn): boolean => now().getTime() - person.provenAt.getTime() < FRESH_MINUTES * MINUTE

/**
 * Notes a fresh proof and gives the session a new token, as whenever its powers grow. Who proved it by
 * passkey is from then on signed in as if by passkey.
 * @returns the token and for how many seconds its cookie lives; undefined when the session was ended meanwhile
 */
export async function prove(
  tx: For<'security'>,
  sessionId: Id,
  means: 'passkey' | 'other',
): Promise<{ token: string; seconds: number } | undefined> {
  const token = newToken()
  const [proven] = await tx
    .update(sessions)
    .set({ provenAt: now(), tokenHash: tokenHash(token), ...(means === 'passkey' ? { means } : {}) })
    .where(eq(sessions.id, sessionId))
    .returning({ expiresAt: sessions.expiresAt })
  return proven && { token, seconds: secondsUntil(proven.expiresAt) }
}

/** The person's living sessions, newest first. */
export async function sessionsOf(tx: For<'security' | 'service' | 'support'>, personId: Id): Promise<ListedSession[]> {
  const { id, browser, means, startedAt, seenAt } = sessions
  return tx
    .select({ id, browser, means, startedAt, seenAt })
    .from(sessions)
    .where(and(eq(sessions.personId, personId), gt(sessions.expiresAt, now())))
    .orderBy(desc(startedAt))
    .limit(200)
}

/** Ends one session of this person, and says whether there was one; another's is not touched. */
export async function endSession(tx: For<'security'>, personId: Id, sessionId: Id): Promise<boolean> {
  const own = and(eq(sessions.id, sessionId), eq(sessions.personId, personId))
  return (await tx.delete(sessions).where(own).returning({ id: sessions.id })).length > 0
}

/** Ends all sessions of the person, but for one that may stay. */
export async function endSessions(tx: For<'security'>, personId: Id, stays?: Id): Promise<void> {
  await tx.delete(sessions).where(and(eq(sessions.personId, personId), stays ? ne(sessions.id, stays) : undefined))
}

/** Ends whatever session holds this token. */
export async function endToken(tx: For<'security'>, token: string): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.tokenHash, tokenHash(token)))
}
