/** The ways in for what is done on the websites, and what our own pages tell of themselves. */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { clientAddress } from '../web/client.ts'
import { giveCookie, hasCookie, cookieIn } from '../web/cookies.ts'
import type { House, Web } from '../web/house.ts'
import { type Onlooker, watchPages } from '../web/onlooker.ts'
import { send } from '../web/prepared.ts'
import { choiceRoutes, UNCOUNTED_SECONDS } from './choice-routes.tsx'
import { choose, recentChoices } from './choice.ts'
import { bringAnswers, consentRoutes } from './consent-routes.tsx'
import { type Answered, answerHeaders, takeIn } from './door.ts'
import { LONGEST_BODY, readImage } from './payload.ts'
import { notePersonalPage } from './personal-action.ts'
import { note, report } from './recording.ts'
import { type Asker, asksNotTo, unseen } from './sight.ts'
import { mayUse } from '../versions/permission.ts'

const bounded = bodyLimit({ maxSize: LONGEST_BODY, onError: (c) => c.body(null, 413) })

export const navigationRoutes = new Hono<Web>()
  .get('/n.js', (c) => send(c, c.get('house').assets.counter))
  .options('/n', preflight)
  .post('/n', bounded, take)
  .get('/n.gif', image)
  .route('/', choiceRoutes)
  .route('/', consentRoutes)

const askerOf = (c: Context<Web>): Asker => ({
  config: c.get('house').config,
  address: clientAddress(c),
  header: (name) => c.req.header(name),
})

function preflight(c: Context<Web>): Response {
  const allowed = { 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type' }
  const headers: Record<string, string> = { ...answerHeaders(c.get('house'), c.req.header('origin')), ...allowed }
  // An answer that has no body by its number must not speak of its length.
  delete headers['content-length']
  return c.body(null, 204, headers)
}

async function take(c: Context<Web>): Promise<Response> {
  const house = c.get('house')
  const body = await c.req.text()
  const number = await new Promise<Answered>((answer) => takeIn(house, askerOf(c), body, answer))
  return c.body(null, number, answerHeaders(house, c.req.header('origin')))
}

/** The smallest picture there is: one transparent dot. */
const DOT = new Uint8Array(Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'))

async function image(c: Context<Web>): Promise<Response> {
  const said = readImage(c.req.query('u'), c.req.header('referer'))
  if (said) await new Promise((tell) => report(c.get('house'), askerOf(c), [said], tell))
  const headers = { 'content-type': 'image/gif', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'cross-origin' }
  return c.body(DOT, 200, headers)
}

/** Rooms of the house that are no part of the websites. */
const INSIDE = /^\/(staff|dev|api|visits)(\/|$)/

const onlooker: Onlooker = {
  pageForAll(request) {
    const { house, url, path: page, header } = request
    if (INSIDE.test(page)) return
    const asker: Asker = { config: house.config, address: request.address(), header }
    note(house, asker, { url, page, kind: 'view' })
    const token = unseen(asker) ? undefined : cookieIn(house.config, header('cookie'), 'session')
    if (token) notePersonalPage(house, token, page)
  },
  async page(c, page, shown) {
    const asker = askerOf(c)
    await bringAnswers(c)
    if (INSIDE.test(page) || (await choseNotTo(c, asker))) return
    note(c.get('house'), asker, { url: c.req.url, page, kind: shown === 'nothing here' ? 'missing' : 'view' })
  },
}

// What somebody chose on one device holds on the others: their browser is told, and remembers it.
async function choseNotTo(c: Context<Web>, asker: Asker): Promise<boolean> {
  const person = c.get('signedIn')
  if (!person || hasCookie(asker.config, asker.header('cookie'), 'uncounted')) return false
  const { db } = c.get('house')
  const { counting } = await recentChoices(db, person.personId)
  if (!counting && asksNotTo(asker) && (await mayUse(db, { purpose: 'personalisation' })))
    await db.as('personalisation', (tx) => choose(tx, person.personId, { choice: 'counting', answer: 'no', means: 'signal' }))
  if (counting?.answer !== 'no') return false
  giveCookie(c, 'uncounted', '1', UNCOUNTED_SECONDS)
  return true
}

/** From now on every page of this house is counted as it is answered. */
export const countPages = (house: House): void => watchPages(house, onlooker)
