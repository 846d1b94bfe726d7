/** A day and a time as somebody means them in their time zone. */

/** Every zone that there is. */
export const zones: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

/** The moment at which clocks in `zone` show `time` (`09:30`) on `day` (`2026-11-24`); undefined for what is no day or time. */
export function momentIn(zone: string, day: string, time: string): Date | undefined {
  const shown = Date.parse(`${day}T${time}:00Z`)
  if (Number.isNaN(shown)) return undefined
  // The offset at the moment that is meant is found in two steps, because it may change in between.
  const first = shown - offsetAt(zone, shown)
  return new Date(shown - offsetAt(zone, first))
}

/** By how much clocks in `zone` are ahead of UTC at a moment, in milliseconds. */
function offsetAt(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '00'
  const shown = Date.parse(`${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`)
  return shown - Math.floor(at / 1000) * 1000
}

/** A moment as clocks in `zone` show it. */
export const inZone = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'full', timeStyle: 'short' }).format(at)
