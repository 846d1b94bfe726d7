/** Panels: the values of a dimension with their counts. A value is a link that narrows the report to it. */
import type { PropsWithChildren } from 'hono/jsx'
import { Crumbs } from '../web/layout.tsx'
import { Column, Table } from '../web/lists.tsx'
import { BroughtInto } from './brought-pages.tsx'
import { Share } from './charts.tsx'
import type { Counts } from './counting.ts'
import type { Brought } from './history.ts'
import { type Dimension, isMany } from './dimension.ts'
import { isFilteredBy, narrowed, type Question, wordsOf } from './question.ts'
import { panelled, type Report, ROWS } from './report.ts'
import type { Panel } from './store.ts'
import { change, duration, nameOf, number, percent, titleOf } from './words.ts'

export const VISITS = '/staff/navigation'
export const SPEED = '/staff/navigation/speed'
export const CONSENTS = '/staff/navigation/consents'

/** Where a question is answered. */
export const hrefOf = (question: Question, path = VISITS): string => `${path}?${wordsOf(question).toString()}`

/** Where the whole panel is, as a page or as CSV. */
const panelHref = (question: Question, of: Dimension, kind: 'panel' | 'panel.csv'): string =>
  `${VISITS}/${kind}?of=${of}&${wordsOf(question).toString()}`

interface PanelsProps {
  readonly question: Question
  readonly report: Report
  readonly least: number
}

// Under filters nothing of it is in a number.
const broughtTo = (report: Report, { filters }: Question): readonly Brought[] => (filters.length > 0 ? [] : report.brought)

// What nobody has is no panel: a house without actions, links or regions does not speak of them.
const isEmpty = ({ rows, other }: Panel): boolean => other.visits === 0 && rows.every(({ value }) => value === '')

export const Panels = ({ question, report, least }: PanelsProps) => (
  <section>
    <h2>Pages, ways here, readers</h2>
    <OtherExplained least={least} />
    <div class="panels">
      {panelled.map((of) => {
        const panel = report.panels.get(of)
        return (
          panel &&
          !isEmpty(panel) && (
            <PanelShown {...{ question, of, panel }} whole={report.totals.visitors} brought={broughtTo(report, question)} />
          )
        )
      })}
    </div>
  </section>
)

/** What "other" is; and, where values are links, what they do. */
export const OtherExplained = ({ least, linked = true }: { least: number; linked?: boolean }) => (
  <p class="hint">
    “Other” is everything that fewer than {least} visitors of a day share: it is counted together, and nothing says what it was.
    {linked && ' A value is a link: it narrows everything here to the visits that have it.'}
  </p>
)

interface PanelProps {
  /** Without it, values are no links. */
  readonly question?: Question
  readonly of: Dimension
  readonly panel: Panel
  /** Of how many visitors the shares are. */
  readonly whole: number
}

interface LinkedProps extends PanelProps {
  readonly question: Question
}

const PanelShown = ({ question, of, panel, whole, brought }: LinkedProps & { brought: readonly Brought[] }) => (
  <section>
    <h3>{titleOf(of)}</h3>
    <PanelTable {...{ question, of, whole }} panel={{ ...panel, rows: panel.rows.slice(0, ROWS) }} />
    <BroughtInto brought={brought} of={of} />
    <p class="hint">
      {panel.rows.length > ROWS && (
        <>
          <a href={panelHref(question, of, 'panel')}>
            All {number(panel.rows.length)} {titleOf(of).toLowerCase()}
          </a>
          {' · '}
        </>
      )}
      <a href={panelHref(question, of, 'panel.csv')} aria-label={`${titleOf(of)} as CSV`}>
        CSV
      </a>
    </p>
  </section>
)

const PanelTable = ({ question, of, panel, whole }: PanelProps) => (
  <Table label={titleOf(of)}>
    <thead>
      <tr>
        <Column>Value</Column>
        <Column number>Visitors</Column>
        <Column number>Share</Column>
        <Column number>{isMany(of) && of !== 'page' ? 'Times' : 'Views'}</Column>
      </tr>
    </thead>
    <tbody>
      {panel.rows.map(({ value, counts }) => (
        <Row counts={counts} whole={whole}>
          {question ? <Narrowing {...{ question, of, value }} /> : nameOf(of, value)}
        </Row>
      ))}
      {panel.other.visits > 0 && (
        <Row counts={panel.other} whole={whole}>
          <em>Other</em>
        </Row>
      )}
    </tbody>
  </Table>
)

const Row = ({ counts, whole, children }: PropsWithChildren<{ counts: Counts; whole: number }>) => (
  <tr>
    <th scope="row">
      {children}
      <Share part={counts.visitors} whole={whole} />
    </th>
    <td class="number">{number(counts.visitors)}</td>
    <td class="number">{percent(counts.visitors, whole)}</td>
    <td class="number">{number(counts.views)}</td>
  </tr>
)

function Narrowing({ question, of, value }: { question: Question; of: Dimension; value: string }) {
  const name = nameOf(of, value)
  if (isFilteredBy(question, of, value)) return <>{name}</>
  return (
    <a href={hrefOf(narrowed(question, of, value))} title={name}>
      {name}
    </a>
  )
}

/** The panels for those who can only read. */
export const ReadPanels = ({ question, report }: Pick<PanelsProps, 'question' | 'report'>) => (
  <div class="panels">
    {panelled.map((of) => {
      const panel = report.panels.get(of)
      if (!panel || isEmpty(panel)) return null
      return (
        <section>
          <h3>{titleOf(of)}</h3>
          <PanelTable of={of} panel={{ ...panel, rows: panel.rows.slice(0, ROWS) }} whole={report.totals.visitors} />
          <BroughtInto brought={broughtTo(report, question)} of={of} />
        </section>
      )
    })}
  </div>
)

const then = ({ visits }: Counts, said: string): string => (visits === 0 ? 'none before' : `${said} before`)

export const Totals = ({ now, before }: { now: Counts; before: Counts }) => (
  <dl class="totals">
    {(
      [
        ['Visitors', number(now.visitors), change(now.visitors, before.visitors)],
        ['Visits', number(now.visits), change(now.visits, before.visits)],
        ['Pages seen', number(now.views), change(now.views, before.views)],
        ['Left after one page', percent(now.bounces, now.visits), then(before, percent(before.bounces, before.visits))],
        ['Time of a visit', duration(now.seconds, now.visits), then(before, duration(before.seconds, before.visits))],
      ] as const
    ).map(([what, count, earlier]) => (
      <div>
        <dt>{what}</dt>
        <dd>
          {count} <small>{earlier}</small>
        </dd>
      </div>
    ))}
  </dl>
)

/** A whole panel, on a page of its own. */
export const PanelPage = ({ question, of, panel, whole, least, brought }: LinkedProps & { least: number; brought: readonly Brought[] }) => (
  <>
    <Crumbs to={[{ href: hrefOf(question), text: 'Visits' }]} here={titleOf(of)} />
    <h1>{titleOf(of)}</h1>
    <OtherExplained least={least} />
    <PanelTable {...{ question, of, panel, whole }} />
    <BroughtInto brought={brought} of={of} />
    <p>
      <a href={panelHref(question, of, 'panel.csv')}>As CSV</a>
    </p>
  </>
)
