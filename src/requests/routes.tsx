/** Asking without an account: a form, one letter, a button that confirms it once, and a page that shows how it stands. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Id } from '../log.ts'
import { MOST_PAPER, paperIn } from '../mail/paper.ts'
import { clientNetwork } from '../web/client.ts'
import { emailAddress, type Form, line, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { publicPage, showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit, limitLetters } from '../web/throttle.ts'
import { asking } from './asking.ts'
import { askAgain, mayAskAgain } from './copy-link.ts'
import { OverPage } from './form.tsx'
import { requestBehind, statusPath } from './link.ts'
import { officeRoutes } from './office-routes.tsx'
import { AgentPage, AskedPage, AskPage, ConfirmPage, StatusPage } from './pages.tsx'
import { file, prove, requestOf, requestToProve, withdraw } from './request.ts'
import { stepsOf } from './steps.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>

export const requestRoutes = new Hono<Web>()
  .get('/privacy/requests/new', (c) => showForm(c))
  .post('/privacy/requests/new', askByForm)
  .get('/privacy/requests/agent', (c) => showAgent(c))
  .post('/privacy/requests/agent', askByAgent)
  .get(
    '/privacy/requests/asked',
    publicPage(() => ({ shown: { title: 'Please look into the inbox', robots: 'noindex' as const }, body: <AskedPage /> })),
  )
  .get('/privacy/requests/confirm/:code', (c) => showConfirm(c, c.req.param('code')))
  .post('/privacy/requests/confirm/:code', (c) => confirm(c, c.req.param('code')))
  .get('/privacy/requests/:token', (c) => showStatus(c, c.req.param('token')))
  .post('/privacy/requests/:token/withdraw', (c) => takeBack(c, c.req.param('token')))
  .post('/privacy/requests/:token/copy', (c) => sendLink(c, c.req.param('token')))
  .route('/', officeRoutes)

const SHOWN = { title: 'A request about your data', description: 'Have your data copied, corrected or erased; no account is needed.' }

function showForm(c: Ctx, form?: Failed): Response {
  const kind = c.req.query('kind') ?? ''
  return showPage(c, SHOWN, <AskPage typed={{ kind }} {...form} />, form ? 422 : 200)
}

async function askByForm(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, asking.extend({ email: emailAddress }))
  if (!form.ok) return showForm(c, form)
  await limit(house.db, 'requests by network', clientNetwork(c))
  await limitLetters(c, 'request', form.data.email)
  await house.db.as('rights', (tx) => file(tx, house, { ...form.data, channel: 'web' }))
  return c.redirect('/privacy/requests/asked', 303)
}

function showAgent(c: Ctx, form?: Failed): Response {
  return showPage(c, { title: 'A request for somebody else', robots: 'noindex' }, <AgentPage {...form} />, form ? 422 : 200)
}

const agentForm = asking.extend({ email: emailAddress, agent: line(300, 'Please say who you are.') })

async function askByAgent(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, agentForm)
  if (!form.ok) return showAgent(c, form)
  const paper = await paperIn((await c.req.parseBody())['mandate'], 'mandate')
  if (!paper) {
    const sentence = `Please add the mandate: a PDF, JPEG or PNG of at most ${MOST_PAPER / 2 ** 20} MB.`
    return showAgent(c, refuseField(form.data, 'mandate', sentence))
  }
  const { kind, email, agent, words } = form.data
  await limit(house.db, 'requests by network', clientNetwork(c))
  await limitLetters(c, 'request', email)
  const filing = { kind, email, channel: 'agent', words: `For this person writes: ${agent}\n\n${words}`, papers: [paper] } as const
  await house.db.as('rights', (tx) => file(tx, house, filing))
  return c.redirect('/privacy/requests/asked', 303)
}

async function showConfirm(c: Ctx, code: string, form?: Failed): Promise<Response> {
  const request = await c.get('house').db.as('rights', (tx) => requestToProve(tx, code))
  if (!request) return over(c)
  const page = <ConfirmPage code={code} request={request} {...form} />
  return showPage(c, { title: 'Is this request yours?', robots: 'noindex' }, page, form ? 422 : 200)
}

async function confirm(c: Ctx, code: string): Promise<Response> {
  const { db } = c.get('house')
  const waiting = await db.as('rights', (tx) => requestToProve(tx, code))
  if (!waiting) return over(c)
  if (waiting.kind === 'erasure') {
    const form = await readForm(c, z.object({ sure: z.literal('yes', 'Please tick the box when you are sure.') }))
    if (!form.ok) return showConfirm(c, code, form)
  }
  const proven = await db.as('rights', (tx) => prove(tx, code))
  return proven ? c.redirect(statusPath(db, proven.id), 303) : over(c)
}

async function over(c: Ctx): Promise<Response> {
  await limit(c.get('house').db, 'wrong link by network', clientNetwork(c))
  return showPage(c, { title: 'That link does not work any more', robots: 'noindex' }, <OverPage />, 410)
}

const outcomes: Readonly<Record<string, string>> = { withdrawn: 'You took it back.', sent: 'Another link is on its way to your address.' }

async function showStatus(c: Ctx, token: string): Promise<Response> {
  const id = await idBehind(c, token)
  const found = await c.get('house').db.as('rights', async (tx) => {
    const request = await requestOf(tx, id)
    return request && { request, steps: await stepsOf(tx, id) }
  })
  if (!found) throw nothingHere('the request was deleted')
  const page = <StatusPage path={c.req.path} {...found} copyable={mayAskAgain(found.request)} told={outcomes[c.req.query('done') ?? '']} />
  return showPage(c, { title: 'Your request', robots: 'noindex' }, page)
}

async function idBehind(c: Ctx, token: string): Promise<Id> {
  const id = requestBehind(c.get('house').db, token)
  if (id) return id
  await limit(c.get('house').db, 'wrong link by network', clientNetwork(c))
  throw nothingHere('no such request')
}

async function takeBack(c: Ctx, token: string): Promise<Response> {
  const id = await idBehind(c, token)
  const done = await c.get('house').db.as('rights', (tx) => withdraw(tx, id))
  return c.redirect(`/privacy/requests/${token}${done ? '?done=withdrawn' : ''}`, 303)
}

async function sendLink(c: Ctx, token: string): Promise<Response> {
  const id = await idBehind(c, token)
  const { db } = c.get('house')
  await limit(db, 'requests by network', clientNetwork(c))
  const done = await db.as('rights', (tx) => askAgain(tx, id))
  return c.redirect(`/privacy/requests/${token}${done ? '?done=sent' : ''}`, 303)
}
