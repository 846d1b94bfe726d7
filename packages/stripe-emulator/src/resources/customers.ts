/** Who is billed. */
import type { Stripe } from 'stripe'
import { nowFor } from '../clock.ts'
import { invalid, nothing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, draft, find, peek, put, randomWord, type World } from '../world.ts'
import { locate } from './tax.ts'

export type Customer = Held<'customer'>

const isDeleted = (customer: Customer): boolean => 'deleted' in customer && customer.deleted === (true as unknown)

/** A customer that has not been deleted. */
export function livingCustomer(world: World, id: string, param = 'id'): Customer {
  const customer = find(world, 'customer', id, param)
  if (isDeleted(customer)) throw nothing('customer', id, param)
  return customer
}

const empty: Stripe.Address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }

type Details = Asked<Stripe.CustomerCreateParams>['params'] & Asked<Stripe.CustomerUpdateParams>['params']

/** An empty word unsets what was there. */
const blank = (word: string | null | undefined): string | null | undefined => (word === '' ? null : word)

/** What create and update have in common: only what was given. */
function detailsFrom(params: Details, before?: Customer) {
  const { address, shipping, invoice_settings } = params
  return {
    address: address === undefined ? undefined : address && { ...empty, ...before?.address, ...address },
    balance: params.balance,
    description: blank(params.description),
    email: blank(params.email),
    name: blank(params.name),
    phone: blank(params.phone),
    preferred_locales: params.preferred_locales,
    shipping: shipping === undefined ? undefined : shipping && { ...shipping, address: { ...empty, ...shipping.address } },
    tax_exempt: params.tax_exempt ?? undefined,
    metadata: mergeMetadata(before?.metadata ?? null, params.metadata),
    invoice_prefix: params.invoice_prefix,
    next_invoice_sequence: params.next_invoice_sequence,
    invoice_settings: invoice_settings && {
      custom_fields: null,
      footer: null,
      rendering_options: null,
      default_payment_method: null,
      ...before?.invoice_settings,
      ...invoice_settings,
      ...(invoice_settings.default_payment_method === ('' as string) ? { default_payment_method: null } : {}),
    },
  }
}

const defined = (fields: object): object => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

function createCustomer(world: World, { params }: Asked<Stripe.CustomerCreateParams>): Customer {
  if (params.test_clock) find(world, 'test_helpers.test_clock', params.test_clock, 'test_clock')
  const customer = create(world, 'customer', {
    created: params.test_clock ? find(world, 'test_helpers.test_clock', params.test_clock).frozen_time : nowFor(world, null),
    currency: null,
    delinquent: false,
    default_source: null,
    discount: null,
    invoice_prefix: randomWord(world, 8).toUpperCase(),
    next_invoice_sequence: 1,
    tax_exempt: 'none',
    test_clock: params.test_clock ?? null,
    preferred_locales: [],
    address: null,
    name: null,
    phone: null,
    ...(defined(detailsFrom(params as Details)) as object),
  })
  checkLocation(world, customer, params.tax?.validate_location)
  tell(world, 'customer.created', customer)
  return customer
}

function update(world: World, { id, params }: Asked<Stripe.CustomerUpdateParams>): Customer {
  const customer = livingCustomer(world, id)
  const method = params.invoice_settings?.default_payment_method
  if (method && find(world, 'payment_method', method, 'invoice_settings[default_payment_method]').customer !== id)
    throw invalid('The customer does not have a payment method with the ID given.', {
      param: 'invoice_settings[default_payment_method]',
      code: 'resource_missing',
    })
  const changed = change(world, customer, detailsFrom(params as Details, customer) as never, 'customer.updated')
  checkLocation(world, changed, params.tax?.validate_location)
  return changed
}

function checkLocation(world: World, customer: Customer, when: string | undefined): void {
  if (when !== 'immediately' || locate(world, customer)) return
  throw invalid("The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.", {
    code: 'customer_tax_location_invalid',
  })
}

/** Deletes for good: only the id is still known. What was invoiced stays. */
export function deleteCustomer(world: World, id: string, before: (world: World, customer: Customer) => void): object {
  const customer = livingCustomer(world, id)
  before(world, customer)
  const gone = { id, object: 'customer', deleted: true, test_clock: customer.test_clock ?? null }
  put(world, 'customer', gone as unknown as Customer)
  tell(world, 'customer.deleted', customer)
  return { id, object: 'customer', deleted: true }
}

function retrieve(world: World, { id }: Asked<unknown>): object {
  const customer = find(world, 'customer', id)
  return isDeleted(customer) ? { id, object: 'customer', deleted: true } : customer
}

const list = (world: World, { params }: Asked<Stripe.CustomerListParams>) =>
  page(
    all(world, 'customer').filter((each) => !isDeleted(each)),
    params,
    '/v1/customers',
    (each) => (!params.email || each.email === params.email) && (each.test_clock ?? null) === (params.test_clock ?? null),
  )

