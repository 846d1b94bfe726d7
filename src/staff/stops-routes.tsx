/** Addresses that are not written to: see them, add one, lift one. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Database } from '../database/connection.ts'
import { asId, type Id, log } from '../log.ts'
import { type ListedStop, lift, suppress } from '../mail/suppression.ts'
import { personWith } from '../people/person.ts'
import { signedIn } from '../sessions/guard.ts'
import { emailAddress, type Form, readForm, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { csvFile, csvLine } from '../web/csv.ts'
import { whoMay } from './guard.ts'
import { shownStops, stopsToList } from './stops.ts'
import { StopsPage } from './stops-pages.tsx'

type Ctx = Context<Web>

export const stopsRoutes = new Hono<Web>()
  .get('/staff/updates/stopped', signedIn, whoMay('stopped'), (c) => list(c))
  .get('/staff/updates/stopped/stopped.csv', signedIn, whoMay('stopped'), takeOut)
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

const COLUMNS = ['address hash', 'person', 'because', 'told by', 'code', 'since', 'last seen', 'lifted', 'lifted by']
const STEP = 1_000

/** Everything that is known of each stop; an address is not among it. */
function takeOut(c: Ctx): Response {
  const steps = stopsOf(c.get('house').db)
  log('staff.stops-exported', { staff: c.get('signedIn').personId })
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await steps.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => void (await steps.return()),
  })
  return csvFile(c, 'stopped.csv', body)
}

async function* stopsOf(db: Database): AsyncGenerator<string, void, void> {
  yield csvLine(COLUMNS)
  let step: ListedStop[] = []
  do {
    const after = step.at(-1)
    step = await db.as('support', (tx) => stopsToList(tx, { after, most: STEP }))
    if (step.length > 0) yield step.map(lineOf).join('')
  } while (step.length === STEP)
}

const lineOf = ({ addressHash, personId, why, evidence, code, suppressedAt, seenAt, liftedAt, liftedBy }: ListedStop): string =>
  csvLine([
    ...[addressHash, personId ?? '', why, evidence, code ?? '', suppressedAt.toISOString(), seenAt.toISOString()],
    ...[liftedAt?.toISOString() ?? '', liftedBy ?? ''],
  ])

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
