/** The console's desk for breaches. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { record } from '../audit/record.ts'
import { DAY, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { momentIn } from '../updates/zone.ts'
import { csvFile, csvLine } from '../web/csv.ts'
import { type Form, line, outcomeTold, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { answerable, approvalsNeeded, approve } from './approving.ts'
import { allBreaches, type Breach, breachOf, describe, draft, locked, note, open } from './breach.ts'
import { takeList, unreached } from './concerned.ts'
import { deskOf, wordsOf } from './desk.ts'
import { DeskPage } from './desk-pages.tsx'
import { factsForm, listIn, optionalDay } from './forms.ts'
import { dutyNames, noticeKinds, type NoticeKind, noticeNames, riskNames, sourceNames } from './kinds.ts'
import { missingIn } from './notices.ts'
import { NoticePage } from './notice-pages.tsx'
import { OpenPage, RegisterPage } from './pages.tsx'
import { runningOf } from './watch.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/breaches/:id'

export const breachRoutes = new Hono<Web>()
  .get('/staff/breaches', signedIn, whoMay('breaches'), showRegister)
  .get('/staff/breaches/new', signedIn, whoMay('breaches'), (c) => showOpening(c))
  .post('/staff/breaches/new', signedIn, whoMay('breaches'), enter)
  .get(BASE, signedIn, whoMay('breaches'), (c) => showDesk(c))
  .get(`${BASE}/unreached.csv`, signedIn, whoMay('breaches'), freshly, takeOut)
  .post(`${BASE}/facts`, signedIn, whoMay('breaches'), writeFacts)
  .post(`${BASE}/list`, signedIn, whoMay('breaches'), bringList)
  .post(`${BASE}/risk`, signedIn, whoMay('breaches'), assess)
  .get(`${BASE}/notices/:kind`, signedIn, whoMay('breaches'), (c) => showNotice(c))
  .post(`${BASE}/notices/:kind`, signedIn, whoMay('breaches'), keepNotice)
  .post(`${BASE}/approve`, signedIn, whoMay('breaches'), freshly, approveIt)
  .post(`${BASE}/duty`, signedIn, whoMay('breaches'), settleDuty)
  .post(`${BASE}/delay`, signedIn, whoMay('breaches'), noteDelay)
  .post(`${BASE}/close`, signedIn, whoMay('breaches'), freshly, closeIt)

const outcomes: Readonly<Record<string, string>> = {
  opened: 'It is in the register, and its clocks run.',
  described: 'Written down.',
  listed: 'The list was taken. How many of it are known here stands below.',
  assessed: 'The assessment is kept.',
  drafted: 'The words are kept.',
  approved: 'Approved. Somebody else has to approve it, too.',
  sent: 'It is on its way to those concerned.',
  noted: 'Noted.',
  closed: 'Closed.',
  unchanged: 'Nothing was done: the breach stands otherwise by now.',
  again: 'Nothing was done: you have approved it already, and the second approval is somebody else’s.',
  duties: 'Nothing was done: there is still something that must be done, or found not to be due.',
}

const by = (c: Ctx): Id => c.get('signedIn').personId
const back = (c: Ctx, id: Id, done: string): Response => c.redirect(`/staff/breaches/${id}?done=${done}`, 303)

async function showRegister(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const all = await house.db.as('legal', allBreaches)
  const listed = []
  for (const breach of all) {
    const next = breach.closedAt ? undefined : (await runningOf(house, breach)).find(({ state }) => state === 'open')
    listed.push({ breach, next })
  }
  return showPage(c, { title: 'Breaches', area: 'staff' }, <RegisterPage listed={listed} at={now()} />)
}

function showOpening(c: Ctx, form?: Failed): Response {
  const { zone } = c.get('house').config.privacyClock
  return showPage(c, { title: 'Enter a breach', area: 'staff' }, <OpenPage zone={zone} {...form} />, form ? 422 : 200)
}

const opening = z.object({
  day: z.iso.date('Please give the day.'),
  time: z.string('Please give the time, such as 09:30.').regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Please give the time, such as 09:30.'),
  source: z.enum(sourceNames, 'Please choose.'),
  processor: z.string().trim().max(200, 'At most 200 characters, please.').default(''),
  processorKnewOn: optionalDay,
})

async function enter(c: Ctx): Promise<Response> {
  const { db, config } = c.get('house')
  const form = await readForm(c, opening)
  if (!form.ok) return showOpening(c, form)
  const { day, time, source, processor, processorKnewOn } = form.data
  const awareAt = momentIn(config.privacyClock.zone, day, time)
  if (!awareAt || awareAt > now() || awareAt.getTime() < now().getTime() - 3_650 * DAY)
    return showOpening(c, refuseField({ day, time, source, processor }, 'day', 'That has to be a day in the past, up to now.'))
  const id = await db.as('legal', (tx) => open(tx, by(c), { source, processor: processor || null, processorKnewOn, awareAt }))
  return back(c, id, 'opened')
}

async function breachHere(c: Ctx): Promise<Breach> {
  const id = asId(c.req.param('id'))
  const breach = id && (await c.get('house').db.as('legal', (tx) => breachOf(tx, id)))
  if (!breach) throw nothingHere('no such breach')
  return breach
}

async function showDesk(c: Ctx, form?: Failed): Promise<Response> {
  const desk = await deskOf(c.get('house'), await breachHere(c))
  const page = <DeskPage desk={desk} told={outcomeTold(c, outcomes)} {...form} />
  return showPage(c, { title: 'A breach', area: 'staff' }, page, form ? 422 : 200)
}

/** Does something to a breach that is not closed; the outcome stands in the address. */
async function act(c: Ctx, does: (tx: For<'legal'>, breach: Breach) => Promise<string>): Promise<Response> {
  const { id } = await breachHere(c)
  const outcome = await c.get('house').db.as('legal', async (tx) => {
    const breach = await locked(tx, id)
    return breach && !breach.closedAt ? does(tx, breach) : 'unchanged'
  })
  return back(c, id, outcome)
}

