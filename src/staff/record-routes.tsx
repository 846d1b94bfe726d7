/** A person's record: opened with a reason, and what may be done there. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import { personOf } from '../people/person.ts'
import { signedIn } from '../sessions/guard.ts'
import { readForm, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { roleHere, whoMay } from './guard.ts'
import { freshLook, look, type Looking, reasonNames } from './look.ts'
import { mayActOn, openRecord, signOutEverywhere } from './record.ts'
import { ReasonPage, RecordPage } from './record-pages.tsx'
import { may } from './roles.ts'
import { roleOf } from './team.ts'

type Ctx = Context<Web>

export const recordRoutes = new Hono<Web>()
  .get('/staff/people/:id', signedIn, whoMay('people'), (c) => showRecord(c, idIn(c.req.param('id'))))
  .post('/staff/people/:id', signedIn, whoMay('people'), (c) => lookAt(c, idIn(c.req.param('id'))))
  .post('/staff/people/:id/sessions/end', signedIn, whoMay('people'), (c) => endAll(c, idIn(c.req.param('id'))))

function idIn(text: string): Id {
  const id = asId(text)
  if (!id) throw nothingHere('not an id')
  return id
}

const looking = (c: Ctx, personId: Id): Looking => ({ personId, staffId: c.get('signedIn').personId })
const outcomes: Typed = { 'sessions-ended': 'All sessions were ended, and a letter is on its way.' }

async function showRecord(c: Ctx, id: Id): Promise<Response> {
  const opened = await c.get('house').db.as('support', (tx) => openRecord(tx, looking(c, id)))
  if (!opened) throw nothingHere('no such person')
  if (opened === 'closed') return showPage(c, { title: 'Why do you open it?', area: 'staff' }, <ReasonPage id={id} />)
  const { person, role } = opened.record
  const acts = { endSessions: mayActOn(roleHere(c), role), inviteToTeam: role === undefined && may(roleHere(c), 'team') }
  const page = <RecordPage opened={opened} acts={acts} told={outcomes[c.req.query('done') ?? '']} />
  return showPage(c, { title: person.name, area: 'staff' }, page)
}

const lookForm = z.object({
  reason: z.enum(reasonNames, 'Please say why.'),
  note: z.string().normalize('NFC').trim().max(500, 'At most 500 characters, please.').default(''),
})

async function lookAt(c: Ctx, id: Id): Promise<Response> {
  const form = await readForm(c, lookForm)
  const done = await c.get('house').db.as('support', async (tx) => {
    if (!(await personOf(tx, id))) throw nothingHere('no such person')
    if (form.ok) await look(tx, { ...looking(c, id), role: roleHere(c), ...form.data })
    return form.ok
  })
  if (done) return c.redirect(`/staff/people/${id}`, 303)
  return showPage(c, { title: 'Why do you open it?', area: 'staff' }, <ReasonPage id={id} {...form} />, 422)
}

async function endAll(c: Ctx, id: Id): Promise<Response> {
  const house = c.get('house')
  const standing = await house.db.as('support', (tx) => standingOf(tx, c, id))
  if (standing === 'forbidden') throw nothingHere('not on this record')
  if (standing === 'no reason yet') return c.redirect(`/staff/people/${id}`, 303)
  await house.db.as('security', (tx) => signOutEverywhere(tx, house, looking(c, id)))
  return c.redirect(`/staff/people/${id}?done=sessions-ended`, 303)
}

async function standingOf(tx: For<'support'>, c: Ctx, id: Id): Promise<'may act' | 'no reason yet' | 'forbidden'> {
  if (!(await personOf(tx, id)) || !mayActOn(roleHere(c), await roleOf(tx, id))) return 'forbidden'
  return (await freshLook(tx, looking(c, id))) ? 'may act' : 'no reason yet'
}
