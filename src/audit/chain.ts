/**
 * Looking the record over: every entry's hash, their unbroken order, the details that are still there, and the
 * heads that were signed and put down outside the database. What is wrong is named, entry by entry.
 */
import { createHash } from 'node:crypto'
import { asc, eq, gt, isNull } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { House } from '../web/house.ts'
import { ForgedHead, type Head, headsFile, readHeads } from './head.ts'
import { auditDetails, auditEntries } from './tables.ts'

type Entry = typeof auditEntries.$inferSelect
type Detail = typeof auditDetails.$inferSelect

/** What is wrong, and where: the entry's number, or the row of the details that has none. */
export interface Fault {
  readonly at: string
  readonly says: string
}

export interface Verdict {
  readonly entries: number
  /** Details that are still there and were compared. */
  readonly details: number
  readonly heads: number
  readonly faults: readonly Fault[]
}

const sha256 = (...pieces: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest()
}

/** The hash that an entry should bear after the one before it, as `audit_hash` in the database makes it. */
export const hashOf = ({ number, act, about, actor, doneAt }: Entry, previous: Buffer): Buffer =>
  sha256([number, act, about.toString('hex'), actor.toString('hex'), doneAt.toISOString(), previous.toString('hex')].join('\n'))

const aboutOf = ({ nonce, thingId, personId }: Detail): Buffer => sha256(nonce, `about ${thingId ?? '-'} ${personId ?? '-'}`)
const actorOf = ({ nonce, actorId }: Detail): Buffer => sha256(nonce, `actor ${actorId ?? '-'}`)

const STEP = 5_000
/** Beyond so many the rest is only counted: a table that was emptied needs no line for each row. */
const MOST_FAULTS = 100

/** Looks the record of this house over, with the heads that were put down on this machine. */
export async function lookOver({ db, config }: House): Promise<Verdict> {
  try {
    const heads = await readHeads(headsFile(config.dataDir), db.keyring.own('audit'))
    return await db.as('operations', (tx) => verify(tx, heads))
  } catch (fault) {
    if (!(fault instanceof ForgedHead)) throw fault
    const verdict = await db.as('operations', (tx) => verify(tx, []))
    return { ...verdict, faults: [{ at: headsFile(config.dataDir), says: fault.message }, ...verdict.faults] }
  }
}

/** Looks the whole record over, in steps; `heads` are those that were signed, oldest first. */
export async function verify(tx: For<'operations'>, heads: readonly Head[]): Promise<Verdict> {
  const faults: Fault[] = []
  const signed = new Map(heads.map((head) => [head.number, head]))
  let last: Pick<Entry, 'number' | 'hash'> = { number: 0, hash: Buffer.alloc(0) }
  let entries = 0
  let details = 0
  for (let step = await stepAfter(tx, 0); step.length > 0; step = await stepAfter(tx, last.number))
    for (const { entry, detail } of step) {
      faults.push(...faultsOf(entry, last, detail))
      const head = signed.get(entry.number)
      if (head && head.hash !== entry.hash.toString('hex')) faults.push(rewritten(entry.number))
      last = entry
      entries++
      if (detail) details++
    }
  faults.push(...cut(last.number, heads), ...(await strays(tx)))
  return { entries, details, heads: heads.length, faults: shortened(faults) }
}

async function stepAfter(tx: For<'operations'>, number: number): Promise<{ entry: Entry; detail: Detail | undefined }[]> {
  const found = await tx.select().from(auditEntries).where(gt(auditEntries.number, number)).orderBy(asc(auditEntries.number)).limit(STEP)
  const told = await tx.select().from(auditDetails).where(gt(auditDetails.number, number)).orderBy(asc(auditDetails.number)).limit(STEP)
  const details = new Map(told.map((detail) => [detail.number, detail]))
  return found.map((entry) => ({ entry, detail: details.get(entry.number) }))
}

function faultsOf(entry: Entry, last: Pick<Entry, 'number' | 'hash'>, detail: Detail | undefined): Fault[] {
  const at = `entry ${entry.number}`
  const faults: Fault[] = []
  if (entry.number !== last.number + 1) faults.push({ at, says: `what stood before it is missing, from ${last.number + 1} on` })
  else if (!hashOf(entry, last.hash).equals(entry.hash)) faults.push({ at, says: 'it was changed, or stands in another place' })
  if (detail) faults.push(...faultsOfDetail(at, entry, detail))
  return faults
}

// Who did it is taken out when they themselves are erased; what is said of it must be true.
function faultsOfDetail(at: string, entry: Entry, detail: Detail): Fault[] {
  const same = detail.act === entry.act && detail.doneAt.getTime() === entry.doneAt.getTime() && aboutOf(detail).equals(entry.about)
  if (!same) return [{ at, says: 'its details were changed' }]
  if (detail.actorId && !actorOf(detail).equals(entry.actor)) return [{ at, says: 'somebody else is said to have done it' }]
  return []
}

const rewritten = (number: number): Fault => ({
  at: `entry ${number}`,
  says: 'it is another one than was signed: the record was written anew',
})

function cut(last: number, heads: readonly Head[]): Fault[] {
  const furthest = Math.max(0, ...heads.map(({ number }) => number))
  return furthest > last ? [{ at: `entry ${last + 1}`, says: `the end was cut off: entry ${furthest} was signed` }] : []
}

async function strays(tx: For<'operations'>): Promise<Fault[]> {
  const beyond = await tx
    .select({ id: auditDetails.id })
    .from(auditDetails)
    .leftJoin(auditEntries, eq(auditEntries.number, auditDetails.number))
    .where(isNull(auditEntries.number))
    .limit(MOST_FAULTS + 1)
  return beyond.map(({ id }) => ({ at: `details ${id}`, says: 'its entry is missing' }))
}

function shortened(faults: readonly Fault[]): Fault[] {
  const rest = faults.length - MOST_FAULTS
  return rest <= 0 ? [...faults] : [...faults.slice(0, MOST_FAULTS), { at: 'and more', says: `${rest} further faults` }]
}
