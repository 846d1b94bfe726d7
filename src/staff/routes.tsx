/** The console: people, the team, later work. Who may do what stands in `roles.ts`. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import { deadLetters, keptAppointments, queueStates, retryDeadLetters } from '../jobs/overview.ts'
import { asId, type Id } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { endInvitation, invite, openInvitations } from '../sessions/invitation.ts'
import { endSessions } from '../sessions/session.ts'
import { emailAddress, type FormErrors, readForm, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { csvLine } from './csv.ts'
import { roleHere, whoMay } from './guard.ts'
import { freshLook, look, reasonNames } from './look.ts'
import { FirstPage, JobsPage, PeoplePage, ReasonPage, RecordPage, TeamPage } from './pages.tsx'
import { openRecord } from './record.ts'
import { may } from './roles.ts'
import { findPeople, nextPeople, type Wanted } from './search.ts'
import { exports, roles } from './tables.ts'
import { dismiss, team } from './team.ts'

type Ctx = Context<Web>

export const staffRoutes = new Hono<Web>()
  .get('/staff', signedIn, whoMay('console'), (c) =>
    showPage(c, { title: 'Console', area: 'staff' }, <FirstPage name={c.get('signedIn').name} role={roleHere(c)} />),
  )
  .get('/staff/people', signedIn, whoMay('people'), listPeople)
  .post('/staff/people/export', signedIn, whoMay('export'), freshly, exportPeople)
  .get('/staff/people/:id', signedIn, whoMay('people'), (c) => openOrAsk(c, idIn(c.req.param('id'))))
  .post('/staff/people/:id', signedIn, whoMay('people'), (c) => lookAt(c, idIn(c.req.param('id'))))
  .post('/staff/people/:id/sessions/end', signedIn, whoMay('people'), (c) => endAll(c, idIn(c.req.param('id'))))
  .get('/staff/team', signedIn, whoMay('team'), (c) => showTeam(c))
  .post('/staff/team', signedIn, whoMay('team'), freshly, inviteToTeam)
  .post('/staff/team/:id/remove', signedIn, whoMay('team'), freshly, (c) => removeMember(c, idIn(c.req.param('id'))))
  .post('/staff/team/invitations/:id/withdraw', signedIn, whoMay('team'), (c) => withdraw(c, idIn(c.req.param('id'))))
  .get('/staff/jobs', signedIn, whoMay('jobs'), showJobs)
  .post('/staff/jobs/retry', signedIn, whoMay('jobs'), retryJobs)

function idIn(text: string): Id {
  const id = asId(text)
  if (!id) throw nothingHere('not an id')
  return id
}

function wantedIn(c: Ctx): Wanted {
  const { q = '', staff, sort = '-joined', after, before } = c.req.query()
  return {
    part: q.replaceAll('\0', '').trim().slice(0, 100),
    staffOnly: staff === 'yes',
    order: sort.endsWith('name') ? 'name' : 'joined',
    descending: sort.startsWith('-'),
    after: asId(after),
    before: asId(before),
  }
}

async function listPeople(c: Ctx): Promise<Response> {
  const wanted = wantedIn(c)
  const page = await c.get('house').db.as('support', (tx) => findPeople(tx, wanted))
  return showPage(c, { title: 'People', area: 'staff' }, <PeoplePage wanted={wanted} page={page} mayExport={may(roleHere(c), 'export')} />)
}

/** The list as CSV (RFC 4180), in batches, so that memory stays flat; that it was taken out is noted. */
async function exportPeople(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const form = await readForm(c, z.object({ q: z.string().max(100).default('') }))
  const part = form.ok ? form.data.q : ''
  const all: Wanted = { part, staffOnly: false, order: 'joined', descending: false }
  const lines = [csvLine(['name', 'e-mail address', 'joined'])]
  await db.as('support', async (tx) => {
    let count = 0
    let batch = await nextPeople(tx, all, { most: 5_000 })
    while (batch.people.length > 0) {
      lines.push(...batch.people.map((person) => csvLine([person.name, person.email, person.joinedAt.toISOString()])))
      count += batch.people.length
      batch = batch.place ? await nextPeople(tx, all, { most: 5_000, place: batch.place }) : { people: [], place: undefined }
    }
    await tx
      .insert(exports)
      .values({ id: newId(), staffId: c.get('signedIn').personId, people: count, narrowed: part !== '', exportedAt: now() })
  })
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="people.csv"',
    'cache-control': 'no-store',
  }
  return c.body(lines.join(''), 200, headers)
}

