/** How a page is answered: framed, private unless it is public, and prepared once where it is the same for all. */
import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { askedOf, named } from '../processors/analytics-question.ts'
import { comingIn } from '../versions/permission.ts'
import type { House, Web } from './house.ts'
import { type Frame, Layout } from './layout.tsx'
import { requestIn } from './page-request.ts'
import { type Keeping, keepReady, type Reader, readerOf, wishesOf } from './ready.ts'

/** What a page says of itself. */
export type Shown = Omit<
  Frame,
  'path' | 'signedIn' | 'company' | 'signal' | 'uncounted' | 'unasked' | 'services' | 'coming' | 'area' | 'tabs'
> & {
  area?: Frame['area']
}

/**
 * Everything around title and body is the same for everybody at the same place, so it is rendered once
 * and kept in pieces. Places have ids in their paths, so there is an end to how many are kept.
 */
const frames = new WeakMap<House, Map<string, readonly string[]>>()
const MOST_FRAMES = 500
// No page holds this sign: forms refuse it, and PostgreSQL cannot store it.
const MARK = '\u0000'

function framed(house: House, path: string, { title, ...shown }: Shown & Pick<Frame, 'tabs'>, reader: Reader, body: Child): string {
  const [head = '', middle = '', foot = ''] = frameOf(house, { area: 'site', ...shown, path, ...reader, coming: comingPlace(house) })
  const named = `${title} · ${house.content.company.short}`
  return `${head}${String(<>{named}</>)}${middle}${String(<>{body}</>)}${foot}`
}

// Everybody who reads a page learns of what was published; see `versions/`.
function comingPlace({ db }: House): Frame['coming'] {
  const coming = comingIn(db)
  return coming && { href: `/privacy/versions/${coming.number}/changes`, text: `Our privacy policy changes on ${coming.day}.` }
}

function frameOf(house: House, around: Omit<Frame, 'title' | 'company'>): readonly string[] {
  const key = JSON.stringify(around)
  const known = frames.get(house) ?? new Map<string, readonly string[]>()
  const kept = known.get(key)
  if (kept) return kept
  if (known.size >= MOST_FRAMES) known.clear()
  const pieces = rendered(house, around)
  frames.set(house, known.set(key, pieces))
  return pieces
}

function rendered(house: House, around: Omit<Frame, 'title' | 'company'>): readonly string[] {
  const frame: Frame = { ...around, title: MARK, company: house.content.company, services: named(askedOf(house.config)) }
  const whole = String(
    <Layout {...frame} assets={house.assets}>
      {MARK}
    </Layout>,
  )
  return whole.replace(`${MARK} · ${String(<>{house.content.company.short}</>)}`, MARK).split(MARK)
}

/** A page for this reader alone: never stored by a cache. */
export function showPage(c: Context<Web>, shown: Shown, body: Child, status: ContentfulStatusCode = 200): Response {
  const signedIn = c.get('signedIn') !== undefined || (shown.area ?? 'site') !== 'site'
  const html = framed(c.get('house'), c.req.path, { ...shown, tabs: c.get('tabs') }, { signedIn, ...wishesOf(requestIn(c)) }, body)
  return c.html(html, status, { 'cache-control': 'no-store' })
}

type Public = { readonly shown: Shown; readonly body: Child }

/**
 * A public page: rendered once for each kind of reader, then served from memory (see `ready.ts`). One
 * that shows what staff can change says after how many seconds it is rendered again.
 */
export function publicPage(page: (house: House, c: Context<Web>) => Public | Promise<Public>, keeping: Keeping = {}) {
  return async (c: Context<Web>): Promise<Response> => {
    const house = c.get('house')
    const { shown, body } = await page(house, c)
    const request = requestIn(c)
    c.set('shownToAll', true)
    const { body: sent, ...init } = keepReady(request, framed(house, c.req.path, shown, readerOf(request), body), keeping)
    return new Response(sent, init)
  }
}