async function writeFacts(c: Ctx): Promise<Response> {
  await breachHere(c)
  const form = await readForm(c, factsForm)
  if (!form.ok) return showDesk(c, form)
  return act(c, async (tx, { id, sentAt }) => {
    // What the people were told, and who they are, is settled.
    if (sentAt) return 'unchanged'
    await describe(tx, { id, by: by(c) }, form.data)
    return 'described'
  })
}

async function bringList(c: Ctx): Promise<Response> {
  const breach = await breachHere(c)
  await readForm(c, z.object({}))
  const { list } = await c.req.parseBody()
  const people = await listIn(list)
  if (typeof people === 'string') return showDesk(c, { ok: false, errors: { list: people }, typed: {} })
  if (breach.sentAt || breach.closedAt) return back(c, breach.id, 'unchanged')
  const known = await c.get('house').db.as('rights', (tx) => takeList(tx, breach.id, people))
  const detail = `${people.length} lines, ${known} of them known`
  await c.get('house').db.as('legal', (tx) => note(tx, { id: breach.id, by: by(c) }, 'listed', { detail }))
  return back(c, breach.id, 'listed')
}

async function assess(c: Ctx): Promise<Response> {
  await breachHere(c)
  const reason = z.string().trim().min(1, 'Please give the reasons.').max(5_000, 'At most 5,000 characters, please.')
  const form = await readForm(c, z.object({ risk: z.enum(riskNames, 'Please choose.'), reason }))
  if (!form.ok) return showDesk(c, form)
  return act(c, async (tx, { id }) => {
    await note(tx, { id, by: by(c) }, 'assessed', { detail: form.data.risk, words: form.data.reason })
    return 'assessed'
  })
}

function kindHere(c: Ctx): NoticeKind {
  const kind = noticeNames.find((name) => name === c.req.param('kind'))
  if (!kind) throw nothingHere('no such notice')
  return kind
}

