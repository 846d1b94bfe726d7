/**
 * The one clock. Everything that waits for a date asks it, so that tests, demos and the
 * `CLOCK_AHEAD` setting can move time for the whole program at once.
 */
let aheadMs = 0

/** The program's present moment. */
export const now = (): Date => new Date(Date.now() + aheadMs)

/** A moment `ms` milliseconds from the program's present. */
export const fromNow = (ms: number): Date => new Date(now().getTime() + ms)

/** Puts the program's clock `ms` milliseconds ahead of the machine's (0 puts it right again). */
export function setAhead(ms: number): void {
  aheadMs = ms
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const YEAR = 365 * DAY

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** A day as letters and notices say it, such as "1 March 2026", by the calendar of UTC. */
export const dayInWords = (at: Date | string): string => days.format(new Date(at))
