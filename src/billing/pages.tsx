/** What do I pay for: everything at a glance, and the way to a card. */
import { Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import type { ListedInvoice } from '../processors/stripe-changes.ts'
import type { Plan } from '../services/catalogue.ts'
import type { NamedMembership } from '../services/membership.ts'
import { money, priceInWords, termsInWords } from '../services/price.ts'
import { Invoices } from './change-pages.tsx'
import type { Deposit } from './deposit.ts'
import type { Stage } from './purchase.ts'
import type { Decision } from './qualification.ts'
import type { Unpaid } from './unpaid.ts'
import { UnpaidPayments } from './unpaid-pages.tsx'
import type { ReasonCode } from './tables.ts'

/** What each stage means for the person who came back from Stripe. */
const stageInWords: Readonly<Record<Stage, string>> = {
  open: 'It is open. You can use it from now on.',
  deposit: 'You can go on once a deposit is paid.',
  review: 'A member of our staff looks at it before it opens. You get a letter, usually within a working day.',
  refused: 'With this card we cannot offer the service. You can try another card, or ask that a person looks at it.',
  'no card': 'No card was given yet.',
  'payment failed': 'The card was given, but the first payment did not go through. You can try another card.',
  gone: 'This is over.',
}

interface BeginProps {
  readonly membership: NamedMembership
  readonly plan: Plan
  readonly seats: number
  readonly currency: string
  readonly stage: Stage
  readonly decision: Decision | undefined
  readonly deposit: Deposit | undefined
  readonly came: boolean
}

export const BeginPage = ({ membership, plan, seats, currency, stage, decision, deposit, came }: BeginProps) => (
  <>
    <Crumbs to={[{ href: '/account/billing', text: 'Billing' }]} here={membership.service.title} />
    <h1>A card for {membership.service.title}</h1>
    {(came || decision) && (
      <Notice kind={stage === 'review' || stage === 'deposit' ? 'info' : 'warn'} live>
        <p>{stageInWords[stage]}</p>
      </Notice>
    )}
    {stage === 'deposit' && deposit ? (
      <DepositAsked {...{ deposit, membership, currency }} />
    ) : (
      <p class="lead">You give your card, name and address on Stripe’s page. We learn a key that stands for them, and nothing else.</p>
    )}
    <section>
      <h2>{plan.title}</h2>
      <Facts
        rows={[
          ['What it costs', priceInWords(plan, currency)],
          ...(plan.kind === 'seat' ? [['For how many people', String(seats)] as const] : []),
          ['What comes with it', termsInWords(plan).join(' ')],
        ]}
      />
    </section>
    {stage !== 'deposit' && <Steps plan={plan} />}
    <div class="actions">
      {stage !== 'review' && (
        <form method="post" action={`/account/billing/begin/${membership.id}`}>
          <Submit icon="external-link" kind={stage === 'deposit' ? 'quiet' : undefined}>
            {decision ? 'Give another card at Stripe' : 'Go to Stripe’s page'}
          </Submit>
        </form>
      )}
      {stage === 'refused' && decision && !decision.askedForHumanAt && (
        <form method="post" action={`/account/billing/begin/${membership.id}/human`}>
          <Submit kind="quiet">Ask that a person looks</Submit>
        </form>
      )}
      <form method="post" action={`/account/services/${membership.id}/${membership.standing === 'waiting' ? 'leave' : 'keep'}`}>
        <Submit kind="quiet">Never mind</Submit>
      </form>
    </div>
  </>
)

const Steps = ({ plan }: { plan: Plan }) => (
  <section>
    <h2>What happens</h2>
    <ol>
      <li>You go to Stripe’s page and give a card. Nothing is charged there.</li>
      <li>
        We find out <a href="/help/qualifying">whether the card does</a> for this service. No score is made, and what Stripe tells us for it
        is kept nowhere.
      </li>
      <li>{plan.title} begins, and Stripe charges what the plan says. You get back here.</li>
    </ol>
  </section>
)

interface DepositProps {
  readonly deposit: Deposit
  readonly membership: NamedMembership
  readonly currency: string
}

const DepositAsked = ({ deposit, membership, currency }: DepositProps) => (
  <section>
    <h2>A deposit of {money(deposit.cents, currency)}</h2>
    <p>
      It is charged to the card that you gave, and stays yours: your invoices are paid from it, and what is left when you leave comes back
      to you.
    </p>
    {deposit.stripeInvoice && (
      <p>
        It was tried and is not paid yet. <a href={`/account/billing/invoices/${deposit.stripeInvoice}`}>Pay it on Stripe’s page</a>
      </p>
    )}
    <form method="post" action={`/account/billing/begin/${membership.id}/deposit`}>
      <Submit>Pay the deposit of {money(deposit.cents, currency)}</Submit>
    </form>
  </section>
)

interface BillingProps {
  readonly memberships: readonly NamedMembership[]
  readonly unpaid: readonly Unpaid[]
  readonly decisions: readonly Decision[]
  readonly customer: boolean
  /** What is to their credit, and in which currency. */
  readonly credit: { readonly cents: number; readonly currency: string } | undefined
  readonly invoices: readonly ListedInvoice[] | undefined
  readonly available: boolean
}

export const BillingPage = ({ memberships, unpaid, decisions, customer, credit, invoices, available }: BillingProps) => (
  <>
    <h1>What you pay for</h1>
    {!available && (
      <Notice kind="info">
        <p>Payments are not switched on here. What is free works as always.</p>
      </Notice>
    )}
    <UnpaidPayments unpaid={unpaid} />
    <Paid memberships={memberships} credit={credit} />
    <section>
      <h2>Card and address</h2>
      <p>They are at Stripe, and only there. Its page shows them to you and lets you change them.</p>
      {customer ? (
        <div class="actions">
          <form method="post" action="/account/billing/card">
            <Submit kind="quiet" icon="external-link">
              Change the card
            </Submit>
          </form>
          <form method="post" action="/account/billing/portal">
            <Submit kind="quiet" icon="external-link">
              Open Stripe’s page
            </Submit>
          </form>
        </div>
      ) : (
        <p class="soft">Stripe knows nothing of you yet.</p>
      )}
    </section>
    {customer && <Invoices invoices={invoices} />}
    {decisions.length > 0 && <Decided decisions={decisions} />}
  </>
)

const Paid = ({ memberships, credit }: Pick<BillingProps, 'memberships' | 'credit'>) => (
  <section>
    <h2>Regularly</h2>
    {memberships.length === 0 ? (
      <p>
        Nothing. <a href="/services">Look at the services</a>
      </p>
    ) : (
      <Facts
        rows={memberships.map((membership) => [
          <a href={`/account/billing/${membership.standing === 'waiting' ? 'begin' : 'memberships'}/${membership.id}`}>
            {membership.service.title}
          </a>,
          <>
            {membership.plan.title}, {standsInWords(membership)}
          </>,
        ])}
      />
    )}
    {credit && <p>{money(credit.cents, credit.currency)} is to your credit at Stripe; your next invoices are paid from it.</p>}
  </section>
)

function standsInWords({ standing, paidUntil, leavesAt }: NamedMembership) {
  if (standing === 'grace') return 'not paid'
  if (standing === 'suspended') return 'closed until it is paid'
  if (standing === 'paused') return 'paused'
  if (standing === 'waiting') return 'waits for a card'
  const [words, at] = leavesAt ? ['ends on', leavesAt] : [standing === 'trial' ? 'free until' : 'paid until', paidUntil]
  if (!at) return 'open'
  return (
    <>
      {words} <Moment at={at} as="day" />
    </>
  )
}

export const Decided = ({ decisions, heading = 'Whether your card did' }: { decisions: readonly Decision[]; heading?: string }) => (
  <section>
    <h2>{heading}</h2>
    <ol class="timeline">
      {decisions.map((decision) => (
        <li>
          <Moment at={decision.decidedAt} /> {outcomeInWords[decision.outcome]}
          {decision.reasons.length > 0 && `: ${decision.reasons.map((reason) => reasonInWords[reason]).join('; ')}`}
          {decision.outcome !== 'review' && `, decided by ${decidedByInWords(decision)}`}
        </li>
      ))}
    </ol>
  </section>
)

const decidedByInWords = ({ decidedBy, secondedBy }: Decision): string =>
  secondedBy ? 'two members of our staff' : decidedBy ? 'a member of our staff' : 'the program'

const outcomeInWords = { pass: 'Yes', review: 'A person looks at it', fail: 'No' } as const

/** Reasons as the person reads them. */
export const reasonInWords: Readonly<Record<ReasonCode, string>> = {
  issuer_declined: 'the bank said no',
  setup_failed: 'giving the card was not finished',
  authentication_failed: 'the bank could not confirm that it was you',
  cvc_fail: 'the security code was not right',
  address_fail: 'the address was not the one that the bank knows',
  prepaid_not_accepted: 'it is a prepaid card',
  country_not_served: 'the card is from a country that this service is not offered in',
  card_already_used: 'somebody else uses the same card',
  exposure: 'the amount is one at which a person looks',
  large_exposure: 'the amount is one at which two people look',
  payment_history: 'an earlier invoice is not paid',
  staff_override: 'a member of our staff decided otherwise',
}
