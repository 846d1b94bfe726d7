/** The console's pages about the policy. */
import { dayInWords } from '../clock.ts'
import type { Draft, Version } from '../versions/version.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Choices, Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { Changes, NewsList } from './changes.tsx'
import { categoryInWords, isMaterial, type Piece, purposeInWords } from './news.ts'
import type { Delivery } from './notices.ts'
import type { Desk } from './publishing.ts'
import type { Fate } from './tables.ts'

const up = [{ href: '/staff/policy', text: 'Policy' }]

/** A version on its way, with how its notice stands and what it waits for. */
export interface Coming {
  readonly version: Version
  readonly delivery: Delivery
  readonly waits: { readonly until?: Date; readonly people?: number } | undefined
}

interface OverviewProps {
  readonly versions: readonly Version[]
  readonly coming: readonly Coming[]
  readonly inForce: number | undefined
  readonly at: Date
  readonly told?: string | undefined
}

export const OverviewPage = ({ versions, coming, inForce, at, told }: OverviewProps) => (
  <>
    <h1>Privacy policy</h1>
    <Told words={told} />
    <div class="actions">
      <a class="button" href="/staff/policy/draft">
        Write the next version
      </a>
    </div>
    {coming.map((one) => (
      <ComingVersion {...one} at={at} />
    ))}
    <h2>Versions</h2>
    <Table label="Versions">
      <thead>
        <tr>
          <Column>Version</Column>
          <Column>Published</Column>
          <Column>In effect</Column>
          <Column>Material</Column>
          <Column>What it changed</Column>
        </tr>
      </thead>
      <tbody>
        {versions.toReversed().map((version) => (
          <tr>
            <th scope="row">
              <a href={`/privacy/versions/${version.number}`}>Version {version.number}</a>
            </th>
            <td>
              <Moment at={version.publishedAt} />
            </td>
            <td>
              {version.tookEffectAt ? <Moment at={version.tookEffectAt} /> : 'Not yet'}
              {version.number === inForce && ', in force now'}
            </td>
            <td>{version.brought ? '' : version.material ? 'Yes' : 'No'}</td>
            <td class="words">{version.reason}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  </>
)

const fateWords: Readonly<Record<Fate, string>> = {
  waiting: 'To be written',
  written: 'In the outbox',
  sent: 'Taken by their e-mail server',
  refused: 'Refused by their e-mail server',
  held: 'Not sent: the mailbox does not exist',
  bounced: 'Came back',
}

const ComingVersion = ({ version, delivery, waits, at }: Coming & { at: Date }) => (
  <section>
    <h2>
      Version {version.number}: on its way, for <Moment at={version.effectiveAt} as="day" />
    </h2>
    <Notice kind={version.effectiveAt <= at && waits ? 'warn' : 'info'}>
      <p>
        <Waiting version={version} waits={waits} at={at} />
      </p>
    </Notice>
    {version.material && (
      <Facts
        rows={[
          ['People concerned', delivery.people.toLocaleString('en')],
          ...[...delivery.counts].map(([fate, people]) => [fateWords[fate], people.toLocaleString('en')] as const),
          ['Read it on the website, because no letter came', delivery.seen.toLocaleString('en')],
        ]}
      />
    )}
  </section>
)

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

const Waiting = ({ version: { effectiveAt, boundDays }, waits, at }: Pick<Coming, 'version' | 'waits'> & { at: Date }) => {
  if (waits?.people !== undefined)
    return (
      <>
        {effectiveAt <= at && 'Its day has come, and it does not take effect. '}The notice is going out: {waits.people.toLocaleString('en')}{' '}
        {waits.people === 1 ? 'letter has' : 'letters have'} yet to leave. <a href="/staff/policy">Count them again</a>. If the number
        stays, the mail server does not take letters: look at <a href="/staff/mail">E-mail</a> and <a href="/staff/jobs">Jobs</a>.
      </>
    )
  if (waits?.until)
    return (
      <>
        Everybody was told. It takes effect <Moment at={waits.until} />
        {dayOf(waits.until) > dayOf(effectiveAt) &&
          `, later than its day: the last letter went out late, and ${boundDays} days are promised`}
        .
      </>
    )
  return <>It takes effect within the minute.</>
}

interface DraftProps {
  readonly desk: Desk
  readonly references: readonly (readonly [pin: string, meaning: string])[]
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const DraftPage = ({ desk, references, told, errors = {}, typed = {} }: DraftProps) => {
  const { draft, last } = desk
  const value = (name: 'title' | 'summary' | 'written'): string => typed[name] ?? (draft ?? last)[name]
  return (
    <>
      <Crumbs to={up} here="Write" />
      <h1>Write version {last.number + 1}</h1>
      <Told words={told} />
      <Errors errors={errors} />
      <form method="post" action="/staff/policy/draft" novalidate>
        <Field name="title" label="Title" value={value('title')} error={errors['title']} maxlength={200} required />
        <Field
          name="summary"
          label="What it says, in a sentence"
          value={value('summary')}
          error={errors['summary']}
          maxlength={500}
          required
        />
        <Field
          name="written"
          label="Words, in Markdown"
          value={value('written')}
          error={errors['written']}
          hint="Numbers are references to what defines them, such as {{notice-days}} or {{retention:letters}}: then text and program cannot disagree."
          rows={28}
          maxlength={200_000}
          required
        />
        <div class="actions">
          <Submit name="next" value="compare">
            Keep it, and see what changes
          </Submit>
          <Submit kind="quiet">Keep the draft</Submit>
        </div>
      </form>
      <ClaimsOf desk={desk} />
      <details>
        <summary>Every reference, and what it stands for now</summary>
        <Facts rows={references.map(([pin, meaning]) => [<code>{`{{${pin}}}`}</code>, meaning])} />
      </details>
    </>
  )
}

const ClaimsOf = ({ desk: { claims, news } }: { desk: Desk }) => (
  <section>
    <h2>What it names</h2>
    <p>Taken from the program as it is now. What is new here is switched off until the version takes effect.</p>
    <NewsList news={news} />
    <Facts
      rows={[
        ['Notice before a material change', `${claims.noticeDays} days`],
        ['Used for', claims.purposes.map(purposeInWords).join('; ')],
        ['Kinds of data', claims.categories.map(categoryInWords).join('; ')],
        ['Recipients', claims.processors.join('; ')],
        ['Times that it states', claims.retention.join('; ') || 'None'],
      ]}
    />
  </section>
)

interface PublishProps {
  readonly desk: Desk
  readonly draft: Draft
  readonly pieces: readonly Piece[]
  /** Where the words disagree with the program as it is now. */
  readonly wrong: readonly string[]
  readonly earliest: string
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const PublishPage = ({ desk, draft, pieces, wrong, earliest, errors = {}, typed = {} }: PublishProps) => {
  const { last, inForce, news } = desk
  return (
    <>
      <Crumbs to={[...up, { href: '/staff/policy/draft', text: 'Write' }]} here="Publish" />
      <h1>Publish version {last.number + 1}</h1>
      <Errors errors={errors} />
      {wrong.length > 0 && (
        <Notice kind="bad">
          <p>{wrong.join(' ')}</p>
        </Notice>
      )}
      <h2>What changes</h2>
      <NewsList news={news} />
      <Changes pieces={pieces} />
      <h2>Publish it</h2>
      <form method="post" action="/staff/policy/publish" novalidate>
        <input type="hidden" name="draft" value={draft.id} />
        <Choices
          type="radio"
          name="material"
          legend="Does it change anything for people?"
          options={[
            { value: 'yes', text: `Yes: everybody is told, ${inForce.noticeDays} days before` },
            ...(isMaterial(news) ? [] : [{ value: 'no', text: 'No: such as a spelling mistake' }]),
          ]}
          chosen={[typed['material'] ?? 'yes']}
          error={errors['material']}
        />
        <Field
          name="reason"
          label="What changes, and why, in plain words"
          value={typed['reason']}
          error={errors['reason']}
          hint="It stands in the letter, on the website, and beside the version for good."
          rows={4}
          maxlength={2_000}
          required
        />
        <Field
          name="day"
          label="The day on which it takes effect"
          type="date"
          value={typed['day'] ?? earliest}
          error={errors['day']}
          hint={`The policy in force promises ${inForce.noticeDays} days of notice, so a material change takes effect on ${dayInWords(earliest)} at the earliest. It is the same time of day as now.`}
          required
        />
        <Checkbox
          name="sure"
          label="I have read the difference. What is published can be neither changed nor taken back."
          error={errors['sure']}
          required
        />
        <Submit>Publish, and tell everybody concerned</Submit>
      </form>
    </>
  )
}
