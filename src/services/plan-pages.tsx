/** A plan in the console. */
import type { Typed } from '../web/form.ts'
import { Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { Told } from '../web/told.tsx'
import type { Plan, Service } from './catalogue.ts'
import { type Filled, toldOf } from './office-pages.tsx'
import { planKinds } from './tables.ts'

interface PlanProps extends Filled {
  readonly service: Service
  /** Without it, a new one is offered. */
  readonly plan?: Plan | undefined
  readonly done?: string | undefined
}

export const PlanPage = ({ service, plan, done, errors = {}, typed = plan ? typedPlan(plan) : fresh }: PlanProps) => (
  <>
    <Crumbs
      to={[
        { href: '/staff/services', text: 'Services' },
        { href: `/staff/services/${service.slug}`, text: service.title },
      ]}
      here={plan?.title ?? 'A new plan'}
    />
    <h1>{plan ? plan.title : `A new plan of ${service.title}`}</h1>
    <Told words={toldOf(done)} />
    <Errors errors={errors} />
    <form method="post" action={`/staff/services/${service.slug}/plans${plan ? `/${plan.slug}` : ''}`} novalidate>
      {(plan ? terms : [slug, ...terms]).map((asked) => (
        <Asked asked={asked} value={typed[asked.name]} error={errors[asked.name]} />
      ))}
      <Submit>{plan ? 'Save' : 'Offer it'}</Submit>
    </form>
    {plan && (
      <form method="post" action={`/staff/services/${service.slug}/plans/${plan.slug}/${plan.retiredAt ? 'return' : 'retire'}`}>
        <Submit kind="quiet">{plan.retiredAt ? 'Offer it again' : 'Close it to newcomers'}</Submit>
      </form>
    )}
  </>
)

/** One question about a plan: a line, a number, or one of a few. */
interface Question {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly type?: 'number'
  readonly required?: true
  readonly options?: readonly (readonly [string, string])[]
}

const kinds = { free: 'free', flat: 'a fixed price', seat: 'by the seat', metered: 'by use', tiered: 'by use, in tiers' } as const
const slug: Question = { name: 'slug', label: 'Name in addresses', hint: 'Small letters and dashes. It stays.', required: true }
const terms: readonly Question[] = [
  { name: 'title', label: 'Name', required: true },
  { name: 'kind', label: 'How it is paid', options: planKinds.map((kind) => [kind, kinds[kind]] as const), required: true },
  { name: 'lookupKey', label: 'Lookup key of the price at Stripe', hint: 'For all but free plans.' },
  {
    name: 'amounts',
    label: 'Amounts',
    hint: 'In the smallest unit, such as: usd 500, eur 500. Stripe charges what hangs on the lookup key; this is what the site says.',
  },
  { name: 'tiers', label: 'Tiers', hint: 'For tiered plans: up to how many, for how many cents each, such as: 50 200, more 120' },
  {
    name: 'every',
    label: 'Paid every',
    options: [
      ['month', 'month'],
      ['year', 'year'],
    ],
    required: true,
  },
  {
    name: 'tax',
    label: 'Tax',
    options: [
      ['exclusive', 'comes on top'],
      ['inclusive', 'is in the price'],
    ],
    required: true,
  },
  { name: 'trialDays', label: 'Days of trial', type: 'number', required: true },
  { name: 'graceDays', label: 'Days of grace after a failed payment', type: 'number', required: true },
  { name: 'meter', label: 'What is counted', hint: 'For plans by use, such as: run' },
  { name: 'limits', label: 'Limits', hint: 'Such as: runs 10000, applications 10' },
  { name: 'place', label: 'Place among the plans', type: 'number', required: true },
]

function Asked({ asked, value, error }: { asked: Question; value: string | undefined; error: string | undefined }) {
  const { options, ...field } = asked
  return options ? <Select {...field} {...{ options, value, error }} /> : <Field {...field} {...{ value, error }} />
}

const fresh: Typed = { every: 'month', tax: 'exclusive', trialDays: '0', graceDays: '7', place: '9', kind: 'flat' }

const pairs = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

const typedPlan = (plan: Plan): Typed => ({
  title: plan.title,
  kind: plan.kind,
  lookupKey: plan.lookupKey ?? '',
  amounts: pairs(plan.amounts),
  tiers: plan.tiers.map(({ upTo, cents }) => `${upTo ?? 'more'} ${cents}`).join(', '),
  every: plan.every,
  tax: plan.tax,
  trialDays: String(plan.trialDays),
  graceDays: String(plan.graceDays),
  meter: plan.meter ?? '',
  limits: pairs(plan.limits),
  place: String(plan.place),
})
