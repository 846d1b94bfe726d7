/** The record of what was done, for those who answer for it. */
import { inArray } from 'drizzle-orm'
import { type Context, Hono } from 'hono'
import { lookOver, type Verdict } from '../audit/chain.ts'
import { entries, type Recorded } from '../audit/record.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { signedIn } from '../sessions/guard.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { AuditPage } from './audit-pages.tsx'
import { whoMay } from './guard.ts'

type Ctx = Context<Web>

const ON_A_PAGE = 50

export const auditRoutes = new Hono<Web>()
  .get('/staff/audit', signedIn, whoMay('audit'), (c) => show(c))
  .post('/staff/audit/verify', signedIn, whoMay('audit'), async (c) => show(c, await lookOver(c.get('house'))))

async function show(c: Ctx, verdict?: Verdict): Promise<Response> {
  const asked = Number(c.req.query('before'))
  const before = Number.isSafeInteger(asked) && asked > 0 ? { before: asked } : {}
  const shown = await c.get('house').db.as('legal', async (tx) => {
    const listed = await entries(tx, { ...before, most: ON_A_PAGE })
    return { entries: listed, names: await namesOf(tx, listed) }
  })
  const last = shown.entries.at(-1)?.number ?? 1
  const page = <AuditPage {...shown} next={last > 1 ? `/staff/audit?before=${last}` : undefined} verdict={verdict} />
  return showPage(c, { title: 'The record', area: 'staff' }, page)
}

async function namesOf(tx: For<'legal'>, listed: readonly Recorded[]): Promise<Map<Id, string>> {
  const ids = [...new Set(listed.flatMap(({ actorId }) => actorId ?? []))]
  const rows = await tx.select({ id: people.id, name: people.name }).from(people).where(inArray(people.id, ids))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