/** Money that we owe the customer (negative) or that goes onto the next invoice (positive). */
export function adjustBalance(
  world: World,
  id: string,
  entry: Pick<Stripe.CustomerBalanceTransaction, 'amount' | 'currency' | 'type'> & {
    invoice?: string
    credit_note?: string
    description?: string | null
    metadata?: Record<string, string>
  },
): Held<'customer_balance_transaction'> {
  const customer = livingCustomer(world, id)
  const ending_balance = customer.balance + entry.amount
  change(world, customer, { balance: ending_balance, currency: customer.currency ?? entry.currency }, 'customer.updated')
  return create(world, 'customer_balance_transaction', {
    metadata: {},
    ...entry,
    created: nowFor(world, id),
    customer: id,
    ending_balance,
  } as never)
}

const addBalance = (world: World, { id, params }: Asked<Stripe.CustomerCreateBalanceTransactionParams>) =>
  adjustBalance(world, id, {
    amount: params.amount,
    currency: params.currency,
    type: 'adjustment',
    description: params.description ?? null,
    metadata: mergeMetadata(null, params.metadata),
  })

function addTaxId(world: World, { id, params }: Asked<Stripe.CustomerCreateTaxIdParams>) {
  livingCustomer(world, id)
  const taxId = create(world, 'tax_id', {
    country: params.type === 'eu_vat' ? params.value.slice(0, 2) : params.type.slice(0, 2).toUpperCase(),
    created: nowFor(world, id),
    customer: id,
    owner: { type: 'customer', customer: id } as never,
    type: params.type as never,
    value: params.value,
    verification: { status: 'unverified', verified_address: null, verified_name: null },
  })
  tell(world, 'customer.tax_id.created', taxId)
  return taxId
}

function dropTaxId(world: World, { id }: Asked<unknown>) {
  const taxId = find(world, 'tax_id', id)
  put(world, 'tax_id', { ...taxId, customer: null })
  tell(world, 'customer.tax_id.deleted', taxId)
  return { id, object: 'tax_id', deleted: true }
}

/** `email:'a@b.c'`, `metadata['k']:'v'`, joined by AND; what else Stripe's search knows is refused. */
function search(world: World, { params }: Asked<Stripe.CustomerSearchParams>) {
  const terms = params.query
    .split(/\s+AND\s+/i)
    .map((term) => /^(email|name|metadata\[['"]([^'"]+)['"]\]):\s*['"]([^'"]*)['"]$/.exec(term.trim()))
  if (terms.includes(null))
    throw invalid('This emulator understands email, name and metadata in a search, joined by AND.', { param: 'query' })
  const valueOf = (customer: Customer, term: RegExpExecArray) =>
    term[2] ? customer.metadata[term[2]] : customer[term[1] as 'email' | 'name']
  const found = page(
    all(world, 'customer').filter((each) => !isDeleted(each)),
    params,
    '/v1/customers/search',
    (customer) => terms.every((term) => term && valueOf(customer, term) === term[3]),
  )
  return { ...found, object: 'search_result', next_page: null }
}

const taxIdsOf = (world: World, id: string) => all(world, 'tax_id').filter((each) => each.customer === id)

/** Shown of a customer only when asked for. */
export const customerExtras = {
  tax: (world: World, customer: Customer) => {
    const location = locate(world, customer)
    return draft(world, 'customer', {
      tax: { automatic_tax: location ? 'supported' : 'unrecognized_location', ip_address: null, location, provider: 'stripe' } as never,
    }).tax
  },
  tax_ids: (world: World, { id }: Customer) => page(taxIdsOf(world, id), {}, `/v1/customers/${id}/tax_ids`),
  subscriptions: (world: World, { id }: Customer) =>
    page(all(world, 'subscription'), {}, `/v1/customers/${id}/subscriptions`, (each) => each.customer === id && each.status !== 'canceled'),
  invoice_credit_balance: (_world: World, { balance, currency }: Customer) => (currency ? { [currency]: -balance } : {}),
}

export const customers = {
  'customers.create': createCustomer,
  'customers.retrieve': retrieve,
  'customers.update': update,
  'customers.list': list,
  'customers.search': search,
  'customers.createBalanceTransaction': addBalance,
  'customers.listBalanceTransactions': (world, { id, params }: Asked<Stripe.CustomerListBalanceTransactionsParams>) =>
    page(
      all(world, 'customer_balance_transaction'),
      params as never,
      `/v1/customers/${id}/balance_transactions`,
      (each) => each.customer === id,
    ),
  'customers.createTaxId': addTaxId,
  'customers.listTaxIds': (world, { id, params }: Asked<Stripe.CustomerListTaxIdsParams>) =>
    page(taxIdsOf(world, livingCustomer(world, id).id), params, `/v1/customers/${id}/tax_ids`),
  'customers.deleteTaxId': dropTaxId,
} satisfies Operations

export const ownerOf = (world: World, id: string | null | undefined): Customer | undefined => {
  const customer = peek(world, 'customer', id)
  return customer && !isDeleted(customer) ? customer : undefined
}
