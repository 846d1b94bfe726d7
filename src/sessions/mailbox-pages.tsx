/** Which letters went to one, and whether they arrived. */
import type { ListedLetter } from '../mail/letter.ts'
import { LetterOutcome, MailboxNotice } from '../mail/mailbox-notice.tsx'
import type { Suppression } from '../mail/suppression.ts'
import { Notice } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'

interface MailboxProps {
  readonly email: string
  readonly stop: Suppression | undefined
  readonly letters: readonly ListedLetter[]
  readonly asked: boolean
}

export const MailboxPage = ({ email, stop, letters, asked }: MailboxProps) => (
  <>
    <h1>Letters to you</h1>
    {asked && stop && (
      <Notice kind="good" live>
        <p>A letter is on its way. When it arrives, press the button behind its link, and we write to you again.</p>
      </Notice>
    )}
    <MailboxNotice stop={stop} />
    <p>
      Letters go to <b>{email}</b>. {stop ? 'If that is not your mailbox any more, ' : 'If you want them elsewhere, '}
      <a href="/account/address">change the address</a>.
    </p>
    <h2>The last 30 days</h2>
    {letters.length === 0 ? <p>We wrote none.</p> : <Letters letters={letters} />}
    <p>We do not keep what a letter said once your e-mail server took it.</p>
  </>
)

const Letters = ({ letters }: { letters: readonly ListedLetter[] }) => (
  <Table label="Letters">
    <thead>
      <tr>
        <Column>About</Column>
        <Column>Written</Column>
        <Column>What became of it</Column>
      </tr>
    </thead>
    <tbody>
      {letters.map((letter) => (
        <tr>
          <th scope="row">{letter.kind}</th>
          <td>
            <Moment at={letter.writtenAt} />
          </td>
          <td>
            <LetterOutcome letter={letter} />
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)
