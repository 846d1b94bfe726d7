/** Another plan or number of seats: what there is to choose, what a choice would change, and the button that does it. */
import type { Cost } from '../processors/stripe-plans.ts'
import type { Plan } from '../services/catalogue.ts'
import type { NamedMembership } from '../services/membership.ts'
import { money, priceInWords, termsInWords } from '../services/price.ts'
import type { FormErrors } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import { type Changeable, markOf, otherPlans, type Preview, type Wanted } from './plan-change.ts'

const pathOf = ({ id }: Pick<NamedMembership, 'id'>): string => `/account/billing/memberships/${id}`

const people = (seats: number): string => (seats === 1 ? 'for one person' : `for ${seats} people`)

/** A plan by its name, with its seats where it has some. */
const named = ({ title, kind }: Pick<Plan, 'title' | 'kind'>, seats: number): string =>
  kind === 'seat' ? `${title}, ${people(seats)}` : title

/** What waits, and the way to take it back. */
export function Waiting({ from, membership }: { from: Changeable | undefined; membership: NamedMembership }) {
  const next = from?.service.plans.find(({ id }) => id === membership.nextPlanId)
  const unpaid = from?.terms.waiting
  const wanted = unpaid && from.service.plans.find(({ lookupKey }) => lookupKey === unpaid.lookupKey)
  return (
    <>
      {next && membership.paidUntil && (
        <Notice kind="info">
          <p>
            {named(next, membership.nextSeats ?? 1)} follows on <Moment at={membership.paidUntil} as="day" />.
          </p>
          <Withdraw membership={membership} />
        </Notice>
      )}
      {wanted && (
        <Notice kind="warn">
          <p>
            {named(wanted, unpaid.quantity ?? 1)} was asked for, and its payment did not go through. Everything stays as it is. Until{' '}
            <Moment at={unpaid.until} /> you can still pay it, or give another card.
          </p>
          <p>
            <a href={`/account/billing/invoices/${unpaid.invoice}`}>Pay it on Stripe’s page</a>
          </p>
          <Withdraw membership={membership} />
        </Notice>
      )}
    </>
  )
}

const Withdraw = ({ membership }: { membership: NamedMembership }) => (
  <form method="post" action={`${pathOf(membership)}/withdraw`}>
    <Submit kind="quiet">Withdraw this change</Submit>
  </form>
)

/** What one can change to. */
export function Choices({ from, errors = {}, seats }: { from: Changeable; errors?: FormErrors | undefined; seats?: string | undefined }) {
  const { membership, plan, terms } = from
  const plans = otherPlans(from)
  return (
    <>
      {plan.kind === 'seat' && (
        <section>
          <h2>More or fewer people</h2>
          <SeatsForm {...{ from, plan, errors }} seats={seats ?? String(membership.seats)} />
        </section>
      )}
      {plans.length > 0 && (
        <section>
          <h2>Another plan</h2>
          <ul class="rows services">
            {plans.map((other) => (
              <li>
                <h3>
                  <a href={`${pathOf(membership)}/change?plan=${other.slug}`}>{other.title}</a>
                </h3>
                <div>
                  <p>{priceInWords(other, terms.currency)}</p>
                  <p class="soft">{termsInWords({ ...other, trialDays: 0 }).join(' ')}</p>
                </div>
              </li>
            ))}
          </ul>
          <p class="soft">The next page says what changes, when, and what it costs, before anything does.</p>
        </section>
      )}
    </>
  )
}

interface SeatsProps {
  readonly from: Changeable
  readonly plan: Plan
  readonly errors: FormErrors
  readonly seats: string
}

const SeatsForm = ({ from, plan, errors, seats }: SeatsProps) => (
  <form method="get" action={`${pathOf(from.membership)}/change`} novalidate>
    <input type="hidden" name="plan" value={plan.slug} />
    <Field
      name="seats"
      label="For how many people"
      hint={`${priceInWords(plan, from.terms.currency)}. More begin at once, fewer with the next renewal.`}
      type="number"
      inputmode="numeric"
      value={seats}
      error={errors['seats']}
      required
    />
    <Submit kind="quiet">Look at what that costs</Submit>
  </form>
)

interface PreviewProps {
  readonly from: Changeable
  readonly plan: Plan
  readonly seats: string
  /** Undefined when there is nothing to preview: what was typed is wrong, or nothing would change. */
  readonly preview: Preview | undefined
  readonly errors: FormErrors
  readonly stale: boolean
}

