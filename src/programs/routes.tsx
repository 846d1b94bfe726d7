/** The company's own programs, for the owner: making and revoking their keys. Each act takes a fresh proof. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DAY, fromNow } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, line, readForm, refuseField, ticked, tickedIn, type Typed } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { listEndpoints, waitingFor } from './endpoint.ts'
import { endpointRoutes } from './endpoint-routes.tsx'
import { opendsrRoutes } from './opendsr-routes.tsx'
import { listKeys, makeKey, revokeKey } from './key.ts'
import { lastings, MadeKeyPage, NewKeyPage, ProgramsPage } from './pages.tsx'
import { scopesAmong } from './scopes.ts'

type Ctx = Context<Web>

/** A service that a key can be bound to: the word for it, and what it is called. */
type Service = { readonly slug: string; readonly title: string }

/** The routes, with the way to the catalogue: that room lies above, and hands it in. */
export const programRoutes = (catalogue: (house: House) => Promise<readonly Service[]>): Hono<Web> =>
  new Hono<Web>()
    .get('/staff/programs', signedIn, whoMay('programs'), showPrograms)
    .get('/staff/programs/keys/new', signedIn, whoMay('programs'), async (c) => askForKey(c, await catalogue(c.get('house'))))
    .post('/staff/programs/keys', signedIn, whoMay('programs'), freshly, async (c) => addKey(c, await catalogue(c.get('house'))))
    .post('/staff/programs/keys/:id/revoke', signedIn, whoMay('programs'), freshly, (c) => revoke(c, asId(c.req.param('id'))))
    .route('/', endpointRoutes)
    .route('/', opendsrRoutes(catalogue))

const outcomes: Typed = {
  revoked: 'The key was revoked. It opens nothing any more.',
  removed: 'The endpoint was removed.',
}

async function showPrograms(c: Ctx): Promise<Response> {
  const shown = await c.get('house').db.as('security', async (tx) => ({
    keys: await listKeys(tx),
    endpoints: await listEndpoints(tx),
    waiting: await waitingFor(tx),
  }))
  return showPage(c, { title: 'Programs', area: 'staff' }, <ProgramsPage {...shown} told={outcomes[c.req.query('done') ?? '']} />)
}

const keyForm = z.object({
  name: line(100, 'Please give it a name.'),
  scopes: ticked,
  service: z.string().max(100).default(''),
  lasts: z.enum(Object.keys(lastings) as [string, ...string[]], 'Please choose how long.'),
})

type Refused = Extract<Form<unknown>, { ok: false }>

function askForKey(c: Ctx, services: readonly Service[], refused?: Refused): Response {
  const { errors, typed = {} } = refused ?? {}
  const page = <NewKeyPage services={services} errors={errors} typed={typed} chosen={tickedIn(typed['scopes'])} />
  return showPage(c, { title: 'Make a key', area: 'staff' }, page, refused ? 422 : 200)
}

async function addKey(c: Ctx, services: readonly Service[]): Promise<Response> {
  const { db } = c.get('house')
  const form = await readForm(c, keyForm)
  if (!form.ok) return askForKey(c, services, form)
  const { name, service, lasts } = form.data
  const scopes = scopesAmong(form.data.scopes)
  const typed = { name, service, lasts, scopes: scopes.join() }
  if (scopes.length === 0) return askForKey(c, services, refuseField(typed, 'scopes', 'Please choose what it may do.'))
  if (service && !services.some(({ slug }) => slug === service))
    return askForKey(c, services, refuseField(typed, 'service', 'Please choose a service from the list.'))
  const expiresAt = lasts === '0' ? undefined : fromNow(Number(lasts) * DAY)
  const made = { name, scopes, service: service || undefined, expiresAt, madeBy: c.get('signedIn').personId }
  const secret = await db.as('security', (tx) => makeKey(tx, made))
  // The key is in this one answer and nowhere else, so it is no redirect to a page that could be opened again.
  return showPage(c, { title: 'A new key', area: 'staff' }, <MadeKeyPage name={name} secret={secret} />)
}

async function revoke(c: Ctx, id: Id | undefined): Promise<Response> {
  const revokedBy = c.get('signedIn').personId
  const done = id && (await c.get('house').db.as('security', (tx) => revokeKey(tx, { id, revokedBy })))
  if (!done) throw nothingHere('no such key')
  return c.redirect('/staff/programs?done=revoked', 303)
}
