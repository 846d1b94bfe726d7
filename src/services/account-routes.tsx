/** One's own services. */
import { type Context, Hono } from 'hono'
import { now } from '../clock.ts'
import { asId } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { MembershipPage, MembershipsPage } from './account-pages.tsx'
import { planOf } from './catalogue.ts'
import { membershipOf, membershipsOf, stand, stepsOf, toBuy, wantNothingElse } from './membership.ts'
import { currencyOf, regionOf } from './price.ts'
import { usageOf } from './usage.ts'

type Ctx = Context<Web>

export const accountServiceRoutes = new Hono<Web>()
  .get('/account/services', signedIn, list)
  .get('/account/services/:id', signedIn, show)
  .post('/account/services/:id/leave', signedIn, leave)
  .post('/account/services/:id/keep', signedIn, keep)

async function list(c: Ctx): Promise<Response> {
  const memberships = await c.get('house').db.as('service', (tx) => membershipsOf(tx, c.get('signedIn').personId))
  return showPage(c, { title: 'Your services', area: 'account' }, <MembershipsPage memberships={memberships} />)
}

async function show(c: Ctx): Promise<Response> {
  const found = await c.get('house').db.as('service', async (tx) => {
    const id = asId(c.req.param('id'))
    const membership = id && (await membershipOf(tx, c.get('signedIn').personId, id))
    const plan = membership && (await planOf(tx, membership.planId))
    if (!membership || !plan) return undefined
    return { membership, plan, steps: await stepsOf(tx, membership.id), used: await usageOf(tx, membership.id, thisMonth()) }
  })
  if (!found) throw nothingHere('no such membership')
  const currency = currencyOf(regionOf(c.req.header('accept-language')))
  const page = <MembershipPage {...found} currency={currency} done={c.req.query('done')} />
  return showPage(c, { title: found.membership.service.title, area: 'account' }, page)
}

/** The calendar month in UTC. */
function thisMonth(): { from: Date; to: Date } {
  const today = now()
  const first = (months: number) => new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + months, 1))
  return { from: first(0), to: first(1) }
}

/** Leaves what is free, or was begun and not paid for; what is paid for is left where it is paid. */
async function leave(c: Ctx): Promise<Response> {
  const id = asId(c.req.param('id'))
  const membership = await c.get('house').db.as('service', async (tx) => {
    const found = id && (await membershipOf(tx, c.get('signedIn').personId, id))
    if (found && (found.plan.kind === 'free' || found.standing === 'waiting')) await stand(tx, found.id, { standing: 'ended' }, 'person')
    return found
  })
  if (!membership) throw nothingHere('no such membership')
  const free = membership.plan.kind === 'free' || membership.standing === 'waiting'
  return c.redirect(free ? `/account/services/${membership.id}?done=left` : `/account/billing/memberships/${membership.id}`, 303)
}

/** Another plan was begun and is not wanted any more. */
async function keep(c: Ctx): Promise<Response> {
  const id = asId(c.req.param('id'))
  const membership = await c.get('house').db.as('service', async (tx) => {
    const found = id && (await membershipOf(tx, c.get('signedIn').personId, id))
    if (found && toBuy(found) && found.standing !== 'waiting') await wantNothingElse(tx, found.id)
    return found
  })
  if (!membership) throw nothingHere('no such membership')
  return c.redirect(`/account/services/${membership.id}?done=kept`, 303)
}
