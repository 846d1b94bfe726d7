/** One's own conversations, in the account. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Moment } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Conversation } from './conversation.ts'
import type { Said } from './words.ts'

export const ConversationsPage = ({ listed }: { listed: readonly Conversation[] }) => (
  <>
    <h1>Your questions</h1>
    <p class="lead">What you asked us, and what we answered. It is sealed under your own key.</p>
    {listed.length === 0 ? (
      <Empty icon="life-buoy" title="You have not asked anything yet">
        <p>What you ask by the form or by e-mail stands here, with the answers.</p>
      </Empty>
    ) : (
      <ul class="rows">
        {listed.map((conversation) => (
          <li>
            <div>
              <a href={`/account/help/${conversation.id}`}>
                Asked <Moment at={conversation.beganAt} />
              </a>
            </div>
            <small>{standing(conversation)}</small>
          </li>
        ))}
      </ul>
    )}
    <p>
      <a class="button" href="/help/contact">
        Ask something
      </a>
    </p>
  </>
)

const standing = ({ closedAt, waitingSince }: Conversation): string =>
  closedAt ? 'closed' : waitingSince ? 'we have not answered yet' : 'answered'

interface ConversationProps {
  readonly conversation: Conversation
  readonly said: readonly Said[]
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const ConversationPage = ({ conversation, said, told, errors = {}, typed = {} }: ConversationProps) => (
  <>
    <Crumbs to={[{ href: '/account/help', text: 'Your questions' }]} here="A question" />
    <h1>Your question</h1>
    <Told words={told} />
    <Errors errors={errors} />
    {said
      .filter(({ direction }) => direction !== 'note')
      .map(({ direction, text, writtenAt }) => (
        <article class={`letter ${direction}`}>
          <h2>
            {direction === 'in' ? 'You' : 'We'}, <Moment at={writtenAt} />
          </h2>
          <p class="said">{text}</p>
        </article>
      ))}
    {said.length === 0 && <p>It began before you had this account, and what was said in it cannot be shown here.</p>}
    <form method="post" action={`/account/help/${conversation.id}`} novalidate>
      <Field
        name="words"
        label={conversation.closedAt ? 'Something more? It is opened again' : 'Something more?'}
        value={typed['words']}
        error={errors['words']}
        rows={5}
        maxlength={5000}
        required
      />
      <Submit icon="send">Send</Submit>
    </form>
    <p>
      <small>
        {conversation.expiresAt ? (
          <>
            It is deleted <Moment at={conversation.expiresAt} as="day" />.
          </>
        ) : (
          'It is deleted one year after it is closed.'
        )}
      </small>
    </p>
  </>
)
