/** The console's pages on issues: the list, the desk where one is written, and what becomes of it. */
import type { Child } from 'hono/jsx'
import { Select, Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import type { Echo } from './desk.ts'
import { doneOf, type Issue, type ListedIssue, type NotedAct, type Progress, type Standing } from './issue.ts'
import type { Topic } from './topic.ts'
import { inZone } from './zone.ts'

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
    {told && <Told>{told}</Told>}
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
      <Moment at={issue.editedAt} as="day" />
    </td>
  </tr>
)

const countsOf = (progress: Progress | null): string[] =>
  progress
    ? [progress.total, progress.taken - progress.bounced, progress.refused, progress.bounced, progress.uncertain].map(written)
    : ['–', '–', '–', '–', '–']

export const Told = ({ children }: { children?: Child }) => (
  <Notice kind="good" live>
    <p>{children}</p>
  </Notice>
)

export const IssueHead = ({ issue, told }: { issue: Issue; told?: string | undefined }) => (
  <>
    <Crumbs to={[{ href: '/staff/updates', text: 'Updates' }]} here={subjectOf(issue)} />
    <h1>
      {subjectOf(issue)} <Badge standing={issue.standing} />
    </h1>
    {told && <Told>{told}</Told>}
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
  <section>
    <h2>How it will look</h2>
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

/** Somebody of whom nobody knows whether the letter arrived; enough of the address to find them. */
export interface Uncertain {
  readonly address: string
  readonly claimedAt: Date
}

interface SentProps {
  readonly issue: Issue
  readonly progress: Progress | undefined
  readonly acts: readonly NotedAct[]
  readonly echo: Echo
  readonly uncertain: readonly Uncertain[]
  readonly text: string
  readonly told?: string | undefined
}

/** An issue that is under way, or over. */
export const SentPage = ({ issue, progress, acts, echo, uncertain, text, told }: SentProps) => (
  <>
    <IssueHead issue={issue} told={told} />
    {progress && <ProgressPart issue={issue} progress={progress} echo={echo} />}
    <div class="actions">
      {issue.standing === 'sending' && <Act issue={issue} act="pause" says="Pause" />}
      {issue.standing === 'paused' && <Act issue={issue} act="resume" says="Go on" />}
      {(issue.standing === 'sending' || issue.standing === 'paused') && (
        <Act issue={issue} act="cancel" says="Cancel for good" kind="danger" />
      )}
    </div>
    {uncertain.length > 0 && <UncertainPart issue={issue} uncertain={uncertain} />}
    <Acts acts={acts} />
    <Letters issue={issue} text={text} />
  </>
)

const counted = (progress: Progress, echo: Echo): readonly (readonly [name: string, label: string, count: number])[] => [
  ['total', 'Readers', progress.total],
  ['delivered', 'Delivered', progress.taken - progress.bounced],
  ['refused', 'Refused by their mail server', progress.refused],
  ['bounced', 'Came back', progress.bounced],
  ['complained', 'Reported as unwanted', progress.complained],
  ['left', 'Had left or cannot be written to', progress.left],
  ['uncertain', 'Uncertain', progress.uncertain],
  ['cancelled', 'Not written to any more', progress.cancelled],
  ['leftBy', 'Left by this letter', echo.left],
  ...(echo.replies === undefined ? [] : [['replies', 'Answers', echo.replies] as const]),
]

/** The same numbers for the script that keeps the page fresh. */
export const progressJson = (issue: Issue, progress: Progress, echo: Echo): Record<string, number | string> => ({
  standing: issue.standing,
  done: doneOf(progress),
  ...Object.fromEntries(counted(progress, echo).map(([name, , count]) => [name, count])),
})

const ProgressPart = ({ issue, progress, echo }: { issue: Issue; progress: Progress; echo: Echo }) => (
  <section data-progress={`/staff/updates/issues/${issue.id}/progress.json`} data-standing={issue.standing}>
    <h2>How far it got</h2>
    {progress.troubledAt && issue.standing === 'sending' && (
      <Notice kind="warn">
        <p>
          The mail server has taken nothing since <Moment at={progress.troubledAt} />. Nothing is lost: it is tried again and again.
        </p>
      </Notice>
    )}
    <p>
      <progress max={Math.max(progress.total, 1)} value={doneOf(progress)} aria-label="Readers who are settled" />
    </p>
    <Facts rows={counted(progress, echo).map(([name, label, count]) => [label, <span data-count={name}>{written(count)}</span>])} />
  </section>
)

const UncertainPart = ({ issue, uncertain }: Pick<SentProps, 'issue' | 'uncertain'>) => (
  <section>
    <h2>Uncertain</h2>
    <p>
      Their letters were on their way when the program or the connection broke. Perhaps they arrived, perhaps not; nobody is written to
      twice unless you say so. The log of your mail server may tell.
    </p>
    {issue.standing !== 'sending' && <Act issue={issue} act="count-as-sent" says="They arrived: count all of them as sent" />}
    {issue.standing === 'sent' && (
      <>
        <p>Whoever left in the meantime gets no letter. Whoever got the first one gets it twice.</p>
        <Act issue={issue} act="send-again" says="They did not arrive: send all of them again" kind="danger" />
      </>
    )}
    <Table label="Uncertain letters">
      <thead>
        <tr>
          <Column>To</Column>
          <Column>Handed over</Column>
        </tr>
      </thead>
      <tbody>
        {uncertain.map(({ address, claimedAt }) => (
          <tr>
            <td>{address}</td>
            <td>
              <Moment at={claimedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  </section>
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

interface ScheduledProps extends Pick<SentProps, 'issue' | 'acts' | 'text' | 'told'> {
  readonly meant: number
  /** `needed`: a second person must approve; `own`: and it cannot be this one. */
  readonly approval: 'not needed' | 'needed' | 'own' | 'given'
}

const approvalWords: Record<ScheduledProps['approval'], string> = {
  'not needed': 'Not asked for here',
  needed: 'It goes once a second person has approved it',
  own: 'It goes once a second person has approved it; nobody approves their own',
  given: 'Given',
}

/** An issue whose words are fixed and whose time has not come. */
export const ScheduledPage = ({ issue, acts, text, told, meant, approval }: ScheduledProps) => (
  <>
    <IssueHead issue={issue} told={told} />
    <Facts
      rows={[
        ['Goes on', issue.sendAt ? `${inZone(issue.sendAt, issue.zone ?? 'UTC')}, ${issue.zone ?? 'UTC'}` : ''],
        ['To', `${written(meant)} ${meant === 1 ? 'person' : 'people'}, if it went now`],
        ['Approval', approvalWords[approval]],
      ]}
    />
    <div class="actions">
      {approval === 'needed' && <Act issue={issue} act="approve" says="Approve it" />}
      <Act issue={issue} act="withdraw" says="Back to the desk" />
      <Act issue={issue} act="cancel" says="Cancel for good" kind="danger" />
    </div>
    <Acts acts={acts} />
    <Letters issue={issue} text={text} />
  </>
)
