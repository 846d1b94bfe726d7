/** The customer portal: everything about one's own billing on one page, and each act behind a form. */
import { hour, now, nowFor } from '../clock.ts'
import { Refused } from '../errors.ts'
import { change } from '../events.ts'
import { livingCustomer } from '../resources/customers.ts'
import { attach, detach, newPaymentMethod } from '../resources/payment-methods.ts'
import type { PortalSession } from '../resources/portal.ts'
import { confirmSetup, newSetupIntent } from '../resources/setup-intents.ts'
import type { Subscription } from '../resources/standing.ts'
import { cancelSubscription, updateSubscription } from '../resources/subscription-changes.ts'
import { create, find, notes, peek, type World } from '../world.ts'
import type { Errors, Form } from './card-form.ts'
import { readCard } from './card-form.ts'
import { frame, html, type Page, redirect } from './html.ts'
import { makeDefault } from './invoice-page.ts'
import { cardWanted, showPart, showPortal } from './portal-parts.ts'

/** What a portal page is about: the session, its customer, and the part of it that is shown. */
export function openPortal(world: World, id: string, part: string, form: Form, query: Form): Page {
  const session = find(world, 'billing_portal.session', id)
  if (session.created + hour < now(world))
    return frame('This link has expired', html`<p>Go back to where you came from and ask for a new one.</p>`, { status: 410 })
  const customer = livingCustomer(world, session.customer)
  const flow = session.flow?.type
  if (part === '') return flow ? redirect(`/p/session/${id}/${parts[flow] ?? ''}`) : showPortal(world, session, customer)
  return showPart(world, session, customer, part, { ...query, ...form }, {})
}

/** The deep links, and the part of the portal that each opens. */
const parts: Record<string, string> = {
  payment_method_update: 'card',
  customer_update: 'details',
  subscription_cancel: 'cancel',
  subscription_update: 'change',
  subscription_update_confirm: 'confirm',
  subscription_pause: 'pause',
}

type Act = (world: World, session: PortalSession, form: Form) => Page | undefined

const acts: Record<string, Act> = {
  card: addCard,
  details: saveDetails,
  cancel: (world, session, form) => {
    const subscription = own(world, session, form)
    const { mode, proration_behavior } = find(world, 'billing_portal.configuration', session.configuration).features.subscription_cancel
    const cancellation_details = {
      ...(form.feedback ? { feedback: form.feedback } : {}),
      ...(form.comment ? { comment: form.comment } : {}),
    } as never
    if (mode === 'immediately')
      cancelSubscription(world, subscription, {
        prorate: proration_behavior !== 'none',
        invoice_now: proration_behavior === 'always_invoice',
        cancellation_details,
      })
    else updateSubscription(world, subscription, { cancel_at_period_end: true, cancellation_details })
    return undefined
  },
  keep: (world, session, form) => void updateSubscription(world, own(world, session, form), { cancel_at_period_end: false }),
  change: (world, session, form) => changePlan(world, session, own(world, session, form), form),
  confirm: (world, session) => confirmPlan(world, session),
  pause: (world, session, form) => void updateSubscription(world, own(world, session, form), { pause_collection: { behavior: 'void' } }),
  unpause: (world, session, form) => void updateSubscription(world, own(world, session, form), { pause_collection: null }),
  default: (world, session, form) => {
    makeDefault(world, session.customer, ownMethod(world, session, form))
    return undefined
  },
  remove: (world, session, form) => void detach(world, find(world, 'payment_method', ownMethod(world, session, form))),
}

/** A form of the portal was sent. */
export function actInPortal(world: World, id: string, part: string, form: Form): Page {
  const session = find(world, 'billing_portal.session', id)
  const act = acts[part]
  if (!act || session.created + hour < now(world)) return openPortal(world, id, part, form, {})
  try {
    return act(world, session, form) ?? finished(session)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return again(world, session, part, form, { form: error.message }, error.status)
  }
}

function again(world: World, session: PortalSession, part: string, form: Form, errors: Errors, status = 422): Page {
  return { ...showPart(world, session, livingCustomer(world, session.customer), part, form, errors), status }
}

