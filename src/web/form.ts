/** Forms: what was typed, checked; or what is wrong with it, beside each field. */
import { domainToASCII } from 'node:url'
import type { Context } from 'hono'
import { z } from 'zod'
import { Refusal } from './refusal.ts'

export type FormErrors = Readonly<Record<string, string>>
export type Typed = Readonly<Record<string, string>>
export type Form<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly errors: FormErrors; readonly typed: Typed }

// Control characters have no place in a line of text, and a header or a database may choke on them.
const CONTROL = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/

/** One line of text of at most `max` characters. */
export const line = (max: number, empty: string) =>
  z
    .string(empty)
    .normalize('NFC')
    .trim()
    .min(1, empty)
    .max(max, `At most ${max} characters, please.`)
    .refine((text) => !CONTROL.test(text), 'Please write this on one line.')

/** A person's name. */
export const personName = line(200, 'Please tell us your name.')

/** An e-mail address, in lower case: addresses are compared as all large providers compare them. */
export const emailAddress = z
  .string('Please give an e-mail address.')
  .trim()
  .min(1, 'Please give an e-mail address.')
  .max(254, 'That is longer than an e-mail address can be.')
  .transform((text) => asciiAddress(text.normalize('NFC').toLowerCase()))
  .pipe(z.email('That does not look like an e-mail address, such as name@example.com.'))

function asciiAddress(text: string): string {
  const at = text.lastIndexOf('@')
  return at < 1 ? text : `${text.slice(0, at)}@${domainToASCII(text.slice(at + 1))}`
}

/** A code as people type it: spaces and dashes do not count. */
export const typedCode = z
  .string('Please type the code.')
  .max(40, 'A code is shorter than that.')
  .transform((text) => text.replace(/[\s-]/g, '').toLowerCase())
  .pipe(z.string().min(1, 'Please type the code.'))

/** A language, such as `de` or `pt-BR`, in its usual spelling; what is none counts as none given. */
export const languageTag = z
  .string()
  .max(35)
  .transform((text) => canonicalTag(text))
  .nullable()
  .catch(null)

function canonicalTag(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null
  } catch {
    return null
  }
}

/** What was ticked of several: fields of one name, or one field with commas between. */
export const ticked = z
  .string()
  .max(2_000)
  .optional()
  .transform((text) => tickedIn(text))

/** The same, of a form that was refused. */
export const tickedIn = (text: string | undefined): string[] => (text ?? '').split(/[\n,]/).filter(Boolean)

/** Reads the request's form with `schema`; fields that it does not name are dropped. */
export async function readForm<S extends z.ZodObject>(c: Context, schema: S): Promise<Form<z.infer<S>>> {
  const typed = await typedIn(c)
  const result = schema.safeParse(typed)
  if (result.success) return { ok: true, data: result.data }
  return { ok: false, errors: firstErrors(result.error), typed }
}

async function typedIn(c: Context): Promise<Record<string, string>> {
  const type = c.req.header('content-type') ?? ''
  if (type !== '' && !/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
    throw new Refusal(415, 'This address takes a form. Please use the page that it belongs to.')
  }
  const body = await c.req.parseBody({ all: true }).catch(() => {
    throw new Refusal(400, 'That form arrived damaged. Please send it again.')
  })
  return Object.fromEntries(Object.entries(body).flatMap(([name, value]) => textsIn(value).map((text) => [name, text])))
}

// A field that was sent more than once has a line for each; where one line is expected it is refused.
function textsIn(value: unknown): string[] {
  const texts = [value].flat().filter((text): text is string => typeof text === 'string' && !text.includes('\0'))
  return texts.length > 0 ? [texts.join('\n')] : []
}

function firstErrors(error: z.ZodError): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const issue of error.issues) errors[String(issue.path[0])] ??= inWords(issue)
  return errors
}

// What a schema says of itself, where nobody wrote words for it, is not for people.
function inWords({ message }: z.core.$ZodIssue): string {
  if (/^Invalid input: .* received undefined$/.test(message)) return 'Please fill this in.'
  return /^(Invalid|Too (big|small)|Unrecognized)/.test(message) ? 'Please look at this again.' : message
}

/** The form again, with an error that only the act itself could find. */
export const refuseField = (typed: Typed, field: string, sentence: string): { ok: false; errors: FormErrors; typed: Typed } => ({
  ok: false,
  errors: { [field]: sentence },
  typed,
})

/** What the page says of the act that led to it: the outcome that its address names in a word. */
export const outcomeTold = (c: Context, outcomes: Typed): string | undefined =>
  Object.entries(outcomes).find(([word]) => word === c.req.query('done'))?.[1]
