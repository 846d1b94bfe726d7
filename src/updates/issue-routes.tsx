/** Issues in the console, for those who write and send them. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { HOUR, now } from '../clock.ts'
import { enqueue } from '../jobs/queue.ts'
import { asId, type Id } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { csvLine } from '../staff/csv.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, line, readForm, refuseField, type Typed } from '../web/form.ts'
import { safeHeaders } from '../web/headers.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { reachOf } from './audience.ts'
import { checklistFor, mayGo } from './checklist.ts'
import { deskFacts, echoes, echoOf, uncertainOf } from './desk.ts'
import { DeskPage } from './desk-pages.tsx'
import { pressIssue } from './edition.ts'
import { addImage, imageNamed, MOST_IMAGES, removeImage } from './image.ts'
import {
  actsOf,
  allIssues,
  approve,
  begin,
  doneOf,
  type Doing,
  edit,
  isApproved,
  type Issue,
  issueOf,
  mayApprove,
  pause,
  progressOf,
  resume,
  schedule,
  withdraw,
} from './issue.ts'
import { IssuesPage, progressJson, ScheduledPage, SentPage, standingWords } from './issue-pages.tsx'
import { escaped, filled } from './rendering.ts'
import { countAsSent, sendAgain } from './settling.ts'
import { allTopics, topicNamed } from './topic.ts'
import { cancel } from './wake.ts'
import { momentIn, zones } from './zone.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/updates/issues/:id'

export const issueRoutes = new Hono<Web>()
  .get('/updates/images/:name', showImage)
  .get('/staff/updates', signedIn, whoMay('updates'), showIssues)
  .post('/staff/updates', signedIn, whoMay('updates'), beginIssue)
  .get('/staff/updates/issues.csv', signedIn, whoMay('updates'), takeOut)
  .get(BASE, signedIn, whoMay('updates'), async (c) => showIssue(c, await issueHere(c)))
  .post(BASE, signedIn, whoMay('updates'), save)
  .get(`${BASE}/letter.html`, signedIn, whoMay('updates'), showLetter)
  .get(`${BASE}/letter.txt`, signedIn, whoMay('updates'), async (c) => c.text(await textOf(c, await issueHere(c)), 200, NO_STORE))
  .get(`${BASE}/progress.json`, signedIn, whoMay('updates'), showProgress)
  .post(`${BASE}/images`, signedIn, whoMay('updates'), upload)
  .post(`${BASE}/images/:name/remove`, signedIn, whoMay('updates'), dropImage)
  .post(`${BASE}/test`, signedIn, whoMay('updates'), sendTest)
  .post(`${BASE}/schedule`, signedIn, whoMay('updates'), freshly, scheduleIssue)
  .post(`${BASE}/approve`, signedIn, whoMay('updates'), freshly, approveIssue)
  .post(`${BASE}/withdraw`, signedIn, whoMay('updates'), (c) => actOn(c, withdraw, 'withdrawn'))
  .post(`${BASE}/pause`, signedIn, whoMay('updates'), (c) => actOn(c, pause, 'paused'))
  .post(`${BASE}/resume`, signedIn, whoMay('updates'), (c) => actOn(c, resumeNow, 'resumed'))
  .post(`${BASE}/count-as-sent`, signedIn, whoMay('updates'), freshly, (c) => actOn(c, countAsSent, 'counted'))
  .post(`${BASE}/send-again`, signedIn, whoMay('updates'), freshly, (c) => actOn(c, sendAgain, 'resent'))
  .post(`${BASE}/cancel`, signedIn, whoMay('updates'), freshly, (c) => actOn(c, cancel, 'cancelled'))

const NO_STORE = { 'cache-control': 'no-store' }

const outcomes: Typed = {
  saved: 'Saved.',
  added: 'The picture was added. Put its line into the words where you want it.',
  removed: 'The picture was removed.',
  tested: 'A test letter to you is on its way.',
  scheduled: 'It is on its way.',
  approved: 'Approved.',
  withdrawn: 'It is back at the desk.',
  paused: 'Paused. Letters that were under way still arrive.',
  resumed: 'It goes on.',
  cancelled: 'Cancelled. Nobody else gets it.',
  counted: 'They count as sent.',
  resent: 'They are sent again.',
  unchanged: 'Nothing was done: the issue stands otherwise by now.',
}
const toldIn = (c: Ctx): string | undefined => Object.entries(outcomes).find(([word]) => word === c.req.query('done'))?.[1]
const done = (c: Ctx, id: Id, what: string): Response => c.redirect(`/staff/updates/issues/${id}?done=${what}`, 303)

async function issueHere(c: Ctx): Promise<Issue> {
  const id = asId(c.req.param('id'))
  const issue = id && (await c.get('house').db.as('updates', (tx) => issueOf(tx, id)))
  if (!issue) throw nothingHere('no such issue')
  return issue
}

async function showIssues(c: Ctx): Promise<Response> {
  const lists = await c.get('house').db.as('updates', async (tx) => ({ issues: await allIssues(tx), topics: await allTopics(tx) }))
  return showPage(c, { title: 'Updates', area: 'staff' }, <IssuesPage {...lists} told={toldIn(c)} />)
}

async function beginIssue(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ topic: z.string().max(100) }))
  const topic = form.ok ? form.data.topic : ''
  const { personId: by } = c.get('signedIn')
  const id = await c.get('house').db.as('updates', async (tx) => ((await topicNamed(tx, topic)) ? begin(tx, { topic, by }) : undefined))
  if (!id) throw nothingHere('no such topic')
  return c.redirect(`/staff/updates/issues/${id}`, 303)
}

// ---- One issue ---------------------------------------------------------------------------------

async function showIssue(c: Ctx, issue: Issue, refused?: Failed): Promise<Response> {
  const house = c.get('house')
  // The page holds frames of our own with the letter in them.
  c.header('content-security-policy', `${safeHeaders(house.config)['content-security-policy']}; frame-src 'self'`)
  const page = issue.standing === 'draft' ? deskPage : issue.standing === 'scheduled' ? scheduledPage : sentPage
  const shown = { title: issue.subject || 'Issue', area: 'staff', script: house.assets.live } as const
  return showPage(c, shown, await page(c, issue, refused), refused ? 422 : 200)
}

async function textOf(c: Ctx, issue: Issue): Promise<string> {
  const house = c.get('house')
  const pressed = await house.db.as('updates', (tx) => pressIssue(tx, house, issue))
  return filled(pressed.text, sampleReader(c))
}

/** The letter to whoever looks at it; its link for leaving leads nowhere. */
const sampleReader = (c: Ctx) => ({ name: c.get('signedIn').name, leave: `${c.get('house').config.origin}/updates/unsubscribe/example` })

