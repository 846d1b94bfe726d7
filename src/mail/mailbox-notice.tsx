/** What a person, or whoever helps them, is told about letters that do not arrive. */
import { Submit } from '../web/forms.tsx'
import { Notice } from '../web/layout.tsx'
import { Moment } from '../web/lists.tsx'
import type { ListedLetter } from './letter.ts'
import { type Suppression, whys } from './suppression.ts'

/** Tells somebody that we do not write to them and why, with the button that mends it; nothing when all is well. */
export const MailboxNotice = ({ stop }: { stop: Suppression | undefined }) =>
  stop ? (
    <Notice kind="warn">
      <p>
        We stopped sending you letters on <Moment at={stop.suppressedAt} as="day" />, because {whys[stop.why]}
        {stop.code && ` (${stop.code})`}.{' '}
        {stop.why === 'gone' ? 'Codes for signing in may not arrive, either.' : 'Codes for signing in still go.'}
      </p>
      <form method="post" action="/account/mailbox">
        <Submit kind="quiet">My mailbox works again</Submit>
      </form>
    </Notice>
  ) : null

/** What became of a letter. */
export function LetterOutcome({ letter: { sentAt, refusedAt, heldAt, bouncedAt, tries } }: { letter: ListedLetter }) {
  const bad: readonly (readonly [string, string, Date | null])[] = [
    ['came back', '', bouncedAt],
    ['refused', 'by the e-mail server, ', refusedAt],
    ['held back', 'because the mailbox does not exist, ', heldAt],
  ]
  const [word, why, at] = bad.find(([, , at]) => at !== null) ?? []
  if (word && at)
    return (
      <>
        <span class="badge bad">{word}</span> {why}
        <Moment at={at} />
      </>
    )
  if (sentAt)
    return (
      <>
        taken by the e-mail server, <Moment at={sentAt} />
      </>
    )
  return <>{tries === 0 ? 'waits' : `waits, tried ${tries === 1 ? 'once' : `${tries} times`}`}</>
}
