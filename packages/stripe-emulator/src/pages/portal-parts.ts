/** How the parts of the portal look. */
import type { Customer } from '../resources/customers.ts'
import { methodsOf } from '../resources/payment-methods.ts'
import type { PortalSession } from '../resources/portal.ts'
import { periodEnd, type Subscription } from '../resources/standing.ts'
import { nameOf, priceOfItem } from '../resources/subscription-items.ts'
import { all, find, type World } from '../world.ts'
import { cardForm, type Errors, field, type Form, summary, type Wanted } from './card-form.ts'
import { date, frame, html, type Html, money, type Page } from './html.ts'

export const cardWanted: Wanted = { address: 'required' }

const livingOf = (world: World, customer: string): Subscription[] =>
  all(world, 'subscription').filter((each) => each.customer === customer && !['canceled', 'incomplete_expired'].includes(each.status))

const path = (session: PortalSession, part: string): string => `/p/session/${session.id}/${part}`

/** A form that is one button. */
const press = (session: PortalSession, part: string, words: string, hidden: Record<string, string>): Html =>
  html`<form class="inline" method="post" action="${path(session, part)}">${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button class="plain">${words}</button></form>`

export function showPortal(world: World, session: PortalSession, customer: Customer): Page {
  const { features } = find(world, 'billing_portal.configuration', session.configuration)
  return frame(
    'Your billing',
    html`${session.return_url && html`<p><a href="${session.return_url}">Back</a></p>`}
<h2>Subscriptions</h2>${subscriptionList(world, session, customer, features.subscription_pause.enabled)}
<h2>Cards</h2>${cardList(world, session, customer)}
${features.payment_method_update.enabled && html`<p><a href="${path(session, 'card')}">Add a card</a></p>`}
<h2>Details</h2><p>${customer.name ?? ''} ${customer.email ?? ''}</p>${features.customer_update.enabled && html`<p><a href="${path(session, 'details')}">Change your details</a></p>`}
${features.invoice_history.enabled && html`<h2>Invoices</h2>${invoiceList(world, customer)}`}`,
  )
}

function subscriptionList(world: World, session: PortalSession, customer: Customer, mayPause: boolean): Html {
  const rows = livingOf(world, customer.id).map((each) => {
    const hidden = { subscription: each.id }
    const query = `?subscription=${each.id}`
    const end = each.cancel_at ? `ends on ${date(each.cancel_at)}` : `renews on ${date(periodEnd(each))}`
    const names = each.items.data.map((item) => nameOf(world, priceOfItem(item as never))).join(', ')
    const pause = each.pause_collection ? press(session, 'unpause', 'Resume', hidden) : mayPause && press(session, 'pause', 'Pause', hidden)
    return html`<li><strong>${names}</strong>: ${each.status}, ${end}<br><a href="${path(session, 'change')}${query}">Change plan</a> · ${
      each.cancel_at ? press(session, 'keep', 'Keep it', hidden) : html`<a href="${path(session, 'cancel')}${query}">Cancel</a> `
    }${pause}</li>`
  })
  return rows.length > 0 ? html`<ul class="plain">${rows}</ul>` : html`<p>You have none.</p>`
}

function cardList(world: World, session: PortalSession, customer: Customer): Html {
  const preferred = customer.invoice_settings.default_payment_method
  const rows = methodsOf(world, customer.id).map(({ id, card }) => {
    const hidden = { payment_method: id }
    return html`<li>${card?.brand} ending in ${card?.last4}, ${card?.exp_month}/${card?.exp_year} ${id === preferred ? '(default)' : press(session, 'default', 'Use this', hidden)} ${press(session, 'remove', 'Remove', hidden)}</li>`
  })
  return rows.length > 0 ? html`<ul class="plain">${rows}</ul>` : html`<p>There is none.</p>`
}

function invoiceList(world: World, customer: Customer): Html {
  const rows = all(world, 'invoice')
    .filter((each) => each.customer === customer.id && each.status !== 'draft')
    .reverse()
    .map(
      (each) =>
        html`<tr><td><a href="/i/${each.id}">${each.number}</a></td><td>${date(each.created)}</td><td>${each.status}</td><td class="sum">${money(each.total, each.currency)}</td></tr>`,
    )
  return rows.length > 0
    ? html`<div class="scroll"><table><thead><tr><th>Number</th><th>Date</th><th>State</th><th class="sum">Amount</th></tr></thead><tbody>${rows}</tbody></table></div>`
    : html`<p>There are none yet.</p>`
}

type Part = (
  world: World,
  session: PortalSession,
  customer: Customer,
  form: Form,
  errors: Errors,
) => { title: string; body: Html; button: string }

