/** The form in which a card is typed, and what is wrong with what was typed. */
import { cardBy } from '../cards.ts'
import type { Typed } from '../resources/payment-methods.ts'
import { type Html, html } from './html.ts'

export type Form = Record<string, string | undefined>
export type Errors = Record<string, string>

export interface Wanted {
  email?: boolean
  address: 'required' | 'country'
  terms?: boolean
  promotion?: boolean
  taxId?: boolean
}

interface Field {
  name: string
  label: string
  autocomplete: string
  hint?: string
  optional?: boolean
}

const cardFields: Field[] = [
  { name: 'number', label: 'Card number', autocomplete: 'cc-number', hint: 'A test card, such as 4242 4242 4242 4242' },
  { name: 'exp', label: 'Expiry (MM/YY)', autocomplete: 'cc-exp' },
  { name: 'cvc', label: 'Security code', autocomplete: 'cc-csc' },
  { name: 'name', label: 'Name on the card', autocomplete: 'cc-name' },
]
const addressFields: Field[] = [
  { name: 'line1', label: 'Address', autocomplete: 'billing address-line1' },
  { name: 'line2', label: 'Address, second line', autocomplete: 'billing address-line2', optional: true },
  { name: 'city', label: 'Town or city', autocomplete: 'billing address-level2' },
  { name: 'state', label: 'State or region', autocomplete: 'billing address-level1', optional: true },
]
const shortFields: Field[] = [
  { name: 'postal_code', label: 'Postcode', autocomplete: 'billing postal-code' },
  { name: 'country', label: 'Country (two letters, such as US)', autocomplete: 'billing country' },
]

const fieldsFor = ({ email, address, promotion, taxId }: Wanted): Field[] => [
  ...(email ? [{ name: 'email', label: 'E-mail address', autocomplete: 'email' }] : []),
  ...cardFields,
  ...(address === 'required' ? [...addressFields, ...shortFields] : shortFields.map((field) => ({ ...field, optional: true }))),
  ...(promotion ? [{ name: 'promotion_code', label: 'Promotion code', autocomplete: 'off', optional: true }] : []),
  ...(taxId ? [{ name: 'tax_id', label: 'VAT number', autocomplete: 'off', optional: true }] : []),
]

export function field({ name, label, autocomplete, hint, optional }: Field, form: Form, errors: Errors): Html {
  const about = [hint && `${name}-hint`, errors[name] && `${name}-error`].filter(Boolean).join(' ')
  // What was typed stays, but for the card itself.
  const value = ['number', 'cvc'].includes(name) ? '' : (form[name] ?? '')
  return html`<label for="${name}">${label}${optional ? ' (optional)' : ''}</label>
<input id="${name}" name="${name}" value="${value}" autocomplete="${autocomplete}"${about ? html` aria-describedby="${about}"` : ''}${errors[name] ? html` aria-invalid="true"` : ''}>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}${errors[name] && html`<p class="error" id="${name}-error">${errors[name]}</p>`}`
}

/** All fields, with their errors beside them. */
export function cardForm(wanted: Wanted, form: Form, errors: Errors): Html {
  const terms = html`<label class="tick"><input type="checkbox" name="terms" value="on"${form.terms ? html` checked` : ''}> I agree to the terms of service</label>
${errors.terms && html`<p class="error">${errors.terms}</p>`}`
  return html`${fieldsFor(wanted).map((each) => field(each, form, errors))}${wanted.terms && terms}`
}

export const summary = (errors: Errors): Html | '' => {
  const words = [...new Set(Object.values(errors))]
  return words.length > 0
    ? html`<div class="summary" role="alert" tabindex="-1">${words.map((each) => html`<p class="error">${each}</p>`)}</div>`
    : ''
}

function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 1 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return number.length >= 12 && sum % 10 === 0
}

/** What somebody typed, or what is wrong with it. */
export function readCard(wanted: Wanted, form: Form, now: number): { typed: Typed; errors: Errors } {
  const number = (form.number ?? '').replace(/[\s-]/g, '')
  const [, month = '', year = ''] = /^\s*(\d{1,2})\s*\/?\s*(\d{4}|\d{2})\s*$/.exec(form.exp ?? '') ?? []
  const typed: Typed = {
    number,
    exp_month: Number(month),
    exp_year: Number(year.length === 2 ? `20${year}` : year),
    name: form.name?.trim() || null,
    email: form.email?.trim() || null,
    address: {
      line1: form.line1?.trim() || null,
      line2: form.line2?.trim() || null,
      city: form.city?.trim() || null,
      state: form.state?.trim() || null,
      postal_code: form.postal_code?.trim() || null,
      country: form.country?.trim().toUpperCase() || null,
    },
  }
  return { typed, errors: { ...cardErrors(typed, form, now), ...otherErrors(wanted, typed, form) } }
}

function cardErrors({ number, exp_month, exp_year }: Typed, { cvc = '' }: Form, now: number): Errors {
  const errors: Errors = {}
  if (!/^\d+$/.test(number) || !passesLuhn(number)) errors.number = 'Your card number is incorrect.'
  else if (!cardBy(number)) errors.number = 'This is no test card. Never type a real card here.'
  const today = new Date(now * 1000)
  if (exp_month < 1 || exp_month > 12 || !exp_year) errors.exp = "Your card's expiration date is incomplete."
  else if (exp_year * 12 + exp_month < today.getUTCFullYear() * 12 + today.getUTCMonth() + 1)
    errors.exp = "Your card's expiration date is in the past."
  if (!/^\d{3,4}$/.test(cvc.trim())) errors.cvc = "Your card's security code is incomplete."
  return errors
}

function otherErrors(wanted: Wanted, { name, email, address }: Typed, form: Form): Errors {
  const errors: Errors = {}
  if (!name) errors.name = 'Please say whose card it is.'
  if (wanted.email && !/^\S+@\S+\.\S+$/.test(email ?? '')) errors.email = 'Please enter an e-mail address.'
  if (address?.country && !/^[A-Z]{2}$/.test(address.country)) errors.country = 'Please enter the two letters of a country.'
  if (wanted.terms && !form.terms) errors.terms = 'Please agree to the terms of service.'
  if (wanted.address !== 'required') return errors
  const needed = {
    line1: 'Please enter your address.',
    city: 'Please enter your town or city.',
    postal_code: 'Please enter your postcode.',
    country: 'Please enter your country.',
  }
  for (const [part, words] of Object.entries(needed)) if (!address?.[part as 'city']) errors[part] ??= words
  return errors
}