async function deskPage(c: Ctx, issue: Issue, refused?: Failed) {
  const house = c.get('house')
  const score = c.req.query('score') === 'yes'
  if (score) await limit(house.db, 'spam score by person', c.get('signedIn').personId)
  const facts = await house.db.as('updates', (tx) => deskFacts(tx, issue))
  const checks = await checklistFor(house, issue, score)
  return (
    <DeskPage
      {...{ issue, checks, ...facts }}
      text={await textOf(c, issue)}
      told={toldIn(c)}
      errors={refused?.errors}
      typed={refused?.typed}
    />
  )
}

async function scheduledPage(c: Ctx, issue: Issue) {
  const { config, db } = c.get('house')
  const { personId: by } = c.get('signedIn')
  const facts = await db.as('updates', async (tx) => ({
    acts: await actsOf(tx, issue.id),
    meant: (await reachOf(tx, issue)).meant,
    approved: await isApproved(tx, issue.id),
    may: await mayApprove(tx, { issueId: issue.id, by }),
  }))
  const approval = !config.updatesApproval ? 'not needed' : facts.approved ? 'given' : facts.may ? 'needed' : 'own'
  return <ScheduledPage {...{ issue, approval, acts: facts.acts, meant: facts.meant }} text={await textOf(c, issue)} told={toldIn(c)} />
}

