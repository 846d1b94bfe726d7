/** Giving money back: an invoice, what would happen, and the act, which needs a fresh proof. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newId } from '../database/columns.ts'
import { asId } from '../log.ts'
import { hasStripe, StripeTrouble } from '../processors/stripe.ts'
import { creditable, creditReasons } from '../processors/stripe-credit.ts'
import { centsTyped, money } from '../services/price.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere, Refusal } from '../web/refusal.ts'
import { giveBack, preview } from './credit.ts'
import { CreditPreviewPage, OfficeInvoicePage } from './credit-pages.tsx'
import { invoiceKept } from './payments.ts'
import { withStripe } from './trouble.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const mayGive = whoMay('billing')
const HERE = '/staff/billing/invoices/:id'

export const creditOffice = new Hono<Web>()
  .get(HERE, signedIn, mayGive, (c) => showInvoice(c))
  .post(`${HERE}/preview`, signedIn, mayGive, withStripe(showPreview))
  .post(`${HERE}/credit`, signedIn, mayGive, freshly, withStripe(give))

async function kept(c: Ctx) {
  const id = c.req.param('id') ?? ''
  const found = /^in_\w{6,250}$/.test(id) ? await c.get('house').db.as('billing', (tx) => invoiceKept(tx, id)) : undefined
  if (!found) throw nothingHere('no such invoice')
  return found
}

async function showInvoice(c: Ctx, failed?: Failed): Promise<Response> {
  const { invoice, membership } = await kept(c)
  const page = (
    <OfficeInvoicePage
      {...{ invoice, membership, ...failed }}
      left={await leftOf(c, invoice.stripeInvoice)}
      done={c.req.query('done') === 'credited'}
    />
  )
  return showPage(c, { title: 'An invoice', area: 'staff' }, page, failed ? 422 : 200)
}

// The page shows what we know while Stripe cannot be asked.
async function leftOf(c: Ctx, invoice: string): Promise<number | undefined> {
  const { config } = c.get('house')
  if (!hasStripe(config)) return undefined
  try {
    const now = await creditable(config, invoice)
    return now && now.total - now.credited
  } catch (fault) {
    if (fault instanceof StripeTrouble) return undefined
    throw fault
  }
}

const reason = z.enum(creditReasons, 'Please say why.')

async function showPreview(c: Ctx): Promise<Response> {
  const { invoice, membership } = await kept(c)
  const form = await readForm(c, z.object({ amount: z.string('Please give an amount.').max(20), reason }))
  if (!form.ok) return showInvoice(c, form)
  const { amount, reason: why } = form.data
  const cents = centsTyped(amount, invoice.currency)
  if (!cents) return showInvoice(c, refuseField(form.data, 'amount', 'Please give an amount such as 4.50, above zero.'))
  const shown = await preview(c.get('house'), invoice, { cents, reason: why })
  if (!shown.can) return showInvoice(c, refuseField(form.data, 'amount', `At most ${money(shown.left, invoice.currency)} can be credited.`))
  const page = <CreditPreviewPage {...{ invoice, membership, preview: shown, reason: why, name: newId() }} />
  return showPage(c, { title: 'What would happen', area: 'staff' }, page)
}

const giving = z.object({ name: z.uuid(), cents: z.coerce.number().int().min(1).max(100_000_000_000), reason })

async function give(c: Ctx): Promise<Response> {
  const { invoice } = await kept(c)
  const form = await readForm(c, giving)
  const name = form.ok ? asId(form.data.name) : undefined
  if (!form.ok || !name) throw new Refusal(422, 'Please go back to the invoice and begin again.')
  const { cents, reason: why } = form.data
  const done = await giveBack(c.get('house'), invoice, { name, by: c.get('signedIn').personId, cents, reason: why })
  if (!done) throw new Refusal(409, 'This invoice cannot be credited any more.')
  return c.redirect(`/staff/billing/invoices/${invoice.stripeInvoice}?done=credited`, 303)
}
