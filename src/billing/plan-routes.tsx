/** Another plan or number of seats, by its two pages. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id } from '../log.ts'
import type { Plan } from '../services/catalogue.ts'
import { seatsField } from '../services/terms.ts'
import { signedIn } from '../sessions/guard.ts'
import { type FormErrors, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import {
  type Changeable,
  changeable,
  makeChange,
  type Outcome,
  planNamed,
  preview,
  type Wanted,
  type Whose,
  withdraw,
} from './plan-change.ts'
import { PreviewPage } from './plan-pages.tsx'
import { withStripe } from './trouble.ts'

type Ctx = Context<Web>

const at = '/account/billing/memberships/:id'

export const planChangeRoutes = new Hono<Web>()
  .get(`${at}/change`, signedIn, withStripe(show))
  .post(`${at}/change`, signedIn, withStripe(change))
  .post(`${at}/withdraw`, signedIn, withStripe(takeBack))

function whoseIs(c: Ctx): Whose {
  const membershipId = asId(c.req.param('id'))
  if (!membershipId) throw nothingHere('no such membership')
  return { personId: c.get('signedIn').personId, membershipId }
}

const pathTo = (id: Id, rest: string): string => `/account/billing/memberships/${id}${rest}`

async function changeableHere(c: Ctx): Promise<Changeable> {
  const house = c.get('house')
  const from = await house.db.as('billing', (tx) => changeable(tx, house, whoseIs(c)))
  if (!from) throw nothingHere('nothing that can be changed')
  return from
}

function planHere(from: Changeable, slug: string | undefined): Plan {
  const plan = planNamed(from, slug ?? '')
  if (!plan) throw nothingHere('no such plan')
  return plan
}

interface Asked {
  readonly plan: Plan
  readonly typed: string
  /** Undefined when what was typed is no number of people. */
  readonly wanted: Wanted | undefined
  readonly errors: FormErrors
}

/** What is asked for in the address: a plan, and for how many people where that matters. */
function askedFor(c: Ctx, from: Changeable): Asked {
  const plan = planHere(from, c.req.query('plan'))
  const typed = c.req.query('seats') ?? String(plan.kind === 'seat' ? from.membership.seats : 1)
  if (plan.kind !== 'seat') return { plan, typed, wanted: { plan, seats: 1 }, errors: {} }
  const seats = seatsField.safeParse(typed)
  if (seats.success) return { plan, typed, wanted: { plan, seats: seats.data }, errors: {} }
  return { plan, typed, wanted: undefined, errors: { seats: seats.error.issues[0]?.message ?? '' } }
}

async function show(c: Ctx): Promise<Response> {
  const from = await changeableHere(c)
  const { plan, typed, wanted, errors } = askedFor(c, from)
  const isNew = wanted && !(plan.id === from.plan.id && wanted.seats === from.membership.seats)
  const reckoned = isNew ? await preview(c.get('house'), from, wanted) : undefined
  if (isNew && !reckoned) throw nothingHere('not sold in this currency')
  const stale = c.req.query('done') === 'stale'
  const page = <PreviewPage {...{ from, plan, errors, stale }} seats={typed.slice(0, 20)} preview={reckoned} />
  return showPage(c, { title: `${from.service.title}, ${plan.title}`, area: 'account' }, page, wanted ? 200 : 422)
}

const changeForm = z.object({
  plan: z.string().max(60),
  seats: seatsField,
  moment: z.coerce.number().int().min(0).max(1e11),
  mark: z.string().max(250),
})

async function change(c: Ctx): Promise<Response> {
  const form = await readForm(c, changeForm)
  if (!form.ok) throw nothingHere('a form that no page has')
  const { plan: slug, seats, moment, mark } = form.data
  const whose = whoseIs(c)
  const plan = planHere(await changeableHere(c), slug)
  const wanted = { plan, seats: plan.kind === 'seat' ? seats : 1 }
  const outcome = await makeChange(c.get('house'), whose, { wanted, shown: { mark, moment: new Date(moment * 1000) } })
  return c.redirect(pathTo(whose.membershipId, where(outcome, wanted)), 303)
}

// Above the limit the page says so by itself.
const where = (outcome: Outcome, { plan, seats }: Wanted): string =>
  outcome === 'above'
    ? `/change?plan=${plan.slug}&seats=${seats}`
    : outcome === 'stale'
      ? `/change?plan=${plan.slug}&seats=${seats}&done=stale`
      : `?done=${outcome}`

async function takeBack(c: Ctx): Promise<Response> {
  const whose = whoseIs(c)
  if (!(await withdraw(c.get('house'), whose))) throw nothingHere('nothing that can be changed')
  return c.redirect(pathTo(whose.membershipId, '?done=withdrawn'), 303)
}