/** Back to where the flow was begun, or to the portal. */
function finished(session: PortalSession): Page {
  const after = session.flow?.after_completion
  if (after?.redirect?.return_url) return redirect(after.redirect.return_url)
  if (after?.type === 'hosted_confirmation')
    return frame(
      'Done',
      html`<p>${after.hosted_confirmation?.custom_message ?? 'Your change has been saved.'}</p>${session.return_url && html`<p><a href="${session.return_url}">Back</a></p>`}`,
    )
  return session.flow && session.return_url ? redirect(session.return_url) : redirect(`/p/session/${session.id}`)
}

function own(world: World, session: PortalSession, form: Form): Subscription {
  const flow = session.flow
  const named = (flow?.subscription_cancel ?? flow?.subscription_update ?? flow?.subscription_update_confirm ?? flow?.subscription_pause)
    ?.subscription
  const subscription = find(world, 'subscription', form.subscription ?? named ?? '', 'subscription')
  if (subscription.customer !== session.customer)
    throw new Refused(404, { type: 'invalid_request_error', message: 'There is no such subscription.' })
  return subscription
}

function ownMethod(world: World, session: PortalSession, form: Form): string {
  const method = peek(world, 'payment_method', form.payment_method)
  if (method?.customer !== session.customer) throw new Refused(404, { type: 'invalid_request_error', message: 'There is no such card.' })
  return method.id
}

/** The portal session in which a card is being set up. */
export const portalOf = notes<string>('portal')

/** A new card, asked about at its bank, becomes the default one. */
function addCard(world: World, session: PortalSession, form: Form): Page {
  const { typed, errors } = readCard(cardWanted, form, nowFor(world, session.customer))
  if (Object.keys(errors).length > 0) return again(world, session, 'card', form, errors)
  const intent = newSetupIntent(world, { customer: session.customer })
  portalOf.set(world, intent.id, session.id)
  const answered = confirmSetup(world, intent, newPaymentMethod(world, typed).id)
  return answered.status === 'requires_action'
    ? redirect(`/challenge/${intent.id}`)
    : finishPortalCard(world, session.id, answered.payment_method ?? '')
}

export function finishPortalCard(world: World, sessionId: string, method: string): Page {
  const session = find(world, 'billing_portal.session', sessionId)
  attach(world, find(world, 'payment_method', method), session.customer)
  makeDefault(world, session.customer, method)
  return finished(session)
}

function saveDetails(world: World, session: PortalSession, form: Form): Page | undefined {
  const customer = livingCustomer(world, session.customer)
  const given = (name: string) => form[name]?.trim() || null
  const address = {
    line1: given('line1'),
    line2: given('line2'),
    city: given('city'),
    state: given('state'),
    postal_code: given('postal_code'),
    country: given('country')?.toUpperCase() ?? null,
  }
  change(
    world,
    customer,
    { name: given('name') as never, email: given('email'), address: address.country ? address : null },
    'customer.updated',
  )
  if (form.tax_id) {
    const country = form.tax_id.slice(0, 2).toUpperCase()
    create(world, 'tax_id', {
      created: nowFor(world, customer.id),
      customer: customer.id,
      country,
      type: 'eu_vat',
      value: form.tax_id,
      verification: null,
      owner: null,
    } as never)
  }
  return undefined
}

/** Another price for the first item, from those that the configuration offers. */
function changePlan(world: World, session: PortalSession, subscription: Subscription, form: Form): undefined {
  const { proration_behavior } = find(world, 'billing_portal.configuration', session.configuration).features.subscription_update
  const item = subscription.items.data[0]
  if (!item || !form.price) throw new Refused(422, { type: 'invalid_request_error', message: 'Please choose a plan.' })
  const quantity = form.quantity ? { quantity: Number(form.quantity) } : {}
  updateSubscription(world, subscription, { items: [{ id: item.id, price: form.price, ...quantity }], proration_behavior })
}

function confirmPlan(world: World, session: PortalSession): undefined {
  const flow = session.flow?.subscription_update_confirm
  if (!flow) throw new Refused(404, { type: 'invalid_request_error', message: 'There is nothing to confirm.' })
  const items = flow.items.map(({ id, price, quantity }) => ({
    ...(id ? { id } : {}),
    ...(price ? { price } : {}),
    ...(quantity === undefined ? {} : { quantity }),
  }))
  updateSubscription(world, find(world, 'subscription', flow.subscription), { items, proration_behavior: 'always_invoice' })
}
