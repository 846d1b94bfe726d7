/** One customer in the console. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id } from '../log.ts'
import { personOf } from '../people/person.ts'
import { creditNow } from '../processors/stripe-customer.ts'
import { membershipsOf, toBuy } from '../services/membership.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { customerOf, lockCustomer, sync } from './customer.ts'
import { type CustomerFacts, CustomerPage } from './customer-pages.tsx'
import { depositsOf, giveBack } from './deposit.ts'
import { exposureNow, setLimit } from './exposure.ts'
import { payingCurrency } from './purchase.ts'
import { decisionOn, decisionsAbout } from './qualification.ts'
import { withStripe } from './trouble.ts'

type Ctx = Context<Web>
const mayDecide = whoMay('billing')

export const customerOffice = new Hono<Web>()
  .get('/staff/billing/customers/:id', signedIn, mayDecide, (c) => show(c))
  .post('/staff/billing/customers/:id/limit', signedIn, mayDecide, limit)
  .post('/staff/billing/customers/:id/return', signedIn, mayDecide, freshly, withStripe(returnDeposits))

function personHere(c: Ctx): Id {
  const id = asId(c.req.param('id'))
  if (!id) throw nothingHere('no such customer')
  return id
}

/** Billing knows customers alone: of anybody else there is nothing here. */
async function factsHere(c: Ctx): Promise<CustomerFacts> {
  const personId = personHere(c)
  const facts = await c.get('house').db.as('billing', async (tx) => {
    const [person, customer] = [await personOf(tx, personId), await customerOf(tx, personId)]
    if (!person || !customer) return undefined
    const memberships = (await membershipsOf(tx, personId)).filter(({ plan }) => plan.kind !== 'free')
    const waiting = []
    for (const membership of (await membershipsOf(tx, personId)).filter((one) => toBuy(one))) {
      const decision = await decisionOn(tx, membership.id)
      if (decision?.outcome === 'review') waiting.push({ id: decision.id, service: membership.service.title })
    }
    const currency = (await payingCurrency(tx, personId)) ?? 'usd'
    return {
      ...{ person, memberships, currency, waiting, limit: customer.exposureLimit },
      exposure: await exposureNow(tx, personId, currency),
      deposits: await depositsOf(tx, personId),
      decisions: await decisionsAbout(tx, personId),
    }
  })
  if (!facts) throw nothingHere('no such customer')
  return facts
}

async function show(c: Ctx, failed?: Extract<Form<unknown>, { ok: false }>): Promise<Response> {
  const facts = await factsHere(c)
  const page = <CustomerPage {...facts} done={c.req.query('done')} errors={failed?.errors ?? {}} typed={failed?.typed ?? {}} />
  return showPage(c, { title: facts.person.name, area: 'staff' }, page, failed ? 422 : 200)
}

/** An amount in cents, or nothing. */
export const centsField = z
  .string()
  .trim()
  .default('')
  .refine((text) => /^\d{0,9}$/.test(text) && Number(text) <= 100_000_000, 'Please give an amount in cents, such as 20000 for 200.')
  .transform((text) => (text === '' ? null : Number(text)))

async function limit(c: Ctx): Promise<Response> {
  const { person } = await factsHere(c)
  const form = await readForm(c, z.object({ limit: centsField }))
  if (!form.ok) return show(c, form)
  const by = c.get('signedIn').personId
  await c.get('house').db.as('billing', (tx) => setLimit(tx, { personId: personHere(c), limit: form.data.limit, by }))
  return c.redirect(`/staff/billing/customers/${person.id}?done=limited`, 303)
}

async function returnDeposits(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const personId = personHere(c)
  await factsHere(c)
  const returned = await house.db.as('billing', async (tx) => {
    await lockCustomer(tx, personId)
    const customer = await customerOf(tx, personId)
    if (!customer || customer.closedAt) return 0
    const left = await creditNow(house.config, customer.stripeCustomer)
    return giveBack(tx, house.config, { personId, customer: customer.stripeCustomer, ...left })
  })
  await sync(house, personId)
  return c.redirect(`/staff/billing/customers/${personId}?done=${returned > 0 ? 'returned' : 'nothing'}`, 303)
}
