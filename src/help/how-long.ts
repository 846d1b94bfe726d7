/** How long somebody waits, in words. */
import { DAY, HOUR, MINUTE } from '../clock.ts'

export function howLong(since: Date, until: Date): string {
  const ms = Math.max(0, until.getTime() - since.getTime())
  if (ms < HOUR) return counted(Math.max(1, Math.floor(ms / MINUTE)), 'minute')
  return ms < 2 * DAY ? counted(Math.floor(ms / HOUR), 'hour') : counted(Math.floor(ms / DAY), 'day')
}

const counted = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`
