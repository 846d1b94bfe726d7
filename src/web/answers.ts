/**
 * What a browser remembers of the question about services of others: the number of the receipt, and for
 * each service that was asked for the mark of its words with yes or no. It says `receipt-y1a2b3c4d-n…`.
 */
import type { Config } from '../config.ts'
import { type Asked, askedOf } from '../processors/analytics-question.ts'
import { cookieIn } from './cookies.ts'

/** A browser remembers an answer for 180 days; then it is asked again. */
export const ANSWER_DAYS = 180

export interface Answers {
  /** The number of the receipt, as a UUID. */
  readonly receipt: string
  /** The marks of the words that were agreed to, and of those that were refused. */
  readonly agreed: ReadonlySet<string>
  readonly refused: ReadonlySet<string>
}

const FORM = /^([0-9a-f]{32})((?:-[yn][0-9a-f]{8}){1,20})$/

/** What the request's cookie says; undefined when it says nothing that could be ours. */
export function answersIn(config: Config, header: string | undefined): Answers | undefined {
  const [, number = '', said = ''] = FORM.exec(cookieIn(config, header, 'answers') ?? '') ?? []
  if (!number) return undefined
  const marks = (letter: string) =>
    new Set([...said.matchAll(/-([yn])([0-9a-f]{8})/g)].filter(([, one]) => one === letter).map(([, , mark = '']) => mark))
  const receipt = [number.slice(0, 8), number.slice(8, 12), number.slice(12, 16), number.slice(16, 20), number.slice(20)].join('-')
  return { receipt, agreed: marks('y'), refused: marks('n') }
}

/** What the cookie says after these answers. */
export const answersAs = (receipt: string, all: readonly (Asked & { readonly agreed: boolean })[]): string =>
  [receipt.replaceAll('-', ''), ...all.map(({ mark, agreed }) => `${agreed ? 'y' : 'n'}${mark}`)].join('-')

/** Is there a service that this browser was not asked for? */
export function isUnasked(config: Config, header: string | undefined): boolean {
  const all = askedOf(config)
  if (all.length === 0) return false
  const answers = answersIn(config, header)
  return !answers || all.some(({ mark }) => !answers.agreed.has(mark) && !answers.refused.has(mark))
}
