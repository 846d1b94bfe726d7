/** The console's page about visits. */
import { Icon } from '../web/icons.tsx'
import { Empty } from '../web/layout.tsx'
import { BroughtNote } from './brought-pages.tsx'
import { HeatMap, TimeChart } from './charts.tsx'
import { GoalsReached } from './goal-pages.tsx'
import { IMPORT } from './history-pages.tsx'
import { KEPT } from './kept-pages.tsx'
import type { Segment } from './kept.ts'
import { CONSENTS, hrefOf, Panels, SPEED, Totals, VISITS } from './panel-pages.tsx'
import { LETTERS } from './letters-pages.tsx'
import { ChartNotes, marksOf } from './notes-pages.tsx'
import { attribution } from './place.ts'
import { Period } from './period.tsx'
import { type Question, widened } from './question.ts'
import { HERE_MINUTES, type Report } from './report.ts'
import { filterName, number } from './words.ts'
import { WorldMap } from './world.tsx'

interface ReportProps {
  readonly question: Question
  readonly report: Report
  /** What was chosen as the two days, as it was sent. */
  readonly chosen: readonly [from: string, until: string]
  readonly segments: readonly Segment[]
  /** The smallest number of visitors that is told apart. */
  readonly least: number
  readonly origin: string
}

export const ReportPage = ({ question, report, chosen, segments, least, origin }: ReportProps) => (
  <>
    <h1>Visits</h1>
    <Present present={report.present} least={least} />
    <Period question={question} chosen={chosen} at={VISITS} />
    <Saved segments={segments} question={question} />
    {question.filters.length > 0 && <Filters question={question} least={least} />}
    <BroughtNote brought={report.brought} filtered={question.filters.length > 0} />
    {report.totals.visitors === 0 ? (
      <Nothing question={question} report={report} least={least} origin={origin} />
    ) : (
      <Everything question={question} report={report} least={least} />
    )}
  </>
)

const Saved = ({ segments, question }: Pick<ReportProps, 'segments' | 'question'>) => (
  <p class="hint beneath">
    {segments.length > 0 && 'Saved filters: '}
    {segments.map(({ name, words }) => (
      <>
        <a href={`${VISITS}?${words}`}>{name}</a>,{' '}
      </>
    ))}
    <a href={hrefOf(question, KEPT)}>Goals, notes, saved filters, links for others</a>
    {' · '}
    <a href={IMPORT}>History of other programs</a>
    {' · '}
    <a href={LETTERS}>Letters</a>
  </p>
)

// A page is named only where enough visitors are on it: a single one could be made out.
function Present({ present: { visitors, pages }, least }: Pick<ReportProps['report'], 'present'> & { least: number }) {
  const full = pages.filter(({ visitors }) => visitors >= least).slice(0, 3)
  return (
    <p class="lead">
      {visitors === 0 ? 'Nobody is here now' : `${number(visitors)} ${visitors === 1 ? 'visitor is' : 'visitors are'} here now`}
      <small>
        {' '}
        (within {HERE_MINUTES} minutes){full.length > 0 && ': '}
        {full.map(({ page, visitors: there }) => `${page || 'elsewhere'} ${number(there)}`).join(', ')}
      </small>
    </p>
  )
}

const Filters = ({ question, least }: Pick<ReportProps, 'question' | 'least'>) => (
  <section class="filters" aria-label="Filters">
    <p>Only visits with</p>
    <ul>
      {question.filters.map((filter) => (
        <li>
          <a class="button quiet" href={hrefOf(widened(question, filter))} title="Take this filter away">
            {filterName(filter)}
            <Icon name="x" />
          </a>
        </li>
      ))}
    </ul>
    <a href={hrefOf({ ...question, filters: [] })}>Take all away</a>
    <p class="hint">
      Under filters no number, and no difference of two, stands for fewer than {least} visitors of a day: so few are counted with the
      others, or their day is left out.
    </p>
  </section>
)

interface NothingProps extends Omit<ReportProps, 'chosen' | 'segments'> {}

