/** The catalogue in the console. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Service } from './catalogue.ts'
import type { countMembers } from './membership.ts'
import { priceInWords } from './price.ts'

type Counts = Awaited<ReturnType<typeof countMembers>>

/** A form as it was typed, with what was wrong. */
export interface Filled {
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

const told: Readonly<Record<string, string>> = {
  saved: 'Saved. The site shows it within ten seconds.',
  listed: 'The service is in the catalogue, closed until you open it.',
  offered: 'The plan is offered.',
}

/** What the outcome in the address is, in words. */
export const toldOf = (done: string | undefined): string | undefined => (done && Object.hasOwn(told, done) ? told[done] : undefined)

const sum = (counts: Counts, of: (count: Counts[number]) => boolean): number =>
  counts.filter(of).reduce((total, { members }) => total + members, 0)

export const ServicesPage = ({ services, counts, errors = {}, typed = {} }: { services: readonly Service[]; counts: Counts } & Filled) => (
  <>
    <h1>Services</h1>
    {services.length === 0 ? (
      <Empty icon="inbox" title="The catalogue is empty">
        <p>List the first service below.</p>
      </Empty>
    ) : (
      <Table label="Services">
        <thead>
          <tr>
            <Column>Service</Column>
            <Column>State</Column>
            <Column number>Plans</Column>
            <Column number>Members</Column>
            <Column number>Payment failed</Column>
          </tr>
        </thead>
        <tbody>
          {services.map((service) => (
            <tr>
              <th scope="row">
                <a href={`/staff/services/${service.slug}`}>{service.title}</a>
              </th>
              <td>{service.closedAt ? 'closed' : 'open'}</td>
              <td class="number">{service.plans.filter((plan) => !plan.retiredAt).length}</td>
              <td class="number">{sum(counts, (count) => count.serviceId === service.id && count.standing !== 'waiting')}</td>
              <td class="number">
                {sum(counts, (count) => count.serviceId === service.id && ['grace', 'suspended'].includes(count.standing))}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    )}
    <section>
      <h2>List a service</h2>
      <Errors errors={errors} />
      <form method="post" action="/staff/services" novalidate>
        <Field
          name="slug"
          label="Name in addresses"
          hint="Small letters and dashes. It stays."
          value={typed['slug']}
          error={errors['slug']}
          required
        />
        <WordFields errors={errors} typed={typed} />
        <Submit icon="plus">List it</Submit>
      </form>
    </section>
  </>
)

const WordFields = ({ errors, typed }: { errors: FormErrors; typed: Typed }) => (
  <>
    <Field name="title" label="Name" value={typed['title']} error={errors['title']} maxlength={100} required />
    <Field name="summary" label="In one sentence" value={typed['summary']} error={errors['summary']} maxlength={300} required />
    <Field name="words" label="At length, in Markdown" value={typed['words']} error={errors['words']} rows={14} required />
    <Field name="help" label="Help article" hint="Its name in addresses." value={typed['help']} error={errors['help']} maxlength={100} />
    <Field name="place" label="Place in the catalogue" type="number" value={typed['place']} error={errors['place']} required />
  </>
)

interface ServiceProps extends Filled {
  readonly service: Service
  readonly counts: Counts
  readonly done?: string | undefined
}

export const OfficeServicePage = ({ service, counts, done, errors = {}, typed }: ServiceProps) => (
  <>
    <Crumbs to={[{ href: '/staff/services', text: 'Services' }]} here={service.title} />
    <h1>{service.title}</h1>
    <Told words={toldOf(done)} />
    <Errors errors={errors} />
    <p class="actions">
      <a class="button quiet" href={`/services/${service.slug}`}>
        See it on the site
      </a>
      <a class="button quiet" href={`/staff/services/${service.slug}/plans`}>
        Offer a new plan
      </a>
    </p>
    <Table label="Plans">
      <thead>
        <tr>
          <Column>Plan</Column>
          <Column>Price</Column>
          <Column>Price at Stripe</Column>
          <Column>State</Column>
          <Column number>Members</Column>
        </tr>
      </thead>
      <tbody>
        {service.plans.map((plan) => (
          <tr>
            <th scope="row">
              <a href={`/staff/services/${service.slug}/plans/${plan.slug}`}>{plan.title}</a>
            </th>
            <td>{priceInWords(plan, 'usd')}</td>
            <td>{plan.lookupKey ?? '–'}</td>
            <td>{plan.retiredAt ? 'retired' : 'offered'}</td>
            <td class="number">{sum(counts, (count) => count.planId === plan.id && count.standing !== 'waiting')}</td>
          </tr>
        ))}
      </tbody>
    </Table>
    <section>
      <h2>Words</h2>
      <form method="post" action={`/staff/services/${service.slug}`} novalidate>
        <WordFields errors={errors} typed={typed ?? typedOf(service)} />
        <Submit>Save</Submit>
      </form>
    </section>
    <section>
      <h2>{service.closedAt ? 'Closed to newcomers' : 'Open'}</h2>
      <form method="post" action={`/staff/services/${service.slug}/${service.closedAt ? 'open' : 'close'}`}>
        <Submit kind="quiet">{service.closedAt ? 'Open it' : 'Close it to newcomers'}</Submit>
      </form>
    </section>
  </>
)

const typedOf = ({ title, summary, words, help, place }: Service): Typed => ({
  title,
  summary,
  words,
  help: help ?? '',
  place: String(place),
})
