/** The company's own programs in the console: which keys there are, and what each opens. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Choices, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Endpoint } from './endpoint.ts'
import { Endpoints } from './endpoint-pages.tsx'
import { isLiving, type ListedKey } from './key.ts'
import { scopeNames, scopes } from './scopes.ts'

/** How long a key can last, in days; 0 is until it is revoked. */
export const lastings = { 90: '90 days', 365: 'A year', 0: 'Until it is revoked' } as const

interface ProgramsProps {
  readonly keys: readonly ListedKey[]
  readonly endpoints: readonly Endpoint[]
  readonly waiting: ReadonlyMap<string, number>
  readonly told?: string | undefined
}

export const ProgramsPage = ({ keys, endpoints, waiting, told }: ProgramsProps) => (
  <>
    <h1>Programs</h1>
    <Told words={told} />
    <p>
      The programs of the company’s own services ask and report here by the <a href="/api/docs">API</a>. Each has a key of its own, which
      opens no more than it needs.
    </p>
    <section>
      <h2>Keys</h2>
      {keys.length === 0 ? <NoKeys /> : <Keys keys={keys} />}
      {keys.length > 0 && (
        <p>
          <a class="button" href="/staff/programs/keys/new">
            Make a key
          </a>
        </p>
      )}
    </section>
    <section>
      <h2>What programs are told</h2>
      <p>
        When something happens, each program that wants to know is told: by number and state, never by name or address. These are the only
        programs that data goes to.
      </p>
      {endpoints.length > 0 && <Endpoints endpoints={endpoints} waiting={waiting} />}
      <div class="actions">
        <a class={endpoints.length > 0 ? 'button' : 'button quiet'} href="/staff/programs/endpoints/new">
          Tell a program
        </a>
        <a class="button quiet" href="/staff/programs/opendsr">
          Services that answer requests
        </a>
      </div>
    </section>
  </>
)

const NoKeys = () => (
  <Empty
    icon="key"
    title="No program comes in yet"
    action={
      <a class="button" href="/staff/programs/keys/new">
        Make a key
      </a>
    }
  >
    <p>Make a key for each program that is to ask or report something.</p>
  </Empty>
)

const Keys = ({ keys }: { keys: readonly ListedKey[] }) => (
  <Table label="Keys">
    <thead>
      <tr>
        <Column>Name</Column>
        <Column>Begins with</Column>
        <Column>Opens</Column>
        <Column>Service</Column>
        <Column>Made</Column>
        <Column>Last used</Column>
        <Column>Ends</Column>
        <Column>Key</Column>
      </tr>
    </thead>
    <tbody>
      {keys.map((key) => (
        <KeyRow of={key} />
      ))}
    </tbody>
  </Table>
)

const KeyRow = ({ of: { id, name, start, scopes, service, madeAt, maker, usedAt, expiresAt, revokedAt, revoker } }: { of: ListedKey }) => (
  <tr>
    <th scope="row">{name}</th>
    <td>
      <code>{start}…</code>
    </td>
    <td>{scopes.join(', ')}</td>
    <td>{service ?? 'any'}</td>
    <td>
      <Moment at={madeAt} as="day" /> {maker && `by ${maker}`}
    </td>
    <td>{usedAt ? <Moment at={usedAt} /> : 'never'}</td>
    <td>{expiresAt ? <Moment at={expiresAt} as="day" /> : 'when revoked'}</td>
    <td>
      {revokedAt ? (
        <>
          revoked <Moment at={revokedAt} as="day" /> {revoker && `by ${revoker}`}
        </>
      ) : (
        <form class="inline" method="post" action={`/staff/programs/keys/${id}/revoke`}>
          <button type="submit" class="quiet" aria-label={`${isLiving({ revokedAt, expiresAt }) ? 'Revoke' : 'Put away'} the key ${name}`}>
            {isLiving({ revokedAt, expiresAt }) ? 'Revoke' : 'Put away'}
          </button>
        </form>
      )}
    </td>
  </tr>
)

const up = [{ href: '/staff/programs', text: 'Programs' }]

interface NewKeyProps {
  readonly services: readonly { readonly slug: string; readonly title: string }[]
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
  readonly chosen?: readonly string[]
}

export const NewKeyPage = ({ services, errors = {}, typed = {}, chosen = [] }: NewKeyProps) => (
  <>
    <Crumbs to={up} here="Make a key" />
    <h1>Make a key</h1>
    <Errors errors={errors} />
    <form method="post" action="/staff/programs/keys" novalidate>
      <Field
        name="name"
        label="What is it for?"
        hint="The program's name, such as “Log search”."
        value={typed['name']}
        error={errors['name']}
        maxlength={100}
        required
      />
      <Choices
        type="checkbox"
        name="scopes"
        legend="What may it do?"
        options={scopeNames.map((name) => ({ value: name, text: scopes[name], hint: <code>{name}</code> }))}
        chosen={chosen}
        error={errors['scopes']}
      />
      <Select
        name="service"
        label="For one service alone?"
        hint="Then it can ask and report nothing about any other."
        value={typed['service'] ?? ''}
        error={errors['service']}
        options={[['', 'No, for all'], ...services.map(({ slug, title }) => [slug, title] as const)]}
      />
      <Select
        name="lasts"
        label="How long?"
        value={typed['lasts'] ?? '365'}
        error={errors['lasts']}
        options={Object.entries(lastings).sort(([a], [b]) => Number(b) - Number(a))}
        required
      />
      <Submit icon="key">Make the key</Submit>
    </form>
  </>
)

export const MadeKeyPage = ({ name, secret }: { name: string; secret: string }) => (
  <>
    <Crumbs to={up} here="A new key" />
    <h1>The key of {name}</h1>
    <p>Put it where the program finds it. We show it this one time, and keep it in a form that we cannot read.</p>
    <ul class="codes">
      <li>{secret}</li>
    </ul>
    <p>
      <a class="button" href="/staff/programs">
        I have put it away
      </a>
    </p>
  </>
)
