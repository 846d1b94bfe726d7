/** The forms of the catalogue: what staff type, as services and plans. */
import { z } from 'zod'
import { line } from '../web/form.ts'
import type { PlanTerms } from './catalogue.ts'
import { planKinds, type Tier } from './tables.ts'

const count = (most: number) =>
  z.coerce.number('Please give a number.').int('Please give a whole number.').min(0, 'Not below zero.').max(most, `At most ${most}.`)
const optional = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `At most ${max} characters, please.`)
    .default('')
    .transform((text) => text || null)

/** For how many people. */
export const seatsField = z.coerce
  .number('Please give a number.')
  .int('Please give a whole number.')
  .min(1, 'At least one.')
  .max(1000, 'For more than 1,000 people, please write to us first.')

export const slugField = z
  .string('Please give a name.')
  .trim()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Small letters, digits and single dashes, please.')
  .max(60, 'At most 60 characters, please.')

export const wordsForm = z.object({
  title: line(100, 'Please give it a name.'),
  summary: line(300, 'Please say what it is.'),
  words: z.string('Please describe it.').trim().min(1, 'Please describe it.').max(10_000, 'At most 10,000 characters, please.'),
  help: optional(100),
  place: count(1_000),
})

/** `usd 500, eur 450` as an object; anything else is told beside the field. */
const pairs = (name: RegExp, example: string) =>
  z
    .string()
    .default('')
    .transform((text, context) => {
      const parts = text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean)
      const entries = parts
        .map((part) => /^(\S+)\s+(\d{1,12})$/.exec(part))
        .map((found) => found && ([found[1] ?? '', Number(found[2])] as const))
      const read = entries.filter((entry) => entry !== null && name.test(entry[0])) as [string, number][]
      if (read.length === parts.length) return Object.fromEntries(read)
      context.addIssue(`Please write it like this: ${example}`)
      return z.NEVER
    })

const tiers = pairs(/^(\d{1,12}|more)$/, '50 200, more 120').transform((read): Tier[] =>
  Object.entries(read)
    .map(([upTo, cents]) => ({ upTo: upTo === 'more' ? null : Number(upTo), cents }))
    .sort((a, b) => (a.upTo ?? Infinity) - (b.upTo ?? Infinity)),
)

export const planForm = z.object({
  title: line(100, 'Please give it a name.'),
  kind: z.enum(planKinds, 'Please choose one.'),
  lookupKey: optional(200),
  amounts: pairs(/^[a-z]{3}$/, 'usd 500, eur 500'),
  tiers,
  every: z.enum(['month', 'year'], 'Please choose one.'),
  tax: z.enum(['exclusive', 'inclusive'], 'Please choose one.'),
  trialDays: count(730),
  graceDays: count(90),
  meter: optional(60),
  limits: pairs(/^[a-z][a-z ]{0,40}$/i, 'runs 10000'),
  place: count(1_000),
})

/** What does not fit together in a plan, beside the field where it can be mended. */
export function contradictions(terms: PlanTerms): Record<string, string> {
  const paid = terms.kind !== 'free'
  const counted = terms.kind === 'metered' || terms.kind === 'tiered'
  return {
    ...(paid && !terms.lookupKey ? { lookupKey: 'What is paid for needs its price at Stripe.' } : {}),
    ...(!paid && terms.lookupKey ? { lookupKey: 'A free plan has no price at Stripe.' } : {}),
    ...(paid && Object.keys(terms.amounts).length === 0 ? { amounts: 'What does it cost?' } : {}),
    ...(counted && !terms.meter ? { meter: 'What is counted?' } : {}),
    ...(!counted && terms.meter ? { meter: 'Only plans by use count something.' } : {}),
    ...(terms.kind === 'tiered' && terms.tiers.at(-1)?.upTo !== null ? { tiers: 'The last tier has no end: write “more”.' } : {}),
  }
}
