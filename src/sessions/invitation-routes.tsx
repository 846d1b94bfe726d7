/** Answering an invitation: the page says who invites to what; only a button accepts or declines. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import { personWith } from '../people/person.ts'
import { clientNetwork } from '../web/client.ts'
import { emailAddress, type Form, personName, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit, limitLetters } from '../web/throttle.ts'
import { begin } from './attempt.ts'
import { coming, goIn, waitFor, withThen } from './doorway.tsx'
import { type Entered, enterInvited } from './entering.ts'
import { DeclinedPage, InvitationPage, NoInvitationPage } from './invitation-pages.tsx'
import { endInvitation, type Invitation, invitationBehind, invitationToAnswer } from './invitation.ts'

type Ctx = Context<Web>

export const invitationRoutes = new Hono<Web>()
  .get('/invitations/:token', (c) => read(c, c.req.param('token')))
  .post('/invitations/:token/accept', (c) => accept(c, c.req.param('token')))
  .post('/invitations/:token/decline', (c) => decline(c, c.req.param('token')))

/** New members of the team first add their second factor. */
const WELCOME = '/account/security'

interface Found {
  readonly invitation: Invitation
  readonly known: boolean
}

const find = (c: Ctx, token: string): Promise<Found | undefined> =>
  c.get('house').db.as('security', async (tx) => {
    const invitation = await invitationBehind(tx, token)
    return invitation && { invitation, known: invitation.email !== null && (await personWith(tx, invitation.email)) !== undefined }
  })

async function read(c: Ctx, token: string): Promise<Response> {
  const found = await find(c, token)
  return found ? show(c, token, found) : gone(c)
}

function show(
  c: Ctx,
  token: string,
  { invitation: { role, email }, known }: Found,
  form?: Extract<Form<unknown>, { ok: false }>,
): Response {
  const company = c.get('house').content.company.name
  const page = <InvitationPage {...{ company, token, role, email, known }} {...form} />
  return showPage(c, { title: 'An invitation', robots: 'noindex' }, page, form ? 422 : 200)
}

const gone = (c: Ctx): Response => showPage(c, { title: 'No invitation', robots: 'noindex' }, <NoInvitationPage />, 404)

async function accept(c: Ctx, token: string): Promise<Response> {
  await limit(c.get('house').db, 'link by network', clientNetwork(c))
  const found = await find(c, token)
  if (!found) return gone(c)
  return found.invitation.email === null ? acceptByCode(c, token, found) : acceptByLink(c, token, found)
}

/** Whoever makes the first owner gives an address, which a code confirms; the attempt carries the invitation. */
async function acceptByCode(c: Ctx, token: string, found: Found): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, z.object({ name: personName, email: emailAddress }))
  if (!form.ok) return show(c, token, found, form)
  await limitLetters(c, 'sign-up', form.data.email)
  waitFor(c, await begin(house, { wants: 'sign-up', ...form.data, invitationId: found.invitation.id }))
  return c.redirect(withThen('/sign-in/code', WELCOME), 303)
}

/** The link went to the address, so it proves it; a newcomer gives a name. */
async function acceptByLink(c: Ctx, token: string, found: Found): Promise<Response> {
  const form = await readForm(c, z.object({ name: found.known ? personName.optional().catch(undefined) : personName }))
  if (!form.ok) return show(c, token, found, form)
  const entered = await c.get('house').db.as('security', (tx) => enterByLink(tx, c, { token, name: form.data.name }))
  log('sessions.invitation', { accepted: entered !== undefined })
  return entered ? goIn(c, entered, found.invitation.role ? WELCOME : undefined) : gone(c)
}

async function enterByLink(
  tx: For<'security'>,
  c: Ctx,
  { token, name }: { token: string; name: string | undefined },
): Promise<Entered | undefined> {
  const invitation = await invitationToAnswer(tx, token)
  return invitation && enterInvited(tx, invitation, name, coming(c, 'link'))
}

async function decline(c: Ctx, token: string): Promise<Response> {
  const { db } = c.get('house')
  await limit(db, 'link by network', clientNetwork(c))
  const declined = await db.as('security', async (tx) => {
    const invitation = await invitationToAnswer(tx, token)
    return invitation !== undefined && endInvitation(tx, invitation.id)
  })
  log('sessions.invitation', { declined })
  return declined ? showPage(c, { title: 'You declined', robots: 'noindex' }, <DeclinedPage />) : gone(c)
}
