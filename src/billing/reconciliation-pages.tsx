/** What the nightly comparison with Stripe found, and what became of it. */
import { Submit } from '../web/forms.tsx'
import { Empty } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Finding } from './finding.ts'
import { Places } from './places.tsx'
import type { Run } from './reconciliation.ts'
import type { FindingKind } from './reconciliation-tables.ts'

/** What each finding is, and what becomes of it, in words. */
const inWords: Readonly<Record<FindingKind, readonly [what: string, mending: string]>> = {
  'missed events': ['Something happened to customers at Stripe, and its events did not reach us', 'Stripe was asked how things stand'],
  'out of step': ['A customer could not be brought to what Stripe says', 'It is tried again by itself; what is given up waits under Jobs'],
  'two subscriptions': [
    'Somebody paid twice for one service',
    'The older subscription was ended; unused time stands as credit with the customer at Stripe',
  ],
  'paid for nothing': ['A subscription outlived its membership', 'It was ended; unused time stands as credit with the customer at Stripe'],
  'living after erasure': ['A customer at Stripe belongs to somebody who is erased', 'Deleted at Stripe'],
  'left over customer': ['A customer at Stripe was left over, without anything that is paid for', 'Deleted at Stripe'],
  'lost customer': ['We had lost the key of a customer whom Stripe has', 'The key is back, and Stripe was asked how things stand'],
  'second customer': [
    'Somebody has two customers at Stripe, and pays with both',
    'Find them at Stripe by metadata["account"], and end one by hand',
  ],
  'no destination': ['Stripe sends its events nowhere here', 'Make a destination for thin events at Stripe, and set STRIPE_WEBHOOK_SECRET'],
  'destination elsewhere': ['Stripe sends its events to another address', 'If this site has moved, point the destination here'],
  'destination off': ['Stripe had stopped sending events', 'Switched on again'],
  'payloads sent': [
    'A destination sends whole objects, with names and cards in them',
    'We keep none of it; change it to thin events at Stripe all the same',
  ],
}

const menders = { program: 'by the program', staff: 'by staff', itself: 'it was gone' }

interface ReconciliationProps {
  readonly findings: readonly Finding[]
  readonly runs: readonly Run[]
  readonly available: boolean
  readonly told?: string | undefined
}

export const ReconciliationPage = ({ findings, runs, available, told }: ReconciliationProps) => (
  <>
    <h1>Reconciliation</h1>
    <Places here="/staff/billing/reconciliation" />
    <Told words={told} />
    <p>
      Every night, what we keep is compared with what Stripe says. What does not agree is mended where the program can tell what is right,
      and listed here. A finding names nobody.
    </p>
    {available ? (
      <form method="post" action="/staff/billing/reconciliation">
        <Submit kind="quiet">Compare now</Submit>
      </form>
    ) : (
      <p>Payments are off: there is nothing to compare with.</p>
    )}
    <section>
      <h2>Findings</h2>
      {findings.length === 0 ? (
        <Empty icon="circle-check" title="Everything agrees">
          <p>Nothing was found in the last 400 days.</p>
        </Empty>
      ) : (
        <Findings findings={findings} />
      )}
    </section>
    <section>
      <h2>The last comparisons</h2>
      {runs.length === 0 ? <p>There was none yet: the first comes tonight at 02:50 UTC.</p> : <Runs runs={runs} />}
    </section>
  </>
)

const Findings = ({ findings }: { findings: readonly Finding[] }) => (
  <Table label="Findings">
    <thead>
      <tr>
        <Column>What</Column>
        <Column number>How often</Column>
        <Column>Found</Column>
        <Column>Mended</Column>
        <Column>How</Column>
      </tr>
    </thead>
    <tbody>
      {findings.map((finding) => (
        <tr>
          <th scope="row">{inWords[finding.kind][0]}</th>
          <td class="number">{finding.times.toLocaleString('en')}</td>
          <td>
            <Moment at={finding.foundAt} />
          </td>
          <td>
            {finding.mendedAt && finding.mendedBy ? (
              <>
                <Moment at={finding.mendedAt} /> <small>{menders[finding.mendedBy]}</small>
              </>
            ) : (
              'open'
            )}
          </td>
          <td>
            {inWords[finding.kind][1]}
            <Act finding={finding} />
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

function Act({ finding: { kind, mendedAt, destination } }: { finding: Finding }) {
  if (kind !== 'destination elsewhere' || mendedAt || !destination) return null
  return (
    <form method="post" action="/staff/billing/reconciliation/destination">
      <input type="hidden" name="destination" value={destination} />
      <Submit kind="quiet">Point it here</Submit>
    </form>
  )
}

const Runs = ({ runs }: { runs: readonly Run[] }) => (
  <Table label="The last comparisons">
    <thead>
      <tr>
        <Column>Begun</Column>
        <Column>Done</Column>
        <Column number>Events listed</Column>
        <Column number>Asked anew</Column>
        <Column number>Customers seen</Column>
      </tr>
    </thead>
    <tbody>
      {runs.map(({ begunAt, doneAt, events, asked, customers }) => (
        <tr>
          <th scope="row">
            <Moment at={begunAt} />
          </th>
          <td>{doneAt ? <Moment at={doneAt} /> : 'not complete: it is repeated'}</td>
          <td class="number">{events.toLocaleString('en')}</td>
          <td class="number">{asked.toLocaleString('en')}</td>
          <td class="number">{customers.toLocaleString('en')}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)
