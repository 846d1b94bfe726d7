/**
 * Days on which nobody works, computed: fixed days, the nth weekday of a month, days that hang on Easter,
 * and what takes the place of one that falls on a weekend. Libraries that know every country carry the data of
 * all of them; a clock needs the days of the one place where its operator works.
 */

/** A day as `2026-03-31`: without an hour, and so without a zone. */
export type Day = string

const [SUNDAY, MONDAY, THURSDAY, SATURDAY] = [0, 1, 4, 6] as const

const dated = (year: number, month: number, day: number): Date => new Date(Date.UTC(year, month - 1, day))
const dayOf = (date: Date): Day => date.toISOString().slice(0, 10)

/** The day that many days later, or earlier. */
export function addDays(day: Day, days: number): Day {
  const date = new Date(day)
  date.setUTCDate(date.getUTCDate() + days)
  return dayOf(date)
}

/** 0 for a Sunday. */
export const weekdayOf = (day: Day): number => new Date(day).getUTCDay()

export const isWeekend = (day: Day): boolean => [SUNDAY, SATURDAY].some((weekday) => weekday === weekdayOf(day))

/** Says on which day of a year a holiday is kept. */
type Rule = (year: number) => Day

const fixed =
  (month: number, day: number): Rule =>
  (year) =>
    dayOf(dated(year, month, day))

const nth =
  (count: number, weekday: number, month: number): Rule =>
  (year) => {
    const first = dayOf(dated(year, month, 1))
    return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + 7 * (count - 1))
  }

const last =
  (weekday: number, month: number): Rule =>
  (year) => {
    const end = dayOf(dated(year, month + 1, 0))
    return addDays(end, -((weekdayOf(end) - weekday + 7) % 7))
  }

/** Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876. */
export function easterSunday(year: number): Day {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100]
  const moon = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const weekday = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - moon - (c % 4)) % 7
  const late = Math.floor((a + 11 * moon + 22 * weekday) / 451)
  const count = moon + weekday - 7 * late + 114
  return dayOf(dated(year, Math.floor(count / 31), (count % 31) + 1))
}

const easter =
  (days: number): Rule =>
  (year) =>
    addDays(easterSunday(year), days)

/** A Saturday's holiday is kept on the Friday before, a Sunday's on the Monday after (5 U.S.C. 6103). */
const observed =
  (rule: Rule): Rule =>
  (year) => {
    const day = rule(year)
    const weekday = weekdayOf(day)
    return addDays(day, weekday === SATURDAY ? -1 : weekday === SUNDAY ? 1 : 0)
  }

/** A weekend's holiday is kept that many days later. */
const moved =
  (rule: Rule, fromSaturday: number, fromSunday: number): Rule =>
  (year) => {
    const day = rule(year)
    const weekday = weekdayOf(day)
    return addDays(day, weekday === SATURDAY ? fromSaturday : weekday === SUNDAY ? fromSunday : 0)
  }

const newYear = fixed(1, 1)
const labour = fixed(5, 1)
const christmas = fixed(12, 25)

const rules = {
  none: [],
  US: [
    ...[observed(newYear), nth(3, MONDAY, 1), nth(3, MONDAY, 2), last(MONDAY, 5), observed(fixed(6, 19)), observed(fixed(7, 4))],
    ...[nth(1, MONDAY, 9), nth(2, MONDAY, 10), observed(fixed(11, 11)), nth(4, THURSDAY, 11), observed(christmas)],
  ],
  GB: [
    ...[moved(newYear, 2, 1), easter(-2), easter(1), nth(1, MONDAY, 5), last(MONDAY, 5), last(MONDAY, 8)],
    ...[moved(christmas, 2, 2), moved(fixed(12, 26), 2, 2)],
  ],
  DE: [newYear, easter(-2), easter(1), labour, easter(39), easter(50), fixed(10, 3), christmas, fixed(12, 26)],
  FR: [
    ...[newYear, easter(1), labour, fixed(5, 8), easter(39), easter(50), fixed(7, 14), fixed(8, 15)],
    ...[fixed(11, 1), fixed(11, 11), christmas],
  ],
  ES: [
    ...[newYear, fixed(1, 6), easter(-2), labour, fixed(8, 15), fixed(10, 12), fixed(11, 1)],
    ...[fixed(12, 6), fixed(12, 8), christmas],
  ],
} as const satisfies Record<string, readonly Rule[]>

/** Whose holidays: the national ones of a country; `none` counts weekends alone, and so ends every term earliest. */
export type Calendar = keyof typeof rules
export const calendars = Object.keys(rules) as [Calendar, ...Calendar[]]

/** The holidays of a year, in order. */
export const holidaysIn = (calendar: Calendar, year: number): Day[] => rules[calendar].map((rule) => rule(year)).sort()

/** Does nobody work on this day? */
export function isOff(calendar: Calendar, day: Day): boolean {
  if (isWeekend(day)) return true
  const year = Number(day.slice(0, 4))
  // New Year's Day of the year after may be kept on the last day of this one.
  return [year, year + 1].some((one) => holidaysIn(calendar, one).includes(day))
}
