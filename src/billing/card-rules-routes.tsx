/** The rules by which a card qualifies, in the console. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Id } from '../log.ts'
import { catalogue, type Service, serviceBy } from '../services/catalogue.ts'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { team } from '../staff/team.ts'
import { type Form, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { adoptPolicy, commonPolicy, policyFor, versionsOf } from './card-rules.ts'
import { CardRulesPage, RulesPage } from './card-rules-pages.tsx'
import type { Terms } from './tables.ts'

type Ctx = Context<Web>
const mayDecide = whoMay('billing')

export const cardRulesOffice = new Hono<Web>()
  .get('/staff/billing/rules', signedIn, mayDecide, list)
  .get('/staff/billing/rules/all', signedIn, mayDecide, (c) => show(c))
  .post('/staff/billing/rules/all', signedIn, mayDecide, save)
  .get('/staff/billing/rules/for/:slug', signedIn, mayDecide, (c) => show(c))
  .post('/staff/billing/rules/for/:slug', signedIn, mayDecide, save)

async function list(c: Ctx): Promise<Response> {
  const page = await c.get('house').db.as('billing', async (tx) => {
    const common = await commonPolicy(tx)
    const ruled = []
    for (const service of await catalogue(tx))
      ruled.push({ service, policy: await policyFor(tx, service.id), own: (await versionsOf(tx, service.id)).length > 0 })
    return <CardRulesPage ruled={ruled} common={common} />
  })
  return showPage(c, { title: 'Rules for cards', area: 'staff' }, page)
}

async function serviceHere(c: Ctx): Promise<Service | undefined> {
  const slug = c.req.param('slug')
  if (slug === undefined) return undefined
  const service = await c.get('house').db.as('billing', (tx) => serviceBy(tx, { slug }))
  if (!service) throw nothingHere('no such service')
  return service
}

type Failed = Extract<Form<unknown>, { ok: false }>

async function show(c: Ctx, more: { failed?: Failed; terms?: Terms } = {}): Promise<Response> {
  const { db } = c.get('house')
  const service = await serviceHere(c)
  const facts = await db.as('billing', async (tx) => ({
    versions: await versionsOf(tx, service?.id ?? null),
    policy: service ? await policyFor(tx, service.id) : await commonPolicy(tx),
  }))
  const names = new Map((await db.as('support', (tx) => team(tx))).map(({ personId, name }): [Id, string] => [personId, name]))
  const { versions, policy } = facts
  const page = (
    <RulesPage
      {...{ service, versions, names }}
      terms={more.terms ?? policy.terms}
      previewed={more.terms !== undefined}
      done={c.req.query('done')}
      errors={more.failed?.errors}
      typed={more.failed?.typed}
    />
  )
  return showPage(c, { title: `Rules: ${service?.title ?? 'all'}`, area: 'staff' }, page, more.failed ? 422 : 200)
}

const rule = z.enum(['ignore', 'review', 'fail'], 'Please choose one.')
const number = (least: number, most: number) =>
  z.coerce.number('Please give a number.').int('Please give a whole number.').min(least, `At least ${least}.`).max(most, `At most ${most}.`)

const rulesForm = z.object({
  step: z.enum(['preview', 'adopt']).catch('preview'),
  authentication: rule,
  cvc: rule,
  address: rule,
  prepaid: rule,
  duplicate: rule,
  abroad: rule,
  countries: z
    .string()
    .max(1000)
    .default('')
    .transform((text) => [
      ...new Set(
        text
          .toUpperCase()
          .split(/[\s,]+/)
          .filter(Boolean),
      ),
    ])
    .refine((codes) => codes.every((code) => /^[A-Z]{2}$/.test(code)), 'Two letters each, with commas between, such as US, DE.'),
  reviewAbove: number(0, 100_000_000),
  twoAbove: number(0, 100_000_000),
  validDays: number(1, 365),
})

async function save(c: Ctx): Promise<Response> {
  const service = await serviceHere(c)
  const form = await readForm(c, rulesForm)
  if (!form.ok) return show(c, { failed: form })
  const { step, ...terms } = form.data
  if (terms.twoAbove < terms.reviewAbove) {
    const typed = { ...terms, countries: terms.countries.join(', ') }
    const texts = Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, String(value)]))
    return show(c, { failed: refuseField(texts, 'twoAbove', 'Not below the amount at which one person looks.') })
  }
  if (step === 'preview') return show(c, { terms })
  const authorId = c.get('signedIn').personId
  await c.get('house').db.as('billing', (tx) => adoptPolicy(tx, { serviceId: service?.id ?? null, terms, authorId }))
  return c.redirect(`/staff/billing/rules/${service ? `for/${service.slug}` : 'all'}?done=adopted`, 303)
}
