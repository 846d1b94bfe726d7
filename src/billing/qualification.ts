/**
 * Qualifying: does this payment method do for this service (promise P4)? It is no judgement of a
 * person's credit. A decision is a pure function of a policy and of signals that live in memory for one
 * call; what is kept is the outcome, the reasons and the dates.
 */
import { createHmac } from 'node:crypto'
import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import type { Signals } from '../processors/stripe-pages.ts'
import { type Outcome, qualificationPolicies, qualifications, type ReasonCode, stripeInvoices, type Terms } from './tables.ts'

/** The rules where staff have written none. */
export const usualTerms: Terms = {
  authentication: 'review',
  cvc: 'fail',
  address: 'review',
  prepaid: 'review',
  duplicate: 'review',
  countries: [],
  abroad: 'review',
  reviewAbove: 20_000,
  validDays: 365,
}

export interface Policy {
  /** 0: the usual terms. */
  readonly version: number
  readonly terms: Terms
}

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
    [history.exposure > terms.reviewAbove, 'review', 'exposure'],
    [history.unpaidInvoices > 0, 'review', 'payment_history'],
  ]
  const found = broken.filter(([is, rule]) => is && rule !== 'ignore')
  const outcome = found.some(([, rule]) => rule === 'fail') ? 'fail' : found.length > 0 ? 'review' : 'pass'
  return { outcome, reasons: found.map(([, , reason]) => reason) }
}

/** The policy that holds for a service: its own newest, else the newest for all, else the usual terms. */
export async function policyFor(tx: For<'billing'>, serviceId: Id): Promise<Policy> {
  const { version, terms } = qualificationPolicies
  const [policy] = await tx
    .select({ version, terms })
    .from(qualificationPolicies)
    .where(or(eq(qualificationPolicies.serviceId, serviceId), isNull(qualificationPolicies.serviceId)))
    .orderBy(sql`${qualificationPolicies.serviceId} is null`, desc(version))
    .limit(1)
  return policy ?? { version: 0, terms: usualTerms }
}

/** A new version of the rules, for one service or (null) for all that have none of their own. */
export async function adoptPolicy(
  tx: For<'billing'>,
  { serviceId, terms, authorId }: { serviceId: Id | null; terms: Terms; authorId: Id },
): Promise<number> {
  const same = serviceId ? eq(qualificationPolicies.serviceId, serviceId) : isNull(qualificationPolicies.serviceId)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`policy ${serviceId ?? 'all'}`}, 0))`)
  const [last] = await tx
    .select({ version: sql<number>`coalesce(max(${qualificationPolicies.version}), 0)::int` })
    .from(qualificationPolicies)
    .where(same)
  const version = (last?.version ?? 0) + 1
  await tx.insert(qualificationPolicies).values({ id: newId(), serviceId, version, terms, authorId, madeAt: now() })
  return version
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
  if (known && known.stripeSetup === signals.setup && known.outcome !== 'fail') return known
  const cardHash = signals.fingerprint ? hashOf(tx, signals.fingerprint) : null
  const history = { ...(await historyOf(tx, personId, cardHash)), exposure }
  const { outcome, reasons } = decide(policy, signals, history)
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
