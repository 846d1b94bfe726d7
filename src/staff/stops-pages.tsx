/** The list of addresses that are not written to. */
import type { Evidence } from '../mail/suppression.ts'
import { whys } from '../mail/suppression.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Search, Submit } from '../web/forms.tsx'
import { Empty } from '../web/layout.tsx'
import { Column, Moment, Pager, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { ShownStop } from './stops.ts'

interface StopsProps {
  readonly stops: readonly ShownStop[]
  readonly asked: string | undefined
  readonly next: string | undefined
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const StopsPage = ({ stops, asked, next, told, errors = {}, typed = {} }: StopsProps) => (
  <>
    <h1>Not written to</h1>
    <Told words={told} />
    <p>
      Updates go to none of these addresses. They are kept as hashes, so that an address can be looked up but not read.{' '}
      <a href="/staff/updates/stopped/stopped.csv">Take the list out as CSV</a>: reasons, moments and hashes, without addresses.
    </p>
    <Search action="/staff/updates/stopped" label="A whole e-mail address" value={asked} />
    {stops.length === 0 ? <None asked={asked} /> : <Stops stops={stops} />}
    {next && <Pager summary={`The newest ${stops.length}`} next={next} />}
    <section>
      <h2>Stop writing to an address</h2>
      <Errors errors={errors} />
      <form method="post" action="/staff/updates/stopped" novalidate>
        <Field name="email" label="E-mail address" type="email" value={typed['email']} error={errors['email']} maxlength={254} required />
        <Submit kind="quiet">Stop writing there</Submit>
      </form>
    </section>
  </>
)

const None = ({ asked }: { asked: string | undefined }) =>
  asked ? (
    <Empty icon="circle-check" title="Not stopped" action={<a href="/staff/updates/stopped">Show all</a>}>
      <p>Nothing keeps us from writing to that address.</p>
    </Empty>
  ) : (
    <Empty icon="circle-check" title="No address is stopped">
      <p>Addresses come here when letters come back for good, or somebody complains.</p>
    </Empty>
  )

const told: Record<Evidence, string> = { report: 'a report that came back', server: 'the server’s refusal', staff: 'somebody of the team' }

const Stops = ({ stops }: { stops: readonly ShownStop[] }) => (
  <Table label="Addresses">
    <thead>
      <tr>
        <Column>Whose</Column>
        <Column>Because</Column>
        <Column>Told by</Column>
        <Column>Code</Column>
        <Column>Since</Column>
        <Column>Stop</Column>
      </tr>
    </thead>
    <tbody>
      {stops.map((stop) => (
        <StopRow stop={stop} />
      ))}
    </tbody>
  </Table>
)

const StopRow = ({ stop: { id, who, why, evidence, code, suppressedAt, liftedAt, liftedBy } }: { stop: ShownStop }) => (
  <tr>
    <th scope="row">{who ? `${who.name}, ${who.email ?? 'an earlier address'}` : 'nobody who is here'}</th>
    <td>{whys[why]}</td>
    <td>{told[evidence]}</td>
    <td>{code && <code>{code}</code>}</td>
    <td>
      <Moment at={suppressedAt} />
    </td>
    <td>
      {liftedAt ? (
        <>
          lifted by {liftedBy === 'staff' ? 'the team' : 'the person'}, <Moment at={liftedAt} as="day" />
        </>
      ) : (
        <form class="inline" method="post" action={`/staff/updates/stopped/${id}/lift`}>
          <button type="submit" class="quiet" aria-label={`Lift the stop of ${who?.name ?? 'nobody who is here'}`}>
            Lift
          </button>
        </form>
      )}
    </td>
  </tr>
)
