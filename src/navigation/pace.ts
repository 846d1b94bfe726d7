/**
 * How fast pages are: measurements of Web Vitals, counted in steps that widen, so that days can be added
 * up and the quarter of the slowest still be told.
 */
import { OTHER } from './dimension.ts'
import type { Pace } from './gathering.ts'

/** What is measured: milliseconds, but for the layout's shift, which is a ratio. */
export const measures = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'] as const
export type Measure = (typeof measures)[number]

/** Each step ends a fifth higher than the one before: from 1 ms to a minute. */
const STEPS = 62
const WIDTH = Math.log(1.2)

// A shift is counted in thousandths.
const scaled = (measure: string, amount: number): number => (measure === 'CLS' ? amount * 1000 : amount)

const stepOf = (measure: string, amount: number): number =>
  Math.min(STEPS - 1, Math.max(0, Math.ceil(Math.log(Math.max(scaled(measure, amount), 1)) / WIDTH)))

/** Measurements of a day in steps, by measure and page; pages that fewer than `least` visitors measured are together. */
export function stepsOf(paces: readonly Pace[], least: number): { measure: string; page: string; steps: number[] }[] {
  const visitors = new Map<string, Set<bigint>>()
  const key = ({ measure, page }: { measure: string; page: string }) => `${measure} ${page}`
  for (const pace of paces) visitors.set(key(pace), (visitors.get(key(pace)) ?? new Set()).add(pace.visitor))
  const rows = new Map<string, { measure: string; page: string; steps: number[] }>()
  for (const pace of paces) {
    const page = (visitors.get(key(pace))?.size ?? 0) >= least ? pace.page : OTHER
    const row = rows.get(key({ ...pace, page })) ?? { measure: pace.measure, page, steps: Array<number>(STEPS).fill(0) }
    const step = stepOf(pace.measure, pace.amount)
    row.steps[step] = (row.steps[step] ?? 0) + 1
    rows.set(key(row), row)
  }
  return [...rows.values()]
}

/** The value that three quarters of the measurements do not exceed: the end of their step. */
export function threeQuarters(measure: string, steps: readonly number[]): number {
  const all = steps.reduce((sum, count) => sum + count, 0)
  let sum = 0
  const step = steps.findIndex((count) => (sum += count) >= all * 0.75)
  const value = Math.exp(step * WIDTH)
  return measure === 'CLS' ? value / 1000 : Math.round(value)
}
