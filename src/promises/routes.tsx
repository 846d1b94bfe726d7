/** The promises with their evidence: for everybody, for machines, and for those who answer for them. */
import { type Context, Hono } from 'hono'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import type { House, Web } from '../web/house.ts'
import { publicPage, showPage } from '../web/page.tsx'
import { changesOf, evidenceOf } from './evidence.ts'
import { DeskPage, PromisesPage, type Shown } from './pages.tsx'

type Ctx = Context<Web>

// What the clock saw is there for everybody within these seconds.
const SECONDS = { seconds: 20 }

export const promiseRoutes = new Hono<Web>()
  .get('/privacy/promises', publicPage(promisesPage, SECONDS))
  .get('/privacy/promises.json', sendJson)
  .get('/staff/promises', signedIn, whoMay('promises'), (c) => desk(c, c.req.query('looked') === 'yes'))
  .post('/staff/promises', signedIn, whoMay('promises'), lookNow)

// The promises and their checks are loaded when somebody first asks for them.
async function shownOf(house: House, purpose: 'service' | 'legal'): Promise<Shown[]> {
  const { promises } = await import('./all.ts')
  const evidence = await house.db.as(purpose, evidenceOf)
  return promises.flatMap((promised) => {
    const known = evidence.find(({ promise }) => promise === promised.name)
    return known ? [{ promised, evidence: known }] : []
  })
}

async function promisesPage(house: House) {
  const shown = { title: 'Our promises', description: 'What we promise about your data, and whether we keep it: looked at every hour.' }
  return { shown, body: <PromisesPage shown={await shownOf(house, 'service')} /> }
}

async function sendJson(c: Ctx): Promise<Response> {
  const { keeperInWords } = await import('./pages.tsx')
  const promises = (await shownOf(c.get('house'), 'service')).map(({ promised: { name, says, keptBy, looksAt }, evidence }) => ({
    promise: name,
    says,
    standing: evidence.standing,
    since: evidence.sinceAt,
    lookedAt: evidence.ranAt,
    examined: evidence.examined,
    findings: evidence.findings.length,
    keptBy: keptBy.map((keeper) => ({ kind: keeperInWords(keeper)[0], name: keeperInWords(keeper)[1], says: keeper.says })),
    checkLooksAt: looksAt,
  }))
  return c.json({ promises }, 200, { 'cache-control': 'public, max-age=20' })
}

async function desk(c: Ctx, looked: boolean): Promise<Response> {
  const house = c.get('house')
  const changes = await house.db.as('legal', (tx) => changesOf(tx))
  const page = <DeskPage shown={await shownOf(house, 'legal')} changes={changes} looked={looked} />
  return showPage(c, { title: 'Promises', area: 'staff' }, page)
}

async function lookNow(c: Ctx): Promise<Response> {
  const { runChecks } = await import('./running.ts')
  await runChecks(c.get('house'))
  return c.redirect('/staff/promises?looked=yes', 303)
}
