/**
 * Qualifying: does this payment method do for this service (promise P4)? It is no judgement of a
 * person's credit. A decision is a pure function of a policy and of signals that live in memory for one
 * call; what is kept is the outcome, the reasons and the dates.
 */
import { createHmac } from 'node:crypto'
import { and, desc, eq, gt, sql } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import type { Signals } from '../processors/stripe-pages.ts'
import type { Policy } from './card-rules.ts'
import { type Outcome, qualifications, type ReasonCode, stripeInvoices, type Terms } from './tables.ts'

/** What the house itself knows, beside what Stripe tells. */
export interface History {
  /** Somebody else gave the same card. */
  readonly cardUsedByOthers: boolean
  /** What this person owes and is about to owe, in cents. */
  readonly exposure: number
  readonly unpaidInvoices: number
}

export interface Verdict {
  readonly outcome: Outcome
  readonly reasons: readonly ReasonCode[]
}

type Rule = Terms['cvc']

/** Decides. The gravest rule that was broken decides the outcome; a declined card fails whatever the rules say. */
export function decide({ terms }: Policy, signals: Signals, history: History): Verdict {
  if (signals.outcome === 'declined') return { outcome: 'fail', reasons: ['issuer_declined'] }
  if (signals.outcome === 'unfinished' || !signals.paymentMethod) return { outcome: 'fail', reasons: ['setup_failed'] }
  const broken: readonly (readonly [boolean, Rule, ReasonCode])[] = [
    [
      signals.authentication === 'failed' || signals.authentication === 'not_supported_and_required',
      terms.authentication,
      'authentication_failed',
    ],
    [signals.cvc === 'fail', terms.cvc, 'cvc_fail'],
    [signals.postcode === 'fail' || signals.street === 'fail', terms.address, 'address_fail'],
    [signals.funding === 'prepaid', terms.prepaid, 'prepaid_not_accepted'],
    [terms.countries.length > 0 && !terms.countries.includes(signals.country ?? ''), terms.abroad, 'country_not_served'],
    [history.cardUsedByOthers, terms.duplicate, 'card_already_used'],
    [history.exposure > terms.reviewAbove && history.exposure <= terms.twoAbove, 'review', 'exposure'],
    [history.exposure > terms.twoAbove, 'review', 'large_exposure'],
    [history.unpaidInvoices > 0, 'review', 'payment_history'],
  ]
  const found = broken.filter(([is, rule]) => is && rule !== 'ignore')
  const outcome = found.some(([, rule]) => rule === 'fail') ? 'fail' : found.length > 0 ? 'review' : 'pass'
  return { outcome, reasons: found.map(([, , reason]) => reason) }
}

/** Cards that show one thing each, to see what the rules make of it. */
export function trials({ countries, reviewAbove, twoAbove }: Terms): { says: string; signals: Signals; history: History }[] {
  const signals: Signals = { ...fine, country: countries[0] ?? fine.country }
  const history: History = { cardUsedByOthers: false, exposure: 0, unpaidInvoices: 0 }
  const other = 'ZZ'
  return [
    { says: 'nothing speaks against it', signals, history },
    { says: 'the bank said no', signals: { ...signals, outcome: 'declined' }, history },
    { says: 'the bank could not confirm who it was', signals: { ...signals, authentication: 'failed' }, history },
    { says: 'the security code was wrong', signals: { ...signals, cvc: 'fail' }, history },
    { says: 'the address was not the one that the bank knows', signals: { ...signals, postcode: 'fail' }, history },
    { says: 'it is a prepaid card', signals: { ...signals, funding: 'prepaid' }, history },
    { says: 'somebody else uses the same card', signals, history: { ...history, cardUsedByOthers: true } },
    ...(countries.length > 0
      ? [{ says: 'it is from a country that is not served', signals: { ...signals, country: other }, history }]
      : []),
    { says: 'an earlier invoice is not paid', signals, history: { ...history, unpaidInvoices: 1 } },
    { says: `the amount is above ${reviewAbove / 100}`, signals, history: { ...history, exposure: reviewAbove + 1 } },
    { says: `the amount is above ${twoAbove / 100}`, signals, history: { ...history, exposure: twoAbove + 1 } },
  ]
}

