/**
 * What a version of the policy names beside its words, taken from the program's own declarations; and the numbers in
 * the words, which are references to what defines them: `{{notice-days}}`, `{{retention:letters}}`. Where somebody
 * writes a number of time instead, it has to agree with the data map.
 */
import { answersOf } from '../database/classify.ts'
import { purposeNames } from '../database/purposes.ts'
import { processorsOf } from '../processors/all.ts'
import { register } from '../register.ts'
import type { Claims } from '../versions/version.ts'
import type { House } from '../web/house.ts'
import { keptForInWords } from './data-map.ts'

/** The claims of a text, as the program is now. */
export function claimsOf({ config }: House, written: string): Claims {
  return {
    purposes: purposeNames,
    categories: [...new Set(register.flatMap((held) => answersOf(held).map(({ category }) => category)))].sort(),
    processors: processorsOf(config)
      .map(({ name }) => name)
      .sort(),
    retention: [...new Set(pinsIn(written).flatMap((pin) => retentionLine(pin) ?? []))].sort(),
    noticeDays: config.noticeDays,
  }
}

const PIN = /\{\{\s*([^{}]*?)\s*\}\}/g

const pinsIn = (written: string): string[] => [...written.matchAll(PIN)].map(([, pin = '']) => pin)

function keptFor(pin: string): string | undefined {
  const table = /^retention:([\w-]+)$/.exec(pin)?.[1]
  const held = register.find(({ name }) => name === table?.replaceAll('-', '_'))
  return held && lower(keptForInWords(held.keptFor))
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

function retentionLine(pin: string): string | undefined {
  const words = keptFor(pin)
  return words === undefined ? undefined : `${pin.replace('retention:', '').replaceAll('-', '_')}: ${words}`
}

/** What a reference stands for; undefined for one that nothing defines. */
export function meaningOf({ config, content: { company } }: House, pin: string): string | undefined {
  const words: Readonly<Record<string, string>> = {
    'notice-days': `${config.noticeDays} days`,
    company: company.name,
    short: company.short,
    jurisdiction: company.jurisdiction,
    contactAddress: company.contactAddress,
    securityAddress: company.securityAddress,
    postalAddress: company.postalAddress,
    origin: config.origin,
    privacyAddress: config.privacyAddress,
  }
  return Object.hasOwn(words, pin) ? words[pin] : keptFor(pin)
}

/** Every reference that there is, with what it stands for now. */
export const references = (house: House): (readonly [pin: string, meaning: string])[] =>
  ['notice-days', 'privacyAddress', 'company', 'jurisdiction', 'origin', ...register.map(({ name }) => `retention:${name}`)].map((pin) => [
    pin,
    meaningOf(house, pin) ?? '',
  ])

/** The text with what its references stand for. */
export const filled = (house: House, written: string): string =>
  written.replace(PIN, (whole, pin: string) => meaningOf(house, pin) ?? whole)

const NUMBERS: Readonly<Record<string, number>> = {
  ...{ one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twelve: 12, fourteen: 14 },
  ...{ twenty: 20, thirty: 30, forty: 40, sixty: 60, ninety: 90, hundred: 100, a: 1, an: 1 },
}
const DAYS: Readonly<Record<string, number>> = { hour: 1 / 24, day: 1, week: 7, month: 30, year: 365 }
const TERM = new RegExp(String.raw`\b(\d+|${Object.keys(NUMBERS).join('|')})[\s-]+(hour|day|week|month|year)s?\b`, 'gi')
/** What a sentence is about that says how long something is kept, or how early somebody is told. */
const KEEPING = /\b(keep|keeps|kept|retain\w*|retention|stor(e|es|ed|age)|delet\w*|eras\w*|remov\w*|gone|forg[eo]t\w*|longer)\b/i
const TELLING = /\b(notice|notify|notified|learns?|told|tell|announce\w*|takes? effect|in advance)\b/i

/** What is wrong with a text, in words; nothing when all its references and numbers agree with the program. */
export function disagreementsIn(house: House, written: string): string[] {
  const unknown = pinsIn(written).filter((pin) => meaningOf(house, pin) === undefined)
  return [
    ...unknown.map((pin) => `Nothing is called {{${pin}}}: the list below the text has every name.`),
    ...sentencesIn(written).flatMap((sentence) => wrongTermsIn(house, sentence)),
  ]
}

// References are left out: they agree by what they are.
const sentencesIn = (written: string): string[] => written.replace(PIN, '').split(/(?<=[.!?])\s+|\n\s*\n|\n(?=\s*[-*|#\d])/)

function wrongTermsIn(house: House, sentence: string): string[] {
  const [keeping, telling] = [KEEPING.test(sentence), TELLING.test(sentence)]
  if (!keeping && !telling) return []
  return [...sentence.matchAll(TERM)].flatMap(([term, many = '', unit = '']) => {
    const days = (NUMBERS[many.toLowerCase()] ?? Number(many)) * (DAYS[unit.toLowerCase()] ?? 1)
    const agrees = (keeping && keptDays.has(days)) || (telling && days === house.config.noticeDays)
    return agrees ? [] : [words(house, term, telling)]
  })
}

/** Every number of days for which anything is kept. */
const keptDays: ReadonlySet<number> = new Set(register.flatMap(({ keptFor: rule }) => ('days' in rule ? [rule.days] : [])))

function words({ config }: House, term: string, telling: boolean): string {
  const told = `people are told ${config.noticeDays} days before ({{notice-days}})`
  const kept = 'nothing is kept for that long; name the line instead, such as {{retention:letters}}'
  return `“${term}” disagrees with the program: ${telling ? told : kept}.`
}