async function openOrAsk(c: Ctx, id: Id): Promise<Response> {
  const found = await c.get('house').db.as('support', async (tx) => {
    const opened = await openRecord(tx, id)
    return opened && { opened, look: await freshLook(tx, { personId: id, staffId: c.get('signedIn').personId }) }
  })
  if (!found) throw nothingHere('no such person')
  if (!found.look) return showPage(c, { title: 'Why?', area: 'staff' }, <ReasonPage id={id} />)
  return showPage(c, { title: found.opened.person.name, area: 'staff' }, <RecordPage opened={found.opened} look={found.look} />)
}

const lookForm = z.object({
  reason: z.enum(reasonNames, 'Please choose a reason.'),
  note: z.string().trim().max(500, 'At most 500 characters, please.').default(''),
})

async function lookAt(c: Ctx, personId: Id): Promise<Response> {
  const form = await readForm(c, lookForm)
  if (!form.ok)
    return showPage(c, { title: 'Why?', area: 'staff' }, <ReasonPage id={personId} errors={form.errors} typed={form.typed} />, 422)
  const staffId = c.get('signedIn').personId
  await c.get('house').db.as('support', async (tx) => {
    if (!(await openRecord(tx, personId))) throw nothingHere('no such person')
    await look(tx, { personId, staffId, role: roleHere(c), ...form.data })
  })
  return c.redirect(`/staff/people/${personId}`, 303)
}

async function endAll(c: Ctx, id: Id): Promise<Response> {
  const { db } = c.get('house')
  const seen = await db.as('support', (tx) => freshLook(tx, { personId: id, staffId: c.get('signedIn').personId }))
  if (!seen) throw nothingHere('no reason given')
  await db.as('security', (tx) => endSessions(tx, id))
  return c.redirect(`/staff/people/${id}`, 303)
}

async function showTeam(c: Ctx, more: { errors?: FormErrors; typed?: Typed } = {}): Promise<Response> {
  const lists = await c.get('house').db.as('support', async (tx) => ({ team: await team(tx), open: await openInvitations(tx) }))
  return showPage(c, { title: 'Team', area: 'staff' }, <TeamPage {...lists} {...more} />, more.errors ? 422 : 200)
}

async function inviteToTeam(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, z.object({ email: emailAddress, role: z.enum(roles, 'Please choose a role.') }))
  if (!form.ok) return showTeam(c, form)
  const { personId } = c.get('signedIn')
  await limit(house.db, 'invitation by person', personId)
  await house.db.as('security', (tx) => invite(tx, house, { ...form.data, invitedBy: personId }))
  return c.redirect('/staff/team', 303)
}

async function removeMember(c: Ctx, id: Id): Promise<Response> {
  const outcome = await c.get('house').db.as('security', (tx) => dismiss(tx, id))
  if (outcome === 'last owner') return showTeam(c, { errors: { '': 'The last owner cannot be removed: somebody must hold the keys.' } })
  return c.redirect('/staff/team', 303)
}

async function withdraw(c: Ctx, id: Id): Promise<Response> {
  await c.get('house').db.as('security', (tx) => endInvitation(tx, id))
  return c.redirect('/staff/team', 303)
}

async function showJobs(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const clock = await keptAppointments(db)
  const lists = await db.as('operations', async (tx) => ({ queues: await queueStates(tx), dead: (await deadLetters(tx)).letters }))
  return showPage(c, { title: 'Later work', area: 'staff' }, <JobsPage {...lists} clock={clock} />)
}

async function retryJobs(c: Ctx): Promise<Response> {
  await retryDeadLetters(c.get('house').db)
  return c.redirect('/staff/jobs', 303)
}
