/** The team: who is in it, who is invited, what was taken out. */
import type { Invitation } from '../sessions/invitation.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { NotedExport } from './export.ts'
import { roles } from './tables.ts'
import type { Member } from './team.ts'

type Waiting = Pick<Invitation, 'id' | 'email' | 'role' | 'invitedAt' | 'expiresAt'>

export interface TeamLists {
  readonly team: readonly Member[]
  readonly waiting: readonly Waiting[]
  readonly exports: readonly NotedExport[]
}

interface TeamProps extends TeamLists {
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const TeamPage = ({ team, waiting, exports, told, errors = {}, typed = {} }: TeamProps) => (
  <>
    <h1>Team</h1>
    <Told words={told} />
    <Errors errors={errors} />
    <Members team={team} />
    <section>
      <h2>Invite</h2>
      <p>They get a letter. Once they accept, they are in the team; before they enter the console they add a second factor.</p>
      <form method="post" action="/staff/team" novalidate>
        <Field name="email" label="E-mail address" type="email" value={typed['email']} error={errors['email']} maxlength={254} required />
        <Select name="role" label="Role" value={typed['role'] ?? 'support'} error={errors['role']} options={choices} required />
        <Submit icon="send">Send the invitation</Submit>
      </form>
    </section>
    <section>
      <h2>Waiting for an answer</h2>
      {waiting.length === 0 ? <p>No invitation waits.</p> : <Invitations waiting={waiting} />}
    </section>
    <section>
      <h2>Lists that were taken out</h2>
      {exports.length === 0 ? <p>None so far.</p> : <Exports exports={exports} />}
    </section>
  </>
)

const choices = roles.map((role) => [role, role] as const)

const Members = ({ team }: { team: readonly Member[] }) => (
  <Table label="Members">
    <thead>
      <tr>
        <Column>Name</Column>
        <Column>E-mail address</Column>
        <Column>Since</Column>
        <Column>Role</Column>
        <Column>In the team</Column>
      </tr>
    </thead>
    <tbody>
      {team.map((member) => (
        <MemberRow member={member} />
      ))}
    </tbody>
  </Table>
)

const MemberRow = ({ member: { personId, name, email, role, addedAt } }: { member: Member }) => (
  <tr>
    <th scope="row">{name}</th>
    <td>{email}</td>
    <td>
      <Moment at={addedAt} as="day" />
    </td>
    <td>
      <form class="inline" method="post" action={`/staff/team/${personId}/role`}>
        <select name="role" aria-label={`Role of ${name}`}>
          {roles.map((name) => (
            <option value={name} selected={name === role}>
              {name}
            </option>
          ))}
        </select>
        <Submit kind="quiet">Change</Submit>
      </form>
    </td>
    <td>
      <form class="inline" method="post" action={`/staff/team/${personId}/remove`}>
        <button type="submit" class="quiet" aria-label={`Remove ${name} from the team`}>
          Remove
        </button>
      </form>
    </td>
  </tr>
)

const Invitations = ({ waiting }: { waiting: readonly Waiting[] }) => (
  <Table label="Invitations">
    <thead>
      <tr>
        <Column>E-mail address</Column>
        <Column>Role</Column>
        <Column>Invited</Column>
        <Column>Ends</Column>
        <Column>Invitation</Column>
      </tr>
    </thead>
    <tbody>
      {waiting.map(({ id, email, role, invitedAt, expiresAt }) => (
        <tr>
          <th scope="row">{email ?? 'whoever has the link of the first owner'}</th>
          <td>{role ?? 'customer'}</td>
          <td>
            <Moment at={invitedAt} />
          </td>
          <td>
            <Moment at={expiresAt} as="day" />
          </td>
          <td>
            <form class="inline" method="post" action={`/staff/team/invitations/${id}/withdraw`}>
              <button type="submit" class="quiet" aria-label={`Withdraw the invitation of ${email ?? 'the first owner'}`}>
                Withdraw
              </button>
            </form>
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Exports = ({ exports }: { exports: readonly NotedExport[] }) => (
  <Table label="Exports">
    <thead>
      <tr>
        <Column>When</Column>
        <Column>By</Column>
        <Column number>People</Column>
        <Column>Which</Column>
      </tr>
    </thead>
    <tbody>
      {exports.map(({ name, people, narrowed, topic, exportedAt }) => (
        <tr>
          <th scope="row">
            <Moment at={exportedAt} />
          </th>
          <td>{name}</td>
          <td class="number">{people.toLocaleString('en')}</td>
          <td>{topic ? `subscribers of ${topic}` : narrowed ? 'a part' : 'everybody'}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)
