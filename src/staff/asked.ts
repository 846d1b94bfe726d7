/** What the address of the list of people says, and addresses that say something else. */
import { z } from 'zod'
import { DAY } from '../clock.ts'
import { asId } from '../log.ts'
import type { Wanted } from './search.ts'

// What cannot be meant is left out: an address that was cut short still leads to a list.
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)
// Longer than any name and address together.
const LONGEST = 500
const CONTROL = /[\u0000-\u001f\u007f]/g
const day = lenient(z.iso.date())
const id = lenient(z.string().transform((text, context) => asId(text) ?? (context.addIssue('not an id'), z.NEVER)))

export const askedForm = z.object({
  q: lenient(z.string().transform((text) => text.replace(CONTROL, ' ').normalize('NFC').trim().slice(0, LONGEST))),
  since: day,
  until: day,
  staff: lenient(z.literal('yes')),
  sort: z.enum(['joined', 'name']).catch('joined'),
  dir: lenient(z.enum(['asc', 'desc'])),
  after: id,
  before: id,
})

export type Asked = z.infer<typeof askedForm> & { readonly dir: 'asc' | 'desc' }

/** Reads what is asked for from the fields of an address or a form. Names go from A, people from the newest. */
export function readAsked(fields: Readonly<Record<string, unknown>>): Asked {
  const asked = askedForm.parse(fields)
  return { ...asked, dir: asked.dir ?? (asked.sort === 'name' ? 'asc' : 'desc') }
}

/** The address of the list that is asked for, with some of it changed. */
export function hrefFor(asked: Asked, changes: Partial<Asked>): string {
  const said = Object.entries({ ...asked, ...changes }).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return `/staff/people?${new URLSearchParams(said).toString()}`
}

/** The same as the search takes it. Days are in UTC; the last one counts. */
export const wantedBy = (asked: Asked): Wanted => ({
  part: asked.q ?? '',
  since: asked.since ? new Date(asked.since) : undefined,
  until: asked.until ? new Date(new Date(asked.until).getTime() + DAY) : undefined,
  staffOnly: asked.staff === 'yes',
  order: asked.sort,
  descending: asked.dir === 'desc',
  after: asked.after,
  before: asked.before,
})
