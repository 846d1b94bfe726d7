/** The link by which a copy is fetched that was asked for without an account. */
import { Readable } from 'node:stream'
import { type Context, Hono } from 'hono'
import { now } from '../clock.ts'
import { askAgain, requestToCopy, useCopyLink } from '../requests/copy-link.ts'
import { statusPath } from '../requests/link.ts'
import { OverPage } from '../requests/form.tsx'
import type { Request } from '../requests/steps.ts'
import { clientNetwork } from '../web/client.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit } from '../web/throttle.ts'
import { copyOfAddress, fetchCopy, recordCopy, smallCopy } from './kept-copy.ts'
import { FetchPage, NotThereYetPage } from './request-pages.tsx'

type Ctx = Context<Web>

export const rightsRequestRoutes = new Hono<Web>()
  .get('/privacy/requests/copy/:code', (c) => showFetch(c, c.req.param('code')))
  .post('/privacy/requests/copy/:code', (c) => fetchByLink(c, c.req.param('code')))

async function showFetch(c: Ctx, code: string): Promise<Response> {
  const request = await c.get('house').db.as('rights', (tx) => requestToCopy(tx, code))
  if (!request) return over(c)
  return showPage(c, { title: 'Your copy is ready', robots: 'noindex' }, <FetchPage code={code} />)
}

async function fetchByLink(c: Ctx, code: string): Promise<Response> {
  const house = c.get('house')
  const request = await house.db.as('rights', (tx) => useCopyLink(tx, code))
  if (!request?.email) return over(c)
  const copy = await copyFor(house, request)
  if (copy && request.personId) await recordCopy(house, request.personId)
  if (copy) return download(c, copy)
  await house.db.as('rights', (tx) => askAgain(tx, request.id))
  return showPage(
    c,
    { title: 'The copy must be made anew', robots: 'noindex' },
    <NotThereYetPage path={statusPath(house.db, request.id)} />,
    202,
  )
}

interface Copy {
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream
  readonly size: number
}

async function copyFor(house: House, { personId, email }: Request): Promise<Copy | undefined> {
  if (!personId) return whole(await copyOfAddress(house, email ?? ''))
  const kept = await fetchCopy(house, personId)
  if (kept) return { body: Readable.toWeb(Readable.from(kept.pieces)) as ReadableStream, size: kept.size }
  const small = await smallCopy(house, personId)
  return small && 'zip' in small ? whole(small.zip) : undefined
}

const whole = (zip: Buffer): Copy => ({ body: new Uint8Array(zip), size: zip.length })

/** Hands a copy out. */
export function download(c: Ctx, { body, size }: Copy): Response {
  return c.body(body, 200, {
    'content-type': 'application/zip',
    'content-length': String(size),
    'content-disposition': `attachment; filename="your-data-${now().toISOString().slice(0, 10)}.zip"`,
    'cache-control': 'no-store',
  })
}

async function over(c: Ctx): Promise<Response> {
  await limit(c.get('house').db, 'wrong link by network', clientNetwork(c))
  return showPage(c, { title: 'That link does not work any more', robots: 'noindex' }, <OverPage />, 410)
}
