/** What somebody reads who was invited. */
import type { FormErrors, Typed } from '../web/form.ts'
import { EmailField, Errors, Field, Submit } from '../web/forms.tsx'

interface InvitationProps {
  readonly company: string
  readonly token: string
  readonly role: string | null
  /** The address that was invited; whoever makes the first owner gives one. */
  readonly email: string | null
  /** Somebody with this address is registered already. */
  readonly known: boolean
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const InvitationPage = ({ company, token, role, email, known, errors = {}, typed = {} }: InvitationProps) => (
  <article class="prose">
    <h1>{company} invites you</h1>
    <p>
      {role ? (
        <>
          You are invited to join the team of {company} in the role <b>{role}</b>. Members of the team need a second factor, and sign in
          anew after 12 hours.
        </>
      ) : (
        <>You are invited to register for {company}.</>
      )}{' '}
      Opening this page has answered nothing.
    </p>
    <Errors errors={errors} />
    <form method="post" action={`/invitations/${token}/accept`} novalidate>
      {!known && (
        <Field name="name" label="Your name" value={typed['name']} error={errors['name']} autocomplete="name" maxlength={200} required />
      )}
      {email === null ? (
        <EmailField typed={typed} errors={errors} hint="We send a code there, to confirm it." />
      ) : (
        <Address email={email} known={known} />
      )}
      <Submit>Accept the invitation</Submit>
    </form>
    <section>
      <p>If you decline, or do nothing, the invitation and your address are deleted. You are put on no list.</p>
      <form method="post" action={`/invitations/${token}/decline`}>
        <Submit kind="quiet">Decline</Submit>
      </form>
    </section>
    <p>
      <small>
        What happens with your name and address is in the <a href="/privacy">privacy policy</a>.
      </small>
    </p>
  </article>
)

const Address = ({ email, known }: { email: string; known: boolean }) => (
  <p>
    {known ? 'You are registered already; accepting signs you in as ' : 'Your address is confirmed by the link: '}
    <b>{email}</b>.
  </p>
)

export const DeclinedPage = () => (
  <article class="prose">
    <h1>You declined</h1>
    <p>The invitation and your address were deleted. Nothing else was kept about you.</p>
    <p>
      <a href="/">To the home page</a>
    </p>
  </article>
)

/** For a link that expired, was used or never was: all the same. */
export const NoInvitationPage = () => (
  <article class="prose">
    <h1>This invitation does not stand any more</h1>
    <p>An invitation can be answered once, and only until it expires. Ask whoever invited you for a new one.</p>
    <p>
      You can also <a href="/sign-up">register</a> yourself, or <a href="/sign-in">sign in</a>.
    </p>
  </article>
)
