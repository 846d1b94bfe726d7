/** The console's pages. */
import type { DeadLetter, KeptAppointment, QueueState } from '../jobs/overview.ts'
import type { Invitation } from '../sessions/invitation.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Search, Select, Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Pager, Table } from '../web/lists.tsx'
import { type Look, reasonNames, reasons } from './look.ts'
import type { Opened } from './record.ts'
import { offers } from './roles.ts'
import type { ListedPerson, Page, Wanted } from './search.ts'
import { type Role, roles } from './tables.ts'
import type { Member } from './team.ts'

export const FirstPage = ({ name, role }: { name: string; role: Role }) => (
  <>
    <h1>Console</h1>
    <p class="lead">
      {name}, you are here in the role “{role}”.
    </p>
    <ul class="rows">
      {offers(role).map(({ says, href }) => (
        <li>
          <div>{href ? <a href={href}>{says}</a> : says}</div>
        </li>
      ))}
    </ul>
    {offers(role).length === 0 && <p>There is nothing to do here in this role yet.</p>}
  </>
)

/** The address of the list with something else than now. */
function listHref(wanted: Wanted, more: Partial<Record<'sort' | 'after' | 'before', string>>): string {
  const sort = `${wanted.descending ? '-' : ''}${wanted.order}`
  const words = { q: wanted.part, staff: wanted.staffOnly ? 'yes' : '', sort, ...more }
  return `/staff/people?${new URLSearchParams(Object.entries(words).filter(([, text]) => text !== '')).toString()}`
}

export const PeoplePage = ({ wanted, page, mayExport }: { wanted: Wanted; page: Page; mayExport: boolean }) => (
  <>
    <h1>People</h1>
    <Search
      action="/staff/people"
      label="Any part of a name or an address"
      value={wanted.part}
      keep={{ sort: `${wanted.descending ? '-' : ''}${wanted.order}` }}
    >
      <Select
        name="staff"
        label="Who"
        value={wanted.staffOnly ? 'yes' : ''}
        options={[
          ['', 'Everybody'],
          ['yes', 'Staff only'],
        ]}
        required
      />
    </Search>
    {page.people.length === 0 ? (
      <Empty icon="users" title="Nobody found">
        <p>Try another part of the name or the address.</p>
      </Empty>
    ) : (
      <PeopleTable wanted={wanted} people={page.people} />
    )}
    <Pager
      summary={page.more ? `more than ${page.count}` : `${page.count}`}
      previous={page.previous ? listHref(wanted, { before: page.people[0]?.id ?? '' }) : undefined}
      next={page.next ? listHref(wanted, { after: page.people.at(-1)?.id ?? '' }) : undefined}
    />
    {mayExport && (
      <form method="post" action="/staff/people/export">
        <input type="hidden" name="q" value={wanted.part} />
        <Submit kind="quiet" icon="download">
          Take out as CSV
        </Submit>
      </form>
    )}
  </>
)

