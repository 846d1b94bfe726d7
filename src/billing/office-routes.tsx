/** Money in the console. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId } from '../log.ts'
import { hasStripe, StripeTrouble } from '../processors/stripe.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere, Refusal } from '../web/refusal.ts'
import { cardRulesOffice } from './card-rules-routes.tsx'
import { centsField, customerOffice } from './customer-routes.tsx'
import { moneyOffice } from './money-routes.tsx'
import { OfficePage } from './office-pages.tsx'
import { makeMissingPrices, plansWithoutPrice } from './price.ts'
import { reconciliationOffice } from './reconciliation-routes.tsx'
import { decideReview, waitingReviews } from './review.ts'

type Ctx = Context<Web>

export const billingOffice = new Hono<Web>()
  .get('/staff/billing', signedIn, whoMay('billing'), show)
  .post('/staff/billing/decisions/:id', signedIn, whoMay('billing'), decide)
  .post('/staff/billing/prices', signedIn, whoMay('billing'), freshly, makePrices)
  .route('/', cardRulesOffice)
  .route('/', customerOffice)
  .route('/', reconciliationOffice)
  .route('/', moneyOffice)

async function show(c: Ctx): Promise<Response> {
  const waiting = await c.get('house').db.as('billing', (tx) => waitingReviews(tx))
  const page = (
    <OfficePage waiting={waiting} reader={c.get('signedIn').personId} missing={await missingKeys(c)} done={c.req.query('done')} />
  )
  return showPage(c, { title: 'Billing', area: 'staff' }, page)
}

async function missingKeys(c: Ctx): Promise<string[] | undefined> {
  const house = c.get('house')
  if (!hasStripe(house.config)) return undefined
  try {
    return (await plansWithoutPrice(house)).map(({ lookupKey }) => lookupKey)
  } catch (fault) {
    if (fault instanceof StripeTrouble) return undefined
    throw fault
  }
}

async function decide(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const id = asId(c.req.param('id'))
  const form = await readForm(c, z.object({ outcome: z.enum(['pass', 'fail']), deposit: centsField }))
  if (!id) throw nothingHere('no such decision')
  if (!form.ok) throw new Refusal(422, form.errors['deposit'] ?? 'Please press one of the two buttons.')
  const passed = form.data.outcome === 'pass'
  const ruling = await house.db.as('billing', (tx) =>
    decideReview(tx, house, { id, passed, by: c.get('signedIn').personId, deposit: form.data.deposit ?? undefined }),
  )
  return c.redirect(`/staff/billing?done=${ruling}`, 303)
}

async function makePrices(c: Ctx): Promise<Response> {
  const house = c.get('house')
  if (!hasStripe(house.config)) throw nothingHere('payments are off')
  try {
    await makeMissingPrices(house)
  } catch (fault) {
    if (!(fault instanceof StripeTrouble)) throw fault
    throw new Refusal(503, 'Stripe cannot be reached just now. Please try again in a few minutes.', { retryAfter: 120 })
  }
  return c.redirect('/staff/billing?done=prices', 303)
}
