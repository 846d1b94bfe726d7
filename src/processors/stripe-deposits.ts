/** Deposits at Stripe: an invoice that is paid first, credit that later invoices take from, and what is left of it given back. */
import { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import type { Id } from '../log.ts'
import { ask, StripeTrouble } from './stripe.ts'

/** Where an invoice, or an entry of credit, bears the number of its deposit. */
export const DEPOSIT = 'deposit'

interface Asked {
  readonly customer: string
  readonly deposit: Id
  readonly cents: number
  readonly currency: string
  /** The card that was given for what the deposit is for. */
  readonly paymentMethod: string
}

/**
 * Invoices a deposit and tries to collect it. An invoice that was made before is found and paid, not made again.
 * @returns its key; whether it was paid says the invoice
 */
export const collectDeposit = (config: Config, { customer, deposit, cents, currency, paymentMethod }: Asked): Promise<string> =>
  ask(config, async (client) => {
    const made = await invoiceFor(client, customer, deposit)
    const invoice = made ?? (await client.invoices.create({ customer, currency, auto_advance: false, metadata: { [DEPOSIT]: deposit } }))
    if (invoice.status === 'draft' && invoice.total === 0)
      await client.invoiceItems.create({ customer, invoice: invoice.id, amount: cents, currency, description: 'Deposit' })
    if (invoice.status === 'draft') await client.invoices.finalizeInvoice(invoice.id, { auto_advance: false })
    if (invoice.status === 'draft' || invoice.status === 'open')
      await client.invoices.pay(invoice.id, { payment_method: paymentMethod }).catch(unlessDeclined)
    return invoice.id
  })

async function invoiceFor(client: Stripe, customer: string, deposit: Id): Promise<Stripe.Invoice | undefined> {
  for await (const invoice of client.invoices.list({ customer, limit: 100 }))
    if (invoice.metadata?.[DEPOSIT] === deposit && invoice.status !== 'void') return invoice
  return undefined
}

// A card that is declined is an outcome, which the invoice tells.
function unlessDeclined(fault: unknown): void {
  if (!(fault instanceof Stripe.errors.StripeCardError)) throw fault
}

/** Makes credit of a deposit that was paid, once. */
export const creditDeposit = (config: Config, { customer, deposit, cents, currency }: Omit<Asked, 'paymentMethod'>): Promise<void> =>
  addToBalance(config, { customer, deposit, amount: -cents, currency, kind: 'credit' })

/** Gives a part of a deposit back: a refund of its invoice, and so much less credit; each once. */
export const returnDeposit = async (
  config: Config,
  { customer, deposit, cents, currency, invoice }: Omit<Asked, 'paymentMethod'> & { invoice: string },
): Promise<void> => {
  await addToBalance(config, { customer, deposit, amount: cents, currency, kind: 'return' })
  await ask(config, async (client) => {
    const notes = await client.creditNotes.list({ invoice, limit: 1 })
    if (notes.data.length === 0) await client.creditNotes.create({ invoice, amount: cents, refund_amount: cents })
  })
}

interface Entry {
  readonly customer: string
  readonly deposit: Id
  readonly amount: number
  readonly currency: string
  readonly kind: 'credit' | 'return'
}

const addToBalance = (config: Config, { customer, deposit, amount, currency, kind }: Entry): Promise<void> =>
  ask(config, async (client) => {
    for await (const entry of client.customers.listBalanceTransactions(customer, { limit: 100 }))
      if (entry.metadata?.[DEPOSIT] === deposit && entry.metadata['kind'] === kind) return
    const made = await client.customers.createBalanceTransaction(customer, { amount, currency, metadata: { [DEPOSIT]: deposit, kind } })
    if (made.amount !== amount) throw new StripeTrouble({ type: 'other_amount' })
  })
