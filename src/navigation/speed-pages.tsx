/** How fast the pages are, as browsers measured it (Web Vitals). */
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Table } from '../web/lists.tsx'
import { OTHER } from './dimension.ts'
import { type Measure, measures } from './pace.ts'
import { hrefOf, SPEED } from './panel-pages.tsx'
import type { Question } from './question.ts'
import { Period } from './period.tsx'
import type { Pace } from './store.ts'
import { number } from './words.ts'

/** What a measure is, and up to where it is good and bearable (web.dev/vitals). */
const said: Record<Measure, { says: string; good: number; bearable: number }> = {
  LCP: { says: 'Largest part shown', good: 2500, bearable: 4000 },
  INP: { says: 'Answer to a click', good: 200, bearable: 500 },
  CLS: { says: 'Shift of the layout', good: 0.1, bearable: 0.25 },
  FCP: { says: 'First part shown', good: 1800, bearable: 3000 },
  TTFB: { says: 'First byte', good: 800, bearable: 1800 },
}

/** The most pages that are shown; the most measured ones come first. */
const MOST = 200

interface SpeedProps {
  readonly question: Question
  readonly chosen: readonly [from: string, until: string]
  readonly paces: readonly Pace[]
  readonly least: number
}

export const SpeedPage = ({ question, chosen, paces, least }: SpeedProps) => (
  <>
    <Crumbs to={[{ href: hrefOf(question), text: 'Visits' }]} here="Speed" />
    <h1>Speed</h1>
    <p class="hint">
      Three quarters of all measurements were at most this. Browsers that load <code>/n.js</code> measure it. Pages that fewer than {least}{' '}
      visitors of a day measured are together in “Other”.
    </p>
    <Period question={{ ...question, filters: [] }} chosen={chosen} at={SPEED} />
    {paces.length === 0 ? (
      <Empty icon="clock" title="Nothing was measured in these days">
        <p>
          Put <code>/n.js</code> into the pages of your websites: it measures how fast they are, without a cookie.
        </p>
      </Empty>
    ) : (
      <Speeds rows={byPage(paces)} />
    )}
  </>
)

interface Row {
  readonly page: string
  readonly paces: ReadonlyMap<string, Pace>
  readonly measurements: number
}

/** One row for each page, all pages together first. */
function byPage(paces: readonly Pace[]): Row[] {
  const rows = [...Map.groupBy(paces, ({ page }) => page)].map(([page, its]) => ({
    page,
    paces: new Map(its.map((pace) => [pace.measure, pace])),
    measurements: its.reduce((sum, { measurements }) => sum + measurements, 0),
  }))
  return rows.sort((a, b) => Number(b.page === '') - Number(a.page === '') || b.measurements - a.measurements).slice(0, MOST)
}

const pageName = (page: string): string => (page === '' ? 'All pages' : page === OTHER ? 'Other' : page)

const Speeds = ({ rows }: { rows: readonly Row[] }) => (
  <Table label="Speed by page">
    <thead>
      <tr>
        <Column>Page</Column>
        {measures.map((measure) => (
          <Column number>
            {said[measure].says} ({measure})
          </Column>
        ))}
        <Column number>Measurements</Column>
      </tr>
    </thead>
    <tbody>
      {rows.map(({ page, paces, measurements }) => (
        <tr>
          <th scope="row">{pageName(page)}</th>
          {measures.map((measure) => (
            <td class="number">
              <Speed measure={measure} pace={paces.get(measure)} />
            </td>
          ))}
          <td class="number">{number(measurements)}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

function Speed({ measure, pace }: { measure: Measure; pace: Pace | undefined }) {
  if (!pace) return <>–</>
  const { good, bearable } = said[measure]
  const [kind, word] = pace.p75 <= good ? ['good', 'good'] : pace.p75 <= bearable ? ['warn', 'could be better'] : ['bad', 'poor']
  return (
    <>
      {measure === 'CLS' ? pace.p75.toFixed(2) : `${number(pace.p75)} ms`} <span class={`badge ${kind}`}>{word}</span>
    </>
  )
}
