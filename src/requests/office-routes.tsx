/** The console's desk for requests about data. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import { restrictedSince } from '../people/restriction.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { csvLine } from '../web/csv.ts'
import { roleHere, whoMay } from '../staff/guard.ts'
import { look } from '../staff/look.ts'
import { emailAddress, type Form, personName, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { asking, ownWords } from './asking.ts'
import { paperOf, papersOf, wordsOf } from './correspondence.ts'
import { dayIn, daysLeft, regimes } from './deadline.ts'
import {
  acceptMandate,
  type Acting,
  answer,
  chooseRegime,
  correctName,
  dismiss,
  extend,
  lift,
  refuse,
  remark,
  understand,
} from './handling.ts'
import { type Desk, DeskPage } from './desk-pages.tsx'
import { QueuePage, TakeDownPage } from './office-pages.tsx'
import { kindWords } from './office-words.ts'
import { listRequests } from './queue.ts'
import { grounds } from './refusal.ts'
import { file, requestOf } from './request.ts'
import { type Request, stepsOf } from './steps.ts'
import { kindNames } from './kinds.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/requests/:id'

export const officeRoutes = new Hono<Web>()
  .get('/staff/requests', signedIn, whoMay('requests'), showQueue)
  .get('/staff/requests/list.csv', signedIn, whoMay('requests'), takeOut)
  .get('/staff/requests/new', signedIn, whoMay('requests'), (c) => showTakeDown(c))
  .post('/staff/requests/new', signedIn, whoMay('requests'), takeDown)
  .get(BASE, signedIn, whoMay('requests'), (c) => showDesk(c))
  .get(`${BASE}/papers/:paper`, signedIn, whoMay('requests'), showPaper)
  .post(`${BASE}/answer`, signedIn, whoMay('requests'), sendAnswer)
  .post(`${BASE}/note`, signedIn, whoMay('requests'), keepNote)
  .post(`${BASE}/extend`, signedIn, whoMay('requests'), takeLonger)
  .post(`${BASE}/refuse`, signedIn, whoMay('requests'), refuseByForm)
  .post(`${BASE}/kind`, signedIn, whoMay('requests'), setKind)
  .post(`${BASE}/regime`, signedIn, whoMay('requests'), setRegime)
  .post(`${BASE}/name`, signedIn, whoMay('requests'), correctByForm)
  .post(`${BASE}/lift`, signedIn, whoMay('requests'), liftByForm)
  .post(`${BASE}/none`, signedIn, whoMay('requests'), (c) => act(c, dismiss))
  .post(`${BASE}/mandate`, signedIn, whoMay('requests'), freshly, (c) => act(c, acceptMandate))

const outcomes: Readonly<Record<string, string>> = {
  done: 'Done.',
  taken: 'It was taken down, and a letter is on its way.',
  unchanged: 'Nothing was done: the request stands otherwise by now.',
  'too late': 'Nothing was done: the day by which a delay must be told has passed. Answer it, or refuse it.',
  'not possible': 'Nothing was done: this request cannot take longer.',
}
const toldIn = (c: Ctx): string | undefined => Object.entries(outcomes).find(([word]) => word === c.req.query('done'))?.[1]

const whichIn = (c: Ctx): 'open' | 'closed' => (c.req.query('which') === 'closed' ? 'closed' : 'open')

async function showQueue(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const which = whichIn(c)
  const listed = await house.db.as('legal', (tx) => listRequests(tx, house, which))
  return showPage(c, { title: 'Requests', area: 'staff' }, <QueuePage listed={listed} which={which} told={toldIn(c)} />)
}

async function takeOut(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const listed = await house.db.as('legal', (tx) => listRequests(tx, house, whichIn(c), 10_000))
  const head = csvLine(['number', 'asks for', 'channel', 'received', 'answer by', 'clock', 'closed', 'ending'])
  const rows = listed.map(({ request: { id, kind, channel, receivedAt, answerBy, regime, closedAt, ending } }) =>
    csvLine([id, kind, channel, receivedAt.toISOString(), answerBy, regime, closedAt?.toISOString() ?? '', ending ?? '']),
  )
  return c.body(head + rows.join(''), 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="requests.csv"',
    'cache-control': 'no-store',
  })
}

const showTakeDown = (c: Ctx, form?: Failed): Response =>
  showPage(c, { title: 'Take a request down', area: 'staff' }, <TakeDownPage {...form} />, form ? 422 : 200)

async function takeDown(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, asking.extend({ email: emailAddress }))
  if (!form.ok) return showTakeDown(c, form)
  const by = c.get('signedIn').personId
  await house.db.as('rights', (tx) => file(tx, house, { ...form.data, channel: 'phone', by }))
  return c.redirect('/staff/requests?done=taken', 303)
}

async function requestHere(c: Ctx): Promise<Request> {
  const id = asId(c.req.param('id'))
  const request = id && (await c.get('house').db.as('legal', (tx) => requestOf(tx, id)))
  if (!request) throw nothingHere('no such request')
  return request
}

// What was written is the person's: who opens it has looked.
async function noteLook(c: Ctx, { personId, kind }: Request): Promise<void> {
  if (!personId) return
  const seen = { personId, staffId: c.get('signedIn').personId, role: roleHere(c), reason: 'request', note: kindWords[kind] } as const
  await c.get('house').db.as('legal', (tx) => look(tx, seen))
}

async function showDesk(c: Ctx, form?: Failed): Promise<Response> {
  const request = await requestHere(c)
  await noteLook(c, request)
  const desk = await c.get('house').db.as('legal', (tx) => deskOf(tx, c, request))
  const page = <DeskPage desk={desk} told={toldIn(c)} {...form} />
  return showPage(c, { title: 'Request', area: 'staff' }, page, form ? 422 : 200)
}

async function deskOf(tx: For<'legal'>, c: Ctx, request: Request): Promise<Desk> {
  const { zone } = c.get('house').config.privacyClock
  return {
    request,
    steps: await stepsOf(tx, request.id),
    words: await wordsOf(tx, request),
    papers: await papersOf(tx, request),
    restrictedSince: request.personId ? await restrictedSince(tx, request.personId) : undefined,
    daysLeft: daysLeft(dayIn(zone, now()), request.answerBy),
  }
}

async function showPaper(c: Ctx): Promise<Response> {
  const request = await requestHere(c)
  const paperId = asId(c.req.param('paper'))
  await noteLook(c, request)
  const paper = paperId && (await c.get('house').db.as('legal', (tx) => paperOf(tx, request, paperId)))
  if (!paper) throw nothingHere('no such document')
  // Always a download, whatever a browser would make of it.
  return c.body(new Uint8Array(paper.bytes), 200, {
    'content-type': paper.type,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(paper.name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'no-store',
  })
}

type Act = (tx: For<'rights'>, acting: Acting) => Promise<string>

async function act(c: Ctx, does: Act): Promise<Response> {
  const { id } = await requestHere(c)
  const by: Id = c.get('signedIn').personId
  const outcome = await c.get('house').db.as('rights', (tx) => does(tx, { id, by }))
  return c.redirect(`/staff/requests/${id}?done=${encodeURIComponent(outcome)}`, 303)
}

/** Reads the form of an act, and does it; or shows the desk again, with what was typed. */
async function actBy<S extends z.ZodObject>(c: Ctx, schema: S, does: (data: z.infer<S>) => Act): Promise<Response> {
  await requestHere(c)
  const form = await readForm(c, schema)
  return form.ok ? act(c, does(form.data)) : showDesk(c, form)
}

