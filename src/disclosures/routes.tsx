/** The console's desk for legal demands, and the page that counts them for everybody. */
import { type Context, Hono } from 'hono'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { momentIn } from '../updates/zone.ts'
import { type Form, outcomeTold, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { countsOf } from './counts.ts'
import { actsOf, allDemands, bar, type Demand, demandOf, enter, find } from './demand.ts'
import { DeskPage } from './desk-pages.tsx'
import { approvalForm, barForm, entryForm, findingForm, paperForm, scopeForm, termForm, wrongInFinding, wrongInScope } from './forms.ts'
import { EnterPage, RegisterPage, TransparencyPage } from './pages.tsx'
import { type Brought, broughtIn, file, opened, papersOf } from './paper.ts'
import { preserve } from './preserving.ts'
import { approve, release } from './releasing.ts'
import { rescope } from './scope.ts'
import { tell } from './telling.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/demands/:id'

export const demandRoutes = new Hono<Web>()
  .get('/privacy/demands', showCounts)
  .get('/staff/demands', signedIn, whoMay('demands'), showRegister)
  .get('/staff/demands/new', signedIn, whoMay('demands'), (c) => showEntering(c))
  .post('/staff/demands/new', signedIn, whoMay('demands'), enterIt)
  .get(BASE, signedIn, whoMay('demands'), (c) => showDesk(c))
  .post(`${BASE}/papers`, signedIn, whoMay('demands'), filePaper)
  .get(`${BASE}/papers/:paper`, signedIn, whoMay('demands'), freshly, showPaper)
  .post(`${BASE}/scope`, signedIn, whoMay('demands'), writeScope)
  .post(`${BASE}/findings`, signedIn, whoMay('demands'), keepFinding)
  .post(`${BASE}/bars`, signedIn, whoMay('demands'), noteBar)
  .post(`${BASE}/notice`, signedIn, whoMay('demands'), freshly, tellThem)
  .post(`${BASE}/approve`, signedIn, whoMay('demands'), freshly, approveIt)
  .post(`${BASE}/release`, signedIn, whoMay('demands'), freshly, releaseIt)
  .post(`${BASE}/preserve`, signedIn, whoMay('demands'), freshly, preserveIt)

const outcomes: Readonly<Record<string, string>> = {
  entered: 'It is in the register.',
  filed: 'The document is sealed, and its hash is kept.',
  scoped: 'The scope is written down. What was found and approved about an earlier one holds no more.',
  checked: 'The finding is kept.',
  barred: 'The bar is noted. On the day on which it lapses those concerned are told by itself.',
  told: 'A letter is on its way to each of them.',
  approved: 'Approved. Two different people have to.',
  again: 'Nothing was done: you have approved it already, and the second approval is somebody else’s.',
  preserved: 'It is set aside.',
  unchanged: 'Nothing was done: the demand stands otherwise by now.',
  'not-told': 'Nobody was told: a bar on telling stands.',
  way: 'Nothing was handed over: a preservation letter asks for nothing to be.',
  scope: 'Nothing was handed over: it is not written down what it covers.',
  basis: 'Nothing was done: nobody has found that the law requires exactly this.',
  people: 'Nothing was handed over: two people have to approve it.',
  notice: 'Nothing was handed over: those concerned are told first, because no bar stands.',
  paper: 'Nothing was set aside: the letter itself is not filed.',
}

const by = (c: Ctx): Id => c.get('signedIn').personId
const back = (c: Ctx, id: Id, done: string): Response => c.redirect(`/staff/demands/${id}?done=${done}`, 303)

async function showCounts(c: Ctx): Promise<Response> {
  const years = await c.get('house').db.as('legal', (tx) => countsOf(tx, String(now().getUTCFullYear())))
  const description = 'How often authorities demanded data about people, and what became of it.'
  return showPage(c, { title: 'Demands of authorities', description }, <TransparencyPage years={years} />)
}

async function showRegister(c: Ctx): Promise<Response> {
  const demands = await c.get('house').db.as('legal', allDemands)
  return showPage(c, { title: 'Demands', area: 'staff' }, <RegisterPage demands={demands} />)
}

const showEntering = (c: Ctx, form?: Failed): Response =>
  showPage(c, { title: 'Enter a demand', area: 'staff' }, <EnterPage {...form} />, form ? 422 : 200)

async function enterIt(c: Ctx): Promise<Response> {
  const form = await readForm(c, entryForm)
  if (!form.ok) return showEntering(c, form)
  const id = await c.get('house').db.as('legal', (tx) => enter(tx, by(c), form.data))
  return back(c, id, 'entered')
}

async function demandHere(c: Ctx): Promise<Demand> {
  const id = asId(c.req.param('id'))
  const demand = id && (await c.get('house').db.as('legal', (tx) => demandOf(tx, id)))
  if (!demand) throw nothingHere('no such demand')
  return demand
}

async function showDesk(c: Ctx, form?: Failed): Promise<Response> {
  const demand = await demandHere(c)
  const desk = await c.get('house').db.as('legal', async (tx) => ({
    demand,
    papers: await papersOf(tx, demand.id),
    acts: await actsOf(tx, demand.id),
  }))
  const page = <DeskPage desk={desk} told={outcomeTold(c, outcomes)} {...form} />
  return showPage(c, { title: 'A demand', area: 'staff' }, page, form ? 422 : 200)
}

const wrong = (field: string, sentence: string): Failed => refuseField({}, field, sentence)

async function filePaper(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const form = await readForm(c, paperForm)
  if (!form.ok) return showDesk(c, form)
  const paper = await broughtIn((await c.req.parseBody())['paper'], form.data.paperKind)
  if (typeof paper !== 'object') return showDesk(c, wrong('paper', paper ?? 'Please choose a document.'))
  await c.get('house').db.as('legal', (tx) => file(tx, { id, by: by(c) }, paper))
  return back(c, id, 'filed')
}

async function showPaper(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const paperId = asId(c.req.param('paper'))
  const paper = paperId && (await c.get('house').db.as('legal', (tx) => opened(tx, id, paperId)))
  if (!paper) throw nothingHere('no such document')
  await c.get('house').db.as('legal', (tx) => record(tx, { act: 'demand.read', actor: by(c), thing: id }))
  return c.body(new Uint8Array(paper.bytes), 200, download(paper.name, 'application/octet-stream'))
}

const download = (name: string, type: string) => ({
  'content-type': type,
  'cache-control': 'no-store',
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
})

async function writeScope(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const form = await readForm(c, scopeForm)
  if (!form.ok) return showDesk(c, form)
  const mistake = wrongInScope(form.data)
  if (mistake) return showDesk(c, { ok: false, errors: mistake, typed: await typedIn(c) })
  const done = await c.get('house').db.as('legal', (tx) => rescope(tx, { id, by: by(c) }, form.data))
  if (done !== 'wider') return back(c, id, done)
  return showDesk(c, {
    ok: false,
    errors: { who: 'A scope can only become narrower. A wider demand is a demand of its own.' },
    typed: await typedIn(c),
  })
}

// The body is read once and kept, so a refused form shows what was typed.
async function typedIn(c: Ctx): Promise<Record<string, string>> {
  const body = await c.req.parseBody({ all: true })
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      [value]
        .flat()
        .filter((one) => typeof one === 'string')
        .join('\n'),
    ]),
  )
}

