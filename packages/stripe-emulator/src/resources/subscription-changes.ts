/** Changing a subscription under way: other prices, another rhythm, an end, a pause, a return. */
import type { Stripe } from 'stripe'
import { after } from '../calendar.ts'
import { nowFor } from '../clock.ts'
import { invalid, Refused } from '../errors.ts'
import { change, tell } from '../events.ts'
import { become } from '../machine.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked } from '../operations.ts'
import { find, put, remove, type World } from '../world.ts'
import { attempt, issue } from './collection.ts'
import { redeem } from './coupons.ts'
import { takePending } from './invoice-items.ts'
import { draftInvoice, type Invoice } from './invoices.ts'
import { holdBack, refuseBeyond, showPending } from './pending-updates.ts'
import { prorate, type Change, usePending } from './proration.ts'
import { finalInvoice } from './renewals.ts'
import { endSubscription, type Item, planAhead, type Subscription, tellEntitlements } from './standing.ts'
import { advanceLine, altered, type AskedItem, isMetered, itemAmount, meterFrom, newItem, spanOf, usageLine } from './subscription-items.ts'
import { cancellation, paperFor, paymentFailed } from './subscriptions.ts'

export type UpdateParams = Asked<Stripe.SubscriptionUpdateParams>['params']

const itemsOf = (subscription: Subscription): Item[] => subscription.items.data as unknown as Item[]

export interface Manner {
  /** False while rehearsing: the invoice is opened and nobody is asked to pay. */
  collect: boolean
}

export function updateSubscription(
  world: World,
  given: Subscription,
  params: UpdateParams,
  { collect }: Manner = { collect: true },
): Subscription {
  if (given.status === 'canceled' || given.status === 'incomplete_expired')
    throw invalid('A canceled subscription can only update its cancellation_details and metadata.', {
      code: 'resource_missing',
      status: 404,
    })
  const mayWait = params.payment_behavior === 'pending_if_incomplete'
  if (mayWait) refuseBeyond(given, params)
  if (given.schedule && (params.cancel_at_period_end !== undefined || params.cancel_at !== undefined)) throw managed(given)
  const at = params.proration_date ?? nowFor(world, given.customer)
  const changes = itemChanges(world, given, (params.items ?? []) as AskedItem[])
  const plain = change(world, given, plainPatch(world, given, params, at) as never)
  const { subscription: wanted, invoice } =
    changes.length > 0 || restarts(params) ? changeItems(world, plain, changes, params, at) : { subscription: plain, invoice: undefined }
  const subscription = mayWait && invoice ? holdBack(world, given, wanted, invoice) : wanted
  planAhead(world, subscription)
  if (mayWait && invoice) bill(world, invoice, params.payment_behavior, collect)
  const settled = find(world, 'subscription', given.id)
  const previous = differences(given, settled)
  if (Object.keys(previous).length > 0) tell(world, 'customer.subscription.updated', settled, previous)
  if (!mayWait && invoice) bill(world, invoice, params.payment_behavior, collect)
  tellEntitlements(world, subscription.customer)
  return find(world, 'subscription', given.id)
}

