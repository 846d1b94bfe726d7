/** How a page is answered: framed, private unless it is public, and prepared once where it is the same for all. */
import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { readCookie } from './cookies.ts'
import type { House, Web } from './house.ts'
import { type Frame, Layout } from './layout.tsx'
import { answer, type Prepared, prepare } from './prepared.ts'

/** What a page says of itself. */
export type Shown = Omit<Frame, 'path' | 'signedIn' | 'company' | 'signal' | 'area'> & { area?: Frame['area'] }

const asksNotToBeTracked = (c: Context): boolean => c.req.header('sec-gpc') === '1'

function framed(house: House, path: string, shown: Shown, reader: { signedIn: boolean; signal: boolean }, body: Child): string {
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
  const html = framed(c.get('house'), c.req.path, shown, { signedIn, signal: asksNotToBeTracked(c) }, body)
  return c.html(html, status, { 'cache-control': 'no-store' })
}

/**
 * A public page, rendered once for each kind of reader (with a session cookie or without, with the
 * opt-out signal or without) and then served from memory. Its content is fixed at the start.
 */
export function publicPage(page: (house: House, c: Context<Web>) => { shown: Shown; body: Child }) {
  const houses = new WeakMap<House, Map<string, Prepared>>()
  return (c: Context<Web>): Response => {
    const house = c.get('house')
    const ready = houses.get(house) ?? new Map<string, Prepared>()
    houses.set(house, ready)
    const signedIn = readCookie(c, 'session') !== undefined
    const signal = asksNotToBeTracked(c)
    const key = `${c.req.path}${signedIn ? ' in' : ''}${signal ? ' gpc' : ''}`
    let prepared = ready.get(key)
    if (!prepared) {
      const { shown, body } = page(house, c)
      prepared = prepareHtml(framed(house, c.req.path, shown, { signedIn, signal }, body))
      ready.set(key, prepared)
    }
    return answer(prepared, requested(c))
  }
}

const prepareHtml = (html: string): Prepared =>
  prepare(Buffer.from(html), { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', vary: 'Cookie, Sec-GPC' })

/** The headers of a request that decide how a prepared answer is sent. */
export const requested = (c: Context) => ({
  encodings: c.req.header('accept-encoding'),
  ifNoneMatch: c.req.header('if-none-match'),
  head: c.req.method === 'HEAD',
})