async function showNotice(c: Ctx, form?: Failed): Promise<Response> {
  const [breach, kind] = [await breachHere(c), kindHere(c)]
  const words = await wordsOf(c.get('house'), breach, kind)
  if (!words) throw nothingHere('nothing is known yet')
  const draft = form ? { subject: form.typed['subject'] ?? '', body: form.typed['body'] ?? '' } : words
  const fixed = breach.closedAt !== undefined || (kind === 'people' && breach.sentAt !== undefined)
  const page = <NoticePage {...{ id: breach.id, kind, draft, fixed, errors: form?.errors }} />
  return showPage(c, { title: noticeKinds[kind], area: 'staff' }, page, form ? 422 : 200)
}

async function keepNotice(c: Ctx): Promise<Response> {
  const kind = kindHere(c)
  await breachHere(c)
  const form = await readForm(c, noticeForm)
  if (!form.ok) return showNotice(c, form)
  const { subject, body } = form.data
  const missing = missingIn(kind, body)
  if (missing.length > 0)
    return showNotice(c, refuseField(form.data, 'body', `The law wants these, each as a line of its own: ${missing.join('; ')}.`))
  return act(c, async (tx, { id, sentAt }) => {
    if (sentAt && kind === 'people') return 'unchanged'
    await draft(tx, { id, by: by(c) }, { kind, subject, body })
    return 'drafted'
  })
}

const noticeForm = z.object({
  subject: line(300, 'Please give it a subject.'),
  body: z
    .string('Please write it.')
    .transform((text) => text.replaceAll('\r\n', '\n').trim())
    .pipe(z.string().min(1, 'Please write it.').max(20_000, 'At most 20,000 characters, please.')),
})

async function approveIt(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { id } = await breachHere(c)
  const form = await readForm(c, z.object({ notice: z.string(), sure: z.literal('yes', 'Please tick the box when you are sure.') }))
  if (!form.ok) return showDesk(c, form)
  const noticeId = asId(form.data.notice)
  if (!noticeId) return back(c, id, 'unchanged')
  const needed = approvalsNeeded((await answerable(house)).length)
  return back(c, id, await house.db.as('legal', (tx) => approve(tx, { id, by: by(c) }, { noticeId, needed })))
}

async function settleDuty(c: Ctx): Promise<Response> {
  await breachHere(c)
  const words = z.string().trim().min(1, 'Please say with which reference, or why not.').max(2_000, 'At most 2,000 characters, please.')
  const schema = z.object({ duty: z.enum(dutyNames, 'Please choose.'), how: z.enum(['told', 'spared'], 'Please choose.'), words })
  const form = await readForm(c, schema)
  if (!form.ok) return showDesk(c, form)
  const { duty, how, words: said } = form.data
  return act(c, async (tx, { id }) => {
    await note(tx, { id, by: by(c) }, how, { detail: duty, words: said })
    return 'noted'
  })
}

async function noteDelay(c: Ctx): Promise<Response> {
  await breachHere(c)
  const schema = z.object({ until: z.iso.date('Please give the day.'), asked: line(500, 'Please say who asked.') })
  const form = await readForm(c, schema)
  if (!form.ok) return showDesk(c, form)
  return act(c, async (tx, { id }) => {
    await note(tx, { id, by: by(c) }, 'delayed', { detail: form.data.until, words: form.data.asked })
    return 'noted'
  })
}

async function closeIt(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const clocks = await runningOf(house, await breachHere(c))
  return act(c, async (tx, { id, facts, risk }) => {
    if (!facts || !risk || clocks.some(({ state }) => state === 'open')) return 'duties'
    await note(tx, { id, by: by(c) }, 'closed')
    return 'closed'
  })
}

async function takeOut(c: Ctx): Promise<Response> {
  const { id } = await breachHere(c)
  const rows = await c.get('house').db.as('rights', async (tx) => {
    await record(tx, { act: 'person.listed', actor: by(c), thing: id })
    return unreached(tx, id)
  })
  const lines = rows.map(({ personId, name, email, fate }) => csvLine([personId, name, email, fate]))
  return csvFile(c, 'unreached.csv', [csvLine(['number', 'name', 'address', 'what became of the letter']), ...lines])
}
