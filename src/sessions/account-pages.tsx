/** Pages about oneself: who am I here, and moving to another address. */
import { raw } from 'hono/html'
import type { FormErrors, Typed } from '../web/form.ts'
import { EmailField, Errors, Field, Submit } from '../web/forms.tsx'
import { Icon, type IconName } from '../web/icons.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'

interface Filled {
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

const told: Readonly<Record<string, string>> = {
  name: 'Your name was changed. It holds at once, here and in every letter from now on.',
  address: 'Your address was changed. From now on you sign in with it, and letters go there. We told both addresses.',
}

interface AccountProps extends Filled {
  readonly person: { readonly name: string; readonly email: string; readonly strict: boolean }
  readonly joinedAt: Date
  readonly changed?: string | undefined
}

export const AccountPage = ({ person, joinedAt, changed, errors = {}, typed }: AccountProps) => (
  <>
    <h1>{person.name}</h1>
    {changed && Object.hasOwn(told, changed) && (
      <Notice kind="good" live>
        <p>{told[changed]}</p>
      </Notice>
    )}
    <Facts
      rows={[
        [
          'E-mail address',
          <>
            {person.email} <a href="/account/address">Change the address</a>
          </>,
        ],
        ['Member since', <Moment at={joinedAt} as="day" />],
      ]}
    />
    {person.strict && (
      <p>
        <a class="button" href="/staff">
          Open the console
        </a>
      </p>
    )}
    <section>
      <h2>Your name</h2>
      <p>It is what we call you in letters and on these pages. Write it as you want to be addressed.</p>
      <Errors errors={errors} />
      <form method="post" action="/account/name" novalidate>
        <Field
          name="name"
          label="Name"
          value={typed ? typed['name'] : person.name}
          error={errors['name']}
          autocomplete="name"
          maxlength={200}
          required
        />
        <Submit kind="quiet">Save the name</Submit>
      </form>
    </section>
    {WAYS}
  </>
)

const Way = ({ to, icon, title, children }: { to: string; icon: IconName; title: string; children: string }) => (
  <li>
    <Icon name={icon} />
    <div>
      <h3>
        <a href={to}>{title}</a>
      </h3>
      <p>{children}</p>
    </div>
  </li>
)

const Ways = () => (
  <section>
    <h2>More about you here</h2>
    <ul class="rows">
      <Way to="/account/security" icon="lock" title="Security">
        Password, passkeys, second factor, and where you are signed in
      </Way>
      <Way to="/account/updates" icon="mail" title="Updates">
        What you get from us by e-mail, and leaving it
      </Way>
      <Way to="/account/privacy" icon="shield-check" title="Privacy">
        What we hold about you: read it, take a copy, correct it, erase it
      </Way>
    </ul>
  </section>
)

// Where the account leads is the same for everybody, and half of the page: rendered once.
const WAYS = raw(String(<Ways />))

export const AddressPage = ({ email, errors = {}, typed = {} }: Filled & { email: string }) => (
  <>
    <Crumbs to={[{ href: '/account', text: 'Account' }]} here="Another address" />
    <h1>Another e-mail address</h1>
    <p>
      Now it is <b>{email}</b>. We send a code to the new address, and tell the old one. Until you confirm the new one, the old one holds.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/account/address" novalidate>
      <EmailField {...{ errors, typed }} label="New e-mail address" />
      <Submit>Send a code there</Submit>
    </form>
  </>
)
