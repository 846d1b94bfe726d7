/** Decisions that wait for a member of staff: found, and made. */
import { record } from '../audit/record.ts'
import { asc, eq, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, word } from '../log.ts'
import { post } from '../mail/letter.ts'
import { people } from '../people/tables.ts'
import { personOf } from '../people/person.ts'
import { membershipOf, toBuy } from '../services/membership.ts'
import type { House } from '../web/house.ts'
import { askForDeposit, openDeposit } from './deposit.ts'
import { decidedLetter } from './emails.ts'
import { qualifications, type ReasonCode } from './tables.ts'

/** A decision that waits, with what staff need to make it. */
export interface WaitingDecision {
  readonly id: Id
  readonly personId: Id
  readonly name: string
  readonly email: string
  readonly service: string
  readonly reasons: readonly ReasonCode[]
  readonly decidedAt: Date
  readonly askedForHumanAt: Date | null
  /** Must two people agree, and who did already? */
  readonly two: boolean
  readonly decidedBy: Id | null
}

/** What waits, oldest first. */
export async function waitingReviews(tx: For<'billing'>): Promise<WaitingDecision[]> {
  const { id, personId, membershipId, reasons, decidedAt, askedForHumanAt, decidedBy } = qualifications
  const rows = await tx
    .select({ id, personId, membershipId, reasons, decidedAt, askedForHumanAt, decidedBy, name: people.name, email: people.email })
    .from(qualifications)
    .innerJoin(people, eq(people.id, personId))
    .where(eq(qualifications.outcome, 'review'))
    .orderBy(asc(decidedAt))
    .limit(200)
  const waiting: WaitingDecision[] = []
  for (const { membershipId, ...row } of rows) {
    const membership = await membershipOf(tx, row.personId, membershipId)
    if (membership && toBuy(membership)) waiting.push({ ...row, two: needsTwo(row), service: membership.service.title })
  }
  return waiting
}

const needsTwo = ({ reasons }: Pick<WaitingDecision, 'reasons'>): boolean => reasons.includes('large_exposure')

/** What came of deciding: done; the first of two agreed; the second must be somebody else; nobody decides about themselves; too late. */
export type Ruling = 'decided' | 'agreed' | 'same' | 'own' | 'gone'

interface Deciding {
  readonly id: Id
  readonly passed: boolean
  readonly by: Id
  /** In cents; what must be paid before they go on. */
  readonly deposit?: number | undefined
}

/**
 * Makes a decision that waited. Above the amount of the rules two people must agree; one is enough to refuse.
 * The person is told by letter; where they may go on, buying goes on by itself. Of two members of staff at
 * once, the first decides.
 */
export async function decideReview(tx: For<'billing'>, house: House, { id, passed, by, deposit }: Deciding): Promise<Ruling> {
  const [decision] = await tx.select().from(qualifications).where(eq(qualifications.id, id)).for('update')
  if (decision?.outcome !== 'review') return 'gone'
  if (decision.personId === by) return 'own'
  const second = passed && needsTwo(decision)
  if (second && decision.decidedBy === by) return 'same'
  if (passed && deposit) await askForDeposit(tx, { personId: decision.personId, membershipId: decision.membershipId, cents: deposit, by })
  if (second && !decision.decidedBy) {
    await tx.update(qualifications).set({ decidedBy: by }).where(eq(qualifications.id, id))
    await record(tx, { act: 'customer.agreed', actor: by, person: decision.personId, thing: id })
    return 'agreed'
  }
  await rule(tx, { id, passed, by, first: second ? decision.decidedBy : null })
  await tellAll(tx, house, { ...decision, passed })
  return 'decided'
}

async function rule(tx: For<'billing'>, { id, passed, by, first }: Deciding & { first: Id | null }): Promise<void> {
  const [decision] = await tx
    .update(qualifications)
    .set({
      outcome: passed ? 'pass' : 'fail',
      decidedBy: first ?? by,
      secondedBy: first ? by : null,
      decidedAt: now(),
      reasons: sql`${qualifications.reasons} || '["staff_override"]'::jsonb`,
    })
    .where(eq(qualifications.id, id))
    .returning({ personId: qualifications.personId })
  await record(tx, { act: 'customer.decided', actor: by, person: decision?.personId, thing: id })
  log('billing.reviewed', { decision: id, by, outcome: word(passed ? 'pass' : 'fail') })
}

async function tellAll(
  tx: For<'billing'>,
  house: House,
  { personId, membershipId, passed }: { personId: Id; membershipId: Id; passed: boolean },
): Promise<void> {
  const [person, membership] = [await personOf(tx, personId), await membershipOf(tx, personId, membershipId)]
  if (person && membership)
    await post(
      tx,
      decidedLetter(house, {
        person,
        service: membership.service.title,
        membershipId,
        passed: await howPassed(tx, { membershipId, passed }),
      }),
    )
  if (passed) await enqueue(tx, 'billing.settle', { personId })
}

const howPassed = async (
  tx: For<'billing'>,
  { membershipId, passed }: { membershipId: Id; passed: boolean },
): Promise<boolean | 'deposit'> => (passed && (await openDeposit(tx, membershipId)) ? 'deposit' : passed)
