/**
 * A key with which one of the company's own programs comes in: 256 random bits behind a prefix that
 * scanners for leaked secrets can look for, and a checksum that tells a typo before anybody is asked.
 * Only its hash is kept.
 */
import { record } from '../audit/record.ts'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { and, desc, eq, isNull } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { HOUR, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { people } from '../people/tables.ts'
import type { Program } from '../web/house.ts'
import { type Scope, scopesAmong } from './scopes.ts'
import { programKeys } from './tables.ts'

const PREFIX = 'crk_'
const RANDOM = 43
const CHECK = 6
const SHOWN = PREFIX.length + 4
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

// Letters and digits alone, so that a double click takes the whole key.
function inLetters(number: bigint, length: number): string {
  let text = ''
  for (let rest = number; text.length < length; rest /= 62n) text = (ALPHABET[Number(rest % 62n)] ?? '') + text
  return text
}

const checksum = (text: string): string => inLetters(BigInt(crc32(text)), CHECK)

/** A fresh key. */
export function freshKey(): string {
  const random = PREFIX + inLetters(BigInt(`0x${randomBytes(32).toString('hex')}`), RANDOM)
  return random + checksum(random)
}

/** Could this be a key at all? What was cut off, mistyped or made up is not looked for. */
export const looksLikeKey = (text: string): boolean =>
  new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM + CHECK}}$`).test(text) && checksum(text.slice(0, -CHECK)) === text.slice(-CHECK)

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url')

export interface NewKey {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly service: string | undefined
  readonly expiresAt: Date | undefined
  readonly madeBy: Id
}

/** Makes a key and returns it: this once, and never again. */
export async function makeKey(tx: For<'security'>, { name, scopes, service, expiresAt, madeBy }: NewKey): Promise<string> {
  const [key, id] = [freshKey(), newId()]
  await tx.insert(programKeys).values({
    ...{ id, name, madeBy, keyHash: hashOf(key), start: key.slice(0, SHOWN), scopes: [...scopes] },
    ...{ service: service ?? null, expiresAt: expiresAt ?? null, madeAt: now() },
  })
  await record(tx, { act: 'program.given-key', actor: madeBy, thing: id })
  log('programs.key-made', { key: id, staff: madeBy })
  return key
}

/** Revokes a key: it opens nothing from this moment on. */
export async function revokeKey(tx: For<'security'>, { id, revokedBy }: { id: Id; revokedBy: Id }): Promise<boolean> {
  const revoked = await tx
    .update(programKeys)
    .set({ revokedAt: now(), revokedBy })
    .where(and(eq(programKeys.id, id), isNull(programKeys.revokedAt)))
    .returning({ id: programKeys.id })
  if (revoked.length === 0) return false
  await record(tx, { act: 'program.lost-key', actor: revokedBy, thing: id })
  log('programs.key-revoked', { key: id, staff: revokedBy })
  return true
}

const FIND = `select id, name, key_hash, scopes, service, expires_at, used_at from program_keys
  where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`

interface Found {
  id: Id
  name: string
  key_hash: string
  scopes: string[]
  service: string | null
  expires_at: Date | null
  used_at: Date | null
}

/** The program that this key belongs to, if it (still) opens anything: one prepared reading. */
export async function programWith(db: Database, key: string): Promise<Program | undefined> {
  const keyHash = hashOf(key)
  const [found] = await db.read<Found & Record<string, unknown>>('security', { name: 'program', text: FIND, values: [keyHash, now()] })
  // The index compares as fast as it likes: it sees hashes. Here it is decided, in constant time.
  if (!found || !timingSafeEqual(Buffer.from(found.key_hash), Buffer.from(keyHash))) return undefined
  await noteUse(db, found)
  return {
    keyId: found.id,
    name: found.name,
    scopes: found.scopes,
    service: found.service ?? undefined,
    expiresAt: found.expires_at ?? undefined,
  }
}

// To the hour: enough to see what is still used, and one writing an hour.
async function noteUse(db: Database, { id, used_at: usedAt }: Pick<Found, 'id' | 'used_at'>): Promise<void> {
  const hour = new Date(Math.floor(now().getTime() / HOUR) * HOUR)
  if (usedAt && usedAt >= hour) return
  await db.as('security', (tx) => tx.update(programKeys).set({ usedAt: hour }).where(eq(programKeys.id, id)))
}

/** A key as the console lists it. */
export interface ListedKey {
  readonly id: Id
  readonly name: string
  readonly start: string
  readonly scopes: readonly Scope[]
  readonly service: string | null
  /** Who made it; nobody, once they were erased. */
  readonly maker: string | null
  readonly madeAt: Date
  readonly expiresAt: Date | null
  readonly usedAt: Date | null
  readonly revokedAt: Date | null
  readonly revoker: string | null
}

/** All keys, newest first; those that were revoked, too, for a year. */
export async function listKeys(tx: For<'security'>): Promise<ListedKey[]> {
  const { id, name, start, scopes, service, madeAt, expiresAt, usedAt, revokedAt } = programKeys
  const [maker, revoker] = [alias(people, 'maker'), alias(people, 'revoker')]
  const rows = await tx
    .select({ id, name, start, scopes, service, madeAt, expiresAt, usedAt, revokedAt, maker: maker.name, revoker: revoker.name })
    .from(programKeys)
    .leftJoin(maker, eq(maker.id, programKeys.madeBy))
    .leftJoin(revoker, eq(revoker.id, programKeys.revokedBy))
    .orderBy(desc(madeAt))
  return rows.map((row) => ({ ...row, scopes: scopesAmong(row.scopes) }))
}

/** Does a key open anything at this moment? */
export const isLiving = ({ revokedAt, expiresAt }: Pick<ListedKey, 'revokedAt' | 'expiresAt'>): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt > now())
