/** Subscribing: a form, one letter, and a button that confirms it. A link opens, a button acts. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { emailAddress, type Form, languageTag, personName, readForm, refuseField, ticked } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { clientNetwork } from '../web/client.ts'
import { publicPage, showPage } from '../web/page.tsx'
import { limit, limitLetters } from '../web/throttle.ts'
import { ask, confirm, requestBehind } from './request.ts'
import { ConfirmPage, type Outcome, OutcomePage, outcomes, OverPage, SubscribePage } from './subscribing-pages.tsx'
import { openTopics, type Topic } from './topic.ts'

type Ctx = Context<Web>

// Staff change the topics: other processes show it within these seconds.
const keeping = { seconds: 10 }

export const subscribingRoutes = new Hono<Web>()
  .get('/updates', publicPage(subscribePage, keeping))
  .post('/updates', subscribeByForm)
  .get('/updates/confirm/:token', (c) => showRequest(c, c.req.param('token')))
  .post('/updates/confirm/:token', (c) => confirmRequest(c, c.req.param('token')))
for (const outcome of Object.keys(outcomes) as Outcome[]) subscribingRoutes.get(`/updates/${outcome}`, publicPage(ended(outcome)))

const SHOWN = { title: 'Updates by e-mail', description: 'Letters on the topics that you choose, and on no others.' }

async function subscribePage(house: House) {
  const topics = await house.db.as('updates', openTopics)
  return { shown: SHOWN, body: <SubscribePage company={house.content.company.name} topics={topics} /> }
}

function ended(outcome: Outcome) {
  return () => ({ shown: { title: outcomes[outcome].title, robots: 'noindex' as const }, body: <OutcomePage outcome={outcome} /> })
}

const request = z.object({ name: personName, email: emailAddress, topics: ticked, language: languageTag })

async function subscribeByForm(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, request)
  const topics = await house.db.as('updates', openTopics)
  if (!form.ok) return again(c, topics, form)
  const { name, email, language } = form.data
  const chosen = chosenOf(topics, form.data.topics)
  if (!chosen)
    return again(c, topics, refuseField({ name, email }, 'topics', 'One of these topics takes no new subscribers. Please choose again.'))
  await limit(house.db, 'updates by network', clientNetwork(c))
  await limitLetters(c, 'updates', email)
  await house.db.as('updates', (tx) => ask(tx, house, { name, email, topics: chosen, language, source: sourceOf(c) }))
  return c.redirect('/updates/asked', 303)
}

function again(c: Ctx, topics: readonly Topic[], { errors, typed }: Extract<Form<unknown>, { ok: false }>): Response {
  return showPage(c, SHOWN, <SubscribePage company={c.get('house').content.company.name} {...{ topics, errors, typed }} />, 422)
}

// A name and an address suffice: without any topic it is the first one.
function chosenOf(topics: readonly Topic[], slugs: readonly string[]): Topic[] | undefined {
  const wanted = new Set(slugs.length > 0 ? slugs : topics.slice(0, 1).map(({ slug }) => slug))
  const chosen = topics.filter(({ slug }) => wanted.has(slug))
  return chosen.length > 0 && chosen.length === wanted.size ? chosen : undefined
}

/** Where the form was, for the proof of consent. */
function sourceOf(c: Ctx): string {
  const origin = c.req.header('origin')?.toLowerCase()
  const elsewhere = c.get('house').config.formOrigins.find((listed) => listed === origin)
  return elsewhere ? `a form on ${elsewhere}` : 'the page “Updates by e-mail”'
}

async function showRequest(c: Ctx, token: string): Promise<Response> {
  const found = await c.get('house').db.as('updates', (tx) => requestBehind(tx, token))
  if (!found) return over(c)
  return showPage(c, { title: 'Please confirm your updates', robots: 'noindex' }, <ConfirmPage token={token} request={found} />)
}

async function confirmRequest(c: Ctx, token: string): Promise<Response> {
  const form = await readForm(c, z.object({ again: z.string().max(3).optional() }))
  const again = form.ok && form.data.again === 'yes'
  const confirmed = await c.get('house').db.as('updates', (tx) => confirm(tx, token, { again }))
  return confirmed ? c.redirect('/updates/confirmed', 303) : over(c)
}

async function over(c: Ctx): Promise<Response> {
  await limit(c.get('house').db, 'wrong link by network', clientNetwork(c))
  const page = (
    <OverPage again={{ href: '/updates', text: 'Subscribe anew' }}>
      It was used already, and then you are subscribed; or its 48 hours have passed, and then we have deleted what was asked for.
    </OverPage>
  )
  return showPage(c, { title: 'That link does not work any more', robots: 'noindex' }, page, 410)
}
