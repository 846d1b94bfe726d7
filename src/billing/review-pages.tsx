/** Decisions that wait, for those who make them. */
import type { Id } from '../log.ts'
import { Submit } from '../web/forms.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { reasonInWords } from './pages.tsx'
import type { Ruling, WaitingDecision } from './review.ts'

/** What came of deciding, in words. */
export const ruled: Readonly<Record<Ruling, string>> = {
  decided: 'Decided. The person is told by letter.',
  agreed: 'You agreed. Another member of staff must agree, too.',
  same: 'You agreed already. Another member of staff must agree, too.',
  own: 'Nobody decides about themselves.',
  gone: 'Somebody else had decided that already.',
}

export const WaitingDecisions = ({ waiting, reader }: { waiting: readonly WaitingDecision[]; reader: Id }) => (
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
      {waiting.map((decision) => (
        <tr>
          <th scope="row">
            <a href={`/staff/billing/customers/${decision.personId}`}>{decision.name}</a> <small>{decision.email}</small>
          </th>
          <td>{decision.service}</td>
          <td>
            {decision.reasons.map((reason) => reasonInWords[reason]).join('; ')}
            {decision.askedForHumanAt && '; they asked that a person looks'}
          </td>
          <td>
            <Moment at={decision.decidedAt} />
          </td>
          <td>
            {decision.two && <p>{agreedSoFar(decision, reader)}</p>}
            <form method="post" action={`/staff/billing/decisions/${decision.id}`}>
              {!(decision.two && decision.decidedBy === reader) && (
                <Submit name="outcome" value="pass" kind="quiet">
                  {decision.two ? 'Agree that they go on' : 'Let them go on'}
                </Submit>
              )}{' '}
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

function agreedSoFar({ decidedBy }: WaitingDecision, reader: Id): string {
  if (!decidedBy) return 'Two people must agree.'
  return decidedBy === reader ? 'You agreed; somebody else must, too.' : 'One of two agreed.'
}
