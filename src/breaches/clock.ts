/**
 * What the laws want done about a breach, and until when: a pure calculation. GDPR counts hours from becoming
 * aware (Art. 33(1)); Florida (501.171) and California (Civ. Code 1798.82) count days, from the determination
 * and from the discovery, which here are the same moment: the earliest that anybody could mean.
 */
import { DAY, HOUR } from '../clock.ts'
import { type Duty, peopleDuties, type Risk } from './kinds.ts'

/** What the clocks depend on. */
export interface Case {
  readonly awareAt: Date
  /** Undefined until somebody has assessed it. */
  readonly risk: Risk | undefined
  readonly assessedAt: Date | undefined
  /** Nobody can read what was taken. */
  readonly encrypted: boolean
  /** How many people are concerned; undefined while that is not known. */
  readonly concerned: number | undefined
  /** How many of them live there; undefined where nobody knows. */
  readonly floridians: number | undefined
  readonly californians: number | undefined
  /** Until when the police asked in writing to wait. */
  readonly delayedUntil: Date | undefined
  /** When the people were written to. */
  readonly peopleToldAt: Date | undefined
}

export interface Clock {
  readonly duty: Duty
  readonly until: Date
  /** Why it is due, or why it is taken to be, in words. */
  readonly because: string
}

/** From how many people on. */
export const thresholds = { department: 500, attorney: 501, agencies: 1_001 } as const

/** Hours in which the authority is told. */
export const AUTHORITY_HOURS = 72
const STATE_DAYS = 30
/** Days after the people were told. */
const SAMPLE_DAYS = 15

/** Days in which a company that works for us must tell us (Florida 501.171(6)). */
export const PROCESSOR_DAYS = 10

const after = (from: Date, ms: number): Date => new Date(from.getTime() + ms)
const later = (one: Date, other: Date | undefined): Date => (other && other > one ? other : one)

/** Whether there are so many; where nobody knows, as many as there can be. */
function reaches(known: number | undefined, { concerned }: Case, threshold: number): { due: boolean; because: string } {
  if (known !== undefined) return { due: known >= threshold, because: `${known} live there` }
  if (concerned === undefined) return { due: true, because: 'it is not known yet how many live there' }
  return { due: concerned >= threshold, because: `nobody knows how many live there, and ${concerned} are concerned` }
}

/** The duties that a breach brings with it, whether they are done or not. */
export function clocksOf(one: Case): Clock[] {
  return [...gdpr(one), ...florida(one), ...california(one)].toSorted((a, b) => a.until.getTime() - b.until.getTime())
}

function gdpr({ awareAt, risk }: Case): Clock[] {
  const until = after(awareAt, AUTHORITY_HOURS * HOUR)
  if (risk === 'none') return []
  const because = risk === undefined ? 'as long as nobody has found that a risk is unlikely' : 'there is a risk'
  const authority: Clock = { duty: 'gdpr-authority', until, because: `${because}; later only with reasons` }
  if (risk !== 'high') return [authority]
  return [authority, { duty: 'gdpr-people', until, because: 'the risk is high: without undue delay, which we take to be as long' }]
}

function florida(one: Case): Clock[] {
  const { awareAt, risk, assessedAt, encrypted, delayedUntil } = one
  if (encrypted) return []
  if (risk === 'none')
    return [
      {
        duty: 'florida-department',
        until: after(assessedAt ?? awareAt, STATE_DAYS * DAY),
        because: 'a finding that there is no harm is sent there in writing, and kept for five years',
      },
    ]
  const until = later(after(awareAt, STATE_DAYS * DAY), delayedUntil)
  const [department, agencies] = [reaches(one.floridians, one, thresholds.department), reaches(one.floridians, one, thresholds.agencies)]
  if (one.floridians === 0) return []
  return [
    { duty: 'florida-people', until, because: 'no later than 30 days after the determination' },
    ...(department.due ? [{ duty: 'florida-department', until, because: `from 500 people on: ${department.because}` } as const] : []),
    ...(agencies.due ? [{ duty: 'florida-agencies', until, because: `for more than 1,000 people: ${agencies.because}` } as const] : []),
  ]
}

function california(one: Case): Clock[] {
  const { awareAt, encrypted, delayedUntil, peopleToldAt } = one
  if (encrypted || one.californians === 0) return []
  const until = later(after(awareAt, STATE_DAYS * DAY), delayedUntil)
  const attorney = reaches(one.californians, one, thresholds.attorney)
  return [
    { duty: 'california-people', until, because: 'no later than 30 days after the discovery' },
    ...(attorney.due
      ? [
          {
            duty: 'california-attorney',
            until: after(peopleToldAt ?? until, SAMPLE_DAYS * DAY),
            because: `for more than 500 people, 15 days after they were told: ${attorney.because}`,
          } as const,
        ]
      : []),
  ]
}

/** Is this duty one that a letter to the people fulfils? */
export const isToPeople = (duty: Duty): boolean => peopleDuties.includes(duty)

/** When those who answer are reminded, in hours before the end: the short clock more often than the long ones. */
export const reminders: Readonly<Record<'short' | 'long', readonly number[]>> = { short: [48, 24, 6, 0], long: [240, 72, 24, 0] }

/** The reminder that is due: the latest of those that have come, or the day too late; undefined before the first. */
export function reminderDue({ duty, until }: Clock, at: Date): string | undefined {
  const left = (until.getTime() - at.getTime()) / HOUR
  if (left < 0) return `overdue, day ${Math.floor(-left / 24) + 1}`
  const hours = reminders[duty.startsWith('gdpr') ? 'short' : 'long'].findLast((before) => left <= before)
  return hours === undefined ? undefined : `${hours} hours`
}
