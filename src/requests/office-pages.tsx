/** The queue of requests, for those who answer. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { CalendarDay, Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { KindChoices, WordsField } from './form.tsx'
import { endings } from './kinds.ts'
import { deskHappenings, kindWords } from './office-words.ts'
import { type Listed, SHOWN } from './queue.ts'
import { inDays } from './watch.ts'

/** The end of a request's number, which is what differs. */
export const shortId = (id: string): string => id.slice(-8)

interface QueueProps {
  readonly listed: readonly Listed[]
  readonly which: 'open' | 'closed'
  readonly told?: string | undefined
}

export const QueuePage = ({ listed, which, told }: QueueProps) => (
  <>
    <h1>Requests</h1>
    <Told words={told} />
    <div class="actions">
      <a class="button" href="/staff/requests/new">
        Take one down
      </a>
      <a class="button quiet" href={which === 'open' ? '/staff/requests?which=closed' : '/staff/requests'}>
        {which === 'open' ? 'Show those that are closed' : 'Show those that are open'}
      </a>
      <a class="button quiet" href={`/staff/requests/list.csv?which=${which}`}>
        As CSV
      </a>
    </div>
    {listed.length === 0 ? (
      <Empty icon="circle-check" title={which === 'open' ? 'Nothing waits' : 'Nothing was closed yet'}>
        <p>What people ask about their data appears here, with the day by which it must be answered.</p>
      </Empty>
    ) : (
      <Queue listed={listed} />
    )}
    {listed.length === SHOWN && <p>The first {SHOWN} are shown.</p>}
  </>
)

const Queue = ({ listed }: { listed: readonly Listed[] }) => (
  <Table label="Requests">
    <thead>
      <tr>
        <Column>Number</Column>
        <Column>Asks for</Column>
        <Column>Came in</Column>
        <Column>How it stands</Column>
        <Column sorted="ascending">Answer by</Column>
        <Column>Left</Column>
      </tr>
    </thead>
    <tbody>
      {listed.map(({ request, last, daysLeft }) => (
        <tr>
          <th scope="row">
            <a href={`/staff/requests/${request.id}`}>
              <code>{shortId(request.id)}</code>
            </a>
          </th>
          <td>{kindWords[request.kind]}</td>
          <td>
            <Moment at={request.receivedAt} />
          </td>
          <td>{request.ending ? endings[request.ending] : last && deskHappenings[last]}</td>
          <td>
            <CalendarDay day={request.answerBy} />
          </td>
          <td>{request.closedAt ? '' : daysLeft < 4 ? <strong>{inDays(daysLeft)}</strong> : inDays(daysLeft)}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

/** The way back to the queue. */
export const up = [{ href: '/staff/requests', text: 'Requests' }]

export const TakeDownPage = ({ errors = {}, typed = {} }: { errors?: FormErrors; typed?: Typed }) => (
  <>
    <Crumbs to={up} here="Take one down" />
    <h1>Take a request down</h1>
    <p>
      For somebody on the telephone, or at the door. They are written to at the address that they name and confirm from there; ask for no
      papers. The clock starts now.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/staff/requests/new" novalidate>
      <KindChoices {...{ errors, typed }} />
      <Field name="email" label="E-mail address" type="email" value={typed['email']} error={errors['email']} maxlength={254} required />
      <WordsField {...{ errors, typed }} />
      <Submit icon="check">Take it down</Submit>
    </form>
  </>
)
