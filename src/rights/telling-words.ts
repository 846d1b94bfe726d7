/** What recipients were told, in words for the person: on their page, in letters, in the receipt. */
import type { Confirmation } from './tables.ts'
import type { Line } from './telling.ts'

/** By what a recipient confirmed, in words that follow a colon. */
export const confirmedBy: Readonly<Record<Confirmation, string>> = {
  deleted: 'it deleted what it had',
  'read back': 'we read it there again',
  'not held': 'it has nothing that this is about',
  taken: 'it took the message that says so',
  signed: 'it signed that it is done',
  removed: 'it is no recipient of ours any more',
}

const fields = { name: 'your name', email: 'your e-mail address' } as const

/** What a recipient was told to do. */
export function taskOf({ act, field }: Pick<Line, 'act' | 'field'>): string {
  if (act === 'correct') return `correct ${fields[field ?? 'name']}`
  return { forget: 'forget you', restrict: 'only store your data', lift: 'use your data again', access: 'give you its own copy' }[act]
}

/** A moment in letters, which know no zone of the reader's. */
export const momentInWords = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** One recipient as a sentence. */
export const lineInWords = ({ name, confirmedAt, how, askedAt }: Line): string =>
  confirmedAt && how
    ? `${name} confirmed it on ${momentInWords(confirmedAt)}: ${confirmedBy[how]}.`
    : `Waiting: ${name}, since ${momentInWords(askedAt)}.`
