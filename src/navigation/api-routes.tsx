/** Reports for the company's own programs: the same numbers as in the console, under the same threshold. */
import { z } from 'zod'
import { operation } from '../programs/api.ts'
import { Refusal } from '../web/refusal.ts'
import type { Filter } from './filtering.ts'
import { newestHistory, stageOf } from './history-import.ts'
import { origins as historyOrigins } from './history-tables.ts'
import { type Dimension, dimensions } from './dimension.ts'
import { before, isPeriod, LONGEST_DAYS, LONGEST_VALUE, MOST_FILTERS } from './question.ts'
import { everyDay, panelOf, totalsOf } from './report.ts'
import type { Asked } from './store.ts'

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
const origin = z.enum(historyOrigins)
const origins = z
  .array(origin)
  .max(historyOrigins.length)
  .describe('The programs that the counts were brought in from; none for what was counted here')
const Totals = z
  .strictObject({ totals: Counts, before: Counts })
  .meta({ id: 'VisitTotals', description: 'Everything together, in the period and in the one of the same length before it' })
const Days = z
  .strictObject({ days: z.array(z.strictObject({ day, ...measures, origins })).max(LONGEST_DAYS) })
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

const Imports = z
  .strictObject({
    imports: z
      .array(
        z.strictObject({
          id: z.uuid(),
          origin,
          site: z.string().max(100),
          state: z.enum(['read', 'under way', 'done']),
          from: day,
          until: day,
          days: count('Days in it'),
          added: count('Days of which something was new'),
          unread: count('Lines that were not understood'),
        }),
      )
      .max(100),
  })
  .meta({ id: 'VisitImports', description: 'History of other analytics programs that was brought in, the newest first' })

const few = 'Where fewer visitors than the threshold pass the filters, all counts are 0.'
const example = { visitors: 1204, visits: 1391, views: 3980, bounces: 575, seconds: 187_245 }

export const reportsApi = [
  operation({
    id: 'listVisitImports',
    tag: 'Reports',
    method: 'get',
    at: '/reports/imports',
    scope: 'reports:read',
    title: 'Which history was brought in?',
    says: 'Exports of Plausible, Umami and Google Analytics 4 that were uploaded in the console. Their days are in the other reports, where nothing is filtered and nothing was counted here.',
    answers: {
      200: {
        says: 'The imports',
        schema: Imports,
        example: {
          imports: [
            {
              ...{ id: '019acb1e-7b1a-7c3e-8a52-6f2f1d3c9a10', origin: 'Plausible', site: 'www.example.com', state: 'done' },
              ...{ from: '2024-01-01', until: '2025-12-31', days: 731, added: 731, unread: 0 },
            },
          ],
        },
      },
    },
    act: async ({ house }) => {
      const imports = (await house.db.as('improvement', newestHistory)).map((one) => ({
        ...{ id: one.id, origin: one.origin, site: one.site, state: stageOf(one), from: one.firstDay, until: one.lastDay },
        ...{ days: one.days, added: one.daysKept, unread: one.flawed },
      }))
      return { status: 200, body: { imports } }
    },
  }),
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
      const [totals, earlier] = await Promise.all([totalsOf(house, asked), totalsOf(house, before(asked))])
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
    answers: { 200: { says: 'The days', schema: Days, example: { days: [{ day: '2026-11-24', ...example, origins: [] }] } } },
    act: async ({ house, query }) => {
      const days = await everyDay(house, askedBy(query))
      return { status: 200, body: { days: days.map(({ day, counts, origins }) => ({ day, ...counts, origins: [...origins] })) } }
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
