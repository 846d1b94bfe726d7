/** The page of services that answer requests about data themselves. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { ListedDsrService } from './opendsr.ts'

interface Props {
  readonly services: readonly { readonly slug: string; readonly title: string }[]
  readonly doors: readonly ListedDsrService[]
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const DsrPage = ({ services, doors, told, errors = {}, typed = {} }: Props) => (
  <>
    <Crumbs to={[{ href: '/staff/programs', text: 'Programs' }]} here="Services that answer requests" />
    <h1>Services that answer requests</h1>
    <Told words={told} />
    <p>
      A service that keeps data of its own about people is asked by OpenDSR 2.0 to erase, hand over or correct it, by the number that stands
      for them. An erasure here waits until the service has signed that it is done.
    </p>
    {doors.length === 0 ? <p>None takes part yet.</p> : <Doors {...{ doors, services }} />}
    <Errors errors={errors} />
    <h2>Add one</h2>
    <Add {...{ services, errors, typed }} />
  </>
)

const Doors = ({ doors, services }: Pick<Props, 'doors' | 'services'>) => (
  <Table label="Services that answer requests">
    <thead>
      <tr>
        <Column>Service</Column>
        <Column>Address</Column>
        <Column>Signs as</Column>
        <Column>Can be asked for</Column>
        <Column>Added</Column>
        <Column>Remove</Column>
      </tr>
    </thead>
    <tbody>
      {doors.map(({ id, service, url, domain, kinds, addedAt }) => (
        <tr>
          <th scope="row">{services.find(({ slug }) => slug === service)?.title ?? service}</th>
          <td>{url}</td>
          <td>{domain}</td>
          <td>{kinds.join(', ') || 'nothing'}</td>
          <td>
            <Moment at={addedAt} as="day" />
          </td>
          <td>
            <form class="inline" method="post" action={`/staff/programs/opendsr/${id}/remove`}>
              <button type="submit" class="quiet" aria-label={`Remove ${url}`}>
                Remove
              </button>
            </form>
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Add = ({ services, errors = {}, typed = {} }: Pick<Props, 'services' | 'errors' | 'typed'>) => (
  <form method="post" action="/staff/programs/opendsr" novalidate>
    <Select
      name="service"
      label="Service"
      options={services.map(({ slug, title }) => [slug, title])}
      value={typed['service']}
      error={errors['service']}
      required
    />
    <Field
      name="url"
      label="Address"
      type="url"
      hint="With the version, such as https://dsr.example.com/v2."
      value={typed['url']}
      error={errors['url']}
      maxlength={500}
      spellcheck={false}
      required
    />
    <Field
      name="domain"
      label="Domain in whose name it signs"
      value={typed['domain']}
      error={errors['domain']}
      maxlength={253}
      spellcheck={false}
      required
    />
    <Field
      name="certificate"
      label="Certificate"
      hint="In PEM. What it signs is verified with this one and no other, as long as it is valid."
      value={typed['certificate']}
      error={errors['certificate']}
      rows={6}
      maxlength={10000}
      spellcheck={false}
      required
    />
    <Field
      name="bearer"
      label="Token that lets us in"
      hint="If it wants one. It is kept sealed, and not shown again."
      error={errors['bearer']}
      maxlength={1000}
      spellcheck={false}
    />
    <Submit icon="plus">Add it</Submit>
  </form>
)
