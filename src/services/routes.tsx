/** The home page and the catalogue: what can be registered for. */
import { Hono } from 'hono'
import { raw } from 'hono/html'
import type { Service } from '../web/content.ts'
import type { House, Web } from '../web/house.ts'
import { Crumbs } from '../web/layout.tsx'
import { publicPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'

export const serviceRoutes = new Hono<Web>()
  .get('/', publicPage(home))
  .get('/services', publicPage(catalogue))
  .get(
    '/services/:slug',
    publicPage((house, c) => service(house, c.req.param('slug') ?? '')),
  )

function home({ content }: House) {
  const { title, description, lead, html } = content.home
  return {
    shown: { title, description },
    body: (
      <>
        <h1 class="statement">{lead}</h1>
        <p class="actions">
          <a class="button" href="/sign-up">
            Register
          </a>
          <a class="button quiet" href="/services">
            Look at the services
          </a>
        </p>
        <section>
          <h2>Services</h2>
          <ServiceList services={content.services} heading="h3" />
        </section>
        <section>
          <h2>How we work</h2>
          <div class="prose">{raw(html)}</div>
        </section>
      </>
    ),
  }
}

function catalogue({ content }: House) {
  return {
    shown: { title: 'Services', description: 'The services that you can register for.' },
    body: (
      <>
        <h1>Services</h1>
        <p class="lead">Register once, with a name and an e-mail address, and use what you want.</p>
        <ServiceList services={content.services} heading="h2" />
      </>
    ),
  }
}

const ServiceList = ({ services, heading: Heading }: { services: readonly Service[]; heading: 'h2' | 'h3' }) => (
  <ul class="rows services">
    {services.map(({ slug, title, summary, price }) => (
      <li>
        <Heading>
          <a href={`/services/${slug}`}>{title}</a>
        </Heading>
        <div>
          <p>{summary}</p>
        </div>
        <span class="soft">{price}</span>
      </li>
    ))}
  </ul>
)

function service({ content }: House, slug: string) {
  const service = content.services.find((service) => service.slug === slug)
  if (!service) throw nothingHere('no such service')
  return {
    shown: { title: service.title, description: service.summary },
    body: (
      <>
        <Crumbs to={[{ href: '/services', text: 'Services' }]} here={service.title} />
        <article class="prose">
          <h1>{service.title}</h1>
          <p class="lead">{service.summary}</p>
          <p class="soft">{service.price}</p>
          {raw(service.html)}
        </article>
      </>
    ),
  }
}
