/** Correcting an invoice that is out: what is credited, and where the money goes. */
import type { Stripe } from 'stripe'
import { nowFor } from '../clock.ts'
import { invalid } from '../errors.ts'
import { change, tell } from '../events.ts'
import { listOf, page } from '../lists.ts'
import { become } from '../machine.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, draft, find, peek, rehearse, type World } from '../world.ts'
import { settleByCredit } from './collection.ts'
import { adjustBalance } from './customers.ts'
import { type Invoice, type Line, paymentsOf } from './invoices.ts'
import { refundCharge } from './refunds.ts'

type CreditNote = Held<'credit_note'>
type NoteLine = Held<'credit_note_line_item'>
type Params = Asked<Stripe.CreditNoteCreateParams>['params']

/** The lines of the note: those that were named, or one over the whole amount. */
function linesOf(world: World, invoice: Invoice, params: Params): NoteLine[] {
  if (params.amount !== undefined) return [noteLine(world, 'custom_line_item', params.amount, 'Credit')]
  const named =
    params.lines ?? (invoice.lines.data as never as Line[]).map((line) => ({ type: 'invoice_line_item', invoice_line_item: line.id }))
  return named.map((each, i) => {
    const { type, invoice_line_item, amount, unit_amount, quantity, description } = each as NonNullable<Params['lines']>[number]
    if (type === 'custom_line_item')
      return noteLine(world, 'custom_line_item', amount ?? (unit_amount ?? 0) * (quantity ?? 1), description ?? '')
    const line = (invoice.lines.data as never as Line[]).find(({ id }) => id === invoice_line_item)
    if (!line)
      throw invalid(`No such invoice line item: '${invoice_line_item ?? ''}'`, {
        param: `lines[${i}][invoice_line_item]`,
        code: 'resource_missing',
      })
    const part = amount ?? (quantity && line.quantity ? Math.round((line.amount * quantity) / line.quantity) : line.amount)
    return noteLine(world, 'invoice_line_item', part, description ?? line.description ?? '', line)
  })
}

/** A line with the tax that was on what it credits. */
function noteLine(
  world: World,
  type: 'custom_line_item' | 'invoice_line_item',
  amount: number,
  description: string,
  line?: Line,
): NoteLine {
  const taxes = (line?.taxes ?? []).map((tax) => {
    const share = line && line.amount !== 0 ? amount / line.amount : 0
    return { ...tax, amount: Math.round(tax.amount * share), taxable_amount: Math.round((tax.taxable_amount ?? 0) * share) }
  })
  return draft(world, 'credit_note_line_item', {
    amount,
    description,
    ...(line ? { invoice_line_item: line.id } : {}),
    metadata: {},
    quantity: type === 'custom_line_item' ? 1 : (line?.quantity ?? 1),
    taxes: taxes as never,
    type,
    unit_amount: null,
  })
}

/** What a note comes to, tax and all. */
function sums(lines: NoteLine[]) {
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0)
  const taxes = lines.flatMap((line) => line.taxes ?? [])
  const onTop = taxes.filter((tax) => tax.tax_behavior === 'exclusive').reduce((sum, tax) => sum + tax.amount, 0)
  const inside = taxes.filter((tax) => tax.tax_behavior === 'inclusive').reduce((sum, tax) => sum + tax.amount, 0)
  const total = subtotal + onTop
  return {
    subtotal,
    total,
    amount: total,
    subtotal_excluding_tax: subtotal - inside,
    total_excluding_tax: total - onTop - inside,
    total_taxes: taxes as never,
  }
}

function write(world: World, params: Params): CreditNote {
  const invoice = find(world, 'invoice', params.invoice, 'invoice')
  if (invoice.status !== 'open' && invoice.status !== 'paid')
    throw invalid('You can only create a credit note for an open or paid invoice.', { param: 'invoice' })
  const lines = linesOf(world, invoice, params)
  const { total, ...rest } = sums(lines)
  const already = all(world, 'credit_note').filter((each) => each.invoice === invoice.id && each.status === 'issued')
  const left = invoice.total - already.reduce((sum, each) => sum + each.total, 0)
  if (total <= 0 || total > left)
    throw invalid(`The sum of credit amount, refund amount and out of band amount (${total}) must be at most ${left}.`, { param: 'amount' })
  const paid = invoice.status === 'paid'
  return create(world, 'credit_note', {
    ...rest,
    total,
    created: nowFor(world, invoice.customer),
    currency: invoice.currency,
    customer: invoice.customer as string,
    effective_at: params.effective_at ?? nowFor(world, invoice.customer),
    invoice: invoice.id,
    lines: listOf(lines as never[], '/v1/credit_notes/lines') as never,
    memo: params.memo ?? null,
    metadata: mergeMetadata(null, params.metadata),
    number: `${invoice.number ?? ''}-CN-${String(already.length + 1).padStart(2, '0')}`,
    out_of_band_amount: params.out_of_band_amount ?? null,
    pdf: `${world.origin}/i/${invoice.id}/pdf`,
    post_payment_amount: paid ? total : 0,
    pre_payment_amount: paid ? 0 : total,
    reason: params.reason ?? null,
    status: 'issued',
    type: paid ? 'post_payment' : 'pre_payment',
  })
}

