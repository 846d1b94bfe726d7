/**
 * Until when a request must be acknowledged, answered, or, where the law allows it, answered at the latest:
 * a pure calculation over days. What the terms are stands in one table, law by law.
 */
import { addDays, type Calendar, type Day, isOff } from './holidays.ts'
import { type Regime, regimes } from './kinds.ts'

export { type Regime, regimes }

/**
 * A term: whole months (Regulation 1182/71: to the same date, or the month's last day, and from a day off on
 * to the next working day), days by the calendar, or working days.
 */
export type Term = { readonly months: number } | { readonly days: number } | { readonly working: number }

interface Terms {
  readonly acknowledge?: Term
  readonly answer: Term
  /** The last day if the person was told in time that it takes longer, and why. */
  readonly extended?: Term
}

interface Law {
  readonly says: string
  readonly terms: Terms
  /** What holds for an objection, where that is another term. */
  readonly objection?: Terms
}

type LawName = Exclude<Regime, 'strictest'>

const laws = {
  gdpr: { says: 'GDPR', terms: { answer: { months: 1 }, extended: { months: 3 } } },
  'uk-gdpr': { says: 'UK GDPR', terms: { answer: { months: 1 }, extended: { months: 3 } } },
  ccpa: {
    says: 'California (CCPA)',
    terms: { acknowledge: { working: 10 }, answer: { days: 45 }, extended: { days: 90 } },
    objection: { answer: { working: 15 } },
  },
  florida: { says: 'Florida (FDBR)', terms: { answer: { days: 45 }, extended: { days: 60 } } },
} as const satisfies Record<LawName, Law>
const table: Record<LawName, Law> = laws
const lawNames = Object.keys(laws) as LawName[]

export const regimeInWords = (regime: Regime): string => (regime === 'strictest' ? 'the strictest of all' : table[regime].says)

/** The days that count for a request. */
export interface Clocks {
  /** Until when its receipt must be confirmed; where no law says so, we confirm all the same. */
  readonly acknowledgeBy: Day | undefined
  /** When it should be done: four weeks, or earlier where the law wants it. */
  readonly target: Day
  readonly answerBy: Day
  /** The last day after an extension; undefined where there is none. */
  readonly extendableTo: Day | undefined
}

const TARGET: Term = { days: 28 }

/** The last day of a term that begins with a receipt; the day of the receipt itself does not count. */
export function lastDay(term: Term, received: Day, calendar: Calendar): Day {
  if ('days' in term) return addDays(received, term.days)
  if ('months' in term) return nextWorking(addMonths(received, term.months), calendar)
  let day = received
  for (let left = term.working; left > 0; ) {
    day = addDays(day, 1)
    if (!isOff(calendar, day)) left -= 1
  }
  return day
}

function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const end = new Date(Date.UTC(year, month - 1 + months + 1, 0))
  end.setUTCDate(Math.min(date, end.getUTCDate()))
  return end.toISOString().slice(0, 10)
}

function nextWorking(day: Day, calendar: Calendar): Day {
  return isOff(calendar, day) ? nextWorking(addDays(day, 1), calendar) : day
}

/** What the clocks of a request depend on. */
export interface Received {
  readonly on: Day
  readonly regime: Regime
  /** An objection has terms of its own. */
  readonly objects: boolean
  readonly calendar: Calendar
}

/** The days that count, for a request received on a day. */
export function clocksOf({ on, regime, objects, calendar }: Received): Clocks {
  const names = regime === 'strictest' ? lawNames : [regime]
  const terms: Terms[] = names.map((name) => (objects && table[name].objection) || table[name].terms)
  const ends = (of: (terms: Terms) => Term | undefined): Day[] =>
    terms.flatMap((one) => of(one) ?? []).map((term) => lastDay(term, on, calendar))
  const answerBy = earliest(ends(({ answer }) => answer)) ?? on
  const extendableTo = terms.every(({ extended }) => extended) ? earliest(ends(({ extended }) => extended)) : undefined
  return {
    acknowledgeBy: earliest(ends(({ acknowledge }) => acknowledge)),
    target: earliest([lastDay(TARGET, on, calendar), answerBy]) ?? on,
    answerBy,
    extendableTo,
  }
}

const earliest = (days: readonly Day[]): Day | undefined => days.toSorted()[0]

/** How many days are left: 0 on the last day, less when it has passed. */
export const daysLeft = (today: Day, until: Day): number => (Date.parse(until) - Date.parse(today)) / 86_400_000

/** When those who answer are warned, in days before the last one. */
export const warnings = [10, 3, 0] as const

/** The warning that is due: the latest of those that have come; `overdue` once the last day has passed. */
export function warningDue(today: Day, until: Day): (typeof warnings)[number] | 'overdue' | undefined {
  const left = daysLeft(today, until)
  if (left < 0) return 'overdue'
  return warnings.findLast((days) => left <= days)
}

/** The day that it is somewhere at a moment. */
export function dayIn(zone: string, at: Date): Day {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
}