const PeopleTable = ({ wanted, people }: { wanted: Wanted; people: readonly ListedPerson[] }) => {
  const sorted = (order: Wanted['order']) => (wanted.order === order ? (wanted.descending ? 'descending' : 'ascending') : undefined)
  const by = (order: Wanted['order']) => listHref(wanted, { sort: `${sorted(order) === 'ascending' ? '-' : ''}${order}` })
  return (
    <Table label="People">
      <thead>
        <tr>
          <Column href={by('name')} sorted={sorted('name')}>
            Name
          </Column>
          <Column>E-mail address</Column>
          <Column href={by('joined')} sorted={sorted('joined')}>
            Joined
          </Column>
        </tr>
      </thead>
      <tbody>
        {people.map(({ id, name, email, joinedAt }) => (
          <tr>
            <th scope="row">
              <a href={`/staff/people/${id}`}>{name}</a>
            </th>
            <td>{email}</td>
            <td>
              <Moment at={joinedAt} as="day" />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const up = [{ href: '/staff/people', text: 'People' }]

export const ReasonPage = ({ id, errors = {}, typed = {} }: { id: string; errors?: FormErrors; typed?: Typed }) => (
  <>
    <Crumbs to={up} here="A record" />
    <h1>Why do you open this record?</h1>
    <p>The person reads when it was opened, in which role, and why.</p>
    <Errors errors={errors} />
    <form method="post" action={`/staff/people/${id}`} novalidate>
      <Select
        name="reason"
        label="Reason"
        value={typed['reason']}
        error={errors['reason']}
        options={reasonNames.map((name) => [name, reasons[name]])}
        required
      />
      <Field name="note" label="Note" value={typed['note']} error={errors['note']} maxlength={500} hint="The person reads it, too." />
      <Submit>Open the record</Submit>
    </form>
  </>
)

export const RecordPage = ({
  opened: { person, role, sessions, corrections, looks },
  look,
}: {
  opened: Opened
  look: Pick<Look, 'role' | 'reason'>
}) => (
  <>
    <Crumbs to={up} here={person.name} />
    <h1>{person.name}</h1>
    <Notice kind="info">
      Opened in the role “{look.role}” {reasons[look.reason]}. {person.name} can read that.
    </Notice>
    <Facts
      rows={[
        ['E-mail address', person.email],
        ['Joined', <Moment at={person.joinedAt} />],
        ['Role in the team', role ?? 'none'],
      ]}
    />
    <section>
      <h2>Signed in</h2>
      {sessions.length === 0 ? (
        <p>Nowhere.</p>
      ) : (
        <Facts rows={sessions.map(({ browser, startedAt }) => [browser, <Moment at={startedAt} />])} />
      )}
      <form method="post" action={`/staff/people/${person.id}/sessions/end`}>
        <Submit kind="danger">End all sessions</Submit>
      </form>
    </section>
    <section>
      <h2>History</h2>
      <ol class="timeline">
        {corrections.map(({ field, correctedAt }) => (
          <li>
            <Moment at={correctedAt} /> Corrected: {field}
          </li>
        ))}
        {looks.map(({ lookedAt, role: as, reason, note }) => (
          <li>
            <Moment at={lookedAt} /> Opened in the role “{as}” {reasons[reason]}
            {note && `: ${note}`}
          </li>
        ))}
      </ol>
    </section>
  </>
)

interface TeamProps {
  readonly team: readonly Member[]
  readonly open: readonly Pick<Invitation, 'id' | 'email' | 'role' | 'expiresAt'>[]
  readonly errors?: FormErrors
  readonly typed?: Typed
}

export const TeamPage = ({ team, open, errors = {}, typed = {} }: TeamProps) => (
  <>
    <h1>Team</h1>
    <Errors errors={errors} />
    <ul class="rows">
      {team.map(({ personId, name, email, role }) => (
        <li>
          <div>
            <h2>{name}</h2>
            <p>
              {email}, {role}
            </p>
          </div>
          <form method="post" action={`/staff/team/${personId}/remove`}>
            <button type="submit" class="quiet" aria-label={`Remove ${name} from the team`}>
              Remove
            </button>
          </form>
        </li>
      ))}
    </ul>
    <section>
      <h2>Invite</h2>
      <form method="post" action="/staff/team" novalidate>
        <Field name="email" label="E-mail address" type="email" value={typed['email']} error={errors['email']} required />
        <Select
          name="role"
          label="Role"
          value={typed['role']}
          error={errors['role']}
          options={roles.map((role) => [role, role])}
          required
        />
        <Submit>Send the invitation</Submit>
      </form>
    </section>
    {open.length > 0 && <h2>Waiting for an answer</h2>}
    <ul class="rows">
      {open.map(({ id, email, role, expiresAt }) => (
        <li>
          <div>
            {email ?? 'the first owner'}, {role ?? 'customer'}, until <Moment at={expiresAt} />
          </div>
          <form method="post" action={`/staff/team/invitations/${id}/withdraw`}>
            <button type="submit" class="quiet" aria-label={`Withdraw the invitation of ${email ?? 'the first owner'}`}>
              Withdraw
            </button>
          </form>
        </li>
      ))}
    </ul>
  </>
)

export const JobsPage = ({
  queues,
  clock,
  dead,
}: {
  queues: readonly QueueState[]
  clock: readonly KeptAppointment[]
  dead: readonly DeadLetter[]
}) => (
  <>
    <h1>Later work</h1>
    <Table label="Queues">
      <thead>
        <tr>
          <Column>Job</Column>
          <Column number>Waiting</Column>
          <Column number>Running</Column>
          <Column number>Given up</Column>
        </tr>
      </thead>
      <tbody>
        {queues.map(({ job, waiting, running, failed }) => (
          <tr>
            <th scope="row">{job}</th>
            <td class="number">{waiting}</td>
            <td class="number">{running}</td>
            <td class="number">{failed}</td>
          </tr>
        ))}
      </tbody>
    </Table>
    <section>
      <h2>On the clock</h2>
      <Facts rows={clock.map(({ job, cron, says, next }) => [says ?? job, next ? <Moment at={next} /> : cron])} />
    </section>
    <section>
      <h2>Dead letters</h2>
      {dead.length === 0 && <p>No job was given up.</p>}
      <Facts rows={dead.map(({ job, givenUpAt }) => [job, <Moment at={givenUpAt} />])} />
      {dead.length > 0 && (
        <form method="post" action="/staff/jobs/retry">
          <Submit>Try all of them again</Submit>
        </form>
      )}
    </section>
  </>
)
