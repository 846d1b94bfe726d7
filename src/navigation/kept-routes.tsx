/** What is kept for reports, in the console; and the report that a link opens for others. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id, log } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, line, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { addGoal, allGoals, endGoal, MOST_STEPS, readSteps } from './goal.ts'
import { KEPT, KeptPage, type KeptKind } from './kept-pages.tsx'
import {
  allNotes,
  allSegments,
  dropNote,
  dropSegment,
  endLink,
  LONGEST_LINK_DAYS,
  makeLink,
  openLinks,
  reportBehind,
  saveSegment,
  writeNote,
} from './kept.ts'
import { isDay, readQuestion, wordsOf } from './question.ts'
import { reportOf } from './report.ts'
import { SharedPage } from './shared-pages.tsx'

type Ctx = Context<Web>
type Refused = { kind: KeptKind } & Omit<Extract<Form<unknown>, { ok: false }>, 'ok'>

export const keptRoutes = new Hono<Web>()
  .get('/staff/navigation/kept', signedIn, whoMay('navigation'), (c) => show(c))
  .post('/staff/navigation/kept/goals', signedIn, whoMay('navigation'), goal)
  .post('/staff/navigation/kept/segments', signedIn, whoMay('navigation'), segment)
  .post('/staff/navigation/kept/notes', signedIn, whoMay('navigation'), note)
  .post('/staff/navigation/kept/links', signedIn, whoMay('navigation'), link)
  .post('/staff/navigation/kept/goals/:id/end', signedIn, whoMay('navigation'), (c) => end(c, c.req.param('id'), endGoal))
  .post('/staff/navigation/kept/segments/:id/end', signedIn, whoMay('navigation'), (c) => end(c, c.req.param('id'), dropSegment))
  .post('/staff/navigation/kept/notes/:id/end', signedIn, whoMay('navigation'), (c) => end(c, c.req.param('id'), dropNote))
  .post('/staff/navigation/kept/links/:id/end', signedIn, whoMay('navigation'), (c) => end(c, c.req.param('id'), endLink))
  .get('/visits/:token', shared)

const outcomes: Readonly<Record<string, string>> = {
  goals: 'The goal was added. Visits are counted for it from today on.',
  segments: 'The filters were saved.',
  notes: 'The note was written.',
  ended: 'It was taken away.',
}

async function show(c: Ctx, { refused, made }: { refused?: Refused; made?: string } = {}): Promise<Response> {
  const words = new URLSearchParams(refused?.typed['words'] ?? new URL(c.req.url).search)
  const kept = await c.get('house').db.as('improvement', async (tx) => ({
    segments: await allSegments(tx),
    notes: await allNotes(tx),
    goals: await allGoals(tx),
    links: await openLinks(tx),
  }))
  const told = Object.hasOwn(outcomes, c.req.query('done') ?? '') ? outcomes[c.req.query('done') ?? ''] : undefined
  const page = <KeptPage {...{ kept, refused, made, told }} question={readQuestion(words)} />
  return showPage(c, { title: 'Kept for reports', area: 'staff' }, page, refused ? 422 : 200)
}

const refuse = (c: Ctx, kind: KeptKind, form: Extract<Form<unknown>, { ok: false }>): Promise<Response> =>
  show(c, { refused: { kind, errors: form.errors, typed: form.typed } })

const done = (c: Ctx, kind: string): Response => {
  log('navigation.kept', { staff: c.get('signedIn').personId })
  return c.redirect(`${KEPT}?done=${kind}`, 303)
}

const goalForm = z.object({
  goal: line(80, 'Please give it a name.'),
  steps: z.string('Please write a step.').max(2_000, 'That is too long.'),
})

async function goal(c: Ctx): Promise<Response> {
  const form = await readForm(c, goalForm)
  if (!form.ok) return refuse(c, 'goals', form)
  const { goal: name, steps: text } = form.data
  const steps = readSteps(text)
  if (!steps)
    return refuse(
      c,
      'goals',
      refuseField(form.data, 'steps', `Please write 1 to ${MOST_STEPS} lines such as page /services or action sign up.`),
    )
  if (!(await c.get('house').db.as('improvement', (tx) => addGoal(tx, { name, steps }))))
    return refuse(c, 'goals', refuseField(form.data, 'goal', 'There are as many goals as can be counted: end one first.'))
  return done(c, 'goals')
}

const words = z.string().max(8_000).default('')
const segmentForm = z.object({ segment: line(80, 'Please give them a name.'), words })

async function segment(c: Ctx): Promise<Response> {
  const form = await readForm(c, segmentForm)
  if (!form.ok) return refuse(c, 'segments', form)
  // Filters are saved, not days: they are looked at again on other days.
  const question = { ...readQuestion(new URLSearchParams(form.data.words)), span: 30 as const }
  await c.get('house').db.as('improvement', (tx) => saveSegment(tx, { name: form.data.segment, words: wordsOf(question).toString() }))
  return done(c, 'segments')
}

const noteForm = z.object({
  day: z.string('Please choose a day.').refine(isDay, 'Please choose a day.'),
  says: line(200, 'Please say what happened.'),
})

async function note(c: Ctx): Promise<Response> {
  const form = await readForm(c, noteForm)
  if (!form.ok) return refuse(c, 'notes', form)
  await c.get('house').db.as('improvement', (tx) => writeNote(tx, form.data))
  return done(c, 'notes')
}

const linkForm = z.object({
  link: line(80, 'Please say whom it is for.'),
  days: z.coerce
    .number('Please give a number.')
    .int('Please give a whole number.')
    .min(1, 'One day at least.')
    .max(LONGEST_LINK_DAYS, 'A year at most.'),
  words,
})

async function link(c: Ctx): Promise<Response> {
  const form = await readForm(c, linkForm)
  if (!form.ok) return refuse(c, 'links', form)
  const house = c.get('house')
  const wanted = wordsOf(readQuestion(new URLSearchParams(form.data.words))).toString()
  const token = await house.db.as('improvement', (tx) => makeLink(tx, { name: form.data.link, days: form.data.days, words: wanted }))
  log('navigation.link-made', { staff: c.get('signedIn').personId })
  return show(c, { made: `${house.config.origin}/visits/${token}` })
}

type Ending = Parameters<typeof endGoal>[0]

async function end(c: Ctx, text: string, ending: (tx: Ending, id: Id) => Promise<boolean>): Promise<Response> {
  const id = asId(text)
  if (!id || !(await c.get('house').db.as('improvement', (tx) => ending(tx, id)))) throw nothingHere('nothing of this kind')
  return done(c, 'ended')
}

// For everybody who has no (longer a) link there is nothing here.
async function shared(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const token = c.req.param('token') ?? ''
  const found = /^[\w-]{32}$/.test(token) ? await reportBehind(house.db, token) : undefined
  if (!found) throw nothingHere('no such link')
  const question = readQuestion(new URLSearchParams(found.words))
  const page = (
    <SharedPage {...{ question, name: found.name, report: await reportOf(house, question) }} least={house.config.navigationThreshold} />
  )
  c.header('x-robots-tag', 'noindex')
  c.header('referrer-policy', 'no-referrer')
  return showPage(c, { title: 'Visits', robots: 'noindex' }, page)
}
