/** How the console calls dimensions and their values. */
import { type Dimension, UNKNOWN } from './dimension.ts'
import type { Filter } from './filtering.ts'

/** The title of a panel, and what a visit without a value is called there. */
const said: Record<Dimension, readonly [title: string, none: string]> = {
  page: ['Pages', 'unknown'],
  entry: ['First pages', 'none seen'],
  exit: ['Last pages', 'none seen'],
  channel: ['Channels', 'unknown'],
  referrer: ['Referrers', 'none'],
  campaign: ['Campaigns', 'none'],
  source: ['Campaign sources', 'none'],
  medium: ['Campaign media', 'none'],
  term: ['Campaign terms', 'none'],
  content: ['Campaign contents', 'none'],
  country: ['Countries', 'unknown'],
  region: ['Regions', 'unknown'],
  zone: ['Clocks', 'unknown'],
  language: ['Languages', 'unknown'],
  browser: ['Browsers', 'unknown'],
  version: ['Browser versions', 'unknown'],
  device: ['Devices', 'unknown'],
  host: ['Websites', 'unknown'],
  hour: ['Hours (UTC)', 'unknown'],
  action: ['Actions', 'unnamed'],
  property: ['Properties of actions', 'none'],
  link: ['Links out', 'unknown'],
  file: ['Downloads', 'unknown'],
  missing: ['Missing pages', 'unknown'],
  step: ['Steps of goals', 'none'],
}

export const titleOf = (dimension: Dimension): string => said[dimension][0]

const countries = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' })
const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' })

/** A value as people read it. */
export function nameOf(dimension: Dimension, value: string): string {
  if (value === UNKNOWN) return said[dimension][1]
  if (dimension === 'country') return named(countries, value)
  if (dimension === 'region') return regionName(value)
  if (dimension === 'language') return named(languages, value)
  return value
}

// `US, Florida`, as `place.ts` makes it.
function regionName(value: string): string {
  const [, country, region] = /^([A-Z]{2}), (.+)$/s.exec(value) ?? []
  return country && region ? `${region}, ${named(countries, country)}` : value
}

// What is no code at all is shown as it came.
function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code
  } catch {
    return code
  }
}

export const number = (count: number): string => count.toLocaleString('en')
export const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((part / whole) * 100)} %`

/** So long on average, as minutes and seconds. */
export function duration(seconds: number, visits: number): string {
  const each = visits === 0 ? 0 : Math.round(seconds / visits)
  return each < 60 ? `${each} s` : `${Math.floor(each / 60)} min ${each % 60} s`
}

/** By how much a number is above or below an earlier one. */
export function change(count: number, earlier: number): string {
  if (earlier === 0) return count === 0 ? 'as before' : 'none before'
  const by = Math.round((count / earlier - 1) * 100)
  return by === 0 ? 'as before' : `${by > 0 ? '+' : '−'}${number(Math.abs(by))} %`
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

const wholeDayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

/** A day with its year. */
export const dayName = (day: string): string => wholeDayFormat.format(new Date(day))

/** A step of the time axis as people read it. */
export const stepName = (name: string): string => (/^\d{4}-/.test(name) ? dayFormat.format(new Date(name)) : name)
export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** A filter as people read it. */
export const filterName = ({ dimension, values, not }: Filter): string =>
  `${titleOf(dimension)}: ${not ? 'not ' : ''}${values.map((value) => nameOf(dimension, value)).join(' or ')}`
