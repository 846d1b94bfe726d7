/** Saved replies: written, changed and taken away in the console. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, line, outcomeTold, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { needed } from './asking.ts'
import { RepliesPage, ReplyPage } from './office-pages.tsx'
import { dropReply, type SavedReply, savedRepliesIn, savedReplyOf, saveReply } from './saved-reply.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/help/replies'

export const repliesRoutes = new Hono<Web>()
  .get(BASE, signedIn, whoMay('help'), (c) => showReplies(c))
  .post(BASE, signedIn, whoMay('help'), write)
  .get(`${BASE}/:reply`, signedIn, whoMay('help'), (c) => showReply(c))
  .post(`${BASE}/:reply`, signedIn, whoMay('help'), change)
  .post(`${BASE}/:reply/remove`, signedIn, whoMay('help'), remove)

const outcomes = { kept: 'It is kept.', removed: 'It was taken away.' }
const reply = z.object({ title: line(100, 'Please name it.'), words: z.string('Please write it.').pipe(needed('Please write it.')) })

async function showReplies(c: Ctx, form?: Failed): Promise<Response> {
  const replies = await c.get('house').db.as('support', savedRepliesIn)
  const page = <RepliesPage replies={replies} told={outcomeTold(c, outcomes)} {...form} />
  return showPage(c, { title: 'Saved replies', area: 'staff' }, page, form ? 422 : 200)
}

async function write(c: Ctx): Promise<Response> {
  const form = await readForm(c, reply)
  if (!form.ok) return showReplies(c, form)
  await c.get('house').db.as('support', (tx) => saveReply(tx, form.data))
  return c.redirect(`${BASE}?done=kept`, 303)
}

async function replyHere(c: Ctx): Promise<SavedReply> {
  const id = asId(c.req.param('reply'))
  const found = id && (await c.get('house').db.as('support', (tx) => savedReplyOf(tx, id)))
  if (!found) throw nothingHere('no such reply')
  return found
}

async function showReply(c: Ctx, form?: Failed): Promise<Response> {
  const page = <ReplyPage reply={await replyHere(c)} {...form} />
  return showPage(c, { title: 'A saved reply', area: 'staff' }, page, form ? 422 : 200)
}

async function change(c: Ctx): Promise<Response> {
  const { id } = await replyHere(c)
  const form = await readForm(c, reply)
  if (!form.ok) return showReply(c, form)
  await c.get('house').db.as('support', (tx) => saveReply(tx, { id, ...form.data }))
  return c.redirect(`${BASE}?done=kept`, 303)
}

async function remove(c: Ctx): Promise<Response> {
  const { id } = await replyHere(c)
  await c.get('house').db.as('support', (tx) => dropReply(tx, id))
  return c.redirect(`${BASE}?done=removed`, 303)
}
