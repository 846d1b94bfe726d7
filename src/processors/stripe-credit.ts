/** Taking back what an invoice charged: a credit note, and the money goes to the card that paid. */
import type { Config } from '../config.ts'
import type { Id } from '../log.ts'
import { ask } from './stripe.ts'

/** As Stripe names them. */
export const creditReasons = ['duplicate', 'order_change', 'product_unsatisfactory', 'fraudulent'] as const
export type CreditReason = (typeof creditReasons)[number]

/** What of an invoice can still be credited. */
export interface Creditable {
  readonly status: 'paid' | 'open'
  readonly currency: string
  readonly total: number
  readonly credited: number
}

/** How an invoice stands now; undefined for one that cannot be credited. */
export const creditable = (config: Config, invoice: string): Promise<Creditable | undefined> =>
  ask(config, async (client) => {
    const {
      status,
      currency,
      total,
      pre_payment_credit_notes_amount: before,
      post_payment_credit_notes_amount: after,
    } = await client.invoices.retrieve(invoice)
    const standing = (['paid', 'open'] as const).find((one) => one === status)
    return standing && { status: standing, currency, total, credited: before + after }
  })

export interface Credit {
  readonly invoice: string
  readonly cents: number
  readonly reason: CreditReason
  /** Where the invoice is paid, so much goes back to the card; where it is open, less is due. */
  readonly paid: boolean
}

const paramsOf = ({ invoice, cents, reason, paid }: Credit) => ({
  invoice,
  amount: cents,
  reason,
  ...(paid ? { refund_amount: cents } : {}),
})

/** What Stripe would credit, without doing it. */
export const previewCredit = (config: Config, credit: Credit): Promise<number> =>
  ask(config, async (client) => (await client.creditNotes.preview(paramsOf(credit))).total)

/** Credits, once under this name: whoever asks holds a lock. Returns whether it had been done before. */
export const credit = (config: Config, name: Id, wanted: Credit): Promise<'credited' | 'known'> =>
  ask(config, async (client) => {
    for await (const { metadata } of client.creditNotes.list({ invoice: wanted.invoice, limit: 100 }))
      if (metadata?.['credit'] === name) return 'known'
    await client.creditNotes.create({ ...paramsOf(wanted), metadata: { credit: name } })
    return 'credited'
  })
