/** The course of a subscription when nobody touches it: the trial ends, a period ends, it ends itself. */
import { nextEnd } from '../calendar.ts'
import { clockOf, nowFor, plan } from '../clock.ts'
import { change, tell } from '../events.ts'
import { become } from '../machine.ts'
import { find, peek, put, rehearse, type World } from '../world.ts'
import { abandon, advance, methodFor, writeOff } from './collection.ts'
import { spend } from './coupons.ts'
import { takePending } from './invoice-items.ts'
import { draftInvoice, type Invoice, type Line } from './invoices.ts'
import { endSubscription, type Item, latestPeriodEnd, planAhead, type Subscription, tellEntitlements } from './standing.ts'
import { advanceLine, isMetered, spanOf, usageLine } from './subscription-items.ts'
import { paperFor } from './subscriptions.ts'

const itemsOf = (subscription: Subscription): Item[] => subscription.items.data as unknown as Item[]

/** A period has ended. */
export function renew(world: World, id: string): void {
  const subscription = peek(world, 'subscription', id)
  if (!subscription || !['trialing', 'active', 'past_due', 'unpaid'].includes(subscription.status)) return
  const at = nowFor(world, subscription.customer)
  if (subscription.cancel_at !== null && subscription.cancel_at <= at) return end(world, id)
  if (subscription.status === 'trialing' && withoutMethod(world, subscription)) return endTrialWithout(world, subscription)
  const { renewed, invoice } = nextPeriod(world, subscription, at)
  tell(world, 'invoice.created', invoice)
  tell(world, 'customer.subscription.updated', renewed, {
    items: subscription.items,
    latest_invoice: subscription.latest_invoice,
    status: subscription.status,
  })
  planAhead(world, renewed)
  settleDraft(world, renewed, invoice)
  tellEntitlements(world, renewed.customer)
}

/** The period moves on, and an invoice for it is drafted: what comes in advance, what was used behind. */
export function nextPeriod(world: World, subscription: Subscription, at: number): { renewed: Subscription; invoice: Invoice } {
  const before = itemsOf(subscription)
  const due = before.filter((item) => item.current_period_end <= at)
  const items = before.map((item) => (due.includes(item) ? moved(world, subscription, item) : item))
  const status = subscription.status === 'trialing' ? 'active' : subscription.status
  const next = change(world, subscription, { items: { ...subscription.items, data: items as never }, status })
  const lines = items
    .filter((item) => due.some((each) => each.id === item.id))
    .flatMap((item) => cycleLines(world, next, item, before.find((each) => each.id === item.id) as Item))
  const first = due[0] ?? before[0]
  const paper = {
    ...paperFor(next, 'subscription_cycle'),
    period: { start: first?.current_period_start ?? at, end: first?.current_period_end ?? at },
  }
  const invoice = draftInvoice(world, {
    ...paper,
    lines: [...takePending(world, next.customer, next.id), ...lines],
    auto_advance: subscription.status !== 'unpaid',
    automatically_finalizes_at: at + world.settings.draftSeconds,
  })
  return { renewed: change(world, next, { latest_invoice: invoice.id, discounts: spend(world, next.discounts, at) }), invoice }
}

const moved = (world: World, subscription: Subscription, item: Item): Item => {
  const start = item.current_period_end
  const current_period_end = nextEnd(subscription.billing_cycle_anchor, spanOf(item), start)
  return put(world, 'subscription_item', { ...item, current_period_start: start, current_period_end })
}

function cycleLines(world: World, subscription: Subscription, item: Item, before: Item): Line[] {
  const behind = { start: before.current_period_start, end: before.current_period_end }
  if (isMetered(item)) return isMetered(before) ? [usageLine(world, subscription, item, behind)] : []
  return [advanceLine(world, subscription, item, { start: item.current_period_start, end: item.current_period_end })]
}

/** A draft becomes due an hour later, unless collecting is paused. */
function settleDraft(world: World, subscription: Subscription, invoice: Invoice): void {
  const pause = subscription.pause_collection?.behavior
  if (pause === 'keep_as_draft' || subscription.status === 'unpaid') {
    change(world, invoice, { auto_advance: false, automatically_finalizes_at: null })
    return
  }
  plan(
    world,
    'invoice.advance',
    invoice.id,
    nowFor(world, subscription.customer) + world.settings.draftSeconds,
    clockOf(world, subscription.customer),
  )
}

