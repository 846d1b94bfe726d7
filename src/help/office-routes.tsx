/** The console's desk for questions. */
import { count, isNotNull } from 'drizzle-orm'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { asId } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import { roleHere, whoMay } from '../staff/guard.ts'
import { look } from '../staff/look.ts'
import { may } from '../staff/roles.ts'
import { type Member, team } from '../staff/team.ts'
import { type Form, line, outcomeTold, readForm, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { needed } from './asking.ts'
import {
  type Acting,
  answer,
  askerOf,
  assign,
  close,
  type Conversation,
  conversationOf,
  type Outcome,
  remark,
  reopen,
} from './conversation.ts'
import { type Desk, DeskPage } from './desk-pages.tsx'
import { ArticlesPage, QueuePage } from './office-pages.tsx'
import { findConversations, listConversations, views } from './queue.ts'
import { repliesRoutes } from './replies-routes.tsx'
import { filledIn, savedRepliesIn, savedReplyOf } from './saved-reply.ts'
import { conversations } from './tables.ts'
import { taskOf } from './task.ts'
import { votesByArticle } from './vote.ts'
import { wordsOf } from './words.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/help/:id'

export const officeRoutes = new Hono<Web>()
  .get('/staff/help', signedIn, whoMay('help'), showQueue)
  .get('/staff/help/articles', signedIn, whoMay('help'), showArticles)
  .route('/', repliesRoutes)
  .get(BASE, signedIn, whoMay('help'), (c) => showDesk(c))
  .post(`${BASE}/answer`, signedIn, whoMay('help'), sendAnswer)
  .post(`${BASE}/note`, signedIn, whoMay('help'), keepNote)
  .post(`${BASE}/assign`, signedIn, whoMay('help'), assignTo)
  .post(`${BASE}/close`, signedIn, whoMay('help'), (c) => act(c, close))
  .post(`${BASE}/reopen`, signedIn, whoMay('help'), (c) => act(c, reopen))

const outcomes: Typed = {
  done: 'Done.',
  answered: 'The answer is on its way.',
  handed: 'It is a request now. They were told that it came in, and those who answer for privacy read it.',
  unchanged: 'It stands otherwise than the page had shown; nothing was done.',
}
const LONGEST_SEARCH = 200

async function showQueue(c: Ctx): Promise<Response> {
  const view = views.find((name) => name === c.req.query('view')) ?? 'waiting'
  const sought = (c.req.query('q') ?? '').replaceAll('\0', '').normalize('NFC').trim().slice(0, LONGEST_SEARCH)
  const shown = await c.get('house').db.as('support', async (tx) => ({
    ...(sought ? await findConversations(tx, sought) : { listed: await listConversations(tx, view, c.get('signedIn').personId) }),
    names: new Map((await team(tx)).map(({ personId, name }) => [personId as string, name])),
  }))
  return showPage(c, { title: 'Questions', area: 'staff' }, <QueuePage {...shown} {...{ view, sought }} told={outcomeTold(c, outcomes)} />)
}

async function showArticles(c: Ctx): Promise<Response> {
  const { db, content } = c.get('house')
  const votes = await db.as('improvement', votesByArticle)
  const asked = await db.as('support', askedByArticle)
  return showPage(c, { title: 'Help articles', area: 'staff' }, <ArticlesPage articles={content.help} {...{ votes, asked }} />)
}

async function askedByArticle(tx: For<'support'>): Promise<ReadonlyMap<string, number>> {
  const { article } = conversations
  const rows = await tx.select({ article, asked: count() }).from(conversations).where(isNotNull(article)).groupBy(article)
  return new Map(rows.map((row) => [row.article ?? '', row.asked]))
}

async function conversationHere(c: Ctx): Promise<Conversation> {
  const id = asId(c.req.param('id'))
  const found = id && (await c.get('house').db.as('support', (tx) => conversationOf(tx, id)))
  if (!found) throw nothingHere('no such conversation')
  return found
}

async function showDesk(c: Ctx, form?: Failed): Promise<Response> {
  const conversation = await conversationHere(c)
  const { desk, begun } = await c.get('house').db.as('support', async (tx) => {
    await noteLook(tx, c, conversation)
    const desk = await deskOf(tx, conversation)
    return { desk, begun: form ? undefined : await begunWith(tx, c, desk) }
  })
  const typed = form?.typed ?? (begun === undefined ? {} : { answer: begun })
  const page = <DeskPage desk={desk} told={outcomeTold(c, outcomes)} errors={form?.errors} typed={typed} />
  return showPage(c, { title: 'Question', area: 'staff' }, page, form ? 422 : 200)
}

// What was said is the person's: who opens it has looked.
async function noteLook(tx: For<'support'>, c: Ctx, { personId }: Conversation): Promise<void> {
  if (!personId) return
  await look(tx, { personId, staffId: c.get('signedIn').personId, role: roleHere(c), reason: 'question', note: 'what they asked us' })
}

async function deskOf(tx: For<'support'>, conversation: Conversation): Promise<Desk> {
  return {
    conversation,
    asker: await askerOf(tx, conversation),
    said: await wordsOf(tx, conversation),
    staffId: await taskOf(tx, conversation.id),
    team: await answering(tx),
    replies: await savedRepliesIn(tx),
  }
}

const answering = async (tx: For<'support'>): Promise<Member[]> => (await team(tx)).filter(({ role }) => may(role, 'help'))

/** The saved reply that the address asks for, with its places filled. */
async function begunWith(tx: For<'support'>, c: Ctx, { asker }: Desk): Promise<string | undefined> {
  const id = asId(c.req.query('reply'))
  const reply = id && (await savedReplyOf(tx, id))
  if (!reply) return undefined
  const { config, content } = c.get('house')
  return filledIn(reply, { name: asker?.name ?? 'you', me: c.get('signedIn').name, company: content.company.name, site: config.origin })
}

type Act = (tx: For<'support'>, acting: Acting) => Promise<Outcome>

async function act(c: Ctx, does: Act, done = 'done'): Promise<Response> {
  const { id } = await conversationHere(c)
  const outcome = await c.get('house').db.as('support', (tx) => does(tx, { id, by: c.get('signedIn').personId }))
  return c.redirect(`/staff/help/${id}?done=${outcome === 'done' ? done : outcome}`, 303)
}

async function sendAnswer(c: Ctx): Promise<Response> {
  await conversationHere(c)
  const form = await readForm(c, z.object({ answer: needed('Please write the letter.'), ends: z.literal('yes').optional() }))
  if (!form.ok) return showDesk(c, form)
  const { answer: words, ends } = form.data
  return act(c, (tx, acting) => answer(tx, c.get('house'), acting, { words, ends: ends === 'yes' }), 'answered')
}

async function keepNote(c: Ctx): Promise<Response> {
  await conversationHere(c)
  const form = await readForm(c, z.object({ note: needed('Please write the note.') }))
  return form.ok ? act(c, (tx, acting) => remark(tx, acting, form.data.note)) : showDesk(c, form)
}

async function assignTo(c: Ctx): Promise<Response> {
  await conversationHere(c)
  const form = await readForm(c, z.object({ to: line(40, 'Please choose.') }))
  if (!form.ok) return showDesk(c, form)
  const to = asId(form.data.to)
  return act(c, async (tx, acting) => {
    const known = to && (await answering(tx)).some(({ personId }) => personId === to)
    return to && !known ? 'unchanged' : assign(tx, acting, to)
  })
}
