/** Issues in the console: the list, the page of each, and what is done with one whose words are fixed. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { enqueue } from '../jobs/queue.ts'
import { asId, type Id } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { csvFile, csvLine } from '../web/csv.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, outcomeTold, readForm, type Typed } from '../web/form.ts'
import { safeHeaders } from '../web/headers.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { reachOf } from './audience.ts'
import { checklistFor } from './checklist.ts'
import { deskFacts, echoes, echoOf, uncertainOf } from './desk.ts'
import { DeskPage } from './desk-pages.tsx'
import { pressIssue } from './edition.ts'
import {
  actsOf,
  allIssues,
  approve,
  begin,
  doneOf,
  type Doing,
  isApproved,
  type Issue,
  issueOf,
  mayApprove,
  pause,
  progressOf,
  resume,
  withdraw,
} from './issue.ts'
import { IssuesPage, standingWords } from './issue-pages.tsx'
import { escaped, filled } from './rendering.ts'
import { progressJson, ScheduledPage, SentPage } from './sent-pages.tsx'
import { countAsSent, sendAgain } from './settling.ts'
import { allTopics, topicNamed } from './topic.ts'
import { cancel } from './wake.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
export const BASE = '/staff/updates/issues/:id'

export const issueRoutes = new Hono<Web>()
  .get('/staff/updates', signedIn, whoMay('updates'), showIssues)
  .post('/staff/updates', signedIn, whoMay('updates'), beginIssue)
  .get('/staff/updates/issues.csv', signedIn, whoMay('updates'), takeOut)
  .get(BASE, signedIn, whoMay('updates'), async (c) => showIssue(c, await issueHere(c)))
  .get(`${BASE}/letter.html`, signedIn, whoMay('updates'), showLetter)
  .get(`${BASE}/letter.txt`, signedIn, whoMay('updates'), async (c) => c.text(await textOf(c, await issueHere(c)), 200, NO_STORE))
  .get(`${BASE}/progress.json`, signedIn, whoMay('updates'), showProgress)
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
const toldIn = (c: Ctx): string | undefined => outcomeTold(c, outcomes)

/** Back to the issue's page, which says what was done. */
export const done = (c: Ctx, id: Id, what: string): Response => c.redirect(`/staff/updates/issues/${id}?done=${what}`, 303)

/** The issue that this address names. */
export async function issueHere(c: Ctx): Promise<Issue> {
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

/** The page of an issue as it stands; with the form again, if it was refused. */
export async function showIssue(c: Ctx, issue: Issue, refused?: Failed): Promise<Response> {
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

// ---- Acts --------------------------------------------------------------------------------------

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
  return csvFile(c, 'updates.csv', [csvLine(COLUMNS), ...rows])
}
