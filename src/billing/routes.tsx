/** Paying: the way to Stripe and back, one's own side of it, and what Stripe tells. */
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { asId } from '../log.ts'
import { hasStripe, StripeTrouble } from '../processors/stripe.ts'
import { noticeIn } from '../processors/stripe-events.ts'
import { portalPage } from '../processors/stripe-pages.ts'
import { invoicesNow } from '../processors/stripe-changes.ts'
import type { Plan } from '../services/catalogue.ts'
import { membershipOf, membershipsOf, type NamedMembership, type Terms, toBuy } from '../services/membership.ts'
import { currencyOf, regionOf } from '../services/price.ts'
import { signedIn } from '../sessions/guard.ts'
import { clientNetwork } from '../web/client.ts'
import { letFormsGoTo } from '../web/headers.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere, Refusal } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { customerOf } from './customer.ts'
import { type Deposit, openDeposit } from './deposit.ts'
import { receive } from './inbox.ts'
import { billingOffice } from './office-routes.tsx'
import { BeginPage, BillingPage } from './pages.tsx'
import { cardPage, currencyFor, lastEnd, offeredTo, payDeposit, payingCurrency, retry, settle, type Stage } from './purchase.ts'
import { askForHuman, type Decision, decisionOn, decisionsAbout } from './qualification.ts'
import { unpaidOf } from './unpaid.ts'
import { withStripe } from './trouble.ts'

type Ctx = Context<Web>

// A form that leads on to Stripe: browsers hold a redirect after a form to the same policy as the form.
const leadsToStripe = createMiddleware<Web>(async (c, next) => {
  const { stripeOrigin } = c.get('house').config
  letFormsGoTo(c, stripeOrigin ? [stripeOrigin] : ['https://checkout.stripe.com', 'https://billing.stripe.com'])
  await next()
})

export const billingRoutes = new Hono<Web>()
  .get('/account/billing', signedIn, leadsToStripe, overview)
  .post('/account/billing/portal', signedIn, withStripe(portal))
  .post('/account/billing/card', signedIn, withStripe(portal))
  .post('/account/billing/retry', signedIn, withStripe(tryAgain))
  .get('/account/billing/begin/:id', signedIn, leadsToStripe, (c) => showBegin(c, false))
  .post('/account/billing/begin/:id', signedIn, withStripe(begin))
  .post('/account/billing/begin/:id/human', signedIn, human)
  .post('/account/billing/begin/:id/deposit', signedIn, withStripe(deposit))
  .get('/account/billing/return/:id', signedIn, leadsToStripe, withStripe(comeBack))
  .post('/webhooks/stripe', hear)
  .route('/', billingOffice)

async function overview(c: Ctx): Promise<Response> {
  const { db, config } = c.get('house')
  const { personId } = c.get('signedIn')
  const facts = await db.as('billing', async (tx) => ({
    memberships: (await membershipsOf(tx, personId)).filter(({ plan, standing }) => plan.kind !== 'free' && standing !== 'ended'),
    unpaid: await unpaidOf(tx, personId),
    decisions: await decisionsAbout(tx, personId),
    customer: await customerOf(tx, personId),
    pays: await payingCurrency(tx, personId),
  }))
  const customer = facts.customer?.closedAt === null && hasStripe(config) ? facts.customer.stripeCustomer : undefined
  const invoices = customer ? await invoicesNow(config, customer).catch(unlessTrouble) : []
  const cents = facts.customer?.credit ?? 0
  const credit = cents > 0 ? { cents, currency: facts.pays ?? currencyHere(c) } : undefined
  const { memberships, unpaid, decisions } = facts
  const page = (
    <BillingPage
      {...{ memberships, unpaid, decisions, credit, invoices }}
      customer={customer !== undefined}
      available={hasStripe(config)}
    />
  )
  return showPage(c, { title: 'What you pay for', area: 'account' }, page)
}

// The rest of the page is ours and is shown all the same.
function unlessTrouble(fault: unknown): undefined {
  if (!(fault instanceof StripeTrouble)) throw fault
}

async function portal(c: Ctx): Promise<Response> {
  const { db, config } = c.get('house')
  const customer = await db.as('billing', (tx) => customerOf(tx, c.get('signedIn').personId))
  if (!customer || customer.closedAt) throw nothingHere('no customer')
  const flow = c.req.path.endsWith('/card') ? ('payment_method_update' as const) : undefined
  return c.redirect(await portalPage(config, { customer: customer.stripeCustomer, back: `${config.origin}/account/billing`, flow }), 303)
}

