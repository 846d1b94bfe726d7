/** Why a record is opened, and the record. */
import type { ListedLetter } from '../mail/letter.ts'
import { LetterOutcome } from '../mail/mailbox-notice.tsx'
import type { ListedSession } from '../sessions/session.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Select, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { type Look, reasons } from './look.ts'
import { ReasonForm } from './reason-form.tsx'
import type { Opened, PersonRecord } from './record.ts'
import { roles } from './tables.ts'

const up = [{ href: '/staff/people', text: 'People' }]

/** Shows nothing of the person: so far nobody said why they want to see it. */
export const ReasonPage = ({ id, errors = {}, typed = {} }: { id: string; errors?: FormErrors; typed?: Typed }) => (
  <>
    <Crumbs to={up} here="A record" />
    <h1>Why do you open this record?</h1>
    <ReasonForm
      action={`/staff/people/${id}`}
      hint="The person reads this, too. It is sealed under their key."
      errors={errors}
      typed={typed}
    />
  </>
)

interface RecordProps {
  readonly opened: Opened
  /** What this reader may do with this person's record. */
  readonly acts: { readonly endSessions: boolean; readonly inviteToTeam: boolean }
  readonly told?: string | undefined
}

export const RecordPage = ({ opened: { record, under }, acts, told }: RecordProps) => (
  <>
    <Crumbs to={up} here={record.person.name} />
    <h1>{record.person.name}</h1>
    <Notice kind="info">
      <p>
        Opened as {under.role} {reasons[under.reason]}, <Moment at={under.lookedAt} />. {record.person.name} can read that.
      </p>
    </Notice>
    <Told words={told} />
    <Facts
      rows={[
        ['E-mail address', record.person.email],
        ['Joined', <Moment at={record.person.joinedAt} />],
        ['In the team', record.role ? `as ${record.role}` : 'no'],
      ]}
    />
    <Sessions sessions={record.sessions} endable={acts.endSessions} id={record.person.id} />
    {acts.inviteToTeam && <InviteToTeam email={record.person.email} />}
    <Letters letters={record.letters} />
    <Corrections record={record} />
    <Looks looks={record.looks} />
  </>
)

const Sessions = ({ sessions, endable, id }: { sessions: readonly ListedSession[]; endable: boolean; id: string }) => (
  <section>
    <h2>Signed in</h2>
    {sessions.length === 0 ? (
      <p>Nowhere.</p>
    ) : (
      <Table label="Sessions">
        <thead>
          <tr>
            <Column>Browser</Column>
            <Column>By</Column>
            <Column>Since</Column>
            <Column>Last seen</Column>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr>
              <th scope="row">{session.browser}</th>
              <td>{session.means}</td>
              <td>
                <Moment at={session.startedAt} />
              </td>
              <td>
                <Moment at={session.seenAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
    {endable && sessions.length > 0 && (
      <form method="post" action={`/staff/people/${id}/sessions/end`}>
        <Submit kind="danger">End all sessions, and tell the person</Submit>
      </form>
    )}
  </section>
)

const InviteToTeam = ({ email }: { email: string }) => (
  <section>
    <h2>Invite into the team</h2>
    <form method="post" action="/staff/team" novalidate>
      <input type="hidden" name="email" value={email} />
      <Select name="role" label="Role" options={roles.map((role) => [role, role])} value="support" required />
      <Submit kind="quiet" icon="send">
        Send the invitation
      </Submit>
    </form>
  </section>
)

const Letters = ({ letters }: { letters: readonly ListedLetter[] }) => (
  <section>
    <h2>Letters of the last 30 days</h2>
    {letters.length === 0 ? (
      <p>None.</p>
    ) : (
      <Table label="Letters">
        <thead>
          <tr>
            <Column>About</Column>
            <Column>Written</Column>
            <Column>Outcome</Column>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <tr>
              <th scope="row">{letter.kind}</th>
              <td>
                <Moment at={letter.writtenAt} />
              </td>
              <td>
                <LetterOutcome letter={letter} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
  </section>
)

const fields = { name: 'the name', email: 'the e-mail address' }

const Corrections = ({ record: { corrections } }: { record: PersonRecord }) => (
  <section>
    <h2>Corrections</h2>
    {corrections.length === 0 ? (
      <p>None.</p>
    ) : (
      <ol class="timeline">
        {corrections.map(({ field, correctedAt }) => (
          <li>
            <Moment at={correctedAt} /> {fields[field]} was corrected
          </li>
        ))}
      </ol>
    )}
  </section>
)

const Looks = ({ looks }: { looks: readonly Look[] }) => (
  <section>
    <h2>Who opened this record</h2>
    <ol class="timeline">
      {looks.map(({ lookedAt, role, reason, note }) => (
        <li>
          <Moment at={lookedAt} /> as {role} {reasons[reason]}
          {note && <>: “{note}”</>}
        </li>
      ))}
    </ol>
  </section>
)
