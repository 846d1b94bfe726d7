/** Proving once more that it is you, before something grave. */
import type { FormErrors } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { ATTEMPT_MINUTES } from './attempt.ts'
import { PasskeyForm } from './passkey-form.tsx'
import { FRESH_MINUTES } from './session.ts'

/** By what this person can prove it. */
export interface Proofs {
  readonly password: boolean
  readonly letter: boolean
  readonly passkey: boolean
  /** The app's code is asked for besides. */
  readonly app: boolean
}

interface ProofProps {
  readonly proofs: Proofs
  readonly email: string
  readonly then: string
  readonly errors?: FormErrors | undefined
}

export const ProofPage = ({ proofs, email, then, errors = {} }: ProofProps) => (
  <article class="prose">
    <h1>Is it still you?</h1>
    <p>What you are about to do deserves a second look, in case you left your device unlocked. It holds for {FRESH_MINUTES} minutes.</p>
    <Errors errors={errors} />
    {proofs.passkey && <PasskeyProof then={then} />}
    {proofs.password && <PasswordProof app={proofs.app} then={then} errors={errors} />}
    {proofs.letter && (
      <form method="post" action="/account/proof/letter" novalidate>
        <input type="hidden" name="then" value={then} />
        <p>
          {proofs.password || proofs.passkey ? 'Or we' : 'We'} send a code to <b>{email}</b>.
        </p>
        <Submit kind={proofs.password || proofs.passkey ? 'quiet' : 'primary'} icon="mail">
          Send me a code
        </Submit>
      </form>
    )}
  </article>
)

const PasskeyProof = ({ then }: { then: string }) => (
  <section>
    <PasskeyForm
      action="/account/proof/passkey"
      then={then}
      button="Prove it with a passkey"
      otherwise={
        <p class="hint" data-otherwise>
          Your passkey needs JavaScript and a browser that has passkeys.
        </p>
      }
    />
  </section>
)

const PasswordProof = ({ app, then, errors }: { app: boolean; then: string; errors: FormErrors }) => (
  <section>
    <form method="post" action="/account/proof/password" novalidate>
      <input type="hidden" name="then" value={then} />
      <Field
        name="password"
        label="Your password"
        type="password"
        error={errors['password']}
        autocomplete="current-password"
        maxlength={200}
        required
      />
      {app && <AppField error={errors['app']} />}
      <Submit>Go on</Submit>
    </form>
  </section>
)

const AppField = ({ error }: { error: string | undefined }) => (
  <Field
    name="app"
    label="The code that your app shows"
    code
    error={error}
    hint="Or one of your recovery codes."
    autocomplete="one-time-code"
    maxlength={40}
    spellcheck={false}
    required
  />
)

export const ProofCodePage = ({ app, then, errors = {} }: { app: boolean; then: string; errors?: FormErrors }) => (
  <article class="prose">
    <h1>Check your inbox</h1>
    <p>We have sent you a letter with a code of six digits. It may take a minute to arrive.</p>
    <Errors errors={errors} />
    <form method="post" action="/account/proof/code" novalidate>
      <input type="hidden" name="then" value={then} />
      <Field
        name="code"
        label="The code from the letter"
        code
        error={errors['code']}
        autocomplete={app ? 'off' : 'one-time-code'}
        inputmode="numeric"
        maxlength={20}
        hint={`It is good for ${ATTEMPT_MINUTES} minutes.`}
        required
      />
      {app && <AppField error={errors['app']} />}
      <Submit>Go on</Submit>
    </form>
    <p>
      No letter? <a href={`/account/proof?then=${encodeURIComponent(then)}`}>Go back and ask for another one</a>.
    </p>
  </article>
)
