/** What the forms of this room ask for, checked. */
import { z } from 'zod'
import { asId } from '../log.ts'
import { line } from '../web/form.ts'
import { type ListedPerson, touchable } from './concerned.ts'
import { natureNames, whoNames } from './kinds.ts'

const words = (empty: string) =>
  z
    .string(empty)
    .transform((text) => text.replaceAll('\r\n', '\n').normalize('NFC').trim())
    .pipe(z.string().min(1, empty).max(5_000, 'At most 5,000 characters, please.'))

/** A day, or none. */
export const optionalDay = z
  .union([z.literal(''), z.iso.date('Please give a day, or none.')])
  .optional()
  .transform((text) => text || null)

const optionalCount = z
  .union([z.literal(''), z.string().regex(/^\d{1,9}$/, 'Please give a number, or none.')])
  .optional()
  .transform((text) => (text ? Number(text) : null))

/** What is known about a breach. */
export const factsForm = z
  .object({
    title: line(200, 'Please say in a line what happened.'),
    happened: words('Please say what happened.'),
    nature: z.enum(natureNames, 'Please choose.'),
    beganOn: optionalDay,
    endedOn: optionalDay,
    columns: z
      .string('Please choose at least one column.')
      .max(60_000, 'Please choose fewer columns.')
      .transform((text) => [...new Set(text.split('\n'))].filter((name) => touchable.has(name)))
      .pipe(z.array(z.string()).min(1, 'Please choose at least one column.')),
    encrypted: z
      .literal('yes')
      .optional()
      .transform((ticked) => ticked === 'yes'),
    who: z.enum(whoNames, 'Please choose.'),
    serviceId: z
      .string()
      .optional()
      .transform((text) => asId(text) ?? null),
    registeredFrom: optionalDay,
    registeredUntil: optionalDay,
    floridians: optionalCount,
    californians: optionalCount,
    consequences: words('Please say what may come of it.'),
    measures: words('Please say what we do about it.'),
    advice: words('Please say what the people can do.'),
  })
  .refine(({ who, serviceId }) => who !== 'service' || serviceId !== null, { path: ['serviceId'], message: 'Please choose the service.' })
  .refine(({ beganOn, endedOn }) => !beganOn || !endedOn || beganOn <= endedOn, {
    path: ['endedOn'],
    message: 'It cannot have ended before it began.',
  })

const MOST_LINES = 50_000

/** The people in a file that somebody brought, a line each; or what is wrong with it, in words. */
export async function listIn(file: unknown): Promise<ListedPerson[] | string> {
  if (!(file instanceof File) || file.size === 0) return 'Please choose a file.'
  const lines = (await file.text()).replace(/^\uFEFF/, '').split(/\r?\n/)
  const people: ListedPerson[] = []
  for (const [at, text] of lines.entries()) {
    const [id = '', place = ''] = text.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"|"$/g, ''))
    const personId = asId(id.toLowerCase())
    if (personId) people.push({ personId, place: /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(place) ? place : undefined })
    // The first line may be a head.
    else if (text.trim() !== '' && at > 0) return `Line ${at + 1} does not begin with somebody’s number.`
    if (people.length > MOST_LINES) return `At most ${MOST_LINES.toLocaleString('en')} lines, please.`
  }
  return people.length > 0 ? people : 'There is nobody’s number in it.'
}
