/** The record of what was done, as the team sees it: who of them did what and when; about whom, their record tells with a reason. */
import { acts } from '../audit/acts.ts'
import type { Verdict } from '../audit/chain.ts'
import type { Recorded } from '../audit/record.ts'
import type { Id } from '../log.ts'
import { Submit } from '../web/forms.tsx'
import { Empty, Notice } from '../web/layout.tsx'
import { Column, Moment, Pager, Table } from '../web/lists.tsx'

interface AuditProps {
  readonly entries: readonly Recorded[]
  /** Names of those of the team who did something. */
  readonly names: ReadonlyMap<Id, string>
  readonly next: string | undefined
  readonly verdict: Verdict | undefined
}

export const AuditPage = ({ entries, names, next, verdict }: AuditProps) => (
  <>
    <h1>The record</h1>
    <p>
      What is grave is written into a chain that nobody can change unseen, and every minute its end is signed outside the database. An
      erasure takes the details of a person; the entry stays and names nobody.
    </p>
    {verdict && <Verified verdict={verdict} />}
    <div class="actions">
      <form method="post" action="/staff/audit/verify">
        <Submit kind="quiet">Look it over now</Submit>
      </form>
    </div>
    {entries.length === 0 ? (
      <Empty icon="circle-check" title="Nothing was recorded yet">
        <p>The first entry comes with the first grave act, such as an invitation into the team.</p>
      </Empty>
    ) : (
      <Entries entries={entries} names={names} />
    )}
    {next && <Pager summary={`${entries.length} entries, newest first`} next={next} />}
  </>
)

const Verified = ({ verdict: { entries, heads, faults } }: { verdict: Verdict }) =>
  faults.length === 0 ? (
    <Notice kind="good" live>
      <p>
        The record is whole: {entries.toLocaleString('en')} entries agree with each other and with {heads.toLocaleString('en')} signed
        heads.
      </p>
    </Notice>
  ) : (
    <Notice kind="bad" live>
      <p>The record was tampered with. Keep the machine as it is, and compare with a copy of the signed heads.</p>
      <ul>
        {faults.map(({ at, says }) => (
          <li>
            {at}: {says}
          </li>
        ))}
      </ul>
    </Notice>
  )

const Entries = ({ entries, names }: Pick<AuditProps, 'entries' | 'names'>) => (
  <Table label="Entries">
    <thead>
      <tr>
        <Column number>Entry</Column>
        <Column>What was done</Column>
        <Column>By</Column>
        <Column>When</Column>
      </tr>
    </thead>
    <tbody>
      {entries.map(({ number, act, actorId, told, doneAt }) => (
        <tr>
          <td class="number">{number.toLocaleString('en')}</td>
          <td>{acts[act]}</td>
          <td>{told ? ((actorId && names.get(actorId)) ?? 'The person, or the program') : 'Details erased'}</td>
          <td>
            <Moment at={doneAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)