const currencyHere = (c: Ctx): string => currencyOf(regionOf(c.req.header('accept-language')))

// Limits against card testing hold here, too.
async function tryAgain(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { personId } = c.get('signedIn')
  await limit(house.db, 'card by person', personId)
  await retry(house, personId)
  return c.redirect('/account/billing', 303)
}

interface Begun {
  readonly membership: NamedMembership
  /** Undefined when everything is paid for. */
  readonly wanted: Terms | undefined
  readonly plan: Plan
  /** In which they will pay. */
  readonly currency: string
  readonly decision: Decision | undefined
  readonly deposit: Deposit | undefined
}

async function begunHere(c: Ctx): Promise<Begun> {
  const id = asId(c.req.param('id'))
  const begun = await c.get('house').db.as('billing', async (tx) => {
    const membership = id && (await membershipOf(tx, c.get('signedIn').personId, id))
    const wanted = membership && toBuy(membership)
    const plan = membership && (await offeredTo(tx, membership.personId, wanted?.planId ?? membership.planId))
    if (!membership || !plan) return undefined
    const currency = await currencyFor(tx, membership.personId, { plan, wanted: currencyHere(c) })
    const [decision, since] = [await decisionOn(tx, membership.id), await lastEnd(tx, membership.id)]
    const counts = decision && since && decision.decidedAt < since ? undefined : decision
    return { membership, wanted, plan, currency, decision: counts, deposit: await openDeposit(tx, membership.id) }
  })
  if (!begun || begun.plan.kind === 'free') throw nothingHere('nothing to pay for')
  return begun
}

function stageOf({ decision, deposit }: Begun): Stage {
  if (!decision) return 'no card'
  if (decision.outcome === 'pass') return deposit ? 'deposit' : 'payment failed'
  return decision.outcome === 'review' ? 'review' : 'refused'
}

async function showBegin(c: Ctx, came: boolean, stage?: Stage): Promise<Response> {
  const begun = await begunHere(c)
  const { membership, wanted } = begun
  if (!wanted) return c.redirect(`/account/services/${membership.id}`, 303)
  const page = <BeginPage {...begun} seats={wanted.seats} came={came} stage={stage ?? stageOf(begun)} />
  return showPage(c, { title: `A card for ${membership.service.title}`, area: 'account' }, page)
}

// Limits against card testing: neither one account nor one network tries many cards.
async function begin(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { personId } = c.get('signedIn')
  const { membership } = await begunHere(c)
  await limit(house.db, 'card by person', personId)
  await limit(house.db, 'card by network', clientNetwork(c))
  const page = await cardPage(house, { personId, membershipId: membership.id, wanted: currencyHere(c) })
  return c.redirect(page ?? `/account/services/${membership.id}`, 303)
}

async function human(c: Ctx): Promise<Response> {
  const { membership } = await begunHere(c)
  const { personId } = c.get('signedIn')
  await c.get('house').db.as('billing', (tx) => askForHuman(tx, { personId, membershipId: membership.id }))
  return c.redirect(`/account/billing/begin/${membership.id}`, 303)
}

async function deposit(c: Ctx): Promise<Response> {
  const { membership } = await begunHere(c)
  const stage = await payDeposit(c.get('house'), { personId: c.get('signedIn').personId, membershipId: membership.id })
  return c.redirect(stage === 'open' ? `/account/services/${membership.id}?done=joined` : `/account/billing/begin/${membership.id}`, 303)
}

// The act was the button on Stripe's page; coming back only makes us ask how things stand, as an event does.
async function comeBack(c: Ctx): Promise<Response> {
  const { membership } = await begunHere(c)
  const stage = await settle(c.get('house'), { personId: c.get('signedIn').personId, membershipId: membership.id })
  if (stage === 'open') return c.redirect(`/account/services/${membership.id}?done=joined`, 303)
  return showBegin(c, true, stage)
}

/** A forged, stale or unreadable notice is refused, and nothing of it is kept. */
async function hear(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const notice = noticeIn(house.config, await c.req.text(), c.req.header('stripe-signature'))
  if (!notice) throw new Refusal(400, 'The signature is not Stripe’s, or too old.', { detail: 'stripe signature' })
  await receive(house, notice)
  return c.json({ received: true })
}
