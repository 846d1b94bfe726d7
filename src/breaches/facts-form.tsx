/** What is known about a breach, to be written down. */
import type { FormErrors, Typed } from '../web/form.ts'
import { tickedIn } from '../web/form.ts'
import { ColumnTicks } from '../web/column-ticks.tsx'
import { Checkbox, Choices, Field, Select, Submit } from '../web/forms.tsx'
import type { Facts } from './breach.ts'
import { touchable } from './concerned.ts'
import { natureNames, natures, type Who, whoNames } from './kinds.ts'

const whoWords: Readonly<Record<Who, string>> = {
  all: 'Everybody of whom one of the columns holds something',
  service: 'Of them, those who have or had a service',
  registered: 'Of them, those who came on certain days',
  list: 'Those on a list, which I bring',
}

interface FormProps {
  readonly facts: Facts | undefined
  readonly base: string
  readonly services: readonly { readonly id: string; readonly title: string }[]
  readonly errors: FormErrors
  readonly typed: Typed
}

/** What the form shows: what was typed and refused, or what was written down last. */
function shownOf({ facts, errors, typed }: Pick<FormProps, 'facts' | 'errors' | 'typed'>) {
  const again = 'title' in typed
  const value = (name: keyof Facts): string => (again ? (typed[name] ?? '') : String(facts?.[name] ?? ''))
  return {
    value,
    field: (name: keyof Facts) => ({ name, value: value(name), error: errors[name] }),
    columns: again ? tickedIn(typed['columns']) : (facts?.columns ?? []),
    encrypted: again ? typed['encrypted'] === 'yes' : facts?.encrypted,
  }
}
type ShownFacts = ReturnType<typeof shownOf>

export const FactsForm = ({ facts, base, services, errors, typed }: FormProps) => {
  const shown = shownOf({ facts, errors, typed })
  const { field } = shown
  return (
    <section>
      <h2>What is known</h2>
      <form method="post" action={`${base}/facts`} novalidate>
        <Happened shown={shown} errors={errors} />
        <ColumnTicks legend="Which data it touches" choice={touchable} chosen={shown.columns} error={errors['columns']} />
        <Checkbox
          name="encrypted"
          label="Nobody can read what was taken: it was encrypted, and the key is safe"
          checked={shown.encrypted}
        />
        <Meant shown={shown} errors={errors} services={services} />
        <Field {...field('consequences')} label="What may come of it" rows={3} maxlength={5000} required />
        <Field {...field('measures')} label="What we do about it" rows={3} maxlength={5000} required />
        <Field {...field('advice')} label="What the people can do" rows={3} maxlength={5000} required />
        <Submit>Write it down</Submit>
      </form>
    </section>
  )
}

const Happened = ({ shown: { field, value }, errors }: { shown: ShownFacts; errors: FormErrors }) => (
  <>
    <Field {...field('title')} label="What happened, in a line" maxlength={200} hint="The people concerned read it, too." required />
    <Field
      {...field('happened')}
      label="What happened"
      rows={5}
      maxlength={5000}
      hint="Nothing about a single person belongs here."
      required
    />
    <Choices
      type="radio"
      name="nature"
      legend="What was broken"
      options={natureNames.map((name) => ({ value: name, text: natures[name] }))}
      chosen={[value('nature') || 'confidentiality']}
      error={errors['nature']}
    />
    <Field {...field('beganOn')} label="It began on" type="date" />
    <Field {...field('endedOn')} label="It ended on" type="date" hint="Whoever came later is not concerned." />
  </>
)

const Meant = ({ shown: { field, value }, errors, services }: { shown: ShownFacts; errors: FormErrors } & Pick<FormProps, 'services'>) => (
  <>
    <Choices
      type="radio"
      name="who"
      legend="Whom it concerns"
      options={whoNames.map((name) => ({ value: name, text: whoWords[name] }))}
      chosen={[value('who') || 'all']}
      error={errors['who']}
    />
    <Select
      {...field('serviceId')}
      label="The service"
      options={[['', 'None'], ...services.map(({ id, title }) => [id, title] as const)]}
    />
    <Field {...field('registeredFrom')} label="Came from this day on" type="date" />
    <Field {...field('registeredUntil')} label="Came until this day" type="date" />
    <Field
      {...field('floridians')}
      label="How many live in Florida"
      inputmode="numeric"
      hint="We hold no postal addresses. Leave it empty if nobody knows; 0 ends the clocks there."
    />
    <Field {...field('californians')} label="How many live in California" inputmode="numeric" />
  </>
)
