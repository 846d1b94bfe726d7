/**
 * Secrets as they are kept: never in clear. Long random tokens are kept as SHA-256; what a person can
 * type (a password, a six-digit code) is short, so it is kept as argon2id.
 */
import { hash as digest, randomBytes, randomInt } from 'node:crypto'
import { type Algorithm, hash, verify } from '@node-rs/argon2'

// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const COST = { algorithm: 2 as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** A token of 256 bits, for cookies and links. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** How a token is kept. */
export const tokenHash = (token: string): string => digest('sha256', token, 'base64url')

/** A code of six digits. */
export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0')

/** A recovery code: 24 letters and digits that cannot be confused, 118 bits, so a fast hash keeps it well. */
export const newRecoveryCode = (): string => Array.from({ length: 24 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
const ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789'

/** How a password or code is kept. */
export const slowHash = (secret: string): Promise<string> => hash(secret, COST)

/** Compares with what is kept; takes the same time when there is nothing to compare with. */
export async function slowMatch(kept: string | undefined | null, secret: string): Promise<boolean> {
  const matches = await verify(kept ?? (await nobodys), secret)
  return matches && kept != null
}
const nobodys = slowHash(newToken())
