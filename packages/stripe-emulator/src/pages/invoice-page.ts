/** The hosted invoice: what it is for, and a form to pay it. */
import { nowFor } from '../clock.ts'
import { Refused } from '../errors.ts'
import { change } from '../events.ts'
import { methodFor, pay } from '../resources/collection.ts'
import { livingCustomer } from '../resources/customers.ts'
import type { Invoice, Line } from '../resources/invoices.ts'
import { attach, newPaymentMethod } from '../resources/payment-methods.ts'
import { all, find, peek, type World } from '../world.ts'
import { cardForm, type Errors, type Form, readCard, summary, type Wanted } from './card-form.ts'
import { date, frame, html, money, type Page, redirect } from './html.ts'

const wanted: Wanted = { address: 'country' }

export function showInvoice(world: World, invoice: Invoice, form: Form = {}, errors: Errors = {}, status = 200): Page {
  const { currency } = invoice
  const row = (words: string, amount: number) => html`<tr><th scope="row">${words}</th><td class="sum">${money(amount, currency)}</td></tr>`
  const lines = (invoice.lines.data as never as Line[]).map(
    (line) => html`<tr><td>${line.description}</td><td class="sum">${money(line.amount, currency)}</td></tr>`,
  )
  const tax = (invoice.total_taxes ?? []).reduce((sum, each) => sum + each.amount, 0)
  return frame(
    `Invoice ${invoice.number ?? '(draft)'}`,
    html`<p>${date(invoice.created)} · ${invoice.status}</p>
<table><tbody>${lines}${row('Subtotal', invoice.subtotal)}${tax !== 0 && row('Tax', tax)}${row('Total', invoice.total)}${row('To be paid', invoice.amount_remaining)}</tbody></table>
${summary(errors)}${invoice.status === 'open' && payForms(world, invoice, form, errors)}<p><a href="/i/${invoice.id}/pdf">Receipt as text</a></p>`,
    { status },
  )
}

function payForms(world: World, invoice: Invoice, form: Form, errors: Errors) {
  const saved = peek(world, 'payment_method', methodFor(world, invoice))
  const withSaved = html`<form method="post"><input type="hidden" name="saved" value="on"><button>Pay with ${saved?.card?.brand ?? ''} ending in ${saved?.card?.last4 ?? ''}</button></form>`
  return html`<h2>Pay</h2>${saved && withSaved}<h3>With another card</h3>
<form method="post" novalidate>${cardForm(wanted, form, errors)}<button>Pay ${money(invoice.amount_remaining, invoice.currency)}</button></form>`
}

/** Pays with what was typed, or with the card that is there. A new card becomes the one for later, too. */
export function payInvoice(world: World, invoice: Invoice, form: Form): Page {
  if (invoice.status !== 'open') return showInvoice(world, invoice)
  const { typed, errors } = readCard(wanted, form, nowFor(world, invoice.customer))
  if (!form.saved && Object.keys(errors).length > 0) return showInvoice(world, invoice, form, errors, 422)
  try {
    const method = form.saved ? undefined : attach(world, newPaymentMethod(world, typed), invoice.customer as string).id
    const paid = pay(world, invoice, { onSession: true, ...(method ? { method } : {}) })
    if (method && paid.status === 'paid') makeDefault(world, invoice.customer as string, method)
    return paid.status === 'paid' ? redirect(`/i/${invoice.id}`) : redirect(challengeOf(world, invoice))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return showInvoice(world, find(world, 'invoice', invoice.id), form, { number: error.message }, 402)
  }
}

function challengeOf(world: World, invoice: Invoice): string {
  const payment = all(world, 'invoice_payment').findLast((each) => each.invoice === invoice.id)
  return `/challenge/${String(payment?.payment.payment_intent)}`
}

export function makeDefault(world: World, id: string, method: string): void {
  const customer = livingCustomer(world, id)
  change(world, customer, { invoice_settings: { ...customer.invoice_settings, default_payment_method: method } }, 'customer.updated')
}

export const invoiceText = (invoice: Invoice): Page =>
  frame(
    `Invoice ${invoice.number ?? ''}`,
    html`<pre>${(invoice.lines.data as never as Line[]).map((line) => `${line.description}\t${money(line.amount, invoice.currency)}\n`)}${`Total\t${money(invoice.total, invoice.currency)}`}</pre>`,
  )
