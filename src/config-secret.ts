/** The secret of the house: how strong it must be, and where development keeps its own. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Too short, or of too few different characters, to be random. */
export const weak = (secret: string): boolean => secret.length < 32 || new Set(secret).size < 12

/** Development makes a secret of its own in the data folder and keeps it, so that what it sealed opens after a restart. */
export function ownSecret(dataDir: string): string {
  const file = resolve(dataDir, 'secret')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const secret = randomBytes(32).toString('base64url')
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return secret
}
