/**
 * What leaves for Stripe, looked at on the wire: whichever call of the SDK made a request, each field in it must be one
 * that is listed here, and the request is entered in the ledger before it goes.
 */
import { sql } from 'drizzle-orm'
import { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import type { For } from '../database/connection.ts'
import { enter, ledgerOf } from '../egress/ledger.ts'
import { refuse } from '../egress/refusal.ts'
import { asId, type Id } from '../log.ts'
import { statusSaid, tracedCall } from '../tracing.ts'
import type { Nameplate } from './nameplate.ts'

/**
 * By field of the nameplate, the parameters that carry it: names as Stripe has them, without places in lists. What only
 * shapes an answer, such as `limit`, carries nothing.
 */
const carries = {
  account: ['metadata[account]'],
  house: ['metadata[house]', 'metadata[kind]', 'metadata[deposit]', 'metadata[credit]'],
  membership: ['metadata[membership]', 'metadata[follows]', 'client_reference_id', 'setup_intent_data[metadata][membership]'],
  keys: [
    ...['customer', 'invoice', 'payment_method', 'subscription', 'from_subscription', 'id', 'items[id]'],
    ...['invoice_settings[default_payment_method]', 'subscription_details[items][id]'],
  ],
  plan: [
    ...['items[price]', 'phases[items][price]', 'subscription_details[items][price]', 'phases[duration][interval]'],
    ...['phases[duration][interval_count]', 'phases[end_date]', 'phases[start_date]', 'phases[proration_behavior]', 'end_behavior'],
    ...['cancel_at_period_end', 'trial_end', 'trial_period_days', 'pause_collection', 'pause_collection[behavior]'],
    ...['proration_behavior', 'proration_date', 'prorate', 'invoice_now', 'payment_behavior', 'off_session'],
    ...['subscription_details[proration_behavior]', 'subscription_details[proration_date]', 'cancel_at', 'billing_cycle_anchor[type]'],
  ],
  seats: ['items[quantity]', 'phases[items][quantity]', 'subscription_details[items][quantity]'],
  amounts: [
    ...['amount', 'refund_amount', 'reason', 'description', 'auto_advance', 'collection_method', 'automatic_tax[enabled]', 'currency'],
    ...['billing_address_collection', 'mode', 'setup_intent_data[metadata][currency]', 'flow_data[type]', 'pending_invoice_items_behavior'],
    ...['allowed_payment_method_types', 'success_url', 'cancel_url', 'return_url', 'credit_amount', 'lines[amount]', 'lines[type]'],
  ],
  usage: ['event_name', 'identifier', 'timestamp', 'payload[stripe_customer_id]', 'payload[value]'],
  catalogue: [
    ...['name', 'metadata[service]', 'product', 'unit_amount', 'tax_behavior', 'billing_scheme', 'tiers_mode', 'tiers[unit_amount]'],
    ...['tiers[up_to]', 'recurring[interval]', 'recurring[meter]', 'recurring[usage_type]', 'lookup_key', 'lookup_keys'],
    ...['transfer_lookup_key', 'display_name', 'default_aggregation[formula]', 'enabled_events', 'url', 'webhook_endpoint[url]'],
    ...['currency_options', 'active'],
  ],
  restricted: ['metadata[restricted]'],
  // Of a customer that there is, who gave it on Stripe's own page: it is corrected, and never given.
  name: ['known customer: name'],
  email: ['known customer: email'],
  nothing: ['limit', 'starting_after', 'ending_before', 'expand', 'include', 'status', 'created[gte]', 'start_time', 'end_time', 'page'],
} as const

type Carried = Exclude<keyof typeof carries, 'nothing'>

const carriedBy = new Map(
  Object.entries(carries).flatMap(([field, names]) => names.map((name) => [name as string, field as Carried | 'nothing'])),
)

// Prices in further currencies are named by the currency.
const plainName = (name: string): string =>
  name.startsWith('currency_options[') ? 'currency_options' : name.replaceAll(/\[\d*\]/g, '').replace(/\[$/, '')

/** The SDK's own client, with a look at each request before it goes. */
export function guardedClient(config: Config, plate: Nameplate): InstanceType<typeof Stripe.HttpClient> {
  const client = Stripe.createNodeHttpClient()
  const send = client.makeRequest.bind(client)
  client.makeRequest = async (...request) => {
    const [, , path, , , data] = request
    await enterRequest(config, plate, { path, data })
    return tracedCall(
      plate.name,
      () => send(...request),
      (answer) => statusSaid(answer.getStatusCode()),
    )
  }
  return client
}

async function enterRequest(config: Config, plate: Nameplate, { path, data }: { path: string; data: unknown }): Promise<void> {
  const { pathname, searchParams } = new URL(path, 'https://stripe')
  const given = [...searchParams, ...parametersIn(String(data ?? ''))]
  const fields = new Set(given.map(([name]) => fieldOf(whoseName(pathname, name))))
  const keys = keysIn(pathname, given)
  if (keys.length > 0) fields.add('keys')
  fields.delete('nothing')
  await ledgerOf(config).as('billing', async (tx) =>
    enter(tx, { plate, fields: [...fields], personId: accountIn(given) ?? (await whose(tx, keys)) }),
  )
}

// The same word is harmless in the catalogue, and somebody's name in a customer.
function whoseName(pathname: string, name: string): string {
  if (!pathname.startsWith('/v1/customers') || (name !== 'name' && name !== 'email')) return name
  return pathname.startsWith('/v1/customers/') ? `known customer: ${name}` : `new customer: ${name}`
}

function fieldOf(name: string): Carried | 'nothing' {
  const field = carriedBy.get(plainName(name))
  if (!field) throw refuse('field', 'a field that Stripe does not receive')
  return field
}

// Stripe's second version speaks JSON.
const parametersIn = (data: string): [string, string][] =>
  data.startsWith('{') ? leavesOf(JSON.parse(data), '') : [...new URLSearchParams(data)]

function leavesOf(value: unknown, name: string): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((each: unknown) => leavesOf(each, name))
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, name ? `${name}[${key}]` : key))
}

const KEY = /^(cus|sub|in|pm|seti|cs|cn|sub_sched|bps)_\w+$/

const keysIn = (pathname: string, given: readonly [string, string][]): string[] =>
  [...pathname.split('/'), ...given.map(([, value]) => value)].filter((text) => KEY.test(text))

const accountIn = (given: readonly [string, string][]): Id | undefined => asId(given.find(([name]) => name === 'metadata[account]')?.[1])

// Whom a request is about: whose key at Stripe it names.
async function whose(tx: For<'billing'>, keys: readonly string[]): Promise<Id | undefined> {
  if (keys.length === 0) return undefined
  const list = sql`${sql.param([...keys])}::text[]`
  const { rows } = await tx.execute<{ person: Id }>(sql`
    select person_id as person from customers where stripe_customer = any (${list})
     union all select person_id from customers where stripe_payment_method = any (${list})
     union all select person_id from stripe_subscriptions where stripe_subscription = any (${list})
     union all select person_id from stripe_invoices where stripe_invoice = any (${list}) limit 1`)
  return rows[0]?.person
}
