/** A report for those who have a link to it: to read, with nothing to go on to. */
import { BroughtNote } from './brought-pages.tsx'
import { HeatMap, TimeChart } from './charts.tsx'
import { GoalsReached } from './goal-pages.tsx'
import { ChartNotes, marksOf } from './notes-pages.tsx'
import { OtherExplained, ReadPanels, Totals } from './panel-pages.tsx'
import { attribution } from './place.ts'
import { periodName, type Question } from './question.ts'
import type { Report } from './report.ts'
import { filterName } from './words.ts'
import { WorldMap } from './world.tsx'

interface SharedProps {
  readonly question: Question
  readonly report: Report
  readonly least: number
}

export function SharedPage({ question, report, least }: SharedProps) {
  const countries = report.panels.get('country')
  return (
    <>
      <h1>Visits</h1>
      <p class="lead">
        {periodName(question)}
        {question.filters.length > 0 && <>: {question.filters.map(filterName).join('; ')}</>}
      </p>
      {report.totals.visitors === 0 ? (
        <p>Too few came to tell anything of them.</p>
      ) : (
        <>
          <BroughtNote brought={report.brought} filtered={question.filters.length > 0} />
          <Totals now={report.totals} before={report.before} />
          <section>
            <h2>{report.over === 'visitors' ? 'Visitors over time' : 'Visits by hour (UTC)'}</h2>
            <TimeChart
              steps={report.steps}
              over={report.over === 'visitors' ? 'Visitors' : 'Visits'}
              marks={marksOf(report.notes, report.steps)}
            />
            <ChartNotes notes={report.notes} marks={marksOf(report.notes, report.steps)} />
          </section>
          <GoalsReached goals={report.goals} visits={report.own.visits} />
          {countries && (
            <section>
              <h2>Where they are</h2>
              <WorldMap panel={countries} />
            </section>
          )}
          <section>
            <h2>Pages, ways here, readers</h2>
            <OtherExplained least={least} linked={false} />
            <ReadPanels question={question} report={report} />
          </section>
          <section>
            <h2>Hours of the week</h2>
            <HeatMap hours={report.heat} />
          </section>
          <p class="hint">
            Nobody who visits is known, or known again on another day. Where visitors are is told by{' '}
            <a href={attribution.href}>{attribution.says}</a>.
          </p>
        </>
      )}
    </>
  )
}
