/** The records of restricted people, which the legal role alone opens, and with a reason. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id } from '../log.ts'
import { restrictedPeople, restrictedSince } from '../people/restriction.ts'
import { signedIn } from '../sessions/guard.ts'
import { roleHere, whoMay } from '../staff/guard.ts'
import { freshLook, look, reasonNames } from '../staff/look.ts'
import { readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { RestrictedListPage, RestrictedRecordPage, WhyPage } from './restricted-pages.tsx'
import { holdings, subjectOf } from './subject.ts'

type Ctx = Context<Web>

export const restrictedRoutes = new Hono<Web>()
  .get('/staff/restricted', signedIn, whoMay('restricted'), list)
  .get('/staff/restricted/:id', signedIn, whoMay('restricted'), show)
  .post('/staff/restricted/:id', signedIn, whoMay('restricted'), open)

/** How many rows of each table the page shows. */
const SHOWN = 100
const WHY = { title: 'Why do you open it?', area: 'staff' } as const

async function list(c: Ctx): Promise<Response> {
  const people = await c.get('house').db.as('legal', (tx) => restrictedPeople(tx))
  return showPage(c, { title: 'Restricted', area: 'staff' }, <RestrictedListPage people={people} />)
}

// Of somebody who is not restricted there is nothing here: their record has its own door.
async function restrictedHere(c: Ctx): Promise<Id> {
  const id = asId(c.req.param('id'))
  const since = id && (await c.get('house').db.as('legal', (tx) => restrictedSince(tx, id)))
  if (!id || !since) throw nothingHere('nobody who is restricted')
  return id
}

async function show(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const personId = await restrictedHere(c)
  const under = await db.as('legal', (tx) => freshLook(tx, { personId, staffId: c.get('signedIn').personId }))
  if (!under) return showPage(c, WHY, <WhyPage id={personId} />)
  const found = await db.as('rights', async (tx) => {
    const subject = await subjectOf(tx, personId)
    return subject && { name: subject.name, held: await holdings(tx, subject, SHOWN) }
  })
  if (!found) throw nothingHere('erased meanwhile')
  return showPage(c, { title: found.name, area: 'staff' }, <RestrictedRecordPage {...found} under={under} />)
}

const whyForm = z.object({
  reason: z.enum(reasonNames, 'Please say why.'),
  note: z
    .string('Please say what it is about.')
    .normalize('NFC')
    .trim()
    .min(1, 'Please say what it is about.')
    .max(500, 'At most 500 characters, please.'),
})

async function open(c: Ctx): Promise<Response> {
  const personId = await restrictedHere(c)
  const form = await readForm(c, whyForm)
  if (!form.ok) return showPage(c, WHY, <WhyPage id={personId} {...form} />, 422)
  const seen = { personId, staffId: c.get('signedIn').personId, role: roleHere(c), ...form.data }
  await c.get('house').db.as('legal', (tx) => look(tx, seen))
  return c.redirect(`/staff/restricted/${personId}`, 303)
}
