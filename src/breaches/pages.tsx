/** The register of breaches, and entering one. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Choices, Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import type { Breach } from './breach.ts'
import { duties, risks, sourceNames, sources } from './kinds.ts'
import { leftInWords, type Running } from './watch.ts'

/** Where one comes from. */
export const up = [{ href: '/staff/breaches', text: 'Breaches' }]

/** The end of a breach's number, which is what differs. */
export const shortId = (id: string): string => id.slice(-8)

/** A breach in the list, with the clock that ends first. */
export interface Listed {
  readonly breach: Breach
  readonly next: Running | undefined
}

export const RegisterPage = ({ listed, at }: { listed: readonly Listed[]; at: Date }) => (
  <>
    <h1>Breaches</h1>
    <p class="lead">Every breach is written down here, whether anybody has to be told of it or not. Nothing can be taken out again.</p>
    <div class="actions">
      <a class="button" href="/staff/breaches/new">
        Enter a breach
      </a>
    </div>
    {listed.length === 0 ? (
      <Empty icon="circle-check" title="No breach is known">
        <p>As soon as you hear of one, enter it: the shortest clock is 72 hours.</p>
      </Empty>
    ) : (
      <Table label="Breaches">
        <thead>
          <tr>
            <Column>Number</Column>
            <Column>What</Column>
            <Column>Aware since</Column>
            <Column>Risk</Column>
            <Column>Next</Column>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ breach, next }) => (
            <tr>
              <th scope="row">
                <a href={`/staff/breaches/${breach.id}`}>
                  <code>{shortId(breach.id)}</code>
                </a>
              </th>
              <td>{breach.facts?.title ?? 'Not described yet'}</td>
              <td>
                <Moment at={breach.awareAt} />
              </td>
              <td>{breach.risk ? risks[breach.risk].split(':')[0] : 'Not assessed'}</td>
              <td>{nextInWords(breach, next, at)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
  </>
)

function nextInWords({ closedAt }: Breach, next: Running | undefined, at: Date): string {
  if (closedAt) return 'Closed'
  return next ? `${leftInWords(next.until, at)}: ${duties[next.duty]}` : 'Nothing is left to be done'
}

export const OpenPage = ({ zone, errors = {}, typed = {} }: { zone: string; errors?: FormErrors; typed?: Typed }) => (
  <>
    <Crumbs to={up} here="Enter a breach" />
    <h1>Enter a breach</h1>
    <p class="lead">
      The clocks run from the moment at which it was reasonably certain that data was concerned, not from when all is known.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/staff/breaches/new" novalidate>
      <Field name="day" label="The day on which we became aware" type="date" value={typed['day']} error={errors['day']} required />
      <Field
        name="time"
        label="The time"
        type="time"
        value={typed['time']}
        error={errors['time']}
        hint={`By the clock in ${zone}.`}
        required
      />
      <Choices
        type="radio"
        name="source"
        legend="Where it happened"
        options={sourceNames.map((value) => ({ value, text: sources[value] }))}
        chosen={[typed['source'] ?? 'house']}
        error={errors['source']}
      />
      <Field name="processor" label="With which company" value={typed['processor']} error={errors['processor']} maxlength={200} />
      <Field
        name="processorKnewOn"
        label="When that company knew"
        type="date"
        value={typed['processorKnewOn']}
        error={errors['processorKnewOn']}
        hint="It has ten days to tell us (Florida 501.171(6))."
      />
      <Submit>Enter it</Submit>
    </form>
  </>
)
