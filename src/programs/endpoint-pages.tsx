/** What programs are told, in the console: each endpoint, what it wants, and how the deliveries went. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Choices, Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Endpoint, ListedDelivery } from './endpoint.ts'
import { events, eventTypes } from './events.ts'

const up = [{ href: '/staff/programs', text: 'Programs' }]

export const Endpoints = ({ endpoints, waiting }: { endpoints: readonly Endpoint[]; waiting: ReadonlyMap<string, number> }) => (
  <Table label="Endpoints">
    <thead>
      <tr>
        <Column>Address</Column>
        <Column>Is told</Column>
        <Column>State</Column>
        <Column number>Waiting</Column>
      </tr>
    </thead>
    <tbody>
      {endpoints.map((endpoint) => (
        <tr>
          <th scope="row">
            <a href={`/staff/programs/endpoints/${endpoint.id}`}>{endpoint.url}</a>
          </th>
          <td>{endpoint.types.join(', ') || 'nothing'}</td>
          <td>
            <State of={endpoint} />
          </td>
          <td class="number">{waiting.get(endpoint.id) ?? 0}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const whys = { staff: 'by hand', failing: 'it took nothing for days', gone: 'it said that nothing is wanted there' } as const

const State = ({ of: { failingSince, offAt, offWhy } }: { of: Endpoint }) => {
  if (offAt)
    return (
      <>
        off since <Moment at={offAt} />: {whys[offWhy ?? 'staff']}
      </>
    )
  if (!failingSince) return <>on</>
  return (
    <>
      takes nothing since <Moment at={failingSince} />
    </>
  )
}

interface NewProps {
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
  readonly chosen?: readonly string[]
}

export const NewEndpointPage = ({ errors = {}, typed = {}, chosen = [] }: NewProps) => (
  <>
    <Crumbs to={up} here="Tell a program" />
    <h1>Tell a program what happens</h1>
    <p>
      It gets a message by <a href="/api/docs#webhooks">Standard Webhooks</a>, signed with a secret that you see once: numbers and states,
      never a name or an address. Whatever you choose, it hears when somebody is erased, corrected or restricted.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/staff/programs/endpoints" novalidate>
      <Field
        name="url"
        label="Address"
        type="url"
        hint="Where the program listens, such as https://logs.example.com/hooks."
        value={typed['url']}
        error={errors['url']}
        maxlength={500}
        spellcheck={false}
        required
      />
      <Wanted chosen={chosen} error={errors['types']} />
      <Submit icon="plus">Add it</Submit>
    </form>
  </>
)

const Wanted = ({ chosen, error }: { chosen: readonly string[]; error?: string | undefined }) => (
  <Choices
    type="checkbox"
    name="types"
    legend="What is it told?"
    options={eventTypes.map((type) => ({ value: type, text: events[type].says, hint: <code>{type}</code> }))}
    chosen={chosen}
    error={error}
  />
)

export const SecretPage = ({ id, secret, isNew }: { id: string; secret: string; isNew: boolean }) => (
  <>
    <Crumbs to={[...up, { href: `/staff/programs/endpoints/${id}`, text: 'Endpoint' }]} here="The secret" />
    <h1>The secret</h1>
    <p>
      By it the program knows that a message is ours. Put it where the program finds it: we show it this one time.{' '}
      {!isNew && 'The old one counts for a day more, and messages bear both signatures until then.'}
    </p>
    <ul class="codes">
      <li>{secret}</li>
    </ul>
    <p>
      <a class="button" href={`/staff/programs/endpoints/${id}`}>
        I have put it away
      </a>
    </p>
  </>
)

interface EndpointProps {
  readonly endpoint: Endpoint
  readonly deliveries: readonly ListedDelivery[]
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
}

export const EndpointPage = ({ endpoint, deliveries, told, errors = {} }: EndpointProps) => (
  <>
    <Crumbs to={up} here="Endpoint" />
    <h1>{new URL(endpoint.url).host}</h1>
    <Told words={told} />
    <Errors errors={errors} />
    <Facts
      rows={[
        ['Address', endpoint.url],
        ['State', <State of={endpoint} />],
        ['Added', <Moment at={endpoint.addedAt} as="day" />],
      ]}
    />
    <div class="actions">
      <Act of={endpoint} act="test" icon="send" says="Send a test" />
      <Act of={endpoint} act="secret" icon="key" says="Give it a new secret" />
      {endpoint.offAt ? (
        <Act of={endpoint} act="on" icon="check" says="Switch it on" />
      ) : (
        <Act of={endpoint} act="off" icon="x" says="Switch it off" />
      )}
    </div>
    <section>
      <form method="post" action={`/staff/programs/endpoints/${endpoint.id}/types`} novalidate>
        <Wanted chosen={endpoint.types} error={errors['types']} />
        <Submit>Save</Submit>
      </form>
    </section>
    <section>
      <h2>Deliveries</h2>
      {deliveries.length === 0 ? <p>Nothing yet. A test shows whether it works.</p> : <Deliveries of={endpoint} deliveries={deliveries} />}
    </section>
    <section class="danger-zone">
      <h2>Remove it</h2>
      <p>It is told nothing more; its secret and the list of deliveries are deleted.</p>
      <form method="post" action={`/staff/programs/endpoints/${endpoint.id}/remove`}>
        <Submit kind="danger">Remove this endpoint</Submit>
      </form>
    </section>
  </>
)

const Act = ({ of: { id }, act, icon, says }: { of: Endpoint; act: string; icon: 'send' | 'key' | 'check' | 'x'; says: string }) => (
  <form method="post" action={`/staff/programs/endpoints/${id}/${act}`}>
    <Submit kind="quiet" icon={icon}>
      {says}
    </Submit>
  </form>
)

const Deliveries = ({ of, deliveries }: { of: Endpoint; deliveries: readonly ListedDelivery[] }) => (
  <Table label="Deliveries">
    <thead>
      <tr>
        <Column>What happened</Column>
        <Column>When</Column>
        <Column>Message</Column>
        <Column number>Tries</Column>
        <Column>Last answer</Column>
        <Column>State</Column>
        <Column>Again</Column>
      </tr>
    </thead>
    <tbody>
      {deliveries.map((one) => (
        <tr>
          <th scope="row">{one.type}</th>
          <td>
            <Moment at={one.happenedAt} />
          </td>
          <td>
            <code>{one.eventId}</code>
          </td>
          <td class="number">{one.tries}</td>
          <td>{one.outcome ?? '–'}</td>
          <td>
            <Standing of={one} />
          </td>
          <td>
            <form class="inline" method="post" action={`/staff/programs/endpoints/${of.id}/deliveries/${one.id}/resend`}>
              <button type="submit" class="quiet" aria-label={`Send again: ${one.type} of ${one.happenedAt.toISOString()}`}>
                Send again
              </button>
            </form>
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Standing = ({ of: { deliveredAt, givenUpAt, dueAt } }: { of: ListedDelivery }) => {
  const at = deliveredAt ?? givenUpAt ?? dueAt
  return (
    <>
      {deliveredAt ? 'taken' : givenUpAt ? 'given up' : 'tried next'} {at && <Moment at={at} />}
    </>
  )
}
