/** The hosted Checkout page. */
import { nowFor } from '../clock.ts'
import { Refused } from '../errors.ts'
import { change, tell } from '../events.ts'
import { askedFor, completeSession, lineItemsOf, type Session } from '../resources/checkout.ts'
import { codeFor } from '../resources/coupons.ts'
import { livingCustomer, ownerOf } from '../resources/customers.ts'
import { attach, behaviourOf, newPaymentMethod, type Typed } from '../resources/payment-methods.ts'
import { confirmSetup } from '../resources/setup-intents.ts'
import { beginSubscription } from '../resources/subscriptions.ts'
import { create, find, notes, peek, put, randomWord, wholly, type World } from '../world.ts'
import { cardForm, type Errors, type Form, readCard, summary, type Wanted } from './card-form.ts'
import { frame, html, money, type Page, redirect } from './html.ts'

const pathOf = (session: Session): string => `/c/pay/${session.id}`

/** The card whose holder is being asked by the bank, before anything is subscribed. */
interface Pending {
  method: string
  typed: Typed
  form: Form
}

const pendingOf = notes<Pending>('pending')
const agreed = notes<boolean>('agreed')

function wantedBy(world: World, session: Session): Wanted {
  const params = askedFor(world, session)
  return {
    address: session.billing_address_collection === 'required' || session.automatic_tax.enabled ? 'required' : 'country',
    terms: params.consent_collection?.terms_of_service === 'required',
    email: !session.customer,
    promotion: session.allow_promotion_codes ?? false,
    taxId: params.tax_id_collection?.enabled ?? false,
  }
}

export function showCheckout(world: World, session: Session, form: Form = {}, errors: Errors = {}, status = 200): Page {
  if (session.status === 'expired')
    return frame(
      'This page has expired',
      html`<p>Go back to where you came from and begin again.</p>${session.cancel_url && html`<p><a href="${session.cancel_url}">Back</a></p>`}`,
      { status: 410 },
    )
  if (session.status === 'complete') return frame('You have done this already', html`<p><a href="${successUrl(session)}">Continue</a></p>`)
  const setup = session.mode === 'setup'
  const label = setup ? 'Save card' : 'Subscribe'
  return frame(
    setup ? 'Save a payment method' : 'Subscribe',
    html`${!setup && itemTable(world, session)}${summary(errors)}
<form method="post" action="${pathOf(session)}" novalidate>${cardForm(wantedBy(world, session), { ...known(world, session), ...form }, errors)}<button>${label}</button></form>
${session.cancel_url && html`<p><a href="${session.cancel_url}">Go back</a></p>`}`,
    { status },
  )
}

function known(world: World, session: Session): Form {
  const customer = ownerOf(world, session.customer)
  return { email: session.customer_email ?? customer?.email ?? '', name: customer?.name ?? '' }
}

function itemTable(world: World, session: Session) {
  const rows = lineItemsOf(world, session).map(
    (item) =>
      html`<tr><td>${String(item.quantity ?? '')} ${String(item.description)}</td><td class="sum">${money(Number(item.amount_total), String(item.currency))}</td></tr>`,
  )
  return html`<table><thead><tr><th>What</th><th class="sum">Amount</th></tr></thead><tbody>${rows}</tbody></table>`
}

