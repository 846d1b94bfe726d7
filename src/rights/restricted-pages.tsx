/** What is only stored, for the legal role: who is restricted, why one opens a record, and the whole of it. */
import type { Restricted } from '../people/restriction.ts'
import type { Look } from '../staff/look.ts'
import { reasons } from '../staff/look.ts'
import { ReasonForm } from '../staff/reason-form.tsx'
import type { FormErrors, Typed } from '../web/form.ts'
import { Crumbs, Held, Notice } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { amountOf, fieldsOf } from './pages.tsx'
import type { Holding } from './subject.ts'

const up = [{ href: '/staff/restricted', text: 'Restricted' }]

/** Who is restricted, the latest first. */
export const RestrictedListPage = ({ people }: { people: readonly Restricted[] }) => (
  <>
    <h1>Restricted</h1>
    <p class="lead">
      Data of these people is only stored. They are in no mailing, no count and no other list; a restriction is lifted in its request.
    </p>
    {people.length === 0 ? (
      <p>Nobody is.</p>
    ) : (
      <Table label="Restricted people">
        <thead>
          <tr>
            <Column>Name</Column>
            <Column>Since</Column>
          </tr>
        </thead>
        <tbody>
          {people.map(({ id, name, sinceAt }) => (
            <tr>
              <th scope="row">
                <a href={`/staff/restricted/${id}`}>{name}</a>
              </th>
              <td>
                <Moment at={sinceAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
  </>
)

/** Shows nothing of what is stored: so far nobody said why they want to see it. */
export const WhyPage = ({ id, errors = {}, typed = {} }: { id: string; errors?: FormErrors; typed?: Typed }) => (
  <>
    <Crumbs to={up} here="A record" />
    <h1>Why do you open what is only stored?</h1>
    <ReasonForm
      action={`/staff/restricted/${id}`}
      hint="Such as the legal claim that it is needed for. The person reads this, too. It is sealed under their key."
      required
      errors={errors}
      typed={typed}
    />
  </>
)

interface RecordProps {
  readonly name: string
  readonly held: readonly Holding[]
  readonly under: Pick<Look, 'role' | 'reason' | 'lookedAt'>
}

/** All that is stored, table by table. */
export const RestrictedRecordPage = ({ name, held, under }: RecordProps) => (
  <>
    <Crumbs to={up} here={name} />
    <h1>{name}</h1>
    <Notice kind="info">
      <p>
        Opened as {under.role} {reasons[under.reason]}, <Moment at={under.lookedAt} />. {name} can read that. It is only stored: use it for
        what the law allows, and for nothing else.
      </p>
    </Notice>
    {held.map(({ held: table, rows, shown }) => (
      <Held
        title={table.says}
        note={amountOf(table, rows, shown.length)}
        fields={shown.flatMap((row) => fieldsOf(table, row, { changeable: false }))}
      >
        {table.repeats && <p>They repeat what stands on this page, so they are only counted here.</p>}
      </Held>
    ))}
  </>
)
