/** What one gets by e-mail: the same choices for whoever comes by a fresh link and whoever is signed in. */
import { MailboxNotice } from '../mail/mailbox-notice.tsx'
import type { Suppression } from '../mail/suppression.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { tickedIn } from '../web/form.ts'
import { EmailField, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Preferences } from './preferences.ts'
import { TopicChoices } from './subscribing-pages.tsx'

interface Filled {
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const AskForLinkPage = ({ errors = {}, typed = {} }: Filled) => (
  <article class="prose">
    <h1>Change what you get</h1>
    <p>
      We send a link to your address, and it opens your preferences for an hour. That way nobody to whom you forwarded a letter can change
      them. If you have an account, you can also do so <a href="/account/updates">there</a>.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/updates/preferences" novalidate>
      <EmailField {...{ errors, typed }} />
      <Submit icon="mail">Send me the link</Submit>
    </form>
  </article>
)

/** Languages that one may like to read, each by its own name. */
export const languages = ['en', 'es', 'fr', 'de', 'it', 'nl', 'pt', 'pl', 'ja', 'zh'] as const
const languageName = (code: string): string => new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code

interface ChooseProps extends Filled {
  /** Where the forms go. */
  readonly action: string
  readonly name: string
  readonly email: string
  readonly preferences: Preferences
  readonly stop?: Suppression | undefined
  readonly told?: string | undefined
}

export const ChoosePage = ({ action, name, email, preferences, stop, told, errors = {}, typed }: ChooseProps) => (
  <>
    <h1>What you get by e-mail</h1>
    <Told words={told} />
    <MailboxNotice stop={stop} />
    <p>
      Letters go to <b>{email}</b>.
    </p>
    <Errors errors={errors} />
    <form method="post" action={action} novalidate>
      <TopicChoices
        topics={preferences.topics}
        chosen={typed ? tickedIn(typed['topics']) : preferences.subscriptions.map(({ topic }) => topic)}
        hint="We write to you on what is ticked, and on nothing else."
      />
      <Field
        name="name"
        label="Your name"
        value={typed ? typed['name'] : name}
        error={errors['name']}
        autocomplete="name"
        maxlength={200}
        required
      />
      <Select
        name="language"
        label="Language that you like to read"
        value={typed ? typed['language'] : (preferences.language ?? '')}
        options={languageOptions(preferences.language)}
      />
      <Submit>Save</Submit>
    </form>
    {preferences.subscriptions.length > 0 && (
      <>
        <Proof preferences={preferences} />
        <LeaveAll action={action} />
      </>
    )}
    <section>
      <h2>Erase everything</h2>
      <p>
        If you would like everything about you to be gone, <a href="/account/privacy/erasure">have it erased</a>; a code that we send you
        shows that it is you.
      </p>
    </section>
  </>
)

const LeaveAll = ({ action }: { action: string }) => (
  <section>
    <h2>Leave everything</h2>
    <p>You get no updates any more. Letters about an account that you have here still come.</p>
    <form method="post" action={`${action}/leave`}>
      <Submit kind="quiet">Leave all topics</Submit>
    </form>
  </section>
)

function languageOptions(chosen: string | null): (readonly [string, string])[] {
  const codes = chosen && !(languages as readonly string[]).includes(chosen) ? [...languages, chosen] : languages
  return [['', 'No preference'], ...codes.map((code) => [code, languageName(code)] as const)]
}

const Proof = ({ preferences }: { preferences: Preferences }) => (
  <section>
    <h2>What you agreed to</h2>
    <p>
      We keep this as the proof for as long as you are subscribed, and for two years after you left; or until you have everything erased.
    </p>
    <Facts
      rows={preferences.subscriptions.map(({ topic, wording, source, confirmedAt }) => [
        preferences.topics.find(({ slug }) => slug === topic)?.title ?? topic,
        <>
          {wording}{' '}
          <small>
            <Moment at={confirmedAt} />, {source}
          </small>
        </>,
      ])}
    />
  </section>
)
