/**
 * Leaving by a letter's link, with no cookie and from anywhere. The link opens a page, which shows
 * nothing of the subscriber and is the same whether they are subscribed or not; the button, or the one
 * click of a mail program, ends that one subscription.
 */
import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { clientNetwork } from '../web/client.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit } from '../web/throttle.ts'
import { comeBack, leaveByLink } from './departure.ts'
import { BrokenLinkPage, LeavePage, ReturnPage } from './leaving-pages.tsx'
import { type Act, type Link, linkBehind } from './link.ts'
import { OutcomePage, outcomes, OverPage } from './subscribing-pages.tsx'
import { topicNamed } from './topic.ts'

type Ctx = Context<Web>

export const leavingRoutes = new Hono<Web>()
  .get('/updates/unsubscribe/:token', (c) => open(c, 'leave', c.req.param('token')))
  .post('/updates/unsubscribe/:token', (c) => leaveNow(c, c.req.param('token')))
  .get('/updates/return/:token', (c) => open(c, 'return', c.req.param('token')))
  .post('/updates/return/:token', (c) => returnNow(c, c.req.param('token')))

const show = (c: Ctx, title: string, page: Child, status: 200 | 404 | 410 = 200): Response =>
  showPage(c, { title, robots: 'noindex' }, page, status)

async function open(c: Ctx, act: Act, token: string): Promise<Response> {
  const link = linkBehind(c.get('house').db, act, token)
  if (!link) return broken(c)
  const title = await titleOf(c, link)
  return act === 'leave'
    ? show(c, `Leave “${title}”`, <LeavePage {...{ token, title }} />)
    : show(c, `Get “${title}” again`, <ReturnPage {...{ token, title }} />)
}

async function titleOf(c: Ctx, { topic }: Link): Promise<string> {
  return (await c.get('house').db.as('updates', (tx) => topicNamed(tx, topic)))?.title ?? topic
}

async function leaveNow(c: Ctx, token: string): Promise<Response> {
  const house = c.get('house')
  const link = linkBehind(house.db, 'leave', token)
  if (!link) return broken(c)
  const oneClick = await isOneClick(c)
  await house.db.as('updates', (tx) => leaveByLink(tx, house, link, oneClick ? 'mail program' : 'letter'))
  // A mail program follows no redirect (RFC 8058).
  return oneClick ? show(c, outcomes.left.title, <OutcomePage outcome="left" />) : c.redirect('/updates/left', 303)
}

// Whatever else is wrong with the form, whoever sends it wants to leave.
async function isOneClick(c: Ctx): Promise<boolean> {
  const body = await c.req.parseBody().catch(() => ({}))
  return 'List-Unsubscribe' in body
}

async function returnNow(c: Ctx, token: string): Promise<Response> {
  const { db } = c.get('house')
  const link = linkBehind(db, 'return', token)
  if (!link) return broken(c)
  const outcome = await db.as('updates', (tx) => comeBack(tx, link.subscriptionId))
  if (outcome === 'back') return c.redirect('/updates/returned', 303)
  const page = (
    <OverPage again={{ href: '/updates', text: 'Subscribe anew' }}>
      Leaving can be undone for 30 days. After that, please subscribe anew.
    </OverPage>
  )
  return show(c, 'That link does not work any more', page, 410)
}

/** Only links that this house did not make count as guesses: many people leave from one provider's network. */
async function broken(c: Ctx): Promise<Response> {
  await limit(c.get('house').db, 'wrong link by network', clientNetwork(c))
  return show(c, 'That link is not complete', <BrokenLinkPage />, 404)
}