const successUrl = (session: Session): string => (session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', session.id)

/** The form was sent. A second time it only leads on. */
export function submitCheckout(world: World, session: Session, form: Form): Page {
  if (session.status === 'complete') return redirect(successUrl(session))
  if (session.status !== 'open') return showCheckout(world, session)
  const wanted = wantedBy(world, session)
  const { typed, errors } = readCard(wanted, form, nowFor(world, session.customer))
  if (form.promotion_code && !codeFor(world, form.promotion_code)) errors.promotion_code = 'This code is invalid.'
  if (Object.keys(errors).length > 0) return showCheckout(world, session, form, errors, 422)
  const method = newPaymentMethod(world, typed)
  const blocked = (session.payment_method_options?.card?.restrictions?.funding_types_blocked ?? []) as string[]
  if (blocked.includes(method.card?.funding ?? ''))
    return declined(world, session, form, 'This kind of card is not accepted here. Please use another.')
  return session.mode === 'setup'
    ? setUp(world, session, method.id, form)
    : subscribeFirst(world, session, { method: method.id, typed, form })
}

const declined = (world: World, session: Session, form: Form, words: string): Page =>
  showCheckout(world, session, form, { number: words }, 402)

function setUp(world: World, session: Session, method: string, form: Form): Page {
  try {
    const intent = confirmSetup(world, find(world, 'setup_intent', session.setup_intent ?? ''), method, successUrl(session))
    agreed.set(world, session.id, form.terms === 'on')
    return intent.status === 'requires_action' ? redirect(`/challenge/${intent.id}`) : finishSetup(world, session)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return declined(world, session, form, error.message)
  }
}

const consentOf = (world: World, session: Session) =>
  session.consent_collection ? { promotions: null, terms_of_service: agreed.of(world, session.id) ? ('accepted' as const) : null } : null

export function finishSetup(world: World, session: Session): Page {
  const intent = find(world, 'setup_intent', session.setup_intent ?? '')
  const email =
    peek(world, 'payment_method', intent.payment_method)?.billing_details.email ?? ownerOf(world, session.customer)?.email ?? null
  const customer_details = {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none' as const,
    tax_ids: null,
  }
  return redirect(successUrl(completeSession(world, session, { customer_details, consent: consentOf(world, session) })))
}

/** The bank's question, where it has one, comes before there is a subscription. */
function subscribeFirst(world: World, session: Session, pending: Pending): Page {
  const { onSetup, challenge } = behaviourOf(world, pending.method)
  if (onSetup && !challenge) return declined(world, session, pending.form, onSetup.message)
  agreed.set(world, session.id, pending.form.terms === 'on')
  if (challenge !== 'always' && challenge !== 'until set up') return finishSubscription(world, session, pending)
  pendingOf.set(world, session.id, pending)
  return redirect(`/challenge/${session.id}`)
}

/** The holder has answered their bank. */
export function answerCheckout(world: World, session: Session, passed: boolean): Page {
  const pending = pendingOf.of(world, session.id)
  if (!pending || session.status !== 'open') return showCheckout(world, session)
  if (!passed)
    return declined(
      world,
      session,
      pending.form,
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    )
  put(world, 'card', { ...find(world, 'card', pending.method), used3ds: true })
  return finishSubscription(world, session, pending)
}

function finishSubscription(world: World, session: Session, { method, typed, form }: Pending): Page {
  try {
    return wholly(world, () => subscribe(world, session, method, typed, form))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return declined(world, session, form, error.message)
  }
}

function subscribe(world: World, session: Session, methodId: string, typed: Typed, form: Form): Page {
  const params = askedFor(world, session)
  const customer = session.customer ?? newCustomer(world, typed)
  keepDetails(world, customer, typed, params.customer_update)
  attach(world, find(world, 'payment_method', methodId), customer)
  if (form.tax_id)
    create(world, 'tax_id', {
      created: nowFor(world, customer),
      customer,
      country: form.tax_id.slice(0, 2),
      type: 'eu_vat',
      value: form.tax_id,
      verification: null,
      owner: null,
    } as never)
  const code = form.promotion_code ? [{ promotion_code: codeFor(world, form.promotion_code)?.id }] : params.discounts
  const { trial_settings, trial_period_days, trial_end, metadata, description, billing_cycle_anchor, proration_behavior } =
    params.subscription_data ?? {}
  const wanted = {
    customer,
    items: (params.line_items ?? []).map(({ price, quantity }) => ({ price, ...(quantity === undefined ? {} : { quantity }) })),
    default_payment_method: methodId,
    payment_behavior: 'error_if_incomplete',
    automatic_tax: { enabled: session.automatic_tax.enabled },
    discounts: code,
    ...{ trial_settings, trial_period_days, trial_end, metadata, description, billing_cycle_anchor, proration_behavior },
  }
  const defined = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
  const subscription = beginSubscription(world, defined as never, { onSession: true, authenticated: true })
  const invoice = find(world, 'invoice', subscription.latest_invoice ?? '')
  const owner = livingCustomer(world, customer)
  const complete = completeSession(world, session, {
    customer,
    subscription: subscription.id,
    invoice: invoice.id,
    payment_status: invoice.amount_paid > 0 ? 'paid' : 'no_payment_required',
    amount_subtotal: invoice.subtotal,
    amount_total: invoice.total,
    consent: consentOf(world, session),
    customer_details: {
      address: (owner.address ?? null) as never,
      business_name: null,
      email: owner.email,
      individual_name: null,
      name: typed.name ?? null,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
  })
  return redirect(successUrl(complete))
}

function newCustomer(world: World, typed: Typed): string {
  const customer = create(world, 'customer', {
    created: nowFor(world, null),
    email: typed.email ?? null,
    name: typed.name ?? null,
    address: typed.address as never,
    invoice_prefix: randomWord(world, 8).toUpperCase(),
    next_invoice_sequence: 1,
    tax_exempt: 'none',
    delinquent: false,
    test_clock: null,
    currency: null,
  })
  tell(world, 'customer.created', customer)
  return customer.id
}

/** `customer_update` says what of the page may be written into the customer. */
function keepDetails(world: World, id: string, typed: Typed, update: { address?: string; name?: string } | undefined): void {
  const customer = livingCustomer(world, id)
  const patch = {
    ...(update?.address === 'auto' ? { address: typed.address as never } : {}),
    ...(update?.name === 'auto' ? { name: typed.name ?? null } : {}),
  }
  if (Object.keys(patch).length > 0) change(world, customer, patch, 'customer.updated')
}
