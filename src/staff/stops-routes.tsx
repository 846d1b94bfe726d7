/** Addresses that are not written to: see them, add one, lift one. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id, log } from '../log.ts'
import { lift, suppress } from '../mail/suppression.ts'
import { personWith } from '../people/person.ts'
import { signedIn } from '../sessions/guard.ts'
import { emailAddress, type Form, readForm, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { whoMay } from './guard.ts'
import { shownStops } from './stops.ts'
import { StopsPage } from './stops-pages.tsx'

type Ctx = Context<Web>

export const stopsRoutes = new Hono<Web>()
  .get('/staff/updates/stopped', signedIn, whoMay('stopped'), (c) => list(c))
  .post('/staff/updates/stopped', signedIn, whoMay('stopped'), stopByForm)
  .post('/staff/updates/stopped/:id/lift', signedIn, whoMay('stopped'), (c) => liftOne(c, asId(c.req.param('id'))))

const outcomes: Typed = { stopped: 'We do not write there any more.', lifted: 'Lifted. We write there again.' }
const SHOWN = 50

// What cannot be meant is left out.
const askedForm = z.object({ q: emailAddress.optional().catch(undefined), before: z.iso.datetime().optional().catch(undefined) })

async function list(c: Ctx, form?: Extract<Form<unknown>, { ok: false }>): Promise<Response> {
  const { q, before } = askedForm.parse(c.req.query())
  const found = await c
    .get('house')
    .db.as('support', (tx) => shownStops(tx, { email: q, before: before ? new Date(before) : undefined, most: SHOWN + 1 }))
  const stops = found.slice(0, SHOWN)
  const last = found.length > SHOWN ? stops.at(-1)?.suppressedAt.toISOString() : undefined
  const next = last && `/staff/updates/stopped?${new URLSearchParams({ before: last }).toString()}`
  const page = <StopsPage {...{ stops, asked: q, next, told: outcomes[c.req.query('done') ?? ''] }} {...form} />
  return showPage(c, { title: 'Not written to', area: 'staff' }, page, form ? 422 : 200)
}

async function stopByForm(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ email: emailAddress }))
  if (!form.ok) return list(c, form)
  await c.get('house').db.as('support', async (tx) => {
    const person = await personWith(tx, form.data.email)
    await suppress(tx, { email: form.data.email, personId: person?.id, why: 'staff', evidence: 'staff' })
  })
  log('staff.stopped', { staff: c.get('signedIn').personId })
  return c.redirect('/staff/updates/stopped?done=stopped', 303)
}

async function liftOne(c: Ctx, id: Id | undefined): Promise<Response> {
  const { personId: staffId } = c.get('signedIn')
  if (!id || !(await c.get('house').db.as('support', (tx) => lift(tx, id, { by: 'staff', staffId })))) throw nothingHere('no such stop')
  return c.redirect('/staff/updates/stopped?done=lifted', 303)
}
