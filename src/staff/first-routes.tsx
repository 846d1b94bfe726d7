/** Where one comes in: what needs somebody today, finding anything, what each role may do, and who did what. */
import { type Context, Hono } from 'hono'
import { asId } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { ActivityPage } from './activity-pages.tsx'
import { activityOf, kindsFor, under } from './activity.ts'
import { type Finder, findAll } from './finder.ts'
import { roleHere, whoMay } from './guard.ts'
import { FirstPage, SearchPage } from './pages.tsx'
import type { Parts } from './parts.ts'
import { tabsFor } from './roles.ts'
import { RolesPage } from './roles-pages.tsx'
import { team } from './team.ts'
import { type Waiting, whatWaits } from './waiting.ts'

type Ctx = Context<Web>

export const firstRoutes = ({ waiting, finders, register }: Parts) =>
  new Hono<Web>()
    .get('/staff', signedIn, whoMay('console'), (c) => showFirst(c, waiting))
    .get('/staff/search', signedIn, whoMay('search'), (c) => search(c, finders))
    .get('/staff/team/roles', signedIn, whoMay('roles'), (c) =>
      showPage(c, { title: 'Roles', area: 'staff' }, <RolesPage register={register} own={roleHere(c)} />),
    )
    .get('/staff/activity', signedIn, whoMay('activity'), showActivity)

async function showFirst(c: Ctx, all: readonly Waiting[]): Promise<Response> {
  const role = roleHere(c)
  const waits = await whatWaits(c.get('house'), role, all)
  return showPage(c, { title: 'Today', area: 'staff' }, <FirstPage name={c.get('signedIn').name} {...{ role, waits }} />)
}

const LONGEST_SEARCH = 200

async function search(c: Ctx, finders: readonly Finder[]): Promise<Response> {
  const role = roleHere(c)
  const text = (c.req.query('q') ?? '')
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .normalize('NFC')
    .trim()
    .slice(0, LONGEST_SEARCH)
  const pages = tabsFor(role).filter((tab) => text && tab.text.toLowerCase().includes(text.toLowerCase()))
  const found = text ? await findAll(c.get('house'), role, finders, { text, id: asId(text) }) : []
  const page = <SearchPage sought={text} found={pages.length > 0 ? [{ title: 'Pages', hits: pages }, ...found] : found} />
  return showPage(c, { title: 'Search', area: 'staff' }, page)
}

async function showActivity(c: Ctx): Promise<Response> {
  const role = roleHere(c)
  const [asked, kinds] = [Number(c.req.query('before')), kindsFor(role)]
  const kind = kinds.find(({ name }) => name === c.req.query('kind'))
  const by = asId(c.req.query('by'))
  const wanted = { kinds: kind ? [kind] : kinds, by, before: Number.isSafeInteger(asked) && asked > 0 ? asked : undefined }
  const { db } = c.get('house')
  const listed = role === 'analyst' ? [] : await db.as(under[role], (tx) => activityOf(tx, wanted))
  const members = await db.as('security', team)
  const page = <ActivityPage {...{ listed, members, kinds, by }} kind={kind?.name} />
  return showPage(c, { title: 'Activity', area: 'staff' }, page)
}
