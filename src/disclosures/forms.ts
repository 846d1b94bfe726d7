/** What the forms of this room ask for, checked. */
import { z } from 'zod'
import { type FormErrors, line, ticked } from '../web/form.ts'
import { checkNames, demandKindNames, endingNames, paperNames } from './kinds.ts'
import { scopable, withoutDays } from './scope.ts'

const MOST_PEOPLE = 500

const words = (max: number) =>
  z
    .string()
    .default('')
    .transform((text) => text.replaceAll('\r\n', '\n').normalize('NFC').trim())
    .pipe(z.string().max(max, `At most ${max.toLocaleString('en')} characters, please.`))

const optionalDay = z
  .union([z.literal(''), z.iso.date('Please give a day, or none.')])
  .optional()
  .transform((text) => text || null)

/** A demand as it comes. */
export const entryForm = z.object({
  kind: z.enum(demandKindNames, 'Please choose.'),
  authority: line(200, 'Please say which authority.'),
  instrument: line(200, 'Please say with which instrument.'),
  jurisdiction: line(200, 'Please say under whose law.'),
  fileNumber: line(200, 'Please give its file number, or say that it has none.'),
  receivedOn: z.iso.date('Please give the day.'),
  dueOn: z.iso.date('Please give the day.'),
  inRanges: z
    .literal('yes')
    .optional()
    .transform((one) => one === 'yes'),
})

export const paperForm = z.object({ paperKind: z.enum(paperNames, 'Please choose.') })

/** Whom and what it covers. */
export const scopeForm = z.object({
  who: z
    .string('Please name somebody.')
    .max(40_000, 'Please name fewer people.')
    .transform((text) => [...new Set(text.split(/[\n,;]/).map((one) => one.trim().toLowerCase()))].filter(Boolean))
    .pipe(z.array(z.string()).min(1, 'Please name somebody.').max(MOST_PEOPLE, `At most ${MOST_PEOPLE} people, please.`)),
  columns: z
    .string('Please choose at least one.')
    .max(60_000, 'Please choose fewer.')
    .transform((text) => [...new Set(text.split('\n'))].filter((name) => scopable.has(name)))
    .pipe(z.array(z.string()).min(1, 'Please choose at least one.')),
  fromDay: optionalDay,
  untilDay: optionalDay,
  why: words(2_000).pipe(z.string().min(1, 'Please say why it is no wider.')),
})

/** What is wrong with a scope beyond its single fields. */
export function wrongInScope({ columns, fromDay, untilDay }: z.infer<typeof scopeForm>): FormErrors | undefined {
  if (fromDay && untilDay && untilDay < fromDay) return { untilDay: 'It cannot end before it begins.' }
  const dayless = fromDay || untilDay ? withoutDays(columns) : []
  return dayless.length > 0 ? { columns: `These know no days, so days cannot limit them: ${dayless.join('; ')}.` } : undefined
}

/** How the checklist ended. */
export const findingForm = z.object({
  checks: ticked.transform((names) => checkNames.filter((name) => names.includes(name))),
  ending: z.enum(endingNames, 'Please choose.'),
  legalBasis: words(500),
  letter: words(10_000),
})

/** What is wrong with a finding beyond its single fields. */
export function wrongInFinding({ checks, ending, legalBasis, letter }: z.infer<typeof findingForm>): FormErrors | undefined {
  if (ending === 'refused') return letter ? undefined : { letter: 'Please write the letter of refusal.' }
  if (checks.length < checkNames.length) return { checks: 'It is required by law only if all of this is so. Otherwise refuse it.' }
  return legalBasis ? undefined : { legalBasis: 'Please name the law.' }
}

/** A bar on telling. */
export const barForm = z.object({ barBasis: line(500, 'Please name the law.'), endsOn: z.iso.date('Please give the day.') })

export const approvalForm = z.object({ finding: z.string(), sure: z.literal('yes', 'Please tick the box when you are sure.') })

export const termForm = z.object({ until: z.iso.date('Please give the day.') })
