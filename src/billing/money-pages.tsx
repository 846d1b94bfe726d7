/** Money in the console: who is a member, what failed, what comes in, what was used. */
import { fieldId, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Facts, Moment, Pager, Table } from '../web/lists.tsx'
import { money } from '../services/price.ts'
import type { Enrolled, UsedOfService } from '../services/roll.ts'
import type { NamedMembership, Step } from '../services/membership.ts'
import type { FailedPayment, KeptInvoice } from './payments.ts'
import { churnOf, definitions, type Revenue } from './revenue.ts'

/** The pages about money, in the order of their use. */
const places = [
  ['/staff/billing', 'Decisions and prices'],
  ['/staff/billing/memberships', 'Memberships'],
  ['/staff/billing/failed', 'Failed payments'],
  ['/staff/billing/revenue', 'Revenue'],
  ['/staff/billing/usage', 'Usage'],
  ['/staff/billing/rules', 'Rules for cards'],
  ['/staff/billing/reconciliation', 'Reconciliation'],
] as const
type Place = (typeof places)[number][0]

/** The way from one page about money to the others. */
export const Places = ({ here }: { here: Place }) => (
  <nav class="filters" aria-label="Billing">
    <ul>
      {places.map(([href, text]) => (
        <li>
          <a href={href} aria-current={href === here ? 'page' : undefined}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

const counted = new Intl.NumberFormat('en')
const standingInWords = {
  waiting: 'waits for a payment',
  trial: 'tries it',
  active: 'open',
  grace: 'open, payment failed',
  suspended: 'closed, payment failed',
  paused: 'paused',
  ended: 'ended',
} as const

/** The filters of the roll, as the address says them. */
export interface RollAsked {
  readonly service: string
  readonly standing: string
  readonly paid: string
}

interface RollProps {
  readonly asked: RollAsked
  readonly services: readonly { readonly slug: string; readonly title: string }[]
  readonly rows: readonly Enrolled[]
  readonly count: number
  readonly next: string | undefined
}

export const RollPage = ({ asked, services, rows, count, next }: RollProps) => (
  <>
    <h1>Memberships</h1>
    <Places here="/staff/billing/memberships" />
    <RollFilters asked={asked} services={services} />
    {rows.length === 0 ? (
      <Empty icon="users" title="No such membership" action={<a href="/staff/billing/memberships">Show all</a>}>
        <p>Nobody is a member in this way.</p>
      </Empty>
    ) : (
      <>
        <Roll rows={rows} />
        <Pager summary={count === 1 ? '1 membership' : `${counted.format(count)} memberships, newest first`} next={next} />
      </>
    )}
    <p class="hint">Names are shown of customers alone: of others the billing role sees the membership, and not whose it is.</p>
  </>
)

const RollFilters = ({ asked, services }: Pick<RollProps, 'asked' | 'services'>) => (
  <form class="search" action="/staff/billing/memberships">
    <Filter name="service" label="Service" value={asked.service} options={services.map(({ slug, title }) => [slug, title])} />
    <Filter name="standing" label="How it stands" value={asked.standing} options={Object.entries(standingInWords)} />
    <Filter
      name="paid"
      label="Plan"
      value={asked.paid}
      options={[
        ['yes', 'Paid for'],
        ['no', 'Free'],
      ]}
    />
    <Submit kind="quiet" icon="search">
      Show
    </Submit>
  </form>
)

interface FilterProps {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, text: string])[]
}

const Filter = ({ name, label, value, options }: FilterProps) => (
  <div class="field">
    <label for={fieldId(name)}>{label}</label>
    <select id={fieldId(name)} name={name}>
      {[['', 'All'] as const, ...options].map(([key, text]) => (
        <option value={key} selected={key === value}>
          {text}
        </option>
      ))}
    </select>
  </div>
)

const Roll = ({ rows }: { rows: readonly Enrolled[] }) => (
  <Table label="Memberships">
    <thead>
      <tr>
        <Column>Who</Column>
        <Column>Service</Column>
        <Column>Plan</Column>
        <Column number>Seats</Column>
        <Column>How it stands</Column>
        <Column>Since</Column>
        <Column>Paid until</Column>
        <Column>Leaves</Column>
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr>
          <th scope="row">
            <Whose membership={row} />
          </th>
          <td>{row.service}</td>
          <td>{row.plan}</td>
          <td class="number">{counted.format(row.seats)}</td>
          <td>{standingInWords[row.standing]}</td>
          <td>
            <Moment at={row.joinedAt} as="day" />
          </td>
          <td>{row.paidUntil && <Moment at={row.paidUntil} as="day" />}</td>
          <td>{row.leavesAt && <Moment at={row.leavesAt} as="day" />}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

// To open one is a look at somebody's record, which they can read of.
const Whose = ({ membership: { id, name, email, kind } }: { membership: Enrolled }) => {
  if (!name) return <>Not a customer</>
  if (kind === 'free') return <>{name}</>
  return (
    <>
      <a href={`/staff/billing/memberships/${id}`}>{name}</a> <small>{email}</small>
    </>
  )
}

export const FailedPage = ({ failed }: { failed: readonly FailedPayment[] }) => (
  <>
    <h1>Failed payments</h1>
    <Places here="/staff/billing/failed" />
    {failed.length === 0 ? (
      <Empty icon="circle-check" title="Nothing failed">
        <p>A payment that a bank refused comes here, and goes once it is paid, given up or credited.</p>
      </Empty>
    ) : (
      <>
        <Table label="Failed payments">
          <thead>
            <tr>
              <Column>Who</Column>
              <Column>Service</Column>
              <Column number>Due</Column>
              <Column>Since</Column>
              <Column number>Tries</Column>
              <Column>Next try</Column>
              <Column>How it stands</Column>
              <Column>Invoice</Column>
            </tr>
          </thead>
          <tbody>
            {failed.map((one) => (
              <FailedRow failed={one} />
            ))}
          </tbody>
        </Table>
        <p class="hint">
          Stripe tries again by its own plan, and at once when the card is changed; the customer was told by letter. There is nothing to do
          but to be helpful.
        </p>
      </>
    )}
  </>
)

const FailedRow = ({ failed: { invoice, due, currency, attempts, nextAttemptAt, madeAt, membership } }: { failed: FailedPayment }) => (
  <tr>
    <th scope="row">{membership ? <Whose membership={membership} /> : 'A one-off payment'}</th>
    <td>{membership?.service}</td>
    <td class="number">{money(due, currency)}</td>
    <td>
      <Moment at={madeAt} as="day" />
    </td>
    <td class="number">{attempts}</td>
    <td>{nextAttemptAt ? <Moment at={nextAttemptAt} /> : 'none: Stripe has given up'}</td>
    <td>
      {membership && standingInWords[membership.standing]}
      {membership?.graceUntil && (
        <>
          {' '}
          until <Moment at={membership.graceUntil} as="day" />
        </>
      )}
    </td>
    <td>
      <a href={`/staff/billing/invoices/${invoice}`}>Look at it</a>
    </td>
  </tr>
)

const actorInWords = { person: 'the customer', staff: 'staff', stripe: 'Stripe', clock: 'the calendar' } as const

interface MembershipProps {
  readonly membership: NamedMembership
  readonly who: { readonly name: string; readonly email: string }
  readonly steps: readonly Step[]
  readonly invoices: readonly KeptInvoice[]
}

export const OfficeMembershipPage = ({ membership, who, steps, invoices }: MembershipProps) => (
  <>
    <Crumbs to={[{ href: '/staff/billing/memberships', text: 'Memberships' }]} here={`${who.name}: ${membership.service.title}`} />
    <h1>
      {who.name}: {membership.service.title}
    </h1>
    <p>
      The customer can read that somebody of billing looked at this now.{' '}
      <a href={`/staff/billing/customers/${membership.personId}`}>Their limit and deposits</a>
    </p>
    <Facts
      rows={[
        ['E-mail address', who.email],
        ['Plan', membership.plan.title],
        ['Seats', counted.format(membership.seats)],
        ['How it stands', standingInWords[membership.standing]],
        ...(membership.paidUntil ? [['Paid until', <Moment at={membership.paidUntil} as="day" />] as const] : []),
        ...(membership.leavesAt ? [['Leaves', <Moment at={membership.leavesAt} as="day" />] as const] : []),
      ]}
    />
    <section>
      <h2>Invoices</h2>
      {invoices.length === 0 ? <p>There are none.</p> : <InvoiceRows invoices={invoices} />}
    </section>
    <section>
      <h2>What happened</h2>
      <ol class="timeline">
        {steps.map(({ step, by, happenedAt }) => (
          <li>
            <Moment at={happenedAt} /> {step}, by {actorInWords[by]}
          </li>
        ))}
      </ol>
    </section>
  </>
)

const InvoiceRows = ({ invoices }: { invoices: readonly KeptInvoice[] }) => (
  <Table label="Invoices">
    <thead>
      <tr>
        <Column>Made</Column>
        <Column number>Due</Column>
        <Column number>Paid</Column>
        <Column>Status</Column>
        <Column>Invoice</Column>
      </tr>
    </thead>
    <tbody>
      {invoices.map(({ stripeInvoice, madeAt, due, paid, currency, status }) => (
        <tr>
          <th scope="row">
            <Moment at={madeAt} as="day" />
          </th>
          <td class="number">{money(due, currency)}</td>
          <td class="number">{money(paid, currency)}</td>
          <td>{status}</td>
          <td>
            <a href={`/staff/billing/invoices/${stripeInvoice}`}>Look at it</a>
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

export const RevenuePage = ({ sums }: { sums: readonly Revenue[] }) => (
  <>
    <h1>Revenue</h1>
    <Places here="/staff/billing/revenue" />
    {sums.length === 0 ? (
      <Empty icon="inbox" title="Nothing was paid yet">
        <p>The numbers begin with the first subscription.</p>
      </Empty>
    ) : (
      sums.map((sum) => <RevenueSection sum={sum} />)
    )}
    <section>
      <h2>What the numbers mean</h2>
      <p>Currencies are not added up: each has its own numbers.</p>
      <dl class="facts">
        {definitions.map(([term, meaning]) => (
          <div>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  </>
)

function RevenueSection({ sum }: { sum: Revenue }) {
  const { currency, monthly, paying, begun, ended, failing, leaving, collected } = sum
  const churn = churnOf(sum)
  const amounts: readonly (readonly [string, string])[] = [
    ['Monthly recurring revenue', money(monthly, currency)],
    ['Paying subscriptions', counted.format(paying)],
    ['New in 30 days', money(begun, currency)],
    ['Ended in 30 days', money(ended, currency)],
    ['Churn', churn === undefined ? '–' : percent.format(churn)],
    ['At risk: payment failed', money(failing, currency)],
    ['At risk: leaving', money(leaving, currency)],
    ['Collected in 30 days', money(collected, currency)],
  ]
  return (
    <section>
      <h2>{currency.toUpperCase()}</h2>
      <dl class="totals">
        {amounts.map(([term, amount]) => (
          <div>
            <dt>{term}</dt>
            <dd>{amount}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

export const UsagePage = ({ used }: { used: readonly UsedOfService[] }) => (
  <>
    <h1>Usage</h1>
    <Places here="/staff/billing/usage" />
    {used.length === 0 ? (
      <Empty icon="inbox" title="Nothing was used yet">
        <p>
          Services tell what was used of them by <code>POST /api/v1/usage</code>.
        </p>
      </Empty>
    ) : (
      <Table label="Usage by service">
        <thead>
          <tr>
            <Column>Service</Column>
            <Column>What is counted</Column>
            <Column number>People</Column>
            <Column number>Last 30 days</Column>
            <Column number>30 days before</Column>
            <Column number>On no bill yet</Column>
          </tr>
        </thead>
        <tbody>
          {used.map(({ service, meter, people, lately, before, unbilled }) => (
            <tr>
              <th scope="row">{service}</th>
              <td>{meter}</td>
              <td class="number">{counted.format(people)}</td>
              <td class="number">{counted.format(lately)}</td>
              <td class="number">{counted.format(before)}</td>
              <td class="number">{counted.format(unbilled)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
  </>
)