async function sentPage(c: Ctx, issue: Issue) {
  const facts = await c.get('house').db.as('updates', async (tx) => ({
    acts: await actsOf(tx, issue.id),
    progress: await progressOf(tx, issue.id),
    echo: await echoOf(tx, c.get('house'), issue.id),
    uncertain: await uncertainOf(tx, issue.id),
  }))
  return <SentPage {...{ issue, ...facts }} text={await textOf(c, issue)} told={toldIn(c)} />
}

async function showProgress(c: Ctx): Promise<Response> {
  const issue = await issueHere(c)
  const { progress, echo } = await c.get('house').db.as('updates', async (tx) => ({
    progress: await progressOf(tx, issue.id),
    echo: await echoOf(tx, c.get('house'), issue.id),
  }))
  if (!progress) throw nothingHere('not started')
  return c.json(progressJson(issue, progress, echo), 200, NO_STORE)
}

// The letter has styles at its elements, which our own pages may not have; nothing else may happen in it.
const LETTER_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"

async function showLetter(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const issue = await issueHere(c)
  const pressed = await house.db.as('updates', (tx) => pressIssue(tx, house, issue))
  const html = filled(pressed.html, sampleReader(c), escaped)
  const dark = c.req.query('scheme') === 'dark'
  c.header('content-security-policy', LETTER_POLICY)
  c.header('x-frame-options', 'SAMEORIGIN')
  return c.html(dark ? html.replace('<html lang="en">', '<html lang="en" style="color-scheme:dark">') : html, 200, NO_STORE)
}

// ---- Writing -----------------------------------------------------------------------------------

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

// ---- Acts --------------------------------------------------------------------------------------

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

async function approveIssue(c: Ctx): Promise<Response> {
  const issue = await issueHere(c)
  const { personId: by } = c.get('signedIn')
  const outcome = await c.get('house').db.as('updates', async (tx) => {
    await enqueue(tx, 'updates.wake', {})
    return approve(tx, { issueId: issue.id, by })
  })
  return done(c, issue.id, outcome === 'approved' ? 'approved' : 'unchanged')
}

const resumeNow: typeof resume = async (tx, doing) => {
  await enqueue(tx, 'updates.wake', {})
  return resume(tx, doing)
}

async function actOn(c: Ctx, act: (tx: Parameters<typeof pause>[0], doing: Doing) => Promise<boolean>, what: string): Promise<Response> {
  const issue = await issueHere(c)
  const did = await c.get('house').db.as('updates', (tx) => act(tx, { issueId: issue.id, by: c.get('signedIn').personId }))
  return done(c, issue.id, did ? what : 'unchanged')
}

// ---- CSV ---------------------------------------------------------------------------------------

const COLUMNS = [
  'address',
  'topic',
  'subject',
  'standing',
  'started',
  'readers',
  'settled',
  'delivered',
  'refused',
  'came back',
  'reported',
  'had left',
  'uncertain',
  'cancelled',
  'left by it',
  'answers',
]

async function takeOut(c: Ctx): Promise<Response> {
  const { issues, found } = await c
    .get('house')
    .db.as('updates', async (tx) => ({ issues: await allIssues(tx, 10_000), found: await echoes(tx) }))
  const lines = issues.map((issue) => ({ issue, echo: found.get(issue.id) }))
  const rows = lines.map(({ issue, echo }) => {
    const { progress } = issue
    const counts = progress
      ? [
          progress.total,
          doneOf(progress),
          progress.taken - progress.bounced,
          progress.refused,
          progress.bounced,
          progress.complained,
          progress.left,
          progress.uncertain,
          progress.cancelled,
          echo?.left ?? 0,
          echo?.replies ?? 0,
        ]
      : Array<string>(11).fill('')
    return csvLine([
      issue.slug,
      issue.topic,
      issue.subject,
      standingWords[issue.standing],
      progress?.fixedAt.toISOString() ?? '',
      ...counts.map(String),
    ])
  })
  return c.body([csvLine(COLUMNS), ...rows].join(''), 200, {
    ...NO_STORE,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="updates.csv"',
  })
}
