/** The home page, the catalogue, a service with its plans, and the last question before one registers for it. */
import { raw } from 'hono/html'
import { type Content, renderMarkdown } from '../web/content.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Facts } from '../web/lists.tsx'
import { openPlans, type Plan, type Service } from './catalogue.ts'
import { priceInWords, termsInWords } from './price.ts'

interface Listed {
  readonly services: readonly Service[]
  readonly currency: string
}

export const HomePage = ({ home, services, currency }: { home: Content['home'] } & Listed) => (
  <>
    <h1 class="statement">{home.lead}</h1>
    <p class="actions">
      <a class="button" href="/sign-up">
        Register
      </a>
      <a class="button quiet" href="/services">
        Look at the services
      </a>
      <a class="button quiet" href="/updates">
        Get updates by e-mail
      </a>
    </p>
    <section>
      <h2>Services</h2>
      <ServiceList services={services} currency={currency} heading="h3" />
    </section>
    <section>
      <h2>How we work</h2>
      <div class="prose">{raw(home.html)}</div>
    </section>
  </>
)

export const CataloguePage = ({ services, currency }: Listed) => (
  <>
    <h1>Services</h1>
    <p class="lead">Register once, with a name and an e-mail address, and use what you want.</p>
    <ServiceList services={services} currency={currency} heading="h2" />
  </>
)

const ServiceList = ({ services, currency, heading: Heading }: Listed & { heading: 'h2' | 'h3' }) => (
  <ul class="rows services">
    {services.map((service) => (
      <li>
        <Heading>
          <a href={`/services/${service.slug}`}>{service.title}</a>
        </Heading>
        <div>
          <p>{service.summary}</p>
        </div>
        <span class="soft">{fromPrice(service, currency)}</span>
      </li>
    ))}
  </ul>
)

/** What the cheapest way in costs. */
function fromPrice(service: Service, currency: string): string {
  const plans = openPlans(service)
  const [first] = plans
  if (!first) return 'Closed to newcomers'
  if (plans.every((plan) => plan.kind === 'free')) return 'Free'
  if (first.kind === 'free') return 'Free to begin with'
  const price = priceInWords(first, currency)
  return plans.length === 1 ? price : `From ${price.replace(/^from /, '')}`
}

export const ServicePage = ({ service, currency }: { service: Service; currency: string }) => (
  <>
    <Crumbs to={[{ href: '/services', text: 'Services' }]} here={service.title} />
    <article class="prose">
      <h1>{service.title}</h1>
      <p class="lead">{service.summary}</p>
      {raw(renderMarkdown(service.words))}
      {service.help && (
        <p>
          <a href={`/help/${service.help}`}>How registering for a service works</a>
        </p>
      )}
    </article>
    <Plans service={service} currency={currency} />
  </>
)

function Plans({ service, currency }: { service: Service; currency: string }) {
  const plans = openPlans(service)
  if (plans.length === 0)
    return (
      <Notice kind="info">
        <p>{service.title} takes nobody new at present. Who uses it keeps it.</p>
      </Notice>
    )
  return (
    <section>
      <h2>{plans.length === 1 ? 'What it costs' : 'Plans'}</h2>
      <ul class="rows services">
        {plans.map((plan) => (
          <li>
            <h3>
              <a href={`/services/${service.slug}/${plan.slug}`}>{plan.title}</a>
            </h3>
            <div>
              <p>{priceInWords(plan, currency)}</p>
              <p class="soft">{termsInWords(plan).join(' ')}</p>
            </div>
          </li>
        ))}
      </ul>
      {plans.some((plan) => plan.kind !== 'free') && (
        <p class="soft">You pay on Stripe's page. We never see your card, and the next page says what happens before anything does.</p>
      )}
    </section>
  )
}

interface JoinProps {
  readonly service: Service
  readonly plan: Plan
  readonly currency: string
  /** They have it already. */
  readonly member?: { readonly id: string; readonly change: string | undefined } | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const JoinPage = ({ service, plan, currency, member, errors = {}, typed = {} }: JoinProps) => (
  <>
    <Crumbs
      to={[
        { href: '/services', text: 'Services' },
        { href: `/services/${service.slug}`, text: service.title },
      ]}
      here={plan.title}
    />
    <h1>
      {service.title}, {plan.title}
    </h1>
    {member ? (
      <Notice kind="info">
        <p>
          You are registered for {service.title} already.{' '}
          {member.change ? (
            <a href={member.change}>See what changing to this plan does</a>
          ) : (
            <a href={`/account/services/${member.id}`}>Look at it</a>
          )}
        </p>
      </Notice>
    ) : (
      <>
        <Errors errors={errors} />
        <Facts
          rows={[
            ['What it costs', priceInWords(plan, currency)],
            ['What comes with it', termsInWords(plan).join(' ') || 'The whole service.'],
            ['What happens now', happens(plan)],
            ...(plan.kind === 'free' ? [] : [['Should a payment fail', graceInWords(plan)] as const]),
            ['Leaving', plan.kind === 'free' ? 'At any time, at once.' : 'At any time, to the end of what is paid; one button.'],
          ]}
        />
        <form method="post" action={`/services/${service.slug}/${plan.slug}`} novalidate>
          {plan.kind === 'seat' && (
            <Field
              name="seats"
              label="For how many people"
              type="number"
              inputmode="numeric"
              value={typed['seats'] ?? '1'}
              error={errors['seats']}
              required
            />
          )}
          <Submit>{plan.kind === 'free' ? `Register for ${service.title}` : 'Go on to the card'}</Submit>
        </form>
      </>
    )}
  </>
)

const graceInWords = ({ graceDays }: Plan): string =>
  graceDays > 0
    ? `You get a letter, and it works on for ${graceDays} ${graceDays === 1 ? 'day' : 'days'}.`
    : 'You get a letter, and it is closed until it is paid.'

const happens = (plan: Plan): string =>
  plan.kind === 'free'
    ? 'You can use it at once. No card is needed.'
    : 'On Stripe’s page you give a billing name, an address and a card. We learn a key that stands for them, and nothing else. Then it begins.'
