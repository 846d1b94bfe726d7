/** The list of people, and inviting somebody. */
import { Errors, Field, fieldId, Search, Submit } from '../web/forms.tsx'
import type { FormErrors, Typed } from '../web/form.ts'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Column, Moment, Pager, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { type Asked, hrefFor } from './asked.ts'
import type { ListedPerson, Page } from './search.ts'
import type { Role } from './tables.ts'

interface PeopleProps {
  readonly asked: Asked
  readonly page: Page
  readonly roles: ReadonlyMap<string, Role>
  readonly mayExport: boolean
}

export const PeoplePage = ({ asked, page, roles, mayExport }: PeopleProps) => (
  <>
    <h1>People</h1>
    <Filters asked={asked} />
    {page.scattered && (
      <Notice kind="info">
        <p>So many people match that only some of them were looked at. Add a letter, or a part of the address, to see the rest.</p>
      </Notice>
    )}
    {page.people.length === 0 ? <Nobody asked={asked} /> : <List {...{ asked, page, roles }} />}
    <div class="actions">
      <a class="button quiet" href="/staff/people/invite">
        Invite somebody
      </a>
      {mayExport && page.people.length > 0 && <Export asked={asked} />}
    </div>
  </>
)

const Filters = ({ asked }: { asked: Asked }) => (
  <Search action="/staff/people" label="Any part of a name or an address" value={asked.q} keep={{ sort: asked.sort, dir: asked.dir }}>
    <Day name="since" label="Joined since" value={asked.since} />
    <Day name="until" label="Joined until" value={asked.until} />
    <div class="field tick">
      <input type="checkbox" id={fieldId('staff')} name="staff" value="yes" checked={asked.staff === 'yes'} />
      <label for={fieldId('staff')}>Staff only</label>
    </div>
  </Search>
)

const Day = ({ name, label, value }: { name: string; label: string; value: string | undefined }) => (
  <div class="field">
    <label for={fieldId(name)}>{label}</label>
    <input type="date" id={fieldId(name)} name={name} value={value} />
  </div>
)

const List = ({ asked, page, roles }: Omit<PeopleProps, 'mayExport'>) => (
  <>
    <Table label="People">
      <thead>
        <tr>
          <Column {...sorting(asked, 'name')}>Name</Column>
          <Column>E-mail address</Column>
          <Column {...sorting(asked, 'joined')}>Joined</Column>
          <Column>Role</Column>
        </tr>
      </thead>
      <tbody>
        {page.people.map((person) => (
          <Row person={person} role={roles.get(person.id)} />
        ))}
      </tbody>
    </Table>
    <Pager summary={summary(page)} {...neighbours(asked, page)} />
  </>
)

const Row = ({ person, role }: { person: ListedPerson; role: Role | undefined }) => (
  <tr>
    <th scope="row">
      <a href={`/staff/people/${person.id}`}>{person.name}</a>
    </th>
    <td>{person.email}</td>
    <td>
      <Moment at={person.joinedAt} as="day" />
    </td>
    <td>{role && <span class="badge">{role}</span>}</td>
  </tr>
)

// A second click turns the order round; names begin with A, and the newest people come first.
function sorting(asked: Asked, column: 'name' | 'joined'): { href: string; sorted: 'ascending' | 'descending' | undefined } {
  const sorted = asked.sort === column
  const first = column === 'name' ? 'asc' : 'desc'
  const other = asked.dir === 'asc' ? 'desc' : 'asc'
  const href = hrefFor(asked, { sort: column, dir: sorted ? other : first, after: undefined, before: undefined })
  return { href, sorted: sorted ? (asked.dir === 'asc' ? 'ascending' : 'descending') : undefined }
}

function neighbours(asked: Asked, { people, previous, next }: Page): { previous: string | undefined; next: string | undefined } {
  const at = (id: string | undefined, way: 'after' | 'before') => hrefFor(asked, { after: undefined, before: undefined, [way]: id })
  return { previous: previous ? at(people[0]?.id, 'before') : undefined, next: next ? at(people.at(-1)?.id, 'after') : undefined }
}

const counted = new Intl.NumberFormat('en')

// "More than 60" would say that we counted to 60; rounded down it says what it is: a beginning.
function summary({ people, count, more }: Page): string {
  if (!more) return count === 1 ? '1 person' : `${counted.format(count)} people`
  const least = Math.max(count, people.length)
  const round = least >= 1000 ? 1000 : least >= 100 ? Math.floor(least / 100) * 100 : 50
  return `More than ${counted.format(round)} people`
}

const Nobody = ({ asked }: { asked: Asked }) => (
  <Empty icon="users" title="Nobody found" action={<a href="/staff/people">Show everybody</a>}>
    {asked.q ? (
      <p>No name and no address contains “{asked.q}”. A shorter part finds more.</p>
    ) : (
      <p>Nobody joined in that time, or nobody of them is what you look for.</p>
    )}
  </Empty>
)

// A form, not a link: it takes people's addresses out of the house, and is noted.
const Export = ({ asked }: { asked: Asked }) => (
  <form method="post" action="/staff/people/export">
    {Object.entries({ ...asked, after: undefined, before: undefined }).map(
      ([name, value]) => value && <input type="hidden" name={name} value={value} />,
    )}
    <Submit kind="quiet" icon="download">
      Export this list as CSV
    </Submit>
  </form>
)

interface Waiting {
  readonly id: string
  readonly email: string | null
  readonly invitedAt: Date
  readonly expiresAt: Date
}

interface InviteProps {
  readonly waiting: readonly Waiting[]
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const InvitePage = ({ waiting, told, errors = {}, typed = {} }: InviteProps) => (
  <>
    <Crumbs to={[{ href: '/staff/people', text: 'People' }]} here="Invite" />
    <h1>Invite somebody</h1>
    <Told words={told} />
    <Errors errors={errors} />
    <p>They get a letter with a link. Nothing is linked to them until they answer; if they do not, their address is deleted.</p>
    <form method="post" action="/staff/people/invite" novalidate>
      <Field name="email" label="E-mail address" type="email" value={typed['email']} error={errors['email']} maxlength={254} required />
      <Submit icon="send">Send the invitation</Submit>
    </form>
    <section>
      <h2>Waiting for an answer</h2>
      {waiting.length === 0 ? <p>No invitation waits.</p> : <Invitations waiting={waiting} />}
    </section>
  </>
)

const Invitations = ({ waiting }: { waiting: readonly Waiting[] }) => (
  <Table label="Invitations">
    <thead>
      <tr>
        <Column>E-mail address</Column>
        <Column>Invited</Column>
        <Column>Ends</Column>
        <Column>
          <span class="hidden">Act</span>
        </Column>
      </tr>
    </thead>
    <tbody>
      {waiting.map((invitation) => (
        <tr>
          <th scope="row">{invitation.email}</th>
          <td>
            <Moment at={invitation.invitedAt} />
          </td>
          <td>
            <Moment at={invitation.expiresAt} as="day" />
          </td>
          <td>
            <form method="post" action={`/staff/people/invite/${invitation.id}/withdraw`}>
              <Submit kind="link">Withdraw</Submit>
            </form>
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)
