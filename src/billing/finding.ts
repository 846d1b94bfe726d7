/** What did not agree between us and Stripe: found, seen again, mended. No finding says whom it is about. */
import { createHmac } from 'node:crypto'
import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { log, word } from '../log.ts'
import { type FindingKind, type Mender, stripeFindings } from './reconciliation-tables.ts'

type Tx = For<'billing'>

export interface Found {
  readonly kind: FindingKind
  /** What it is about, such as a key: only a keyed hash of it is kept. */
  readonly about: string
  readonly destination?: string
  readonly times?: number
  readonly mended: boolean
}

const markOf = (tx: Tx, { kind, about }: Found): string =>
  createHmac('sha256', tx.db.keyring.own('stripe finding')).update(`${kind} ${about}`).digest('base64url')

/** Notes what was found; the same one again is the same row, until it is mended. */
export async function report(tx: Tx, found: Found): Promise<void> {
  const { kind, destination, times = 1, mended } = found
  const fixed = mended ? { mendedAt: now(), mendedBy: 'program' as const } : {}
  await tx
    .insert(stripeFindings)
    .values({ id: newId(), kind, mark: markOf(tx, found), destination: destination ?? null, times, foundAt: now(), seenAt: now() })
    .onConflictDoUpdate({
      target: [stripeFindings.kind, stripeFindings.mark],
      targetWhere: isNull(stripeFindings.mendedAt),
      set: { seenAt: now() },
    })
  if (mended) await tx.update(stripeFindings).set(fixed).where(openOne(tx, found))
  log('billing.found', { kind: word(kind), times, mended }, mended ? 'info' : 'warn')
}

const openOne = (tx: Tx, found: Found) =>
  and(eq(stripeFindings.kind, found.kind), eq(stripeFindings.mark, markOf(tx, found)), isNull(stripeFindings.mendedAt))

/** What was open and was not seen any more since a moment is over. */
export async function closeUnseen(tx: Tx, since: Date): Promise<void> {
  await tx
    .update(stripeFindings)
    .set({ mendedAt: now(), mendedBy: 'itself' })
    .where(and(isNull(stripeFindings.mendedAt), lt(stripeFindings.seenAt, since)))
}

export interface Finding {
  readonly kind: FindingKind
  readonly destination: string | null
  readonly times: number
  readonly foundAt: Date
  readonly seenAt: Date
  readonly mendedAt: Date | null
  readonly mendedBy: Mender | null
}

/** Findings, open ones first, then the newest. */
export async function findings(tx: Tx, most = 100): Promise<Finding[]> {
  const { kind, destination, times, foundAt, seenAt, mendedAt, mendedBy } = stripeFindings
  return tx
    .select({ kind, destination, times, foundAt, seenAt, mendedAt, mendedBy })
    .from(stripeFindings)
    .orderBy(sql`${mendedAt} is not null`, desc(foundAt), desc(stripeFindings.id))
    .limit(most)
}
