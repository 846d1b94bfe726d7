/** Adding a passkey, adding an app that shows codes, and the recovery codes. */
import { encode } from 'uqr'
import type { FormErrors } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { PasskeyForm } from './passkey-form.tsx'
import type { Enrolment } from './second-factor.ts'

const Way = ({ here }: { here: string }) => (
  <Crumbs
    to={[
      { href: '/account', text: 'Account' },
      { href: '/account/security', text: 'Security' },
    ]}
    here={here}
  />
)

export const AddPasskeyPage = ({ errors = {} }: { errors?: FormErrors | undefined }) => (
  <>
    <Way here="A passkey" />
    <h1>Add a passkey</h1>
    <p>
      Your device makes a key of its own for this site and keeps it. From then on you sign in by unlocking the device, with a fingerprint
      for example. We keep only the public half of the key, and the name of this browser as its label.
    </p>
    <Errors errors={errors} />
    <PasskeyForm
      action="/account/security/passkeys"
      button="Add a passkey on this device"
      otherwise={
        <div data-otherwise>
          <Notice kind="info">
            <p>Adding one needs JavaScript, and a browser that has passkeys. A code by e-mail always works without.</p>
          </Notice>
        </div>
      }
    />
  </>
)

export const EnrolPage = ({ enrolment, errors = {} }: { enrolment: Enrolment; errors?: FormErrors | undefined }) => (
  <>
    <Way here="An app" />
    <h1>Add an authenticator app</h1>
    <Errors errors={errors} />
    <p>Scan this picture with the app on your phone, or copy the key into it.</p>
    <div class="qr">
      <Picture text={enrolment.uri} label="QR code with the key for your app; the key stands below as text" />
    </div>
    <p>
      The key: <code>{inFours(enrolment.secret)}</code>
    </p>
    <form method="post" action="/account/security/second-factor/confirm" novalidate>
      <Field
        name="code"
        label="The code that the app shows now"
        code
        error={errors['code']}
        autocomplete="one-time-code"
        inputmode="numeric"
        maxlength={20}
        hint="Now the two know each other."
        required
      />
      <Submit>Use this app</Submit>
    </form>
    <p>
      <a href="/account/security">Not now</a>
    </p>
  </>
)

const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ')

/** A QR code as one path; a quiet zone of four modules around it, as readers expect. */
const Picture = ({ text, label }: { text: string; label: string }) => {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <path d={path} fill="#000" />
    </svg>
  )
}

export const RecoveryCodesPage = ({ codes, isNew }: { codes: readonly string[]; isNew: boolean }) => (
  <>
    <Way here="Recovery codes" />
    <h1>Your recovery codes</h1>
    {isNew && (
      <Notice kind="good" live>
        <p>Your app is asked for from now on, whenever you sign in with a code, a link or a password.</p>
      </Notice>
    )}
    <p>
      If you lose the phone, each of these signs you in once in place of the app. Print them, or put them in a password manager. We show
      them this one time, and keep them in a form that we cannot read. {!isNew && 'The earlier ones are void.'}
    </p>
    <ul class="codes">
      {codes.map((code) => (
        <li>{inFours(code)}</li>
      ))}
    </ul>
    <p>
      <a class="button" href="/account/security">
        I have put them away
      </a>
    </p>
  </>
)