function Nothing({ question, report, least, origin }: NothingProps) {
  if (question.filters.length > 0)
    return (
      <Empty icon="users" title="Too few to tell" action={<a href={hrefOf({ ...question, filters: [] })}>Take the filters away</a>}>
        <p>Fewer than {least} visitors in these days pass all filters. Nothing is told of so few, so that nobody can be made out.</p>
      </Empty>
    )
  if (report.before.visitors > 0)
    return (
      <Empty icon="users" title="Nobody came in these days" action={<a href={hrefOf({ ...question, span: 90 })}>Show 90 days</a>}>
        <p>There were visits before. Choose an earlier day above.</p>
      </Empty>
    )
  return (
    <Empty icon="users" title="Nobody has been counted in these days">
      <p>The pages of this house are counted by themselves. On each other website of yours:</p>
      <p>
        1. List it in <code>NAVIGATION_SITES</code>. 2. Put this line into its pages:
      </p>
      <p>
        <code>{`<script defer src="${origin}/n.js"></script>`}</code>
      </p>
    </Empty>
  )
}

const Everything = ({ question, report, least }: Pick<ReportProps, 'question' | 'report' | 'least'>) => (
  <>
    <Totals now={report.totals} before={report.before} />
    <section>
      <h2>{report.over === 'visitors' ? 'Visitors over time' : 'Visits by hour (UTC)'}</h2>
      <p class="hint">The broken line is the period before, of the same length.{shaded(report.steps)}</p>
      <TimeChart
        steps={report.steps}
        over={report.over === 'visitors' ? 'Visitors' : 'Visits'}
        marks={marksOf(report.notes, report.steps)}
      />
      <ChartNotes notes={report.notes} marks={marksOf(report.notes, report.steps)} />
      <p>
        <a href={hrefOf(question, `${VISITS}/days.csv`)}>The days as CSV</a>
      </p>
    </section>
    <GoalsReached goals={report.goals} visits={report.own.visits} />
    <World report={report} />
    <Panels question={question} report={report} least={least} />
    <Week question={question} report={report} />
    <p>
      <a href={hrefOf({ ...question, filters: [] }, SPEED)}>How fast the pages are</a> ·{' '}
      <a href={CONSENTS}>Consent to analytics services</a>
    </p>
    <p class="hint">
      Visitors are counted for each day anew: nobody is known again on another day. Where visitors are is told by{' '}
      <a href={attribution.href}>{attribution.says}</a>.
    </p>
  </>
)

/** What the ground under some days means, where there is one. */
const shaded = (steps: Report['steps']): string => {
  const origins = new Set(steps.flatMap((step) => step.origins))
  return origins.size === 0 ? '' : ` Days on a grey ground were brought in from ${[...origins].join(' and ')}.`
}

function World({ report }: Pick<ReportProps, 'report'>) {
  const countries = report.panels.get('country')
  if (!countries?.rows.some(({ value }) => value !== '')) return null
  return (
    <section>
      <h2>Where they are</h2>
      <p class="hint">The stronger the colour, the more visitors. The smallest countries are in the table alone.</p>
      <WorldMap panel={countries} />
    </section>
  )
}

function Week({ question, report }: Pick<ReportProps, 'question' | 'report'>) {
  const told = report.heat.reduce((sum, visits) => sum + visits, 0)
  const other = question.clock === 'utc' ? 'reader' : 'utc'
  return (
    <section>
      <h2>Hours of the week</h2>
      <p class="hint">
        {question.clock === 'utc'
          ? 'Visits by the hour at which they began, in UTC. '
          : `Visits by the hour at which they began, on the reader’s own clock; ${number(told)} of ${number(report.own.visits)} tell it. `}
        <a href={hrefOf({ ...question, clock: other })}>{other === 'utc' ? 'Show it in UTC' : 'Show it on the reader’s clock'}</a>
      </p>
      <HeatMap hours={report.heat} />
    </section>
  )
}
