/** What the columns of a list are: those of programs that people move away from are known by their names. */
import { type FieldName, fieldNames, type origins } from './import-tables.ts'

export type Origin = (typeof origins)[number]
export type Mapping = Readonly<Partial<Record<FieldName, number>>>

/** What a column can be, in words. */
export const fieldWords: Record<FieldName, readonly [label: string, hint: string]> = {
  email: ['E-mail address', ''],
  name: ['Name', 'Where there is none, what stands before the @ takes its place.'],
  first: ['First name', 'Used where the row has no name.'],
  last: ['Last name', ''],
  status: ['Status', 'Only rows that say “subscribed”, “enabled”, “active”, “confirmed”, “true”, “yes” or “1” are brought in.'],
  ended: ['When they unsubscribed', 'Rows with anything in it are not brought in.'],
  language: ['Language', ''],
  agreed: ['When they agreed', 'The moment of their consent: not the moment at which somebody made the row.'],
  source: ['Where they agreed', ''],
  wording: ['What they agreed to', ''],
}

/** The names under which the programs, and most people, write each column; the first that is there counts. */
const names: Record<FieldName, readonly string[]> = {
  email: ['email', 'e-mail', 'email address', 'e-mail address', 'mail'],
  name: ['name', 'full name', 'fullname'],
  first: ['first name', 'first_name', 'firstname', 'fname'],
  last: ['last name', 'last_name', 'lastname', 'lname', 'surname'],
  status: ['subscribed_to_emails', 'subscribed', 'status', 'subscription_status', 'member_status'],
  ended: ['unsub_time', 'unsubscribed_at', 'clean_time', 'deleted_at'],
  language: ['language', 'locale', 'lang'],
  // When a row was made is not when somebody agreed, so `created_at` is none of these.
  agreed: ['confirm_time', 'confirmed', 'confirmed_at', 'optin_time', 'opted_in_at', 'consent_at', 'consent_time'],
  source: ['source', 'signup_source', 'consent_source'],
  wording: ['wording', 'consent_wording', 'consent_text'],
}

const plain = (column: string): string => column.toLowerCase()

/** Which column is what, as far as their names tell. */
export function recognised(columns: readonly string[]): Mapping {
  const has = columns.map(plain)
  const found = fieldNames.map((field) => [field, names[field].map((name) => has.indexOf(name)).find((at) => at !== -1)])
  return Object.fromEntries(found.filter(([, at]) => at !== undefined)) as Mapping
}

/** Which program wrote these columns. */
export function originOf(columns: readonly string[]): Origin {
  const has = new Set(columns.map(plain))
  const all = (...wanted: string[]) => wanted.every((name) => has.has(name))
  if (all('email', 'subscribed_to_emails', 'complimentary_plan')) return 'Ghost'
  if (all('uuid', 'email', 'attributes', 'status')) return 'listmonk'
  if (all('email address', 'leid', 'euid') || all('email address', 'optin_time')) return 'Mailchimp'
  if (all('email', 'topic', 'asked', 'confirmed', 'wording')) return 'Cloudrun'
  return 'other'
}

const SUBSCRIBED = new Set(['subscribed', 'enabled', 'active', 'confirmed', 'true', 'yes', '1'])
const UNSUBSCRIBED = new Set([
  ...['unsubscribed', 'non-subscribed', 'nonsubscribed', 'not subscribed', 'pending', 'unconfirmed', 'cleaned', 'bounced', 'complained'],
  ...['disabled', 'inactive', 'blocklisted', 'blacklisted', 'suppressed', 'transactional', 'archived', 'deleted', 'false', 'no', '0'],
])

/** Whether a row's status says that its person is subscribed; undefined for a word that says nothing of it. */
export function isSubscribed(status: string): boolean | undefined {
  const word = plain(status.trim())
  return SUBSCRIBED.has(word) ? true : UNSUBSCRIBED.has(word) ? false : undefined
}
