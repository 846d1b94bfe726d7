/** Months of different length, and what part of a period is left. All in UTC, in seconds. */

export interface Interval {
  interval: string
  interval_count: number
}

const seconds = { day: 86_400, week: 7 * 86_400 }

/** So many intervals after a moment. The day of the month stays, or becomes the month's last. */
export function after(from: number, { interval, interval_count }: Interval, times = 1): number {
  const count = interval_count * times
  if (interval === 'day' || interval === 'week') return from + count * seconds[interval]
  const date = new Date(from * 1000)
  const months = date.getUTCMonth() + count * (interval === 'year' ? 12 : 1)
  const last = new Date(Date.UTC(date.getUTCFullYear(), months + 1, 0)).getUTCDate()
  const moved = Date.UTC(
    date.getUTCFullYear(),
    months,
    Math.min(date.getUTCDate(), last),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  )
  return moved / 1000
}

/** The first end of a period after a moment, for periods that are counted from an anchor. */
export function nextEnd(anchor: number, span: Interval, moment: number): number {
  if (moment < anchor) return anchor
  let times = Math.max(0, Math.floor((moment - anchor) / ((after(anchor, span, 12) - anchor) / 12)) - 1)
  while (after(anchor, span, times) <= moment) times++
  return after(anchor, span, times)
}

/** The part of an amount that falls on what is left of a period. */
export function share(amount: number, start: number, end: number, moment: number): number {
  if (end <= start) return 0
  const left = Math.min(Math.max(end - moment, 0), end - start)
  return Math.round((amount * left) / (end - start))
}
