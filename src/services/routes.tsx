/** The catalogue: what can be registered for. */
import { Hono } from 'hono'
import { raw } from 'hono/html'
import type { House, Web } from '../web/house.ts'
import { Crumbs } from '../web/layout.tsx'
import { publicPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'

export const serviceRoutes = new Hono<Web>().get('/services', publicPage(catalogue)).get(
  '/services/:slug',
  publicPage((house, c) => service(house, c.req.param('slug') ?? '')),
)

function catalogue({ content }: House) {
  return {
    shown: { title: 'Services', description: 'The services that you can register for.' },
    body: (
      <>
        <h1>Services</h1>
        <ul class="services">
          {content.services.map((service) => (
            <li>
              <h2>
                <a href={`/services/${service.slug}`}>{service.title}</a>
              </h2>
              <p>{service.summary}</p>
              <p class="price">{service.price}</p>
            </li>
          ))}
        </ul>
      </>
    ),
  }
}

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
          <p class="price">{service.price}</p>
          {raw(service.html)}
        </article>
      </>
    ),
  }
}
