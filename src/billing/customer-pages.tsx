/** One customer in the console: what they owe, up to how much nobody looks, deposits, and what was decided. */
import type { NamedMembership } from '../services/membership.ts'
import { money } from '../services/price.ts'
import type { FormErrors } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import type { Deposit } from './deposit.ts'
import type { Exposure } from './exposure.ts'
import { Decided } from './pages.tsx'
import type { Decision } from './qualification.ts'

export interface CustomerFacts {
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  readonly memberships: readonly NamedMembership[]
  readonly exposure: Exposure
  /** Their own limit; null: that of the rules. */
  readonly limit: number | null
  readonly currency: string
  readonly deposits: readonly Deposit[]
  readonly decisions: readonly Decision[]
  /** Decisions that wait, with the name of the service. */
  readonly waiting: readonly { readonly id: string; readonly service: string }[]
}

interface Props extends CustomerFacts {
  readonly done: string | undefined
  readonly errors: FormErrors
  readonly typed: Readonly<Record<string, string>>
}

const told: Readonly<Record<string, string>> = {
  limited: 'The limit is set.',
  returned: 'What was left is given back.',
  nothing: 'Nothing is left to give back.',
}

export const CustomerPage = ({ person, done, errors, typed, ...facts }: Props) => (
  <>
    <Crumbs to={[{ href: '/staff/billing', text: 'Billing' }]} here={person.name} />
    <h1>{person.name}</h1>
    {done && Object.hasOwn(told, done) && (
      <Notice kind="good" live>
        <p>{told[done]}</p>
      </Notice>
    )}
    <Errors errors={errors} />
    <Facts rows={[['Address', person.email], ...owedIn(facts)]} />
    {facts.waiting.map(({ id, service }) => (
      <section>
        <h2>{service} waits for a decision</h2>
        <form method="post" action={`/staff/billing/decisions/${id}`}>
          <Field
            name="deposit"
            label="After a deposit of"
            hint="In cents; empty: none. It is charged to their card, pays their invoices, and what is left comes back to them."
            inputmode="numeric"
          />
          <div class="actions">
            <Submit name="outcome" value="pass" kind="quiet">
              Let them go on
            </Submit>
            <Submit name="outcome" value="fail" kind="quiet">
              Refuse this card
            </Submit>
          </div>
        </form>
      </section>
    ))}
    <section>
      <h2>Limit</h2>
      <form method="post" action={`/staff/billing/customers/${person.id}/limit`} novalidate>
        <Field
          name="limit"
          label="Up to how much they may owe before a member of staff looks"
          hint="In cents; empty: the amount of the rules. Where two must agree, two must all the same."
          inputmode="numeric"
          value={typed['limit'] ?? (facts.limit === null ? '' : String(facts.limit))}
          error={errors['limit']}
        />
        <Submit>Set the limit</Submit>
      </form>
    </section>
    <Deposits deposits={facts.deposits} currency={facts.currency} personId={person.id} />
    {facts.decisions.length > 0 && <Decided decisions={facts.decisions} heading="What was decided" />}
  </>
)

function owedIn({ memberships, exposure, currency }: Omit<Props, 'person' | 'done' | 'errors' | 'typed'>) {
  return [
    ['Services', memberships.map(({ service, plan, standing }) => `${service.title}, ${plan.title} (${standing})`).join('; ') || 'none'],
    ['Open invoices', money(exposure.open, currency)],
    ['Used since the last invoice', money(exposure.used, currency)],
    ['To their credit', money(exposure.credit, currency)],
  ] as const
}

const Deposits = ({ deposits, currency, personId }: { deposits: readonly Deposit[]; currency: string; personId: string }) => (
  <section>
    <h2>Deposits</h2>
    {deposits.length === 0 ? (
      <p>None. One can be asked for with a decision that waits.</p>
    ) : (
      <Table label="Deposits">
        <thead>
          <tr>
            <Column number>Amount</Column>
            <Column>Asked for</Column>
            <Column>Paid</Column>
            <Column>Given back</Column>
          </tr>
        </thead>
        <tbody>
          {deposits.map((deposit) => (
            <tr>
              <td class="number">{money(deposit.cents, currency)}</td>
              <td>
                <Moment at={deposit.askedAt} />
              </td>
              <td>{deposit.paidAt ? <Moment at={deposit.paidAt} /> : 'not yet'}</td>
              <td>
                {deposit.returnedAt && (
                  <>
                    {money(deposit.returnedCents ?? 0, currency)}, <Moment at={deposit.returnedAt} />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
    {deposits.some(({ paidAt, returnedAt }) => paidAt && !returnedAt) && (
      <form method="post" action={`/staff/billing/customers/${personId}/return`}>
        <Submit kind="quiet">Give back what is left of the deposits</Submit>
      </form>
    )}
  </section>
)
