/** What a demand covers, at the desk. */
import { ColumnTicks } from '../web/column-ticks.tsx'
import { type FormErrors, type Typed, tickedIn } from '../web/form.ts'
import { Field, Submit } from '../web/forms.tsx'
import type { Demand, NotedAct } from './demand.ts'
import type { Paper } from './paper.ts'
import { scopable, scopeInWords } from './scope.ts'

/** A demand with its documents and what was done. */
export interface Desk {
  readonly demand: Demand
  readonly papers: readonly Paper[]
  readonly acts: readonly NotedAct[]
}

/** What each part of the page is made of. */
export interface PartProps {
  readonly desk: Desk
  readonly base: string
  readonly errors: FormErrors
  readonly typed: Typed
}

export const ScopePart = ({ desk: { demand }, base, errors, typed }: PartProps) => {
  const { scope, named, releases } = demand
  const chosen = 'who' in typed ? tickedIn(typed['columns']) : (scope?.columns ?? [])
  const days = { fromDay: typed['fromDay'] ?? scope?.fromDay ?? '', untilDay: typed['untilDay'] ?? scope?.untilDay ?? '' }
  return (
    <section>
      <h2>What it covers</h2>
      {scope && (
        <p>
          {named.people} {named.people === 1 ? 'person' : 'people'} known here, {scope.unknown} not. {scopeInWords(scope)}
        </p>
      )}
      {releases.length === 0 && (
        <form method="post" action={`${base}/scope`} novalidate>
          <Field
            name="who"
            label="Whom it names"
            rows={3}
            value={typed['who']}
            error={errors['who']}
            hint={`A number or an e-mail address a line.${scope ? ' Only those who stand in the scope already: it can only become narrower.' : ''}`}
            required
          />
          <ColumnTicks legend="Which data" choice={scopable} chosen={chosen} error={errors['columns']} />
          <Field name="fromDay" label="From this day on" type="date" value={days.fromDay} error={errors['fromDay']} />
          <Field
            name="untilDay"
            label="Until this day"
            type="date"
            value={days.untilDay}
            error={errors['untilDay']}
            hint="Days limit everything but the person’s own row: name and address have no day."
          />
          <Field name="why" label="Why it is no wider" rows={2} value={typed['why']} error={errors['why']} maxlength={2000} required />
          <Submit kind={scope ? 'quiet' : 'primary'}>{scope ? 'Narrow it to this' : 'Write it down'}</Submit>
        </form>
      )}
    </section>
  )
}
