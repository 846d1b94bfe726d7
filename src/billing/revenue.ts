/**
 * Revenue in aggregate, per currency, in the smallest unit. What each number means stands beside it on the
 * page, in the words below, so that the two cannot drift apart. People whose data is restricted are in none.
 */
import { sql } from 'drizzle-orm'
import { DAY, fromNow } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { unrestricted } from '../people/restriction.ts'
import { stripeInvoices, stripeSubscriptions } from './tables.ts'

/** One currency's numbers; amounts are a month's, in the smallest unit. */
export interface Revenue {
  readonly currency: string
  readonly monthly: number
  readonly paying: number
  readonly begun: number
  readonly base: number
  readonly ended: number
  readonly failing: number
  readonly leaving: number
  readonly collected: number
}

/** What each number is. */
export const definitions: readonly (readonly [term: string, meaning: string])[] = [
  [
    'Monthly recurring revenue',
    'What all subscriptions that are paid regularly come to in a month, at their own price times their number of seats: a year’s price counts a twelfth. Trials, paused ones and what is charged by use are not in it; nor are taxes, discounts and credit.',
  ],
  ['Paying subscriptions', 'How many subscriptions that sum is made of. Those whose last payment failed are among them until they end.'],
  ['New in 30 days', 'The part of that sum whose subscriptions began within the last 30 days.'],
  [
    'Ended in 30 days',
    'What subscriptions that had been paid at least once came to in a month, of those that had begun more than 30 days ago and ended since.',
  ],
  ['Churn', 'That, as a share of what all such subscriptions came to 30 days ago. A change of plan or of seats does not count.'],
  ['At risk: payment failed', 'The part of the monthly sum whose last payment failed and is tried again.'],
  ['At risk: leaving', 'The part of the monthly sum whose person has asked to leave at the end of what is paid.'],
  ['Collected in 30 days', 'What invoices that were paid within the last 30 days came to, taxes included; refunds are not taken off.'],
]

// A price of so many cents each so often, in twelfths of a cent a month, so that only the sum is rounded.
const TWELFTHS = `s.cents * coalesce(s.quantity, 1) * case s.every when 'year' then 1 when 'month' then 12 when 'week' then 52 else 365 end`
// Stripe calls a subscription active while nothing is collected for it.
const RUNNING = `s.ended_at is null and s.status in ('active', 'past_due')
  and not exists (select from memberships m where m.id = s.membership_id and m.standing = 'paused')`
const PAID_ONCE = 'exists (select from stripe_invoices i where i.stripe_subscription = s.stripe_subscription and i.paid > 0)'

const sumOf = (condition: string) => sql.raw(`coalesce(round(sum(${TWELFTHS}) filter (where ${condition}) / 12.0), 0)`)

/** The numbers of every currency in which something was ever paid. */
export async function revenue(tx: For<'billing'>): Promise<Revenue[]> {
  const since = sql`${fromNow(-30 * DAY).toISOString()}::timestamptz`
  const { rows } = await tx.execute<Record<string, string>>(sql`
    with s as (select *, begun_at >= ${since} as young, ended_at >= ${since} as just_ended,
        begun_at < ${since} and (ended_at is null or ended_at >= ${since}) as was_there from stripe_subscriptions
        where cents is not null and ${unrestricted(tx, stripeSubscriptions.personId)}),
    sums as (
      select s.currency, ${sumOf(RUNNING)} as monthly, count(*) filter (where ${sql.raw(RUNNING)}) as paying,
        ${sumOf(`${RUNNING} and s.young`)} as begun, ${sumOf(`s.was_there and ${PAID_ONCE}`)} as base,
        ${sumOf(`s.was_there and s.just_ended and ${PAID_ONCE}`)} as ended,
        ${sumOf(`${RUNNING} and s.status = 'past_due'`)} as failing, ${sumOf(`${RUNNING} and s.cancel_at is not null`)} as leaving
      from s group by s.currency),
    got as (select currency, sum(paid) as collected from stripe_invoices
        where paid_at >= ${since} and ${unrestricted(tx, stripeInvoices.personId)} group by currency)
    select currency, coalesce(monthly, 0) as monthly, coalesce(paying, 0) as paying, coalesce(begun, 0) as begun, coalesce(base, 0) as base,
      coalesce(ended, 0) as ended, coalesce(failing, 0) as failing, coalesce(leaving, 0) as leaving, coalesce(collected, 0) as collected
    from sums full join got using (currency) order by monthly desc nulls last, currency`)
  return rows.map(({ currency = '', ...amounts }) => ({ currency, ...(numbers(amounts) as Omit<Revenue, 'currency'>) }))
}

const numbers = (amounts: Record<string, string>): Record<string, number> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, Number(amount)]))

/** What ended, as a share of what was there; undefined where nothing was. */
export const churnOf = ({ base, ended }: Pick<Revenue, 'base' | 'ended'>): number | undefined => (base > 0 ? ended / base : undefined)
