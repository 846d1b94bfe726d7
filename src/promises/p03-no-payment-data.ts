/** P3: payment data never comes here. */
import { stripe } from '../processors/stripe.ts'
import { columnsOf } from './catalog.ts'
import type { Look } from './look.ts'
import { fieldsOf, publicPages } from './pages-seen.ts'
import type { Promised } from './promise.ts'

export const p3: Promised = {
  name: 'P3',
  says: 'Payment data is never received, collected, stored or logged by us: no number, no last four digits, no brand, no expiry, no billing address. Stripe handles all of it; the policy links to Stripe’s own.',
  keptBy: [
    { constraint: 'stripe_inbox_event_key', says: 'of what Stripe tells, the key of the event is kept, and nothing else of it' },
    { constraint: 'stripe_inbox_object', says: 'and the key of what it is about' },
    { constraint: 'stripe_invoices_key', says: 'an invoice is a key, amounts and dates' },
    { file: 'src/processors/stripe.ts', says: 'what Stripe’s library says of a card or a person ends there' },
    { file: 'src/log.ts', says: 'a line of the log takes numbers and the program’s own words, and nothing that somebody typed' },
  ],
  looksAt:
    'Every column of the database, by name; every public page, for a form that asks for a card; what Stripe’s library is sent; and the newest rows and jobs, for a number that could be a card’s.',
  async check(look) {
    await lookAtColumns(look)
    await lookAtPages(look)
    await lookAtRows(look)
    const sent = Object.keys(stripe.receives).filter((field) => FORBIDDEN.test(field))
    look.find(...sent.map((field) => `Stripe is sent payment data by us: ${field}`))
  },
}

/** Names of columns and fields that would hold it. */
const FORBIDDEN =
  /(^|_)(card_?number|pan|cvc|cvv|csc|last_?(4|four)|card_?brand|brand|exp(iry|_?month|_?year|iration)?|iban|account_?number|routing|sort_?code|(billing|postal|street)_?(address|line\d?|city|zip|postcode|country)|postcode|zip|street|line_?[12])(_|$)/i

async function lookAtColumns(look: Look): Promise<void> {
  const columns = await columnsOf(look)
  look.find(...columns.filter(({ name }) => FORBIDDEN.test(name)).map(({ table, name }) => `a column for payment data: ${table}.${name}`))
}

async function lookAtPages(look: Look): Promise<void> {
  for (const { path, answer } of await publicPages(look)) {
    if (/autocomplete="cc-|name="(card|cardnumber|cvc|cvv|iban|expiry)"/i.test(answer.text)) look.find(`a page asks for a card: ${path}`)
    if (answer.text.includes('js.stripe.com') && fieldsOf(answer.text, path))
      look.find(`a page of ours takes cards by Stripe’s script: ${path}`)
  }
  const policy = await look.get('/privacy')
  look.expect('links', policy.text.includes('https://stripe.com/privacy'), 'the policy does not link to Stripe’s own')
}

const CARD = String.raw`(\d[ -]?){12,18}\d`

/** Where text about payments could go, the newest first, and of how many we look at most. */
const PLACES = [
  { purpose: 'billing', table: 'stripe_inbox', columns: ['event', 'type', 'object'], order: 'received_at desc' },
  { purpose: 'billing', table: 'stripe_invoices', columns: ['stripe_invoice', 'stripe_subscription', 'status'], order: 'made_at desc' },
  { purpose: 'billing', table: 'stripe_subscriptions', columns: ['stripe_subscription', 'status', 'lookup_key'], order: 'begun_at desc' },
  {
    purpose: 'billing',
    table: 'qualifications',
    columns: ['outcome', 'reasons', 'stripe_setup', 'stripe_payment_method'],
    order: 'tried_at desc',
  },
  { purpose: 'operations', table: 'pgboss.job_common', columns: ['data', 'output'], order: 'created_on desc' },
] as const
const NEWEST = 1_000

async function lookAtRows(look: Look): Promise<void> {
  for (const { purpose, table, columns, order } of PLACES) {
    const text = columns.map((column) => `coalesce(${column}::text, '')`).join(` || ' ' || `)
    const rows = await look.rows<{ text: string }>(purpose, `select ${text} as text from ${table} order by ${order} limit ${NEWEST}`)
    look.count('rows', rows.length)
    if (rows.some((row) => holdsCard(row.text))) look.find(`there is a number that could be a card’s in: ${table}`)
  }
}

/** Is there a number that a card could have: 13 to 19 digits with the right check digit (ISO/IEC 7812)? */
export const holdsCard = (text: string): boolean =>
  [...text.matchAll(new RegExp(`(?<![\\w.-])${CARD}(?![\\w.-])`, 'g'))].some(([number]) => hasCheckDigit(number.replace(/\D/g, '')))

function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => total + doubled(Number(digit), at % 2 === 1), 0)
  return sum % 10 === 0 && !/^(\d)\1+$/.test(digits)
}

const doubled = (digit: number, twice: boolean): number => (!twice ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2)
