/** The public site that belongs to no other room: plain pages, assets, conventions. */
import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { now } from '../clock.ts'
import mark from './favicon.svg'
import type { House, Web } from './house.ts'
import { publicPage } from './page.tsx'
import { prepare, send } from './prepared.ts'
import { nothingHere } from './refusal.ts'

const favicon = prepare(Buffer.from(mark), { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' })

export const siteRoutes = new Hono<Web>()
  .get('/cookies', publicPage(plain('cookies')))
  .get('/security', publicPage(plain('security')))
  .get('/assets/:name', asset)
  .get('/favicon.svg', (c) => send(c, favicon))
  .get('/robots.txt', (c) =>
    c.text('User-agent: *\nDisallow: /account\nDisallow: /staff\nDisallow: /sign-in/code/\n', 200, {
      'cache-control': 'public, max-age=86400',
    }),
  )
  .get('/.well-known/security.txt', securityTxt)
  .get('/.well-known/change-password', (c) => c.redirect('/account/security', 302))
  .get('/.well-known/gpc.json', (c) => c.json({ gpc: true, lastUpdate: '2026-11-23' }))

/** A page of the content folder's `pages/`, as it is. */
export function plain(slug: string) {
  return ({ content }: House) => {
    const page = content.pages.find((page) => page.slug === slug)
    if (!page) throw nothingHere('page not in the content folder')
    return {
      shown: { title: page.title, description: page.description },
      body: (
        <article class="prose">
          <h1>{page.title}</h1>
          {raw(page.html)}
        </article>
      ),
    }
  }
}

function asset(c: Context<Web>): Response {
  const file = c.get('house').assets.files.get(c.req.param('name') ?? '')
  if (!file) throw nothingHere()
  return send(c, file)
}

/** RFC 9116. */
function securityTxt(c: Context<Web>): Response {
  const { config, content } = c.get('house')
  // Between half a year and seven months from now, so that it is stable for a month, and never further than the year that is advised.
  const expires = new Date(Date.UTC(now().getUTCFullYear(), now().getUTCMonth() + 7, 1)).toISOString()
  return c.text(
    `Contact: mailto:${content.company.securityAddress}\nPolicy: ${config.origin}/security\nPreferred-Languages: en\nCanonical: ${config.origin}/.well-known/security.txt\nExpires: ${expires}\n`,
  )
}
