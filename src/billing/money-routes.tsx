/** Money in the console: memberships, failed payments, revenue, usage. Only staff who see money get here. */
import { type Context, Hono } from 'hono'
import { asId } from '../log.ts'
import { personOf } from '../people/person.ts'
import { catalogue } from '../services/catalogue.ts'
import { membershipOf, stepsOf } from '../services/membership.ts'
import { enrolledAmong, roll, standingNamed, usageByService, type Wanted } from '../services/roll.ts'
import { signedIn } from '../sessions/guard.ts'
import { roleHere, whoMay } from '../staff/guard.ts'
import { look } from '../staff/look.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { creditOffice } from './credit-routes.tsx'
import { FailedPage, RevenuePage, UsagePage } from './money-pages.tsx'
import { OfficeMembershipPage, type RollAsked, RollPage } from './roll-pages.tsx'
import { failedPayments, invoicesOf } from './payments.ts'
import { revenue } from './revenue.ts'

type Ctx = Context<Web>
const maySee = whoMay('billing')

export const moneyOffice = new Hono<Web>()
  .get('/staff/billing/memberships', signedIn, maySee, showRoll)
  .get('/staff/billing/memberships/:id', signedIn, maySee, showMembership)
  .get('/staff/billing/failed', signedIn, maySee, showFailed)
  .get('/staff/billing/revenue', signedIn, maySee, showRevenue)
  .get('/staff/billing/usage', signedIn, maySee, showUsage)
  .route('/', creditOffice)

async function showRoll(c: Ctx): Promise<Response> {
  const { service = '', standing = '', paid = '', before } = c.req.query()
  const asked: RollAsked = { service, standing, paid }
  const page = await c.get('house').db.as('billing', async (tx) => ({
    services: (await catalogue(tx)).map(({ slug, title }) => ({ slug, title })),
    ...(await roll(tx, wantedBy(asked, before))),
  }))
  const last = page.rows.at(-1)
  const next = page.more && last ? `?${new URLSearchParams({ ...asked, before: last.id }).toString()}` : undefined
  return showPage(c, { title: 'Memberships', area: 'staff' }, <RollPage asked={asked} {...page} next={next} />)
}

const wantedBy = ({ service, standing, paid }: RollAsked, before: string | undefined): Wanted => ({
  service: service.slice(0, 100) || undefined,
  standing: standingNamed(standing),
  paid: paid === 'yes' || paid === 'no' ? paid : undefined,
  before: asId(before),
})

// Whose payments are opened is told to them, as with any look at a record.
async function showMembership(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const id = asId(c.req.param('id'))
  const found = await db.as('billing', async (tx) => {
    const [listed] = id ? await enrolledAmong(tx, [id]) : []
    const who = listed && listed.kind !== 'free' ? await personOf(tx, listed.personId) : undefined
    const membership = who && id && (await membershipOf(tx, who.id, id))
    return membership && { who, membership, steps: await stepsOf(tx, id), invoices: await invoicesOf(tx, id) }
  })
  if (!found) throw nothingHere('no such membership of a customer')
  const looking = { personId: found.who.id, staffId: c.get('signedIn').personId, role: roleHere(c) }
  await db.as('support', (tx) => look(tx, { ...looking, reason: 'billing', note: '' }))
  return showPage(c, { title: found.membership.service.title, area: 'staff' }, <OfficeMembershipPage {...found} />)
}

async function showFailed(c: Ctx): Promise<Response> {
  const failed = await c.get('house').db.as('billing', (tx) => failedPayments(tx))
  return showPage(c, { title: 'Failed payments', area: 'staff' }, <FailedPage failed={failed} />)
}

async function showRevenue(c: Ctx): Promise<Response> {
  const sums = await c.get('house').db.as('billing', (tx) => revenue(tx))
  return showPage(c, { title: 'Revenue', area: 'staff' }, <RevenuePage sums={sums} />)
}

async function showUsage(c: Ctx): Promise<Response> {
  const used = await c.get('house').db.as('billing', (tx) => usageByService(tx))
  return showPage(c, { title: 'Usage', area: 'staff' }, <UsagePage used={used} />)
}
