/** P2: card, name and address are given on Stripe's page; a key comes back. */
import { setupRequest } from '../processors/stripe-pages.ts'
import { stripe } from '../processors/stripe.ts'
import { columnsOf } from './catalog.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p2: Promised = {
  name: 'P2',
  says: 'Whoever registers for a paid service gives a billing name, a billing address and a card, on Stripe’s page; what we keep is an opaque key with which the payment method can be used for billing.',
  keptBy: [
    { constraint: 'customers_stripe_customer', says: 'nothing but a key of Stripe’s fits into the column' },
    { constraint: 'customers_stripe_payment_method', says: 'nor into the one of the payment method' },
    { constraint: 'qualifications_payment_method', says: 'nor where a card was decided about' },
    { constraint: 'plans_paid_by_key', says: 'whatever is not free has a price at Stripe' },
    { file: 'src/processors/stripe-pages.ts', says: 'the page where a card is given is Stripe’s, and asks for the billing address' },
  ],
  looksAt:
    'What Stripe’s page is asked to ask for; what of a customer is kept, column by column; whether each key has the form of one; and whether whoever pays for something has a key.',
  async check(look) {
    lookAtPage(look)
    await lookAtColumns(look)
    await lookAtKeys(look)
  },
}

/** What Stripe's page is asked for: a card and its billing address, and no charge. */
function lookAtPage(look: Look): void {
  const asked = setupRequest({ customer: 'cus_example', membership: 'example', currency: 'usd', back: { done: '', left: '' } })
  look.expect(
    'settings of Stripe’s page',
    asked.billing_address_collection === 'required',
    'Stripe’s page does not ask for a billing address',
  )
  look.expect('settings of Stripe’s page', asked.mode === 'setup', 'Stripe’s page does more than take a card')
  look.expect(
    'settings of Stripe’s page',
    asked.allowed_payment_method_types?.join() === 'card',
    'Stripe’s page asks for something else than a card',
  )
  const kept = Object.entries(stripe.receives).filter(([, category]) => category === 'sealed' || category === 'credential')
  look.find(...kept.map(([field]) => `Stripe is sent what it must not get: ${field}`))
}

const OF_CUSTOMERS = [
  'person_id',
  'stripe_customer',
  'stripe_payment_method',
  'credit',
  'exposure_limit',
  'made_at',
  'synced_at',
  'closed_at',
]

async function lookAtColumns(look: Look): Promise<void> {
  const columns = (await columnsOf(look)).filter(({ table }) => table === 'customers')
  look.find(
    ...columns.filter(({ name }) => !OF_CUSTOMERS.includes(name)).map(({ name }) => `more is kept of a customer: customers.${name}`),
  )
}

async function lookAtKeys(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number; wrong: number }>(
    'billing',
    `select count(*)::int as all, count(*) filter (where stripe_customer !~ '^cus_[A-Za-z0-9_]+$' or stripe_payment_method !~ '^pm_[A-Za-z0-9_]+$')::int as wrong
       from (select stripe_customer, stripe_payment_method from customers order by stripe_customer limit 5000) c`,
  )
  look.count('customers', row?.all ?? 0)
  look.find(...(row?.wrong ? [`keys that are none: ${row.wrong}`] : []))
  await look.none('questions about who pays', {
    purpose: 'billing',
    text: `select s.stripe_subscription as id from stripe_subscriptions s left join customers c on c.person_id = s.person_id
            where s.ended_at is null and c.person_id is null`,
    says: 'something is paid for, and there is no key to pay it with',
  })
}
