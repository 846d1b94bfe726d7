/** The console's pages on an issue whose words are fixed: it waits for its time, is under way, or is over. */
import { now } from '../clock.ts'
import { Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import type { Echo } from './desk.ts'
import { doneOf, type Issue, type NotedAct, type Progress } from './issue.ts'
import { Act, Acts, IssueHead, Letters, written } from './issue-pages.tsx'
import { inZone } from './zone.ts'

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
    <VisitsPart body={issue.body} />
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

/** The campaign words that an issue's own links carry, as they were written. */
const campaignsIn = (body: string): string[] => [
  ...new Set([...body.matchAll(/[?&]utm_campaign=([\w.~%+-]+)/g)].map(([, word = '']) => wordIn(word))),
]

const wordIn = (text: string): string => new URLSearchParams(`word=${text}`).get('word') ?? ''

const VisitsPart = ({ body }: { body: string }) => {
  const campaigns = campaignsIn(body)
  return (
    <section>
      <h2>Visits</h2>
      {campaigns.length === 0 ? (
        <p>
          Nobody’s steps are followed: letters hold no pixel, and their links are as you wrote them. If you end a link with{' '}
          <code>?utm_campaign=a-word</code>, visits with that word are counted together.
        </p>
      ) : (
        <ul>
          {campaigns.map((word) => (
            <li>
              <a href={`/staff/navigation?is.campaign=${encodeURIComponent(word)}`}>Visits with the word “{word}”</a>, all of them together
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const UncertainPart = ({ issue, uncertain }: Pick<SentProps, 'issue' | 'uncertain'>) => (
  <section>
    <h2>Uncertain</h2>
    <p>
      Their letters were on their way when the program or the connection broke. Perhaps they arrived, perhaps not; nobody is written to
      twice unless you say so. The log of your mail server may tell.
    </p>
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
    {issue.standing !== 'sending' && <Act issue={issue} act="count-as-sent" says="They arrived: count all of them as sent" />}
    {issue.standing === 'sent' && (
      <>
        <p>Whoever left in the meantime gets no letter. Whoever got the first one gets it twice.</p>
        <Act issue={issue} act="send-again" says="They did not arrive: send all of them again" kind="danger" />
      </>
    )}
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

const goesNow = ({ sendAt }: Issue, approval: ScheduledProps['approval']): boolean =>
  sendAt !== null && sendAt <= now() && (approval === 'not needed' || approval === 'given')

/** An issue whose words are fixed and whose time has not come. */
export const ScheduledPage = ({ issue, acts, text, told, meant, approval }: ScheduledProps) => (
  <>
    <IssueHead issue={issue} told={told} />
    {goesNow(issue, approval) && (
      <p data-progress={`/staff/updates/issues/${issue.id}/progress.json`} data-standing={issue.standing}>
        It goes at any moment now. <a href={`/staff/updates/issues/${issue.id}`}>See how far it got</a>
      </p>
    )}
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
