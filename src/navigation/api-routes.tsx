/** Reports for the company's own programs: the same numbers as in the console, under the same threshold. */
import { z } from 'zod'
import { operation } from '../programs/api.ts'
import { Refusal } from '../web/refusal.ts'
import type { Filter } from './filtering.ts'
import { type Dimension, dimensions } from './dimension.ts'
import { before, isPeriod, LONGEST_DAYS, LONGEST_VALUE, MOST_FILTERS } from './question.ts'
import { everyDay, panelOf } from './report.ts'
import { type Asked, storeOf } from './store.ts'

/** The most rows of one answer. */
const MOST_ROWS = 1000

const count = (says: string) => z.int().min(0).max(Number.MAX_SAFE_INTEGER).describe(says)
const measures = {
  visitors: count('Visitors, counted for each day anew: nobody is known again on another day'),
  visits: count('Visits; one ends after 30 minutes without an action'),
  views: count('Pages seen; for actions, links and downloads: how often'),
  bounces: count('Visits that saw one page and did nothing else'),
  seconds: count('How long all of it lasted'),
}
const Counts = z.strictObject(measures).meta({ id: 'VisitCounts', description: 'How much the websites were used' })
const day = z.iso.date()
const Totals = z
  .strictObject({ totals: Counts, before: Counts })
  .meta({ id: 'VisitTotals', description: 'Everything together, in the period and in the one of the same length before it' })
const Days = z
  .strictObject({ days: z.array(z.strictObject({ day, ...measures })).max(LONGEST_DAYS) })
  .meta({ id: 'VisitDays', description: 'Every day of the period, also those on which nobody came' })
const Panel = z
  .strictObject({
    rows: z
      .array(z.strictObject({ value: z.string().max(4000).describe('Empty where it is not known, or not there'), ...measures }))
      .max(MOST_ROWS),
    other: Counts,
    more: z.boolean().describe('Whether there are more rows than one answer holds'),
  })
  .meta({
    id: 'VisitPanel',
    description: 'The values, most visitors first; those that too few visitors of a day share are together in other',
  })

// Written as in `page=/services`, or `page!=/services` for visits without it.
const FILTER = new RegExp(`^(${dimensions.join('|')})(!?)=(.*)$`, 's')
const filter = z
  .string()
  .max(LONGEST_VALUE + 20)
  .regex(FILTER, 'Please write it as in page=/services or page!=/services.')
const query = z.object({
  from: day.describe('The first day (UTC)'),
  until: day.describe(`The last day (UTC); at most ${LONGEST_DAYS} days in all`),
  filter: z
    .union([filter, z.array(filter).max(MOST_FILTERS)])
    .optional()
    .describe('Only visits with this value, as in `page=/services`, or without it, as in `page!=/services`; repeat it to combine'),
})

function askedBy({ from, until, filter: wanted = [] }: z.output<typeof query>): Asked {
  if (!isPeriod(from, until))
    throw new Refusal(422, 'These days are no period.', {
      flaws: [{ parameter: 'until', detail: `Please name a day from the first on, at most ${LONGEST_DAYS} days in all.` }],
    })
  return { from, until, filters: [wanted].flat().reduce(combined, []) }
}

// Values of one dimension are alternatives.
function combined(filters: readonly Filter[], text: string): Filter[] {
  const [, name, no, value = ''] = FILTER.exec(text) ?? []
  const [dimension, not] = [name as Dimension, no === '!']
  const same = filters.find((one) => one.dimension === dimension && one.not === not)
  return [...filters.filter((one) => one !== same), { dimension, not, values: [...(same?.values ?? []), value] }]
}

const few = 'Where fewer visitors than the threshold pass the filters, all counts are 0.'
const example = { visitors: 1204, visits: 1391, views: 3980, bounces: 575, seconds: 187_245 }

export const reportsApi = [
  operation({
    id: 'readVisitTotals',
    tag: 'Reports',
    method: 'get',
    at: '/reports/totals',
    scope: 'reports:read',
    title: 'How much were the websites used?',
    says: `Visitors, visits, views, bounces and time of a period, and of the period before. ${few}`,
    query,
    answers: { 200: { says: 'The totals', schema: Totals, example: { totals: example, before: { ...example, visitors: 1100 } } } },
    act: async ({ house, query }) => {
      const asked = askedBy(query)
      const [totals, earlier] = await Promise.all([storeOf(house).totals(asked), storeOf(house).totals(before(asked))])
      return { status: 200, body: { totals, before: earlier } }
    },
  }),
  operation({
    id: 'readVisitDays',
    tag: 'Reports',
    method: 'get',
    at: '/reports/days',
    scope: 'reports:read',
    title: 'How much on each day?',
    says: `The same counts for each day of a period. ${few}`,
    query,
    answers: { 200: { says: 'The days', schema: Days, example: { days: [{ day: '2026-11-24', ...example }] } } },
    act: async ({ house, query }) => {
      const days = await everyDay(house, askedBy(query))
      return { status: 200, body: { days: days.map(({ day, counts }) => ({ day, ...counts })) } }
    },
  }),
  operation({
    id: 'readVisitPanel',
    tag: 'Reports',
    method: 'get',
    at: '/reports/panels/:of',
    scope: 'reports:read',
    title: 'By page, country, browser, …',
    says: `The counts for each value of one dimension. ${few}`,
    path: z.object({ of: z.enum(dimensions).describe('The dimension') }),
    query,
    answers: {
      200: { says: 'The panel', schema: Panel, example: { rows: [{ value: '/services', ...example }], other: example, more: false } },
    },
    act: async ({ house, path, query }) => {
      const { rows, other } = await panelOf(house, askedBy(query), path.of)
      const shown = rows.slice(0, MOST_ROWS).map(({ value, counts }) => ({ value, ...counts }))
      return { status: 200, body: { rows: shown, other, more: rows.length > MOST_ROWS } }
    },
  }),
]
