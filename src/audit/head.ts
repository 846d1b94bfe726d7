/**
 * A head: the number and hash of the newest entry of the record, signed, and put down outside the database. Whoever
 * has every right in the database can make a chain that holds in itself, but not one that the heads agree with.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { desc } from 'drizzle-orm'
import { z } from 'zod'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { addTo } from './outside.ts'
import { auditEntries } from './tables.ts'

const head = z.object({
  number: z.number().int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  signedAt: z.iso.datetime(),
  signature: z.base64(),
})
export type Head = z.infer<typeof head>

/** A head that this house did not sign. */
export class ForgedHead extends Error {
  override name = 'ForgedHead'
}

/** Where the heads are put down, a line of JSON each. */
export const headsFile = (dataDir: string): string => join(dataDir, 'audit', 'heads.jsonl')

// RFC 8410: what stands before the 32 bytes of an Ed25519 seed.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

const privateKey = (seed: Buffer): KeyObject => createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })

/** The key that verifies heads, base64 of its 32 bytes; it is no secret. `seed` is the house's own for `audit`. */
export const publicKeyOf = (seed: Buffer): string =>
  createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')

const signedText = ({ number, hash, signedAt }: Omit<Head, 'signature'>): Buffer => Buffer.from(`${number}\n${hash}\n${signedAt}`)

/** The head of the record as it stands, signed; undefined while it is empty. */
export async function signHead(tx: For<'operations'>, seed: Buffer): Promise<Head | undefined> {
  const [last] = await tx.select().from(auditEntries).orderBy(desc(auditEntries.number)).limit(1)
  if (!last) return undefined
  const unsigned = { number: last.number, hash: last.hash.toString('hex'), signedAt: now().toISOString() }
  return { ...unsigned, signature: sign(null, signedText(unsigned), privateKey(seed)).toString('base64') }
}

const isSigned = (one: Head, seed: Buffer): boolean =>
  verify(null, signedText(one), createPublicKey(privateKey(seed)), Buffer.from(one.signature, 'base64'))

/**
 * The heads of a file, oldest first; none when there is no such file.
 * @throws ForgedHead when a line of it was not signed by this house
 */
export async function readHeads(file: string, seed: Buffer): Promise<Head[]> {
  const text = await readFile(file, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return ''
    throw fault
  })
  return text.split('\n').flatMap((line, index) => {
    const one = headIn(line)
    if (one && !isSigned(one, seed)) throw new ForgedHead(`line ${index + 1} was not signed by this house`)
    return one ?? []
  })
}

// A line that a crash cut short is no head; the next one says as much and more.
function headIn(line: string): Head | undefined {
  try {
    return head.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}

/** Puts a head down, durably, unless the newest one there says the same; returns whether it did. */
export const putDown = (file: string, one: Head): Promise<boolean> =>
  addTo(file, (lastLine) => (headIn(lastLine)?.number === one.number ? undefined : `${JSON.stringify(one)}\n`))