/** The hour is over. */
export function advanceDraft(world: World, id: string): void {
  const invoice = peek(world, 'invoice', id)
  if (invoice?.status !== 'draft') return
  const subscription = peek(world, 'subscription', invoice.parent?.subscription_details?.subscription as string | undefined)
  const pause = subscription?.pause_collection?.behavior
  if (!pause) {
    advanceOrStay(world, invoice)
    return
  }
  const opened = advanceOrStay(world, change(world, invoice, { collection_method: 'send_invoice' }))
  if (opened?.status !== 'open') return
  if (pause === 'void') abandon(world, opened)
  else writeOff(world, opened)
}

/** An invoice that cannot be finalised stays a draft; that was told already. */
function advanceOrStay(world: World, invoice: Invoice): Invoice | undefined {
  try {
    return advance(world, invoice)
  } catch {
    return undefined
  }
}

function withoutMethod(world: World, subscription: Subscription): boolean {
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice'
  const paper = {
    default_payment_method: null,
    customer: subscription.customer,
    parent: { subscription_details: { subscription: subscription.id } },
  }
  return behavior !== 'create_invoice' && methodFor(world, paper as never) === null
}

function endTrialWithout(world: World, subscription: Subscription): void {
  if (subscription.trial_settings?.end_behavior.missing_payment_method === 'cancel') {
    endSubscription(world, subscription, 'payment_failed')
    return
  }
  const paused = become(world, subscription, 'paused')
  tell(world, 'customer.subscription.paused', paused)
  planAhead(world, paused)
  tellEntitlements(world, paused.customer)
}

/** It was to end now: what was used is still charged. */
export function end(world: World, id: string): void {
  const subscription = peek(world, 'subscription', id)
  if (!subscription || ['canceled', 'incomplete_expired'].includes(subscription.status)) return
  const ended = endSubscription(world, subscription, 'cancellation_requested')
  finalInvoice(
    world,
    ended,
    itemsOf(subscription)
      .filter(isMetered)
      .map((item) =>
        usageLine(world, subscription, item, {
          start: item.current_period_start,
          end: Math.min(item.current_period_end, nowFor(world, subscription.customer)),
        }),
      ),
  )
}

/** The last invoice, where something is left to be charged or given back. */
export function finalInvoice(world: World, subscription: Subscription, usage: Line[]): Invoice | undefined {
  const lines = [...takePending(world, subscription.customer, subscription.id), ...usage.filter((line) => line.amount !== 0)]
  if (lines.length === 0) return undefined
  const paper = paperFor(subscription, 'subscription_cycle')
  const invoice = draftInvoice(world, { ...paper, period: { start: paper.period.start, end: nowFor(world, subscription.customer) }, lines })
  change(world, find(world, 'subscription', subscription.id), { latest_invoice: invoice.id })
  tell(world, 'invoice.created', invoice)
  return advanceOrStay(world, invoice)
}

/** What the next invoice would be, were it drawn up at the period's end. Nothing of it stays. */
function upcomingInvoice(world: World, subscription: Subscription): Invoice {
  return rehearse(world, () => {
    const at = latestPeriodEnd(subscription)
    return asPreview(nextPeriod(world, subscription, at).invoice)
  })
}

export const asPreview = (invoice: Invoice): Invoice => ({ ...invoice, id: invoice.id.replace('in_', 'upcoming_in_') }) as Invoice

export function tellUpcoming(world: World, id: string): void {
  const subscription = find(world, 'subscription', id)
  const invoice = upcomingInvoice(world, subscription)
  tell(world, 'invoice.upcoming', {
    ...invoice,
    billing_reason: 'upcoming',
    next_payment_attempt: latestPeriodEnd(subscription) + world.settings.draftSeconds,
  })
}

export function tellTrialWillEnd(world: World, id: string): void {
  const subscription = peek(world, 'subscription', id)
  if (subscription?.status === 'trialing') tell(world, 'customer.subscription.trial_will_end', subscription)
}

/** Collecting resumes by itself. */
export function unpause(world: World, id: string): void {
  change(world, find(world, 'subscription', id), { pause_collection: null }, 'customer.subscription.updated')
}

export function overdue(world: World, id: string): void {
  const invoice = find(world, 'invoice', id)
  if (invoice.status === 'open') tell(world, 'invoice.overdue', invoice)
}