/** On an open invoice less is due; of a paid one the money goes back, or into the balance. */
function settle(world: World, note: CreditNote, params: Params): CreditNote {
  const invoice = find(world, 'invoice', note.invoice)
  if (invoice.status === 'open') {
    reduce(world, invoice, note.total)
    return note
  }
  const { refund_amount = 0, credit_amount = 0, out_of_band_amount = 0 } = params
  const given =
    refund_amount + credit_amount + out_of_band_amount + (params.refunds ?? []).reduce((sum, each) => sum + (each.amount_refunded ?? 0), 0)
  if (given !== note.total)
    throw invalid(
      `The sum of refund_amount, credit_amount and out_of_band_amount (${given}) must equal the credit note's amount (${note.total}).`,
      { param: 'amount' },
    )
  const refunds =
    refund_amount > 0
      ? [
          {
            amount_refunded: refund_amount,
            payment_record_refund: null,
            refund: refundPaid(world, invoice, refund_amount),
            type: 'refund' as const,
          },
        ]
      : []
  const customer_balance_transaction =
    credit_amount > 0
      ? adjustBalance(world, note.customer, { amount: -credit_amount, currency: note.currency, type: 'credit_note', credit_note: note.id })
          .id
      : null
  change(world, invoice, { post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + note.total })
  return change(world, note, { refunds: refunds as never, customer_balance_transaction })
}

function refundPaid(world: World, invoice: Invoice, amount: number): string {
  const payment = paymentsOf(world, invoice.id).find((each) => each.status === 'paid')
  const intent = peek(world, 'payment_intent', payment?.payment.payment_intent)
  if (!intent?.latest_charge) throw invalid('This invoice was not paid by card: there is nothing to refund.', { param: 'refund_amount' })
  return refundCharge(world, find(world, 'charge', intent.latest_charge), { amount, reason: 'requested_by_customer' }).id
}

function reduce(world: World, invoice: Invoice, by: number): void {
  const amount_due = invoice.amount_due - by
  const reduced = change(
    world,
    invoice,
    {
      amount_due,
      amount_remaining: amount_due - invoice.amount_paid,
      pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + by,
    },
    'invoice.updated',
  )
  settleByCredit(world, reduced)
}

function createNote(world: World, { params }: Asked<Stripe.CreditNoteCreateParams>): CreditNote {
  const note = settle(world, write(world, params), params)
  tell(world, 'credit_note.created', note)
  return note
}

export const creditNotes = {
  'creditNotes.create': createNote,
  'creditNotes.preview': (world, { params }: Asked<Stripe.CreditNotePreviewParams>) =>
    rehearse(world, () => write(world, params as Params)),
  'creditNotes.retrieve': (world, { id }) => find(world, 'credit_note', id),
  'creditNotes.voidCreditNote': (world, { id }) => {
    const note = find(world, 'credit_note', id)
    if (note.type !== 'pre_payment') throw invalid('You can only void a credit note that was issued before payment.')
    const voided = become(world, note, 'void', { voided_at: nowFor(world, note.customer) })
    const invoice = find(world, 'invoice', note.invoice)
    if (invoice.status === 'open') reduce(world, invoice, -note.total)
    tell(world, 'credit_note.voided', voided)
    return voided
  },
  'creditNotes.list': (world, { params }: Asked<Stripe.CreditNoteListParams>) =>
    page(
      all(world, 'credit_note'),
      params,
      '/v1/credit_notes',
      (each) => (!params.customer || each.customer === params.customer) && (!params.invoice || each.invoice === params.invoice),
    ),
} satisfies Operations
