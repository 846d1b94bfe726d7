/** Reports of visits in the console: the page, whole panels, and both as CSV. */
import { type Context, Hono } from 'hono'
import { askedOf } from '../processors/analytics-question.ts'
import { signedIn } from '../sessions/guard.ts'
import { csvFile, csvLine } from '../web/csv.ts'
import { whoMay } from '../staff/guard.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { AnswersPage } from './consent-pages.tsx'
import { countAnswers } from './consent.ts'
import type { Counts } from './counting.ts'
import { type Dimension, dimensions } from './dimension.ts'
import { broughtInto } from './history.ts'
import { allSegments } from './kept.ts'
import { PanelPage } from './panel-pages.tsx'
import { readQuestion } from './question.ts'
import { everyDay, panelOf, reportOf, totalsOf } from './report.ts'
import { ReportPage } from './report-pages.tsx'
import { SpeedPage } from './speed-pages.tsx'
import { storeOf } from './store.ts'
import { nameOf, titleOf } from './words.ts'

type Ctx = Context<Web>

export const reportRoutes = new Hono<Web>()
  .get('/staff/navigation', signedIn, whoMay('navigation'), showReport)
  .get('/staff/navigation/panel', signedIn, whoMay('navigation'), showPanel)
  .get('/staff/navigation/panel.csv', signedIn, whoMay('navigation'), takePanel)
  .get('/staff/navigation/speed', signedIn, whoMay('navigation'), showSpeed)
  .get('/staff/navigation/consents', signedIn, whoMay('navigation'), showConsents)
  .get('/staff/navigation/days.csv', signedIn, whoMay('navigation'), takeDays)

const wordsIn = (c: Ctx): URLSearchParams => new URL(c.req.url).searchParams

async function showReport(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const words = wordsIn(c)
  const question = readQuestion(words)
  const [report, segments] = await Promise.all([reportOf(house, question), house.db.as('improvement', allSegments)])
  const { origin, navigationThreshold: least } = house.config
  const page = <ReportPage {...{ question, report, segments, least, origin }} chosen={chosenIn(words)} />
  return showPage(c, { title: 'Visits', area: 'staff' }, page)
}

const chosenIn = (words: URLSearchParams): [from: string, until: string] => [words.get('from') ?? '', words.get('until') ?? '']

async function showSpeed(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const question = readQuestion(wordsIn(c))
  const paces = await storeOf(house).paces(question)
  const page = <SpeedPage {...{ question, paces }} chosen={chosenIn(wordsIn(c))} least={house.config.navigationThreshold} />
  return showPage(c, { title: 'Speed', area: 'staff' }, page)
}

async function showConsents(c: Ctx): Promise<Response> {
  const { config, db } = c.get('house')
  const counts = await db.as('legal', countAnswers)
  return showPage(c, { title: 'Consent', area: 'staff' }, <AnswersPage asked={askedOf(config)} counts={counts} />)
}

/** Of what a panel is asked for. */
function dimensionIn(words: URLSearchParams): Dimension {
  const of = dimensions.find((name) => name === words.get('of'))
  if (!of) throw nothingHere('no such panel')
  return of
}

async function showPanel(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const of = dimensionIn(wordsIn(c))
  const question = readQuestion(wordsIn(c))
  const [panel, { visitors: whole }, brought] = await Promise.all([
    panelOf(house, question, of),
    totalsOf(house, question),
    broughtInto(house.db, question),
  ])
  const least = house.config.navigationThreshold
  return showPage(c, { title: titleOf(of), area: 'staff' }, <PanelPage {...{ question, of, panel, whole, least, brought }} />)
}

async function takePanel(c: Ctx): Promise<Response> {
  const of = dimensionIn(wordsIn(c))
  const { rows, other } = await panelOf(c.get('house'), readQuestion(wordsIn(c)), of)
  const lines = rows.map(({ value, counts }) => csvLine([value, nameOf(of, value), ...measures(counts)]))
  const last = other.visits > 0 ? [csvLine(['', 'Other', ...measures(other)])] : []
  return csvFile(c, `${of}.csv`, [csvLine([of, 'name', ...measureNames]), ...lines, ...last])
}

async function takeDays(c: Ctx): Promise<Response> {
  const days = await everyDay(c.get('house'), readQuestion(wordsIn(c)))
  return csvFile(c, 'days.csv', [
    csvLine(['day', ...measureNames, 'brought in from']),
    ...days.map(({ day, counts, origins }) => csvLine([day, ...measures(counts), origins.join(' and ')])),
  ])
}

const measureNames = ['visitors', 'visits', 'views', 'bounces', 'seconds'] as const
const measures = (counts: Counts): string[] => measureNames.map((name) => String(counts[name]))