async function keepFinding(c: Ctx): Promise<Response> {
  const { id, scope } = await demandHere(c)
  const form = await readForm(c, findingForm)
  if (!form.ok) return showDesk(c, form)
  const mistake = wrongInFinding(form.data)
  if (mistake) return showDesk(c, { ok: false, errors: mistake, typed: await typedIn(c) })
  if (!scope) return back(c, id, 'unchanged')
  const { checks, ...rest } = form.data
  const answers = Object.fromEntries(checks.map((name) => [name, true]))
  const none = { competent: false, valid: false, applies: false, specific: false, necessary: false }
  await c.get('house').db.as('legal', (tx) => find(tx, { id, by: by(c) }, { scopeId: scope.id, ...none, ...answers, ...rest }))
  return back(c, id, 'checked')
}

async function noteBar(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const house = c.get('house')
  const form = await readForm(c, barForm)
  if (!form.ok) return showDesk(c, form)
  const paper = await broughtIn((await c.req.parseBody())['barPaper'], 'bar')
  if (typeof paper === 'string') return showDesk(c, wrong('barPaper', paper))
  const endsAt = momentIn(house.config.privacyClock.zone, form.data.endsOn, '00:00')
  if (!endsAt || endsAt <= now()) return showDesk(c, wrong('endsOn', 'That has to be a day to come.'))
  const done = await barWith(c, id, { legalBasis: form.data.barBasis, endsAt, paper })
  if (done === 'no-paper') return showDesk(c, wrong('barPaper', 'A bar is renewed by a document: please file the order.'))
  return back(c, id, done === 'told' ? 'unchanged' : done)
}

const barWith = (c: Ctx, id: Id, { paper, ...one }: { legalBasis: string; endsAt: Date; paper: Brought | undefined }) =>
  c.get('house').db.as('legal', async (tx) => {
    const acting = { id, by: by(c) }
    return bar(tx, acting, { ...one, paperId: paper ? await file(tx, acting, paper) : null })
  })

async function tellThem(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const done = await tell(c.get('house'), { id, by: by(c) })
  return back(c, id, done === 'barred' ? 'not-told' : done)
}

async function approveIt(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const form = await readForm(c, approvalForm)
  if (!form.ok) return showDesk(c, form)
  const findingId = asId(form.data.finding)
  if (!findingId) return back(c, id, 'unchanged')
  return back(c, id, await c.get('house').db.as('legal', (tx) => approve(tx, { id, by: by(c) }, findingId)))
}

async function releaseIt(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const made = await release(c.get('house'), { id, by: by(c) })
  if (typeof made === 'string') return back(c, id, made)
  return c.body(new Uint8Array(made.bytes), 200, download(`demand-${id.slice(-8)}.json`, 'application/json'))
}

async function preserveIt(c: Ctx): Promise<Response> {
  const { id } = await demandHere(c)
  const form = await readForm(c, termForm)
  if (!form.ok) return showDesk(c, form)
  const done = await preserve(c.get('house'), { id, by: by(c) }, new Date(form.data.until))
  if (done === 'term') return showDesk(c, wrong('until', 'That has to be a day to come, at most 180 days from now.'))
  return back(c, id, done)
}
