/** The company's own programs, for the owner: making and revoking their keys. Each act takes a fresh proof. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DAY, fromNow } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, line, readForm, refuseField, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { listKeys, makeKey, revokeKey } from './key.ts'
import { lastings, MadeKeyPage, NewKeyPage, ProgramsPage } from './pages.tsx'
import { scopeNames, scopesAmong } from './scopes.ts'

type Ctx = Context<Web>

export const programRoutes = new Hono<Web>()
  .get('/staff/programs', signedIn, whoMay('programs'), showPrograms)
  .get('/staff/programs/keys/new', signedIn, whoMay('programs'), (c) => askForKey(c))
  .post('/staff/programs/keys', signedIn, whoMay('programs'), freshly, addKey)
  .post('/staff/programs/keys/:id/revoke', signedIn, whoMay('programs'), freshly, (c) => revoke(c, asId(c.req.param('id'))))

const outcomes: Typed = {
  revoked: 'The key was revoked. It opens nothing any more.',
}

async function showPrograms(c: Ctx): Promise<Response> {
  const keys = await c.get('house').db.as('security', listKeys)
  return showPage(c, { title: 'Programs', area: 'staff' }, <ProgramsPage keys={keys} told={outcomes[c.req.query('done') ?? '']} />)
}

const keyForm = z.object({
  name: line(100, 'Please give it a name.'),
  service: z.string().max(100).default(''),
  lasts: z.enum(Object.keys(lastings) as [string, ...string[]], 'Please choose how long.'),
})

type Refused = Extract<Form<unknown>, { ok: false }>

function askForKey(c: Ctx, refused?: Refused, chosen: readonly string[] = []): Response {
  const { services } = c.get('house').content
  const page = <NewKeyPage services={services} errors={refused?.errors} typed={refused?.typed} chosen={chosen} />
  return showPage(c, { title: 'Make a key', area: 'staff' }, page, refused ? 422 : 200)
}

async function addKey(c: Ctx): Promise<Response> {
  const { db, content } = c.get('house')
  const form = await readForm(c, keyForm)
  const scopes = scopesAmong(await chosenIn(c))
  if (!form.ok) return askForKey(c, form, scopes)
  const { name, service, lasts } = form.data
  if (scopes.length === 0) return askForKey(c, refuseField(form.data, 'scopes', 'Please choose what it may do.'), scopes)
  if (service && !content.services.some(({ slug }) => slug === service))
    return askForKey(c, refuseField(form.data, 'service', 'Please choose a service from the list.'), scopes)
  const expiresAt = lasts === '0' ? undefined : fromNow(Number(lasts) * DAY)
  const made = { name, scopes, service: service || undefined, expiresAt, madeBy: c.get('signedIn').personId }
  const secret = await db.as('security', (tx) => makeKey(tx, made))
  // The key is in this one answer and nowhere else, so it is no redirect to a page that could be opened again.
  return showPage(c, { title: 'A new key', area: 'staff' }, <MadeKeyPage name={name} secret={secret} />)
}

// A form's boxes that bear one name: all that are ticked.
async function chosenIn(c: Ctx): Promise<string[]> {
  const { scopes } = await c.req.parseBody({ all: true })
  return [scopes ?? []].flat().filter((value): value is string => typeof value === 'string' && scopeNames.some((name) => name === value))
}

async function revoke(c: Ctx, id: Id | undefined): Promise<Response> {
  const revokedBy = c.get('signedIn').personId
  const done = id && (await c.get('house').db.as('security', (tx) => revokeKey(tx, { id, revokedBy })))
  if (!done) throw nothingHere('no such key')
  return c.redirect('/staff/programs?done=revoked', 303)
}
