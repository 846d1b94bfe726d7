/**
 * A stop: an address that is not written to, because its mailbox does not exist, its server refuses, or
 * its owner complained. Updates respect every stop. A letter that somebody needs (a code, a receipt) goes
 * in spite of it, unless the mailbox does not exist; and even there one is tried a day, because a
 * provider's mistake must not lock anybody out for good.
 */
import { createHmac } from 'node:crypto'
import { and, count, desc, eq, gt, inArray, isNull, lt, min, or, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Purpose } from '../database/purposes.ts'
import { type Id, log, word } from '../log.ts'
import { type Evidence, softBounces, suppressions, type Why, whyNames, whys } from './tables.ts'

export { type Evidence, type Why, whyNames, whys }

/** Who may look a stop up. */
type Reading = For<'operations' | 'updates' | 'support' | 'service' | 'security' | 'rights'>
/** Who may stop and lift. */
type Stopping = For<'operations' | 'updates' | 'support' | 'security'>

export interface Suppression {
  readonly id: Id
  readonly why: Why
  readonly code: string | null
  readonly suppressedAt: Date
  readonly seenAt: Date
}

/** What came back, from where. */
export interface Returned {
  /** The address that was written to, in lower case. */
  readonly email: string
  /** The person who has it; a stranger has none, and then nothing but a hash is kept. */
  readonly personId?: Id | undefined
  /** The letter, or the recipient of an issue, that it is about. */
  readonly aboutId?: Id | undefined
  /** A code such as `5.1.1`. */
  readonly code?: string | undefined
}

/** Letters that come back for a passing reason make a stop when there are so many, so far apart, within so long. */
export const softRule = { bounces: 5, within: 30 * DAY, apart: 7 * DAY } as const

const keyOf = (tx: For<Purpose>): Buffer => tx.db.keyring.own('suppression')

/** The keyed hash under which an address is looked up. */
export const addressHash = (tx: For<Purpose>, email: string): string => createHmac('sha256', keyOf(tx)).update(email).digest('hex')

const padded = (key: Buffer, sign: number): Buffer =>
  Buffer.concat([key, Buffer.alloc(64 - key.length)]).map((byte) => byte ^ sign) as Buffer

/** The same hash, computed by the database for a column of addresses: HMAC by its definition (RFC 2104). */
export const addressHashIn = (tx: For<Purpose>, column: PgColumn | SQL): SQL => {
  const [inner, outer] = [padded(keyOf(tx), 0x36), padded(keyOf(tx), 0x5c)]
  return sql`encode(sha256(${outer}::bytea || sha256(${inner}::bytea || convert_to(${column}, 'UTF8'))), 'hex')`
}

/** The condition that no stop holds for the address in `column`: for one statement over many recipients. */
export const notSuppressed = (tx: Reading, column: PgColumn | SQL): SQL =>
  sql`not exists (select from ${suppressions} where ${suppressions.addressHash} = ${addressHashIn(tx, column)} and ${suppressions.liftedAt} is null)`

/** The gravest stop that holds for an address, if there is one. */
export async function suppressionOf(tx: Reading, email: string): Promise<Suppression | undefined> {
  const found = await tx
    .select(shown)
    .from(suppressions)
    .where(and(eq(suppressions.addressHash, addressHash(tx, email)), isNull(suppressions.liftedAt)))
  return found.sort((a, b) => whyNames.indexOf(a.why) - whyNames.indexOf(b.why))[0]
}

const { id, why, code, suppressedAt, seenAt } = suppressions
const shown = { id, why, code, suppressedAt, seenAt }

/** A stop by its number, while it holds. */
export async function stopOf(tx: Reading, stopId: Id): Promise<Suppression | undefined> {
  const [stop] = await tx
    .select(shown)
    .from(suppressions)
    .where(and(eq(suppressions.id, stopId), isNull(suppressions.liftedAt)))
  return stop
}

/** Is a letter that somebody needs held back, too? Only where there is no mailbox, and not for longer than a day. */
export const holdsBack = (stop: Suppression | undefined): boolean => stop?.why === 'gone' && stop.seenAt > fromNow(-DAY)

/** Stops writing to an address. Repeating it renews the stop. */
export async function suppress(tx: Stopping, { why, evidence, ...returned }: Returned & { why: Why; evidence: Evidence }): Promise<void> {
  const fresh = {
    id: newId(),
    addressHash: addressHash(tx, returned.email),
    personId: returned.personId ?? null,
    why,
    evidence,
    aboutId: returned.aboutId ?? null,
    code: returned.code ?? null,
    suppressedAt: now(),
    seenAt: now(),
  }
  await tx
    .insert(suppressions)
    .values(fresh)
    .onConflictDoUpdate({
      target: [suppressions.addressHash, suppressions.why],
      targetWhere: sql`lifted_at is null`,
      set: { seenAt: fresh.seenAt, code: fresh.code, evidence },
    })
  log('mail.suppressed', { about: returned.aboutId, why: word(why) })
}

