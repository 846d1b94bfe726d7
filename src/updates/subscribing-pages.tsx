/** What somebody reads who subscribes, up to the button that confirms it; and how each act ended. */
import { type Suppression, whys } from '../mail/suppression.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { tickedIn } from '../web/form.ts'
import { Choices, EmailField, Errors, Field, Submit } from '../web/forms.tsx'
import { Empty, Notice } from '../web/layout.tsx'
import { Moment } from '../web/lists.tsx'
import type { Request } from './request.ts'
import type { Topic } from './topic.ts'

interface SubscribeProps {
  readonly company: string
  readonly topics: readonly Topic[]
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const SubscribePage = ({ company, topics, errors = {}, typed = {} }: SubscribeProps) => (
  <>
    <h1>Updates by e-mail</h1>
    <p class="lead">Letters from {company} on the topics that you choose, and on no others. Leave any of them with one click.</p>
    {topics.length === 0 ? (
      <Empty icon="mail" title="Nothing to subscribe to at present">
        <p>There is no topic that takes new subscribers.</p>
      </Empty>
    ) : (
      <SubscribeForm {...{ company, topics, errors, typed }} />
    )}
    <section>
      <h2>What we have sent so far</h2>
      <p>
        Everything is in <a href="/updates/archive">the archive</a>, for everybody to read.
      </p>
    </section>
    <section>
      <h2>You get updates already?</h2>
      <p>
        <a href="/updates/preferences">Change what you get</a>. If you have an account, you can also do so{' '}
        <a href="/account/updates">there</a>.
      </p>
    </section>
  </>
)

const SubscribeForm = ({ company, topics, errors = {}, typed = {} }: SubscribeProps) => (
  <>
    <Errors errors={errors} />
    <form method="post" action="/updates" novalidate>
      <TopicChoices
        topics={topics}
        chosen={tickedIn(typed['topics'])}
        error={errors['topics']}
        hint={`Tick what you would like to get. If you tick none, it is “${topics[0]?.title}”.`}
      />
      <Field name="name" label="Name" value={typed['name']} error={errors['name']} autocomplete="name" maxlength={200} required />
      <EmailField {...{ errors, typed }} hint="We send one letter there, with a link to confirm it. Until you do, you get nothing else." />
      <Submit icon="mail">Subscribe</Submit>
    </form>
    <p>
      <small>
        {company} writes and sends these letters itself, and counts neither who opens them nor who follows a link. What happens with your
        name and address is in the <a href="/privacy">privacy policy</a>.
      </small>
    </p>
  </>
)

interface TopicsProps {
  readonly topics: readonly Topic[]
  readonly chosen: readonly string[]
  readonly hint?: string
  readonly error?: string | undefined
}

export const TopicChoices = ({ topics, chosen, hint, error }: TopicsProps) => (
  <Choices
    type="checkbox"
    name="topics"
    legend="Topics"
    options={topics.map(({ slug, title, says }) => ({ value: slug, text: title, hint: says }))}
    {...{ chosen, hint, error }}
  />
)

interface ConfirmProps {
  readonly token: string
  readonly request: Request & { readonly stop: Suppression | undefined }
}

export const ConfirmPage = ({ token, request: { name, titles, wording, expiresAt, stop } }: ConfirmProps) => (
  <article class="prose">
    <h1>Please confirm your updates</h1>
    <p>Opening this page has changed nothing. With the button you subscribe to:</p>
    <ul>
      {titles.map((title) => (
        <li>{title}</li>
      ))}
    </ul>
    <p>This is what you agree to; we keep it as the proof that you did, while you are subscribed and for two years after you left:</p>
    <blockquote>{wording}</blockquote>
    {stop && (
      <Notice kind="warn">
        <p>
          We do not write to this address since <Moment at={stop.suppressedAt} as="day" />, because {whys[stop.why]}. With the button you
          say that we may write to it again.
        </p>
      </Notice>
    )}
    <form method="post" action={`/updates/confirm/${token}`}>
      {stop && <input type="hidden" name="again" value="yes" />}
      <Submit icon="check">{stop ? 'Yes, write to me again, and send me these updates' : 'Yes, send me these updates'}</Submit>
    </form>
    <p>
      <small>
        The name that was given is {name}. If you do nothing, name and address are deleted by <Moment at={expiresAt} />.
      </small>
    </p>
  </article>
)

/** For a link that was used, has expired or never was: all the same. */
export const OverPage = ({ children, again }: { children: string; again: { href: string; text: string } }) => (
  <article class="prose">
    <h1>That link does not work any more</h1>
    <p>{children}</p>
    <p>
      <a class="button" href={again.href}>
        {again.text}
      </a>
    </p>
  </article>
)

/** How an act ended, by the last part of the page's address: the same words for everybody. */
export const outcomes = {
  asked: {
    title: 'Please look into your inbox',
    says: 'We have sent a letter to the address that you gave. It says how to go on. If none comes within a few minutes, look among the unwanted ones, or check the address and try again.',
  },
  confirmed: {
    title: 'You are subscribed',
    says: 'From now on you get the topics that you confirmed. Each letter has a link with which you leave its topic.',
  },
  left: {
    title: 'You have left',
    says: 'No further letter on this topic goes to that address. We have sent one last letter there that says so, with a link that undoes it within 30 days.',
  },
  returned: {
    title: 'You are subscribed again',
    says: 'Everything is as it was before you left. Each letter has a link with which you leave its topic.',
  },
  'left-all': {
    title: 'You have left everything',
    says: 'You get no updates any more. If you never signed in here, everything about you is deleted in 30 days; you can also have it erased at once.',
  },
} as const
export type Outcome = keyof typeof outcomes

export const OutcomePage = ({ outcome }: { outcome: Outcome }) => (
  <article class="prose">
    <h1>{outcomes[outcome].title}</h1>
    <p>{outcomes[outcome].says}</p>
    {outcome === 'left-all' && (
      <p>
        <a href="/account/privacy/erasure">Erase everything about me</a>
      </p>
    )}
    <p>
      <a href="/updates">All topics</a>
    </p>
  </article>
)