const shown: Record<string, Part> = {
  card: (_world, _session, _customer, form, errors) => ({
    title: 'Add a card',
    body: cardForm(cardWanted, form, errors),
    button: 'Save card',
  }),
  details: (_world, _session, customer, form, errors) => ({
    title: 'Your details',
    body: detailFields(customer, form, errors),
    button: 'Save',
  }),
  cancel: (world, session, customer, form) => ({
    title: 'Cancel your subscription',
    body: cancelFields(world, session, customer, form),
    button: 'Cancel subscription',
  }),
  change: (world, session, _customer, form) => ({
    title: 'Change your plan',
    body: planFields(world, session, form),
    button: 'Change plan',
  }),
  confirm: (world, session) => ({ title: 'Confirm your change', body: confirmWords(world, session), button: 'Confirm' }),
  pause: (_world, session, _customer, form) => ({
    title: 'Pause your subscription',
    body: hiddenSubscription(session, form),
    button: 'Pause',
  }),
}

export function showPart(world: World, session: PortalSession, customer: Customer, part: string, form: Form, errors: Errors): Page {
  const show = shown[part]
  if (!show) return frame('There is nothing here', html`<p><a href="/p/session/${session.id}">Your billing</a></p>`, { status: 404 })
  const { title, body, button } = show(world, session, customer, form, errors)
  const back = session.flow ? session.return_url : `/p/session/${session.id}`
  return frame(
    title,
    html`${summary(errors)}<form method="post" action="${path(session, part)}" novalidate>${body}<button>${button}</button></form>${back && html`<p><a href="${back}">Go back</a></p>`}`,
  )
}

const subscriptionFor = (session: PortalSession, form: Form): string => {
  const { flow } = session
  return form.subscription ?? (flow?.subscription_cancel ?? flow?.subscription_update ?? flow?.subscription_pause)?.subscription ?? ''
}

const hiddenSubscription = (session: PortalSession, form: Form): Html =>
  html`<input type="hidden" name="subscription" value="${subscriptionFor(session, form)}">`

function detailFields(customer: Customer, form: Form, errors: Errors): Html {
  const { address } = customer
  const before: Form = {
    name: customer.name ?? '',
    email: customer.email ?? '',
    ...(Object.fromEntries(Object.entries(address ?? {}).map(([name, value]) => [name, value ?? ''])) as Form),
  }
  const labels: [string, string, string][] = [
    ['name', 'Name', 'name'],
    ['email', 'E-mail address', 'email'],
    ['line1', 'Address', 'billing address-line1'],
    ['line2', 'Address, second line', 'billing address-line2'],
    ['city', 'Town or city', 'billing address-level2'],
    ['state', 'State or region', 'billing address-level1'],
    ['postal_code', 'Postcode', 'billing postal-code'],
    ['country', 'Country (two letters)', 'billing country'],
    ['tax_id', 'VAT number', 'off'],
  ]
  return html`${labels.map(([name, label, autocomplete]) => field({ name, label, autocomplete, optional: true }, { ...before, ...form }, errors))}`
}

function cancelFields(world: World, session: PortalSession, customer: Customer, form: Form): Html {
  const { features } = find(world, 'billing_portal.configuration', session.configuration)
  const subscription = livingOf(world, customer.id).find((each) => each.id === subscriptionFor(session, form))
  const { enabled, options } = features.subscription_cancel.cancellation_reason
  const when =
    features.subscription_cancel.mode === 'immediately'
      ? 'It ends at once.'
      : subscription && `It stays yours until ${date(periodEnd(subscription))}.`
  const reasons = html`<label for="feedback">Why? (optional)</label><select id="feedback" name="feedback"><option value="">I would rather not say</option>${(options ?? []).map((each) => html`<option value="${each}">${each.replaceAll('_', ' ')}</option>`)}</select>`
  return html`<p>${when}</p>${hiddenSubscription(session, form)}${enabled && reasons}`
}

function planFields(world: World, session: PortalSession, form: Form): Html {
  const { products } = find(world, 'billing_portal.configuration', session.configuration).features.subscription_update
  const offered = (products ?? []).flatMap((each) => each.prices)
  const prices = all(world, 'price').filter(
    (price) => price.active && price.recurring && (offered.length === 0 || offered.includes(price.id)),
  )
  const choices = prices.map(
    (price) =>
      html`<label class="tick"><input type="radio" name="price" value="${price.id}"> ${nameOf(world, price)}, ${money(price.unit_amount ?? 0, price.currency)} per ${price.recurring?.interval}</label>`,
  )
  return html`<fieldset><legend>Plans</legend>${choices}</fieldset>${hiddenSubscription(session, form)}`
}

function confirmWords(world: World, session: PortalSession): Html {
  const items = session.flow?.subscription_update_confirm?.items ?? []
  return html`<ul>${items.map(({ price, quantity }) => html`<li>${quantity ?? 1} × ${price ? nameOf(world, find(world, 'price', price)) : 'what you have'}</li>`)}</ul>`
}
