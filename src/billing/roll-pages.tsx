/** Who is a member, in the console: the roll, and one membership with its invoices. */
import { Select, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Facts, Moment, Pager, Table } from '../web/lists.tsx'
import { money } from '../services/price.ts'
import type { Enrolled } from '../services/roll.ts'
import type { NamedMembership, Step } from '../services/membership.ts'
import type { KeptInvoice } from './payments.ts'
import { Places } from './places.tsx'

const counted = new Intl.NumberFormat('en')
/** How a membership stands, for staff. */
export const standingInWords = {
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

const ALL = ['', 'All'] as const

const RollFilters = ({ asked, services }: Pick<RollProps, 'asked' | 'services'>) => (
  <form class="search" action="/staff/billing/memberships">
    <Select
      name="service"
      label="Service"
      value={asked.service}
      options={[ALL, ...services.map(({ slug, title }) => [slug, title] as const)]}
    />
    <Select name="standing" label="How it stands" value={asked.standing} options={[ALL, ...Object.entries(standingInWords)]} />
    <Select name="paid" label="Plan" value={asked.paid} options={[ALL, ['yes', 'Paid for'], ['no', 'Free']]} />
    <Submit kind="quiet" icon="search">
      Show
    </Submit>
  </form>
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
export const Whose = ({ membership: { id, name, email, kind } }: { membership: Enrolled }) => {
  if (!name) return <>Not a customer</>
  if (kind === 'free') return <>{name}</>
  return (
    <>
      <a href={`/staff/billing/memberships/${id}`}>{name}</a> <small>{email}</small>
    </>
  )
}

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
