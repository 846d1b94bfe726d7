/**
 * Sealed text: AES-256-GCM under a key of one person, which itself is wrapped under a key derived from
 * the house's root (`root.ts`). Destroying a person's key makes everything sealed under it unreadable, in every copy of
 * the database, however old.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { customType } from 'drizzle-orm/pg-core'

/** A column of bytes. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

const NONCE = 12
const TAG = 16

/** Seals `plain` under a 32-byte `key`: nonce, ciphertext and tag in one buffer. */
export function seal(key: Buffer, plain: Buffer | string): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/**
 * Opens what `seal` closed.
 * @throws Error when the key is another one or a byte was changed
 */
export function unseal(key: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE))
  decipher.setAuthTag(sealed.subarray(-TAG))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()])
}

/** A key for one use, derived from a root or a secret; the same every time. */
export const derivedKey = (from: Buffer, use: string): Buffer => Buffer.from(hkdfSync('sha256', from, '', `cloudrun ${use}`, 32))

/** Makes and opens people's keys, which are stored wrapped under a key derived from the root. */
export interface Keyring {
  /** A fresh key, wrapped for storage. */
  fresh(): Buffer
  /** The key inside, for use. */
  unwrap(wrapped: Buffer): Buffer
  /** A key of the house's own for one use, such as counting tries without keeping addresses. */
  own(use: string): Buffer
}

/** The keyring of a house with this root. */
export function keyring(root: Buffer): Keyring {
  const wrapping = derivedKey(root, 'people')
  return {
    fresh: () => seal(wrapping, randomBytes(32)),
    unwrap: (wrapped) => unseal(wrapping, wrapped),
    own: (use) => derivedKey(root, use),
  }
}
