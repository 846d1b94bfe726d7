/** All routes, and the one place where refusals and faults become answers. */
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { agentRoutes } from './agents/routes.tsx'
import { gauges } from './app-gauges.ts'
import { billingChangeRoutes } from './billing/change-routes.tsx'
import { billingRoutes } from './billing/routes.tsx'
import { breachRoutes } from './breaches/routes.tsx'
import { consoleParts } from './console.ts'
import { Busy } from './database/connection.ts'
import { demandRoutes } from './disclosures/routes.tsx'
import { helpApi } from './help/api-routes.tsx'
import { helpRoutes } from './help/routes.tsx'
import { log, logFault, word } from './log.ts'
import { devMailRoutes, mailboxRoutes } from './mail/routes.tsx'
import { reportsApi } from './navigation/api-routes.tsx'
import { historyRoutes } from './navigation/history-routes.tsx'
import { keptRoutes } from './navigation/kept-routes.tsx'
import { letterRoutes } from './navigation/letters-routes.tsx'
import { reportRoutes } from './navigation/report-routes.tsx'
import { countPages, navigationRoutes } from './navigation/routes.tsx'
import { policyRoutes } from './policy/routes.tsx'
import { keyApi } from './programs/api-routes.tsx'
import { apiRoutes, type Operation } from './programs/api.ts'
import { documentRoutes } from './programs/document-routes.tsx'
import { programRoutes } from './programs/routes.tsx'
import { promiseRoutes } from './promises/routes.tsx'
import { requestRoutes } from './requests/routes.tsx'
import { rightsRoutes } from './rights/routes.tsx'
import { catalogue } from './services/catalogue.ts'
import { servicesApi } from './services/api-routes.tsx'
import { serviceRoutes } from './services/routes.tsx'
import { accountRoutes } from './sessions/account-routes.tsx'
import { sessionRoutes } from './sessions/routes.tsx'
import { settingsRoutes } from './settings/routes.tsx'
import { staffRoutes } from './staff/routes.tsx'
import { faultType, say } from './tracing.ts'
import { updatesApi } from './updates/api-routes.tsx'
import { updateRoutes } from './updates/routes.tsx'
import { FaultPage, RefusalPage } from './web/errors.tsx'
import { healthRoutes, measured, type Readiness } from './web/health.ts'
import type { House, Web } from './web/house.ts'
import { openInside } from './web/inside.ts'
import { showPage } from './web/page.tsx'
import { boundedBody, rails } from './web/rails.ts'
import { nothingHere, problem, Refusal } from './web/refusal.ts'
import { siteRoutes } from './web/site-routes.tsx'

/** Every operation of the API, as `/api/v1` and its description show them. */
export const operations: readonly Operation[] = [...keyApi, ...servicesApi, ...updatesApi, ...helpApi, ...reportsApi]

/** Opens every door of the house. */
export function openApp(house: House, readiness: Readiness = { leaving: false, migrations: 1 }): Hono<Web> {
  const app = new Hono<Web>()
  countPages(house)
  app.use(measured, rails(house), boundedBody)
  for (const routes of [
    siteRoutes,
    serviceRoutes,
    billingRoutes,
    billingChangeRoutes,
    helpRoutes,
    policyRoutes,
    sessionRoutes,
    accountRoutes,
    rightsRoutes,
    requestRoutes,
    agentRoutes,
    breachRoutes,
    demandRoutes,
    promiseRoutes,
    updateRoutes,
    programRoutes((house) => house.db.as('service', catalogue)),
    reportRoutes,
    keptRoutes,
    historyRoutes,
    letterRoutes,
    documentRoutes(operations),
    apiRoutes(operations),
    settingsRoutes,
    staffRoutes(consoleParts),
    mailboxRoutes,
    navigationRoutes,
    devMailRoutes,
  ])
    app.route('/', routes)
  app.route('/', healthRoutes(readiness, gauges))
  app.notFound((c) => answerTo(c, nothingHere()))
  app.onError((fault, c) => answerTo(c, fault))
  openInside(house, {
    doors: app.routes.filter(({ method }) => method !== 'ALL'),
    ask: async (path, request) => app.request(path, request),
  })
  return app
}

function answerTo(c: Context<Web>, fault: unknown): Response | Promise<Response> {
  // Hono's own refusals carry their answer with them.
  if (fault instanceof HTTPException) return fault.getResponse()
  if (fault instanceof Refusal) return refuse(c, fault)
  say({ 'error.type': faultType(fault) })
  if (fault instanceof Busy) return refuse(c, tooBusy(fault))
  logFault('web.fault', fault, { request: word(c.get('requestId')), method: word(c.req.method), route: word(c.req.routePath) })
  if (wantsProblem(c)) return problem(c, { status: 500, words: 'Something went wrong on our side.' }, c.get('requestId'))
  return showPage(c, { title: 'Something went wrong', robots: 'noindex' }, FaultPage({ requestId: c.get('requestId') }), 500)
}

const tooBusy = ({ message }: Busy): Refusal =>
  new Refusal(503, 'Too much is asked of us at this moment, so nothing was done. Please try again in a minute.', {
    detail: message,
    retryAfter: 60,
  })

function refuse(c: Context<Web>, refusal: Refusal): Response | Promise<Response> {
  log('web.refused', { request: word(c.get('requestId')), status: refusal.status, detail: refusal.detail })
  if (refusal.retryAfter !== undefined) c.header('retry-after', String(refusal.retryAfter))
  if (wantsProblem(c)) return problem(c, refusal, c.get('requestId'))
  return showPage(
    c,
    { title: refusal.status === 404 ? 'Nothing here' : 'Not done', robots: 'noindex' },
    RefusalPage({ refusal, requestId: c.get('requestId') }),
    refusal.status,
  )
}

const wantsProblem = (c: Context<Web>): boolean => c.req.path.startsWith('/api/') || /\bjson\b/.test(c.req.header('accept') ?? '')
