/** Decisions that wait for a member of staff: found, and made. */
import { record } from '../audit/record.ts'
import { and, asc, eq, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, word } from '../log.ts'
import { post } from '../mail/letter.ts'
import { people } from '../people/tables.ts'
import { personOf } from '../people/person.ts'
import { membershipOf, toBuy } from '../services/membership.ts'
import type { House } from '../web/house.ts'
import { decidedLetter } from './emails.ts'
import { qualifications, type ReasonCode } from './tables.ts'

/** A decision that waits, with what staff need to make it. */
export interface WaitingDecision {
  readonly id: Id
  readonly name: string
  readonly email: string
  readonly service: string
  readonly reasons: readonly ReasonCode[]
  readonly decidedAt: Date
  readonly askedForHumanAt: Date | null
}

/** What waits, oldest first. */
export async function waitingReviews(tx: For<'billing'>): Promise<WaitingDecision[]> {
  const { id, personId, membershipId, reasons, decidedAt, askedForHumanAt } = qualifications
  const rows = await tx
    .select({ id, personId, membershipId, reasons, decidedAt, askedForHumanAt, name: people.name, email: people.email })
    .from(qualifications)
    .innerJoin(people, eq(people.id, personId))
    .where(eq(qualifications.outcome, 'review'))
    .orderBy(asc(decidedAt))
    .limit(200)
  const waiting: WaitingDecision[] = []
  for (const { personId: whose, membershipId: what, ...row } of rows) {
    const membership = await membershipOf(tx, whose, what)
    if (membership && toBuy(membership)) waiting.push({ ...row, service: membership.service.title })
  }
  return waiting
}

/**
 * Makes a decision that waited. The person is told by letter; where they may go on, buying goes on by itself.
 * @returns whether there was one to make: of two members of staff at once, the first decides
 */
export async function decideReview(
  tx: For<'billing'>,
  house: House,
  { id, passed, by }: { id: Id; passed: boolean; by: Id },
): Promise<boolean> {
  const [decision] = await tx
    .update(qualifications)
    .set({
      outcome: passed ? 'pass' : 'fail',
      decidedBy: by,
      decidedAt: now(),
      reasons: sql`${qualifications.reasons} || '["staff_override"]'::jsonb`,
    })
    .where(and(eq(qualifications.id, id), eq(qualifications.outcome, 'review')))
    .returning({ personId: qualifications.personId, membershipId: qualifications.membershipId })
  if (!decision) return false
  const [person, membership] = [await personOf(tx, decision.personId), await membershipOf(tx, decision.personId, decision.membershipId)]
  if (person && membership)
    await post(tx, decidedLetter(house, { person, service: membership.service.title, membershipId: membership.id, passed }))
  if (passed) await enqueue(tx, 'billing.settle', { personId: decision.personId })
  await record(tx, { act: 'customer.decided', actor: by, person: decision.personId, thing: id })
  log('billing.reviewed', { decision: id, by, outcome: word(passed ? 'pass' : 'fail') })
  return true
}
