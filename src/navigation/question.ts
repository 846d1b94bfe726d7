/** What a report is asked, as it stands in its address: a period, filters, a clock. Nonsense there counts for nothing. */
import { DAY, now } from '../clock.ts'
import type { Filter } from './filtering.ts'
import { type Day, dayBefore, dayOf, type Dimension, dimensions } from './dimension.ts'
import type { Asked } from './store.ts'

/** Periods that end today, in days. */
export const spans = [1, 7, 30, 90] as const
export type Span = (typeof spans)[number]
const USUAL: Span = 30
/** The longest period, and the most filters, that one question may have. */
export const LONGEST_DAYS = 1100
export const MOST_FILTERS = 10
export const LONGEST_VALUE = 500

export interface Question extends Asked {
  /** The days until today; undefined where both days were chosen. */
  readonly span: Span | undefined
  /** Whose clock the hours are told by. */
  readonly clock: 'utc' | 'reader'
}

/** Reads a question from the words of an address. */
export function readQuestion(words: URLSearchParams): Question {
  const clock = words.get('clock') === 'utc' ? 'utc' : 'reader'
  return { ...readPeriod(words), filters: readFilters(words), clock }
}

export const isDay = (text: string): boolean => {
  const moment = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(moment) && dayOf(new Date(moment)) === text
}

function readPeriod(words: URLSearchParams): Pick<Question, 'from' | 'until' | 'span'> {
  const today = dayOf(now())
  const [from, until] = [words.get('from') ?? '', words.get('until') || today]
  if (isPeriod(from, until)) return { from, until, span: undefined }
  const span = spans.find((days) => String(days) === words.get('days')) ?? USUAL
  return { from: dayBefore(today, span - 1), until: today, span }
}

/** The day that is over, by the same filters. */
export function yesterdayOf(question: Question): Question {
  const day = dayBefore(dayOf(now()))
  return { ...question, from: day, until: day, span: undefined }
}

/** Are these two days a period that can be asked for? */
export const isPeriod = (from: string, until: string): boolean =>
  isDay(from) && isDay(until) && from <= until && daysIn({ from, until }) <= LONGEST_DAYS

/** How many days there are in a period. */
export const daysIn = ({ from, until }: { from: Day; until: Day }): number => (Date.parse(until) - Date.parse(from)) / DAY + 1

/** The period as people read it. */
export const periodName = ({ span, from, until }: Question): string =>
  span === 1
    ? 'Today'
    : from === until
      ? from === dayBefore(dayOf(now()))
        ? 'Yesterday'
        : from
      : span
        ? `The last ${span} days`
        : `${from} to ${until}`

/** The period of the same length that ended before this one began. */
export const before = (asked: Asked): Asked => ({
  ...asked,
  from: dayBefore(asked.from, daysIn(asked)),
  until: dayBefore(asked.from),
})

// `is.page=/services` asks for visits with that page, `not.page=/services` for those without it.
function readFilters(words: URLSearchParams): Filter[] {
  const filters: Filter[] = []
  for (const dimension of dimensions) {
    for (const not of [false, true]) {
      const values = words.getAll(`${not ? 'not' : 'is'}.${dimension}`).filter((value) => value.length <= LONGEST_VALUE)
      if (values.length > 0) filters.push({ dimension, values: [...new Set(values)].slice(0, MOST_FILTERS), not })
    }
  }
  return filters.slice(0, MOST_FILTERS)
}

/** The words of an address that ask this question. */
export function wordsOf({ span, from, until, filters, clock }: Question): URLSearchParams {
  const words = new URLSearchParams(span ? { days: String(span) } : { from, until })
  for (const { dimension, values, not } of filters) for (const value of values) words.append(`${not ? 'not' : 'is'}.${dimension}`, value)
  if (clock === 'utc') words.set('clock', clock)
  return words
}

export const isFilteredBy = ({ filters }: Asked, dimension: Dimension, value: string): boolean =>
  filters.some((filter) => filter.dimension === dimension && !filter.not && filter.values.includes(value))

/** The question, narrowed to visits with this value. */
export function narrowed<Q extends Asked>(question: Q, dimension: Dimension, value: string): Q {
  const others = question.filters.filter((filter) => filter.dimension !== dimension || filter.not)
  return { ...question, filters: [...others, { dimension, values: [value] }] }
}

/** The question without one of its filters. */
export const widened = <Q extends Asked>(question: Q, filter: Filter): Q => ({
  ...question,
  filters: question.filters.filter((one) => one !== filter),
})
