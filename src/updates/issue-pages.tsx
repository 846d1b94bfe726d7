/** The console’s pages on issues: the list, and what the pages of each have in common. */
import { Select, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Issue, ListedIssue, NotedAct, Progress, Standing } from './issue.ts'
import type { Topic } from './topic.ts'

export const standingWords: Record<Standing, string> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  sending: 'Being sent',
  paused: 'Paused',
  cancelled: 'Cancelled',
  sent: 'Sent',
}

const tones: Record<Standing, string> = { draft: '', scheduled: 'warn', sending: 'warn', paused: 'bad', cancelled: 'bad', sent: 'good' }

export const Badge = ({ standing }: { standing: Standing }) => <span class={`badge ${tones[standing]}`}>{standingWords[standing]}</span>

export const subjectOf = ({ subject }: { subject: string }): string => subject || 'No subject yet'
export const written = (count: number): string => count.toLocaleString('en')

interface IssuesProps {
  readonly issues: readonly ListedIssue[]
  readonly topics: readonly Topic[]
  readonly told?: string | undefined
}

export const IssuesPage = ({ issues, topics, told }: IssuesProps) => (
  <>
    <h1>Updates</h1>
    <Told words={told} />
    <form class="search" method="post" action="/staff/updates">
      <Select name="topic" label="Topic" options={topics.map(({ slug, title }) => [slug, title])} required />
      <Submit icon="pencil">Write an issue</Submit>
      <a class="button quiet" href="/staff/updates/issues.csv">
        Take out as CSV
      </a>
      <a class="button quiet" href="/staff/updates/import">
        Bring in a list
      </a>
    </form>
    {issues.length === 0 ? (
      <Empty icon="mail" title="Nothing was written yet">
        <p>Choose a topic above. Nobody gets anything before you say so.</p>
      </Empty>
    ) : (
      <IssueTable issues={issues} topics={topics} />
    )}
  </>
)

const IssueTable = ({ issues, topics }: Omit<IssuesProps, 'told'>) => (
  <Table label="Issues">
    <thead>
      <tr>
        <Column>Subject</Column>
        <Column>Topic</Column>
        <Column>Standing</Column>
        <Column number>Readers</Column>
        <Column number>Delivered</Column>
        <Column number>Refused</Column>
        <Column number>Came back</Column>
        <Column number>Uncertain</Column>
        <Column>Changed</Column>
      </tr>
    </thead>
    <tbody>
      {issues.map((issue) => (
        <IssueRow issue={issue} topic={topics.find(({ slug }) => slug === issue.topic)?.title ?? issue.topic} />
      ))}
    </tbody>
  </Table>
)

const IssueRow = ({ issue, topic }: { issue: ListedIssue; topic: string }) => (
  <tr>
    <th scope="row">
      <a href={`/staff/updates/issues/${issue.id}`}>{subjectOf(issue)}</a>
    </th>
    <td>{topic}</td>
    <td>
      <Badge standing={issue.standing} />
    </td>
    {countsOf(issue.progress).map((count) => (
      <td class="number">{count}</td>
    ))}
    <td>
      <Moment at={issue.editedAt} as="date" />
    </td>
  </tr>
)

const countsOf = (progress: Progress | null): string[] =>
  progress
    ? [progress.total, progress.taken - progress.bounced, progress.refused, progress.bounced, progress.uncertain].map(written)
    : ['–', '–', '–', '–', '–']

export const IssueHead = ({ issue, told }: { issue: Issue; told?: string | undefined }) => (
  <>
    <Crumbs to={[{ href: '/staff/updates', text: 'Updates' }]} here={subjectOf(issue)} />
    <h1>
      {subjectOf(issue)} <Badge standing={issue.standing} />
    </h1>
    <Told words={told} />
  </>
)

/** One act that is a button of its own. */
export const Act = (props: { issue: Issue; act: string; says: string; kind?: 'quiet' | 'danger' }) => (
  <form class="inline" method="post" action={`/staff/updates/issues/${props.issue.id}/${props.act}`}>
    <Submit kind={props.kind ?? 'quiet'}>{props.says}</Submit>
  </form>
)

interface LettersProps {
  readonly issue: Issue
  readonly text: string
}

/** The letter as its readers will see it, in frames that can do nothing. */
export const Letters = ({ issue, text }: LettersProps) => (
  <section id="looks">
    <h2>How it looks</h2>
    <div class="letters">
      <figure>
        <figcaption>On a screen</figcaption>
        <Frame issue={issue} title="The letter on a screen" />
      </figure>
      <figure class="phone">
        <figcaption>On a phone, dark</figcaption>
        <Frame issue={issue} title="The letter on a phone, dark" query="?scheme=dark" />
      </figure>
    </div>
    <details>
      <summary>
        <h3>As plain text</h3>
      </summary>
      <pre data-text={`/staff/updates/issues/${issue.id}/letter.txt`}>{text}</pre>
    </details>
  </section>
)

const Frame = ({ issue, title, query = '' }: { issue: Issue; title: string; query?: string }) => (
  <iframe class="letter" sandbox="" title={title} src={`/staff/updates/issues/${issue.id}/letter.html${query}`}></iframe>
)

const actWords: Record<NotedAct['act'], string> = {
  begun: 'Begun',
  edited: 'Changed',
  scheduled: 'Scheduled',
  approved: 'Approved',
  withdrawn: 'Taken back to the desk',
  started: 'Started',
  paused: 'Paused',
  resumed: 'Went on',
  cancelled: 'Cancelled',
  finished: 'Over',
  settled: 'Uncertain letters counted as sent',
  resent: 'Uncertain letters sent again',
}

export const Acts = ({ acts }: { acts: readonly NotedAct[] }) => (
  <section>
    <h2>What was done</h2>
    <ol class="timeline">
      {acts.map(({ act, by, doneAt }) => (
        <li>
          <Moment at={doneAt} />
          {actWords[act]} {by ? `by ${by}` : ''}
        </li>
      ))}
    </ol>
  </section>
)