const needed = (sentence: string) => ownWords.min(1, sentence)

function sendAnswer(c: Ctx): Promise<Response> {
  const schema = z.object({ answer: needed('Please write the letter.'), ends: z.literal('yes').optional() })
  return actBy(
    c,
    schema,
    ({ answer: words, ends }) =>
      (tx, acting) =>
        answer(tx, c.get('house'), acting, { words, ends: ends === 'yes' }),
  )
}

function keepNote(c: Ctx): Promise<Response> {
  const schema = z.object({ note: needed('Please write the note.') })
  return actBy(
    c,
    schema,
    ({ note }) =>
      (tx, acting) =>
        remark(tx, acting, note),
  )
}

function takeLonger(c: Ctx): Promise<Response> {
  const schema = z.object({ reasons: needed('Please say why: without reasons it cannot take longer.') })
  return actBy(
    c,
    schema,
    ({ reasons }) =>
      (tx, acting) =>
        extend(tx, c.get('house'), acting, reasons),
  )
}

function refuseByForm(c: Ctx): Promise<Response> {
  const why = needed('Please say why: without reasons nothing is refused.')
  const schema = z.object({ ground: z.enum(grounds, 'Please choose the ground.'), why })
  return actBy(
    c,
    schema,
    ({ ground, why: words }) =>
      (tx, acting) =>
        refuse(tx, c.get('house'), acting, { ground, words }),
  )
}

function setKind(c: Ctx): Promise<Response> {
  const schema = z.object({ kind: z.enum(kindNames, 'Please choose.') })
  return actBy(
    c,
    schema,
    ({ kind }) =>
      (tx, acting) =>
        understand(tx, c.get('house'), acting, kind),
  )
}

function setRegime(c: Ctx): Promise<Response> {
  const schema = z.object({ regime: z.enum(regimes, 'Please choose.') })
  return actBy(
    c,
    schema,
    ({ regime }) =>
      (tx, acting) =>
        chooseRegime(tx, c.get('house'), acting, regime),
  )
}

function liftByForm(c: Ctx): Promise<Response> {
  const schema = z.object({ lift: needed('Please say why: nobody’s restriction is lifted without reasons.') })
  return actBy(
    c,
    schema,
    ({ lift: words }) =>
      (tx, acting) =>
        lift(tx, c.get('house'), acting, words),
  )
}

function correctByForm(c: Ctx): Promise<Response> {
  return actBy(
    c,
    z.object({ name: personName }),
    ({ name }) =>
      (tx, acting) =>
        correctName(tx, acting, name),
  )
}
