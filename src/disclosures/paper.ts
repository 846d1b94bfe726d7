/** Documents of a demand: hashed, and sealed under a key of the house's own, because they name people. */
import { createHash } from 'node:crypto'
import { and, asc, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { type Acting, note } from './demand.ts'
import type { PaperKind } from './kinds.ts'
import { legalDemandPapers } from './tables.ts'

/** At most so many bytes. */
export const MOST_BYTES = 2 * 2 ** 20

/** The key under which this room seals. */
export const keyFor = (db: Database): Buffer => db.keyring.own('legal demands')

/** The SHA-256 of bytes, in hexadecimal. */
export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** A document as it is listed. */
export interface Paper {
  readonly id: Id
  readonly kind: PaperKind
  readonly name: string
  readonly contentHash: string
  readonly filedAt: Date
}

/** A document that somebody brings. */
export interface Brought {
  readonly kind: PaperKind
  readonly name: string
  readonly bytes: Buffer
}

/** The document in a form's field; a sentence where it cannot be taken, undefined where none was chosen. */
export async function broughtIn(field: unknown, kind: PaperKind): Promise<Brought | string | undefined> {
  if (!(field instanceof File) || field.size === 0) return undefined
  if (field.size > MOST_BYTES) return 'At most 2 MB, please.'
  const name =
    field.name
      .normalize('NFC')
      .replace(/[^\p{L}\p{N} ._-]/gu, '_')
      .slice(0, 100) || 'document'
  return { kind, name, bytes: Buffer.from(await field.arrayBuffer()) }
}

/** Files a document; returns its number. */
export async function file(tx: For<'legal'>, acting: Acting, { kind, name, bytes }: Brought): Promise<Id> {
  const id = newId()
  const sealedBytes = seal(keyFor(tx.db), bytes)
  await tx
    .insert(legalDemandPapers)
    .values({ id, demandId: acting.id, kind, name, contentHash: sha256(bytes), sealedBytes, filedAt: now() })
  await note(tx, acting, 'filed', kind)
  return id
}

/** The documents of a demand. */
export async function papersOf(tx: For<'legal'>, demandId: Id): Promise<Paper[]> {
  const { id, kind, name, contentHash, filedAt } = legalDemandPapers
  return tx
    .select({ id, kind, name, contentHash, filedAt })
    .from(legalDemandPapers)
    .where(eq(legalDemandPapers.demandId, demandId))
    .orderBy(asc(id))
}

/**
 * Opens a document.
 * @throws Error when its bytes are no longer those that were filed
 */
export async function opened(tx: For<'legal'>, demandId: Id, paperId: Id): Promise<{ name: string; bytes: Buffer } | undefined> {
  const [row] = await tx
    .select()
    .from(legalDemandPapers)
    .where(and(eq(legalDemandPapers.id, paperId), eq(legalDemandPapers.demandId, demandId)))
  if (!row) return undefined
  const bytes = unseal(keyFor(tx.db), row.sealedBytes)
  if (sha256(bytes) !== row.contentHash) throw new Error('a document is not what was filed')
  return { name: row.name, bytes }
}