export const PreviewPage = ({ from, plan, seats, preview, errors, stale }: PreviewProps) => (
  <>
    <Crumbs
      to={[
        { href: '/account/billing', text: 'Billing' },
        { href: pathOf(from.membership), text: from.service.title },
      ]}
      here={plan.title}
    />
    <h1>
      {from.service.title}, {plan.title}
    </h1>
    <Errors errors={errors} />
    {stale && (
      <Notice kind="warn" live>
        <p>Nothing was changed: meanwhile something else did. This is how it looks now.</p>
      </Notice>
    )}
    {preview ? <Reckoned preview={preview} /> : Object.keys(errors).length === 0 && <p>That is what you have. Nothing would change.</p>}
    {plan.kind === 'seat' && (
      <section>
        <h2>Another number of people</h2>
        <SeatsForm {...{ from, plan, seats, errors }} />
      </section>
    )}
  </>
)

const Reckoned = ({ preview }: { preview: Preview }) => (
  <>
    <Facts rows={changesIn(preview)} />
    {preview.membership.nextPlanId && <p>This takes the place of the change that is planned.</p>}
    {preview.above === null ? (
      <div class="actions">
        <form method="post" action={`${pathOf(preview.membership)}/change`}>
          <Hidden {...hiddenIn(preview)} />
          <Submit>{buttonFor(preview)}</Submit>
        </form>
        <a class="button quiet" href={pathOf(preview.membership)}>
          Leave it as it is
        </a>
      </div>
    ) : (
      <Notice kind="info">
        <p>
          With that you would owe more than {money(preview.above, preview.terms.currency)} at a time, and a member of our staff looks first.{' '}
          <a href="/help/contact">Please write to us.</a>
        </p>
      </Notice>
    )}
  </>
)

const Hidden = (fields: Readonly<Record<string, string>>) => (
  <>
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
  </>
)

const hiddenIn = ({ wanted, moment, terms }: Preview): Record<string, string> => ({
  plan: wanted.plan.slug,
  seats: String(wanted.seats),
  moment: String(moment.getTime() / 1000),
  mark: markOf(terms),
})

function changesIn(preview: Preview) {
  const { wanted, plan, membership, now, each, terms, begins } = preview
  return [
    ['Until now', named(plan, membership.seats)] as const,
    ['Then', named(wanted.plan, wanted.seats)] as const,
    ['When', begins === 'now' ? 'At once.' : <>With the renewal on {day(terms.periodEnd)}. Until then everything stays.</>] as const,
    ['To pay now', now ? nowInWords(now) : 'Nothing.'] as const,
    ['To pay from then on', eachInWords(wanted, each)] as const,
    ...(each ? [['First time', firstTime(preview)] as const] : []),
    ...(begins === 'now' && now ? [['Should that payment fail', 'Then your plan stays as it is.'] as const] : []),
  ]
}

const day = (at: Date) => <Moment at={at} as="day" />

// Where a whole new period begins now, it is in what is paid now.
function firstTime({ begins, now, plan, wanted, terms }: Preview) {
  if (begins === 'renewal' || plan.every === wanted.plan.every || !now) return day(terms.periodEnd)
  return `With what is paid now; then each ${wanted.plan.every}.`
}

function nowInWords({ due, total, tax, unused, currency }: Cost): string {
  const parts = [
    unused > 0
      ? `that is ${money(total + unused, currency)} less ${money(unused, currency)} for time that you paid for and do not use`
      : '',
    taxed(tax, currency),
    due < total ? `${money(total - due, currency)} comes from your credit` : '',
  ].filter(Boolean)
  return `${money(Math.max(due, 0), currency)}${parts.length > 0 ? `; ${parts.join('; ')}` : ''}.`
}

const taxed = (tax: number, currency: string): string => (tax > 0 ? `${money(tax, currency)} of it is tax` : '')

function eachInWords({ plan }: Wanted, cost: Cost | null): string {
  if (!cost) return 'Nothing.'
  const { total, tax, currency } = cost
  if (plan.kind === 'metered' || plan.kind === 'tiered') return `${priceInWords(plan, currency)}, after each ${plan.every}.`
  const note = taxed(tax, currency)
  return `${money(total, currency)} a ${plan.every}${note ? `; ${note}` : ''}.`
}

function buttonFor({ begins, now, terms }: Preview): string {
  if (begins === 'renewal') return 'Change with the renewal'
  return now && now.due > 0 ? `Change now and pay ${money(now.due, terms.currency)}` : 'Change now'
}
