/** One conversation on the desk: what was said, and what can be done. */
import { now } from '../clock.ts'
import type { Id } from '../log.ts'
import type { Member } from '../staff/team.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Conversation } from './conversation.ts'
import type { Asker } from './emails.ts'
import { howLong } from './how-long.ts'
import { up, wayWords } from './office-pages.tsx'
import type { SavedReply } from './saved-reply.ts'
import type { Said } from './words.ts'

export interface Desk {
  readonly conversation: Conversation
  /** Whom an answer goes to; nobody where the sender was forged. */
  readonly asker: Asker | undefined
  readonly said: readonly Said[]
  readonly staffId: Id | undefined
  readonly team: readonly Member[]
  readonly replies: readonly SavedReply[]
}

interface DeskProps {
  readonly desk: Desk
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const DeskPage = ({ desk, told, errors = {}, typed = {} }: DeskProps) => {
  const { conversation, asker, said, team } = desk
  const who = asker?.name ?? asker?.email ?? 'Nobody certain'
  return (
    <>
      <Crumbs to={up} here={who} />
      <h1>{who}</h1>
      <Told words={told} />
      <Errors errors={errors} />
      {conversation.personId && (
        <p>
          <small>That you opened this is on the person’s page, with your role and without your name.</small>
        </p>
      )}
      <section>
        {said.map(({ direction, text, by, writtenAt }) => (
          <article class={`letter ${direction}`}>
            <h2>
              {wrote[direction]}
              {by && `, ${team.find(({ personId }) => personId === by)?.name ?? 'somebody who left'}`}, <Moment at={writtenAt} />
            </h2>
            <p class="said">{text}</p>
          </article>
        ))}
      </section>
      {asker ? <Answer {...{ desk, errors, typed }} /> : <NoAnswer />}
      <section>
        <h2>About it</h2>
        <Standing desk={desk} />
      </section>
      <Remark {...{ conversation, errors, typed }} />
      <Assign desk={desk} />
      {asker && (
        <section>
          <h2>Is it about their data?</h2>
          <p>What asks for a copy, a correction or an erasure has a clock, and is answered by those who answer for privacy.</p>
          <form method="post" action={`/staff/help/${conversation.id}/hand-over`}>
            <Submit kind="quiet">Hand it over to them</Submit>
          </form>
        </section>
      )}
      <section>
        <h2>{conversation.closedAt ? 'Is it not over?' : 'Is it over?'}</h2>
        <form method="post" action={`/staff/help/${conversation.id}/${conversation.closedAt ? 'reopen' : 'close'}`}>
          <Submit kind="quiet">{closing(conversation)}</Submit>
        </form>
      </section>
    </>
  )
}

const closing = ({ closedAt, waitingSince }: Conversation): string =>
  closedAt ? 'Open it again' : waitingSince ? 'Close it without an answer' : 'Close it'

const wrote = { in: 'They wrote', out: 'We wrote', note: 'Note' } as const

const Standing = ({ desk: { conversation, asker, staffId, team } }: { desk: Desk }) => {
  const { personId, way, article, beganAt, waitingSince, closedAt, expiresAt } = conversation
  return (
    <>
      <Facts
        rows={[
          ['Address', asker?.email ?? 'none'],
          ['Record', personId ? <a href={`/staff/people/${personId}`}>Open it, with a reason</a> : 'not known here'],
          ['Came', `${wayWords[way]}${article ? `, about the article ${article}` : ''}`],
          ['Began', <Moment at={beganAt} />],
          closedAt
            ? ['Closed', <Moment at={closedAt} />]
            : ['Waits for an answer', waitingSince ? howLong(waitingSince, now()) : 'no: it was answered'],
          ['Assigned to', team.find((member) => member.personId === staffId)?.name ?? 'nobody'],
          ...(expiresAt ? [['Deleted', <Moment at={expiresAt} as="day" />] as const] : []),
        ]}
      />
    </>
  )
}

interface Acts {
  readonly errors: FormErrors
  readonly typed: Typed
}

const Answer = ({ desk: { conversation, asker, replies }, errors, typed }: Acts & { desk: Desk }) => (
  <section id="answer">
    <h2>Answer</h2>
    {replies.length > 0 && (
      <form class="search" method="get" action={`/staff/help/${conversation.id}#answer`}>
        <Select name="reply" label="Begin with a saved reply" options={replies.map(({ id, title }) => [id, title])} required />
        <Submit kind="quiet">Put it in</Submit>
      </form>
    )}
    <form method="post" action={`/staff/help/${conversation.id}/answer`} novalidate>
      <Field
        name="answer"
        label="The letter"
        value={typed['answer']}
        error={errors['answer']}
        rows={7}
        maxlength={5000}
        hint={`It goes to ${asker?.email}, and greets by itself. Nothing of anybody else’s belongs in it.`}
        required
      />
      <Checkbox name="ends" label="This is the whole answer: close it" checked={typed['ends'] === 'yes'} />
      <Submit icon="send">Send the answer</Submit>
    </form>
  </section>
)

const NoAnswer = () => (
  <Notice kind="warn">
    <p>
      Whoever wrote it is not who they say, so there is nobody to answer. If it is meant all the same, write to the address that you know.
    </p>
  </Notice>
)

const Remark = ({ conversation, errors, typed }: Acts & Pick<Desk, 'conversation'>) => (
  <section>
    <h2>Note</h2>
    <form method="post" action={`/staff/help/${conversation.id}/note`} novalidate>
      <Field
        name="note"
        label="For your colleagues"
        value={typed['note']}
        error={errors['note']}
        rows={3}
        maxlength={5000}
        hint="It is sealed, too. The person reads it in their copy."
        required
      />
      <Submit kind="quiet">Keep the note</Submit>
    </form>
  </section>
)

const Assign = ({ desk: { conversation, staffId, team } }: { desk: Desk }) => (
  <section>
    <h2>Who answers</h2>
    <form class="search" method="post" action={`/staff/help/${conversation.id}/assign`} novalidate>
      <Select
        name="to"
        label="Assigned to"
        options={[['nobody', 'Nobody'], ...team.map(({ personId, name }) => [personId, name] as const)]}
        value={staffId ?? 'nobody'}
        required
      />
      <Submit kind="quiet">Assign it</Submit>
    </form>
  </section>
)
