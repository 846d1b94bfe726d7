/** What visitors and people choose: to be counted or not, and to have pages fitted to them or not. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Id } from '../log.ts'
import { catalogue, openPlans } from '../services/catalogue.ts'
import { membershipsOf } from '../services/membership.ts'
import { recognise, signedIn } from '../sessions/guard.ts'
import { giveCookie, takeCookie } from '../web/cookies.ts'
import { readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { Refusal } from '../web/refusal.ts'
import { choicesOf, choose } from './choice.ts'
import { SuggestionsPage } from './pages.tsx'
import { interestsOf } from './personal-action.ts'
import { type Suggestion, suggest } from './suggestion.ts'

type Ctx = Context<Web>

export const choiceRoutes = new Hono<Web>()
  .post('/privacy/counting', counting)
  .get('/account/suggestions', signedIn, show)
  .post('/account/suggestions', signedIn, personal)

/** A browser remembers for a year that its reader does not want to be counted. */
export const UNCOUNTED_SECONDS = 365 * 86_400

const answered = z.object({ answer: z.enum(['yes', 'no']) })

async function answerIn(c: Ctx): Promise<'yes' | 'no'> {
  const form = await readForm(c, answered)
  if (!form.ok) throw new Refusal(422, 'Please use the switch on the page.')
  return form.data.answer
}

async function counting(c: Ctx): Promise<Response> {
  const answer = await answerIn(c)
  if (answer === 'no') giveCookie(c, 'uncounted', '1', UNCOUNTED_SECONDS)
  else takeCookie(c, 'uncounted')
  if (await recognise(c))
    await c
      .get('house')
      .db.as('personalisation', (tx) => choose(tx, c.get('signedIn').personId, { choice: 'counting', answer, means: 'switch' }))
  return c.redirect('/privacy#counting', 303)
}

async function show(c: Ctx): Promise<Response> {
  const { personId } = c.get('signedIn')
  const { personal } = await c.get('house').db.as('personalisation', (tx) => choicesOf(tx, personId))
  const allowed = personal?.answer === 'yes'
  const page = <SuggestionsPage allowed={allowed} suggestions={allowed ? await suggestionsFor(c, personId) : []} />
  return showPage(c, { title: 'Suggestions', area: 'account' }, page)
}

async function suggestionsFor(c: Ctx, personId: Id): Promise<Suggestion[]> {
  const { db, content } = c.get('house')
  const used = await db.as('service', (tx) => membershipsOf(tx, personId))
  const [interests, all] = await db.as('personalisation', async (tx) => [await interestsOf(tx, personId), await catalogue(tx)] as const)
  const mine = new Set(used.filter(({ endedAt }) => !endedAt).map(({ serviceId }) => serviceId))
  const services = all.filter((service) => openPlans(service).length > 0 && !mine.has(service.id))
  return suggest({ interests, services, help: content.help })
}

async function personal(c: Ctx): Promise<Response> {
  const answer = await answerIn(c)
  await c
    .get('house')
    .db.as('personalisation', (tx) => choose(tx, c.get('signedIn').personId, { choice: 'personal', answer, means: 'switch' }))
  return c.redirect('/account/suggestions', 303)
}
