/** The security page: the ways of signing in, and where one is signed in. */
import type { Child } from 'hono/jsx'
import type { Id } from '../log.ts'
import type { FormErrors } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Icon } from '../web/icons.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Moment } from '../web/lists.tsx'
import { NewPasswordField } from './pages.tsx'
import type { ListedPasskey } from './passkey.ts'
import type { ListedSession } from './session.ts'

/** Everything that the page shows. */
export interface Ways {
  readonly passwordSince: Date | undefined
  readonly passkeys: readonly ListedPasskey[]
  readonly app: boolean
  readonly codesLeft: number
  readonly sessions: readonly ListedSession[]
}

interface SecurityProps {
  readonly ways: Ways
  readonly here: Id
  /** The strict rules apply, and no two factors stand behind this session. */
  readonly owesFactor: boolean
  readonly changed: string | undefined
}

interface Told {
  readonly kind: 'good' | 'warn'
  readonly says: string
  /** Other sessions went on: they can be ended from here. */
  readonly offer?: true
}

const ENDED = 'All other sessions were ended.'
const told: Readonly<Record<string, Told>> = {
  'password-set': { kind: 'good', says: 'You can sign in with your password from now on.', offer: true },
  'password-changed': { kind: 'good', says: `You have a new password. ${ENDED}` },
  'password-removed': { kind: 'good', says: `Your password was removed. ${ENDED}` },
  'passkey-added': { kind: 'good', says: 'You can sign in with your passkey from now on.', offer: true },
  'passkey-removed': {
    kind: 'good',
    says: `The passkey was removed, and does not sign you in any more. You can delete it from your device, too. ${ENDED}`,
  },
  'app-removed': { kind: 'good', says: `Your app is not asked for any more. ${ENDED}` },
  'session-ended': { kind: 'good', says: 'That session was ended.' },
  'others-ended': { kind: 'good', says: ENDED },
  'last-factor': {
    kind: 'warn',
    says: 'Nothing was removed: members of the team need a second factor. Add another one first, then remove this one.',
  },
}

export const SecurityPage = ({ ways, here, owesFactor, changed }: SecurityProps) => (
  <>
    <h1>Security</h1>
    {changed && Object.hasOwn(told, changed) && <Outcome told={told[changed]} others={ways.sessions.length > 1} />}
    {owesFactor && <OwesFactor passkeys={ways.passkeys.length > 0} />}
    <PasswordPart since={ways.passwordSince} />
    <PasskeysPart passkeys={ways.passkeys} />
    <AppPart app={ways.app} codesLeft={ways.codesLeft} />
    <SessionsPart sessions={ways.sessions} here={here} />
  </>
)

const Outcome = ({ told, others }: { told: Told | undefined; others: boolean }) =>
  told && (
    <Notice kind={told.kind} live>
      <p>{told.says}</p>
      {told.offer && others && (
        <>
          <p>You are still signed in elsewhere, as before. If you changed this because you fear that somebody else is:</p>
          <Act to="/account/security/sessions/end-others">End all other sessions</Act>
        </>
      )}
    </Notice>
  )

const OwesFactor = ({ passkeys }: { passkeys: boolean }) => (
  <Notice kind="warn">
    {passkeys ? (
      <p>
        Members of the team need two factors. <a href="/account/proof?then=/staff">Prove with your passkey that it is you</a> before you
        enter the console.
      </p>
    ) : (
      <p>Members of the team need a second factor. Add a passkey or an app here before you enter the console.</p>
    )}
  </Notice>
)

const Act = ({ to, children }: { to: string; children: string }) => (
  <form method="post" action={to}>
    <Submit kind="quiet">{children}</Submit>
  </form>
)

const PasswordPart = ({ since }: { since: Date | undefined }) => (
  <section>
    <h2>Password</h2>
    {since ? (
      <p>
        You chose it on <Moment at={since} as="day" />.
      </p>
    ) : (
      <p>You have none, and need none: a code by e-mail always works.</p>
    )}
    <div class="actions">
      <a class="button quiet" href="/account/security/password">
        {since ? 'Change the password' : 'Set a password'}
      </a>
      {since && <Act to="/account/security/password/remove">Remove the password</Act>}
    </div>
  </section>
)

