/** Money in the console: what waits for a decision, and plans that cannot be bought yet. */
import { Submit } from '../web/forms.tsx'
import { Empty, Notice } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { reasonInWords } from './pages.tsx'
import type { WaitingDecision } from './review.ts'

const told: Readonly<Record<string, string>> = {
  decided: 'Decided. The person is told by letter.',
  gone: 'Somebody else had decided that already.',
  prices: 'The missing prices are made at Stripe.',
}

interface OfficeProps {
  readonly waiting: readonly WaitingDecision[]
  /** Plans without a price at Stripe; undefined while Stripe cannot be asked. */
  readonly missing: readonly string[] | undefined
  readonly done?: string | undefined
}

export const OfficePage = ({ waiting, missing, done }: OfficeProps) => (
  <>
    <h1>Billing</h1>
    {done && Object.hasOwn(told, done) && (
      <Notice kind="good" live>
        <p>{told[done]}</p>
      </Notice>
    )}
    <p>
      <a href="/staff/billing/reconciliation">Reconciliation: does what we keep agree with what Stripe says?</a>
    </p>
    <section>
      <h2>Waiting for a decision</h2>
      {waiting.length === 0 ? (
        <Empty icon="circle-check" title="Nobody waits">
          <p>A card that the rules neither pass nor refuse comes here.</p>
        </Empty>
      ) : (
        <Waiting waiting={waiting} />
      )}
    </section>
    <section>
      <h2>Prices at Stripe</h2>
      <Prices missing={missing} />
    </section>
  </>
)

const Waiting = ({ waiting }: { waiting: readonly WaitingDecision[] }) => (
  <Table label="Waiting for a decision">
    <thead>
      <tr>
        <Column>Who</Column>
        <Column>Service</Column>
        <Column>Why</Column>
        <Column>Since</Column>
        <Column>Decision</Column>
      </tr>
    </thead>
    <tbody>
      {waiting.map(({ id, name, email, service, reasons, decidedAt, askedForHumanAt }) => (
        <tr>
          <th scope="row">
            {name} <small>{email}</small>
          </th>
          <td>{service}</td>
          <td>
            {reasons.map((reason) => reasonInWords[reason]).join('; ')}
            {askedForHumanAt && '; they asked that a person looks'}
          </td>
          <td>
            <Moment at={decidedAt} />
          </td>
          <td>
            <form method="post" action={`/staff/billing/decisions/${id}`}>
              <Submit name="outcome" value="pass" kind="quiet">
                Let them go on
              </Submit>{' '}
              <Submit name="outcome" value="fail" kind="quiet">
                Refuse this card
              </Submit>
            </form>
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

function Prices({ missing }: { missing: readonly string[] | undefined }) {
  if (!missing) return <p>Payments are off, or Stripe cannot be reached just now.</p>
  if (missing.length === 0) return <p>Every plan that is paid for has its price.</p>
  return (
    <>
      <p>These cannot be bought, because Stripe has no price under their lookup key: {missing.join(', ')}.</p>
      <form method="post" action="/staff/billing/prices">
        <Submit>Make the missing prices at Stripe</Submit>
      </form>
    </>
  )
}
