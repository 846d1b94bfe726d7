/** The archive and its feeds. */
import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { For } from '../database/connection.ts'
import type { House, Web } from '../web/house.ts'
import { publicPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { archive, archived, JSON_FEED, jsonFeed, RSS, rss } from './archive.ts'
import { ArchivePage, IssuePage } from './archive-pages.tsx'

type Ctx = Context<Web>

// An issue appears within these seconds after its sending began.
const keeping = { seconds: 10 }

export const archiveRoutes = new Hono<Web>()
  .get('/updates/archive', publicPage(list, keeping))
  .get(`/updates/archive/${RSS}`, (c) => feed(c, 'application/rss+xml; charset=utf-8', rss))
  .get(`/updates/archive/${JSON_FEED}`, (c) => feed(c, 'application/feed+json; charset=utf-8', jsonFeed))
  .get('/updates/archive/page/:page', publicPage(list, keeping))
  .get('/updates/archive/:slug', publicPage(one, keeping))

const feeds = [
  { type: 'application/rss+xml', href: `/updates/archive/${RSS}`, title: 'Updates' },
  { type: 'application/feed+json', href: `/updates/archive/${JSON_FEED}`, title: 'Updates' },
]

async function list(house: House, c: Ctx) {
  const asked = c.req.param('page') ?? '1'
  const page = /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 0
  const found = page > 0 ? await house.db.as('updates', (tx) => archive(tx, page)) : undefined
  if (!found || (page > 1 && found.issues.length === 0)) throw nothingHere('no such page of the archive')
  return {
    shown: { title: page === 1 ? 'Archive' : `Archive, page ${page}`, description: 'Updates that we have sent so far.', feeds },
    body: <ArchivePage {...found} />,
  }
}

async function one(house: House, c: Ctx) {
  const issue = await house.db.as('updates', (tx) => archived(tx, house, c.req.param('slug') ?? ''))
  if (!issue) throw nothingHere('no such issue in the archive')
  return { shown: { title: issue.title, description: issue.summary, feeds }, body: <IssuePage issue={issue} /> }
}

// Feed readers come often, and mostly to learn that there is nothing new.
async function feed(c: Ctx, type: string, write: (tx: For<'updates'>, house: House) => Promise<string>): Promise<Response> {
  const house = c.get('house')
  const text = await house.db.as('updates', (tx) => write(tx, house))
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=300', etag }
  return c.req.header('if-none-match')?.includes(etag) ? c.body(null, 304, headers) : c.body(text, 200, headers)
}
