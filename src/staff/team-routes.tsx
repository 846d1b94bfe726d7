/** Running the team: inviting, changing roles, removing. All of it takes a fresh proof. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { asId, type Id, log, word } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { endInvitation, invite, openInvitations } from '../sessions/invitation.ts'
import { emailAddress, type Form, readForm, refuseField, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { notedExports } from './export.ts'
import { whoMay } from './guard.ts'
import { roles } from './tables.ts'
import { changeRole, dismiss, team } from './team.ts'
import { type TeamLists, TeamPage } from './team-pages.tsx'

type Ctx = Context<Web>
type Refused = Extract<Form<unknown>, { ok: false }>

export const teamRoutes = new Hono<Web>()
  .get('/staff/team', signedIn, whoMay('team'), (c) => showTeam(c))
  .post('/staff/team', signedIn, whoMay('team'), freshly, inviteToTeam)
  .post('/staff/team/:id/role', signedIn, whoMay('team'), freshly, (c) => giveRole(c, asId(c.req.param('id'))))
  .post('/staff/team/:id/remove', signedIn, whoMay('team'), freshly, (c) => remove(c, asId(c.req.param('id'))))
  .post('/staff/team/invitations/:id/withdraw', signedIn, whoMay('team'), freshly, (c) => withdraw(c, asId(c.req.param('id'))))

const role = z.enum(roles, 'Please choose a role.')
const inviteForm = z.object({ email: emailAddress, role })
const roleForm = z.object({ role })
const LAST_OWNER = 'The last owner stays: make somebody else an owner first.'

const outcomes: Typed = {
  invited: 'The invitation is on its way.',
  withdrawn: 'The invitation was withdrawn, and the address deleted.',
  changed: 'The role was changed. They sign in anew.',
  removed: 'They are not in the team any more, and were signed out.',
}

const done = (c: Ctx, what: keyof typeof outcomes): Response => c.redirect(`/staff/team?done=${what}`, 303)

async function showTeam(c: Ctx, refused?: Refused): Promise<Response> {
  const lists = await c.get('house').db.as('support', listsOf)
  const page = <TeamPage {...lists} told={outcomes[c.req.query('done') ?? '']} errors={refused?.errors} typed={refused?.typed} />
  return showPage(c, { title: 'Team', area: 'staff' }, page, refused ? 422 : 200)
}

const listsOf = async (tx: For<'support'>): Promise<TeamLists> => ({
  team: await team(tx),
  waiting: await openInvitations(tx),
  exports: await notedExports(tx),
})

async function inviteToTeam(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, inviteForm)
  if (!form.ok) return showTeam(c, form)
  const { personId } = c.get('signedIn')
  await limit(house.db, 'invitation by person', personId)
  const invited = await house.db.as('security', async (tx) => {
    if ((await team(tx)).some((member) => member.email === form.data.email)) return false
    await invite(tx, house, { ...form.data, invitedBy: personId })
    log('staff.invited', { staff: personId, role: word(form.data.role) })
    return true
  })
  if (invited) return done(c, 'invited')
  return showTeam(c, refuseField(form.data, 'email', 'That address is in the team already. Its role can be changed above.'))
}

async function giveRole(c: Ctx, personId: Id | undefined): Promise<Response> {
  const form = await readForm(c, roleForm)
  if (!form.ok) return showTeam(c, form)
  const outcome =
    personId &&
    (await c.get('house').db.as('security', (tx) => changeRole(tx, { personId, role: form.data.role, by: c.get('signedIn').personId })))
  if (outcome === 'last owner') return showTeam(c, refuseField({}, '', LAST_OWNER))
  if (outcome !== 'changed') throw nothingHere('not in the team')
  log('staff.role-changed', { staff: c.get('signedIn').personId, person: personId, role: word(form.data.role) })
  return done(c, 'changed')
}

async function remove(c: Ctx, personId: Id | undefined): Promise<Response> {
  const outcome = personId && (await c.get('house').db.as('security', (tx) => dismiss(tx, { personId, by: c.get('signedIn').personId })))
  if (outcome === 'last owner') return showTeam(c, refuseField({}, '', LAST_OWNER))
  if (outcome !== 'dismissed') throw nothingHere('not in the team')
  log('staff.removed', { staff: c.get('signedIn').personId, person: personId })
  return done(c, 'removed')
}

async function withdraw(c: Ctx, id: Id | undefined): Promise<Response> {
  if (!id || !(await c.get('house').db.as('security', (tx) => endInvitation(tx, id)))) throw nothingHere('no such invitation')
  return done(c, 'withdrawn')
}
