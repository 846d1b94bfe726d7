/**
 * The record of what was done. Whoever does something grave notes it in the same transaction: what is rolled
 * back was not done, what is committed cannot be taken out unseen. When the transaction commits, the database
 * adds an entry to a chain of hashes that no login of the program may change. The entry holds commitments, not
 * ids: once the details are erased with their person, it proves that something was done, and names nobody.
 */
import { randomBytes } from 'node:crypto'
import { and, desc, eq, inArray, lt } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Purpose } from '../database/purposes.ts'
import type { Id } from '../log.ts'
import type { Act } from './acts.ts'
import { auditDetails, auditEntries } from './tables.ts'

/** What was done. */
export interface Deed {
  readonly act: Act
  /** Who did it; absent when the program did it by itself, or the person themselves. */
  readonly actor?: Id | null | undefined
  /** Whom it was done to. */
  readonly person?: Id | undefined
  /** The row that it was done with. */
  readonly thing?: Id | undefined
}

/** Notes what is done in this transaction, under a purpose or by the owner's login. */
export async function record(tx: Pick<For<Purpose>, 'insert'>, { act, actor, person, thing }: Deed): Promise<void> {
  await tx.insert(auditDetails).values({
    id: newId(),
    act,
    thingId: thing ?? null,
    personId: person ?? null,
    actorId: actor ?? null,
    nonce: randomBytes(16),
    doneAt: now(),
  })
}

/** An entry as the console shows it; without details once they were erased. */
export interface Recorded {
  readonly number: number
  readonly act: Act
  readonly doneAt: Date
  readonly personId: Id | null
  readonly actorId: Id | null
  /** What it was done with: the row of another table, which may be gone. */
  readonly thingId: Id | null
  /** Are the details still there? */
  readonly told: boolean
}

/** Which entries are wanted: those before a number, of these acts, by this member of the team. */
interface Wanted {
  readonly before?: number | undefined
  readonly acts?: readonly Act[]
  readonly by?: Id | undefined
  readonly most: number
}

/** The newest entries that are wanted. */
export async function entries(
  tx: For<'legal' | 'operations' | 'support' | 'updates' | 'billing'>,
  { before, acts, by, most }: Wanted,
): Promise<Recorded[]> {
  const { number, act, doneAt } = auditEntries
  const { id, personId, actorId, thingId } = auditDetails
  const rows = await tx
    .select({ number, act, doneAt, personId, actorId, thingId, detail: id })
    .from(auditEntries)
    .leftJoin(auditDetails, eq(auditDetails.number, number))
    .where(
      and(
        before === undefined ? undefined : lt(number, before),
        acts ? inArray(act, [...acts]) : undefined,
        by ? eq(actorId, by) : undefined,
      ),
    )
    .orderBy(desc(number))
    .limit(most)
  return rows.map(({ detail, ...row }) => ({ ...row, told: detail !== null }))
}
