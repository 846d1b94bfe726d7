/**
 * A list of subscribers that somebody of the team brings in. It is uploaded, described (which column is
 * what, for which topics, by which proof of consent), read, signed, and carried out. Nobody is written to.
 */
import { and, asc, desc, eq, getTableColumns, gt, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { DAY, fromNow, HOUR, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import { people } from '../people/tables.ts'
import { type Mapping, originOf, recognised } from './import-columns.ts'
import type { Sheet } from '../web/sheet.ts'
import { importFiles, importRows, importSignatures, imports } from './import-tables.ts'

export type Import = typeof imports.$inferSelect
/** A list as it stands. */
export type Stage = 'uploaded' | 'being read' | 'read' | 'under way' | 'done'

/** A list as the console shows it, with what was signed, and by whom; before that, who uploaded it. */
export interface ListedImport extends Import {
  readonly statement: string | null
  readonly by: string | null
}

/** What is said of a list before it is read. */
export interface Described {
  readonly mapping: Mapping
  readonly topics: readonly string[]
  readonly proof: 'rows' | 'statement'
  readonly wording: string | null
  readonly source: string | null
  readonly agreedAt: Date | null
}

export function stageOf({ describedAt, readAt, startedAt, finishedAt }: Import): Stage {
  if (finishedAt) return 'done'
  if (startedAt) return 'under way'
  if (readAt) return 'read'
  return describedAt ? 'being read' : 'uploaded'
}

const sealingKey = (db: Database): Buffer => db.keyring.own('imports')

/** Takes a file; it is kept sealed for a day, or until it is carried out. */
export async function upload(tx: For<'updates'>, sheet: Sheet, by: Id): Promise<Id> {
  const id = newId()
  const columns = [...sheet.columns]
  const expiresAt = fromNow(DAY)
  const mapping = recognised(columns)
  await tx.insert(imports).values({ id, uploadedBy: by, uploadedAt: now(), origin: originOf(columns), columns, mapping, expiresAt })
  await tx.insert(importFiles).values({ importId: id, sealedFile: seal(sealingKey(tx.db), sheet.text), expiresAt })
  log('updates.list-uploaded', { import: id, staff: by })
  return id
}

/** The text of a list's file, while it is there. */
export async function fileOf(tx: For<'updates'>, id: Id): Promise<string | undefined> {
  const [file] = await tx.select({ sealed: importFiles.sealedFile }).from(importFiles).where(eq(importFiles.importId, id))
  return file && unseal(sealingKey(tx.db), file.sealed).toString()
}

const among = (tx: For<'updates'>) =>
  tx
    .select({ ...getTableColumns(imports), statement: importSignatures.statement, by: people.name })
    .from(imports)
    .leftJoin(importSignatures, eq(importSignatures.importId, imports.id))
    .leftJoin(
      people,
      eq(people.id, sql`case when ${importSignatures.importId} is null then ${imports.uploadedBy} else ${importSignatures.signedBy} end`),
    )

/** The list of this number. */
export async function importOf(tx: For<'updates'>, id: Id): Promise<ListedImport | undefined> {
  return (await among(tx).where(eq(imports.id, id)))[0]
}

/** The newest lists. */
export const newestImports = (tx: For<'updates'>, most = 100): Promise<ListedImport[]> =>
  among(tx).orderBy(desc(imports.uploadedAt)).limit(most)

/**
 * Says what the columns are, for which topics and by which proof; then it is read.
 * @returns whether it could be said: not while it is read, and not after it was signed
 */
export async function describe(tx: For<'updates'>, id: Id, described: Described): Promise<boolean> {
  const open = and(eq(imports.id, id), isNull(imports.startedAt), or(isNull(imports.describedAt), isNotNull(imports.readAt)))
  const said = await tx
    .update(imports)
    .set({ ...described, topics: [...described.topics], describedAt: now(), readAt: null, expected: null })
    .where(open)
    .returning({ id: imports.id })
  if (said.length > 0) await enqueue(tx, 'updates.import', { importId: id })
  return said.length > 0
}

/** Signs a list, so that it is carried out; false once its file has less than an hour, or when it stands otherwise. */
export async function sign(tx: For<'updates'>, id: Id, { by, statement }: { by: Id; statement: string }): Promise<boolean> {
  const ready = and(eq(imports.id, id), isNotNull(imports.readAt), isNull(imports.startedAt), gt(imports.expiresAt, fromNow(HOUR)))
  const signed = await tx.update(imports).set({ startedAt: now(), became: {}, expiresAt: null }).where(ready).returning({ id: imports.id })
  if (signed.length === 0) return false
  await tx.insert(importSignatures).values({ importId: id, signedBy: by, statement, signedAt: now() })
  await tx.delete(importFiles).where(eq(importFiles.importId, id))
  await enqueue(tx, 'updates.import', { importId: id })
  await record(tx, { act: 'list.signed', actor: by, thing: id })
  log('updates.list-signed', { import: id, staff: by })
  return true
}

/** Deletes a list that was not signed, with its file and its rows. */
export async function discard(tx: For<'updates'>, id: Id): Promise<boolean> {
  const [open] = await tx
    .select({ id: imports.id })
    .from(imports)
    .where(and(eq(imports.id, id), isNull(imports.startedAt)))
    .for('update')
  if (!open) return false
  await tx.delete(importRows).where(eq(importRows.importId, id))
  await tx.delete(importFiles).where(eq(importFiles.importId, id))
  await tx.delete(imports).where(eq(imports.id, id))
  return true
}

/** Rows with a flaw: where, in which column, and what is wrong. */
export type Flawed = Pick<typeof importRows.$inferSelect, 'line' | 'lastLine' | 'flawColumn' | 'flaw'>

/** The flaws of a list, in the order of its lines. */
export async function flawsOf(tx: For<'updates'>, id: Id, { after = 0, most }: { after?: number; most: number }): Promise<Flawed[]> {
  const { line, lastLine, flawColumn, flaw, state, importId } = importRows
  return tx
    .select({ line, lastLine, flawColumn, flaw })
    .from(importRows)
    .where(and(eq(importId, id), eq(state, 'flawed'), gt(line, after)))
    .orderBy(asc(line))
    .limit(most)
}
