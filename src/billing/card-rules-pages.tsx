/** The rules by which a card qualifies: what holds for each service, a form with a preview of what it does, and the versions. */
import type { Id } from '../log.ts'
import type { Service } from '../services/catalogue.ts'
import { money } from '../services/price.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import type { Policy, Version } from './card-rules.ts'
import { decide, trials } from './qualification.ts'
import type { Terms } from './tables.ts'

/** Every service with the rules that hold for it. */
export type Ruled = readonly { readonly service: Service; readonly policy: Policy; readonly own: boolean }[]

export const CardRulesPage = ({ ruled, common }: { ruled: Ruled; common: Policy }) => (
  <>
    <Crumbs to={[{ href: '/staff/billing', text: 'Billing' }]} here="Rules" />
    <h1>The rules by which a card qualifies</h1>
    <p>
      A service without rules of its own follows those that are for all. Each change is a new version, and decisions say by which they were
      made.
    </p>
    <Table label="Rules">
      <thead>
        <tr>
          <Column>For</Column>
          <Column>Rules</Column>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">
            <a href="/staff/billing/rules/all">All without rules of their own</a>
          </th>
          <td>{versionInWords(common)}</td>
        </tr>
        {ruled.map(({ service, policy, own }) => (
          <tr>
            <th scope="row">
              <a href={`/staff/billing/rules/for/${service.slug}`}>{service.title}</a>
            </th>
            <td>{own ? versionInWords(policy) : 'those for all'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  </>
)

const versionInWords = ({ version }: Pick<Policy, 'version'>): string => (version === 0 ? 'as the program comes' : `version ${version}`)

interface RulesProps {
  /** Undefined: the rules for all that have none of their own. */
  readonly service: Service | undefined
  readonly terms: Terms
  readonly versions: readonly Version[]
  /** Members of the team by their number. */
  readonly names: ReadonlyMap<Id, string>
  readonly previewed: boolean
  readonly done: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const RulesPage = ({ service, terms, versions, names, previewed, done, errors = {}, typed }: RulesProps) => {
  const title = service ? service.title : 'All without rules of their own'
  return (
    <>
      <Crumbs
        to={[
          { href: '/staff/billing', text: 'Billing' },
          { href: '/staff/billing/rules', text: 'Rules' },
        ]}
        here={title}
      />
      <h1>Rules: {title}</h1>
      {done === 'adopted' && (
        <Notice kind="good" live>
          <p>Adopted. It holds for cards that are given from now on.</p>
        </Notice>
      )}
      <Errors errors={errors} />
      <Outcomes terms={terms} previewed={previewed} />
      <section>
        <h2>Change them</h2>
        <form method="post" action={service ? `/staff/billing/rules/for/${service.slug}` : '/staff/billing/rules/all'} novalidate>
          <RuleFields typed={typed ?? typedTerms(terms)} errors={errors} />
          <div class="actions">
            <Submit name="step" value="preview" kind="quiet">
              Look at what that does
            </Submit>
            <Submit name="step" value="adopt">
              Adopt as version {(versions[0]?.version ?? 0) + 1}
            </Submit>
          </div>
        </form>
      </section>
      <Versions versions={versions} names={names} />
    </>
  )
}

const outcomes = { pass: 'passes', review: 'a person looks', fail: 'is refused' } as const

/** What the rules make of cards that show one thing each. */
const Outcomes = ({ terms, previewed }: { terms: Terms; previewed: boolean }) => (
  <section>
    <h2>{previewed ? 'What that would do' : 'What they do'}</h2>
    {previewed && (
      <Notice kind="info" live>
        <p>Nothing is adopted yet.</p>
      </Notice>
    )}
    <p>Of a card is known that</p>
    <Facts
      rows={trials(terms).map(({ says, signals, history }) => {
        const { outcome, reasons } = decide({ version: 0, terms }, signals, history)
        return [says, `${outcomes[outcome]}${reasons.includes('large_exposure') ? ', and another one' : ''}`] as const
      })}
    />
  </section>
)

const rules = [
  ['ignore', 'let it pass'],
  ['review', 'a person looks'],
  ['fail', 'refuse'],
] as const

const asked = [
  ['authentication', 'The bank could not confirm who it was'],
  ['cvc', 'The security code was wrong'],
  ['address', 'The address was not the one that the bank knows'],
  ['prepaid', 'It is a prepaid card'],
  ['duplicate', 'Somebody else uses the same card'],
  ['abroad', 'The card is from a country that is not served'],
] as const

const RuleFields = ({ typed, errors }: { typed: Typed; errors: FormErrors }) => (
  <>
    {asked.map(([name, label]) => (
      <Select name={name} label={label} options={rules} value={typed[name]} error={errors[name]} required />
    ))}
    <Field
      name="countries"
      label="Countries that are served"
      hint="Two letters each, with commas between, such as US, DE. None: all."
      value={typed['countries']}
      error={errors['countries']}
      maxlength={1000}
    />
    <Field
      name="reviewAbove"
      label="A person looks above this amount"
      hint="What somebody owes and is about to owe, in cents: 20000 is 200."
      type="number"
      value={typed['reviewAbove']}
      error={errors['reviewAbove']}
      required
    />
    <Field
      name="twoAbove"
      label="Two people must agree above this amount"
      hint="In cents, too."
      type="number"
      value={typed['twoAbove']}
      error={errors['twoAbove']}
      required
    />
    <Field
      name="validDays"
      label="A decision holds for so many days"
      type="number"
      value={typed['validDays']}
      error={errors['validDays']}
      required
    />
  </>
)

const typedTerms = ({ countries, reviewAbove, twoAbove, validDays, ...rest }: Terms): Typed => ({
  ...rest,
  countries: countries.join(', '),
  reviewAbove: String(reviewAbove),
  twoAbove: String(twoAbove),
  validDays: String(validDays),
})

const Versions = ({ versions, names }: { versions: readonly Version[]; names: ReadonlyMap<Id, string> }) => (
  <section>
    <h2>Versions</h2>
    {versions.length === 0 && <p>None yet: the rules are as the program comes.</p>}
    <ol class="timeline">
      {versions.map((version, at) => (
        <li>
          <Moment at={version.madeAt} /> version {version.version}, by{' '}
          {(version.authorId && names.get(version.authorId)) ?? 'somebody who left the team'}:{' '}
          {changesIn(version.terms, versions[at + 1]?.terms)}
        </li>
      ))}
    </ol>
  </section>
)

/** What a version changed, in words. */
function changesIn(terms: Terms, before: Terms | undefined): string {
  if (!before) return 'the first one.'
  const words = { reviewAbove: 'a person looks above', twoAbove: 'two people above', validDays: 'days', countries: 'countries' }
  const names = Object.keys(terms) as (keyof Terms)[]
  const changed = names.filter((name) => String(terms[name]) !== String(before[name]))
  if (changed.length === 0) return 'nothing changed.'
  return `${changed.map((name) => `${name in words ? words[name as keyof typeof words] : name} ${shown(name, terms)} instead of ${shown(name, before)}`).join('; ')}.`
}

function shown(name: keyof Terms, terms: Terms): string {
  if (name === 'countries') return terms.countries.join(', ') || 'all'
  return name === 'reviewAbove' || name === 'twoAbove' ? money(terms[name], 'usd').replace('$', '') : String(terms[name])
}
