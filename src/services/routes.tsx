/** The home page, the catalogue, and registering for a service. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { signedIn } from '../sessions/guard.ts'
import { type Form, readForm } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import type { PageRequest } from '../web/page-request.ts'
import { publicPage, showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { accountServiceRoutes } from './account-routes.tsx'
import { catalogue, openPlans, type Plan, type Service, serviceBy } from './catalogue.ts'
import { join, livingOf, type Membership, triedBefore } from './membership.ts'
import { serviceOffice } from './office-routes.tsx'
import { CataloguePage, HomePage, JoinPage, ServicePage } from './pages.tsx'
import { currencyOf, regionOf } from './price.ts'
import { seatsField } from './terms.ts'

type Ctx = Context<Web>

const currencyFor = (languages: string | undefined): string => currencyOf(regionOf(languages))
const currency = (c: Ctx): string => currencyFor(c.req.header('accept-language'))

// Staff change the catalogue: other processes show it within these seconds.
const keeping = {
  seconds: 10,
  by: { header: 'Accept-Language', of: (request: PageRequest) => currencyFor(request.header('accept-language')) },
}

export const serviceRoutes = new Hono<Web>()
  .get('/', publicPage(home, keeping))
  .get('/services', publicPage(list, keeping))
  .get('/services/:slug', publicPage(service, keeping))
  .get('/services/:slug/:plan', signedIn, (c) => askToJoin(c))
  .post('/services/:slug/:plan', signedIn, joinByForm)
  .route('/', accountServiceRoutes)
  .route('/', serviceOffice)

/** What the catalogue shows to everybody: what can be joined, in its order. */
async function shownServices({ db }: House): Promise<Service[]> {
  const all = await db.as('service', (tx) => catalogue(tx))
  return all.filter((service) => openPlans(service).length > 0)
}

async function home(house: House, c: Ctx) {
  const { home: text } = house.content
  const { title, description } = text
  return {
    shown: { title, description },
    body: <HomePage home={text} services={await shownServices(house)} currency={currency(c)} />,
  }
}

async function list(house: House, c: Ctx) {
  return {
    shown: { title: 'Services', description: 'The services that you can register for.' },
    body: <CataloguePage services={await shownServices(house)} currency={currency(c)} />,
  }
}

async function service(house: House, c: Ctx) {
  const found = await house.db.as('service', (tx) => serviceBy(tx, { slug: c.req.param('slug') ?? '' }))
  if (!found) throw nothingHere('no such service')
  return { shown: { title: found.title, description: found.summary }, body: <ServicePage service={found} currency={currency(c)} /> }
}

interface Offer {
  readonly service: Service
  readonly plan: Plan
  /** Their living membership, once it is more than begun; `change` is where it is paid and this plan can be had instead. */
  readonly member: { readonly id: string; readonly change: string | undefined } | undefined
}

async function offered(c: Ctx): Promise<Offer> {
  const offer = await c.get('house').db.as('service', async (tx) => {
    const service = await serviceBy(tx, { slug: c.req.param('slug') ?? '' })
    const found = service && openPlans(service).find(({ slug }) => slug === c.req.param('plan'))
    // Who had a trial of this service is offered no other one.
    const again = found && found.trialDays > 0 && (await triedBefore(tx, c.get('signedIn').personId, service.id))
    const plan = found && again ? { ...found, trialDays: 0 } : found
    const living = service && (await livingOf(tx, c.get('signedIn').personId, service.id))
    return service && plan && { service, plan, member: living && memberOf(service, { living, plan }) }
  })
  if (!offer) throw nothingHere('no such plan')
  return offer
}

// Who waits, or has it for nothing, can still choose what is paid for.
function memberOf({ plans }: Service, { living, plan }: { living: Membership; plan: Plan }): Offer['member'] {
  const has = plans.find(({ id }) => id === living.planId)
  if (living.standing === 'waiting' || (has?.kind === 'free' && plan.kind !== 'free')) return undefined
  const other = has && has.id !== plan.id && has.kind !== 'free'
  return { id: living.id, change: other ? `/account/billing/memberships/${living.id}/change?plan=${plan.slug}` : undefined }
}

async function askToJoin(c: Ctx, form?: Extract<Form<unknown>, { ok: false }>): Promise<Response> {
  const offer = await offered(c)
  const page = <JoinPage {...offer} currency={currency(c)} errors={form?.errors} typed={form?.typed} />
  return showPage(c, { title: `${offer.service.title}, ${offer.plan.title}` }, page, form ? 422 : 200)
}

/** Free plans open at once; what costs money goes on to the card, on the billing room's pages. */
async function joinByForm(c: Ctx): Promise<Response> {
  const { service, plan, member } = await offered(c)
  const form = await readForm(c, z.object({ seats: plan.kind === 'seat' ? seatsField : z.undefined().catch(undefined) }))
  if (!form.ok) return askToJoin(c, form)
  if (member) return c.redirect(`/account/services/${member.id}`, 303)
  const { personId } = c.get('signedIn')
  const wanted = { personId, serviceId: service.id, planId: plan.id, seats: form.data.seats ?? 1, paid: plan.kind !== 'free' }
  const { membership } = await c.get('house').db.as('service', (tx) => join(tx, wanted))
  return c.redirect(
    membership.standing === 'waiting' || membership.nextPlanId
      ? `/account/billing/begin/${membership.id}`
      : `/account/services/${membership.id}?done=joined`,
    303,
  )
}
