/** One thing that is paid for: how it stands, and pausing, leaving and staying, one click each. */
import type { ListedInvoice } from '../processors/stripe-changes.ts'
import type { NamedMembership } from '../services/membership.ts'
import { money, priceInWords } from '../services/price.ts'
import { Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import { type Act, actsFor } from './change.ts'
import { canChange, type Changeable } from './plan-change.ts'
import { Choices, Waiting } from './plan-pages.tsx'

const told: Readonly<Record<string, string>> = {
  changed: 'It is changed.',
  planned: 'The change is planned. Until then everything stays as it is.',
  withdrawn: 'The change is withdrawn. Everything stays as it is.',
  leave: 'You leave. It stays open until the day below, and nothing more is charged.',
  stay: 'You stay. Everything goes on as it was.',
  pause: 'It is paused: closed, and nothing is charged.',
  resume: 'It goes on.',
}

const explained: Readonly<Record<Act, string>> = {
  leave: 'It stays open until the end of what you paid for. Until then you can change your mind.',
  stay: 'It goes on after that day, and is charged as before.',
  pause: 'It closes now, and nothing is charged until you resume it.',
  resume: 'It opens again, and is charged again from the next time on that it is due.',
}

const button: Readonly<Record<Act, (title: string) => string>> = {
  leave: (title) => `Leave ${title}`,
  stay: (title) => `Stay with ${title} after all`,
  pause: (title) => `Pause ${title}`,
  resume: (title) => `Resume ${title}`,
}

const heading: Readonly<Record<Act, string>> = { leave: 'Leaving', stay: 'Staying', pause: 'Pausing', resume: 'Going on' }

interface ChangeProps {
  readonly membership: NamedMembership
  /** With its plan and its terms at Stripe, where it can be changed and Stripe can be reached. */
  readonly from: Changeable | undefined
  readonly done: string | undefined
}

// A date in the past, or one that a failed payment made void, tells nothing.
const isOpenWell = ({ standing }: NamedMembership): boolean => standing === 'active' || standing === 'trial'

export const ChangePage = ({ membership, from, done }: ChangeProps) => {
  const { id, service, plan, seats, standing, paidUntil, leavesAt } = membership
  return (
    <>
      <Crumbs to={[{ href: '/account/billing', text: 'Billing' }]} here={service.title} />
      <h1>{service.title}</h1>
      {done && Object.hasOwn(told, done) && (
        <Notice kind="good" live>
          <p>{told[done]}</p>
        </Notice>
      )}
      <Waiting from={from} membership={membership} />
      {(standing === 'grace' || standing === 'suspended') && (
        <Notice kind="warn">
          <p>
            The last payment did not go through. <a href="/account/billing">See what comes next, and what to do</a>
          </p>
        </Notice>
      )}
      <Facts
        rows={[
          ['Plan', from ? `${plan.title}: ${priceInWords(from.plan, from.terms.currency)}` : plan.title],
          ...(plan.kind === 'seat' ? [['For how many people', String(seats)] as const] : []),
          ...(paidUntil && isOpenWell(membership)
            ? [[standing === 'trial' ? 'Free until' : 'Paid until', <Moment at={paidUntil} as="day" />] as const]
            : []),
          ...(leavesAt ? [['Ends, as you asked', <Moment at={leavesAt} as="day" />] as const] : []),
        ]}
      />
      {from && <Choices from={from} />}
      {canChange(membership) && !from && <p>Another plan can be chosen once Stripe can be reached again. Please look in a few minutes.</p>}
      {actsFor(membership).map((act) => (
        <section>
          <h2>{heading[act]}</h2>
          <p>{explained[act]}</p>
          <form method="post" action={`/account/billing/memberships/${id}/${act}`}>
            <Submit kind="quiet">{button[act](service.title)}</Submit>
          </form>
        </section>
      ))}
      <section>
        <h2>What happened</h2>
        <p>
          <a href={`/account/services/${id}`}>Everything so far, step by step</a>
        </p>
      </section>
    </>
  )
}

const statusInWords: Readonly<Record<string, string>> = { paid: 'paid', open: 'to be paid', void: 'void', uncollectible: 'given up' }

/** Invoices as Stripe lists them now; undefined when it cannot be reached. */
export const Invoices = ({ invoices }: { invoices: readonly ListedInvoice[] | undefined }) => (
  <section>
    <h2>Invoices</h2>
    {invoices === undefined && <p>Stripe, who keeps them, cannot be reached just now. Please look again in a few minutes.</p>}
    {invoices?.length === 0 && <p>None yet.</p>}
    {invoices && invoices.length > 0 && (
      <>
        <p>They are at Stripe; we read the list anew each time and keep no invoice.</p>
        <Facts
          rows={invoices.map(({ id, status, total, currency, madeAt }) => [
            <Moment at={madeAt} as="day" />,
            <>
              {money(total, currency)}, {statusInWords[status] ?? status}. <a href={`/account/billing/invoices/${id}`}>Open at Stripe</a>
            </>,
          ])}
        />
      </>
    )}
  </section>
)
