/**
 * A look: a member of staff opened somebody's record. It needs a reason, and the person can read when
 * it was, in which role and why; never who it was, because the house answers for its staff.
 */
import { record } from '../audit/record.ts'
import { and, count, desc, eq, gt, sql } from 'drizzle-orm'
import { fromNow, HOUR, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { unseal } from '../database/sealing.ts'
import { type Id, log } from '../log.ts'
import { keyOf, sealFor } from '../people/person.ts'
import { looks, type Role } from './tables.ts'

/** Why a record may be opened, in words that staff and person read. */
export const reasons = {
  question: 'to answer a question',
  request: 'to fulfil a request about their data',
  billing: 'to settle something about billing',
  security: 'to keep the account safe',
  upkeep: 'to repair something in the program',
} as const
export type Reason = keyof typeof reasons
export const reasonNames = Object.keys(reasons) as [Reason, ...Reason[]]

// A look lasts an hour; then it takes a reason again.
const LOOK_LASTS = HOUR

export interface Look {
  readonly role: Role
  readonly reason: Reason
  readonly note: string | undefined
  readonly lookedAt: Date
}

/** Who looks, at whom. */
export interface Looking {
  readonly personId: Id
  readonly staffId: Id
}

/** Notes that a member of staff opens a record; within the hour the first note stands for all. */
export async function look(
  tx: For<'support' | 'legal'>,
  { personId, staffId, role, reason, note }: Looking & { role: Role; reason: Reason; note: string },
): Promise<void> {
  // Two clicks at once are one look.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`look ${personId} ${staffId}`}, 0))`)
  if (await freshLook(tx, { personId, staffId })) return
  const sealedNote = note ? await sealFor(tx, personId, note) : null
  const id = newId()
  await tx.insert(looks).values({ id, personId, staffId, role, reason, sealedNote, lookedAt: now() })
  await record(tx, { act: 'person.looked-at', actor: staffId, person: personId, thing: id })
  log('staff.looked', { staff: staffId, person: personId })
}

/** The look under which this member of staff may see the record now, if there is one. */
export async function freshLook(
  tx: For<'support' | 'legal'>,
  { personId, staffId }: Looking,
): Promise<Pick<Look, 'role' | 'reason' | 'lookedAt'> | undefined> {
  const { role, reason, lookedAt } = looks
  const [found] = await tx
    .select({ role, reason, lookedAt })
    .from(looks)
    .where(and(eq(looks.personId, personId), eq(looks.staffId, staffId), gt(lookedAt, fromNow(-LOOK_LASTS))))
    .orderBy(desc(lookedAt))
    .limit(1)
  return found
}

/** Every look at a person's record, newest first, notes opened: for the person, and for staff who look. */
export async function looksAt(tx: For<'service' | 'rights' | 'support' | 'legal'>, personId: Id, most = 500): Promise<Look[]> {
  const { role, reason, sealedNote, lookedAt } = looks
  const rows = await tx
    .select({ role, reason, sealedNote, lookedAt })
    .from(looks)
    .where(eq(looks.personId, personId))
    .orderBy(desc(lookedAt))
    .limit(most)
  if (rows.length === 0) return []
  const key = await keyOf(tx, personId)
  return rows.map(({ sealedNote: sealed, ...rest }) => ({ ...rest, note: sealed ? unseal(key, sealed).toString() : undefined }))
}

/** How many records this member of staff opened since a moment. */
export async function looksBy(tx: For<'support'>, staffId: Id, since: Date): Promise<number> {
  const [row] = await tx
    .select({ looks: count() })
    .from(looks)
    .where(and(eq(looks.staffId, staffId), gt(looks.lookedAt, since)))
  return row?.looks ?? 0
}
