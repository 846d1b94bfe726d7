/**
 * What can be asked about the use of the websites. A visit has one value of each single dimension, and
 * any number of each many-valued one.
 */
import { DAY } from '../clock.ts'

/** What says who somebody is: after the day it is kept only where enough visitors look the same. */
export const whoDimensions = ['country', 'region', 'zone', 'language', 'browser', 'version', 'device'] as const
/** What says what a visit did, and where it came from. */
export const visitDimensions = [
  ...['host', 'entry', 'exit', 'hour'],
  ...['channel', 'referrer', 'source', 'medium', 'campaign', 'term', 'content'],
] as const
/**
 * Of which a visit can have many: pages, custom actions and their properties, links out, downloads, pages
 * that were missing, and the steps of goals that it came to (`goal.ts`).
 */
export const manyDimensions = ['page', 'action', 'property', 'link', 'file', 'missing', 'step'] as const

export type WhoDimension = (typeof whoDimensions)[number]
export type VisitDimension = (typeof visitDimensions)[number]
export type SingleDimension = WhoDimension | VisitDimension
export type ManyDimension = (typeof manyDimensions)[number]
export type Dimension = SingleDimension | ManyDimension

export const singleDimensions: readonly SingleDimension[] = [...whoDimensions, ...visitDimensions]
export const dimensions: readonly Dimension[] = [...singleDimensions, ...manyDimensions]
export const isMany = (dimension: Dimension): dimension is ManyDimension => (manyDimensions as readonly string[]).includes(dimension)

/** The value under which everything too rare to be kept by name is counted. */
export const OTHER = '(other)'
/** The value of what is not known, or not there: a visit without a referrer, a browser that nobody knows. */
export const UNKNOWN = ''

/** A day in UTC, such as `2026-11-24`. */
export type Day = string

export const dayOf = (moment: Date): Day => moment.toISOString().slice(0, 10)

let last = { number: Number.NaN, day: '' }

/** The same for moments that come one after another, of which few begin another day. */
export function dayNow(moment: Date): Day {
  const number = Math.floor(moment.getTime() / DAY)
  if (number !== last.number) last = { number, day: dayOf(moment) }
  return last.day
}
export const dayBefore = (day: Day, days = 1): Day => dayOf(new Date(Date.parse(day) - days * DAY))

/** A visit ends after this long without an action. */
export const IDLE_MINUTES = 30
