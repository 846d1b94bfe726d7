/** How a page is answered: framed, private unless it is public, and prepared once where it is the same for all. */
import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { House, Web } from './house.ts'
import { type Frame, Layout } from './layout.tsx'
import { keepReady, type Reader, readerOf } from './ready.ts'

/** What a page says of itself. */
export type Shown = Omit<Frame, 'path' | 'signedIn' | 'company' | 'signal' | 'area'> & { area?: Frame['area'] }

function framed(house: House, path: string, shown: Shown, reader: Reader, body: Child): string {
  const frame: Frame = { area: 'site', ...shown, path, signedIn: reader.signedIn, signal: reader.signal, company: house.content.company }
  return String(
    <Layout {...frame} assets={house.assets}>
      {body}
    </Layout>,
  )
}

/** A page for this reader alone: never stored by a cache. */
export function showPage(c: Context<Web>, shown: Shown, body: Child, status: ContentfulStatusCode = 200): Response {
  const signedIn = c.get('signedIn') !== undefined || (shown.area ?? 'site') !== 'site'
  const html = framed(c.get('house'), c.req.path, shown, { ...readerOf(c), signedIn }, body)
  return c.html(html, status, { 'cache-control': 'no-store' })
}

/** A public page: rendered once for each kind of reader, then served from memory (see `ready.ts`). */
export function publicPage(page: (house: House, c: Context<Web>) => { shown: Shown; body: Child }) {
  return (c: Context<Web>): Response => {
    const house = c.get('house')
    const { shown, body } = page(house, c)
    return keepReady(c, framed(house, c.req.path, shown, readerOf(c), body))
  }
}