/**
 * Notes a letter that came back for a passing reason, once a letter.
 * @returns whether that was one too many, so that the address is stopped now
 */
export async function softBounce(tx: Stopping, returned: Returned & { aboutId: Id; evidence: Evidence }): Promise<boolean> {
  const { email, personId = null, aboutId, code: given = null, evidence } = returned
  const hash = addressHash(tx, email)
  await tx
    .insert(softBounces)
    .values({ id: newId(), addressHash: hash, personId, aboutId, code: given, bouncedAt: now() })
    .onConflictDoNothing({ target: [softBounces.addressHash, softBounces.aboutId] })
  const [sum] = await tx
    .select({ bounces: count(), first: min(softBounces.bouncedAt) })
    .from(softBounces)
    .where(and(eq(softBounces.addressHash, hash), gt(softBounces.bouncedAt, fromNow(-softRule.within))))
  const many = (sum?.bounces ?? 0) >= softRule.bounces && (sum?.first ?? now()) <= fromNow(-softRule.apart)
  if (many) await suppress(tx, { ...returned, why: 'soft', evidence })
  return many
}

/** Who says that the mailbox works again. */
type By = { readonly by: 'person' } | { readonly by: 'staff'; readonly staffId: Id }

/**
 * Lifts every stop of the address that this stop is about, and forgets what led to it.
 * @returns whether there was something to lift
 */
export async function lift(tx: For<'support' | 'security'>, stopId: Id, by: By): Promise<boolean> {
  const [stop] = await tx
    .select({ hash: suppressions.addressHash })
    .from(suppressions)
    .where(and(eq(suppressions.id, stopId), isNull(suppressions.liftedAt)))
  if (!stop) return false
  await liftAt(tx, stop.hash, { by: by.by, whys: whyNames })
  log('mail.lifted', { stop: stopId, by: word(by.by), staff: by.by === 'staff' ? by.staffId : undefined })
  return true
}

async function liftAt(tx: Stopping, hash: string, { by, whys }: { by: By['by']; whys: readonly Why[] }): Promise<number> {
  const lifted = await tx
    .update(suppressions)
    .set({ liftedAt: now(), liftedBy: by })
    .where(and(eq(suppressions.addressHash, hash), isNull(suppressions.liftedAt), inArray(suppressions.why, [...whys])))
  await tx.delete(softBounces).where(eq(softBounces.addressHash, hash))
  return lifted.rowCount ?? 0
}

/** Somebody did not want our letters, or asked us to stop: only their word lifts it, not that a letter arrived. */
const wishes: readonly Why[] = ['complaint', 'staff']

/** The stop of an address that somebody wished for, if there is one. */
export async function wishedStopOf(tx: Reading, email: string): Promise<Suppression | undefined> {
  const wished = and(
    eq(suppressions.addressHash, addressHash(tx, email)),
    isNull(suppressions.liftedAt),
    inArray(suppressions.why, [...wishes]),
  )
  return (await tx.select(shown).from(suppressions).where(wished))[0]
}

/**
 * A letter was read at this address, so its mailbox works: stops because of letters that came back are lifted.
 * What was wished for is lifted only `asWished`: when the reader was told of it and said that we may write again.
 */
export async function mailboxWorks(tx: For<'updates'>, email: string, { asWished }: { asWished: boolean }): Promise<void> {
  const whys = whyNames.filter((why) => asWished || !wishes.includes(why))
  const lifted = await liftAt(tx, addressHash(tx, email), { by: 'person', whys })
  if (lifted > 0) log('mail.lifted', { by: word('person'), stops: lifted })
}

/** A stop as the console lists it. */
export interface ListedStop extends Suppression {
  readonly personId: Id | null
  readonly addressHash: string
  readonly evidence: Evidence
  readonly liftedAt: Date | null
  readonly liftedBy: 'person' | 'staff' | null
}

const { addressHash: hash, personId, evidence, liftedAt, liftedBy } = suppressions

interface WantedStops {
  readonly email?: string | undefined
  readonly before?: Date | undefined
  /** Those after this one in the list. */
  readonly after?: Pick<ListedStop, 'id' | 'suppressedAt'> | undefined
  /** Whom to leave out, as a condition on the column of the person: who that is, is known above this room. */
  readonly only?: ((person: PgColumn) => SQL) | undefined
  readonly most: number
}

/** The newest stops, those of one address, or those that began before a moment; the lifted ones, too. */
export async function listStops(tx: For<'support'>, { email, before, after, only, most }: WantedStops): Promise<ListedStop[]> {
  const next = after && or(lt(suppressedAt, after.suppressedAt), and(eq(suppressedAt, after.suppressedAt), lt(id, after.id)))
  return tx
    .select({ ...shown, personId, addressHash: hash, evidence, liftedAt, liftedBy })
    .from(suppressions)
    .where(and(email ? eq(hash, addressHash(tx, email)) : undefined, before ? lt(suppressedAt, before) : undefined, next, only?.(personId)))
    .orderBy(desc(suppressedAt), desc(id))
    .limit(most)
}