const fine: Signals = {
  setup: '',
  paymentMethod: 'of a card',
  outcome: 'succeeded',
  authentication: null,
  cvc: 'pass',
  postcode: 'pass',
  street: 'pass',
  funding: 'credit',
  country: 'US',
  fingerprint: null,
  currency: undefined,
}

export type Decision = typeof qualifications.$inferSelect

interface Applying {
  readonly personId: Id
  readonly membershipId: Id
}

/** Decides about a membership by what Stripe tells now, and keeps the decision. The same card is not decided about twice. */
export async function qualify(
  tx: For<'billing'>,
  { personId, membershipId }: Applying,
  { policy, signals, exposure }: { policy: Policy; signals: Signals; exposure: number },
): Promise<Decision> {
  const known = await decisionOn(tx, membershipId)
  const same = known?.stripeSetup === signals.setup ? known : undefined
  // Somebody's own decision stands; a card that was declined may be typed anew on the same page.
  if (same && (same.outcome !== 'fail' || same.decidedBy)) return same
  const cardHash = signals.fingerprint ? hashOf(tx, signals.fingerprint) : null
  const history = { ...(await historyOf(tx, personId, cardHash)), exposure }
  const { outcome, reasons } = decide(policy, signals, history)
  if (same && same.outcome === outcome && same.reasons.join() === reasons.join()) return same
  const { setup: stripeSetup, paymentMethod } = signals
  const [decision] = await tx
    .insert(qualifications)
    .values({
      id: newId(),
      personId,
      membershipId,
      policyVersion: policy.version,
      outcome,
      reasons: [...reasons],
      cardHash,
      stripeSetup,
      stripePaymentMethod: paymentMethod ?? null,
      decidedAt: now(),
      expiresAt: fromNow(Math.min(policy.terms.validDays, 365) * DAY),
    })
    .returning()
  if (!decision) throw new Error('a decision was not kept')
  log('billing.qualified', { membership: membershipId, outcome: word(outcome) })
  return decision
}

/** Notes that buying was tried on a decision: the same card is not charged again by itself. */
export const noteTry = async (tx: For<'billing'>, { id }: Decision): Promise<void> =>
  void (await tx.update(qualifications).set({ triedAt: now() }).where(eq(qualifications.id, id)))

const hashOf = (tx: For<'billing'>, fingerprint: string): string =>
  createHmac('sha256', tx.db.keyring.own('card')).update(fingerprint).digest('base64url')

async function historyOf(tx: For<'billing'>, personId: Id, cardHash: string | null): Promise<Omit<History, 'exposure'>> {
  const others = cardHash
    ? await tx
        .select({ id: qualifications.id })
        .from(qualifications)
        .where(
          and(eq(qualifications.cardHash, cardHash), sql`${qualifications.personId} <> ${personId}`, gt(qualifications.expiresAt, now())),
        )
        .limit(1)
    : []
  const [unpaid] = await tx
    .select({ invoices: sql<number>`count(*)::int` })
    .from(stripeInvoices)
    .where(
      and(
        eq(stripeInvoices.personId, personId),
        sql`${stripeInvoices.status} in ('open', 'uncollectible')`,
        gt(stripeInvoices.attempts, 0),
      ),
    )
  return { cardUsedByOthers: others.length > 0, unpaidInvoices: unpaid?.invoices ?? 0 }
}

/** The newest decision about a membership. */
export async function decisionOn(tx: For<'billing' | 'rights'>, membershipId: Id): Promise<Decision | undefined> {
  const [decision] = await tx
    .select()
    .from(qualifications)
    .where(eq(qualifications.membershipId, membershipId))
    .orderBy(desc(qualifications.decidedAt), desc(qualifications.id))
    .limit(1)
  return decision
}

/** A person's decisions, newest first. */
export const decisionsAbout = (tx: For<'billing'>, personId: Id): Promise<Decision[]> =>
  tx.select().from(qualifications).where(eq(qualifications.personId, personId)).orderBy(desc(qualifications.decidedAt)).limit(100)

/** The person wants a human to look. A refusal so becomes a review. */
export async function askForHuman(tx: For<'billing'>, { personId, membershipId }: Applying): Promise<boolean> {
  const decision = await decisionOn(tx, membershipId)
  if (!decision || decision.personId !== personId || decision.outcome === 'pass' || decision.askedForHumanAt) return false
  await tx.update(qualifications).set({ outcome: 'review', askedForHumanAt: now() }).where(eq(qualifications.id, decision.id))
  return true
}
