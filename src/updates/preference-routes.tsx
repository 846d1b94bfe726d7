/** Choosing what one gets: by a link sent afresh to the address, or signed in. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { suppressionOf } from '../mail/suppression.ts'
import { rename } from '../people/person.ts'
import { signedIn } from '../sessions/guard.ts'
import type { Id } from '../log.ts'
import { clientNetwork } from '../web/client.ts'
import { emailAddress, type Form, languageTag, personName, readForm, ticked } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit, limitLetters } from '../web/throttle.ts'
import { type Exit, leaveAll } from './departure.ts'
import { AskForLinkPage, ChoosePage } from './preference-pages.tsx'
import { choose, personBehind, preferencesOf, sendLink } from './preferences.ts'
import { OverPage } from './subscribing-pages.tsx'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>

export const preferenceRoutes = new Hono<Web>()
  .get('/updates/preferences', (c) => askForLink(c))
  .post('/updates/preferences', sendByForm)
  .get('/updates/preferences/:token', (c) => byLink(c, c.req.param('token'), show))
  .post('/updates/preferences/:token', (c) => byLink(c, c.req.param('token'), save))
  .post('/updates/preferences/:token/leave', (c) => byLink(c, c.req.param('token'), leaveEverything))
  .get('/account/updates', signedIn, (c) => show(c, bySession(c)))
  .post('/account/updates', signedIn, (c) => save(c, bySession(c)))
  .post('/account/updates/leave', signedIn, (c) => leaveEverything(c, bySession(c)))

/** Who chooses, and on which page. */
interface Chooser {
  readonly person: { readonly id: Id; readonly name: string; readonly email: string }
  readonly page: string
  readonly area: 'site' | 'account'
  readonly source: string
  readonly door: Exit
}

const askForLink = (c: Ctx, form?: Failed): Response =>
  showPage(c, { title: 'Change what you get', robots: 'noindex' }, <AskForLinkPage {...form} />, form ? 422 : 200)

async function sendByForm(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, z.object({ email: emailAddress }))
  if (!form.ok) return askForLink(c, form)
  await limit(house.db, 'updates by network', clientNetwork(c))
  await limitLetters(c, 'preferences', form.data.email)
  await house.db.as('updates', (tx) => sendLink(tx, house, form.data.email))
  return c.redirect('/updates/asked', 303)
}

async function byLink(c: Ctx, token: string, act: (c: Ctx, chooser: Chooser) => Promise<Response>): Promise<Response> {
  const { db } = c.get('house')
  const person = await db.as('updates', (tx) => personBehind(tx, token))
  if (person)
    return act(c, {
      person,
      page: `/updates/preferences/${token}`,
      area: 'site',
      source: 'the page of your preferences',
      door: 'preferences',
    })
  await limit(db, 'wrong link by network', clientNetwork(c))
  const over = (
    <OverPage again={{ href: '/updates/preferences', text: 'Send me a new link' }}>
      A link to your preferences is good for an hour. We can send you a new one.
    </OverPage>
  )
  return showPage(c, { title: 'That link does not work any more', robots: 'noindex' }, over, 410)
}

function bySession(c: Ctx): Chooser {
  const { personId: id, name, email } = c.get('signedIn')
  return { person: { id, name, email }, page: '/account/updates', area: 'account', source: 'your account', door: 'account' }
}

const told: Readonly<Record<string, string>> = {
  saved: 'Saved. It holds from the next letter on.',
  left: 'You left all topics. You get no updates any more.',
}

async function show(c: Ctx, { person, page, area }: Chooser, form?: Failed): Promise<Response> {
  const { preferences, stop } = await c.get('house').db.as('updates', async (tx) => ({
    preferences: await preferencesOf(tx, person.id),
    // Its button needs somebody who is signed in.
    stop: area === 'account' ? await suppressionOf(tx, person.email) : undefined,
  }))
  const said = Object.entries(told).find(([word]) => word === c.req.query('done'))?.[1]
  const body = <ChoosePage {...{ preferences, stop, name: person.name, email: person.email, action: page, told: said }} {...form} />
  return showPage(c, { title: 'What you get by e-mail', area, robots: 'noindex' }, body, form ? 422 : 200)
}

const choice = z.object({ name: personName, topics: ticked, language: languageTag })

async function save(c: Ctx, chooser: Chooser): Promise<Response> {
  const house = c.get('house')
  const { person, page, source, door } = chooser
  const form = await readForm(c, choice)
  if (!form.ok) return show(c, chooser, form)
  const { name, topics, language } = form.data
  await house.db.as('updates', (tx) => choose(tx, house, { personId: person.id, topics, language, source, door }))
  if (name !== person.name) await house.db.as('service', (tx) => rename(tx, person.id, name))
  return topics.length > 0 ? c.redirect(`${page}?done=saved`, 303) : leftEverything(c, chooser)
}

async function leaveEverything(c: Ctx, chooser: Chooser): Promise<Response> {
  await c.get('house').db.as('updates', (tx) => leaveAll(tx, chooser.person.id, chooser.door))
  return leftEverything(c, chooser)
}

// Who comes by a link may have no account: that page says what becomes of them.
const leftEverything = (c: Ctx, { page, area }: Chooser): Response =>
  c.redirect(area === 'account' ? `${page}?done=left` : '/updates/left-all', 303)
