/** The console's page of what is kept for reports: saved filters, notes, goals, and links for others. */
import type { Child } from 'hono/jsx'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Goal } from './goal.ts'
import type { ChartNote, ReportLink, Segment } from './kept.ts'
import { VISITS } from './panel-pages.tsx'
import { periodName, type Question, wordsOf } from './question.ts'
import { filterName } from './words.ts'

export const KEPT = `${VISITS}/kept`

export type KeptKind = 'segments' | 'notes' | 'goals' | 'links'

interface KeptProps {
  readonly kept: {
    readonly segments: readonly Segment[]
    readonly notes: readonly ChartNote[]
    readonly goals: readonly Goal[]
    readonly links: readonly ReportLink[]
  }
  /** What was looked at last: its filters can be saved, and a link made of it. */
  readonly question: Question
  readonly told?: string | undefined
  /** A link that was just made. */
  readonly made?: string | undefined
  /** Which form was refused, and why. */
  readonly refused?: { readonly kind: KeptKind; readonly errors: FormErrors; readonly typed: Typed } | undefined
}

export const KeptPage = ({ kept, question, told, made, refused }: KeptProps) => {
  const filled = (kind: KeptKind): Filled => (refused?.kind === kind ? refused : {})
  return (
    <>
      <Crumbs to={[{ href: VISITS, text: 'Visits' }]} here="Kept for reports" />
      <h1>Kept for reports</h1>
      <Told words={told} />
      {made && <Made link={made} />}
      <Goals goals={kept.goals} {...filled('goals')} />
      <Segments segments={kept.segments} question={question} {...filled('segments')} />
      <Notes notes={kept.notes} {...filled('notes')} />
      <Links links={kept.links} question={question} {...filled('links')} />
    </>
  )
}

interface Filled {
  readonly errors?: FormErrors
  readonly typed?: Typed
}

const Made = ({ link }: { link: string }) => (
  <Notice kind="good" live>
    <p>This is the link. It is shown this once, and kept nowhere:</p>
    <p>
      <code>{link}</code>
    </p>
  </Notice>
)

const End = ({ kind, id, name, children }: { kind: KeptKind; id: string; name: string; children: Child }) => (
  <form method="post" action={`${KEPT}/${kind}/${id}/end`}>
    <button type="submit" class="quiet" aria-label={`${String(children)}: ${name}`}>
      {children}
    </button>
  </form>
)

function Goals({ goals, errors = {}, typed = {} }: { goals: readonly Goal[] } & Filled) {
  return (
    <section id="goals">
      <h2>Goals</h2>
      <p>
        What you hope that visits do. With several steps it is a funnel: a step counts once those before it were taken, in the same visit.
      </p>
      {goals.length > 0 && (
        <Table label="Goals">
          <thead>
            <tr>
              <Column>Goal</Column>
              <Column>Steps</Column>
              <Column>Counted since</Column>
              <Column>End</Column>
            </tr>
          </thead>
          <tbody>
            {goals.map(({ id, name, steps, madeAt }) => (
              <tr>
                <th scope="row">{name}</th>
                <td>{steps.join(', then ')}</td>
                <td>
                  <Moment at={madeAt} as="day" />
                </td>
                <td>
                  <End kind="goals" id={id} name={name}>
                    End the goal
                  </End>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Errors errors={errors} />
      <form method="post" action={`${KEPT}/goals`} novalidate>
        <Field name="goal" label="Name of the goal" value={typed['goal']} error={errors['goal']} maxlength={80} required />
        <Field
          name="steps"
          label="Steps"
          hint="One in each line: page /services*, action sign up, link github.com, file /price-list.pdf. They are counted from today on."
          value={typed['steps']}
          error={errors['steps']}
          rows={3}
          required
        />
        <Submit icon="plus">Add the goal</Submit>
      </form>
    </section>
  )
}

function Segments({ segments, question, errors = {}, typed = {} }: { segments: readonly Segment[]; question: Question } & Filled) {
  return (
    <section id="segments">
      <h2>Saved filters</h2>
      {segments.length > 0 && (
        <ul class="rows">
          {segments.map(({ id, name, words }) => (
            <li>
              <a href={`${VISITS}?${words}`}>{name}</a>
              <End kind="segments" id={id} name={name}>
                Forget them
              </End>
            </li>
          ))}
        </ul>
      )}
      {question.filters.length === 0 ? (
        <Empty icon="search" title="Nothing to save" action={<a href={VISITS}>To the reports</a>}>
          <p>Narrow a report to what you want to look at again, and come here from there.</p>
        </Empty>
      ) : (
        <>
          <p>{question.filters.map(filterName).join('; ')}</p>
          <Errors errors={errors} />
          <form method="post" action={`${KEPT}/segments`} novalidate>
            <input type="hidden" name="words" value={wordsOf(question).toString()} />
            <Field name="segment" label="Name of the filters" value={typed['segment']} error={errors['segment']} maxlength={80} required />
            <Submit icon="plus">Save the filters</Submit>
          </form>
        </>
      )}
    </section>
  )
}

function Notes({ notes, errors = {}, typed = {} }: { notes: readonly ChartNote[] } & Filled) {
  return (
    <section id="notes">
      <h2>Notes on the time axis</h2>
      {notes.length > 0 && (
        <ul class="rows">
          {notes.map(({ id, day, says }) => (
            <li>
              <span>
                {day}: {says}
              </span>
              <End kind="notes" id={id} name={says}>
                Take it away
              </End>
            </li>
          ))}
        </ul>
      )}
      <Errors errors={errors} />
      <form method="post" action={`${KEPT}/notes`} novalidate>
        <Field name="day" label="Day" type="date" value={typed['day']} error={errors['day']} required />
        <Field
          name="says"
          label="What happened"
          hint="Whoever reads reports reads it, by a link, too: name nobody."
          value={typed['says']}
          error={errors['says']}
          maxlength={200}
          required
        />
        <Submit icon="plus">Write the note</Submit>
      </form>
    </section>
  )
}

function Links({ links, question, errors = {}, typed = {} }: { links: readonly ReportLink[]; question: Question } & Filled) {
  return (
    <section id="links">
      <h2>Links for others</h2>
      <p>
        Whoever has such a link reads one report, without an account, until it ends: {periodName(question)}
        {question.filters.length > 0 && <>, {question.filters.map(filterName).join('; ')}</>}. No search engine is to keep it.
      </p>
      {links.length > 0 && (
        <ul class="rows">
          {links.map(({ id, name, endsAt }) => (
            <li>
              <span>
                {name}, until <Moment at={endsAt} as="day" />
              </span>
              <End kind="links" id={id} name={name}>
                End it now
              </End>
            </li>
          ))}
        </ul>
      )}
      <Errors errors={errors} />
      <form method="post" action={`${KEPT}/links`} novalidate>
        <input type="hidden" name="words" value={wordsOf(question).toString()} />
        <Field
          name="link"
          label="Whom it is for"
          hint="So that you know which to end."
          value={typed['link']}
          error={errors['link']}
          maxlength={80}
          required
        />
        <Field name="days" label="For how many days" type="number" value={typed['days'] ?? '30'} error={errors['days']} required />
        <Submit icon="plus">Make the link</Submit>
      </form>
    </section>
  )
}
