/** What programs are told, for the owner: endpoints, their secrets, their deliveries. What changes them takes a fresh proof. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import { faultIn } from '../egress/post.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, line, readForm, refuseField, ticked, tickedIn, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import {
  addEndpoint,
  choose,
  deliveriesTo,
  type Endpoint,
  endpointOf,
  removeEndpoint,
  renewSecret,
  resend,
  switchOff,
  switchOn,
} from './endpoint.ts'
import { EndpointPage, NewEndpointPage, SecretPage } from './endpoint-pages.tsx'
import { eventsAmong } from './events.ts'
import { tellTest } from './webhook.ts'

type Ctx = Context<Web>

const at = '/staff/programs/endpoints'

export const endpointRoutes = new Hono<Web>()
  .get(`${at}/new`, signedIn, whoMay('programs'), (c) => askForEndpoint(c))
  .post(at, signedIn, whoMay('programs'), freshly, add)
  .get(`${at}/:id`, signedIn, whoMay('programs'), (c) => showEndpoint(c, c.req.param('id')))
  .post(`${at}/:id/types`, signedIn, whoMay('programs'), freshly, (c) => change(c, c.req.param('id')))
  .post(`${at}/:id/secret`, signedIn, whoMay('programs'), freshly, (c) => renew(c, c.req.param('id')))
  .post(`${at}/:id/test`, signedIn, whoMay('programs'), (c) => act(c, c.req.param('id'), 'tested', (tx, { id }) => tellTest(tx, id)))
  .post(`${at}/:id/on`, signedIn, whoMay('programs'), freshly, (c) => act(c, c.req.param('id'), 'on', (tx, { id }) => switchOn(tx, id)))
  .post(`${at}/:id/off`, signedIn, whoMay('programs'), freshly, (c) =>
    act(c, c.req.param('id'), 'off', (tx, { id }) => switchOff(tx, id, 'staff', c.get('signedIn').personId)),
  )
  .post(`${at}/:id/remove`, signedIn, whoMay('programs'), freshly, (c) => remove(c, c.req.param('id')))
  .post(`${at}/:id/deliveries/:delivery/resend`, signedIn, whoMay('programs'), (c) => again(c, c.req.param('id'), c.req.param('delivery')))

const outcomes: Typed = {
  tested: 'A test is on its way. Open this page again to see how it went.',
  on: 'It is on. What waited is told now.',
  off: 'It is off, and told nothing more.',
  saved: 'Saved.',
  again: 'It is on its way again.',
}

type Refused = Extract<Form<unknown>, { ok: false }>

const wanted = z.object({ types: ticked })
const endpointForm = wanted.extend({ url: line(500, 'Please give the address of the program.') })

function askForEndpoint(c: Ctx, refused?: Refused): Response {
  const { errors, typed = {} } = refused ?? {}
  const page = <NewEndpointPage errors={errors} typed={typed} chosen={tickedIn(typed['types'])} />
  return showPage(c, { title: 'Tell a program what happens', area: 'staff' }, page, refused ? 422 : 200)
}

async function add(c: Ctx): Promise<Response> {
  const { db, config } = c.get('house')
  const form = await readForm(c, endpointForm)
  if (!form.ok) return askForEndpoint(c, form)
  const { url } = form.data
  const types = eventsAmong(form.data.types)
  const typed = { url, types: types.join() }
  const fault = faultIn(config, url)
  if (fault) return askForEndpoint(c, refuseField(typed, 'url', fault))
  if (types.length === 0) return askForEndpoint(c, refuseField(typed, 'types', 'Please choose what it is told.'))
  const added = await db.as('security', (tx) => addEndpoint(tx, { url, types, addedBy: c.get('signedIn').personId }))
  return showSecret(c, { ...added, isNew: true })
}

// The secret is in this one answer and nowhere else, so it is no redirect to a page that could be opened again.
const showSecret = (c: Ctx, secret: { id: string; secret: string; isNew: boolean }): Response =>
  showPage(c, { title: 'The secret', area: 'staff' }, <SecretPage {...secret} />)

async function found(tx: For<'security'>, text: string): Promise<Endpoint> {
  const id = asId(text)
  const endpoint = id && (await endpointOf(tx, id))
  if (!endpoint) throw nothingHere('no such endpoint')
  return endpoint
}

async function showEndpoint(c: Ctx, text: string, refused?: Refused): Promise<Response> {
  const shown = await c.get('house').db.as('security', async (tx) => {
    const endpoint = await found(tx, text)
    return { endpoint, deliveries: await deliveriesTo(tx, endpoint.id) }
  })
  const page = <EndpointPage {...shown} told={outcomes[c.req.query('done') ?? '']} errors={refused?.errors} />
  return showPage(c, { title: new URL(shown.endpoint.url).host, area: 'staff' }, page, refused ? 422 : 200)
}

async function act(
  c: Ctx,
  text: string,
  done: string,
  work: (tx: For<'security'>, endpoint: Endpoint) => Promise<unknown>,
): Promise<Response> {
  const id = await c.get('house').db.as('security', async (tx) => {
    const endpoint = await found(tx, text)
    await work(tx, endpoint)
    return endpoint.id
  })
  return c.redirect(`${at}/${id}?done=${done}`, 303)
}

async function change(c: Ctx, text: string): Promise<Response> {
  const form = await readForm(c, wanted)
  const types = form.ok ? eventsAmong(form.data.types) : []
  if (types.length === 0) return showEndpoint(c, text, refuseField({}, 'types', 'Please choose what it is told, or switch it off.'))
  return act(c, text, 'saved', (tx, { id }) => choose(tx, id, types))
}

async function renew(c: Ctx, text: string): Promise<Response> {
  const renewed = await c.get('house').db.as('security', async (tx) => {
    const { id } = await found(tx, text)
    return { id, secret: await renewSecret(tx, id) }
  })
  return showSecret(c, { ...renewed, isNew: false })
}

async function remove(c: Ctx, text: string): Promise<Response> {
  await c.get('house').db.as('security', async (tx) => removeEndpoint(tx, (await found(tx, text)).id))
  return c.redirect('/staff/programs?done=removed', 303)
}

async function again(c: Ctx, text: string, delivery: string): Promise<Response> {
  const deliveryId: Id | undefined = asId(delivery)
  return act(c, text, 'again', async (tx, { id }) => {
    if (!deliveryId || !(await resend(tx, id, deliveryId))) throw nothingHere('no such delivery')
  })
}
