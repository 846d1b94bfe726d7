/** Money in the console: what failed, what comes in, what was used. */
import { Empty } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { money } from '../services/price.ts'
import type { UsedOfService } from '../services/roll.ts'
import type { FailedPayment } from './payments.ts'
import { Places } from './places.tsx'
import { churnOf, definitions, type Revenue } from './revenue.ts'
import { standingInWords, Whose } from './roll-pages.tsx'

const counted = new Intl.NumberFormat('en')
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
