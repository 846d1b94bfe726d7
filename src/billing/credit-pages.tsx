/** An invoice for staff, and giving back what it charged: first what would happen, then the button. */
import type { Id } from '../log.ts'
import type { CreditReason } from '../processors/stripe-credit.ts'
import { money } from '../services/price.ts'
import type { Enrolled } from '../services/roll.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import type { Preview } from './credit.ts'
import type { KeptInvoice } from './payments.ts'

const reasonInWords: Readonly<Record<CreditReason, string>> = {
  order_change: 'The order changed',
  product_unsatisfactory: 'The service was not as it should be',
  duplicate: 'It was charged twice',
  fraudulent: 'The card was misused',
}

interface InvoiceProps {
  readonly invoice: KeptInvoice
  readonly membership: Enrolled | undefined
  /** What can still be credited; undefined while Stripe cannot be asked, or where nothing can. */
  readonly left: number | undefined
  readonly done: boolean
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const OfficeInvoicePage = (props: InvoiceProps) => {
  const { invoice, membership, left, done } = props
  return (
    <>
      <Crumbs to={[{ href: '/staff/billing/memberships', text: 'Memberships' }]} here="An invoice" />
      <h1>An invoice{membership?.name ? ` to ${membership.name}` : ''}</h1>
      {done && (
        <Notice kind="good" live>
          <p>It is credited. A refund reaches the card within some days.</p>
        </Notice>
      )}
      <Facts
        rows={[
          ['At Stripe', <code>{invoice.stripeInvoice}</code>],
          ...(membership ? [['For', `${membership.service}, ${membership.plan}`] as const] : []),
          ['Made', <Moment at={invoice.madeAt} />],
          ['Status', invoice.status],
          ['Due', money(invoice.due, invoice.currency)],
          ['Paid', money(invoice.paid, invoice.currency)],
          ...(left === undefined ? [] : [['Can be credited', money(left, invoice.currency)] as const]),
        ]}
      />
      {left !== undefined && left > 0 && <CreditForm {...props} left={left} />}
    </>
  )
}

const CreditForm = ({ invoice, left, errors = {}, typed = {} }: InvoiceProps & { left: number }) => (
  <section>
    <h2>{invoice.status === 'paid' ? 'Give money back' : 'Ask for less'}</h2>
    <p>
      {invoice.status === 'paid'
        ? 'Stripe writes a credit note, and the money goes back to the card that paid.'
        : 'Stripe writes a credit note, and so much less is due.'}{' '}
      You see what it comes to before it is done.
    </p>
    <Errors errors={errors} />
    <form method="post" action={`/staff/billing/invoices/${invoice.stripeInvoice}/preview`} novalidate>
      <Field
        name="amount"
        label={`Amount in ${invoice.currency.toUpperCase()}, tax included`}
        hint={`At most ${money(left, invoice.currency)}`}
        inputmode="decimal"
        autocomplete="off"
        value={typed['amount']}
        error={errors['amount']}
        required
      />
      <Select name="reason" label="Why" value={typed['reason']} options={Object.entries(reasonInWords)} error={errors['reason']} required />
      <Submit>Show what would happen</Submit>
    </form>
  </section>
)

interface PreviewProps {
  readonly invoice: KeptInvoice
  readonly membership: Enrolled | undefined
  readonly preview: Extract<Preview, { can: true }>
  readonly reason: CreditReason
  readonly name: Id
}

export const CreditPreviewPage = ({ invoice, membership, preview, reason, name }: PreviewProps) => (
  <>
    <Crumbs
      to={[
        { href: '/staff/billing/memberships', text: 'Memberships' },
        { href: `/staff/billing/invoices/${invoice.stripeInvoice}`, text: 'An invoice' },
      ]}
      here="What would happen"
    />
    <h1>
      {preview.refunds ? 'Give back' : 'Credit'} {money(preview.cents, invoice.currency)}?
    </h1>
    <Facts
      rows={[
        ...(membership?.name ? [['To', `${membership.name}, ${membership.email}`] as const] : []),
        ['Why', reasonInWords[reason]],
        [preview.refunds ? 'Goes back to the card' : 'Is not due any more', money(preview.cents, invoice.currency)],
        ['Can be credited afterwards', money(preview.left, invoice.currency)],
      ]}
    />
    <p>It cannot be taken back. It is written into the record under your name.</p>
    <div class="actions">
      <form method="post" action={`/staff/billing/invoices/${invoice.stripeInvoice}/credit`}>
        <input type="hidden" name="name" value={name} />
        <input type="hidden" name="cents" value={String(preview.cents)} />
        <input type="hidden" name="reason" value={reason} />
        <Submit kind="danger">
          {preview.refunds ? 'Give back' : 'Credit'} {money(preview.cents, invoice.currency)}
        </Submit>
      </form>
      <a class="button quiet" href={`/staff/billing/invoices/${invoice.stripeInvoice}`}>
        Do nothing
      </a>
    </div>
  </>
)
