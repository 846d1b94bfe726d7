/** Changing what one pays for, and the way to an invoice. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId } from '../log.ts'
import { hasStripe, StripeTrouble } from '../processors/stripe.ts'
import { invoicePage } from '../processors/stripe-changes.ts'
import { membershipOf, type NamedMembership } from '../services/membership.ts'
import { signedIn } from '../sessions/guard.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { act } from './change.ts'
import { ChangePage } from './change-pages.tsx'
import { customerOf } from './customer.ts'
import { type Changeable, changeable } from './plan-change.ts'
import { planChangeRoutes } from './plan-routes.tsx'
import { withStripe } from './trouble.ts'

type Ctx = Context<Web>

export const billingChangeRoutes = new Hono<Web>()
  .get('/account/billing/memberships/:id', signedIn, show)
  .route('/', planChangeRoutes)
  .post('/account/billing/memberships/:id/:act', signedIn, withStripe(change))
  .get('/account/billing/invoices/:id', signedIn, withStripe(toInvoice))

async function show(c: Ctx): Promise<Response> {
  const id = asId(c.req.param('id'))
  const membership = id && (await c.get('house').db.as('billing', (tx) => membershipOf(tx, c.get('signedIn').personId, id)))
  if (!membership || membership.plan.kind === 'free') throw nothingHere('nothing that is paid for')
  const page = <ChangePage membership={membership} from={await changeableNow(c, membership)} done={c.req.query('done')} />
  return showPage(c, { title: `Change ${membership.service.title}`, area: 'account' }, page)
}

// While Stripe cannot be reached the page shows what we know ourselves.
async function changeableNow(c: Ctx, { id, personId }: NamedMembership): Promise<Changeable | undefined> {
  const house = c.get('house')
  if (!hasStripe(house.config)) return undefined
  return house.db.as('billing', (tx) => changeable(tx, house, { personId, membershipId: id }).catch(unlessTrouble))
}

function unlessTrouble(fault: unknown): undefined {
  if (!(fault instanceof StripeTrouble)) throw fault
}

const acts = z.enum(['leave', 'stay', 'pause', 'resume'])

async function change(c: Ctx): Promise<Response> {
  const [membershipId, what] = [asId(c.req.param('id')), acts.safeParse(c.req.param('act'))]
  const whose = membershipId && { personId: c.get('signedIn').personId, membershipId }
  if (!whose || !what.success || !(await act(c.get('house'), whose, what.data))) throw nothingHere('no such membership or act')
  return c.redirect(`/account/billing/memberships/${membershipId}?done=${what.data}`, 303)
}

// The address at Stripe is asked for anew: it expires, and is kept nowhere.
async function toInvoice(c: Ctx): Promise<Response> {
  const { db, config } = c.get('house')
  const customer = await db.as('billing', (tx) => customerOf(tx, c.get('signedIn').personId))
  const invoice = c.req.param('id') ?? ''
  const page = customer && !customer.closedAt ? await invoicePage(config, { customer: customer.stripeCustomer, invoice }) : undefined
  if (!page) throw nothingHere('no such invoice')
  return c.redirect(page, 303)
}