const PasskeysPart = ({ passkeys }: { passkeys: readonly ListedPasskey[] }) => (
  <section>
    <h2>Passkeys</h2>
    <p>You sign in by unlocking your device, and no false website can trick it out of you.</p>
    {passkeys.length > 0 && (
      <ul class="rows">
        {passkeys.map(({ id, label, addedAt, usedAt }) => (
          <Row icon="fingerprint" title={label} act={<Act to={`/account/security/passkeys/${id}/remove`}>Remove this passkey</Act>}>
            Added <Moment at={addedAt} as="day" />, {usedAt ? 'last used ' : 'not used yet'}
            {usedAt && <Moment at={usedAt} as="day" />}
          </Row>
        ))}
      </ul>
    )}
    <p>
      <a class="button quiet" href="/account/security/passkeys">
        Add a passkey
      </a>
    </p>
  </section>
)

const Row = (props: { icon: 'fingerprint' | 'laptop'; title: string; children: Child; act: Child }) => (
  <li>
    <Icon name={props.icon} />
    <div>
      <h3>{props.title}</h3>
      <p>{props.children}</p>
    </div>
    {props.act}
  </li>
)

const AppPart = ({ app, codesLeft }: { app: boolean; codesLeft: number }) => (
  <section>
    <h2>Second factor</h2>
    {app ? (
      <p>
        An app on your phone is asked for whenever you sign in with a code, a link or a password. {left(codesLeft)} For when the phone is
        lost, you sign in with one of them.
      </p>
    ) : (
      <p>With a second factor, reading your mail or knowing your password is not enough: it also takes the app on your phone.</p>
    )}
    <div class="actions">
      {app ? (
        <>
          <Act to="/account/security/recovery-codes">Make new recovery codes</Act>
          <Act to="/account/security/second-factor/remove">Remove the app</Act>
        </>
      ) : (
        <Act to="/account/security/second-factor">Add an authenticator app</Act>
      )}
    </div>
  </section>
)

const left = (codes: number): string => (codes === 1 ? 'One recovery code is left.' : `${codes} recovery codes are left.`)

const means = { code: 'with a code', link: 'with a link', password: 'with a password', passkey: 'with a passkey' }

const SessionsPart = ({ sessions, here }: { sessions: readonly ListedSession[]; here: Id }) => (
  <section>
    <h2>Where you are signed in</h2>
    <ul class="rows">
      {sessions.map((session) => (
        <Row icon="laptop" title={session.browser} act={<EndOrHere id={session.id} here={here} />}>
          Since <Moment at={session.startedAt} />, {means[session.means]}
          {session.id !== here && (
            <>
              ; last used <Moment at={session.seenAt} />
            </>
          )}
        </Row>
      ))}
    </ul>
    {sessions.length > 1 && <Act to="/account/security/sessions/end-others">End all other sessions</Act>}
  </section>
)

const EndOrHere = ({ id, here }: { id: Id; here: Id }) =>
  id === here ? <span class="badge good">This one</span> : <Act to={`/account/security/sessions/${id}/end`}>End this session</Act>

interface PasswordProps {
  readonly email: string
  readonly exists: boolean
  readonly errors?: FormErrors | undefined
}

export const PasswordPage = ({ email, exists, errors = {} }: PasswordProps) => (
  <>
    <Crumbs
      to={[
        { href: '/account', text: 'Account' },
        { href: '/account/security', text: 'Security' },
      ]}
      here="Password"
    />
    <h1>{exists ? 'Another password' : 'A password'}</h1>
    {exists && <p>All other sessions end, in case somebody else knows the old one.</p>}
    <Errors errors={errors} />
    <form method="post" action="/account/security/password" novalidate>
      {/* For password managers, which want to know whose password it is. */}
      <input type="text" name="username" value={email} autocomplete="username" aria-label="Your e-mail address" hidden readonly />
      {exists && (
        <Field
          name="old"
          label="The password until now"
          type="password"
          error={errors['old']}
          autocomplete="current-password"
          maxlength={200}
          hint={
            <>
              Forgotten? <a href="/password/reset">Choose a new one by letter</a>
            </>
          }
          required
        />
      )}
      <NewPasswordField error={errors['password']} />
      <Submit>Use this password</Submit>
    </form>
  </>
)
