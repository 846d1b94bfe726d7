/** Services that answer requests about data themselves: added and removed by the owner; and the door for their word. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId } from '../log.ts'
import { faultIn } from '../egress/post.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { clientNetwork } from '../web/client.ts'
import { type Form, line, readForm, refuseField } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { addDsrService, callbackPath, discover, dsrServicesNow, hearCallback, removeDsrService } from './opendsr.ts'
import { DsrPage } from './opendsr-pages.tsx'
import { faultOf } from './opendsr-signature.ts'

type Ctx = Context<Web>
type Refused = Extract<Form<unknown>, { ok: false }>
type Service = { readonly slug: string; readonly title: string }
type Catalogue = (house: House) => Promise<readonly Service[]>

const at = '/staff/programs/opendsr'

/** The routes, with the way to the catalogue: that room lies above, and hands it in. */
export const opendsrRoutes = (catalogue: Catalogue): Hono<Web> =>
  new Hono<Web>()
    .get(at, signedIn, whoMay('programs'), (c) => show(c, catalogue))
    .post(at, signedIn, whoMay('programs'), freshly, (c) => add(c, catalogue))
    .post(`${at}/:id/remove`, signedIn, whoMay('programs'), freshly, remove)
    .post(callbackPath, hear)

const outcomes: Readonly<Record<string, string>> = {
  added: 'Added. Whoever is registered for it is erased here once it has signed that it erased them.',
  removed: 'Removed: it is asked nothing more.',
}

async function show(c: Ctx, catalogue: Catalogue, refused?: Refused): Promise<Response> {
  const house = c.get('house')
  const shown = { services: await catalogue(house), doors: await house.db.as('security', dsrServicesNow) }
  const page = <DsrPage {...shown} told={outcomes[c.req.query('done') ?? '']} {...refused} />
  return showPage(c, { title: 'Services that answer requests', area: 'staff' }, page, refused ? 422 : 200)
}

const serviceForm = z.object({
  service: z.string().max(100),
  url: line(500, 'Please give the address.').transform((text) => text.replace(/\/+$/, '')),
  domain: line(253, 'Please give the domain.').toLowerCase(),
  certificate: z.string().trim().min(1, 'Please paste the certificate.').max(10_000, 'At most 10,000 characters, please.'),
  bearer: z.string().trim().max(1_000, 'At most 1,000 characters, please.').default(''),
})

async function add(c: Ctx, catalogue: Catalogue): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, serviceForm)
  if (!form.ok) return show(c, catalogue, form)
  const { bearer, ...typed } = form.data
  const refuse = (field: string, sentence: string) => show(c, catalogue, refuseField(typed, field, sentence))
  if (!(await catalogue(house)).some(({ slug }) => slug === typed.service))
    return refuse('service', 'Please choose a service from the list.')
  const fault = faultIn(house.config, typed.url) ?? foreign(house, typed)
  if (fault) return refuse('url', fault)
  const wrong = faultOf(typed)
  if (wrong) return refuse('certificate', wrong)
  const kinds = await discover(house, typed)
  if (typeof kinds === 'string') return refuse('url', kinds)
  await house.db.as('security', (tx) => addDsrService(tx, { ...typed, bearer, kinds, addedBy: c.get('signedIn').personId }))
  return c.redirect(`${at}?done=added`, 303)
}

// In development a service may stand on this machine, whatever it signs as.
const foreign = ({ config }: House, { url, domain }: { url: string; domain: string }): string | undefined =>
  config.environment === 'development' || new URL(url).hostname === domain
    ? undefined
    : 'The address has to be at the domain in whose name it signs.'

async function remove(c: Ctx): Promise<Response> {
  const id = asId(c.req.param('id'))
  if (!id || !(await c.get('house').db.as('security', (tx) => removeDsrService(tx, id)))) throw nothingHere('no such service')
  return c.redirect(`${at}?done=removed`, 303)
}

// As the specification and its security guidelines want them.
const statuses = { taken: 202, 'not its name': 401, 'not its signature': 403, unreadable: 400 } as const

async function hear(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const header = (name: string): string => c.req.header(name) ?? ''
  const signed = {
    text: await c.req.text(),
    domain: header('x-opendsr-processor-domain').toLowerCase(),
    signature: header('x-opendsr-signature'),
  }
  const outcome = await hearCallback(house, signed)
  if (outcome === 'taken') return c.body(null, 202)
  await limit(house.db, 'wrong key by network', clientNetwork(c))
  return c.json({ error: { code: statuses[outcome], message: outcome } }, statuses[outcome])
}
