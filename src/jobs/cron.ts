/** When an appointment comes next: the five fields of a cron expression, in UTC. */
import { DAY, MINUTE } from '../clock.ts'

const LIMITS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const

/**
 * The first moment after `from` that the expression names; undefined when there is none within a year.
 * It knows what our clock page uses: numbers, lists, ranges, steps and stars.
 */
export function nextTime(cron: string, from: Date): Date | undefined {
  const fields = cron.split(/\s+/).map((field, at) => valuesOf(field, LIMITS[at] ?? [0, 0]))
  const [minutes, hours, days, months, weekdays] = fields
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  const last = from.getTime() + 366 * DAY
  let at = (Math.floor(from.getTime() / MINUTE) + 1) * MINUTE
  while (at <= last) {
    const moment = new Date(at)
    const today = months.has(moment.getUTCMonth() + 1) && days.has(moment.getUTCDate()) && weekdays.has(moment.getUTCDay())
    if (today && hours.has(moment.getUTCHours()) && minutes.has(moment.getUTCMinutes())) return moment
    at = today ? at + MINUTE : (Math.floor(at / DAY) + 1) * DAY
  }
  return undefined
}

function valuesOf(field: string, [least, most]: readonly [number, number]): ReadonlySet<number> {
  const values = new Set<number>()
  for (const part of field.split(',')) {
    const [span = '*', step = '1'] = part.split('/')
    const [first = least, last = span === '*' || part.includes('/') ? most : first] =
      span === '*' ? [least, most] : span.split('-').map(Number)
    for (let value = first; value <= last; value += Number(step)) values.add(value)
  }
  return values
}
