/** Topics in the console: what people can subscribe to. */
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { log } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { csvFile } from '../web/csv.ts'
import { takeOut } from '../staff/export.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, line, outcomeTold, readForm, refuseField, type Typed } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { forgetReady } from '../web/ready.ts'
import { nothingHere } from '../web/refusal.ts'
import { subscriberLines } from './subscribers.ts'
import { addTopic, countedTopics, describeTopic, setOpen, type Topic, topicNamed } from './topic.ts'
import { TopicPage, TopicsPage } from './topic-pages.tsx'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>

export const topicRoutes = new Hono<Web>()
  .get('/staff/updates/topics', signedIn, whoMay('topics'), (c) => showTopics(c))
  .post('/staff/updates/topics', signedIn, whoMay('topics'), add)
  .get('/staff/updates/topics/:slug', signedIn, whoMay('topics'), (c) => showTopic(c, c.req.param('slug')))
  .post('/staff/updates/topics/:slug', signedIn, whoMay('topics'), (c) => describe(c, c.req.param('slug')))
  .post('/staff/updates/topics/:slug/close', signedIn, whoMay('topics'), (c) => openOrClose(c, c.req.param('slug'), false))
  .post('/staff/updates/subscribers/:slug', signedIn, whoMay('subscribers'), freshly, (c) => takeOutSubscribers(c, c.req.param('slug')))
  .post('/staff/updates/topics/:slug/open', signedIn, whoMay('topics'), (c) => openOrClose(c, c.req.param('slug'), true))

const fields = z.object({
  title: line(80, 'Please give it a title.'),
  says: line(300, 'Please say what one gets, and how often.'),
  place: z.coerce.number('Please give a number.').int('Please give a whole number.').min(0, 'From 0 on.').max(999, 'At most 999.'),
})

const outcomes: Typed = {
  added: 'The topic was added.',
  saved: 'Saved. Whoever subscribes from now on reads the new words.',
  closed: 'Nobody new can subscribe to it.',
  opened: 'Anybody can subscribe to it.',
}
const told = (c: Ctx): string | undefined => outcomeTold(c, outcomes)

async function showTopics(c: Ctx, refused?: Failed): Promise<Response> {
  const house = c.get('house')
  const topics = await house.db.as('updates', countedTopics)
  const more = { told: told(c), snippet: snippet(house, topics), formOrigins: house.config.formOrigins }
  return showPage(c, { title: 'Topics', area: 'staff' }, <TopicsPage topics={topics} {...more} {...refused} />, refused ? 422 : 200)
}

/** A form for a page of another site; it takes what the page here takes. */
function snippet({ config, content }: House, topics: readonly Topic[]): string {
  const open = topics.filter(({ closedAt }) => closedAt === null)
  const boxes = open.map(
    ({ slug, title, says }) => html`  <label><input type="checkbox" name="topics" value="${slug}"> ${title}: ${says}</label>`,
  )
  const company = html`${content.company.name}`
  return [
    `<form method="post" action="${config.origin}/updates">`,
    `  <p>Updates from ${String(company)} by e-mail. You can leave at any time, with one click.</p>`,
    ...boxes.map(String),
    '  <label>Name <input name="name" autocomplete="name" required maxlength="200"></label>',
    '  <label>E-mail address <input name="email" type="email" autocomplete="email" required maxlength="254"></label>',
    '  <button>Subscribe</button>',
    '</form>',
  ].join('\n')
}

async function add(c: Ctx): Promise<Response> {
  const form = await readForm(c, fields)
  if (!form.ok) return showTopics(c, form)
  const typed = { ...form.data, place: String(form.data.place) }
  const slug = nameFor(form.data.title)
  if (!slug) return showTopics(c, refuseField(typed, 'title', 'A title needs a letter from a to z, for the name in addresses.'))
  const added = await c.get('house').db.as('updates', (tx) => addTopic(tx, { slug, ...form.data }))
  if (!added) return showTopics(c, refuseField(typed, 'title', 'There is a topic of this name already.'))
  return changed(c, '/staff/updates/topics?done=added')
}

const nameFor = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** The public pages show it at once. */
function changed(c: Ctx, to: string): Response {
  forgetReady(c.get('house'))
  log('updates.topics-changed', { staff: c.get('signedIn').personId })
  return c.redirect(to, 303)
}

async function showTopic(c: Ctx, slug: string, refused?: Failed): Promise<Response> {
  const topic = await c.get('house').db.as('updates', (tx) => topicNamed(tx, slug))
  if (!topic) throw nothingHere('no such topic')
  return showPage(c, { title: topic.title, area: 'staff' }, <TopicPage topic={topic} told={told(c)} {...refused} />, refused ? 422 : 200)
}

async function describe(c: Ctx, slug: string): Promise<Response> {
  const form = await readForm(c, fields)
  if (!form.ok) return showTopic(c, slug, form)
  const found = await c.get('house').db.as('updates', (tx) => describeTopic(tx, slug, form.data))
  if (!found) throw nothingHere('no such topic')
  return changed(c, `/staff/updates/topics/${slug}?done=saved`)
}

async function openOrClose(c: Ctx, slug: string, open: boolean): Promise<Response> {
  if (!(await c.get('house').db.as('updates', (tx) => setOpen(tx, slug, open)))) throw nothingHere('no such topic')
  return changed(c, `/staff/updates/topics/${slug}?done=${open ? 'opened' : 'closed'}`)
}

async function takeOutSubscribers(c: Ctx, slug: string): Promise<Response> {
  const { db } = c.get('house')
  const topic = await db.as('updates', (tx) => topicNamed(tx, slug))
  if (!topic) throw nothingHere('no such topic')
  const taking = { staffId: c.get('signedIn').personId, narrowed: true, topic: topic.slug }
  return csvFile(c, 'subscribers.csv', takeOut(db, taking, subscriberLines(db, topic.slug)))
}
