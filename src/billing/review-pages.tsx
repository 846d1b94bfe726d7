/** Decisions that wait, for those who make them. */
import type { Id } from '../log.ts'
import { Submit } from '../web/forms.tsx'
import { Moment } from '../web/lists.tsx'
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
  <ul class="rows services">
    {waiting.map((decision) => (
      <li>
        <h3>
          <a href={`/staff/billing/customers/${decision.personId}`}>{decision.name}</a>
        </h3>
        <div>
          <p>
            {decision.service}: {decision.reasons.map((reason) => reasonInWords[reason]).join('; ')}
            {decision.askedForHumanAt && '; they asked that a person looks'}.{decision.two && ` ${agreedSoFar(decision, reader)}`}
          </p>
          <p class="soft">
            {decision.email}, since <Moment at={decision.decidedAt} />
          </p>
          <form method="post" action={`/staff/billing/decisions/${decision.id}`} class="actions">
            {!(decision.two && decision.decidedBy === reader) && (
              <Submit name="outcome" value="pass" kind="quiet">
                {decision.two ? 'Agree that they go on' : 'Let them go on'}
              </Submit>
            )}
            <Submit name="outcome" value="fail" kind="quiet">
              Refuse this card
            </Submit>
          </form>
        </div>
      </li>
    ))}
  </ul>
)

function agreedSoFar({ decidedBy }: WaitingDecision, reader: Id): string {
  if (!decidedBy) return 'Two people must agree.'
  return decidedBy === reader ? 'You agreed; somebody else must, too.' : 'One of two agreed.'
}
