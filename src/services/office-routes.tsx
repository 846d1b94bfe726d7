/** The catalogue in the console: words, plans, open and closed. */
import { type Context, Hono } from 'hono'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { forgetReady } from '../web/ready.ts'
import { nothingHere } from '../web/refusal.ts'
import {
  catalogue,
  changePlan,
  changeService,
  closeService,
  listService,
  offerPlan,
  type Plan,
  retirePlan,
  type Service,
  serviceBy,
} from './catalogue.ts'
import { countMembers } from './membership.ts'
import { OfficeServicePage, ServicesPage } from './office-pages.tsx'
import { PlanPage } from './plan-pages.tsx'
import { contradictions, planForm, slugField, wordsForm } from './terms.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const mayChange = whoMay('services')

export const serviceOffice = new Hono<Web>()
  .get('/staff/services', signedIn, mayChange, (c) => list(c))
  .post('/staff/services', signedIn, mayChange, listByForm)
  .get('/staff/services/:slug', signedIn, mayChange, (c) => show(c))
  .post('/staff/services/:slug', signedIn, mayChange, saveWords)
  .post('/staff/services/:slug/close', signedIn, mayChange, (c) => close(c, true))
  .post('/staff/services/:slug/open', signedIn, mayChange, (c) => close(c, false))
  .get('/staff/services/:slug/plans', signedIn, mayChange, (c) => showPlan(c))
  .post('/staff/services/:slug/plans', signedIn, mayChange, offerByForm)
  .get('/staff/services/:slug/plans/:plan', signedIn, mayChange, (c) => showPlan(c))
  .post('/staff/services/:slug/plans/:plan', signedIn, mayChange, savePlan)
  .post('/staff/services/:slug/plans/:plan/retire', signedIn, mayChange, (c) => retire(c, true))
  .post('/staff/services/:slug/plans/:plan/return', signedIn, mayChange, (c) => retire(c, false))

async function list(c: Ctx, failed?: Failed): Promise<Response> {
  const lists = await c.get('house').db.as('service', async (tx) => ({ services: await catalogue(tx), counts: await countMembers(tx) }))
  return showPage(c, { title: 'Services', area: 'staff' }, <ServicesPage {...lists} {...failed} />, failed ? 422 : 200)
}

async function listByForm(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const form = await readForm(c, wordsForm.extend({ slug: slugField }))
  if (!form.ok) return list(c, form)
  const { slug, ...words } = form.data
  const outcome = await db.as('service', (tx) => listService(tx, slug, words))
  if (outcome === 'taken') return list(c, refuseField(typedAgain(form.data), 'slug', 'There is a service with that name.'))
  return done(c, `/staff/services/${slug}?done=listed`)
}

const typedAgain = (data: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value === null ? '' : String(value as string | number)]))

async function serviceHere(c: Ctx): Promise<Service> {
  const service = await c.get('house').db.as('service', (tx) => serviceBy(tx, { slug: c.req.param('slug') ?? '' }))
  if (!service) throw nothingHere('no such service')
  return service
}

async function show(c: Ctx, failed?: Failed): Promise<Response> {
  const service = await serviceHere(c)
  const counts = await c.get('house').db.as('service', (tx) => countMembers(tx))
  const page = <OfficeServicePage service={service} counts={counts} done={c.req.query('done')} {...failed} />
  return showPage(c, { title: service.title, area: 'staff' }, page, failed ? 422 : 200)
}

async function saveWords(c: Ctx): Promise<Response> {
  const service = await serviceHere(c)
  const form = await readForm(c, wordsForm)
  if (!form.ok) return show(c, form)
  await c.get('house').db.as('service', (tx) => changeService(tx, service.id, form.data))
  return done(c, `/staff/services/${service.slug}?done=saved`)
}

async function close(c: Ctx, closed: boolean): Promise<Response> {
  const service = await serviceHere(c)
  await c.get('house').db.as('service', (tx) => closeService(tx, service.id, closed))
  return done(c, `/staff/services/${service.slug}?done=saved`)
}

function planHere(c: Ctx, service: Service): Plan {
  const plan = service.plans.find(({ slug }) => slug === c.req.param('plan'))
  if (!plan) throw nothingHere('no such plan')
  return plan
}

async function showPlan(c: Ctx, failed?: Failed): Promise<Response> {
  const service = await serviceHere(c)
  const plan = c.req.param('plan') === undefined ? undefined : planHere(c, service)
  const page = <PlanPage service={service} plan={plan} done={c.req.query('done')} {...failed} />
  return showPage(c, { title: plan?.title ?? 'A new plan', area: 'staff' }, page, failed ? 422 : 200)
}

async function offerByForm(c: Ctx): Promise<Response> {
  const service = await serviceHere(c)
  const form = await readForm(c, planForm.extend({ slug: slugField }))
  if (!form.ok) return showPlan(c, form)
  const { slug, ...terms } = form.data
  const errors = contradictions(terms)
  const outcome =
    Object.keys(errors).length > 0 ? errors : await c.get('house').db.as('service', (tx) => offerPlan(tx, service.id, slug, terms))
  if (outcome === 'offered') return done(c, `/staff/services/${service.slug}/plans/${slug}?done=offered`)
  return showPlan(c, await again(c, outcome === 'taken' ? { slug: 'There is a plan with that name.' } : outcome))
}

async function savePlan(c: Ctx): Promise<Response> {
  const service = await serviceHere(c)
  const plan = planHere(c, service)
  const form = await readForm(c, planForm)
  if (!form.ok) return showPlan(c, form)
  const errors = contradictions(form.data)
  if (Object.keys(errors).length > 0) return showPlan(c, await again(c, errors))
  await c.get('house').db.as('service', (tx) => changePlan(tx, plan.id, form.data))
  return done(c, `/staff/services/${service.slug}/plans/${plan.slug}?done=saved`)
}

/** The form as it was typed, with what only the whole of it could tell. */
async function again(c: Ctx, errors: Record<string, string>): Promise<Failed> {
  const body = await c.req.parseBody()
  const typed = Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  return { ok: false, errors, typed }
}

async function retire(c: Ctx, retired: boolean): Promise<Response> {
  const service = await serviceHere(c)
  const plan = planHere(c, service)
  await c.get('house').db.as('service', (tx) => retirePlan(tx, plan.id, retired))
  return done(c, `/staff/services/${service.slug}/plans/${plan.slug}?done=saved`)
}

function done(c: Ctx, to: string): Response {
  forgetReady(c.get('house'))
  return c.redirect(to, 303)
}
