/** One's own conversations: what one asked, what was answered, and going on with it. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import { type Form, outcomeTold, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { ConversationPage, ConversationsPage } from './account-pages.tsx'
import { needed } from './asking.ts'
import { type Conversation, conversationsOf, goOn, ownConversation } from './conversation.ts'
import { wordsOf } from './words.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>

export const accountRoutes = new Hono<Web>()
  .get('/account/help', signedIn, showList)
  .get('/account/help/:id', signedIn, (c) => show(c))
  .post('/account/help/:id', signedIn, write)

async function showList(c: Ctx): Promise<Response> {
  const listed = await c.get('house').db.as('service', (tx) => conversationsOf(tx, c.get('signedIn')))
  return showPage(c, { title: 'Your questions', area: 'account' }, <ConversationsPage listed={listed} />)
}

async function own(c: Ctx): Promise<Conversation> {
  const id = asId(c.req.param('id'))
  const found = id && (await c.get('house').db.as('service', (tx) => ownConversation(tx, c.get('signedIn'), id)))
  if (!found) throw nothingHere('no conversation of theirs')
  return found
}

const outcomes = { asked: 'Your question has come in. The answer comes by e-mail, and stands here.', written: 'We have it, and answer.' }

async function show(c: Ctx, form?: Failed): Promise<Response> {
  const conversation = await own(c)
  const said = await c.get('house').db.as('service', (tx) => wordsOf(tx, conversation))
  const page = <ConversationPage conversation={conversation} said={said} told={outcomeTold(c, outcomes)} {...form} />
  return showPage(c, { title: 'Your question', area: 'account' }, page, form ? 422 : 200)
}

async function write(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const conversation = await own(c)
  const form = await readForm(c, z.object({ words: z.string('Please write something.').pipe(needed('Please write something.')) }))
  if (!form.ok) return show(c, form)
  await limit(db, 'questions by person', c.get('signedIn').personId)
  await db.as('service', (tx) => goOn(tx, conversation, { text: form.data.words }))
  return c.redirect(`/account/help/${conversation.id}?done=written`, 303)
}
