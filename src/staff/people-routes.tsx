/** Finding people, taking out a list, inviting somebody. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id } from '../log.ts'
import { personWith } from '../people/person.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { endInvitation, invitationWith, invite, openInvitations } from '../sessions/invitation.ts'
import { emailAddress, type Form, readForm, refuseField, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { askedForm, readAsked, wantedBy } from './asked.ts'
import { csvFile } from '../web/csv.ts'
import { exportPeople } from './export.ts'
import { roleHere, whoMay } from './guard.ts'
import { InvitePage, PeoplePage } from './people-pages.tsx'
import { may } from './roles.ts'
import { findPeople } from './search.ts'
import { rolesAmong } from './team.ts'

type Ctx = Context<Web>

export const peopleRoutes = new Hono<Web>()
  .get('/staff/people', signedIn, whoMay('people'), listPeople)
  .post('/staff/people/export', signedIn, whoMay('export'), freshly, takeOut)
  .get('/staff/people/invite', signedIn, whoMay('people'), (c) => showInvite(c))
  .post('/staff/people/invite', signedIn, whoMay('people'), inviteSomebody)
  .post('/staff/people/invite/:id/withdraw', signedIn, whoMay('people'), (c) => withdraw(c, asId(c.req.param('id'))))

async function listPeople(c: Ctx): Promise<Response> {
  const asked = readAsked(c.req.query())
  const { page, roles } = await c.get('house').db.as('support', async (tx) => {
    const page = await findPeople(tx, wantedBy(asked))
    return {
      page,
      roles: await rolesAmong(
        tx,
        page.people.map((person) => person.id),
      ),
    }
  })
  const mayExport = may(roleHere(c), 'export')
  return showPage(c, { title: 'People', area: 'staff' }, <PeoplePage {...{ asked, page, roles, mayExport }} />)
}

async function takeOut(c: Ctx): Promise<Response> {
  const form = await readForm(c, askedForm)
  const asked = readAsked(form.ok ? form.data : {})
  const lines = exportPeople(c.get('house').db, wantedBy(asked), c.get('signedIn').personId)
  return csvFile(c, 'people.csv', lines)
}

async function showInvite(c: Ctx, form?: Extract<Form<unknown>, { ok: false }>): Promise<Response> {
  const open = await c.get('house').db.as('support', (tx) => openInvitations(tx))
  const waiting = open.filter((invitation) => invitation.role === null)
  const page = <InvitePage waiting={waiting} told={outcomes[c.req.query('done') ?? '']} errors={form?.errors} typed={form?.typed} />
  return showPage(c, { title: 'Invite somebody', area: 'staff' }, page, form ? 422 : 200)
}

const outcomes: Typed = {
  sent: 'The invitation is on its way.',
  withdrawn: 'The invitation was withdrawn, and the address deleted.',
}
const inviteForm = z.object({ email: emailAddress })

async function inviteSomebody(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, inviteForm)
  if (!form.ok) return showInvite(c, form)
  const { personId } = c.get('signedIn')
  await limit(house.db, 'invitation by person', personId)
  const refused = await house.db.as('security', async (tx) => {
    if (await personWith(tx, form.data.email)) return 'Somebody with that address is here already.'
    if ((await openInvitations(tx)).some(({ email, role }) => email === form.data.email && role !== null))
      return 'That address is invited to the team already.'
    await invite(tx, house, { ...form.data, role: null, invitedBy: personId })
    return undefined
  })
  return refused ? showInvite(c, refuseField(form.data, 'email', refused)) : c.redirect('/staff/people/invite?done=sent', 303)
}

// Invitations into the team are the matter of those who run it.
async function withdraw(c: Ctx, id: Id | undefined): Promise<Response> {
  const done = await c.get('house').db.as('security', async (tx) => {
    const invitation = id && (await invitationWith(tx, id))
    return invitation && invitation.role === null && endInvitation(tx, invitation.id)
  })
  if (!done) throw nothingHere('no such invitation')
  return c.redirect('/staff/people/invite?done=withdrawn', 303)
}