const managed = ({ id, schedule }: Subscription): Refused =>
  invalid(
    `The subscription ${id} is managed by the subscription schedule ${schedule}, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
  )

function differences(before: Subscription, after: Subscription): Record<string, unknown> {
  const names = Object.keys(after) as (keyof Subscription)[]
  return Object.fromEntries(
    names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).map((name) => [name, before[name]]),
  )
}

/** What does not touch the money of this period. */
function plainPatch(world: World, subscription: Subscription, params: UpdateParams, at: number): Partial<Subscription> {
  const { pause_collection, cancellation_details, payment_settings, trial_settings, automatic_tax } = params
  if (
    params.default_payment_method &&
    find(world, 'payment_method', params.default_payment_method, 'default_payment_method').customer !== subscription.customer
  )
    throw invalid('The customer does not have a payment method with the ID given.', {
      param: 'default_payment_method',
      code: 'resource_missing',
    })
  return {
    ...cancellation(params as never, subscription, at),
    ...(params.metadata === undefined ? {} : { metadata: mergeMetadata(subscription.metadata, params.metadata) }),
    ...given({
      default_payment_method: params.default_payment_method === ('' as string) ? null : params.default_payment_method,
      description: params.description,
      collection_method: params.collection_method,
      days_until_due: params.days_until_due,
    }),
    ...(pause_collection === undefined
      ? {}
      : { pause_collection: pause_collection && { behavior: pause_collection.behavior, resumes_at: pause_collection.resumes_at ?? null } }),
    ...(cancellation_details
      ? {
          cancellation_details: {
            comment: null,
            feedback: null,
            feedback_option: null,
            reason: null,
            ...subscription.cancellation_details,
            ...cancellation_details,
          } as never,
        }
      : {}),
    ...(payment_settings ? { payment_settings: { ...subscription.payment_settings, ...payment_settings } as never } : {}),
    ...(trial_settings ? { trial_settings: { ...subscription.trial_settings, ...trial_settings } as never } : {}),
    ...(automatic_tax ? { automatic_tax: { ...subscription.automatic_tax, enabled: automatic_tax.enabled } } : {}),
    ...(params.discounts === undefined
      ? {}
      : {
          discounts: redeem(world, (params.discounts ?? []) as never[], { customer: subscription.customer, subscription: subscription.id }),
        }),
    ...(typeof params.trial_end === 'number'
      ? {
          trial_end: params.trial_end,
          trial_start: subscription.trial_start ?? at,
          status: 'trialing',
          billing_cycle_anchor: params.trial_end,
        }
      : {}),
  }
}

const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>

/** Before and after, for each item that was named. */
function itemChanges(world: World, subscription: Subscription, asked: AskedItem[]): Change[] {
  return asked.map((each, i) => {
    const param = `items[${i}]`
    if (!each.id) {
      const first = itemsOf(subscription)[0] as Item
      const period = { start: first.current_period_start, end: first.current_period_end }
      return { after: newItem(world, subscription.id, each, period, param, nowFor(world, subscription.customer)) }
    }
    const before = itemsOf(subscription).find((item) => item.id === each.id)
    if (!before) throw invalid(`No such subscription item: '${each.id}'`, { param: `${param}[id]`, code: 'resource_missing' })
    if (!each.deleted) return { before, after: altered(world, before, each, param) }
    remove(world, 'subscription_item', before.id)
    return { before }
  })
}

/** A new period begins now, whatever the items do. */
const restarts = (params: UpdateParams): boolean =>
  params.billing_cycle_anchor?.type === 'now' || params.trial_end === 'now' || typeof params.trial_end === 'number'

interface Changed {
  subscription: Subscription
  invoice: Invoice | undefined
}

function changeItems(world: World, before: Subscription, changes: Change[], params: UpdateParams, at: number): Changed {
  const items = withChanges(itemsOf(before), changes)
  if (items.length === 0) throw invalid('A subscription must have at least one active item.', { param: 'items' })
  const trialEnds = before.status === 'trialing' && params.trial_end === 'now'
  const restart = params.billing_cycle_anchor?.type === 'now' || trialEnds || otherRhythm(changes) || fromFree(world, before, items)
  const behaviour = params.proration_behavior ?? 'create_prorations'
  if (before.status !== 'trialing' && behaviour !== 'none') {
    const told = restart
      ? [
          ...itemsOf(before)
            .filter((item) => !isMetered(item))
            .map((item) => ({ before: item })),
        ]
      : changes
    for (const each of told) prorate(world, before, each, at)
  }
  for (const { before: item, after: next } of changes) countUse(world, before, { item, next, at, restart })
  if (typeof params.trial_end === 'number')
    return { subscription: withPeriod(world, before, items, at, params.trial_end), invoice: undefined }
  if (restart && !(before.status === 'trialing' && !trialEnds)) return restarted(world, before, items, at)
  const subscription = change(world, before, { items: { ...before.items, data: aligned(world, items, before) as never } })
  return behaviour === 'always_invoice' ? invoiceNow(world, subscription, at) : { subscription, invoice: undefined }
}

interface Use {
  item: Item | undefined
  next: Item | undefined
  at: number
  restart: boolean
}

/** What was used under a price that goes is charged with the next invoice; under one that comes, use counts from now on. */
function countUse(world: World, subscription: Subscription, { item, next, at, restart }: Use): void {
  if (next && isMetered(next) && !(item && isMetered(item))) meterFrom(world, next, at)
  if (!item || !isMetered(item) || restart || (next && isMetered(next))) return
  const line = usageLine(world, subscription, item, { start: item.current_period_start, end: at })
  if (line.amount > 0) usePending(world, subscription, { item, line, at })
}

const withChanges = (items: Item[], changes: Change[]): Item[] => {
  const kept = items.flatMap((item) => {
    const found = changes.find((each) => each.before?.id === item.id)
    return found ? (found.after ? [found.after] : []) : [item]
  })
  return [...kept, ...changes.flatMap((each) => (each.before || !each.after ? [] : [each.after]))]
}

const otherRhythm = (changes: Change[]): boolean =>
  changes.some(({ before, after: next }) => before && next && JSON.stringify(spanOf(before)) !== JSON.stringify(spanOf(next)))

const fromFree = (world: World, before: Subscription, items: Item[]): boolean => {
  const sum = (each: Item[]) => each.reduce((total, item) => total + itemAmount(world, item, before.currency), 0)
  return sum(itemsOf(before)) === 0 && sum(items) > 0 && !itemsOf(before).some(isMetered)
}

/** During a trial a new item ends with the trial, as all do. */
const aligned = (world: World, items: Item[], { status, trial_end }: Subscription): Item[] =>
  status === 'trialing' && trial_end
    ? items.map((item) => put(world, 'subscription_item', { ...item, current_period_end: trial_end }))
    : items

function withPeriod(world: World, before: Subscription, items: Item[], start: number, end: number): Subscription {
  const data = items.map((item) => put(world, 'subscription_item', { ...item, current_period_start: start, current_period_end: end }))
  return change(world, before, { items: { ...before.items, data: data as never } })
}

/** A whole new period, paid now. */
function restarted(world: World, before: Subscription, items: Item[], at: number): Changed {
  const data = items.map((item) =>
    put(world, 'subscription_item', { ...item, current_period_start: at, current_period_end: after(at, spanOf(item)) }),
  )
  const usage = itemsOf(before)
    .filter(isMetered)
    .map((item) => usageLine(world, before, item, { start: item.current_period_start, end: at }))
  const trialing = before.status === 'trialing'
  const moved = change(world, before, {
    billing_cycle_anchor: at,
    items: { ...before.items, data: data as never },
    ...(trialing ? { status: 'active' as const, trial_end: at } : {}),
  })
  const lines = data
    .filter((item) => !isMetered(item))
    .map((item) => advanceLine(world, moved, item, { start: item.current_period_start, end: item.current_period_end }))
  return withInvoice(world, moved, [...takePending(world, moved.customer, moved.id), ...usage, ...lines])
}

function invoiceNow(world: World, subscription: Subscription, _at: number): Changed {
  const lines = takePending(world, subscription.customer, subscription.id)
  return lines.length > 0 ? withInvoice(world, subscription, lines) : { subscription, invoice: undefined }
}

function withInvoice(world: World, subscription: Subscription, lines: Invoice['lines']['data'] | never[]): Changed {
  const invoice = draftInvoice(world, { ...paperFor(subscription, 'subscription_update'), lines: lines as never })
  return { subscription: change(world, subscription, { latest_invoice: invoice.id }), invoice }
}

function bill(world: World, drafted: Invoice, behaviour: UpdateParams['payment_behavior'], collect: boolean): void {
  tell(world, 'invoice.created', drafted)
  const invoice = issue(world, drafted)
  if (invoice.status !== 'open' || invoice.collection_method !== 'charge_automatically' || !collect || behaviour === 'default_incomplete')
    return
  const tried = attempt(world, invoice, { onSession: behaviour !== 'error_if_incomplete' })
  if (tried.status === 'open' && behaviour === 'pending_if_incomplete') showPending(world, tried)
  if (tried.status === 'open' && behaviour === 'error_if_incomplete') throw paymentFailed(world, tried)
}

type CancelParams = Asked<Stripe.SubscriptionCancelParams>['params']

/** At once; with what was used charged and what was paid given back, where that is asked for. */
export function cancelSubscription(world: World, subscription: Subscription, params: CancelParams): Subscription {
  if (subscription.status === 'canceled')
    throw invalid(`No such subscription: '${subscription.id}'`, { code: 'resource_missing', status: 404, param: 'id' })
  const at = nowFor(world, subscription.customer)
  if (params.prorate)
    for (const item of itemsOf(subscription).filter((each) => !isMetered(each))) prorate(world, subscription, { before: item }, at)
  const details = params.cancellation_details
  const noted = details
    ? change(world, subscription, {
        cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null, ...details } as never,
      })
    : subscription
  const ended = endSubscription(world, noted, 'cancellation_requested')
  if (params.invoice_now)
    finalInvoice(
      world,
      ended,
      itemsOf(subscription)
        .filter(isMetered)
        .map((item) => usageLine(world, subscription, item, { start: item.current_period_start, end: at })),
    )
  return find(world, 'subscription', subscription.id)
}

/** Back from the pause into which a trial without a card led. */
export function resumeSubscription(world: World, { id, params }: Asked<Stripe.SubscriptionResumeParams>): Subscription {
  const subscription = find(world, 'subscription', id)
  if (subscription.status !== 'paused')
    throw invalid('Only a paused subscription can be resumed.', { code: 'subscription_unexpected_state' })
  const at = nowFor(world, subscription.customer)
  const active = become(world, subscription, 'active')
  const changed =
    params.billing_cycle_anchor?.type === 'unchanged'
      ? { subscription: active, invoice: undefined }
      : restarted(world, active, itemsOf(active), at)
  planAhead(world, changed.subscription)
  tell(world, 'customer.subscription.resumed', changed.subscription)
  if (changed.invoice) bill(world, changed.invoice, undefined, true)
  tellEntitlements(world, subscription.customer)
  return find(world, 'subscription', id)
}
