/** Who did what lately. */
import { acts } from '../audit/acts.ts'
import type { Recorded } from '../audit/record.ts'
import type { Id } from '../log.ts'
import { fieldId } from '../web/forms.tsx'
import { Empty } from '../web/layout.tsx'
import { Column, Moment, Pager, Table } from '../web/lists.tsx'
import { type Kind, kindOf, SHOWN } from './activity.ts'
import type { Member } from './team.ts'

interface ActivityProps {
  readonly listed: readonly Recorded[]
  readonly members: readonly Member[]
  readonly kinds: readonly Kind[]
  readonly kind: string | undefined
  readonly by: Id | undefined
}

export const ActivityPage = ({ listed, members, kinds, kind, by }: ActivityProps) => {
  const last = listed.at(-1)?.number ?? 1
  const next =
    listed.length === SHOWN
      ? `/staff/activity?${new URLSearchParams({ kind: kind ?? '', by: by ?? '', before: String(last) }).toString()}`
      : undefined
  return (
    <>
      <h1>Activity</h1>
      <p>What is grave enough for the record, as far as your role goes. Whom it was done to is seen by opening it, which takes a reason.</p>
      <form class="search" action="/staff/activity">
        <Choice
          name="kind"
          label="What"
          options={[['', 'Everything'], ...kinds.map(({ name, says }) => [name, says] as const)]}
          value={kind}
        />
        <Choice
          name="by"
          label="By"
          options={[['', 'Everybody'], ...members.map(({ personId, name }) => [personId, name] as const)]}
          value={by}
        />
        <button type="submit" class="quiet">
          Show
        </button>
      </form>
      {listed.length === 0 ? (
        <Empty icon="circle-check" title="Nothing was recorded of that">
          <p>Questions and requests that come in, records that are opened, issues that are sent appear here.</p>
        </Empty>
      ) : (
        <List listed={listed} members={members} />
      )}
      {next && <Pager summary={`${listed.length} entries, the latest first`} next={next} />}
    </>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly options: readonly (readonly [value: string, text: string])[]
  readonly value: string | undefined
}

const Choice = ({ name, label, options, value = '' }: ChoiceProps) => (
  <div class="field">
    <label for={fieldId(name)}>{label}</label>
    <select id={fieldId(name)} name={name}>
      {options.map(([key, text]) => (
        <option value={key} selected={key === value}>
          {text}
        </option>
      ))}
    </select>
  </div>
)

const List = ({ listed, members }: Pick<ActivityProps, 'listed' | 'members'>) => (
  <Table label="Activity">
    <thead>
      <tr>
        <Column>When</Column>
        <Column>What</Column>
        <Column>By</Column>
        <Column>Which</Column>
      </tr>
    </thead>
    <tbody>
      {listed.map(({ act, doneAt, actorId, thingId, told }) => {
        const href = thingId && kindOf(act)?.href?.(thingId)
        return (
          <tr>
            <td>
              <Moment at={doneAt} />
            </td>
            <th scope="row">{acts[act]}</th>
            <td>{who({ told, actorId }, members)}</td>
            <td>
              {href && (
                <a href={href}>
                  <code>{thingId.slice(-8)}</code>
                </a>
              )}
            </td>
          </tr>
        )
      })}
    </tbody>
  </Table>
)

function who({ told, actorId }: Pick<Recorded, 'told' | 'actorId'>, members: readonly Member[]): string {
  if (!told) return 'Details erased'
  if (!actorId) return 'The person, or the program'
  return members.find(({ personId }) => personId === actorId)?.name ?? 'Somebody who left the team'
}
