/** The desk in the console: an issue is written, illustrated, tried out and given its time. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { HOUR, now } from '../clock.ts'
import { enqueue } from '../jobs/queue.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { line, readForm, refuseField, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { checklistFor, mayGo } from './checklist.ts'
import { addImage, imageNamed, MOST_IMAGES, removeImage } from './image.ts'
import { edit, schedule } from './issue.ts'
import { BASE, done, issueHere, showIssue } from './issue-routes.tsx'
import { topicNamed } from './topic.ts'
import { momentIn, zones } from './zone.ts'

type Ctx = Context<Web>

export const deskRoutes = new Hono<Web>()
  .get('/updates/images/:name', showImage)
  .post(BASE, signedIn, whoMay('updates'), save)
  .post(`${BASE}/images`, signedIn, whoMay('updates'), upload)
  .post(`${BASE}/images/:name/remove`, signedIn, whoMay('updates'), dropImage)
  .post(`${BASE}/test`, signedIn, whoMay('updates'), sendTest)
  .post(`${BASE}/schedule`, signedIn, whoMay('updates'), freshly, scheduleIssue)

const optional = z.string().trim().max(100).optional()
const draftForm = z.object({
  topic: z.string().max(100),
  subject: z
    .string()
    .normalize('NFC')
    .trim()
    .max(200, 'At most 200 characters, please.')
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'Please write this on one line.'),
  preheader: z
    .string()
    .normalize('NFC')
    .trim()
    .max(200, 'At most 200 characters, please.')
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'Please write this on one line.'),
  body: z.string().normalize('NFC').max(60_000, 'At most 60,000 characters, please.'),
  language: optional,
  service: optional,
  joinedSince: z.union([z.literal(''), z.iso.date('Please give a day.')]).optional(),
})

async function save(c: Ctx): Promise<Response> {
  const issue = await issueHere(c)
  const form = await readForm(c, draftForm)
  if (!form.ok) return showIssue(c, issue, form)
  const { topic, subject, preheader, body, ...conditions } = form.data
  const narrowed = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value))
  const { personId: by } = c.get('signedIn')
  const saved = await c.get('house').db.as('updates', async (tx) => {
    if (!(await topicNamed(tx, topic))) return 'no topic'
    return edit(tx, { issueId: issue.id, by, topic, subject, preheader, body: body.replace(/\r\n/g, '\n'), narrowed })
  })
  if (saved === 'no topic') return showIssue(c, issue, refuseField(form.data as Typed, 'topic', 'Please choose a topic.'))
  return done(c, issue.id, saved ? 'saved' : 'unchanged')
}

async function upload(c: Ctx): Promise<Response> {
  const issue = await issueHere(c)
  const form = await readForm(c, z.object({ alt: line(300, 'Please say in words what it shows.') }))
  if (!form.ok) return showIssue(c, issue, form)
  const file = (await c.req.parseBody())['picture']
  const bytes = file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0)
  const { personId: by } = c.get('signedIn')
  const added = await c.get('house').db.as('updates', (tx) => addImage(tx, { issueId: issue.id, bytes, alt: form.data.alt, by }))
  if (added === 'no picture')
    return showIssue(c, issue, refuseField(form.data, 'picture', 'That is not a PNG, JPEG, GIF or WebP picture of at most 2 MB.'))
  if (added === 'too many') return showIssue(c, issue, refuseField(form.data, 'picture', `An issue has ${MOST_IMAGES} pictures at most.`))
  return done(c, issue.id, 'added')
}

async function dropImage(c: Ctx): Promise<Response> {
  const issue = await issueHere(c)
  if (issue.standing !== 'draft') return done(c, issue.id, 'unchanged')
  const name = c.req.param('name') ?? ''
  if (!(await c.get('house').db.as('updates', (tx) => removeImage(tx, issue.id, name)))) throw nothingHere('no such picture')
  return done(c, issue.id, 'removed')
}

/** A picture, for everybody alike: web mail shows it from its own pages. */
async function showImage(c: Ctx): Promise<Response> {
  const name = c.req.param('name') ?? ''
  const image = /^[\w-]{22}\.\w{3,4}$/.test(name) ? await c.get('house').db.as('updates', (tx) => imageNamed(tx, name)) : undefined
  if (!image) throw nothingHere('no such picture')
  c.header('content-security-policy', "default-src 'none'; sandbox")
  c.header('cross-origin-resource-policy', 'cross-origin')
  return c.body(new Uint8Array(image.bytes), 200, { 'content-type': image.type, 'cache-control': 'public, max-age=31536000, immutable' })
}

async function sendTest(c: Ctx): Promise<Response> {
  const issue = await issueHere(c)
  const { db } = c.get('house')
  const { personId } = c.get('signedIn')
  await limit(db, 'test letter by person', personId)
  await db.as('updates', (tx) => enqueue(tx, 'updates.test', { issueId: issue.id, personId }))
  return done(c, issue.id, 'tested')
}

const scheduleForm = z.object({
  day: z.union([z.literal(''), z.iso.date('Please give a day.')]).default(''),
  time: z.union([z.literal(''), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Please give a time such as 09:30.')]).default(''),
  zone: z.enum(zones as [string, ...string[]], 'Please choose a time zone.'),
  sure: z.literal('yes', 'Please read it first, as its readers will.'),
})

async function scheduleIssue(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const issue = await issueHere(c)
  const form = await readForm(c, scheduleForm)
  if (!form.ok) return showIssue(c, issue, form)
  const { day, time, zone } = form.data
  if (time && !day) return showIssue(c, issue, refuseField(form.data, 'day', 'Please give the day, too.'))
  const sendAt = day ? momentIn(zone, day, time || '09:00') : now()
  if (!sendAt || sendAt.getTime() < now().getTime() - HOUR)
    return showIssue(c, issue, refuseField(form.data, 'day', 'That is over already.'))
  if (issue.standing === 'draft' && !mayGo(await checklistFor(house, issue)))
    return showIssue(c, issue, refuseField(form.data, '', 'Something is to be mended first: see “Before it goes”.'))
  const { personId: by } = c.get('signedIn')
  const scheduled = await house.db.as('updates', async (tx) => {
    await enqueue(tx, 'updates.wake', {})
    return schedule(tx, { issueId: issue.id, by, sendAt, zone })
  })
  return done(c, issue.id, scheduled ? 'scheduled' : 'unchanged')
}
