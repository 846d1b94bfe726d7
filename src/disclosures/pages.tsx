/** The register of demands, entering one, and what everybody may see of it. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Choices, Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { CalendarDay, Column, Facts, Table } from '../web/lists.tsx'
import type { Year } from './counts.ts'
import type { Demand } from './demand.ts'
import { demandKindNames, demandKinds, endings } from './kinds.ts'

/** Where a demand's page comes from. */
export const up = [{ href: '/staff/demands', text: 'Demands' }]

/** The end of a demand's number, which is what differs. */
export const shortId = (id: string): string => id.slice(-8)

const standingInWords = ({ releases, finding }: Demand): string => {
  if (releases.length > 0) return 'Handed over'
  return finding ? endings[finding.ending] : 'Not examined yet'
}

export const RegisterPage = ({ demands }: { demands: readonly Demand[] }) => (
  <>
    <h1>Demands of authorities</h1>
    <p class="lead">
      Whatever an authority asks for about people is written down here before anybody answers. Nothing can be taken out again.{' '}
      <a href="/privacy/demands">What everybody sees of it</a>
    </p>
    <div class="actions">
      <a class="button" href="/staff/demands/new">
        Enter a demand
      </a>
    </div>
    {demands.length === 0 ? (
      <Empty icon="circle-check" title="No authority has demanded anything">
        <p>If one does, say nothing about anybody before it stands here.</p>
      </Empty>
    ) : (
      <Table label="Demands">
        <thead>
          <tr>
            <Column>Number</Column>
            <Column>Authority</Column>
            <Column>What it is</Column>
            <Column>Answer until</Column>
            <Column>How it stands</Column>
          </tr>
        </thead>
        <tbody>
          {demands.map((demand) => (
            <tr>
              <th scope="row">
                <a href={`/staff/demands/${demand.id}`}>
                  <code>{shortId(demand.id)}</code>
                </a>
              </th>
              <td>{demand.authority}</td>
              <td>{demandKinds[demand.kind].split(':')[0]}</td>
              <td>
                <CalendarDay day={demand.dueOn} />
              </td>
              <td>{standingInWords(demand)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
  </>
)

export const EnterPage = ({ errors = {}, typed = {} }: { errors?: FormErrors; typed?: Typed }) => {
  const field = (name: string) => ({ name, value: typed[name], error: errors[name], required: true })
  return (
    <>
      <Crumbs to={up} here="Enter a demand" />
      <h1>Enter a demand</h1>
      <p class="lead">Only what is written on the demand. Whom it names and what it covers comes next.</p>
      <Errors errors={errors} />
      <form method="post" action="/staff/demands/new" novalidate>
        <Choices
          type="radio"
          name="kind"
          legend="What it is"
          options={demandKindNames.map((value) => ({ value, text: demandKinds[value] }))}
          chosen={[typed['kind'] ?? 'demand']}
          error={errors['kind']}
        />
        <Field {...field('authority')} label="Which authority" maxlength={200} />
        <Field
          {...field('instrument')}
          label="With which instrument"
          hint="Such as: search warrant, subpoena, production order."
          maxlength={200}
        />
        <Field {...field('jurisdiction')} label="Under whose law" hint="Such as: Florida, Germany." maxlength={200} />
        <Field {...field('fileNumber')} label="Its file number" maxlength={200} />
        <Field {...field('receivedOn')} label="It came in on" type="date" />
        <Field {...field('dueOn')} label="To be answered until" type="date" />
        <Checkbox name="inRanges" label="The law lets us publish only ranges of such demands" checked={typed['inRanges'] === 'yes'} />
        <Submit>Enter it</Submit>
      </form>
    </>
  )
}

const factsOf = (year: Year): (readonly [string, string])[] => [
  ['Demands for data', String(year.demands)],
  ['Emergencies', String(year.emergencies)],
  ['Preservation letters', String(year.preservations)],
  ['Refused', String(year.refusals)],
  ['Answered with data', String(year.releases)],
  ['People whose data was handed over', String(year.people)],
  ['People who were told', String(year.notices)],
  ['With a bar on telling', String(year.bars)],
  ['Of which the law lets us publish a range alone', year.range],
]

export const TransparencyPage = ({ years }: { years: readonly Year[] }) => (
  <>
    <Crumbs to={[{ href: '/privacy', text: 'Privacy policy' }]} here="Demands of authorities" />
    <h1>Demands of authorities</h1>
    <p class="lead">
      How often an authority demanded data about people, and what became of it. Two people of ours have to approve before anything is handed
      over, it is never more than the law requires, and whoever it is about is told: before that where nothing forbids it, and otherwise on
      the day on which the bar lapses.
    </p>
    {years.map((year) => (
      <section>
        <h2>{year.year}</h2>
        <Facts rows={factsOf(year)} />
      </section>
    ))}
    <p>
      The numbers are counted from our register when you open this page, by the year in which a demand came in. A range that begins at 0
      says nothing about whether there was one.
    </p>
  </>
)
