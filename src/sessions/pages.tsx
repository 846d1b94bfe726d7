/** The pages at the door: registering, signing in, codes, links, a new password. */
import { EmailField, Errors, Field, Submit } from '../web/forms.tsx'
import type { FormErrors, Typed } from '../web/form.ts'
import { Notice } from '../web/layout.tsx'
import { ATTEMPT_MINUTES, type Attempt } from './attempt.ts'
import { PasskeyForm } from './passkey-form.tsx'

interface Filled {
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const SignUpPage = ({ errors = {}, typed = {} }: Filled) => (
  <article class="prose">
    <h1>Register</h1>
    <p>A name and an e-mail address are all that we ask for. We send you a code to confirm the address.</p>
    <Errors errors={errors} />
    <form method="post" action="/sign-up" novalidate>
      <Field name="name" label="Your name" value={typed['name']} error={errors['name']} autocomplete="name" maxlength={200} required />
      <EmailField {...{ errors, typed }} />
      <Submit>Send me a code</Submit>
    </form>
    <p>
      Registered already? <a href="/sign-in">Sign in</a>. What happens with your name and address is in the{' '}
      <a href="/privacy">privacy policy</a>.
    </p>
  </article>
)

export const SignInPage = ({ errors = {}, typed = {}, then, changed }: Filled & { then?: string | undefined; changed?: boolean }) => (
  <article class="prose">
    <h1>Sign in</h1>
    {changed && (
      <Notice kind="good" live>
        <p>You have a new password, and all sessions were ended. Sign in with it here.</p>
      </Notice>
    )}
    <Errors errors={errors} />
    <form method="post" action="/sign-in" novalidate>
      {then && <input type="hidden" name="then" value={then} />}
      <Field
        name="email"
        label="E-mail address"
        type="email"
        value={typed['email']}
        error={errors['email']}
        autocomplete="username"
        maxlength={254}
        required
      />
      <Field
        name="password"
        label="Password"
        type="password"
        error={errors['password']}
        autocomplete="current-password"
        maxlength={200}
        hint="Leave it empty, and we send you a code by e-mail."
      />
      <Submit>Sign in</Submit>
    </form>
    <PasskeyForm action="/sign-in/passkey" then={then} button="Sign in with a passkey" />
    <p>
      New here? <a href="/sign-up">Register</a>. <a href="/password/reset">Forgotten your password?</a>
    </p>
    <p>
      <small>
        Signing in needs one cookie, so that the next page knows that it is still you. <a href="/cookies">More about cookies</a>
      </small>
    </p>
  </article>
)

interface CodeProps extends Filled {
  readonly then?: string | undefined
  /** Somebody signed in waits for a code for their new address. */
  readonly moving?: boolean | undefined
}

export const CodePage = ({ errors = {}, then, moving }: CodeProps) => (
  <article class="prose">
    <h1>Check your inbox</h1>
    <p>We have sent you a letter with a code of six digits. It may take a minute to arrive; look among the unwanted letters, too.</p>
    <Errors errors={errors} />
    <form method="post" action="/sign-in/code" novalidate>
      {then && <input type="hidden" name="then" value={then} />}
      <Field
        name="code"
        label="The code"
        code
        error={errors['code']}
        autocomplete="one-time-code"
        inputmode="numeric"
        maxlength={20}
        hint={`It is good for ${ATTEMPT_MINUTES} minutes.`}
        required
      />
      <Submit>Continue</Submit>
    </form>
    {moving ? (
      <p>
        No letter? <a href="/account/address">Give the address again</a>. Until the new one is confirmed, the old one holds.
      </p>
    ) : (
      <p>
        No letter? Go back to <a href="/sign-up">Register</a> or <a href="/sign-in">Sign in</a> and ask for another one.
      </p>
    )}
  </article>
)

export const SecondFactorPage = ({ errors = {}, then }: Filled & { then?: string | undefined }) => (
  <article class="prose">
    <h1>Your second factor</h1>
    <p>Type the code that your app shows, or one of your recovery codes.</p>
    <Errors errors={errors} />
    <form method="post" action="/sign-in/second-factor" novalidate>
      {then && <input type="hidden" name="then" value={then} />}
      <Field
        name="code"
        label="The code"
        code
        error={errors['code']}
        autocomplete="one-time-code"
        maxlength={40}
        spellcheck={false}
        required
      />
      <Submit>Sign in</Submit>
    </form>
  </article>
)

/** Shown when somebody proved who they are, and their browser did not keep the cookie that says so. */
export const NoCookiePage = () => (
  <article class="prose">
    <h1>Your browser did not keep the cookie</h1>
    <p>
      You gave the right answer, but your browser refuses cookies. Without one, the next page cannot know that it is you, so you are not
      signed in.
    </p>
    <p>
      Allow cookies for this site and sign in again, if you like. The cookie holds a random value, and nothing else is done with it. Every
      public page reads well without. <a href="/cookies">More about cookies</a>
    </p>
    <p>
      <a class="button" href="/sign-in">
        Sign in
      </a>
    </p>
  </article>
)

/** Shown when the browser came back without the cookie that we gave it, or too late. */
export const NoAttemptPage = () => (
  <article class="prose">
    <h1>We cannot tell who is here</h1>
    <p>Either more than {ATTEMPT_MINUTES} minutes have passed since you asked for the code, or your browser refuses cookies.</p>
    <p>
      Signing in needs one cookie: without it, no page could know that you are the one who typed the code on the page before. Nothing else
      is done with it. Every public page reads well without. <a href="/cookies">More about cookies</a>
    </p>
    <p>
      <a class="button" href="/sign-in">
        Start again
      </a>
    </p>
  </article>
)

const asked = {
  'sign-up': { title: 'Is this your address?', before: 'You are registering with ', button: 'Confirm my address' },
  'sign-in': { title: 'Is it you?', before: 'You are signing in as ', button: 'Sign me in' },
  'new-address': { title: 'Is this your new address?', before: 'From now on you would sign in with ', button: 'This is my new address' },
}

/** What a link from a letter may lead to; the others are for pages of their own. */
export const isAsked = (kind: Attempt['kind']): kind is keyof typeof asked => kind in asked

// A link opens, a button acts: mail scanners open links, and an opened link is nobody's consent.
export const LinkPage = ({ link, kind, email }: { link: string; kind: keyof typeof asked; email: string }) => (
  <article class="prose">
    <h1>{asked[kind].title}</h1>
    <p>
      {asked[kind].before}
      <b>{email}</b>. Press the button to go on; opening this page has done nothing yet.
    </p>
    <form method="post" action={`/sign-in/code/${link}`} novalidate>
      <Submit>{asked[kind].button}</Submit>
    </form>
  </article>
)

export const ExpiredLinkPage = () => (
  <article class="prose">
    <h1>That link has expired</h1>
    <p>A link is good for {ATTEMPT_MINUTES} minutes and works once. We can send you a new one.</p>
    <p>
      <a class="button" href="/sign-in">
        Sign in
      </a>{' '}
      or <a href="/sign-up">register</a>
    </p>
  </article>
)

export const AddressTakenPage = () => (
  <article class="prose">
    <h1>Nothing was changed</h1>
    <p>That address cannot be used for this account. Your address is the one that it was.</p>
    <p>
      <a class="button" href="/account">
        Back to your account
      </a>
    </p>
  </article>
)

export const ResetPage = ({ errors = {}, typed = {} }: Filled) => (
  <article class="prose">
    <h1>Choose a new password</h1>
    <p>
      We send you a letter with a link to a page where you choose it. You can also <a href="/sign-in">sign in with a code</a> instead.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/password/reset" novalidate>
      <EmailField {...{ errors, typed }} />
      <Submit>Send me the link</Submit>
    </form>
  </article>
)

export const ResetSentPage = () => (
  <article class="prose">
    <h1>Check your inbox</h1>
    <p>We have sent you a letter with a link. It is good for {ATTEMPT_MINUTES} minutes.</p>
  </article>
)

export const NewPasswordPage = ({ link, errors = {} }: Filled & { link: string }) => (
  <article class="prose">
    <h1>Your new password</h1>
    <Errors errors={errors} />
    <form method="post" action={`/password/reset/${link}`} novalidate>
      <NewPasswordField error={errors['password']} />
      <Submit>Use this password</Submit>
    </form>
    <p>All sessions end, and you sign in with the new password.</p>
  </article>
)

export const NewPasswordField = ({ error }: { error?: string | undefined }) => (
  <Field
    name="password"
    label="New password"
    type="password"
    error={error}
    autocomplete="new-password"
    minlength={12}
    maxlength={200}
    hint="At least 12 characters. A few words that you remember are best; no signs or digits are demanded."
    required
  />
)
