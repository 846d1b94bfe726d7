/** A credit note from an invoice, with the refund: previewed, then made once, and recorded. */
import { record } from '../audit/record.ts'
import { type Id, log } from '../log.ts'
import { type CreditReason, credit, creditable, previewCredit } from '../processors/stripe-credit.ts'
import type { House } from '../web/house.ts'
import { lockCustomer, sync } from './customer.ts'
import type { KeptInvoice } from './payments.ts'

/** What a member of staff wants to give back. */
export interface Wish {
  readonly cents: number
  readonly reason: CreditReason
}

/** What would happen, or why it cannot. */
export type Preview =
  | { readonly can: true; readonly cents: number; readonly refunds: boolean; readonly left: number }
  | { readonly can: false; readonly left: number }

/** What would come of it, as Stripe says. */
export async function preview({ config }: House, { stripeInvoice: invoice }: KeptInvoice, { cents, reason }: Wish): Promise<Preview> {
  const now = await creditable(config, invoice)
  const left = now ? now.total - now.credited : 0
  if (!now || cents > left) return { can: false, left }
  const paid = now.status === 'paid'
  return { can: true, cents: await previewCredit(config, { invoice, cents, reason, paid }), refunds: paid, left: left - cents }
}

/** Credits, once under the name that the preview was given: a double click and a second try do no more. */
export async function giveBack(
  house: House,
  { stripeInvoice: invoice, personId }: KeptInvoice,
  { name, by, cents, reason }: Wish & { name: Id; by: Id },
): Promise<boolean> {
  const done = await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, personId)
    const now = await creditable(house.config, invoice)
    if (!now) return false
    const outcome = await credit(house.config, name, { invoice, cents, reason, paid: now.status === 'paid' })
    if (outcome === 'credited') await record(tx, { act: 'customer.credited', actor: by, person: personId, thing: name })
    log('billing.credited', { person: personId, by, known: outcome === 'known' })
    return true
  })
  if (done) await sync(house, personId)
  return done
}
