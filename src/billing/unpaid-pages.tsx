/** A payment that failed: what happened, what comes when, and what one can do about it. */
import { money } from '../services/price.ts'
import { Submit } from '../web/forms.tsx'
import { Moment } from '../web/lists.tsx'
import type { Unpaid } from './unpaid.ts'

export const UnpaidPayments = ({ unpaid }: { unpaid: readonly Unpaid[] }) => (
  <>
    {unpaid.map((one) => (
      <section>
        <h2>
          {money(one.cents, one.currency)} for {one.membership.service.title} is not paid
        </h2>
        <ol class="timeline">
          <li>
            <Moment at={one.since} /> The payment was due.
          </li>
          <li>
            {one.attempts === 1 ? 'It was tried once, and the bank said no.' : `It was tried ${one.attempts} times, and the bank said no.`}
          </li>
          {one.nextAttempt ? (
            <li>
              <Moment at={one.nextAttempt} /> It is tried again by itself.
            </li>
          ) : (
            <li>It is not tried again by itself.</li>
          )}
          <Ending unpaid={one} />
        </ol>
        <p>
          Give another card, or see that this one can be charged. A new card is tried at once. Once the payment goes through, everything is
          as it was.
        </p>
        <div class="actions">
          <form method="post" action="/account/billing/card">
            <Submit icon="external-link">Give another card</Submit>
          </form>
          <form method="post" action="/account/billing/retry">
            <Submit kind="quiet">Try this card again now</Submit>
          </form>
          <a class="button quiet" href={`/account/billing/invoices/${one.invoice}`}>
            Look at the invoice
          </a>
        </div>
      </section>
    ))}
  </>
)

function Ending({ unpaid: { membership } }: { unpaid: Unpaid }) {
  const { standing, graceUntil, service } = membership
  if (standing === 'suspended') return <li>{service.title} is closed until it is paid.</li>
  return (
    <li>
      {graceUntil && <Moment at={graceUntil} />} Until then {service.title} works on; after that it is closed until it is paid.
    </li>
  )
}
